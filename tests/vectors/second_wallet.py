"""What a wallet derives and proves at issuance, a second time, from docs/protocol.md alone.

HKDF is written out over HMAC (RFC 5869); nothing of the product is used but the encoding of CBOR.
"""

import hashlib
import hmac

from credentials.formats import cbor
from tests.vectors.second_curve import R

SALT = b"symbolon/wallet-salt/1"


def hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF-SHA-256 under the wallet's salt."""
    pseudorandom = hmac.new(SALT, secret, hashlib.sha256).digest()
    block, made = b"", b""
    while len(made) < length:
        block = hmac.new(
            pseudorandom, block + info + bytes([len(made) // 32 + 1]), hashlib.sha256
        ).digest()
        made += block
    return made[:length]


def secret_of(seed: bytes, name: str, *, community_id: bytes, issuer_id: bytes, count: int) -> int:
    """`prover_nym` or `secret_prover_blind`, by its name."""
    info = cbor.encode(("symbolon/wallet/2", name, community_id, issuer_id, count))
    return int.from_bytes(hkdf(seed, info, 48), "big") % R


def bound_nonce(nonce: bytes, *, community_id: bytes, header: bytes) -> bytes:
    """What stands in the place of the nonce in the challenge of a commitment."""
    bound = cbor.encode(("symbolon/commitment/2", community_id, header, nonce))
    return hashlib.sha256(bound).digest()
