"""Ways to spoil octets and lists, each with a name: every one of them has to be refused.

Octets here are rows of compressed G1 points followed by rows of scalars, as in signatures (one and
one), commitments (one, then scalars) and proofs (three, then scalars).
"""

from collections.abc import Iterator, Sequence

from credentials.curve import curve
from credentials.curve.scalars import ORDER

IDENTITY = bytes.fromhex("c0") + bytes(47)
NOT_POINTS = {
    "the identity": IDENTITY,
    "a non-canonical identity ending in 01": bytes.fromhex("c0") + bytes(46) + b"\x01",
    "a non-canonical identity with a sign": bytes.fromhex("e0") + bytes(47),
    "a point of order 3": bytes.fromhex("80") + bytes(47),
    "zeros": bytes(48),
}
NOT_PUBLIC_KEYS = {
    "the identity": bytes.fromhex("c0") + bytes(95),
    "a non-canonical identity": bytes.fromhex("e0") + bytes(95),
    "half a key": curve.encode_g2(curve.g2_generator)[:48],
    "zeros": bytes(96),
    "nothing": b"",
}
OTHER_PUBLIC_KEY = curve.encode_g2(curve.multiply_g2(curve.g2_generator, 77))


def flipped(octets: bytes, at: int = -1) -> bytes:
    """The octets with one bit changed."""
    changed = bytearray(octets)
    changed[at] ^= 1
    return bytes(changed)


def spoilt(octets: bytes, *, points: int) -> Iterator[tuple[str, bytes]]:
    """Each element replaced by others, valid and not, and the wrong numbers of elements."""
    floor = 48 * points
    for number in range(points):
        before, point, after = (
            octets[: 48 * number],
            octets[48 * number : 48 * number + 48],
            octets[48 * number + 48 :],
        )
        others = {
            "another point": curve.encode_g1(curve.g1_generator),
            "its negative": curve.encode_g1(-curve.decode_g1(point)),
            **NOT_POINTS,
        }
        for name, other in others.items():
            yield f"point {number} is {name}", before + other + after
    if points > 1:
        yield "two points change places", octets[48:96] + octets[:48] + octets[96:]
    for at in range(floor, len(octets), 32):
        scalar = int.from_bytes(octets[at : at + 32], "big")
        others_scalars = {
            "one more": (scalar + 1) % ORDER,
            "its negative": -scalar % ORDER,
            "zero": 0,
            "r": ORDER,
            "all ones": 2**256 - 1,
        }
        if scalar + ORDER < 2**256:
            others_scalars["itself plus r"] = scalar + ORDER
        for name, value in others_scalars.items():
            yield (
                f"scalar {(at - floor) // 32} is {name}",
                octets[:at] + value.to_bytes(32, "big") + octets[at + 32 :],
            )
    yield "the last scalar is missing", octets[:-32]
    yield "the first scalar is missing", octets[:floor] + octets[floor + 32 :]
    yield "one scalar too many", octets + (1).to_bytes(32, "big")
    yield "one octet too many", octets + b"\x00"
    yield "one octet is missing", octets[:-1]
    yield "only the points", octets[:floor]
    yield "nothing", b""


def other_lists(messages: Sequence[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """The messages with one changed, missing, added, or two in another order."""
    yield "the first changed", [messages[0] + b"!", *messages[1:]]
    yield "the last changed", [*messages[:-1], messages[-1] + b"!"]
    yield "the first missing", list(messages[1:])
    yield "the last missing", list(messages[:-1])
    yield "one more", [*messages, b"one more"]
    yield "an empty one more", [*messages, b""]
    yield "none", []
    if len(messages) > 1:
        yield "two in another order", [messages[1], messages[0], *messages[2:]]


def other_octets(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """Free octets (a header, a context) changed, cut, prolonged, emptied."""
    yield "changed", flipped(octets)
    yield "cut", octets[:-1]
    yield "prolonged", octets + b"\x00"
    yield "empty", b""


def other_scalars(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """A scalar argument changed, or no scalar."""
    scalar = int.from_bytes(octets, "big")
    yield "one more", ((scalar + 1) % ORDER).to_bytes(32, "big")
    yield "its negative", (-scalar % ORDER).to_bytes(32, "big")
    yield "r", ORDER.to_bytes(32, "big")
    yield "all ones", b"\xff" * 32
    yield "absent", b""
    yield "too short", octets[:-1]
    yield "too long", octets + b"\x00"


def other_public_keys() -> Iterator[tuple[str, bytes]]:
    yield "another key", OTHER_PUBLIC_KEY
    yield from NOT_PUBLIC_KEYS.items()
