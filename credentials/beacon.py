"""The public beacon that lots are drawn from: drand's quicknet, whose rounds prove themselves.

Every three seconds the network makes one BLS signature over the round's number. Until enough of its
members work together nobody knows it, there is exactly one, and a pairing under the network's key
says whether this is it. Its SHA-256 is the round's randomness.

    e(signature, BP2) = e(H(SHA-256(I2OSP(round, 8))), public key)

Sources: the drand specification, and the scheme "bls-unchained-g1-rfc9380" of drand/drand:
signatures in G1, the key in G2, H of RFC 9380 under the scheme's own tag. The parameters are those
that the chain's hash stands for. Where a round is to be had is not known here.
"""

import hashlib
from typing import Final

from credentials import domain_tags
from credentials.curve import OCTET_POINT_LENGTH, curve
from credentials.errors import BeaconRefused, EncodingError

CHAIN_HASH: Final = bytes.fromhex(
    "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
)
PUBLIC_KEY: Final = bytes.fromhex(
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
    "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
    "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
)
GENESIS: Final = 1_692_803_367  # Unix seconds of round 1
PERIOD: Final = 3  # seconds
SIGNATURE_LENGTH: Final = OCTET_POINT_LENGTH
MAX_ROUND: Final = 2**40


def round_at(unix_seconds: int) -> int:
    """The first round at or after a time."""
    return 1 + max(0, -(-(unix_seconds - GENESIS) // PERIOD))


def time_of(number: int) -> int:
    """When a round is due, Unix seconds."""
    return GENESIS + (number - 1) * PERIOD


def verify(number: int, signature: bytes) -> bytes:
    """The randomness of a round, 32 octets, if these 48 octets are its signature.

    Raises BeaconRefused for those of another round, for the identity, and for octets that are no
    point, or not the canonical ones of a point.
    """
    if not 1 <= number <= MAX_ROUND:
        raise BeaconRefused(f"the beacon has no round {number}")
    try:
        point = curve.decode_g1(signature)
    except EncodingError as error:
        raise BeaconRefused(f"the beacon's signature is none: {error}") from None
    message = hashlib.sha256(number.to_bytes(8, "big")).digest()
    hashed = curve.hash_to_g1(message, dst=domain_tags.BEACON)
    pairs = [(point, curve.g2_generator), (-hashed, curve.decode_g2(PUBLIC_KEY))]
    if not curve.pairing_check(pairs):
        raise BeaconRefused(f"the signature is not that of round {number}")
    return hashlib.sha256(signature).digest()
