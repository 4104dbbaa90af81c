"""Polls, from the draft to the count: who votes, what is refused, and what anyone can recount."""

from dataclasses import replace
from pathlib import Path

import pytest

from credentials.errors import BallotRefused, EncodingError
from credentials.formats.manifest import Manifest
from credentials.formats.vote import APPROVAL, QUADRATIC, RANKED, SCORE, Marks
from credentials.polls import State
from credentials.tally import Outcome, outcome_in_words
from server.polls.poll import Draft
from server.problems import OperatorError, PollNotOpen, PollStillOpen, PollUnknown
from tests.community import Community, Member
from tests.flows.standing import NOON, Standing

DRAFT = Draft(question="Where do we meet?", options=("Garden", "Roof", "Cellar"), closes_after=7200)


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing) -> Manifest:
    """The manifest of the open poll `place`."""
    return city.open_poll("place", DRAFT)


def test_a_poll_goes_from_draft_to_open_to_closed_to_certified(
    city: Standing, ana: Member, bo: Member
) -> None:
    assert city.poll_office.create("place", DRAFT).state is State.DRAFT
    assert city.polls.polls() == []
    with pytest.raises(PollUnknown):
        city.polls.poll("place")
    opened = city.poll_office.open("place").poll
    assert opened is not None
    manifest = opened.manifest
    assert (manifest.opens_at, manifest.closes_at) == (NOON, NOON + 7200)
    assert (manifest.require, manifest.head) == ((), city.registry.chain().newest.hash)
    city.vote(ana, 2, manifest=manifest)
    city.vote(bo, manifest=manifest)
    with pytest.raises(PollStillOpen):
        city.polls.result(city.polls.poll("place"))
    closed = city.poll_office.close("place", reason="Everybody has voted.")
    assert (closed.state, closed.closes_at) == (State.CLOSED, NOON)
    provisional = city.polls.result(city.polls.poll("place"))
    assert provisional.provisional
    certified, tally = city.poll_office.certify("place")
    assert certified.state is State.CERTIFIED
    assert (tally.ballots, tally.abstentions, tally.winners) == (2, 1, (2,))
    assert tally.rounds[0].scores == (0, 1, 0)
    assert outcome_in_words(tally, options=manifest.options) == "“Roof” wins."
    final = city.polls.result(city.polls.poll("place"))
    assert (final.tally, final.provisional, final.voters) == (tally, False, 2)


@pytest.mark.parametrize(
    ("changes", "marks", "winner"),
    [
        ({"ballot_type": APPROVAL, "tally": "approval/1"}, [(1, 3), (3,)], 3),
        ({"ballot_type": SCORE, "tally": "score/1", "limit": 5}, [(5, 0, 4), (0, 1, 4)], 3),
        ({"ballot_type": RANKED, "tally": "irv/1"}, [(2, 1), (2,)], 2),
        ({"ballot_type": RANKED, "tally": "schulze/1"}, [(2, 1), (1, 2), (2,)], 2),
        ({"ballot_type": RANKED, "tally": "stv/1", "seats": 1}, [(3, 1), (3,)], 3),
        ({"ballot_type": RANKED, "tally": "stv/2", "seats": 1}, [(3, 1), (3,)], 3),
        (
            {"ballot_type": RANKED, "tally": "schulze/1", "equal_ranks": True},
            [*[(1, 128 + 2, 3)] * 3, *[(2, 1, 3)] * 2],
            2,
        ),
        ({"ballot_type": QUADRATIC, "tally": "quadratic/1", "limit": 9}, [(3, 0, 0), (0, 2, 0)], 1),
    ],
)
def test_every_type_of_ballot_is_taken_and_counted(
    city: Standing, changes: dict[str, object], marks: list[Marks], winner: int
) -> None:
    manifest = city.open_poll("place", replace(DRAFT, **changes))  # type: ignore[arg-type]
    for each in marks:
        city.vote(city.community.enrol(), *each, manifest=manifest)
    city.clock.now += 7200
    _, tally = city.poll_office.certify("place")
    assert (tally.outcome, tally.winners, tally.ballots) == (
        Outcome.WINNER,
        (winner,),
        len(marks),
    )


@pytest.mark.parametrize("content", [b"\x04", b"\x00", b"\x01\x02", b"\x01" * 40])
def test_trap_11_a_proven_vote_that_the_paper_does_not_have_is_refused(
    city: Standing, ana: Member, manifest: Manifest, content: bytes
) -> None:
    ballot = city.ballot_of(ana, content, manifest=manifest)
    with pytest.raises(BallotRefused):
        city.polls.cast("place", ballot.to_cbor())
    assert city.rows("ballots") == []


def test_a_stranger_has_no_vote(
    city: Standing, other_community: Community, manifest: Manifest
) -> None:
    with pytest.raises(BallotRefused):
        city.vote(other_community.enrol(), 1, manifest=manifest)


def test_a_poll_may_be_for_some_members_only(city: Standing, bo: Member) -> None:
    manifest = city.open_poll("crew", replace(DRAFT, require=(("volunteer", 1),)))
    assert city.vote(city.community.enrol(volunteer=1), 1, manifest=manifest).new
    with pytest.raises(BallotRefused, match="volunteer"):
        city.vote(bo, 1, manifest=manifest)


def test_a_vote_changed_on_the_way_is_refused(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    ballot = city.ballot(ana, manifest=manifest, marks=(1,))
    for changed in (replace(ballot, content=b"\x02"), replace(ballot, sequence=2)):
        with pytest.raises(BallotRefused):
            city.polls.cast("place", changed.to_cbor())
    assert city.rows("ballots") == []


def test_a_ballot_of_another_poll_is_refused(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    other = city.open_poll("place-2", DRAFT)
    assert other.manifest_hash != manifest.manifest_hash
    ballots = [city.ballot(ana, manifest=one, marks=(1,)) for one in (manifest, other)]
    with pytest.raises(BallotRefused, match="another poll"):
        city.polls.cast("place", ballots[1].to_cbor())
    # One member, two polls: two pseudonyms.
    assert ballots[0].pseudonym != ballots[1].pseudonym


def test_what_is_no_ballot_is_refused(city: Standing, ana: Member, manifest: Manifest) -> None:
    octets = city.ballot(ana, manifest=manifest, marks=(1,)).to_cbor()
    for wrong in (b"", octets[:-1], octets + b"\0"):
        with pytest.raises(EncodingError):
            city.polls.cast("place", wrong)
    with pytest.raises(PollUnknown):
        city.polls.cast("nowhere", octets)


def test_a_ballot_counts_until_the_last_second_and_not_at_the_closing_time(
    city: Standing, ana: Member, bo: Member, manifest: Manifest
) -> None:
    city.clock.now = manifest.closes_at - 1
    assert city.vote(ana, 1, manifest=manifest).new
    city.clock.now += 1
    with pytest.raises(PollNotOpen):
        city.vote(bo, 1, manifest=manifest)
    assert city.polls.result(city.polls.poll("place")).voters == 1


class ClosingClock:
    """A clock that reaches the closing time between the first look at a poll and the recording."""

    def __init__(self, *times: int) -> None:
        self._times = list(times)

    def __call__(self) -> int:
        return self._times.pop(0) if len(self._times) > 1 else self._times[0]


def test_a_ballot_verified_before_and_recorded_after_closing_does_not_count(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    ballot = city.ballot(ana, manifest=manifest, marks=(1,)).to_cbor()
    city.poll_life._clock = ClosingClock(manifest.closes_at - 1, manifest.closes_at)
    with pytest.raises(PollNotOpen):
        city.polls.cast("place", ballot)
    assert city.rows("ballots") == []
    assert city.polls.poll("place").state is State.CLOSED


def test_once_a_poll_was_closed_no_ballot_is_added_even_by_a_slow_clock(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    city.clock.now = manifest.closes_at
    assert city.polls.result(city.polls.poll("place")).voters == 0
    city.clock.now -= 5
    with pytest.raises(PollNotOpen):
        city.vote(ana, 1, manifest=manifest)


def test_an_opened_poll_cannot_be_opened_closed_or_created_again(
    city: Standing, manifest: Manifest
) -> None:
    assert manifest
    with pytest.raises(OperatorError, match="already a poll"):
        city.poll_office.create("place", DRAFT)
    with pytest.raises(OperatorError, match="opened before"):
        city.poll_office.open("place")
    city.poll_office.close("place", reason="Enough.")
    with pytest.raises(OperatorError, match="closed already"):
        city.poll_office.close("place", reason="Enough.")
    with pytest.raises(OperatorError, match="no poll"):
        city.poll_office.close("nowhere", reason="Enough.")
    city.poll_office.create("draft", DRAFT)
    with pytest.raises(OperatorError, match="not opened yet"):
        city.poll_office.close("draft", reason="Enough.")


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, options=("Garden",)),
        replace(DRAFT, options=("Garden", "Garden")),
        replace(DRAFT, question=""),
        replace(DRAFT, closes_after=None, closes_at=NOON),
        replace(DRAFT, threshold=(2, 2)),
        replace(DRAFT, tally="irv/1"),
        replace(DRAFT, seats=2),
        replace(DRAFT, batch_seconds=0),
        replace(DRAFT, require=(("nothing", 1),)),
        replace(DRAFT, require=(("pass", "captain"),)),
        replace(DRAFT, require=(("nickname", "owl"),)),
    ],
)
def test_a_poll_that_cannot_be_held_is_not_created(city: Standing, draft: Draft) -> None:
    with pytest.raises(OperatorError):
        city.poll_office.create("place", draft)
    assert city.poll_office.polls() == []


def test_the_threshold_and_the_quorum_of_the_manifest_decide(city: Standing, ana: Member) -> None:
    manifest = city.open_poll("strict", replace(DRAFT, quorum=2, threshold=(1, 2)))
    city.vote(ana, 1, manifest=manifest)
    city.clock.now += 7200
    _, tally = city.poll_office.certify("strict")
    assert (tally.outcome, tally.winners) == (Outcome.BELOW_QUORUM, ())
