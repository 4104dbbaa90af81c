"""Sealing one ballot to its poll, and opening it once the poll's opening value is out.

Source: docs/protocol.md, "Sealed ballots"; the scheme is identity-based encryption after Boneh and
Franklin, with the poll as the identity. Sealed octets are U (96) || AES-256-GCM ciphertext and tag.
Left out: what a plaintext means, and that all plaintexts of a poll have one size, which hides how
many marks a ballot has (credentials.formats.vote).
"""

from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials import domain_tags
from credentials.curve import G1, OCTET_G2_LENGTH, OCTET_POINT_LENGTH, curve, gt
from credentials.curve.scalars import i2osp, random_scalar
from credentials.errors import InvalidPoint, OpeningRefused, SealBroken
from credentials.formats import cbor

_NONCE = bytes(12)  # a key seals one ballot, once


def sealing_point(digest: bytes) -> G1:
    """H1(digest): the poll as a point of G1, from the 32 octets of its manifest's hash."""
    cbor.take_octets(digest, length=32, name="a manifest's hash")
    return curve.hash_to_g1(digest, dst=domain_tags.SEALING_POINT)


def seal(plaintext: bytes, *, key: bytes, digest: bytes, pseudonym: bytes, sequence: int) -> bytes:
    """Seal a ballot so that it opens only in this poll, for this pseudonym and sequence number.

    key: Z, 96 octets. digest: the manifest's hash, 32. pseudonym: 48. sequence: below 2^64.
    Returns 112 octets more than the plaintext has. Raises EncodingError, InvalidPoint.
    """
    context = _context(digest=digest, pseudonym=pseudonym, sequence=sequence)
    curve.decode_g2(key)  # the house's own decoder has the last word on what a key is
    rho = random_scalar()
    point_u = curve.encode_g2(curve.multiply_g2(curve.g2_generator, rho))
    # e(H1(digest), rho * Z) = e(rho * H1(digest), Z), and G1 is the cheaper side.
    blinded = curve.encode_g1(curve.multiply_g1(sealing_point(digest), rho))
    shared = gt.pairing_octets(gt.decode_g1(blinded), gt.decode_g2(key))
    return point_u + _cipher(shared, point_u, context).encrypt(_NONCE, plaintext, context)


def open_sealed(
    sealed: bytes, *, opening: bytes, digest: bytes, pseudonym: bytes, sequence: int
) -> bytes:
    """What was sealed. `opening`: D, 48 octets, the poll's; see check_opening.

    Raises SealBroken for whatever was not sealed to exactly this poll, pseudonym and number, and
    OpeningRefused where the opening value is no point.
    """
    context = _context(digest=digest, pseudonym=pseudonym, sequence=sequence)
    try:
        point_d = _opening_point(opening)
    except InvalidPoint:
        raise OpeningRefused("the opening value is not a valid point") from None
    point_u, ciphertext = sealed[:OCTET_G2_LENGTH], sealed[OCTET_G2_LENGTH:]
    try:
        shared = gt.pairing_octets(point_d, gt.decode_g2(point_u))
        return _cipher(shared, point_u, context).decrypt(_NONCE, ciphertext, context)
    except (InvalidPoint, InvalidTag):
        raise SealBroken("the sealed ballot does not open") from None


def _context(*, digest: bytes, pseudonym: bytes, sequence: int) -> bytes:
    """digest || Nym || I2OSP(seq, 8), 88 octets; raises EncodingError."""
    cbor.take_octets(digest, length=32, name="a manifest's hash")
    cbor.take_octets(pseudonym, length=OCTET_POINT_LENGTH, name="a pseudonym")
    return digest + pseudonym + i2osp(cbor.take_uint(sequence, name="a sequence number"), 8)


def _cipher(shared: bytes, point_u: bytes, context: bytes) -> AESGCM:
    """K = HKDF-SHA-256(GT octets || U || digest || Nym || I2OSP(seq, 8)), without a salt."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=domain_tags.SEALED_BALLOT)
    return AESGCM(derivation.derive(shared + point_u + context))


@lru_cache(maxsize=8)
def _opening_point(opening: bytes) -> Any:
    """One value opens all ballots of a poll; it is public, so it may be kept."""
    return gt.decode_g1(opening)
