"""How a poll's votes are sealed, as its manifest says: not at all, by trustees, or by the server.

Where trustees open, the whole result of their ceremony stands here with the signature of each, so
that nobody is named as a trustee who did not sign. Source: docs/protocol.md, "Sealed ballots".
Signatures and points are checked by `credentials.sealing.trustees`.
"""

from dataclasses import dataclass, field
from typing import Final

from credentials.errors import EncodingError, PolicyError
from credentials.formats import cbor
from credentials.formats.ceremony_result import (
    MAX_TRUSTEES,
    RESULT_LIMIT,
    SEALING_KEY_LENGTH,
    CeremonyResult,
    Trustee,
)

SIGNATURE_LENGTH: Final = 64  # octets, Ed25519

SERVER: Final = "server"
TRUSTEES: Final = "trustees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """The key (96 octets, G2) to which votes are sealed, and who can open them.

    Without a ceremony the server alone can, at any time, and the poll is labelled so. Otherwise any
    `threshold` of the trustees can; `signatures` has one of each (64 octets) over the result, in
    their order. Raises EncodingError or PolicyError.
    """

    key: bytes
    result: CeremonyResult | None = None
    signatures: tuple[bytes, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        cbor.take_octets(self.key, length=SEALING_KEY_LENGTH, name="a sealing key")
        if self.result is not None and type(self.result) is not CeremonyResult:
            raise EncodingError("a sealing names something else than a ceremony's result")
        cbor.take_array(self.signatures, length=len(self.trustees), name="signatures of trustees")
        for signature in self.signatures:
            cbor.take_octets(signature, length=SIGNATURE_LENGTH, name="a trustee's signature")
        if self.result is not None and self.key != self.result.key:
            raise PolicyError("the poll is sealed to another key than its trustees'")

    @classmethod
    def by_trustees(cls, result: CeremonyResult, *, signatures: tuple[bytes, ...]) -> "Sealing":
        """To the key of a ceremony, with what its trustees signed."""
        return cls(key=result.key, result=result, signatures=signatures)

    @property
    def trustees(self) -> tuple[Trustee, ...]:
        """Who opens the votes, in the order of their numbers; nobody but the server otherwise."""
        return () if self.result is None else self.result.trustees

    @property
    def threshold(self) -> int:
        """How many trustees open a poll, 0 where there are none."""
        return 0 if self.result is None else self.result.threshold

    @property
    def opener(self) -> str:
        """`server` or `trustees`."""
        return SERVER if self.result is None else TRUSTEES

    def to_fields(self) -> cbor.Value:
        """The elements of its CBOR array in a manifest."""
        if self.result is None:
            return (SERVER, self.key)
        return (TRUSTEES, self.result.to_cbor(), self.signatures)

    @classmethod
    def from_fields(cls, fields: object) -> "Sealing | None":
        """From the elements of its CBOR array, none of them for an open poll.

        Raises EncodingError or PolicyError.
        """
        array = cbor.take_array(fields, max=3, name="a sealing")
        if not array:
            return None
        if array[0] == SERVER:
            _, key = cbor.take_array(array, length=2, name="a sealing by the server")
            return cls(key=cbor.take_octets(key, name="a sealing key"))
        kind, result, signatures = cbor.take_array(array, length=3, name="a sealing")
        if kind != TRUSTEES:
            raise PolicyError("the poll is sealed in a way that this version does not know")
        return cls.by_trustees(
            CeremonyResult.from_cbor(
                cbor.take_octets(result, max=RESULT_LIMIT, name="a ceremony's result")
            ),
            signatures=tuple(
                cbor.take_octets(one, max=SIGNATURE_LENGTH, name="a trustee's signature")
                for one in cbor.take_array(signatures, max=MAX_TRUSTEES, name="signatures")
            ),
        )
