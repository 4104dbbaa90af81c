"""The file from which anyone recounts a poll offline: a head, then every entry of the poll's log.

It is read and written as a stream of frames, I2OSP(length, 4) || octets, so that its size does not
matter. Nothing in it is checked here but its shape. Source: docs/protocol.md, "Polls".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from credentials import domain_tags
from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.formats.community import METADATA_LIMIT
from credentials.formats.head import SignedHead
from credentials.formats.metadata import SignedMetadata
from credentials.formats.poll_event import EVENT_LIMIT
from credentials.formats.witnesses import MAX_WITNESSES

FRAME_HEAD: Final = 4  # octets
CHECKPOINT_LIMIT: Final = 65536  # octets
MAX_ENTRIES: Final = 2**24
MAX_EARLIER: Final = 16
BUNDLE_HEAD_LIMIT: Final = METADATA_LIMIT + (2 + MAX_EARLIER) * CHECKPOINT_LIMIT + 4096  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleHead:
    """What stands before the entries; raises EncodingError.

    metadata: the community's. head: the registry head that is the poll's roll. checkpoint: the
    final one, a signed note with its cosignatures, in UTF-8. closing: the same of the checkpoint
    whose last entry is the closing, empty if there is none. earlier: such notes of other earlier
    states, whose cosignatures show what was known before a beacon's round. witnesses: verifier keys
    of the
    witnesses that the community names. entries: how many follow.
    """

    metadata: SignedMetadata
    head: SignedHead
    checkpoint: bytes = field(repr=False)
    closing: bytes = field(default=b"", repr=False)
    earlier: tuple[bytes, ...] = field(default=(), repr=False)
    witnesses: tuple[str, ...] = ()
    entries: int

    def __post_init__(self) -> None:
        if type(self.metadata) is not SignedMetadata:
            raise EncodingError("a bundle has no signed metadata")
        if type(self.head) is not SignedHead:
            raise EncodingError("a bundle has no signed registry head")
        for note in (self.checkpoint, self.closing):
            cbor.take_octets(note, max=CHECKPOINT_LIMIT, name="a checkpoint")
        for earlier in cbor.take_array(self.earlier, max=MAX_EARLIER, name="earlier checkpoints"):
            cbor.take_octets(earlier, max=CHECKPOINT_LIMIT, name="an earlier checkpoint")
        for witness in cbor.take_array(self.witnesses, max=MAX_WITNESSES, name="witnesses"):
            cbor.take_text(witness, max=400, name="a witness's key")
        cbor.take_uint(self.entries, min=1, max=MAX_ENTRIES, name="a number of entries")

    def to_cbor(self) -> bytes:
        """Its octets."""
        return cbor.encode_labelled(
            domain_tags.POLL_BUNDLE,
            (self.metadata.octets, self.metadata.signature),
            self.head.to_fields(),
            self.checkpoint,
            self.closing,
            self.earlier,
            self.witnesses,
            self.entries,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "BundleHead":
        """The head in `octets`; raises EncodingError."""
        metadata, head, checkpoint, closing, earlier, witnesses, entries = cbor.decode_labelled(
            octets, label=domain_tags.POLL_BUNDLE, fields=7, limit=BUNDLE_HEAD_LIMIT
        )
        described, signature = cbor.take_array(metadata, length=2, name="signed metadata")
        return cls(
            metadata=SignedMetadata(
                octets=cbor.take_octets(described, max=METADATA_LIMIT, name="metadata"),
                signature=cbor.take_octets(signature, name="a signature"),
            ),
            head=SignedHead.from_fields(head),
            checkpoint=cbor.take_octets(checkpoint, name="a checkpoint"),
            closing=cbor.take_octets(closing, name="a checkpoint"),
            earlier=tuple(
                cbor.take_octets(note, max=CHECKPOINT_LIMIT, name="an earlier checkpoint")
                for note in cbor.take_array(earlier, max=MAX_EARLIER, name="earlier checkpoints")
            ),
            witnesses=tuple(
                cbor.take_text(witness, max=400, name="a witness's key")
                for witness in cbor.take_array(witnesses, max=MAX_WITNESSES, name="witnesses")
            ),
            entries=cbor.take_uint(entries, name="a number of entries"),
        )


def write_bundle(head: BundleHead, entries: Iterable[bytes]) -> Iterator[bytes]:
    """The file, piece by piece."""
    yield _framed(head.to_cbor())
    for entry in entries:
        yield _framed(entry)


def read_bundle(file: BinaryIO) -> tuple[BundleHead, Iterator[bytes]]:
    """The head of an opened file, and its entries as they are asked for.

    Raises EncodingError, at the head and at the entries, for a file that is cut off, goes on after
    its last entry, or is no bundle.
    """
    octets = _frame(file, limit=BUNDLE_HEAD_LIMIT)
    if octets is None:
        raise EncodingError("the file is empty")
    head = BundleHead.from_cbor(octets)
    return head, _entries(file, head.entries)


def _entries(file: BinaryIO, number: int) -> Iterator[bytes]:
    for _ in range(number):
        entry = _frame(file, limit=EVENT_LIMIT)
        if entry is None:
            raise EncodingError("the file ends before its last entry")
        yield entry
    if file.read(1):
        raise EncodingError("the file goes on after its last entry")


def _framed(octets: bytes) -> bytes:
    return len(octets).to_bytes(FRAME_HEAD, "big") + octets


def _frame(file: BinaryIO, *, limit: int) -> bytes | None:
    """The next frame, None at the end of the file."""
    head = file.read(FRAME_HEAD)
    if not head:
        return None
    length = int.from_bytes(head, "big")
    if len(head) != FRAME_HEAD or length > limit:
        raise EncodingError("the file is not a poll's bundle, or it is damaged")
    octets = file.read(length)
    if len(octets) != length:
        raise EncodingError("the file is cut off")
    return octets
