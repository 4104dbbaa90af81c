"""Heads of the revocation registry: what is valid from one epoch to the next, signed and chained.

Source: docs/protocol.md, "Registry". A head is signed with the community's metadata key and names
the hash of the head before it, so that all members can see that they are shown one chain.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from credentials import domain_tags
from credentials.errors import EncodingError, HeadRefused
from credentials.formats import base64url, cbor
from credentials.formats.credential import MAX_SERIAL
from credentials.formats.json_object import read_object

MAX_EPOCH: Final = 2**32 - 1
MAX_REMOVALS: Final = 2**32 - 1
MAX_TIME: Final = 2**40  # Unix seconds
HEAD_LIMIT: Final = 512  # octets
SIGNATURE_LENGTH: Final = 64


@dataclass(frozen=True, kw_only=True)
class Head:
    """One epoch of a registry; raises EncodingError.

    registry_id: 32 octets. epoch: from 0. value: the accumulator V, 48 octets; that it is a point
    is checked at its use. removals: length of the log. root: Merkle root of the log, 32 octets.
    highest_serial: N, 0 before the first issuance. previous: SHA-256 of the head before, none for
    epoch 0. published_at: Unix seconds. next_at: when the next scheduled head comes, Unix seconds.
    grace: for how many seconds after `published_at` the value before this one's is still accepted;
    0 in an emergency. A head that removes nobody carries what is left of the grace before it.
    """

    registry_id: bytes
    epoch: int
    value: bytes
    removals: int
    root: bytes
    highest_serial: int
    previous: bytes
    published_at: int
    next_at: int
    grace: int

    def __post_init__(self) -> None:
        cbor.take_octets(self.registry_id, length=32, name="a registry id")
        cbor.take_uint(self.epoch, max=MAX_EPOCH, name="an epoch")
        cbor.take_octets(self.value, length=48, name="a registry value")
        cbor.take_uint(self.removals, max=MAX_REMOVALS, name="a number of removals")
        cbor.take_octets(self.root, length=32, name="a log's root")
        cbor.take_uint(self.highest_serial, max=MAX_SERIAL, name="a highest serial")
        length = 32 if self.epoch else 0
        cbor.take_octets(self.previous, length=length, name="the hash of the head before")
        cbor.take_uint(self.published_at, max=MAX_TIME, name="a time of publishing")
        cbor.take_uint(self.next_at, max=MAX_TIME, name="the time of the next head")
        cbor.take_uint(self.grace, max=MAX_TIME, name="a grace")
        if self.next_at < self.published_at:
            raise EncodingError("a head announces the next one for a time before its own")

    @cached_property
    def hash(self) -> bytes:
        """SHA-256 of the octets, 32 of them, which names this head everywhere."""
        return hashlib.sha256(self.to_cbor()).digest()

    def to_cbor(self) -> bytes:
        """The octets that are signed and hashed."""
        return cbor.encode_labelled(
            domain_tags.HEAD,
            self.registry_id,
            self.epoch,
            self.value,
            self.removals,
            self.root,
            self.highest_serial,
            self.previous,
            self.published_at,
            self.next_at,
            self.grace,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Head":
        """The head in `octets`; raises EncodingError."""
        fields = cbor.decode_labelled(octets, label=domain_tags.HEAD, fields=10, limit=HEAD_LIMIT)
        registry_id, epoch, value, removals, root, serial, previous, at, next_at, grace = fields
        return cls(
            registry_id=cbor.take_octets(registry_id, name="a registry id"),
            epoch=cbor.take_uint(epoch, name="an epoch"),
            value=cbor.take_octets(value, name="a registry value"),
            removals=cbor.take_uint(removals, name="a number of removals"),
            root=cbor.take_octets(root, name="a log's root"),
            highest_serial=cbor.take_uint(serial, name="a highest serial"),
            previous=cbor.take_octets(previous, name="the hash of the head before"),
            published_at=cbor.take_uint(at, name="a time of publishing"),
            next_at=cbor.take_uint(next_at, name="the time of the next head"),
            grace=cbor.take_uint(grace, name="a grace"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """Octets of a head and an Ed25519 signature of 64, neither checked before open().

    Raises EncodingError.
    """

    octets: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def __post_init__(self) -> None:
        cbor.take_octets(self.octets, max=HEAD_LIMIT, name="a head")
        cbor.take_octets(self.signature, length=SIGNATURE_LENGTH, name="a signature")

    @classmethod
    def sign(cls, head: Head, *, private_key: Ed25519PrivateKey) -> "SignedHead":
        """Sign a head with the community's metadata key."""
        octets = head.to_cbor()
        signature = private_key.sign(domain_tags.HEAD_SIGNATURE + octets)
        return cls(octets=octets, signature=signature)

    def open(self, *, metadata_key: bytes) -> Head:
        """The head, if signed by the community's key (32 octets); raises HeadRefused."""
        try:
            head = Head.from_cbor(self.octets)
            Ed25519PublicKey.from_public_bytes(metadata_key).verify(
                self.signature, domain_tags.HEAD_SIGNATURE + self.octets
            )
        except EncodingError as error:
            raise HeadRefused(f"a registry head is malformed: {error}") from None
        except (InvalidSignature, ValueError):
            raise HeadRefused("the signature of a registry head is wrong") from None
        return head

    def to_fields(self) -> tuple[bytes, bytes]:
        """The elements of its CBOR array inside other objects."""
        return (self.octets, self.signature)

    @classmethod
    def from_fields(cls, fields: object) -> "SignedHead":
        """From the elements of its CBOR array; raises EncodingError."""
        octets, signature = cbor.take_array(fields, length=2, name="a signed head")
        return cls(
            octets=cbor.take_octets(octets, max=HEAD_LIMIT, name="a head"),
            signature=cbor.take_octets(signature, name="a signature"),
        )

    def to_json(self) -> dict[str, str]:
        """The envelope in which it is served."""
        return {
            "head": base64url.encode(self.octets),
            "signature": base64url.encode(self.signature),
        }

    @classmethod
    def from_json(cls, value: object) -> "SignedHead":
        """From the envelope; raises EncodingError."""
        read = read_object(
            value, required=("head", "signature"), name="a head's envelope", error=EncodingError
        )
        octets, signature = read["head"], read["signature"]
        if not isinstance(octets, str) or not isinstance(signature, str):
            raise EncodingError("a head's envelope holds something that is not text")
        return cls(
            octets=base64url.decode(octets, limit=HEAD_LIMIT),
            signature=base64url.decode(signature, limit=SIGNATURE_LENGTH),
        )
