"""The community's secret keys, opened.

The issuer's secret, the Ed25519 key that signs the community's metadata, and the key from which
claim codes are derived. They rest in `server.sealed_keystore`; the database holds none of them.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.curve.scalars import ORDER
from credentials.domain_tags import OPENING_SECRET
from credentials.issuance import IssuerSecret


@dataclass(frozen=True, kw_only=True, eq=False)
class Keystore:
    """The opened keystore; `metadata_seed` and `link_key` have 32 octets, and nothing is shown."""

    issuer: IssuerSecret
    metadata_seed: bytes
    link_key: bytes

    @classmethod
    def generate(cls) -> "Keystore":
        """New independent keys, from the operating system's randomness."""
        return cls(
            issuer=IssuerSecret.generate(),
            metadata_seed=secrets.token_bytes(32),
            link_key=secrets.token_bytes(32),
        )

    @cached_property
    def metadata_key(self) -> Ed25519PrivateKey:
        """The key that signs the community's metadata."""
        return Ed25519PrivateKey.from_private_bytes(self.metadata_seed)

    @property
    def metadata_public_key(self) -> bytes:
        """Its public part, 32 octets."""
        return self.metadata_key.public_key().public_bytes_raw()

    @property
    def community_id(self) -> bytes:
        """The fingerprint of the community whose keys these are, 32 octets."""
        return hashlib.sha256(self.metadata_public_key).digest()

    @cached_property
    def opening_secret(self) -> int:
        """The key of polls that the server opens alone, derived from the metadata seed.

        HKDF-SHA-256 to 48 octets, modulo the group's order: a keystore that was made before there
        were sealed polls has it too.
        """
        derived = HKDF(SHA256(), length=48, salt=None, info=OPENING_SECRET).derive(
            self.metadata_seed
        )
        return int.from_bytes(derived, "big") % ORDER

    def to_octets(self) -> bytes:
        """The secrets in the clear, for encryption and for the pipe to a worker only."""
        return json.dumps(
            {
                "x": f"{self.issuer.x:064x}",
                "alpha": f"{self.issuer.alpha:064x}",
                "xi": f"{self.issuer.xi:064x}",
                "metadata_seed": self.metadata_seed.hex(),
                "link_key": self.link_key.hex(),
            }
        ).encode()

    @classmethod
    def from_octets(cls, octets: bytes) -> "Keystore":
        """The inverse of `to_octets`."""
        fields = json.loads(octets)
        return cls(
            issuer=IssuerSecret(
                x=int(fields["x"], 16), alpha=int(fields["alpha"], 16), xi=int(fields["xi"], 16)
            ),
            metadata_seed=bytes.fromhex(fields["metadata_seed"]),
            link_key=bytes.fromhex(fields["link_key"]),
        )

    def __repr__(self) -> str:
        return "Keystore(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a keystore is not pickled")
