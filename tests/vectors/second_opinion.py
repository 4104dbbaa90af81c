"""A second verifier of presentations, written from docs/protocol.md alone, over arkworks.

It shares nothing with the product but the reading of CBOR and of metadata (`credentials.formats`).
Plain and slow: no tables, one pairing product for each presentation. Leaves out time, nonces that
were used before, and everything that a database decides.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

from credentials.errors import SymbolonError
from credentials.formats import cbor
from credentials.formats.metadata import Metadata
from credentials.formats.presentation import Presentation
from credentials.formats.schema import Attribute

R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
CIPHERSUITE = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_"
API_ID = CIPHERSUITE + b"SYMBOLON_1_H2G_TM2S_"


class Refused(Exception):
    """The second opinion is no."""


@dataclass(frozen=True)
class Expected:
    """What the verifier knows by itself: nothing of it comes from a presentation."""

    metadata: Metadata
    purpose: str
    verifier: bytes | str
    instance: bytes | str
    freshness: bytes | int
    disclose: tuple[str, ...] = ()
    pseudonym: bool = True
    action: bytes = b""


def expand(message: bytes, dst: bytes) -> bytes:
    """expand_message_xmd of RFC 9380, section 5.3.1, with SHA-256, for 48 octets."""
    dst_prime = dst + bytes([len(dst)])
    b_0 = hashlib.sha256(bytes(64) + message + b"\x00\x30" + b"\x00" + dst_prime).digest()
    b_1 = hashlib.sha256(b_0 + b"\x01" + dst_prime).digest()
    mixed = (int.from_bytes(b_0, "big") ^ int.from_bytes(b_1, "big")).to_bytes(32, "big")
    return (b_1 + hashlib.sha256(mixed + b"\x02" + dst_prime).digest())[:48]


def hash_to_scalar(message: bytes, dst: bytes) -> int:
    return int.from_bytes(expand(message, dst), "big") % R


def generators(
    count: int, api_id: bytes, *, seed: bytes = b"MESSAGE_GENERATOR_SEED"
) -> list[G1Point]:
    """create_generators of the core draft, section 4.1.1."""
    v = expand(api_id + seed, api_id + b"SIG_GENERATOR_SEED_")
    points = []
    for i in range(1, count + 1):
        v = expand(v + i.to_bytes(8, "big"), api_id + b"SIG_GENERATOR_SEED_")
        points.append(G1Point.hash_to_curve(v, api_id + b"SIG_GENERATOR_DST_"))
    return points


# The core draft makes P1 as the one generator of another seed, under the first interface's id.
(P1,) = generators(1, CIPHERSUITE + b"H2G_HM2S_", seed=b"BP_MESSAGE_GENERATOR_SEED")


def octets8(number: int) -> bytes:
    return number.to_bytes(8, "big")


def times(point: G1Point, scalar: int) -> G1Point:
    return point * Scalar.from_be_bytes((scalar % R).to_bytes(32, "big"))


def total(points: Sequence[G1Point]) -> G1Point:
    added = G1Point.identity()
    for point in points:
        added = added + point
    return added


def read_point(octets: bytes) -> G1Point:
    """48 octets; arkworks lets second spellings of the identity pass, so the octets must return."""
    try:
        point = G1Point.from_compressed_bytes(octets)
    except ValueError:
        raise Refused("not a point") from None
    if not point.is_in_subgroup() or point == G1Point.identity():
        raise Refused("a point outside the subgroup, or the identity")
    if bytes(point.to_compressed_bytes()) != octets:
        raise Refused("a second spelling of a point")
    return point


def read_scalar(octets: bytes) -> int:
    scalar = int.from_bytes(octets, "big")
    if not 0 < scalar < R:
        raise Refused("a scalar out of range")
    return scalar


def value_scalar(value: str | int) -> int:
    if isinstance(value, int):
        return value
    return hash_to_scalar(value.encode(), API_ID + b"MAP_MSG_TO_SCALAR_AS_HASH_")


def opinion(octets: bytes, expected: Expected) -> tuple[bytes, dict[str, str | int]]:
    """(pseudonym, disclosed values by name) of a presentation's CBOR; raises Refused."""
    try:
        shown = Presentation.from_cbor(octets)
    except SymbolonError:
        raise Refused("not a presentation") from None
    claims = (shown.purpose, shown.instance, shown.freshness, shown.head)
    if claims != (expected.purpose, expected.instance, expected.freshness, b""):
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
    _check_proof(shown, expected, [(i, value_scalar(v)) for i, v in shown.disclosed])
    return shown.pseudonym, disclosed


def _fits(value: str | int, attribute: Attribute) -> bool:
    if attribute.type in ("text", "choice"):
        return isinstance(value, str) and (attribute.type == "text" or value in attribute.values)
    largest = {"flag": 1, "integer": 2**24 - 1, "date": 2**16 - 1}[attribute.type]
    return isinstance(value, int) and 0 <= value <= largest


def _check_proof(shown: Presentation, expected: Expected, disclosed: list[tuple[int, int]]) -> None:
    metadata = expected.metadata
    keys = metadata.keys
    count = 2 + len(metadata.schema.attributes)  # handle, serial, attributes
    q_1, *signed = generators(count + 1, API_ID)
    every = [*signed, *generators(2, b"BLIND_" + API_ID)]

    registry_id = hashlib.sha256(keys.registry_key + keys.digit_key).digest()
    issuer_id = hashlib.sha256(keys.issuer_key).digest()
    schema_id = hashlib.sha256(metadata.schema.to_cbor()).digest()
    header = cbor.encode(("symbolon/credential/1", issuer_id, schema_id, registry_id)) + octets8(1)
    domain_input = keys.issuer_key + octets8(len(every))
    domain_input += b"".join(bytes(point.to_compressed_bytes()) for point in (q_1, *every))
    domain_input += API_ID + octets8(len(header)) + header
    domain = hash_to_scalar(domain_input, API_ID + b"H2S_")

    hidden = [index for index in range(len(every)) if index not in dict(disclosed)]
    if len(shown.proof) != 3 * 48 + 32 * (4 + len(hidden)):
        raise Refused("a proof of another length")
    if len(shown.pseudonym) != 48 * expected.pseudonym:
        raise Refused("a pseudonym too many or too few")
    abar, bbar, d = (read_point(shown.proof[at : at + 48]) for at in (0, 48, 96))
    scalars = [read_scalar(shown.proof[at : at + 32]) for at in range(144, len(shown.proof), 32)]
    e_hat, r1_hat, r3_hat, *m_hats, c = scalars

    t1 = total([times(bbar, c), times(abar, e_hat), times(d, r1_hat)])
    bv = total([P1, times(q_1, domain), *(times(every[i], m) for i, m in disclosed)])
    t2 = total([times(bv, c), times(d, r3_hat)])
    t2 = total([t2, *(times(every[i], m) for i, m in zip(hidden, m_hats, strict=True))])

    scope = cbor.encode(
        ("symbolon/scope/1", expected.verifier, expected.purpose, expected.instance)
    )
    context_id = hashlib.sha256(scope).digest()
    statements = octets8(0)
    if expected.pseudonym:
        nym = read_point(shown.pseudonym)
        op = G1Point.hash_to_curve(context_id, API_ID)
        u = times(op, m_hats[-1]) + times(nym, R - c)
        statements = octets8(1) + b"SYMBOLON_PSEUDONYM_" + octets8(32) + context_id
        statements += shown.pseudonym + bytes(u.to_compressed_bytes())

    bound = cbor.encode(
        (
            "symbolon/presentation/1",
            context_id,
            expected.purpose,
            expected.freshness,
            expected.action,
            b"",
        )
    )
    transcript = octets8(len(disclosed))
    transcript += b"".join(octets8(i) + m.to_bytes(32, "big") for i, m in disclosed)
    transcript += shown.proof[:144]
    transcript += bytes(t1.to_compressed_bytes()) + bytes(t2.to_compressed_bytes())
    transcript += statements + domain.to_bytes(32, "big")
    transcript += octets8(32) + hashlib.sha256(bound).digest()
    if hash_to_scalar(transcript, API_ID + b"H2S_") != c:
        raise Refused("another challenge")

    issuer_key = G2Point.from_compressed_bytes(keys.issuer_key)
    if not GT.pairing_check([abar, -bbar], [issuer_key, G2Point()]):
        raise Refused("no signature of this issuer")
