"""Sealing one vote to a poll, and opening it with the poll's opening value.

    U = rho*BP2, rho random
    K = HKDF-SHA-256(GT octets of e(H1(digest), rho*Z) || U || digest || Nym || I2OSP(seq, 8)), 32
    sealed = U (96) || AES-256-GCM under K of the plaintext, nonce 12 zeros,
             associated data digest || Nym || I2OSP(seq, 8)

The opening value D = z*H1(digest) gives the same element of GT as e(D, U). K is used once, since
rho is new each time. Source: docs/protocol.md, "Sealed ballots".
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.curve import OCTET_G2_LENGTH, curve
from credentials.curve.gt import pairing_octets
from credentials.curve.scalars import random_scalar
from credentials.domain_tags import SEALING_KEY
from credentials.errors import InvalidPoint, SealBroken
from credentials.sealing.opening import poll_point

KEY_LENGTH = 32
NONCE = bytes(12)
TAG_LENGTH = 16
SEALED_OVERHEAD = OCTET_G2_LENGTH + TAG_LENGTH


def seal(plaintext: bytes, *, key: bytes, digest: bytes, pseudonym: bytes, sequence: int) -> bytes:
    """Seal a vote to the poll `digest` (32 octets): 112 octets more than the plaintext.

    key: Z, 96 octets. pseudonym: the voter's in this poll, 48 octets. Raises InvalidPoint for a key
    that is none.
    """
    return _seal(
        plaintext,
        key=key,
        digest=digest,
        pseudonym=pseudonym,
        sequence=sequence,
        rho=random_scalar(),
    )


def _seal(
    plaintext: bytes, *, key: bytes, digest: bytes, pseudonym: bytes, sequence: int, rho: int
) -> bytes:
    """The same with a rho from outside, for the vectors."""
    point = curve.multiply_g2(curve.decode_g2(key), rho)
    u = curve.encode_g2(curve.multiply_g2(curve.g2_generator, rho))
    shared = pairing_octets(curve.encode_g1(poll_point(digest)), curve.encode_g2(point))
    bound = _bound(digest, pseudonym, sequence)
    return u + AESGCM(_derive(shared, u, bound)).encrypt(NONCE, plaintext, bound)


def open_sealed(
    sealed: bytes, *, opening: bytes, digest: bytes, pseudonym: bytes, sequence: int
) -> bytes:
    """The plaintext of a vote that was sealed for exactly this poll, pseudonym and number.

    opening: the poll's opening value, 48 octets, checked before. Raises SealBroken.
    """
    u, ciphertext = sealed[:OCTET_G2_LENGTH], sealed[OCTET_G2_LENGTH:]
    try:
        curve.decode_g2(u)
    except InvalidPoint as error:
        raise SealBroken(f"the sealed vote has no point: {error}") from None
    bound = _bound(digest, pseudonym, sequence)
    key = _derive(pairing_octets(opening, u), u, bound)
    try:
        return AESGCM(key).decrypt(NONCE, ciphertext, bound)
    except (InvalidTag, ValueError):
        raise SealBroken("the sealed vote does not open") from None


def _bound(digest: bytes, pseudonym: bytes, sequence: int) -> bytes:
    """What a sealed vote is bound to: digest (32) || Nym (48) || I2OSP(seq, 8)."""
    return digest + pseudonym + sequence.to_bytes(8, "big")


def _derive(shared: bytes, u: bytes, bound: bytes) -> bytes:
    return HKDF(SHA256(), length=KEY_LENGTH, salt=None, info=SEALING_KEY).derive(shared + u + bound)
