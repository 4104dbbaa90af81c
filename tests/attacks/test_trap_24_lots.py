"""Trap 24: the organiser cannot choose the lot that breaks a tie, nor order ballots to its liking.

Each attack is played twice: by the rules as they were (`log/1`, and `opening/1` with the server's
own opening value), whose seeds are computed here from their definitions, and by those of today.
"""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice, permutations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.audit import Beside, Mark, Report
from credentials import domain_tags
from credentials.beacon import time_of
from credentials.errors import PolicyError
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import BATCH_END, Kind, PollEvent
from credentials.log.cosignature import WitnessKey
from credentials.merkle import root_of
from credentials.polls import tie_seed
from credentials.sealing import share_of
from credentials.tally import Outcome, TallyResult, lot_order
from tests.beacons import OwnBeacon
from tests.community import Community, Member
from tests.poll_papers import CLOSES_AT, OPENS_AT, open_manifest, sealed_by_server
from tests.polling import PollInMemory, electing
from tests.unit.client.audited import audited, audited_poll, failed, line
from tests.vectors.test_drand import ROUNDS, signature_of

OPTIONS = 3
FAVOURITE = 1
GAMES = 60
TRIES = 5
BY_CHANCE = GAMES // OPTIONS
MOST_BY_CHANCE = (
    BY_CHANCE + 15
)  # four standard deviations; a fair game is this far out in 1 of 10^4
SECRET = 987_654_321


@pytest.fixture(scope="module")
def town() -> Community:
    return Community(roll=9)


@pytest.fixture(scope="module")
def members(town: Community) -> list[Member]:
    return [town.enrol() for _ in range(9)]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> OwnBeacon:
    return OwnBeacon().take_the_place_of_drand(monkeypatch)


@pytest.fixture
def owl() -> WitnessKey:
    return WitnessKey(name="owl.example/witness", private_key=Ed25519PrivateKey.generate())


def seed_as_it_was(manifest: Manifest, source: bytes) -> bytes:
    """The seed by `log/1` (source: the log's root) and `opening/1` (source: the opening value)."""
    return hashlib.sha256(domain_tags.TIE_SEED + manifest.manifest_hash + source).digest()


def wins(seed: bytes | None) -> bool:
    """Whether the organiser's favourite wins the tie of all options."""
    assert seed is not None
    return lot_order(seed, OPTIONS)[0] == FAVOURITE


def games(of: Callable[[int], bool]) -> int:
    """How many of the games the organiser wins."""
    return sum(of(number) for number in range(GAMES))


def tied(town: Community, members: Sequence[Member], **changes: object) -> PollInMemory:
    """A poll in which all options are level, before its close."""
    poll = PollInMemory(town, open_manifest(town, **changes))
    for number, member in enumerate(members):
        poll.cast(member, 1 + number % OPTIONS)
    return poll


def beacon_poll(town: Community, members: Sequence[Member], **changes: object) -> PollInMemory:
    return tied(town, members, tie_rule="beacon/1", **changes)


# --- five manifests


def manifests(town: Community, game: int, **changes: object) -> Iterator[Manifest]:
    """The same poll in at most five wordings, which nobody would find strange."""
    for marks in range(1, 1 + TRIES):
        yield open_manifest(town, question=f"Lunch on day {game}{'?' * marks}", **changes)


def test_trap_24_five_manifests_chose_the_lot_where_the_server_knows_the_opening_value(
    town: Community,
) -> None:
    def as_it_was(game: int) -> bool:
        return any(
            wins(seed_as_it_was(one, share_of(SECRET + game, digest=one.manifest_hash)))
            for one in manifests(town, game, sealing=sealed_by_server(SECRET + game))
        )

    assert games(as_it_was) > GAMES * 2 // 3
    with pytest.raises(PolicyError, match="without trustees"):
        open_manifest(town, sealing=sealed_by_server(SECRET), tie_rule="opening/1")


def test_trap_24_five_manifests_do_not_help_against_a_beacon(
    town: Community, network: OwnBeacon
) -> None:
    """It opens the wording that would win had the round of just now been the lot."""

    def today(game: int) -> bool:
        times = {"opens_at": OPENS_AT + game, "closes_at": CLOSES_AT + 60 * game}
        choice = list(manifests(town, game, tie_rule="beacon/1", **times))
        past = choice[0].beacon_at(OPENS_AT - 1000)
        signature = network.signature(past)
        known = [one for one in choice if wins(tie_seed(one, beacon=past, signature=signature))]
        opened = (known or choice)[0]
        assert opened.beacon is not None
        signature = network.signature(opened.beacon)
        return wins(tie_seed(opened, beacon=opened.beacon, signature=signature))

    assert games(today) <= MOST_BY_CHANCE


# --- closing a few seconds apart


def closings() -> Iterator[PollEvent]:
    """At its time, and up to four seconds before."""
    yield PollEvent(kind=Kind.CLOSING, at=CLOSES_AT)
    for early in range(1, TRIES):
        yield PollEvent(kind=Kind.CLOSING, at=CLOSES_AT - early, reason="Everybody has voted.")


def test_trap_24_closing_a_few_seconds_apart_changes_no_lot(
    town: Community, members: list[Member], network: OwnBeacon
) -> None:
    poll = beacon_poll(town, members)
    poll.place()
    before = list(poll.entries)

    def as_it_was(game: int) -> bool:
        manifest = open_manifest(town, question=f"Lunch on day {game}?")
        logs = ([manifest.to_cbor(), *before[1:], event.to_cbor()] for event in closings())
        return any(wins(seed_as_it_was(manifest, root_of(log))) for log in logs)

    assert games(as_it_was) > GAMES * 2 // 3
    results = set()
    for event in closings():
        poll.entries = [*before, event.to_cbor()]
        poll.draw(network.signature(poll.beacon))
        result = poll.certify()
        results.add((result.winners, result.rounds[0].by_lot))
        assert failed(audited_poll(poll)) == {}
    assert len(results) == 1, "one lot, however early it was closed"


# --- the order of the last batch


def test_trap_24_no_order_of_the_last_batch_but_one_passes_and_none_changes_the_lot(
    town: Community, members: list[Member], network: OwnBeacon
) -> None:
    poll = beacon_poll(town, members[:6])
    poll.close()
    poll.draw(network.signature(poll.beacon))
    result = poll.certify()
    first, *ballots = poll.entries[:7]
    ending = poll.entries[7:]

    def as_it_was(game: int) -> bool:
        manifest = open_manifest(town, question=f"Lunch on day {game}?").to_cbor()
        digest = Manifest.from_cbor(manifest)
        logs = ([manifest, *order, ending[0]] for order in islice(permutations(ballots), 40))
        return any(wins(seed_as_it_was(digest, root_of(log))) for log in logs)

    assert games(as_it_was) == GAMES
    assert audited_poll(poll).sound
    orders = list(permutations(ballots))[1:]
    for order in random.Random(24).sample(orders, 8):  # noqa: S311 - which are tried is no secret
        poll.entries = [first, *order, *ending]
        report = audited_poll(poll)
        assert failed(report).keys() == {"order of the log"}
        assert "not in the order of their leaf hashes" in failed(report)["order of the log"]
        assert report.result == result, "the lot is the same"


def test_trap_24_a_batch_of_fewer_than_ten_is_refused(
    town: Community, members: list[Member]
) -> None:
    """Batches as small as one would let the organiser order ballots as it likes."""
    poll = tied(town, members)
    *ballots, last = sorted(poll.waiting, key=lambda ballot: ballot.leaf_hash, reverse=True)
    for ballot in ballots:
        poll.entries += [ballot.to_cbor(), BATCH_END.to_cbor()]
    poll.waiting = [last]
    poll.close()
    poll.add(PollEvent(kind=Kind.CERTIFICATION, at=CLOSES_AT, value=b""))
    assert "a batch has 1 ballots" in failed(audited_poll(poll))["order of the log"]


# --- after the lot is known


def ended(poll: PollInMemory, network: OwnBeacon) -> PollInMemory:
    poll.close()
    poll.draw(network.signature(poll.beacon))
    poll.certify()
    return poll


def seen_by(owl: WitnessKey, poll: PollInMemory, *, size: int, at: int) -> bytes:
    """The checkpoint over the first entries, cosigned at a time."""
    signed = poll.checkpoint(size=size)
    cosigned = owl.cosign(signed.note.text, time=at)
    return signed.with_cosignature(cosigned, key=owl.verifier_key).to_text().encode()


def report_of(poll: PollInMemory, owl: WitnessKey, *earlier: bytes) -> Report:
    size = poll.closing_size
    unseen = poll.checkpoint(size=size).to_text().encode() if size else b""
    octets = poll.bundle(witnesses=(owl,), earlier=earlier, closing=unseen)
    trusted = Beside(witnesses=(owl.verifier_key,))
    return audited(octets, community=poll.community, beside=trusted)


def test_trap_24_a_closing_that_nobody_saw_before_the_round_is_named(
    town: Community, members: list[Member], network: OwnBeacon, owl: WitnessKey
) -> None:
    """The organiser waits for the round, and lets an accomplice vote if the lot goes wrong."""
    poll = beacon_poll(town, members[:6])
    lost = tie_seed(poll.manifest, beacon=poll.beacon, signature=network.signature(poll.beacon))
    poll.cast(members[6], lot_order(lost, OPTIONS)[1])
    ended(poll, network)
    alone = audited_poll(poll)
    assert alone.sound, "a server that is alone can say what it likes of its closing"
    told = line(alone, "closed before the lot")
    assert (told.mark, told.reason) == (
        Mark.NOT_CHECKABLE,
        "nobody witnessed that the log was closed before the lot was known",
    )
    closing = len(poll.entries) - 2
    late = seen_by(owl, poll, size=closing, at=poll.beacon.due_at)
    for earlier in ((), (late,)):
        found = failed(report_of(poll, owl, *earlier))
        assert found.keys() == {"closed before the lot"}
        assert f"entry {closing - 1}" in found["closed before the lot"]
    in_time = seen_by(owl, poll, size=closing, at=poll.beacon.due_at - 1)
    assert failed(report_of(poll, owl, in_time)) == {}
    too_little = seen_by(owl, poll, size=closing - 1, at=CLOSES_AT)
    assert "closed before the lot" in failed(report_of(poll, owl, too_little))


def test_trap_24_an_extension_after_the_round_is_known_is_named(
    town: Community, members: list[Member], network: OwnBeacon, owl: WitnessKey
) -> None:
    """The round of the first close went wrong, so the closing "had been put off" before."""
    poll = beacon_poll(town, members)
    first = poll.manifest.beacon
    poll.extend(CLOSES_AT + 3600, at=CLOSES_AT - 1)
    extension = len(poll.entries)
    ended(poll, network)
    closing = seen_by(owl, poll, size=len(poll.entries) - 2, at=poll.beacon.due_at - 1)
    found = failed(report_of(poll, owl, closing))
    assert f"entry {extension - 1}" in found["closed before the lot"]
    in_time = seen_by(owl, poll, size=extension, at=first.due_at - 1)
    assert failed(report_of(poll, owl, in_time, closing)) == {}


def test_trap_24_another_log_at_the_time_of_the_closing_is_a_split_view(
    town: Community, members: list[Member], network: OwnBeacon, owl: WitnessKey
) -> None:
    poll, other = beacon_poll(town, members), beacon_poll(town, members[:3])
    other.close()
    shown = seen_by(owl, other, size=len(other.entries), at=CLOSES_AT + 1)
    found = failed(report_of(ended(poll, network), owl, shown))
    assert "signed another log" in found["closed before the lot"]


def test_trap_24_a_poll_is_not_cancelled_because_of_its_lot(
    town: Community, members: list[Member], network: OwnBeacon
) -> None:
    poll = beacon_poll(town, members)
    poll.close()
    at = poll.beacon.due_at
    poll.add(PollEvent(kind=Kind.CANCELLATION, at=at, reason="The question was wrong."))
    assert "after its result could be seen" in failed(audited_poll(poll))["order of the log"]


@pytest.mark.parametrize("wrong", ["another round", "another network", "none"])
def test_trap_24_a_lot_from_anything_but_the_round_is_named(
    town: Community, members: list[Member], network: OwnBeacon, wrong: str
) -> None:
    poll = beacon_poll(town, members)
    poll.close()
    signature = {
        "another round": network.signature(poll.beacon.number + 1),
        "another network": OwnBeacon().signature(poll.beacon),
        "none": b"\xc0" + bytes(47),
    }[wrong]
    poll.draw(signature)
    poll.add(PollEvent(kind=Kind.CERTIFICATION, at=poll.beacon.due_at, value=b"the wrong one"))
    found = failed(audited_poll(poll))
    assert found.keys() == {"lot", "result"}


def test_trap_24_the_certified_winner_is_the_lot_s(
    town: Community, members: list[Member], network: OwnBeacon
) -> None:
    poll = ended(beacon_poll(town, members), network)
    event = PollEvent.from_cbor(poll.entries[-1])
    result = TallyResult.from_cbor(event.value)
    other = electing(result, 1 + result.winners[0] % OPTIONS)
    poll.entries[-1] = replace(event, value=other.to_cbor()).to_cbor()
    assert failed(audited_poll(poll)).keys() == {"result"}


def test_a_poll_by_a_round_that_drand_published_is_sound(
    town: Community, members: list[Member]
) -> None:
    """Under the network's own key: round 657413, of 15 September 2023."""
    published = ROUNDS[-1]
    closes_at = time_of(published["round"]) - 600
    poll = beacon_poll(town, members, opens_at=closes_at - 3600, closes_at=closes_at)
    assert poll.beacon.number == published["round"]
    poll.close()
    poll.draw(signature_of(published))
    result = poll.certify()
    assert (result.outcome, len(result.rounds[0].by_lot)) == (Outcome.WINNER, OPTIONS)
    report = audited_poll(poll)
    assert failed(report) == {}
    assert "round 657413" in line(report, "lot").reason
    assert report.result == result


def test_without_a_lot_the_tie_is_the_result_and_the_audit_says_so(
    town: Community, members: list[Member]
) -> None:
    poll = tied(town, members)
    result = poll.end()
    assert (result.outcome, result.winners, result.tied) == (Outcome.TIE, (), (1, 2, 3))
    report = audited_poll(poll)
    assert report.sound
    assert report.check("lot") is None
