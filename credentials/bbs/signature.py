"""Core BBS signing and verification over scalars, and signature octets.

Source: draft-irtf-cfrg-bbs-signatures-09, sections 3.4 and 3.6; the blind final step from
draft-irtf-cfrg-bbs-blind-signatures-03, section "Finalize Blind Sign".
"""

from collections.abc import Sequence

from credentials.bbs.ciphersuite import P1, calculate_domain, hash_to_challenge
from credentials.curve import G1, OCTET_G2_LENGTH, OCTET_POINT_LENGTH, curve
from credentials.curve.scalars import ORDER, decode_scalar, encode_scalar, invert
from credentials.errors import EncodingError, SymbolonError

SIGNATURE_LENGTH = 80


def sk_to_pk(*, sk: bytes) -> bytes:
    """The public key W = SK * BP2 in 96 octets of a secret key in 32; raises InvalidScalar."""
    # 1. W = SK * BP2
    # 2. return point_to_octets_E2(W)
    return curve.encode_g2(curve.multiply_g2(curve.g2_generator, decode_scalar(sk)))


def signature_to_octets(point_a: G1, e: int) -> bytes:
    """A signature (A, e) in 80 octets."""
    return curve.encode_g1(point_a) + encode_scalar(e)


def octets_to_signature(octets: bytes) -> tuple[G1, int]:
    """(A, e) of 80 octets; raises EncodingError unless A is a point of G1 and 0 < e < r."""
    if len(octets) != SIGNATURE_LENGTH:
        raise EncodingError("a signature has 80 octets")
    return curve.decode_g1(octets[:OCTET_POINT_LENGTH]), decode_scalar(octets[OCTET_POINT_LENGTH:])


def calculate_b(
    *, generators: Sequence[G1], scalars: Sequence[int], domain: int, start: G1 = P1
) -> G1:
    """B = start + Q_1 * domain + H_1 * msg_1 + ... + H_L * msg_L; start is P1 or P1 + C."""
    if len(generators) != len(scalars) + 1:
        raise EncodingError("there is one generator for each message, and Q_1")
    total = start
    for generator, scalar in zip(generators, (domain, *scalars), strict=True):
        total = total + curve.multiply_g1(generator, scalar)
    return total


def finalize_sign(*, sk: int, e: int, point_b: G1) -> bytes:
    """A = B * (1 / (SK + e)), and the signature's 80 octets."""
    if point_b == curve.g1_identity or (sk + e) % ORDER == 0:
        raise SymbolonError("these messages cannot be signed")
    return signature_to_octets(curve.multiply_g1(point_b, invert((sk + e) % ORDER)), e)


def core_sign(
    *,
    sk: bytes,
    pk: bytes,
    generators: Sequence[G1],
    header: bytes,
    scalars: Sequence[int],
    api_id: bytes,
) -> bytes:
    """CoreSign, section 3.6.1: the signature's 80 octets."""
    # 1. domain = calculate_domain(PK, Q_1, (H_1, ..., H_L), header, api_id)
    domain = calculate_domain(
        pk=pk, q_1=generators[0], h_points=generators[1:], header=header, api_id=api_id
    )
    # 2. e = hash_to_scalar(serialize((SK, msg_1, ..., msg_L, domain)), hash_to_scalar_dst)
    e = hash_to_challenge(sk + b"".join(map(encode_scalar, (*scalars, domain))), api_id)
    # 3. B = P1 + Q_1 * domain + H_1 * msg_1 + ... + H_L * msg_L
    point_b = calculate_b(generators=generators, scalars=scalars, domain=domain)
    # 4. A = B * (1 / (SK + e))
    # 5. return signature_to_octets((A, e))
    return finalize_sign(sk=decode_scalar(sk), e=e, point_b=point_b)


def finalize_blind_sign(*, sk: bytes, point_b: G1, api_id: bytes) -> bytes:
    """The blind signature over B in 80 octets.

    The text hashes (SK, B, domain) to e; every vector hashes (SK, B). Domain is inside B.
    """
    e = hash_to_challenge(sk + curve.encode_g1(point_b), api_id)
    return finalize_sign(sk=decode_scalar(sk), e=e, point_b=point_b)


def core_verify(
    *,
    pk: bytes,
    signature: bytes,
    generators: Sequence[G1],
    header: bytes,
    scalars: Sequence[int],
    api_id: bytes,
) -> bool:
    """CoreVerify, section 3.6.2; raises EncodingError for malformed octets."""
    point_a, e = octets_to_signature(signature)
    point_w = curve.decode_g2(pk)
    # 1. domain = calculate_domain(PK, Q_1, (H_1, ..., H_L), header, api_id)
    domain = calculate_domain(
        pk=pk, q_1=generators[0], h_points=generators[1:], header=header, api_id=api_id
    )
    # 2. B = P1 + Q_1 * domain + H_1 * msg_1 + ... + H_L * msg_L
    point_b = calculate_b(generators=generators, scalars=scalars, domain=domain)
    # 3. if h(A, W) * h(A * e - B, BP2) != Identity_GT, return INVALID
    difference = curve.multiply_g1(point_a, e) + -point_b
    return curve.pairing_check([(point_a, point_w), (difference, curve.g2_generator)])


def check_public_key(pk: bytes) -> bytes:
    """The 96 octets of a public key; raises InvalidPoint for any other octets."""
    if len(pk) != OCTET_G2_LENGTH:
        raise EncodingError("a public key has 96 octets")
    curve.decode_g2(pk)
    return pk
