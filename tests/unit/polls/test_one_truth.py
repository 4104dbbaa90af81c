"""A result never says two things at once: every view marks whom the outcome names, and nobody else.

The three polls of the first test were found by trying the product: each was "No winner" in words,
and had a row that was marked as elected.
"""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.formats.vote import marks_of
from credentials.polls import State
from credentials.tally import METHODS, WITH_SEATS, WITH_THRESHOLD, Outcome
from server.polls.result_bodies import ResultBody
from tests.unit.polls.views import (
    ROLL,
    SEED,
    counted,
    elected,
    in_last_round,
    manifest,
    named_in_json,
    poll_in,
    rounds_as_elected,
    rounds_said,
    said,
)
from tests.unit.tally.profiles import LIMITS, polls

Votes = Counter[tuple[int, ...]]
RANKED = {"ballot_type": "ranked", "tally": "irv/1"}


def assert_one_truth(
    votes: Votes, *, state: State = State.CLOSED, seed: bytes | None = None, **paper: Any
) -> Outcome:
    """All views name the same; the outcome."""
    poll = poll_in(state, manifest(**paper))
    result = counted(votes, paper=poll.manifest, state=state, seed=seed)
    named = set() if result.so_far else elected(result.tally)
    word = "ahead" if result.so_far else "elected"
    for view, rounds in rounds_said(result, poll=poll, word=word):
        assert rounds == rounds_as_elected(result.tally), view
    if not result.so_far:
        assert in_last_round(result, poll=poll) == named
    for view, whom in (*said(result, poll=poll, word="elected"), *named_in_json(result, poll=poll)):
        assert whom == named, view
    if result.so_far:
        for view, whom in said(result, poll=poll, word="ahead"):
            assert whom == elected(result.tally), view
    if result.tally.outcome is not Outcome.TIE or result.so_far:
        for view, whom in said(result, poll=poll, word="tied"):
            assert result.so_far or not whom, view
    return result.tally.outcome


@pytest.mark.parametrize(
    ("votes", "paper", "outcome"),
    [
        (
            {(0, 0): 2},
            {"options": 2, "ballot_type": "score", "limit": 5, "tally": "score/1"},
            Outcome.BELOW_THRESHOLD,
        ),
        (
            {(1,): 1, (2,): 1, (3,): 2},
            {"options": 3, **RANKED, "threshold": (1, 2)},
            Outcome.BELOW_THRESHOLD,
        ),
        ({(1,): 1}, {"options": 2, "quorum": 5}, Outcome.BELOW_QUORUM),
    ],
)
@pytest.mark.parametrize("seed", [None, SEED])
def test_where_there_is_no_winner_no_row_says_elected(
    votes: dict[tuple[int, ...], int], paper: dict[str, Any], outcome: Outcome, seed: bytes | None
) -> None:
    assert assert_one_truth(Counter(votes), seed=seed, **paper) is outcome


def test_who_was_elected_in_an_earlier_round_is_so_in_every_later_one() -> None:
    paper = {"options": 3, "ballot_type": "ranked", "tally": "stv/2", "seats": 2}
    votes = Counter({(1, 2, 3): 5})
    assert assert_one_truth(votes, **paper) is Outcome.WINNER
    poll = poll_in(State.CLOSED, manifest(**paper))
    result = counted(votes, paper=poll.manifest, state=poll.state, seed=None)
    assert len(result.tally.rounds) > 1
    assert in_last_round(result, poll=poll) == {1, 2}


@pytest.mark.parametrize(
    ("votes", "paper", "outcome"),
    [
        ({}, {"options": 2}, Outcome.NO_VOTES),
        ({(): 4}, {"options": 2}, Outcome.NO_VOTES),
        ({(): 4}, {"options": 2, "quorum": 5}, Outcome.BELOW_QUORUM),
        ({(1,): 2, (2,): 2}, {"options": 2}, Outcome.TIE),
        ({(1,): 2, (2,): 2}, {"options": 2, "quorum": 5}, Outcome.BELOW_QUORUM),
        ({(1,): 4, (2, 3): 3, (3, 2): 3}, {"options": 3, **RANKED}, Outcome.TIE),
        ({(1,): 4, (2, 3): 3, (3, 2): 3}, {"options": 3, **RANKED, "quorum": 11}, None),
        (
            {(1,): 4, (2,): 2, (3,): 2},
            {"options": 3, "ballot_type": "ranked", "tally": "stv/2", "seats": 2},
            Outcome.TIE,
        ),
        (
            {(1, 3): 1, (1,): 1, (2,): 2},
            {"options": 3, "ballot_type": "approval", "tally": "approval/1", "threshold": (1, 2)},
            Outcome.BELOW_THRESHOLD,
        ),
    ],
)
@pytest.mark.parametrize("state", [State.OPEN, State.CLOSED, State.CERTIFIED])
def test_other_shapes_of_a_result_say_one_thing_too(
    votes: dict[tuple[int, ...], int],
    paper: dict[str, Any],
    outcome: Outcome | None,
    state: State,
) -> None:
    came_to = assert_one_truth(Counter(votes), state=state, **paper)
    assert outcome in (None, came_to)


def test_while_voting_goes_on_nobody_wins_and_the_leader_is_ahead() -> None:
    poll = poll_in(State.OPEN, manifest(3, live=True))
    result = counted(Counter({(1,): 5, (2,): 3}), paper=poll.manifest, state=poll.state, seed=None)
    body = ResultBody.of(poll, result, roll=ROLL, objections=())
    assert (body.outcome, body.winners, body.tied) == ("open", [], [])
    assert [ahead.text for ahead in body.ahead] == ["Option-1"]
    assert body.sentence == "So far “Option-1” is ahead."
    level = counted(Counter({(1,): 5, (2,): 5}), paper=poll.manifest, state=poll.state, seed=None)
    assert level.sentence(poll.manifest.options) == "So far “Option-1” and “Option-2” are level."


@settings(max_examples=60, deadline=None)
@given(
    polls(),
    st.sampled_from([State.OPEN, State.CLOSED, State.CERTIFIED]),
    st.sampled_from([None, SEED]),
    st.sampled_from([0, 6]),
    st.sampled_from([(0, 1), (1, 2)]),
)
def test_no_view_of_any_poll_says_elected_for_whom_the_outcome_does_not_name(
    drawn: tuple[str, int, int, list[Any]],
    state: State,
    seed: bytes | None,
    quorum: int,
    threshold: tuple[int, int],
) -> None:
    method, options, seats, ballots = drawn
    kind = METHODS[method]
    is_ranked = kind == "ranked"
    assert_one_truth(
        Counter(marks_of(vote) if is_ranked else vote for vote in ballots),
        state=state,
        seed=seed,
        options=options,
        ballot_type=kind,
        limit=LIMITS.get(kind, 0),
        equal_ranks=is_ranked and method != "stv/1",
        tally=method,
        seats=min(seats, options, 6) if method in WITH_SEATS else 1,
        quorum=quorum,
        threshold=threshold if method in WITH_THRESHOLD else (0, 1),
    )
