"""How octets are changed by tests/attacks/mutants.py: from a bit to a whole structure.

Each mutation takes a source of randomness, an original and what can be put in its place, and gives
other octets (rarely the same), or None where it does not apply.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from credentials.curve import curve
from credentials.curve.scalars import ORDER, encode_scalar
from credentials.formats import cbor
from tests.unit.curve.odd_points import g1_octets, g1_of_full_order, small_order_points_g1


@dataclass(frozen=True, kw_only=True)
class Original:
    """Octets that `verify` accepts as they are; `points` is how many begin the proof in them."""

    kind: str
    octets: bytes
    verify: Callable[[bytes], object]
    points: int = 0
    weight: float = 1


@dataclass(frozen=True, kw_only=True)
class Spare:
    """Parts of another member's presentation of the same form."""

    proof: bytes
    pseudonym: bytes


Mutation = Callable[[Random, Original, Spare], bytes | None]
MUTATIONS: dict[str, Mutation] = {}
Structure = Any  # what CBOR holds


def mutation(function: Mutation) -> Mutation:
    """Enter a mutation under its own name."""
    MUTATIONS[function.__name__.replace("_", " ").strip()] = function
    return function


# Octets, whatever they mean.


@mutation
def one_bit_flipped(rng: Random, original: Original, _: Spare) -> bytes:
    at = rng.randrange(len(original.octets))
    return _with(original.octets, at, bytes([original.octets[at] ^ 1 << rng.randrange(8)]))


@mutation
def some_octets_changed(rng: Random, original: Original, _: Spare) -> bytes:
    octets = bytearray(original.octets)
    for _try in range(rng.randrange(1, 9)):
        octets[rng.randrange(len(octets))] = rng.choice((0, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return bytes(octets)


@mutation
def truncated(rng: Random, original: Original, _: Spare) -> bytes:
    return original.octets[: rng.randrange(len(original.octets))]


@mutation
def extended(rng: Random, original: Original, _: Spare) -> bytes:
    return original.octets + rng.choice((b"\0", b"\xff", rng.randbytes(32), original.octets))


@mutation
def octets_taken_out(rng: Random, original: Original, _: Spare) -> bytes:
    at = rng.randrange(len(original.octets))
    return original.octets[:at] + original.octets[at + rng.choice((1, 2, 32, 48)) :]


@mutation
def octets_put_in(rng: Random, original: Original, _: Spare) -> bytes:
    at = rng.randrange(len(original.octets))
    return original.octets[:at] + rng.randbytes(rng.choice((1, 2, 32, 48))) + original.octets[at:]


@mutation
def a_stretch_copied_elsewhere(rng: Random, original: Original, _: Spare) -> bytes:
    length = rng.choice((1, 8, 32, 48, 96))
    source, at = (rng.randrange(max(1, len(original.octets) - length)) for _i in range(2))
    return _with(original.octets, at, original.octets[source : source + length])


# Points and scalars of the proof. It ends the octets of everything that holds one.


@mutation
def a_point_replaced(rng: Random, original: Original, spare: Spare) -> bytes | None:
    place = _point(rng, original)
    if place is None:
        return None
    here = original.octets[place : place + 48]
    others = [
        *_odd_points(),
        spare.proof[: 5 * 48][(at := rng.randrange(5) * 48) : at + 48],
        bytes([here[0] ^ 0x20]) + here[1:],
        bytes([here[0] ^ 0x80]) + here[1:],
        bytes([here[0] ^ 0x40]) + here[1:],
        here[::-1],
        curve.encode_g1(curve.g1_generator),
        curve.encode_g1(curve.multiply_g1(curve.g1_generator, rng.randrange(1, ORDER))),
        curve.encode_g1(curve.decode_g1(here) + curve.g1_generator),
    ]
    return _with(original.octets, place, rng.choice(others))


@mutation
def a_point_with_a_small_order_part(rng: Random, original: Original, _: Spare) -> bytes | None:
    place = _point(rng, original)
    if place is None:
        return None
    return _with(original.octets, place, rng.choice(_strays(original.octets[place : place + 48])))


@mutation
def points_swapped(rng: Random, original: Original, _: Spare) -> bytes | None:
    one, other = _point(rng, original), _point(rng, original)
    if one is None or other is None:
        return None
    octets = original.octets
    return _with(_with(octets, one, octets[other : other + 48]), other, octets[one : one + 48])


@mutation
def a_point_and_its_partner_multiplied(rng: Random, original: Original, _: Spare) -> bytes | None:
    """C' and Cbar, or S and Sbar, by one factor: the pairing still holds."""
    if not original.points:
        return None
    begin = _begin(original)
    pairs = [(0, 1), *((at, at + 1) for at in range(3, original.points, 2))]
    factor = rng.choice((2, ORDER - 1, rng.randrange(1, ORDER)))
    octets = original.octets
    for at in rng.choice(pairs):
        place = begin + at * 48
        point = curve.multiply_g1(curve.decode_g1(octets[place : place + 48]), factor)
        octets = _with(octets, place, curve.encode_g1(point))
    return octets


@mutation
def a_scalar_replaced(rng: Random, original: Original, spare: Spare) -> bytes | None:
    place = _scalar(rng, original)
    if place is None:
        return None
    here = int.from_bytes(original.octets[place : place + 32], "big")
    others = [0, 1, ORDER, ORDER - 1, ORDER + 1, 2**256 - 1, ORDER - here, here + 1, here - 1]
    others += [rng.randrange(ORDER), here * 2 % ORDER, int.from_bytes(spare.proof[-32:], "big")]
    if here + ORDER < 2**256:
        others.append(here + ORDER)
    return _with(original.octets, place, encode_scalar(rng.choice(others)))


@mutation
def scalars_swapped(rng: Random, original: Original, _: Spare) -> bytes | None:
    one, other = _scalar(rng, original), _scalar(rng, original)
    if one is None or other is None:
        return None
    octets = original.octets
    return _with(_with(octets, one, octets[other : other + 32]), other, octets[one : one + 32])


@mutation
def a_response_and_the_challenge_moved(rng: Random, original: Original, _: Spare) -> bytes | None:
    """Both by the same number, or by opposite ones."""
    place = _scalar(rng, original)
    if place is None:
        return None
    octets, step = original.octets, rng.randrange(1, ORDER)
    for at, by in ((place, step), (len(octets) - 32, rng.choice((step, -step)))):
        scalar = (int.from_bytes(octets[at : at + 32], "big") + by) % ORDER
        octets = _with(octets, at, encode_scalar(scalar))
    return octets


@mutation
def another_members_part(rng: Random, original: Original, spare: Spare) -> bytes | None:
    """From some point on, or up to some point, the other member's proof; or its pseudonym."""
    if not original.points:
        return None
    octets, theirs = original.octets, spare.proof[: len(original.octets) - _begin(original)]
    begin = _begin(original)
    cut = rng.randrange(len(theirs)) // 16 * 16
    return rng.choice(
        (
            octets[: begin + cut] + theirs[cut:] + octets[begin + len(theirs) :],
            octets[:begin] + theirs[:cut] + octets[begin + cut :],
            _with(octets, begin - 48, spare.pseudonym),
        )
    )


def _with(octets: bytes, at: int, part: bytes) -> bytes:
    return octets[:at] + part + octets[at + len(part) :]


def _begin(original: Original) -> int:
    """Where the proof begins: its scalars, 32 octets each, are what follows the last point."""
    return original.octets.rfind(_proof(original))


@cache
def _proof(original: Original) -> bytes:
    structure = structure_of(original)
    inner = structure[-1]
    if original.kind == "ballot":
        inner = cbor.decode(inner)[-1]
        structure = cbor.decode(structure[-1])
    return inner[48:] if structure[-2] else inner


def _point(rng: Random, original: Original) -> int | None:
    if not original.points:
        return None
    return _begin(original) + 48 * rng.randrange(original.points)


def _scalar(rng: Random, original: Original) -> int | None:
    if not original.points:
        return None
    scalars = (len(_proof(original)) - 48 * original.points) // 32
    return _begin(original) + 48 * original.points + 32 * rng.randrange(scalars)


@cache
def _odd_points() -> tuple[bytes, ...]:
    infinities = (b"\xc0", b"\xe0", b"\x40", b"\xd0", b"\x80", b"\x00")
    return (
        *(first + bytes(46) + last for first in infinities for last in (b"\0", b"\x01")),
        b"\xff" * 48,
        b"\x9f" + b"\xff" * 47,
        g1_octets(g1_of_full_order()),
    )


@cache
def _strays(octets: bytes) -> list[bytes]:
    return small_order_points_g1(beside=octets)


def structure_of(original: Original) -> Structure | None:
    if original.kind in ("log", "digits"):
        return None
    octets = original.octets[:-64] if original.kind == "head" else original.octets
    return cbor.decode(octets)
