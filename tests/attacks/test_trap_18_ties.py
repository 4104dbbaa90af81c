"""Trap 18: a tie is broken by a lot that anyone can draw again, whatever the way of counting.

The lot's order is computed here from its definition (docs/protocol.md, "Counting votes").
"""

import hashlib
import secrets
from dataclasses import replace

import pytest

from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.sealing import Sealing
from credentials.merkle import root_of
from credentials.sealing import ServerOpener
from tests.attacks.city import City
from tests.attacks.published import Published, honest
from tests.attacks.wallet import Wallet, cast
from tests.polling import recounted

TIES = {
    "plurality/1": ("single_choice", 0, [(1,), (2,), (3,)]),
    "approval/1": ("approval", 0, [(1, 2), (2, 3), (1, 3)]),
    "score/1": ("score", 5, [(5, 0, 2), (2, 5, 0), (0, 2, 5)]),
    "irv/1": ("ranked", 0, [(1, 2, 3), (2, 3, 1), (3, 1, 2)]),
    "schulze/1": ("ranked", 0, [(1, 2, 3), (2, 3, 1), (3, 1, 2)]),
    "stv/1": ("ranked", 0, [(1, 2, 3), (2, 3, 1), (3, 1, 2)]),
    "quadratic/1": ("quadratic", 9, [(3, 0, 0), (0, 3, 0), (0, 0, 3)]),
}


def held(city: City, crowd: tuple[Wallet, ...], method: str, **more: object) -> Published:
    """A certified poll whose three options are tied."""
    ballot_type, limit, votes = TIES[method]
    manifest: Manifest = city.open_poll(
        f"tie-{secrets.token_hex(4)}",
        options=("red", "green", "blue"),
        ballot_type=ballot_type,
        limit=limit,
        tally=method,
        **more,
    )
    for wallet, marks in zip(crowd, votes, strict=False):
        ballot = honest(wallet, manifest, *marks)
        assert cast(city, manifest.poll, ballot.to_cbor()).status_code == 201
    city.certify(manifest.poll)
    return Published.of(city, manifest.poll)


def drawn(published: Published, source: bytes) -> list[int]:
    """The options in the order of the lot."""
    digest = published.manifest.manifest_hash
    seed = hashlib.sha256(b"symbolon/tie-seed/1\0" + digest + source).digest()

    def rank(option: int) -> bytes:
        return hashlib.sha256(b"symbolon/lot/1\0" + seed + option.to_bytes(2, "big")).digest()

    return sorted((1, 2, 3), key=rank)


@pytest.mark.parametrize("method", TIES)
def test_trap_18_a_tie_has_the_same_winner_whoever_counts_and_however_often(
    city: City, crowd: tuple[Wallet, ...], method: str
) -> None:
    published = held(city, crowd, method)
    result = published.result
    assert any(each.by_lot for each in result.rounds), "it was a tie"
    assert len(result.winners) == 1
    assert [recounted(published.manifest, published.entries[:-1]) for _ in range(2)] == [result] * 2
    report = published.audited()
    assert report.sound
    assert report.result == result


def test_trap_18_the_lot_is_drawn_from_the_log_at_its_closing(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    published = held(city, crowd, "plurality/1")
    kinds = [PollEvent.from_cbor(each).kind for each in published.events]
    assert kinds == [Kind.CLOSING, Kind.CERTIFICATION]
    order = drawn(published, root_of(published.entries[:-1]))
    assert published.result.rounds[0].by_lot == tuple(order)
    assert published.result.winners == (order[0],)


def test_trap_18_the_lot_of_a_sealed_poll_is_drawn_from_what_opens_it(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    key = ServerOpener(secret=city.session.keystore.opening_secret).key
    published = held(city, crowd, "plurality/1", sealing=Sealing(key=key))
    _, opening, _ = (PollEvent.from_cbor(each) for each in published.events)
    order = drawn(published, opening.value)
    assert published.result.rounds[0].by_lot == tuple(order)
    assert published.result.winners == (order[0],)


def test_trap_18_another_winner_of_the_lot_is_named(city: City, crowd: tuple[Wallet, ...]) -> None:
    """The organiser certifies whom it likes better of those that are tied."""
    published = held(city, crowd, "plurality/1")
    other = replace(published.result, winners=(1 + published.result.winners[0] % 3,))
    event = replace(PollEvent.from_cbor(published.entries[-1]), value=other.to_cbor())
    changed = published.with_entries([*published.entries[:-1], event.to_cbor()]).signed_anew()
    assert [check.name for check in changed.audited().failures] == ["result"]
