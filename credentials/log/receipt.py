"""Receipts: one file that proves, offline, that an entry is in a log.

    "c2sp.org/tlog-proof@v1"
    "index " || decimal index of the entry, from 0
    base64 of each hash of the inclusion proof, from the leaf's sibling up, one line each
    an empty line
    the checkpoint's note, with whatever cosignatures it has

Source: C2SP tlog-proof, without its line of extra data.
"""

from dataclasses import dataclass, field
from typing import Final

from credentials.errors import LogRefused
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.lines import decode_base64, decode_number, encode_base64, take_number
from credentials.merkle import HASH_LENGTH, Tree, check_inclusion

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_PROOF: Final = 63  # hashes: the height of a tree of less than 2^63 entries

_INDEX: Final = "index "


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Where an entry stands, the path from it to the root, and the checkpoint with that root.

    Nothing in it is checked before check().
    """

    index: int
    proof: tuple[bytes, ...] = field(repr=False)
    signed: SignedCheckpoint = field(repr=False)

    def __post_init__(self) -> None:
        take_number(self.index, name="an entry's index")
        if len(self.proof) > MAX_PROOF:
            raise LogRefused(f"an inclusion proof has more than {MAX_PROOF} hashes")

    @classmethod
    def make(cls, tree: Tree, *, index: int, signed: SignedCheckpoint) -> "Receipt":
        """The receipt of the entry at `index` under a checkpoint of that tree, or of its beginning.

        Raises LogRefused where the checkpoint's size or root is not the tree's, or too small.
        """
        checkpoint = Checkpoint.parse(signed.note.text)
        if tree.root(checkpoint.size) != checkpoint.root:
            raise LogRefused("the checkpoint has another root than the tree")
        proof = tree.inclusion_proof(index, size=checkpoint.size)
        return cls(index=index, proof=proof, signed=signed)

    def to_text(self) -> str:
        """The receipt as a file, `.tlog-proof`."""
        proof = "".join(encode_base64(value) + "\n" for value in self.proof)
        return f"{HEADER}\n{_INDEX}{self.index}\n{proof}\n{self.signed.to_text()}"

    @classmethod
    def parse(cls, text: str) -> "Receipt":
        """Read a receipt; raises LogRefused."""
        head, gap, note = text.partition("\n\n")
        lines = head.split("\n")
        if not gap or lines[0] != HEADER or len(lines) < 2 or not lines[1].startswith(_INDEX):
            raise LogRefused("a receipt does not begin as one")
        if len(lines) - 2 > MAX_PROOF:
            raise LogRefused(f"an inclusion proof has more than {MAX_PROOF} hashes")
        signed = SignedCheckpoint.parse(note)
        Checkpoint.parse(signed.note.text)
        return cls(
            index=decode_number(lines[1].removeprefix(_INDEX), name="an entry's index"),
            proof=tuple(
                decode_base64(line, length=HASH_LENGTH, name="a hash") for line in lines[2:]
            ),
            signed=signed,
        )

    def check(self, leaf: bytes, *, origin: str, key: bytes) -> Checkpoint:
        """The checkpoint, once it is sure that the entry with that leaf hash is under it.

        `leaf` has 32 octets, `key` is the community's metadata key, 32 octets. Raises LogRefused.
        """
        checkpoint = self.signed.open(origin=origin, key=key)
        check_inclusion(
            leaf,
            index=self.index,
            size=checkpoint.size,
            root=checkpoint.root,
            proof=self.proof,
        )
        return checkpoint
