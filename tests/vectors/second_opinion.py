"""A second verifier of presentations, written from docs/protocol.md alone, over arkworks.

It shares nothing with the product but the reading of CBOR, of metadata and of heads
(`credentials.formats`). Plain and slow: no tables, no weights, one product of pairings for each
equation. Leaves out time, nonces that were used before, and everything that a database decides.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from py_arkworks_bls12381 import G1Point

from credentials.errors import SymbolonError
from credentials.formats import cbor
from credentials.formats.head import Head
from credentials.formats.metadata import Metadata
from credentials.formats.presentation import Presentation
from credentials.formats.schema import Attribute, Schema
from tests.vectors.second_curve import (
    API_ID,
    BP1,
    P1,
    R,
    Refused,
    equal,
    generators,
    hash_to_scalar,
    key,
    octets,
    octets8,
    octets32,
    read_point,
    read_scalar,
    times,
    total,
)

OPERATORS = (">=", "<=")


@dataclass(frozen=True)
class Expected:
    """What the verifier knows by itself: nothing of it comes from a presentation."""

    metadata: Metadata
    head: Head
    purpose: str
    verifier: bytes | str
    instance: bytes | str
    freshness: bytes | int
    disclose: tuple[str, ...] = ()
    pseudonym: bool = True
    require: tuple[tuple[str, str, int], ...] = ()
    action: bytes = b""


def value_scalar(value: str | int) -> int:
    if isinstance(value, int):
        return value
    return hash_to_scalar(value.encode(), API_ID + b"MAP_MSG_TO_SCALAR_AS_HASH_")


def opinion(encoded: bytes, expected: Expected) -> tuple[bytes, dict[str, str | int]]:
    """(pseudonym, disclosed values by name) of a presentation's CBOR; raises Refused."""
    try:
        shown = Presentation.from_cbor(encoded)
    except SymbolonError:
        raise Refused("not a presentation") from None
    claims = (shown.purpose, shown.instance, shown.freshness, shown.removals)
    freshness, removals = expected.freshness, expected.head.removals
    if claims != (expected.purpose, expected.instance, freshness, removals):
        raise Refused("made for something else")
    schema = expected.metadata.schema
    names = [attribute.name for attribute in schema.attributes]
    wanted = sorted(2 + names.index(name) for name in expected.disclose)
    if [index for index, _ in shown.disclosed] != wanted:
        raise Refused("it discloses something else")
    disclosed: dict[str, str | int] = {}
    for index, value in shown.disclosed:
        attribute = schema.attributes[index - 2]
        if not _fits(value, attribute):
            raise Refused("a value outside its domain")
        disclosed[attribute.name] = value
    check_proof(
        shown.pseudonym,
        shown.proof,
        expected,
        disclosed=[(index, value_scalar(value)) for index, value in shown.disclosed],
    )
    return shown.pseudonym, disclosed


def _fits(value: str | int, attribute: Attribute) -> bool:
    if attribute.type in ("text", "choice"):
        return isinstance(value, str) and (attribute.type == "text" or value in attribute.values)
    largest = {"flag": 1, "integer": 2**24 - 1, "date": 2**16 - 1}[attribute.type]
    return isinstance(value, int) and 0 <= value <= largest


def domain_and_generators(metadata: Metadata) -> tuple[int, G1Point, list[G1Point]]:
    """The domain, Q_1, and a generator for each signed scalar."""
    keys = metadata.keys
    q_1, *signed = generators(3 + len(metadata.schema.attributes), API_ID)
    every = [*signed, *generators(2, b"BLIND_" + API_ID)]
    ids = (
        hashlib.sha256(keys.issuer_key).digest(),
        hashlib.sha256(metadata.schema.to_cbor()).digest(),
        hashlib.sha256(keys.registry_key + keys.digit_key).digest(),
    )
    header = cbor.encode(("symbolon/credential/1", *ids)) + octets8(1)
    domain_input = keys.issuer_key + octets8(len(every)) + octets(q_1, *every)
    domain_input += API_ID + octets8(len(header)) + header
    return hash_to_scalar(domain_input, API_ID + b"H2S_"), q_1, every


def ranges(schema: Schema, require: tuple[tuple[str, str, int], ...]) -> list[tuple[int, ...]]:
    """(index, operator, bound, digits) of each range statement, in order."""
    indexes = {"serial": (1, 3)}
    for index, attribute in enumerate(schema.attributes, start=2):
        if attribute.type in ("date", "integer"):
            indexes[attribute.name] = (index, 2 if attribute.type == "date" else 3)
    found = []
    for name, operator, bound in require:
        index, digits = indexes[name]
        found.append((index, OPERATORS.index(operator), bound, digits))
    return sorted(found)


def context_of(expected: Expected) -> bytes:
    scope = ("symbolon/scope/1", expected.verifier, expected.purpose, expected.instance)
    return hashlib.sha256(cbor.encode(scope)).digest()


def header_of(expected: Expected) -> bytes:
    bound = (
        "symbolon/presentation/2",
        context_of(expected),
        expected.purpose,
        expected.freshness,
        expected.action,
        expected.head.value,
    )
    return hashlib.sha256(cbor.encode(bound)).digest()


def check_proof(
    pseudonym: bytes, proof: bytes, expected: Expected, *, disclosed: list[tuple[int, int]]
) -> None:
    """Raise Refused unless the proof holds: challenge first, then each pairing equation."""
    metadata, keys = expected.metadata, expected.metadata.keys
    domain, q_1, every = domain_and_generators(metadata)
    hidden = [index for index in range(len(every)) if index not in dict(disclosed)]
    wanted = ranges(metadata.schema, expected.require)
    digits = sum(k for *_, k in wanted)
    points_end = 48 * (5 + 2 * digits)
    if len(proof) != points_end + 32 * (3 + len(hidden) + 1 + 2 * digits - len(wanted) + 1):
        raise Refused("a proof of another length")
    if len(pseudonym) != 48 * expected.pseudonym:
        raise Refused("a pseudonym too many or too few")
    points = [read_point(proof[at : at + 48]) for at in range(0, points_end, 48)]
    scalars = [read_scalar(proof[at : at + 32]) for at in range(points_end, len(proof), 32)]
    abar, bbar, d, c_prime, cbar = points[:5]
    c = scalars[-1]
    e_hat, r1_hat, r3_hat = scalars[:3]
    m_hats = dict(zip(hidden, scalars[3:], strict=False))
    rho_hat, *range_scalars = scalars[3 + len(hidden) : -1]

    t1 = total([times(bbar, c), times(abar, e_hat), times(d, r1_hat)])
    bv = total([P1, times(q_1, domain), *(times(every[i], m) for i, m in disclosed)])
    t2 = total([times(bv, c), times(d, r3_hat)])
    t2 = total([t2, *(times(every[i], m_hat) for i, m_hat in m_hats.items())])
    transcript = octets8(len(disclosed))
    transcript += b"".join(octets8(i) + octets32(m) for i, m in disclosed)
    transcript += octets(abar, bbar, d, t1, t2)
    transcript += octets8(expected.pseudonym + 1 + len(wanted))

    if expected.pseudonym:
        nym = read_point(pseudonym)
        context_id = context_of(expected)
        op = G1Point.hash_to_curve(context_id, API_ID)
        u = times(op, m_hats[len(every) - 1]) + times(nym, R - c)
        transcript += b"SYMBOLON_PSEUDONYM_" + octets8(32) + context_id + octets(nym, u)

    value = read_point(expected.head.value)
    t3 = total([times(value, rho_hat), times(c_prime, -m_hats[0]), times(cbar, -c)])
    registry_id = hashlib.sha256(keys.registry_key + keys.digit_key).digest()
    if expected.head.registry_id != registry_id:
        raise Refused("a head of another registry")
    transcript += b"SYMBOLON_REGISTRY_" + registry_id
    transcript += octets(value, c_prime, cbar, t3)

    pairs = points[5:]
    for statement in wanted:
        k = statement[-1]
        own, pairs = pairs[: 2 * k], pairs[2 * k :]
        hats, range_scalars = range_scalars[: 2 * k - 1], range_scalars[2 * k - 1 :]
        transcript += _range_transcript(statement, own, hats, m_hats=m_hats, c=c)

    transcript += octets32(domain) + octets8(32) + header_of(expected)
    if hash_to_scalar(transcript, API_ID + b"H2S_") != c:
        raise Refused("another challenge")

    if not equal(abar, key(keys.issuer_key), bbar):
        raise Refused("no signature of this issuer")
    if not equal(c_prime, key(keys.registry_key), cbar):
        raise Refused("no witness at this head")
    for s, s_bar in zip(points[5::2], points[6::2], strict=True):
        if not equal(s, key(keys.digit_key), s_bar):
            raise Refused("no signed digit")


def _range_transcript(
    statement: tuple[int, ...],
    points: list[G1Point],
    hats: list[int],
    *,
    m_hats: Mapping[int, int],
    c: int,
) -> bytes:
    """m - t (or t - m) is the sum of d_i * 256^i; T_i = rho_i^ * BP1 - d_i^ * S_i - c * Sbar_i."""
    index, operator, bound, k = statement
    rho_hats = [hats[0]] + [hats[2 * i - 1] for i in range(1, k)]
    sign = -1 if operator else 1
    d_hats = [sign * (m_hats[index] - c * bound)] + [hats[2 * i] for i in range(1, k)]
    d_hats[0] -= sum(d_hats[i] * 256**i for i in range(1, k))
    moves = [
        total(
            [
                times(BP1, rho_hats[i]),
                times(points[2 * i], -d_hats[i]),
                times(points[2 * i + 1], -c),
            ]
        )
        for i in range(k)
    ]
    written = b"".join(octets8(number) for number in (index, operator, bound, k))
    return b"SYMBOLON_RANGE_" + written + octets(*points, *moves)
