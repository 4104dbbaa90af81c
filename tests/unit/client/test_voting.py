"""Voting from the wallet: every type of ballot, voting again, sealed votes, and lost answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client.commands.vote import vote
from client.errors import ClientError, ServerRefused
from client.wallet.contents import PROMISED, SENT, Vote
from credentials.errors import (
    BallotRefused,
)
from credentials.formats import base64url
from credentials.formats.poll import Ballot
from credentials.formats.poll_event import PollEvent
from credentials.sealing import open_sealed, share_of
from tests.served_community import Served, serving
from tests.served_polls import Problem
from tests.unit.client.member import PASSPHRASE, Person, member

SECRET = 987_654_321


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(roll=1) as served:
        yield served


@pytest.fixture
def ana(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    return member(served, tmp_path)


def cast(person: Person, **how: Any) -> Vote:
    """Vote with the command; the newest ballot that the wallet keeps."""
    vote(wallet=person.vault.path, target="lunch", yes=True, as_json=True, **how)
    return max(person.membership.votes, key=lambda each: each.sequence)


def sent(served: Served) -> list[Ballot]:
    return list(served.polls["lunch"].taken.values())


@pytest.mark.parametrize(
    ("paper", "how", "marks"),
    [
        ({}, {"choice": 2}, (2,)),
        ({"ballot_type": "approval", "tally": "approval/1"}, {"approve": "3, 1"}, (1, 3)),
        (
            {"ballot_type": "score", "tally": "score/1", "limit": 5},
            {"score": "5,0,3"},
            (5, 0, 3),
        ),
        ({"ballot_type": "ranked", "tally": "irv/1"}, {"rank": "3,1"}, (3, 1)),
        (
            {"ballot_type": "ranked", "tally": "schulze/1", "equal_ranks": True},
            {"rank": "1=2>3"},
            (1, 128 + 2, 3),
        ),
        (
            {"ballot_type": "quadratic", "tally": "quadratic/1", "limit": 9},
            {"votes": "2,0,1"},
            (2, 0, 1),
        ),
        ({}, {"abstain": True}, ()),
    ],
)
@pytest.mark.parametrize("secret", [0, SECRET], ids=["open", "sealed"])
def test_every_type_of_ballot_arrives_as_it_was_marked(  # noqa: PLR0917
    served: Served,
    ana: Person,
    paper: dict[str, Any],
    how: dict[str, Any],
    marks: tuple[int, ...],
    secret: int,
) -> None:
    poll = served.poll(secret=secret, **paper).poll
    kept = cast(ana, **how)
    (ballot,) = sent(served)
    assert (kept.marks, kept.state, kept.sequence) == (marks, PROMISED, 1)
    assert kept.leaf_hash == ballot.leaf_hash
    manifest = poll.manifest
    if not secret:
        assert manifest.paper.decode(ballot.content) == marks
        return
    digest = manifest.manifest_hash
    plaintext = open_sealed(
        ballot.content,
        opening=share_of(secret, digest=digest),
        digest=digest,
        pseudonym=ballot.pseudonym,
        sequence=1,
    )
    assert manifest.paper.unpadded(plaintext) == marks


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"choice": 4}, BallotRefused),
        ({"choice": 0}, BallotRefused),
        ({"rank": "1,2"}, ClientError),
        ({"choice": 1, "abstain": True}, ClientError),
        ({"approve": "1,x"}, ClientError),
    ],
)
def test_what_is_no_vote_on_this_paper_is_not_sent(
    served: Served, ana: Person, how: dict[str, Any], error: type[Exception]
) -> None:
    served.poll()
    with pytest.raises(error):
        cast(ana, **how)
    assert sent(served) == []
    assert ana.membership.votes == ()


def test_voting_again_replaces_the_vote_and_keeps_both_ballots(served: Served, ana: Person) -> None:
    served.poll()
    cast(ana, choice=1)
    again = cast(ana, choice=3)
    assert again.sequence == 2
    assert [ballot.sequence for ballot in sent(served)] == [1, 2]
    assert [each.answer for each in ana.membership.votes] == ["Soup", "Stew"]


def test_the_same_vote_again_sends_nothing(served: Served, ana: Person) -> None:
    served.poll()
    cast(ana, choice=1)
    assert cast(ana, choice=1).sequence == 1
    assert len(sent(served)) == 1


def test_a_lost_answer_sends_the_very_same_ballot_again(served: Served, ana: Person) -> None:
    poll = served.poll()
    served.lies["/polls/lunch/ballots"] = Problem("overloaded", 503)
    with pytest.raises(ServerRefused):
        cast(ana, choice=2)
    (kept,) = ana.membership.votes
    assert kept.state == SENT
    # It had arrived, and only the answer was lost.
    poll.answer(["ballots"], {"ballot": base64url.encode(kept.ballot)})
    del served.lies["/polls/lunch/ballots"]
    assert cast(ana).ballot == kept.ballot
    assert len(sent(served)) == 1
    assert ana.membership.votes[0].state == PROMISED


def test_without_an_answer_another_vote_comes_after_the_first(served: Served, ana: Person) -> None:
    served.poll()
    served.lies["/polls/lunch/ballots"] = Problem("overloaded", 503)
    with pytest.raises(ServerRefused):
        cast(ana, choice=2)
    del served.lies["/polls/lunch/ballots"]
    assert cast(ana, choice=3).sequence == 2
    assert [ballot.sequence for ballot in sent(served)] == [1, 2]


def test_a_restored_wallet_takes_the_number_that_the_poll_names(
    served: Served, ana: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served.poll()
    for choice in (1, 2):
        cast(ana, choice=choice)
    folder = tmp_path / "new phone"
    folder.mkdir()
    restored = member(served, folder)
    capsys.readouterr()
    kept = cast(restored, choice=3)
    shown = capsys.readouterr()
    assert "takes number 3" in shown.err
    assert json.loads(shown.out)["number"] == 3
    assert [each.sequence for each in restored.membership.votes] == [3]
    assert kept.answer == "Stew"


def test_who_votes_is_shown_what_was_withdrawn_and_why(
    served: Served, ana: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    poll = served.poll().poll
    poll.add(PollEvent.withdrawal(at=poll.manifest.opens_at, reason="No more leeks.", option=1))
    cast(ana, choice=1)
    shown = capsys.readouterr().err
    assert "1  Soup  (withdrawn)" in shown
    assert "“Soup”, " in shown
    assert "No more leeks." in shown
    assert "once more without what was withdrawn" in " ".join(shown.split())


def test_a_withdrawal_that_cannot_be_is_refused(served: Served, ana: Person) -> None:
    poll = served.poll().poll
    poll.add(PollEvent.withdrawal(at=poll.manifest.opens_at, reason="No more.", option=9))
    with pytest.raises(ClientError, match="which the poll lacks"):
        cast(ana, choice=1)
