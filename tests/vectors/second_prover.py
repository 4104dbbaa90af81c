"""A second prover, over arkworks: from the named randomness of a vector, the same octets.

Written from docs/protocol.md, "Presentation proof", with the statements spelled out one after the
other; not constant-time, and of no use but to hold vectors to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from py_arkworks_bls12381 import G1Point

from tests.vectors.second_curve import (
    API_ID,
    BP1,
    P1,
    R,
    hash_to_scalar,
    octets,
    octets8,
    octets32,
    times,
    total,
)
from tests.vectors.second_opinion import (
    Expected,
    context_of,
    domain_and_generators,
    header_of,
    ranges,
)


@dataclass(frozen=True)
class Secrets:
    """What a wallet has: the signature, all signed scalars, a witness and the digit table."""

    point_a: G1Point
    e: int
    scalars: Sequence[int]
    witness: G1Point
    digits: Sequence[G1Point]


@dataclass(frozen=True)
class Randomness:
    """All that is drawn for one proof, by name; `digit_tildes` are those after the first."""

    m_tildes: Mapping[int, int]
    r1: int
    r2: int
    e_tilde: int
    r1_tilde: int
    r3_tilde: int
    rho: int
    rho_tilde: int
    ranges: Sequence["RangeRandomness"]


@dataclass(frozen=True)
class RangeRandomness:
    digit_tildes: Sequence[int]
    rhos: Sequence[int]
    rho_tildes: Sequence[int]


def prove(
    secrets: Secrets, expected: Expected, drawn: Randomness, *, disclosed: Sequence[tuple[int, int]]
) -> tuple[bytes, bytes]:
    """(pseudonym, proof)."""
    domain, q_1, every = domain_and_generators(expected.metadata)
    m, m_tildes = secrets.scalars, drawn.m_tildes
    point_b = total([P1, times(q_1, domain), *map(times, every, m)])
    d = times(point_b, drawn.r2)
    abar = times(secrets.point_a, drawn.r1 * drawn.r2)
    bbar = times(d, drawn.r1) + -times(abar, secrets.e)
    t1 = times(abar, drawn.e_tilde) + times(d, drawn.r1_tilde)
    t2 = times(d, drawn.r3_tilde)
    t2 = total([t2, *(times(every[j], m_tilde) for j, m_tilde in m_tildes.items())])

    value = G1Point.from_compressed_bytes(expected.head.value)
    c_prime = times(secrets.witness, drawn.rho)
    cbar = times(value, drawn.rho) + -times(c_prime, m[0])
    t3 = times(value, drawn.rho_tilde) + -times(c_prime, m_tildes[0])

    wanted = ranges(expected.metadata.schema, expected.require)
    transcript = octets8(len(disclosed))
    transcript += b"".join(octets8(i) + octets32(scalar) for i, scalar in disclosed)
    transcript += octets(abar, bbar, d, t1, t2)
    transcript += octets8(expected.pseudonym + 1 + len(wanted))
    nym = b""
    if expected.pseudonym:
        context_id = context_of(expected)
        op = G1Point.hash_to_curve(context_id, API_ID)
        nym = octets(times(op, m[-1]))
        transcript += b"SYMBOLON_PSEUDONYM_" + octets8(32) + context_id + nym
        transcript += octets(times(op, m_tildes[len(m) - 1]))
    transcript += b"SYMBOLON_REGISTRY_" + expected.head.registry_id
    transcript += octets(value, c_prime, cbar, t3)

    points = octets(abar, bbar, d, c_prime, cbar)
    further: list[tuple[RangeRandomness, list[int], list[int]]] = []
    for (index, operator, bound, k), own in zip(wanted, drawn.ranges, strict=True):
        sign = -1 if operator else 1
        digits = list((sign * (m[index] - bound)).to_bytes(k, "little"))
        rest = sum(tilde * 256**i for i, tilde in enumerate(own.digit_tildes, start=1))
        tildes = [sign * m_tildes[index] - rest, *own.digit_tildes]
        s_points = [
            times(secrets.digits[digit], rho) for digit, rho in zip(digits, own.rhos, strict=True)
        ]
        shown = b""
        moves = b""
        for i, s in enumerate(s_points):
            shown += octets(s, times(BP1, own.rhos[i]) + -times(s, digits[i]))
            moves += octets(times(BP1, own.rho_tildes[i]) + -times(s, tildes[i]))
        written = b"".join(octets8(number) for number in (index, operator, bound, k))
        transcript += b"SYMBOLON_RANGE_" + written + shown + moves
        points += shown
        further.append((own, digits, tildes))

    transcript += octets32(domain) + octets8(32) + header_of(expected)
    c = hash_to_scalar(transcript, API_ID + b"H2S_")
    responses = [
        drawn.e_tilde + secrets.e * c,
        drawn.r1_tilde - drawn.r1 * c,
        drawn.r3_tilde - pow(drawn.r2, -1, R) * c,
        *(tilde + m[j] * c for j, tilde in m_tildes.items()),
        drawn.rho_tilde + drawn.rho * c,
    ]
    for own, digits, tildes in further:
        responses.append(own.rho_tildes[0] + own.rhos[0] * c)
        for i in range(1, len(digits)):
            responses.append(own.rho_tildes[i] + own.rhos[i] * c)
            responses.append(tildes[i] + digits[i] * c)
    return nym, points + b"".join(map(octets32, (*responses, c)))
