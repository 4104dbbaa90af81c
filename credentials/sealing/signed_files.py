"""The files that trustees exchange: signed CBOR in a small JSON object that can be mailed.

    {"symbolon": "trustee-card", "octets": "<base64url>", "signature": "<base64url>"}

`symbolon` says what it is, so that a wrong file is named as what it is; a whole ceremony has
`signatures`, one of each trustee. What counts are the octets and who signed them.
"""

import json
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credentials.errors import CeremonyRefused, EncodingError
from credentials.formats import base64url
from credentials.formats.ceremony_result import RESULT_LIMIT
from credentials.formats.json_object import read_list, read_object

SIGNATURE_LENGTH: Final = 64
OCTETS_LIMIT: Final = RESULT_LIMIT
FILE_LIMIT: Final = 65536  # characters
KINDS: Final = {
    "trustee-card": "a trustee's card",
    "trustee-deal": "a trustee's deal",
    "ceremony-part": "one trustee's part of a ceremony",
    "ceremony": "a whole ceremony",
}


def write_file(kind: str, octets: bytes, *, signature: bytes) -> str:
    """The text of a file with one signature."""
    return _write(
        {
            "symbolon": kind,
            "octets": base64url.encode(octets),
            "signature": base64url.encode(signature),
        }
    )


def write_file_of_all(kind: str, octets: bytes, *, signatures: Sequence[bytes]) -> str:
    """The text of a file with several signatures."""
    return _write(
        {
            "symbolon": kind,
            "octets": base64url.encode(octets),
            "signatures": [base64url.encode(one) for one in signatures],
        }
    )


def read_file(text: str, *, kind: str) -> tuple[bytes, bytes]:
    """Octets and signature of a file; neither is checked. Raises CeremonyRefused."""
    octets, signature = _read(text, kind=kind, signed="signature")
    return octets, _signature(signature)


def read_file_of_all(text: str, *, kind: str) -> tuple[bytes, tuple[bytes, ...]]:
    """Octets and signatures of a file; none is checked. Raises CeremonyRefused."""
    octets, signatures = _read(text, kind=kind, signed="signatures")
    all_signatures = read_list(signatures, name="signatures", error=CeremonyRefused)
    return octets, tuple(_signature(one) for one in all_signatures)


def is_signed(octets: bytes, *, signature: bytes, key: bytes, tag: bytes) -> bool:
    """Whether Ed25519 `signature` (64 octets) of `key` (32) is over tag || octets."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, tag + octets)
    except (InvalidSignature, ValueError):
        return False
    return True


def _write(value: dict[str, object]) -> str:
    return json.dumps(value, indent=2) + "\n"


def _read(text: str, *, kind: str, signed: str) -> tuple[bytes, object]:
    if len(text) > FILE_LIMIT:
        raise CeremonyRefused(f"the file is too large to be {KINDS[kind]}")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise CeremonyRefused(f"the file is not {KINDS[kind]}") from None
    found = value.get("symbolon") if isinstance(value, dict) else None
    if found != kind:
        instead = KINDS.get(found) if isinstance(found, str) else None
        tail = f", but {instead}" if instead else ""
        raise CeremonyRefused(f"the file is not {KINDS[kind]}{tail}")
    fields = read_object(
        value, required=("symbolon", "octets", signed), name=KINDS[kind], error=CeremonyRefused
    )
    return _octets(fields["octets"], limit=OCTETS_LIMIT), fields[signed]


def _signature(value: object) -> bytes:
    octets = _octets(value, limit=SIGNATURE_LENGTH)
    if len(octets) != SIGNATURE_LENGTH:
        raise CeremonyRefused("a signature does not have 64 octets")
    return octets


def _octets(value: object, *, limit: int) -> bytes:
    try:
        return base64url.decode(value, limit=limit)  # type: ignore[arg-type]
    except EncodingError as error:
        raise CeremonyRefused(f"the file is damaged: {error}") from None
