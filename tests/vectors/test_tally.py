"""Elections from the literature and from life come out as published, round by round."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from credentials.tally import Outcome, Round, TallyResult, tally

FILES = sorted((Path(__file__).parent / "tally").glob("*.json"))
CASES = [
    pytest.param(case, count, id=f"{file.stem}, {count['method']}")
    for file in FILES
    for case in [json.loads(file.read_text())]
    for count in case["counts"]
]


def _count(case: dict[str, Any], count: dict[str, Any]) -> TallyResult:
    # Under plurality everybody votes for the first choice.
    single = count["method"] == "plurality/1"
    return tally(
        count["method"],
        [
            tuple(order[:1]) if single else tuple((option,) for option in order)
            for times, order in case["ballots"]
            for _ in range(times)
        ],
        options=len(case["options"]),
        seats=count.get("seats", 1),
        limit=count.get("limit", 0),
        seed=b"published",
    )


def _round(published: dict[str, Any]) -> Round:
    return Round(
        title=published["title"],
        scores=tuple(None if score is None else Fraction(score) for score in published["scores"]),
        elected=tuple(published.get("elected", ())),
        eliminated=tuple(published.get("eliminated", ())),
        exhausted=Fraction(published.get("exhausted", 0)),
    )


@pytest.mark.parametrize(("case", "count"), CASES)
def test_the_count_is_the_published_one(case: dict[str, Any], count: dict[str, Any]) -> None:
    result = _count(case, count)
    assert result.outcome is Outcome.WINNER
    assert not any(one.by_lot for one in result.rounds)
    assert result.winners == tuple(count["winners"])
    for one, published in zip(result.rounds, count["rounds"], strict=True):
        if "scores" in published:  # the city of Burlington has no figures for two of its rounds
            assert one == _round(published)
    for name in ("matrix", "paths"):
        if name in count:
            assert getattr(result, name) == tuple(map(tuple, count[name]))


def test_the_published_elections_name_their_sources() -> None:
    assert FILES
    assert all(json.loads(file.read_text())["source"] for file in FILES)
