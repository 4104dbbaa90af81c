"""Recounting honest polls: every kind of them is found sound, and counted exactly."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.audit import Beside, Mark, audit
from client.poll import event_in_words
from credentials.errors import EncodingError
from credentials.formats.poll_event import Kind
from credentials.log.cosignature import WitnessKey
from credentials.polls import State
from tests.community import Community, Member
from tests.poll_papers import open_manifest, sealed_by_trustees
from tests.polling import PollInMemory, lunch
from tests.unit.client.audited import audited, audited_poll, failed, line

SECRET = 123_456_789


@pytest.fixture(scope="module")
def town() -> Community:
    """A community of six, all of them on the roll of its polls."""
    return Community(roll=6)


@pytest.fixture(scope="module")
def members(town: Community) -> list[Member]:
    return [town.enrol() for _ in range(6)]


@pytest.mark.parametrize("secret", [0, SECRET], ids=["open", "sealed"])
def test_an_honest_poll_is_sound_and_recounted(
    town: Community, members: list[Member], secret: int
) -> None:
    poll = lunch(town, members[:5], secret=secret)
    report = audited_poll(poll)
    assert failed(report) == {}
    assert (report.ballots, report.voters, report.roll) == (6, 5, (6, 6))
    assert report.result == poll.count()
    # Soup, Salad, Stew, Soup, Salad; and the first replaces Soup by Salad.
    assert report.result.rounds[0].scores == (1, 3, 1)
    assert line(report, "result").mark is Mark.PASSED
    assert "5 voter(s)" in report.verdict[0]


@pytest.mark.parametrize(
    ("paper", "votes"),
    [
        ({"ballot_type": "approval", "tally": "approval/1"}, [(1, 3), (3,), ()]),
        ({"ballot_type": "score", "tally": "score/1", "limit": 5}, [(5, 0, 3), (0, 5, 5), ()]),
        ({"ballot_type": "ranked", "tally": "irv/1"}, [(1, 2), (2, 3, 1), (3,)]),
        ({"ballot_type": "ranked", "tally": "schulze/1"}, [(1, 2), (2, 3, 1), (3, 2)]),
        ({"ballot_type": "ranked", "tally": "stv/1", "seats": 2}, [(1, 2), (1, 3), (1,), (2,)]),
        (
            {"ballot_type": "ranked", "tally": "stv/2", "seats": 2, "equal_ranks": True},
            [(1, 128 + 2), (1, 3), (1,), (2,)],
        ),
        ({"ballot_type": "quadratic", "tally": "quadratic/1", "limit": 9}, [(2, 0, 1), (0, 3, 0)]),
    ],
    ids=lambda value: value["tally"] if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("secret", [0, SECRET], ids=["open", "sealed"])
def test_every_method_of_counting_is_recounted(
    town: Community,
    members: list[Member],
    paper: dict[str, Any],
    votes: list[tuple[int, ...]],
    secret: int,
) -> None:
    changes = dict(paper)
    if secret:
        changes["sealing"] = sealed_by_trustees(secret, threshold=2, names=("Ada", "Ben", "Cy"))
    poll = PollInMemory(town, open_manifest(town, **changes), secret=secret)
    for member, marks in zip(members, votes, strict=False):
        poll.cast(member, *marks)
    result = poll.end()
    report = audited_poll(poll)
    assert failed(report) == {}
    assert report.result == result
    if secret:
        assert "any 2 of 3" in line(report, "sealing").reason


def test_a_tie_is_broken_in_the_same_way_by_everybody(
    town: Community, members: list[Member]
) -> None:
    sealing = sealed_by_trustees(SECRET, threshold=1, names=("Ada",))
    poll = PollInMemory(town, open_manifest(town, sealing=sealing), secret=SECRET)
    for number, member in enumerate(members):
        poll.cast(member, 1 + number % 3)
    result = poll.end()
    first, second = audited_poll(poll), audited_poll(poll)
    assert failed(first) == {}
    assert first.result == second.result == result
    assert set(result.rounds[0].by_lot) == {1, 2, 3}


def test_a_poll_that_was_extended_and_closed_is_sound(
    town: Community, members: list[Member]
) -> None:
    poll = PollInMemory(town, open_manifest(town))
    poll.cast(members[0], 1)
    poll.extend(poll.closes_at + 3600)
    poll.cast(members[1], 2)
    poll.end()
    report = audited_poll(poll)
    assert failed(report) == {}
    kinds = [event.kind for event in report.events]
    assert kinds == [Kind.EXTENSION, Kind.CLOSING, Kind.CERTIFICATION]
    assert "The network was down." in event_in_words(report.events[0])


def test_a_cancelled_poll_is_audited_without_a_result(
    town: Community, members: list[Member]
) -> None:
    poll = PollInMemory(town, open_manifest(town))
    poll.cast(members[0], 1)
    poll.cancel()
    report = audited_poll(poll)
    assert (failed(report), report.result, report.state) == ({}, None, State.CANCELLED)
    assert "cancelled" in report.verdict[0]


def test_a_poll_in_which_nobody_voted_is_sound(town: Community) -> None:
    poll = PollInMemory(town, open_manifest(town))
    poll.end()
    assert failed(audited_poll(poll)) == {}


def test_without_a_fingerprint_the_one_found_is_shown_and_nothing_fails(
    town: Community, members: list[Member]
) -> None:
    report = audit(BytesIO(lunch(town, members[:2]).bundle()), fingerprint=None)
    assert report.sound
    assert line(report, "fingerprint").mark is Mark.NOT_CHECKABLE


def test_witnesses_whom_the_auditor_trusts_count_as_independent(
    town: Community, members: list[Member]
) -> None:
    ada, ben = (
        WitnessKey(name=name, private_key=Ed25519PrivateKey.generate())
        for name in ("ada.example", "ben.example")
    )
    poll = lunch(town, members[:2])
    octets = poll.bundle(witnesses=(ada, ben))
    trusted = Beside(witnesses=(ben.verifier_key,))
    reason = line(audited(octets, community=town, beside=trusted), "cosignatures").reason
    assert reason == "independent: ben.example; named by the community: ada.example"
    missing = audited(poll.bundle(witnesses=(ada,)), community=town, beside=trusted)
    assert failed(missing) == {"cosignatures": "ben.example did not cosign"}


@pytest.mark.parametrize(("seen", "sound"), [(0, False), (1, False), (2, True), (3, True)])
def test_trap_20_enough_pinned_witnesses_must_have_cosigned_the_closing(
    town: Community, members: list[Member], seen: int, sound: bool
) -> None:
    witnesses = [
        WitnessKey(name=f"w{number}.example", private_key=Ed25519PrivateKey.generate())
        for number in (1, 2, 3)
    ]
    keys = tuple(one.verifier_key.to_text() for one in witnesses)
    poll = lunch(town, members[:2], witnesses=keys, witnesses_needed=2)
    whole = poll.bundle(witnesses=tuple(witnesses))
    closing = poll.cosigned(poll.checkpoint(size=poll.closing_size), *witnesses[:seen])
    octets = poll.bundle(witnesses=tuple(witnesses), closing=closing.to_text().encode())
    report = audited(octets, community=town)
    assert failed(audited(whole, community=town)) == {}
    assert (failed(report) == {}) is sound
    assert "of 3 pinned" in line(report, "witnesses of the closing").reason
    for other in (b"", poll.checkpoint().to_text().encode(), b"no note"):
        changed = poll.bundle(witnesses=tuple(witnesses), closing=other)
        assert set(failed(audited(changed, community=town))) == {"witnesses of the closing"}


def test_progress_reaches_the_end(town: Community, members: list[Member]) -> None:
    seen: list[tuple[int, int]] = []
    poll = lunch(town, members[:3])
    audited(
        poll.bundle(),
        community=town,
        progress=lambda done, of_all: seen.append((done, of_all)),
    )
    assert seen[-1] == (len(poll.entries), len(poll.entries))


def test_several_processes_find_the_same_as_one(
    town: Community, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.audit.reading.CHUNK", 2)
    monkeypatch.setattr("client.audit.recount.CHUNK", 2)
    poll = lunch(town, members, secret=SECRET)
    broken = bytearray(poll.entries[3])
    broken[-1] ^= 1
    poll.entries[3] = bytes(broken)
    alone = audited(poll.bundle(), community=town, processes=1)
    monkeypatch.setattr("client.audit.workers.CHUNK", -1)
    together = audited(poll.bundle(), community=town, processes=2)
    assert "entry 3: " in failed(alone)["ballots' proofs"]
    assert replace(together, checks=()) == replace(alone, checks=())
    assert together.checks == alone.checks


def test_attributes_that_changed_are_no_reason_to_accuse() -> None:
    """A changed credential keeps its serial, and its old handle is removed."""
    town = Community(roll=2)
    ana, bo = town.enrol(), town.enrol()
    town.publish(ana.issued.handle)
    bo.credential = town.current(bo.credential)
    # Signed anew for the same commitment and serial.
    town.serial = 0
    ana = town.enrol(seed=ana.seed, points=3)
    poll = PollInMemory(town, open_manifest(town))
    for member in (ana, bo):
        poll.cast(member, 1)
    poll.end()
    report = audited_poll(poll)
    assert failed(report) == {}
    assert (report.voters, report.roll) == (2, (1, 2))
    assert line(report, "roll").mark is Mark.NOT_CHECKABLE


@pytest.mark.parametrize("octets", [b"", b"\0", b"\0\0\0\1\0", b"no bundle at all"])
def test_what_is_no_bundle_is_one_error(octets: bytes) -> None:
    with pytest.raises(EncodingError):
        audit(BytesIO(octets), fingerprint=None)


def test_without_a_closing_there_is_no_result(town: Community, members: list[Member]) -> None:
    poll = PollInMemory(town, open_manifest(town))
    poll.cast(members[0], 1)
    poll.place()
    report = audited_poll(poll)
    assert failed(report) == {"order of the log": "the log ends while the poll is open"}
    assert report.result is None
