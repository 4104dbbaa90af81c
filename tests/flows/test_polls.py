"""Polls, from the draft to the count: who votes, what is refused, and what anyone can recount."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from credentials.tally.plurality import Outcome

from client.audit import audit
from credentials.errors import BallotRefused, EncodingError
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot, PollBundle
from server.polls.outcome import outcome_sentence
from server.polls.poll import Draft, State
from server.problems import (
    AlreadyVoted,
    OperatorError,
    PollNotOpen,
    PollStillOpen,
    PollUnknown,
    SequenceWrong,
)
from tests.community import Community, Member
from tests.flows.standing import NOON, Standing

DRAFT = Draft(question="Where do we meet?", options=("Garden", "Roof", "Cellar"), closes_after=7200)


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing) -> Manifest:
    """The manifest of the open poll `place`."""
    city.poll_office.create("place", DRAFT)
    opened = city.poll_office.open("place").manifest
    assert opened is not None
    return opened


def test_a_poll_goes_from_draft_to_open_to_closed_and_counts(
    city: Standing, ana: Member, bo: Member
) -> None:
    assert city.poll_office.create("place", DRAFT).state is State.DRAFT
    assert city.polls.polls() == []
    with pytest.raises(PollUnknown):
        city.polls.poll("place")
    manifest = city.poll_office.open("place").manifest
    assert manifest is not None
    assert (manifest.opens_at, manifest.closes_at) == (NOON, NOON + 7200)
    assert (manifest.require, manifest.head) == ((), city.registry.chain().newest.hash)
    for member, choice in ((ana, 2), (bo, 0)):
        ballot = city.ballot(member, manifest=manifest, choice=choice)
        assert city.polls.cast("place", ballot.to_cbor()).new
    for ask in (city.polls.result, city.polls.bundle):
        with pytest.raises(PollStillOpen):
            ask("place")
    closed = city.poll_office.close("place")
    assert (closed.state, closed.closed_at) == (State.CLOSED, NOON)
    result = city.polls.result("place")
    assert (result.counts, result.abstentions, result.winner) == ((0, 1, 0), 1, 2)
    assert outcome_sentence(result, options=manifest.options) == "“Roof” wins with 1 of 1 votes."


def test_anyone_recounts_the_bundle_offline(
    city: Standing, ana: Member, bo: Member, manifest: Manifest
) -> None:
    cast = [
        city.ballot(member, manifest=manifest, choice=choice)
        for member, choice in ((ana, 1), (bo, 3))
    ]
    for ballot in cast:
        city.polls.cast("place", ballot.to_cbor())
    city.clock.now += 7200
    octets = city.polls.bundle("place")
    bundle = PollBundle.from_cbor(octets)
    assert set(bundle.ballots) == {ballot.to_cbor() for ballot in cast}
    assert bundle.closed_at == manifest.closes_at
    report = audit(octets, fingerprint=city.metadata.community_id)
    assert report.sound
    assert report.result == city.polls.result("place")
    assert {ballot.ballot_hash for ballot in cast} == report.hashes


def test_the_same_ballot_again_is_answered_alike_and_counts_once(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    octets = city.ballot(ana, manifest=manifest, choice=1).to_cbor()
    first = city.polls.cast("place", octets)
    again = city.polls.cast("place", octets)
    assert (first.new, again.new, again.ballot_hash) == (True, False, first.ballot_hash)
    city.clock.now += 7200
    assert city.polls.cast("place", octets) == again
    assert city.polls.result("place").ballots == 1


def test_a_member_votes_once_whatever_she_chooses(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    city.polls.cast("place", city.ballot(ana, manifest=manifest, choice=1).to_cbor())
    for choice in (0, 1, 2):
        with pytest.raises(AlreadyVoted):
            city.polls.cast("place", city.ballot(ana, manifest=manifest, choice=choice).to_cbor())


def test_a_restored_wallet_has_no_second_vote(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    restored = city.community.enrol(seed=ana.seed)
    city.polls.cast("place", city.ballot(ana, manifest=manifest, choice=1).to_cbor())
    with pytest.raises(AlreadyVoted):
        city.polls.cast("place", city.ballot(restored, manifest=manifest, choice=2).to_cbor())


def test_a_stranger_has_no_vote(
    city: Standing, other_community: Community, manifest: Manifest
) -> None:
    stranger = other_community.enrol()
    with pytest.raises(BallotRefused):
        city.polls.cast("place", city.ballot(stranger, manifest=manifest, choice=1).to_cbor())


def test_a_poll_may_be_for_some_members_only(city: Standing, bo: Member) -> None:
    draft = replace(DRAFT, require=(("volunteer", 1),))
    city.poll_office.create("crew", draft)
    manifest = city.poll_office.open("crew").manifest
    assert manifest is not None
    volunteer = city.community.enrol(volunteer=1)
    assert city.polls.cast("crew", city.ballot(volunteer, manifest=manifest, choice=1).to_cbor())
    with pytest.raises(BallotRefused, match="volunteer"):
        city.polls.cast("crew", city.ballot(bo, manifest=manifest, choice=1).to_cbor())


def test_a_choice_changed_on_the_way_is_refused(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    ballot = city.ballot(ana, manifest=manifest, choice=1)
    with pytest.raises(BallotRefused):
        city.polls.cast("place", replace(ballot, choice=2).to_cbor())
    with pytest.raises(BallotRefused):
        city.polls.cast("place", replace(ballot, sequence=2).to_cbor())
    assert city.rows("ballots") == []


def test_an_option_that_does_not_exist_is_refused(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    with pytest.raises(BallotRefused, match="option"):
        city.polls.cast("place", city.ballot(ana, manifest=manifest, choice=4).to_cbor())


def test_another_sequence_number_is_refused_with_the_right_one_named(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    ballot = city.ballot(ana, manifest=manifest, choice=1, sequence=2)
    with pytest.raises(SequenceWrong) as refused:
        city.polls.cast("place", ballot.to_cbor())
    assert refused.value.members == {"expected": 1}


def test_a_ballot_of_another_poll_is_refused(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    city.poll_office.create("place-2", DRAFT)
    other = city.poll_office.open("place-2").manifest
    assert other is not None
    assert other.manifest_hash != manifest.manifest_hash
    with pytest.raises(BallotRefused, match="another poll"):
        city.polls.cast("place", city.ballot(ana, manifest=other, choice=1).to_cbor())
    # One member, two polls: two pseudonyms.
    ballots = [city.ballot(ana, manifest=one, choice=1) for one in (manifest, other)]
    assert ballots[0].presentation.pseudonym != ballots[1].presentation.pseudonym


def test_what_is_no_ballot_is_refused(city: Standing, ana: Member, manifest: Manifest) -> None:
    octets = city.ballot(ana, manifest=manifest, choice=1).to_cbor()
    for wrong in (b"", octets[:-1], octets + b"\0"):
        with pytest.raises(EncodingError):
            city.polls.cast("place", wrong)
    with pytest.raises(PollUnknown):
        city.polls.cast("nowhere", octets)


def test_a_ballot_counts_until_the_last_second_and_not_at_the_closing_time(
    city: Standing, ana: Member, bo: Member, manifest: Manifest
) -> None:
    city.clock.now = manifest.closes_at - 1
    assert city.polls.cast("place", city.ballot(ana, manifest=manifest, choice=1).to_cbor()).new
    city.clock.now += 1
    with pytest.raises(PollNotOpen):
        city.polls.cast("place", city.ballot(bo, manifest=manifest, choice=1).to_cbor())
    assert city.polls.result("place").ballots == 1


class ClosingClock:
    """A clock that reaches the closing time between the first look at a poll and the recording."""

    def __init__(self, *times: int) -> None:
        self._times = list(times)

    def __call__(self) -> int:
        return self._times.pop(0) if len(self._times) > 1 else self._times[0]


def test_a_ballot_verified_before_and_recorded_after_closing_does_not_count(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    city.polls._clock = ClosingClock(manifest.closes_at - 1, manifest.closes_at)
    with pytest.raises(PollNotOpen):
        city.polls.cast("place", city.ballot(ana, manifest=manifest, choice=1).to_cbor())
    assert city.rows("ballots") == []


def test_once_a_result_was_read_no_ballot_is_added_even_by_a_slow_clock(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    city.clock.now = manifest.closes_at
    assert city.polls.result("place").ballots == 0
    city.clock.now -= 5
    with pytest.raises(PollNotOpen):
        city.polls.cast("place", city.ballot(ana, manifest=manifest, choice=1).to_cbor())


def test_an_opened_poll_cannot_be_opened_closed_or_created_again(
    city: Standing, manifest: Manifest
) -> None:
    assert manifest
    with pytest.raises(OperatorError, match="already a poll"):
        city.poll_office.create("place", DRAFT)
    with pytest.raises(OperatorError, match="opened before"):
        city.poll_office.open("place")
    city.poll_office.close("place")
    with pytest.raises(OperatorError, match="closed already"):
        city.poll_office.close("place")
    with pytest.raises(OperatorError, match="no poll"):
        city.poll_office.close("nowhere")


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, options=("Garden",)),
        replace(DRAFT, options=("Garden", "Garden")),
        replace(DRAFT, question=""),
        replace(DRAFT, closes_after=None, closes_at=NOON),
        replace(DRAFT, threshold=(2, 2)),
        replace(DRAFT, require=(("nothing", 1),)),
        replace(DRAFT, require=(("pass", "captain"),)),
        replace(DRAFT, require=(("nickname", "owl"),)),
    ],
)
def test_a_poll_that_cannot_be_held_is_not_created(city: Standing, draft: Draft) -> None:
    with pytest.raises(OperatorError):
        city.poll_office.create("place", draft)
    assert city.poll_office.polls() == []


def test_the_rows_of_ballots_have_no_time_and_no_order_of_arrival(
    city: Standing, manifest: Manifest
) -> None:
    ballots: list[Ballot] = []
    for number in range(6):
        ballots.append(city.ballot(city.community.enrol(), manifest=manifest, choice=number % 3))
        city.polls.cast("place", ballots[-1].to_cbor())
    with city.database.read() as connection:
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(ballots)")]
        stored = [row[0] for row in connection.exec_driver_sql("SELECT octets FROM ballots")]
        ddl = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'ballots'"
        ).scalar_one()
    assert columns == ["ballot_hash", "poll", "pseudonym", "sequence", "octets"]
    assert "WITHOUT ROWID" in ddl
    ascending = sorted(ballots, key=lambda ballot: ballot.ballot_hash)
    assert stored == [ballot.to_cbor() for ballot in ascending]


def test_the_threshold_and_the_quorum_of_the_manifest_decide(city: Standing, ana: Member) -> None:
    half = Fraction(1, 2)
    draft = replace(DRAFT, quorum=2, threshold=(half.numerator, half.denominator))
    city.poll_office.create("strict", draft)
    manifest = city.poll_office.open("strict").manifest
    assert manifest is not None
    city.polls.cast("strict", city.ballot(ana, manifest=manifest, choice=1).to_cbor())
    city.poll_office.close("strict")
    assert city.polls.result("strict").outcome is Outcome.BELOW_QUORUM
