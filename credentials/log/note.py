"""Signed notes: a text, the lines of its signatures, and the keys that verify them.

    text, which ends in a newline
    an empty line
    one line a signature: EM DASH (U+2014), space, name of the key, space, base64 of
    key id (4) || signature

    key id = SHA-256(name || 0x0A || kind || public key)[:4]
    verifier key = name || "+" || hex of the key id || "+" || base64 of kind (1) || public key (32)

Source: C2SP signed-note. Two kinds of key are known here: Ed25519 (0x01), which signs the text, and
Ed25519 cosignatures (0x04), which `cosignature` makes and checks. Signatures of other kinds are
carried along unread, as the specification asks.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from credentials.errors import LogRefused
from credentials.log.lines import decode_base64, encode_base64

KEY_LENGTH: Final = 32
KEY_ID_LENGTH: Final = 4
MAX_NAME: Final = 400  # characters: the address of a community, and a poll's path in it
MAX_NOTE: Final = 256 * 1024  # octets; 16 post-quantum signatures of 5 kB must fit
MAX_SIGNATURES: Final = 100
MAX_SIGNATURE: Final = 8 * 1024  # octets

_SIGNATURE_LINE = re.compile("\u2014 ([^ ]+) ([^ ]+)")
_KEY_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


class KeyKind(IntEnum):
    """What a key signs; the first octet of its verifier key."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key and its name, by which signatures are found. Raises LogRefused.

    `public_key` has 32 octets (RFC 8032).
    """

    name: str
    kind: KeyKind
    public_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        take_name(self.name)
        if type(self.public_key) is not bytes or len(self.public_key) != KEY_LENGTH:
            raise LogRefused(f"a public key does not have {KEY_LENGTH} octets")

    @property
    def key_id(self) -> bytes:
        """The first 4 octets of a hash over name, kind and key."""
        octets = self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key
        return hashlib.sha256(octets).digest()[:KEY_ID_LENGTH]

    def made(self, signature: "NoteSignature") -> bool:
        """Whether a signature says that it is of this key: same name and id. Nothing is checked."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def holds(self, signature: bytes, *, message: bytes) -> bool:
        """Whether 64 octets are this key's Ed25519 signature of a message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_text(self) -> str:
        """The verifier key, as it is handed to others."""
        return f"{self.name}+{self.key_id.hex()}+" + encode_base64(
            bytes([self.kind]) + self.public_key
        )

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read a verifier key; raises LogRefused, also for a kind that is not known here."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        if _KEY_ID.fullmatch(key_id) is None:
            raise LogRefused("a verifier key is not of the form name+id+key")
        octets = decode_base64(encoded, length=1 + KEY_LENGTH, name="a verifier key")
        try:
            kind = KeyKind(octets[0])
        except ValueError:
            raise LogRefused("a verifier key is of a kind that is not known here") from None
        key = cls(name=name, kind=kind, public_key=octets[1:])
        if key.key_id.hex() != key_id:
            raise LogRefused("a verifier key has another id than its own")
        return key


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line: whose key, its id (4 octets), and what it made. Raises LogRefused."""

    name: str
    key_id: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def __post_init__(self) -> None:
        take_name(self.name)
        if len(self.key_id) != KEY_ID_LENGTH:
            raise LogRefused(f"a key id does not have {KEY_ID_LENGTH} octets")
        if not 1 <= len(self.signature) <= MAX_SIGNATURE:
            raise LogRefused(f"a signature does not have 1 to {MAX_SIGNATURE} octets")

    def to_line(self) -> str:
        """The line, with its newline."""
        return f"\u2014 {self.name} {encode_base64(self.key_id + self.signature)}\n"

    @classmethod
    def parse(cls, line: str) -> "NoteSignature":
        """Read a line without its newline; raises LogRefused."""
        match = _SIGNATURE_LINE.fullmatch(line)
        if match is None:
            raise LogRefused("a signature line is not of its form")
        octets = decode_base64(match[2], name="a signature line")
        return cls(name=match[1], key_id=octets[:KEY_ID_LENGTH], signature=octets[KEY_ID_LENGTH:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text (ending in a newline) and its signatures, none of them checked. Raises LogRefused."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        _take_plain(self.text)
        if not self.text.endswith("\n"):
            raise LogRefused("a note's text does not end in a newline")
        if not 1 <= len(self.signatures) <= MAX_SIGNATURES:
            raise LogRefused(f"a note does not have 1 to {MAX_SIGNATURES} signatures")

    def to_text(self) -> str:
        """The whole note."""
        return self.text + "\n" + "".join(line.to_line() for line in self.signatures)

    @classmethod
    def parse(cls, text: str) -> "Note":
        """Read a note; raises LogRefused."""
        _take_plain(text)
        # The text may hold empty lines itself: the last one parts it from the signatures.
        body, gap, lines = text.rpartition("\n\n")
        if not gap:
            raise LogRefused("a note has no empty line before its signatures")
        return cls(text=body + "\n", signatures=read_signatures(lines))

    def check(self, *, key: VerifierKey) -> None:
        """Check that a key of the kind ED25519 signed the text; raises LogRefused."""
        if key.kind is not KeyKind.ED25519:
            raise LogRefused("a key of another kind does not sign the text itself")
        made = [line for line in self.signatures if key.made(line)]
        if not made:
            raise LogRefused("the note is not signed by that key")
        if not all(key.holds(line.signature, message=self.text.encode()) for line in made):
            raise LogRefused("the signature of the note is wrong")

    def with_signatures(self, signatures: Iterable[NoteSignature]) -> "Note":
        """The note with more signatures; one of the same key takes the place of an older one."""
        lines = {(line.name, line.key_id): line for line in (*self.signatures, *signatures)}
        return replace(self, signatures=tuple(lines.values()))


def sign_note(text: str, *, name: str, private_key: Ed25519PrivateKey) -> Note:
    """A note over `text` with one signature, by a key of the kind ED25519. Raises LogRefused."""
    key = VerifierKey(
        name=name,
        kind=KeyKind.ED25519,
        public_key=private_key.public_key().public_bytes_raw(),
    )
    _take_plain(text)
    line = NoteSignature(name=name, key_id=key.key_id, signature=private_key.sign(text.encode()))
    return Note(text=text, signatures=(line,))


def read_signatures(lines: str) -> tuple[NoteSignature, ...]:
    """Signature lines, each with its newline, 1 to 100 of them; raises LogRefused."""
    _take_plain(lines)
    if not lines.endswith("\n"):
        raise LogRefused("a signature line does not end in a newline")
    rows = lines[:-1].split("\n")
    if len(rows) > MAX_SIGNATURES:
        raise LogRefused(f"there are more than {MAX_SIGNATURES} signatures")
    return tuple(NoteSignature.parse(row) for row in rows)


def take_name(name: str) -> str:
    """`name` if a key may have it; raises LogRefused.

    1 to 400 characters, no spaces of any kind, no plus, no control characters.
    """
    if type(name) is not str or not 1 <= len(name) <= MAX_NAME:
        raise LogRefused(f"a key's name does not have 1 to {MAX_NAME} characters")
    if "+" in name or any(character.isspace() for character in name):
        raise LogRefused("a key's name holds a space or a plus")
    _take_plain(name)
    return name


def _take_plain(text: str) -> None:
    """Unicode text without control characters below U+0020 but newlines; raises LogRefused."""
    try:
        octets = text.encode()
    except (UnicodeEncodeError, AttributeError):
        raise LogRefused("a note is not Unicode text") from None
    if len(octets) > MAX_NOTE:
        raise LogRefused(f"a note is longer than {MAX_NOTE} octets")
    if any(character < " " and character != "\n" for character in text):
        raise LogRefused("a note holds a control character")
