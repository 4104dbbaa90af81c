"""The witnesses that a poll pins: their verifier keys, and how many must cosign its closing.

More than half of them are always needed. Otherwise an organiser could show one half of them one
log and the other half another, and both would have enough. Source: docs/protocol.md, "Polls"; the
form of a key is that of C2SP signed-note.
"""

from typing import Final

from credentials.errors import EncodingError, LogRefused, PolicyError
from credentials.formats import cbor
from credentials.formats.names import take_shown_text
from credentials.log.note import MAX_NAME, KeyKind, VerifierKey

MAX_WITNESSES: Final = 64
MAX_KEY: Final = 500  # characters


def read_witness(text: str) -> VerifierKey:
    """The key of a witness, in its one spelling. Raises EncodingError."""
    try:
        key = VerifierKey.parse(text)
    except LogRefused as error:
        raise EncodingError(f"a witness's key is none: {error}") from None
    if key.kind is not KeyKind.COSIGNATURE:
        raise EncodingError("a witness's key is not one for cosignatures")
    take_shown_text(key.name, max=MAX_NAME, name="a witness's name")
    return key


def take_witnesses(value: object, *, needed: object) -> tuple[VerifierKey, ...]:
    """The keys of different witnesses, of whom `needed` must cosign, 0 only where there are none.

    Raises EncodingError or PolicyError.
    """
    texts = cbor.take_array(value, max=MAX_WITNESSES, name="a poll's witnesses")
    keys = tuple(
        read_witness(cbor.take_text(text, max=MAX_KEY, name="a witness's key")) for text in texts
    )
    # One key under two names would count twice.
    if len({key.public_key for key in keys}) != len(keys):
        raise PolicyError("a poll pins a witness twice")
    if len({key.name for key in keys}) != len(keys):
        raise PolicyError("a poll pins two witnesses of one name")
    number = cbor.take_uint(needed, max=len(keys), name="a number of witnesses")
    if keys and 2 * number <= len(keys):
        raise PolicyError("a poll needs no more than half of the witnesses that it pins")
    return keys
