"""What a voter holds at once: the community's signed word that a ballot will be in the poll's log.

Source: docs/protocol.md, "Polls". With a log that lacks the ballot after the promised time, it
proves to anyone that the community broke its word.
"""

from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from credentials import domain_tags
from credentials.errors import EncodingError, PromiseRefused
from credentials.formats import cbor
from credentials.formats.manifest_rules import MAX_BATCH_SECONDS, MAX_TIME

PROMISE_LIMIT: Final = 256  # octets
SIGNATURE_LENGTH: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """manifest_hash and leaf_hash: 32 octets each. merged_by: Unix seconds. Raises EncodingError.

    The ballot with this leaf hash is in the log of the poll at `merged_by`.
    """

    manifest_hash: bytes
    leaf_hash: bytes
    merged_by: int

    def __post_init__(self) -> None:
        cbor.take_octets(self.manifest_hash, length=32, name="a manifest hash")
        cbor.take_octets(self.leaf_hash, length=32, name="a leaf hash")
        cbor.take_uint(self.merged_by, max=MAX_TIME + MAX_BATCH_SECONDS, name="a promised time")

    def to_cbor(self) -> bytes:
        """The octets that are signed."""
        return cbor.encode_labelled(
            domain_tags.PROMISE, self.manifest_hash, self.leaf_hash, self.merged_by
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Promise":
        """The promise in `octets`; raises EncodingError."""
        manifest_hash, leaf, merged_by = cbor.decode_labelled(
            octets, label=domain_tags.PROMISE, fields=3, limit=PROMISE_LIMIT
        )
        return cls(
            manifest_hash=cbor.take_octets(manifest_hash, name="a manifest hash"),
            leaf_hash=cbor.take_octets(leaf, name="a leaf hash"),
            merged_by=cbor.take_uint(merged_by, name="a promised time"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPromise:
    """Octets of a promise and an Ed25519 signature of 64, neither checked before open().

    Raises EncodingError.
    """

    octets: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def __post_init__(self) -> None:
        cbor.take_octets(self.octets, max=PROMISE_LIMIT, name="a promise")
        cbor.take_octets(self.signature, length=SIGNATURE_LENGTH, name="a signature")

    @classmethod
    def sign(cls, promise: Promise, *, private_key: Ed25519PrivateKey) -> "SignedPromise":
        """Sign a promise with the community's metadata key."""
        octets = promise.to_cbor()
        signature = private_key.sign(domain_tags.PROMISE_SIGNATURE + octets)
        return cls(octets=octets, signature=signature)

    def open(self, *, metadata_key: bytes) -> Promise:
        """The promise, if signed by the community's key (32 octets); raises PromiseRefused."""
        try:
            promise = Promise.from_cbor(self.octets)
            Ed25519PublicKey.from_public_bytes(metadata_key).verify(
                self.signature, domain_tags.PROMISE_SIGNATURE + self.octets
            )
        except EncodingError as error:
            raise PromiseRefused(f"the promise is malformed: {error}") from None
        except (InvalidSignature, ValueError):
            raise PromiseRefused("the signature of the promise is wrong") from None
        return promise
