"""How polls end: extended, closed early, cancelled, certified; and what the bundle says of it."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from client.audit import audit
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.poll_bundle import read_bundle
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.sealing import Sealing
from credentials.polls import BATCH_SIZE, Replay, State
from credentials.sealing import ServerOpener
from credentials.tally import TallyResult
from server.polls import log as logs
from server.polls.poll import Draft
from server.problems import (
    OperatorError,
    PollCancelled,
    PollNotCertified,
    PollNotOpen,
    PollStillOpen,
)
from tests.community import Community, Member
from tests.flows.standing import Standing
from tests.poll_papers import sealed_by_trustees
from tests.polling import is_event

DRAFT = Draft(question="Where?", options=("Garden", "Roof"), closes_after=7200)


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing) -> Manifest:
    return city.open_poll("place", DRAFT)


def events(city: Standing, poll: str = "place") -> list[PollEvent]:
    return [entry.event for entry in city.polls.logs.events(city.polls.poll(poll))]


def bundle(city: Standing, poll: str = "place") -> bytes:
    return b"".join(city.polls.bundle(city.polls.poll(poll)))


def replayed(city: Standing, poll: str = "place") -> Replay:
    """The log in the bundle, read by the rules; raises PollLogRefused."""
    _, entries = read_bundle(BytesIO(bundle(city, poll)))
    replay = Replay(Manifest.from_cbor(next(entries)))
    for entry in entries:
        if is_event(entry):
            replay.take_event(PollEvent.from_cbor(entry))
        else:
            ballot = Ballot.from_cbor(entry)
            replay.take_ballot(
                leaf_hash=ballot.leaf_hash,
                pseudonym=ballot.pseudonym,
                sequence=ballot.sequence,
                content=ballot.content,
            )
    return replay


def sound(city: Standing, poll: str = "place") -> bool:
    """Whether an auditor with nothing but the file and the fingerprint finds everything well."""
    file = BytesIO(bundle(city, poll))
    return audit(file, fingerprint=city.metadata.community_id).sound


def test_p7_the_bundle_of_a_certified_poll_reads_back_and_recounts(
    city: Standing, ana: Member, bo: Member, manifest: Manifest
) -> None:
    city.vote(ana, 1, manifest=manifest)
    city.vote(bo, 1, manifest=manifest)
    city.vote(ana, 2, manifest=manifest, sequence=2)
    city.clock.now = manifest.closes_at
    with pytest.raises(PollNotCertified):
        city.polls.bundle(city.polls.poll("place"))
    _, tally = city.poll_office.certify("place")
    replay = replayed(city)
    assert (replay.state, replay.closed_at) == (State.CERTIFIED, manifest.closes_at)
    assert replay.result is not None
    assert TallyResult.from_cbor(replay.result) == tally
    assert sorted(vote for vote in replay.highest.values()) == [(1, b"\x01"), (2, b"\x02")]
    assert sound(city)


def test_the_bundle_is_read_in_pages_and_is_the_same(
    city: Standing, monkeypatch: pytest.MonkeyPatch, manifest: Manifest
) -> None:
    for _ in range(7):
        city.vote(city.community.enrol(), 1, manifest=manifest)
    city.clock.now = manifest.closes_at
    city.poll_office.certify("place")
    whole = bundle(city)
    for page in (1, 2, 5, 10, 11):
        monkeypatch.setattr(logs, "PAGE", page)
        assert bundle(city) == whole


def test_a_sealed_poll_certifies_and_recounts(city: Standing, ana: Member) -> None:
    sealing = Sealing(key=ServerOpener(secret=city.keystore.opening_secret).key)
    manifest = city.open_poll("place", replace(DRAFT, sealing=sealing))
    city.vote(ana, 2, manifest=manifest)
    city.clock.now = manifest.closes_at + 5
    city.poll_office.certify("place")
    assert [event.kind for event in events(city)] == [
        Kind.CLOSING,
        Kind.OPENING,
        Kind.CERTIFICATION,
    ]
    assert sound(city)


def test_an_extension_moves_the_close_and_gives_its_reason(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    city.clock.now = manifest.closes_at - 1
    later = manifest.closes_at + 600
    city.poll_office.extend("place", closes_at=later, reason="The network was down.")
    (extension,) = events(city)
    assert (extension.kind, extension.reason) == (Kind.EXTENSION, "The network was down.")
    assert (extension.closes_at, city.polls.poll("place").closes_at) == (later, later)
    city.clock.now = later - 1
    assert city.vote(ana, 1, manifest=manifest).new
    for same in (later, later - 1):
        with pytest.raises(OperatorError, match="not later"):
            city.poll_office.extend("place", closes_at=same, reason="Again.")
    city.clock.now = later
    assert city.polls.poll("place").closed_at == later
    with pytest.raises(OperatorError, match="cannot go on"):
        city.poll_office.extend("place", closes_at=later + 60, reason="Again.")
    city.poll_office.certify("place")
    assert replayed(city).closed_at == later
    assert sound(city)


def test_a_poll_closed_early_says_why_and_when(
    city: Standing, ana: Member, bo: Member, manifest: Manifest
) -> None:
    city.vote(ana, 1, manifest=manifest)
    city.clock.now += 60
    for reason in ("", " ", "a\0b", "x" * 501):
        with pytest.raises(OperatorError):
            city.poll_office.close("place", reason=reason)
    city.poll_office.close("place", reason="Everybody has voted.")
    (closing,) = events(city)
    assert (closing.at, closing.reason) == (city.clock.now, "Everybody has voted.")
    with pytest.raises(PollNotOpen):
        city.vote(bo, 1, manifest=manifest)
    city.poll_office.certify("place")
    assert sound(city)


@pytest.mark.parametrize("closed", [False, True])
def test_a_cancelled_poll_has_no_result_and_a_bundle_that_says_why(
    city: Standing, ana: Member, closed: bool
) -> None:
    sealing = sealed_by_trustees(8, threshold=2, names=("Solon", "Aspasia"))
    manifest = city.open_poll("place", replace(DRAFT, sealing=sealing))
    city.vote(ana, 1, manifest=manifest)
    city.clock.now = manifest.closes_at + 5 if closed else manifest.opens_at + 5
    cancelled = city.poll_office.cancel("place", reason="The question was wrong.")
    assert cancelled.state is State.CANCELLED
    poll = city.polls.poll("place")
    assert poll.closed_at == (manifest.closes_at if closed else manifest.opens_at + 5)
    with pytest.raises(PollCancelled):
        city.polls.result(poll)
    with pytest.raises(PollNotOpen):
        city.vote(city.community.enrol(), 1, manifest=manifest)
    for end in (
        lambda: city.poll_office.certify("place"),
        lambda: city.poll_office.cancel("place", reason="Again."),
        lambda: city.poll_office.close("place", reason="Again."),
        lambda: city.poll_office.extend("place", closes_at=2**31, reason="Again."),
    ):
        with pytest.raises(OperatorError):
            end()
    # Its time does not come any more.
    city.clock.now += 100_000
    assert city.poll_life.look_after_all() == 0
    replay = replayed(city)
    assert (replay.state, replay.events[-1].reason) == (
        State.CANCELLED,
        "The question was wrong.",
    )
    assert replay.ballots == 1
    assert sound(city)


@pytest.mark.parametrize("sealed", [False, True])
def test_p7_a_result_that_people_can_see_is_objected_to_and_not_cancelled(
    city: Standing, ana: Member, sealed: bool
) -> None:
    sealing = Sealing(key=ServerOpener(secret=city.keystore.opening_secret).key)
    manifest = city.open_poll("place", replace(DRAFT, sealing=sealing if sealed else None))
    city.vote(ana, 1, manifest=manifest)
    with pytest.raises(OperatorError, match="no result yet"):
        city.poll_office.object("place", reason="Too early.")
    city.clock.now = manifest.closes_at + 5
    with pytest.raises(OperatorError, match="poll object place"):
        city.poll_office.cancel("place", reason="The wrong side won.")
    state = city.polls.poll("place").state
    assert state is (State.UNSEALED if sealed else State.CLOSED)
    for reason in ("", "a\0b"):
        with pytest.raises(OperatorError, match="reason"):
            city.poll_office.object("place", reason=reason)
    for reason in ("The network was down.", "For an hour."):
        assert city.poll_office.object("place", reason=reason).state is state
    assert city.polls.result(city.polls.poll("place")).tally.winners == (1,)
    city.poll_office.certify("place")
    with pytest.raises(OperatorError, match="certified already"):
        city.poll_office.object("place", reason="Too late.")
    assert [event.reason for event in replayed(city).events if event.kind is Kind.OBJECTION] == [
        "The network was down.",
        "For an hour.",
    ]
    assert sound(city)


def test_a_poll_is_certified_once_and_only_after_its_close(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    city.vote(ana, 1, manifest=manifest)
    with pytest.raises(OperatorError, match="goes on"):
        city.poll_office.certify("place")
    city.clock.now = manifest.closes_at
    city.poll_office.certify("place")
    for end in (
        lambda: city.poll_office.certify("place"),
        lambda: city.poll_office.cancel("place", reason="Too late."),
    ):
        with pytest.raises(OperatorError, match="certified already"):
            end()
    assert [event.kind for event in events(city)] == [Kind.CLOSING, Kind.CERTIFICATION]


def test_a_live_poll_counts_what_is_in_the_log_and_nothing_that_waits(
    city: Standing, ana: Member
) -> None:
    manifest = city.open_poll("place", replace(DRAFT, live=True))
    for _ in range(BATCH_SIZE - 1):
        city.vote(city.community.enrol(), 1, manifest=manifest)
    assert city.polls.result(city.polls.poll("place")).voters == 0
    city.clock.now += manifest.batch_seconds
    city.vote(ana, 2, manifest=manifest)
    live = city.polls.result(city.polls.poll("place"))
    assert (live.tally.rounds[0].scores, live.provisional) == ((9, 1), True)
    city.vote(ana, 1, manifest=manifest, sequence=2)
    assert city.polls.result(city.polls.poll("place")) is live


def test_nothing_is_counted_before_the_close_of_a_poll_that_is_not_live(
    city: Standing, manifest: Manifest
) -> None:
    with pytest.raises(PollStillOpen):
        city.polls.result(city.polls.poll("place"))
    city.clock.now = manifest.closes_at
    assert city.polls.result(city.polls.poll("place")).voters == 0
