"""Checkpoints: size and root of a log at a time, signed by its community and by witnesses.

    origin
    number of entries, decimal
    root, base64 of 32 octets
    "time " || decimal Unix seconds

each line with its newline; signed as a note by the community's metadata key (Ed25519) under the
origin as the key's name. Source: C2SP tlog-checkpoint; the fourth is its extension line, and
exactly that one is taken here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.errors import LogRefused, WitnessUnknown
from credentials.log.cosignature import check_cosignature
from credentials.log.lines import decode_base64, decode_number, encode_base64, take_number
from credentials.log.note import (
    KeyKind,
    Note,
    NoteSignature,
    VerifierKey,
    read_signatures,
    sign_note,
    take_name,
)
from credentials.merkle import EMPTY_ROOT, HASH_LENGTH

_TIME: Final = "time "


def log_origin(address: str, *, poll: str) -> str:
    """The origin of a poll's log at a community's address (without its last slash)."""
    return f"{address.partition('://')[2]}/polls/{poll}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log `origin` holds: its first `size` entries, whose root has 32 octets.

    `time` is when it was made (Unix seconds). Raises LogRefused.
    """

    origin: str
    size: int
    root: bytes
    time: int

    def __post_init__(self) -> None:
        take_name(self.origin)
        take_number(self.size, name="a log's size")
        take_number(self.time, name="a checkpoint's time")
        if type(self.root) is not bytes or len(self.root) != HASH_LENGTH:
            raise LogRefused(f"a root does not have {HASH_LENGTH} octets")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise LogRefused("an empty log has another root")

    def to_text(self) -> str:
        """The four lines."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n{_TIME}{self.time}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the four lines, and nothing else; raises LogRefused."""
        lines = text.split("\n")
        if len(lines) != 5 or lines[4] or not lines[3].startswith(_TIME):
            raise LogRefused("a checkpoint does not have its four lines")
        return cls(
            origin=lines[0],
            size=decode_number(lines[1], name="a log's size"),
            root=decode_base64(lines[2], length=HASH_LENGTH, name="a root"),
            time=decode_number(lines[3].removeprefix(_TIME), name="a checkpoint's time"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint's note with its signatures, none of them checked before open()."""

    note: Note

    @classmethod
    def sign(cls, checkpoint: Checkpoint, *, private_key: Ed25519PrivateKey) -> "SignedCheckpoint":
        """Sign with the community's metadata key."""
        return cls(
            note=sign_note(checkpoint.to_text(), name=checkpoint.origin, private_key=private_key)
        )

    def to_text(self) -> str:
        """The whole note, served as text/plain."""
        return self.note.to_text()

    @classmethod
    def parse(cls, text: str) -> "SignedCheckpoint":
        """Read a note; raises LogRefused."""
        return cls(note=Note.parse(text))

    def open(self, *, origin: str, key: bytes) -> Checkpoint:
        """The checkpoint, if it is of that log and signed by `key` (32 octets, Ed25519).

        Raises LogRefused, whatever is wrong.
        """
        self.note.check(key=VerifierKey(name=origin, kind=KeyKind.ED25519, public_key=key))
        checkpoint = Checkpoint.parse(self.note.text)
        if checkpoint.origin != origin:
            raise LogRefused("the checkpoint is of another log")
        return checkpoint

    def with_cosignature(
        self, cosignature: NoteSignature, *, key: VerifierKey
    ) -> "SignedCheckpoint":
        """The same with one cosignature more, once it is checked; raises LogRefused."""
        check_cosignature(cosignature, text=self.note.text, key=key)
        return SignedCheckpoint(note=self.note.with_signatures((cosignature,)))

    def with_cosignatures(
        self, lines: str, *, witnesses: Iterable[VerifierKey]
    ) -> "SignedCheckpoint":
        """The same with the cosignatures in signature lines, those of known witnesses.

        Lines of others are left out. Raises WitnessUnknown if no line is of a known witness, and
        LogRefused if one is malformed, or of a known witness and wrong.
        """
        keys = tuple(witnesses)
        known = [(line, key) for line in read_signatures(lines) for key in keys if key.made(line)]
        if not known:
            raise WitnessUnknown("none of the cosignatures is of a witness that is known")
        signed = self
        for line, key in known:
            signed = signed.with_cosignature(line, key=key)
        return signed

    def cosigned_by(self, keys: Iterable[VerifierKey]) -> list[tuple[str, int]]:
        """Which of these witnesses cosigned, and when last (Unix seconds), in the keys' order.

        Each is named once. Raises LogRefused if a cosignature of one of them is wrong: such a note
        is to be rejected.
        """
        found: list[tuple[str, int]] = []
        for key in dict.fromkeys(keys):
            made = [line for line in self.note.signatures if key.made(line)]
            times = [check_cosignature(line, text=self.note.text, key=key) for line in made]
            if times:
                found.append((key.name, max(times)))
        return found
