"""Cosignatures of witnesses: that a checkpoint is consistent with all that was seen of its log.

    signature = time (8, big-endian Unix seconds) || Ed25519 signature (64)
    of "cosignature/v1" || newline || "time " || decimal time || newline || text of the note

Source: C2SP tlog-cosignature, the Ed25519 kind.
"""

from dataclasses import dataclass, field
from typing import Final, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.errors import LogRefused
from credentials.log.lines import take_number
from credentials.log.note import KeyKind, NoteSignature, VerifierKey

TIME_LENGTH: Final = 8
COSIGNATURE_LENGTH: Final = TIME_LENGTH + 64


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessKey:
    """A witness's name and its private key, which signs nothing but cosignatures."""

    name: str
    private_key: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier_key(self) -> VerifierKey:
        """What others need to check its cosignatures. Raises LogRefused for a bad name."""
        return VerifierKey(
            name=self.name,
            kind=KeyKind.COSIGNATURE,
            public_key=self.private_key.public_key().public_bytes_raw(),
        )

    def cosign(self, text: str, *, time: int) -> NoteSignature:
        """Cosign the text of a checkpoint's note at `time` (Unix seconds).

        It says that the witness never cosigned a checkpoint that contradicts this one: to be made
        only of what `credentials.log.witness.cosign_next` let through.
        """
        octets = take_number(time, name="a cosignature's time").to_bytes(TIME_LENGTH, "big")
        return NoteSignature(
            name=self.name,
            key_id=self.verifier_key.key_id,
            signature=octets + self.private_key.sign(_message(text, time=time)),
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError("a witness's key is not pickled")


def check_cosignature(signature: NoteSignature, *, text: str, key: VerifierKey) -> int:
    """The time (Unix seconds) at which `key` cosigned the text of a note; raises LogRefused."""
    if key.kind is not KeyKind.COSIGNATURE or not key.made(signature):
        raise LogRefused("the cosignature is not of that witness")
    if len(signature.signature) != COSIGNATURE_LENGTH:
        raise LogRefused(f"a cosignature does not have {COSIGNATURE_LENGTH} octets")
    octets, ed25519 = signature.signature[:TIME_LENGTH], signature.signature[TIME_LENGTH:]
    time = take_number(int.from_bytes(octets, "big"), name="a cosignature's time")
    if not key.holds(ed25519, message=_message(text, time=time)):
        raise LogRefused("the cosignature is wrong")
    return time


def _message(text: str, *, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()
