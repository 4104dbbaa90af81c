"""The public log of removals: 80 octets each, in order, served as static segments.

Source: docs/protocol.md, "Registry". An entry is the removed handle (32 octets) and the value after
it (48). A full segment never changes, so that caches can keep it and nobody is told by it who
asks. Its points may be decoded like any others; what is computed from them is checked by pairing.
"""

from collections.abc import Sequence
from typing import Final

from credentials.curve import curve
from credentials.curve.scalars import decode_scalar, encode_scalar
from credentials.errors import EncodingError
from credentials.registry.accumulator import Removal

ENTRY_LENGTH: Final = 80
SEGMENT_ENTRIES: Final = 1024


def entry_of(removal: Removal) -> bytes:
    """The 80 octets of a removal."""
    return encode_scalar(removal.handle) + curve.encode_g1(removal.value)


def split_entries(octets: bytes) -> list[bytes]:
    """The entries of a segment; raises EncodingError for a length that is no multiple of 80."""
    if len(octets) % ENTRY_LENGTH:
        raise EncodingError("a segment of the registry's log ends inside an entry")
    return [octets[at : at + ENTRY_LENGTH] for at in range(0, len(octets), ENTRY_LENGTH)]


def read_entries(entries: Sequence[bytes]) -> list[Removal]:
    """Entries as removals; raises EncodingError."""
    return [
        Removal(handle=decode_scalar(entry[:32]), value=curve.decode_g1(entry[32:]))
        for entry in entries
    ]
