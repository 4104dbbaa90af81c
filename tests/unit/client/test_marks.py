"""How a vote is written at the terminal, by option or in answer to a question."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.commands.marks import Written, ask_marks
from client.errors import ClientError
from client.poll import answer_in_words
from credentials.errors import BallotRefused, SymbolonError
from credentials.formats.manifest import Manifest
from tests.community import Community
from tests.poll_papers import open_manifest

PAPERS: dict[str, dict[str, Any]] = {
    "single_choice": {},
    "approval": {"ballot_type": "approval", "tally": "approval/1", "limit": 2},
    "score": {"ballot_type": "score", "tally": "score/1", "limit": 5},
    "ranked": {"ballot_type": "ranked", "tally": "irv/1"},
    "ranked with equals": {"ballot_type": "ranked", "tally": "schulze/1", "equal_ranks": True},
    "quadratic": {"ballot_type": "quadratic", "tally": "quadratic/1", "limit": 9},
}


def paper(community: Community, ballot_type: str) -> Manifest:
    return open_manifest(community, **PAPERS[ballot_type])


@pytest.mark.parametrize(
    ("ballot_type", "typed", "marks", "words"),
    [
        ("single_choice", "2", (2,), "Salad"),
        ("single_choice", "0", (), "abstain"),
        ("approval", " 3 , 1", (1, 3), "Soup, Stew"),
        ("approval", "0", (), "abstain"),
        ("score", "5,0,3", (5, 0, 3), "Soup: 5, Salad: 0, Stew: 3"),
        ("score", "0,0,0", (0, 0, 0), "Soup: 0, Salad: 0, Stew: 0"),
        ("score", "", (), "abstain"),
        ("ranked", "3,1", (3, 1), "1. Stew, 2. Soup"),
        ("ranked", "3>1", (3, 1), "1. Stew, 2. Soup"),
        ("ranked", "0", (), "abstain"),
        ("ranked with equals", "1=2>3", (1, 128 + 2, 3), "1. Soup = Salad, 2. Stew"),
        ("ranked with equals", " 3 , 2 = 1", (3, 1, 128 + 2), "1. Stew, 2. Soup = Salad"),
        ("ranked with equals", "2", (2,), "1. Salad"),
        ("ranked with equals", "0", (), "abstain"),
        ("quadratic", "2,0,1", (2, 0, 1), "Soup: 2, Salad: 0, Stew: 1"),
        ("quadratic", "", (), "abstain"),
    ],
)
def test_a_typed_vote_is_read_and_said_again_in_words(  # noqa: PLR0917
    community: Community,
    monkeypatch: pytest.MonkeyPatch,
    ballot_type: str,
    typed: str,
    marks: tuple[int, ...],
    words: str,
) -> None:
    monkeypatch.setattr("client.commands.marks.ask", lambda *_, **__: typed)
    manifest = paper(community, ballot_type)
    assert ask_marks(manifest) == marks
    assert answer_in_words(manifest, marks) == words


@pytest.mark.parametrize(
    ("ballot_type", "typed"),
    [
        ("single_choice", "4"),
        ("single_choice", "1,2"),
        ("single_choice", ""),
        ("approval", "1,2,3"),
        ("approval", "1,1"),
        ("score", "6,0,0"),
        ("score", "5,0"),
        ("ranked", "1,4"),
        ("ranked", "1,,2"),
        ("ranked", "1=2"),
        ("ranked with equals", "1=2=1"),
        ("ranked with equals", "1=>2"),
        ("ranked with equals", "1=129"),
        ("ranked with equals", "1,130"),
        ("ranked with equals", "0>1"),
        ("single_choice", "1=2"),
        ("quadratic", "3,1,0"),
        ("quadratic", "0,0,0"),
        ("quadratic", "-1,0,0"),
        ("quadratic", "99999999999999999999,0,0"),
        ("ranked", "\u0661"),
    ],
)
def test_what_is_no_vote_is_refused(
    community: Community, monkeypatch: pytest.MonkeyPatch, ballot_type: str, typed: str
) -> None:
    monkeypatch.setattr("client.commands.marks.ask", lambda *_, **__: typed)
    with pytest.raises((ClientError, BallotRefused)):
        ask_marks(paper(community, ballot_type))


@given(
    typed=st.text("0123456789=>, x-", max_size=12) | st.text(max_size=12),
    ballot_type=st.sampled_from(sorted(PAPERS)),
)
def test_whatever_is_typed_is_a_vote_on_this_paper_or_one_error(
    community: Community, typed: str, ballot_type: str
) -> None:
    manifest = paper(community, ballot_type)
    given_as = {"single_choice": "choice", "approval": "approve", "ranked": "rank"}
    given_as["ranked with equals"] = "rank"
    name = given_as.get(ballot_type, "votes" if ballot_type == "quadratic" else "score")
    try:
        marks = Written(**{name: typed}).marks(manifest)  # type: ignore[arg-type]
    except SymbolonError:
        return
    assert marks is not None
    manifest.paper.check(marks)


def test_only_one_vote_is_given(community: Community) -> None:
    with pytest.raises(ClientError, match="one vote only"):
        Written(choice=1, abstain=True)
    with pytest.raises(ClientError, match="takes --rank"):
        Written(choice=1).marks(paper(community, "ranked"))
    assert Written().marks(paper(community, "ranked")) is None
