"""Trap 18: a tie is broken by a lot that anyone can draw again, or it is the result.

The lot's order is computed here from its definition (docs/protocol.md, "Counting votes").
"""

import hashlib
import secrets
import time
from dataclasses import replace

import pytest

from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import PollEvent
from credentials.sealing import share_of
from credentials.tally import Outcome
from tests.attacks.city import City
from tests.attacks.published import Published, honest
from tests.attacks.wallet import Wallet, cast
from tests.poll_papers import sealed_by_trustees
from tests.polling import electing, recounted

TIES = {
    "plurality/1": ("single_choice", 0, [(1,), (2,), (3,)]),
    "approval/1": ("approval", 0, [(1, 2), (2, 3), (1, 3)]),
    "score/1": ("score", 5, [(5, 0, 2), (2, 5, 0), (0, 2, 5)]),
    "irv/1": ("ranked", 0, [(1, 2, 3), (2, 3, 1), (3, 1, 2)]),
    "schulze/1": ("ranked", 0, [(1, 2, 3), (2, 3, 1), (3, 1, 2)]),
    "stv/1": ("ranked", 0, [(1, 2, 3), (2, 3, 1), (3, 1, 2)]),
    "quadratic/1": ("quadratic", 9, [(3, 0, 0), (0, 3, 0), (0, 0, 3)]),
}


SECRET = 424_242


def opened(city: City, crowd: tuple[Wallet, ...], method: str, **more: object) -> Manifest:
    """A poll whose three options are tied, still open."""
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
    return manifest


def held(city: City, crowd: tuple[Wallet, ...], method: str) -> Published:
    """A certified poll without a lot."""
    manifest = opened(city, crowd, method)
    city.certify(manifest.poll)
    return Published.of(city, manifest.poll)


@pytest.fixture(scope="module")
def drawn_by_trustee(city: City, crowd: tuple[Wallet, ...]) -> Published:
    """A certified poll that a trustee has opened after its close."""
    sealing = sealed_by_trustees(SECRET, threshold=1, names=("Thea",))
    manifest = opened(city, crowd, "plurality/1", sealing=sealing, seconds=6)
    time.sleep(max(0, manifest.closes_at - time.time()) + 0.1)
    share = share_of(SECRET, digest=manifest.manifest_hash)
    body = {"trustee": 1, "share": base64url.encode(share)}
    assert city.post(f"/polls/{manifest.poll}/shares", body).json()["state"] == "unsealed"
    city.certify(manifest.poll)
    return Published.of(city, manifest.poll)


def order_of(published: Published, source: bytes) -> list[int]:
    """The options in the order of the lot."""
    digest = published.manifest.manifest_hash
    seed = hashlib.sha256(b"symbolon/tie-seed/1\0" + digest + source).digest()

    def rank(option: int) -> bytes:
        return hashlib.sha256(b"symbolon/lot/1\0" + seed + option.to_bytes(2, "big")).digest()

    return sorted((1, 2, 3), key=rank)


@pytest.mark.parametrize("method", TIES)
def test_trap_18_without_a_lot_a_tie_is_the_result_whoever_counts_and_however_often(
    city: City, crowd: tuple[Wallet, ...], method: str
) -> None:
    published = held(city, crowd, method)
    result = published.result
    assert (result.outcome, result.winners, result.tied) == (Outcome.TIE, (), (1, 2, 3))
    assert [recounted(published.manifest, published.entries[:-1]) for _ in range(2)] == [result] * 2
    report = published.audited()
    assert report.sound
    assert report.result == result


def test_trap_18_the_lot_of_a_poll_of_trustees_is_drawn_from_what_opens_it(
    drawn_by_trustee: Published,
) -> None:
    _, opening, _ = (PollEvent.from_cbor(each) for each in drawn_by_trustee.events)
    order = order_of(drawn_by_trustee, opening.value)
    result = drawn_by_trustee.result
    assert result.rounds[0].by_lot == tuple(order)
    assert result.winners == (order[0],)
    report = drawn_by_trustee.audited()
    assert report.sound
    assert report.result == result


def test_trap_18_another_winner_of_the_lot_is_named(drawn_by_trustee: Published) -> None:
    """The organiser certifies whom it likes better of those that are tied."""
    published = drawn_by_trustee
    other = electing(published.result, 1 + published.result.winners[0] % 3)
    event = replace(PollEvent.from_cbor(published.entries[-1]), value=other.to_cbor())
    changed = published.with_entries([*published.entries[:-1], event.to_cbor()]).signed_anew()
    assert [check.name for check in changed.audited().failures] == ["result"]


def test_trap_18_a_winner_where_there_is_no_lot_is_named(
    city: City, crowd: tuple[Wallet, ...]
) -> None:
    published = held(city, crowd, "plurality/1")
    won = electing(published.result, 2)
    event = replace(PollEvent.from_cbor(published.entries[-1]), value=won.to_cbor())
    changed = published.with_entries([*published.entries[:-1], event.to_cbor()]).signed_anew()
    assert [check.name for check in changed.audited().failures] == ["result"]
