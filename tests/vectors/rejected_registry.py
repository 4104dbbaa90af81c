"""Witnesses, updates, heads and digits among Symbolon's own vectors that must be refused."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.curve import curve
from credentials.formats.head import Head, SignedHead
from tests.unit.curve.odd_points import small_order_points_g1
from tests.vectors.changes import IDENTITY
from tests.vectors.dishonest_presentations import Rejection
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_presentations import hexed


def rejected_witnesses(community: VectorCommunity, holder: Holder) -> Iterator[Rejection]:
    own = holder.credential.witness_octets
    bo = community.holder("bo").credential.witness_octets
    for name, witness, epoch in (
        ("another member's", bo, 1),
        ("that of another epoch", own, 2),
        ("the identity", IDENTITY, 1),
        ("the identity spelt otherwise", b"\xc0" + bytes(46) + b"\x01", 1),
        ("a point of small order", small_order_points_g1(beside=own)[0], 1),
        ("a point beside the group", small_order_points_g1(beside=own)[1], 1),
        ("its negative", bytes([own[0] ^ 0x20]) + own[1:], 1),
        ("zeros", bytes(48), 1),
        ("an octet less", own[:-1], 1),
    ):
        yield {"name": name, "class": "WitnessRefused", "epoch": epoch, "witness": witness.hex()}


def rejected_updates(community: VectorCommunity, holder: Holder) -> Iterator[Rejection]:
    bo = community.holder("bo")
    log = [entry.hex() for entry in community.entries]
    other = log[0][:64] + curve.encode_g1(curve.g1_generator).hex()

    def case(name: str, refusal: str, who: Holder, entries: list[str], *, to: int = 4) -> Rejection:
        return {
            "name": name,
            "class": refusal,
            "handle": hexed(who.credential.handle),
            "member": who.name,
            "from": 1,
            "witness": who.credential.witness_octets.hex(),
            "to": to,
            "log": entries,
        }

    yield case("the own handle is in it", "MemberRevoked", bo, log)
    yield case("an entry is missing", "WitnessRefused", holder, log[:-1])
    yield case("an entry too many", "WitnessRefused", holder, log, to=2)
    yield case("two entries change places", "WitnessRefused", holder, [log[1], log[0], *log[2:]])
    yield case("a value is another point", "WitnessRefused", holder, [other, *log[1:]])
    yield case("nothing, though there was a removal", "WitnessRefused", holder, [])


def rejected_heads(community: VectorCommunity) -> Iterator[Rejection]:
    heads, signed = community.heads, community.signed_heads
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    last = heads[4]

    def case(name: str, why: str, shown: list[SignedHead], *, known: int = 4) -> Rejection:
        return {
            "name": name,
            "why": why,
            "class": "HeadRefused",
            "known": known,
            "shown": [
                {"head": one.octets.hex(), "signature": one.signature.hex()} for one in shown
            ],
        }

    def next_head(**changes: Any) -> list[SignedHead]:
        return [community.sign(replace(last, **changes))]

    yield case(
        "another key's signature",
        "the metadata key signs heads",
        [SignedHead.sign(last, private_key=stranger)],
    )
    flipped = bytes([signed[4].signature[0] ^ 1]) + signed[4].signature[1:]
    yield case(
        "a changed signature",
        "the signature is wrong",
        [SignedHead(octets=signed[4].octets, signature=flipped)],
    )
    bare = community.signing_key.sign(signed[4].octets)
    yield case(
        "a signature without its label",
        "the label stands in front of what is signed",
        [SignedHead(octets=signed[4].octets, signature=bare)],
    )
    yield case("a fork", "two heads of one epoch", next_head(epoch=3, previous=heads[2].hash))
    yield case("a gap", "the head between is missing", [signed[4]], known=3)
    yield case("a step back", "the newest head is older than the one known", signed[:3])
    yield case("nothing", "there is no head", [])
    yield case("heads out of order", "each follows the one before", [signed[4], signed[3]], known=3)
    other = VectorCommunity(name="stoa")
    yield case(
        "a head of another registry",
        "the registry id is the keys'",
        next_head(registry_id=other.heads[0].registry_id),
    )
    yield case(
        "another previous head",
        "it names the hash of the one before",
        next_head(previous=heads[2].hash),
    )
    yield case("a shrunk log", "removals are never taken back", next_head(removals=3))
    yield case(
        "a lower highest serial", "serials are never taken back", next_head(highest_serial=5)
    )
    yield case(
        "an earlier time",
        "time does not go back",
        next_head(published_at=heads[3].published_at - 1),
    )
    yield case(
        "another value without a removal",
        "only a removal changes V",
        next_head(value=heads[2].value),
    )
    yield case(
        "another root without a removal",
        "only a removal changes the log",
        next_head(root=heads[2].root),
    )
    yield case("octets that are no head", "they are malformed", _malformed(community, last))


def _malformed(community: VectorCommunity, head: Head) -> list[SignedHead]:
    octets = head.to_cbor() + b"\0"
    label = b"symbolon/head-signature/1\0"
    return [SignedHead(octets=octets, signature=community.signing_key.sign(label + octets))]


def rejected_digits(community: VectorCommunity) -> Iterator[Rejection]:
    table, foreign = community.table, VectorCommunity(name="stoa").table

    def at(digit: int, octets: bytes = table) -> str:
        return octets[48 * digit : 48 * digit + 48].hex()

    for name, points in (
        ("two digits change places", {3: at(4), 4: at(3)}),
        ("one digit of another community", {200: at(200, foreign)}),
        ("one digit is another's", {0: at(255)}),
        ("the identity", {7: IDENTITY.hex()}),
        ("a point beside the group", {9: small_order_points_g1(beside=table[:48])[1].hex()}),
    ):
        yield {
            "name": name,
            "class": "DigitsRefused",
            "points": {str(digit): point for digit, point in points.items()},
        }
