"""P7: a bundle that was altered, cut, reordered or stuffed is found out, and the reason is named.

The poll is real: its ballots went over HTTP to the service, which certified it. An outsider can
change the file only; the organiser also signs what it likes.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest

from client.audit import audit
from credentials.formats import cbor
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.poll_event import Kind, PollEvent
from tests.attacks.city import City
from tests.attacks.published import Published, failed, honest
from tests.attacks.wallet import Wallet, cast
from tests.polling import electing

Change = Callable[[Published], Published]
PROOFS, ORDER, ROOT, RESULT = "ballots' proofs", "order of the log", "log's root", "result"


@pytest.fixture(scope="module")
def lunch(city: City, crowd: tuple[Wallet, ...]) -> Manifest:
    """A certified poll: eleven of twelve voted, one abstained, and the first voted twice."""
    manifest = city.open_poll(f"lunch-{secrets.token_hex(4)}", options=("soup", "salad", "stew"))
    for number, wallet in enumerate(crowd[:11]):
        assert wallet.vote(manifest, number % 4).status_code == 201
    assert crowd[0].vote(manifest, 3, sequence=2).status_code == 201
    city.certify(manifest.poll)
    return manifest


@pytest.fixture(scope="module")
def published(city: City, lunch: Manifest) -> Published:
    return Published.of(city, lunch.poll)


@pytest.fixture(scope="module")
def late(crowd: tuple[Wallet, ...], lunch: Manifest) -> bytes:
    """A good ballot of a member on the roll, who never cast it."""
    return honest(crowd[11], lunch, 2).to_cbor()


def test_p7_what_the_service_publishes_is_sound(published: Published) -> None:
    report = published.audited()
    assert report.sound, failed(report)
    assert (report.ballots, report.voters) == (12, 11)
    assert report.result == published.result
    assert report.result is not None
    assert report.result.abstentions == 2


def other_content(octets: bytes) -> bytes:
    """The same ballot with another choice in it."""
    ballot = Ballot.from_cbor(octets)
    return replace(ballot, content=bytes([1 if ballot.content != b"\x01" else 2])).to_cbor()


def other_number(octets: bytes) -> bytes:
    """The same ballot under the next sequence number."""
    ballot = Ballot.from_cbor(octets)
    return replace(ballot, sequence=ballot.sequence + 1).to_cbor()


def altered(found: Published) -> Published:
    return found.with_ballots([other_content(found.ballots[0]), *found.ballots[1:]])


def dropped(found: Published) -> Published:
    return found.with_ballots(found.ballots[1:])


def reordered(found: Published) -> Published:
    return found.with_ballots(found.ballots[::-1])


def doubled(found: Published) -> Published:
    return found.with_ballots([*found.ballots, found.ballots[0]])


def other_result(found: Published) -> Published:
    """Another winner in the certified result."""
    chosen = 1 + sum(found.result.winners) % 3
    other = electing(found.result, chosen)
    event = replace(PollEvent.from_cbor(found.entries[-1]), value=other.to_cbor())
    return found.with_entries([*found.entries[:-1], event.to_cbor()])


OUTSIDERS = (altered, dropped, reordered, doubled, other_result)


@pytest.mark.parametrize("change", OUTSIDERS, ids=lambda change: change.__name__)
def test_p7_what_an_outsider_changes_does_not_lead_to_the_signed_root(
    published: Published, change: Change
) -> None:
    assert ROOT in failed(change(published).audited())


def test_p7_an_outsider_cannot_add_a_ballot_and_sign(published: Published, late: bytes) -> None:
    assert ROOT in failed(published.with_ballots([*published.ballots, late]).audited())


@pytest.mark.parametrize("changed", ["cut off", "continued"])
def test_p7_a_file_that_is_cut_off_or_goes_on_says_so(published: Published, changed: str) -> None:
    octets = published.octets
    octets = octets[:-1] if changed == "cut off" else octets + b"\x00"
    fingerprint = published.city.metadata.community_id
    assert "file" in failed(audit(BytesIO(octets), fingerprint=fingerprint, processes=1))


# --- the organiser signs anew


def numbered(found: Published, sequence: int) -> list[bytes]:
    """The ballots with this sequence number."""
    return [each for each in found.ballots if Ballot.from_cbor(each).sequence == sequence]


def renumbered(found: Published) -> Published:
    return found.with_ballots([other_number(found.ballots[0]), *found.ballots[1:]])


def without_the_first_of_two(found: Published) -> Published:
    """The re-vote stays, the ballot that it replaced goes: a gap in the numbers."""
    (second,) = numbered(found, 2)
    voter = Ballot.from_cbor(second).pseudonym
    kept = [
        each
        for each in found.ballots
        if each == second or Ballot.from_cbor(each).pseudonym != voter
    ]
    return found.with_ballots(kept)


def without_the_revote(found: Published) -> Published:
    """The vote that was replaced counts again, under the old result."""
    return found.with_ballots(numbered(found, 1))


def after_the_closing(found: Published) -> Published:
    # The re-vote, so that the numbers before the closing have no gap without it.
    (second,) = numbered(found, 2)
    rest = [each for each in found.ballots if each != second]
    closing, *others = found.events
    return found.with_entries([found.entries[0], *rest, closing, second, *others])


def closed_twice(found: Published) -> Published:
    closing, *others = found.events
    return found.with_entries([found.entries[0], *found.ballots, closing, closing, *others])


def never_closed(found: Published) -> Published:
    return found.with_entries([found.entries[0], *found.ballots, *found.events[1:]])


def never_certified(found: Published) -> Published:
    return found.with_entries(found.entries[:-1])


def closed_without_a_reason(found: Published) -> Published:
    closing, *others = found.events
    quiet = replace(PollEvent.from_cbor(closing), reason="").to_cbor()
    return found.with_entries([found.entries[0], *found.ballots, quiet, *others])


def closed_late(found: Published) -> Published:
    """A closing after its time, so that there was more time to stuff."""
    _, *others = found.events
    at = found.manifest.closes_at + 1
    closing = PollEvent(kind=Kind.CLOSING, at=at, reason="Everybody was slow.").to_cbor()
    moved = [replace(PollEvent.from_cbor(each), at=at).to_cbor() for each in others]
    return found.with_entries([found.entries[0], *found.ballots, closing, *moved])


def no_ballot_at_all(found: Published) -> Published:
    return found.with_ballots([*found.ballots, b"\x85\x71symbolon/ballot/2"])


def of_another_label(found: Published) -> Published:
    """An entry that is neither a ballot nor an event."""
    return found.with_ballots([*found.ballots, cbor.encode_labelled("symbolon/note/1", 1, 2, 3, 4)])


BY_ORGANISER = [
    (altered, PROOFS, "the proof is refused"),
    (renumbered, PROOFS, "the proof is refused"),
    (doubled, ORDER, "same sequence number"),
    (without_the_first_of_two, ORDER, "gap"),
    (without_the_revote, RESULT, "another result"),
    (after_the_closing, ORDER, "after the poll's closing"),
    (closed_twice, ORDER, "when the poll is closed"),
    (never_closed, ORDER, "when the poll is open"),
    (never_certified, ORDER, "the log ends while the poll is closed"),
    (closed_without_a_reason, ORDER, "gives no reason"),
    (closed_late, ORDER, "not at its time"),
    (other_result, RESULT, "another result"),
    (no_ballot_at_all, PROOFS, "it is no ballot"),
    (of_another_label, PROOFS, "it is no ballot"),
]


@pytest.mark.parametrize(
    ("change", "check", "reason"),
    BY_ORGANISER,
    ids=[change.__name__ for change, *_ in BY_ORGANISER],
)
def test_p7_what_the_organiser_changes_and_signs_is_named(
    published: Published, change: Change, check: str, reason: str
) -> None:
    found = failed(change(published).signed_anew().audited())
    assert reason in found[check]
    assert ROOT not in found


def test_p7_a_ballot_of_another_poll_is_named(
    city: City, crowd: tuple[Wallet, ...], published: Published
) -> None:
    other = city.open_poll(f"other-{secrets.token_hex(4)}", options=published.manifest.options)
    ballot = honest(crowd[11], other, 1).to_cbor()
    changed = published.with_ballots([*published.ballots, ballot]).signed_anew()
    assert "another poll" in failed(changed.audited())[PROOFS]
    relabelled = replace(Ballot.from_cbor(ballot))
    object.__setattr__(relabelled, "manifest_hash", published.manifest.manifest_hash)
    changed = published.with_ballots([*published.ballots, relabelled.to_cbor()]).signed_anew()
    assert "made for another poll" in failed(changed.audited())[PROOFS]


def test_p7_a_closed_poll_takes_no_ballot_over_http(
    city: City, lunch: Manifest, late: bytes
) -> None:
    assert cast(city, lunch.poll, late).status_code == 409
