"""How a poll's votes are sealed, as its manifest says: not at all, by trustees, or by the server.

Source: docs/protocol.md, "Sealed ballots". That the keys are points is checked where they are used.
"""

from dataclasses import dataclass
from typing import Final

from credentials.errors import PolicyError
from credentials.formats import cbor
from credentials.formats.names import take_shown_text

KEY_LENGTH: Final = 96  # octets, a compressed point of G2
MAX_TRUSTEES: Final = 32

SERVER: Final = "server"
TRUSTEES: Final = "trustees"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trustee:
    """A trustee's name, and the key (96 octets, G2) that its share of the opening is checked by."""

    name: str
    key: bytes

    def __post_init__(self) -> None:
        take_shown_text(self.name, name="a trustee's name")
        cbor.take_octets(self.key, length=KEY_LENGTH, name="a trustee's key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """The key (96 octets, G2) to which votes are sealed, and who can open them.

    Without trustees the server alone can, at any time, and the poll is labelled so. Otherwise any
    `threshold` of the trustees can. Raises EncodingError or PolicyError.
    """

    key: bytes
    threshold: int = 0
    trustees: tuple[Trustee, ...] = ()

    def __post_init__(self) -> None:
        cbor.take_octets(self.key, length=KEY_LENGTH, name="a sealing key")
        cbor.take_array(self.trustees, max=MAX_TRUSTEES, name="trustees")
        lowest = 1 if self.trustees else 0
        cbor.take_uint(self.threshold, min=lowest, max=len(self.trustees), name="a threshold")
        if len({trustee.name for trustee in self.trustees}) != len(self.trustees):
            raise PolicyError("two trustees have the same name")

    @property
    def opener(self) -> str:
        """`server` or `trustees`."""
        return TRUSTEES if self.trustees else SERVER

    def to_fields(self) -> cbor.Value:
        """The elements of its CBOR array in a manifest."""
        if not self.trustees:
            return (SERVER, self.key)
        trustees = tuple((trustee.name, trustee.key) for trustee in self.trustees)
        return (TRUSTEES, self.threshold, self.key, trustees)

    @classmethod
    def from_fields(cls, fields: object) -> "Sealing | None":
        """From the elements of its CBOR array, none of them for an open poll.

        Raises EncodingError or PolicyError.
        """
        array = cbor.take_array(fields, max=4, name="a sealing")
        if not array:
            return None
        if array[0] == SERVER:
            _, key = cbor.take_array(array, length=2, name="a sealing by the server")
            return cls(key=cbor.take_octets(key, length=KEY_LENGTH, name="a sealing key"))
        kind, threshold, key, trustees = cbor.take_array(array, length=4, name="a sealing")
        if kind != TRUSTEES:
            raise PolicyError("the poll is sealed in a way that this version does not know")
        return cls(
            key=cbor.take_octets(key, length=KEY_LENGTH, name="a sealing key"),
            threshold=cbor.take_uint(threshold, min=1, name="a threshold"),
            trustees=tuple(
                _trustee(pair)
                for pair in cbor.take_array(trustees, min=1, max=MAX_TRUSTEES, name="trustees")
            ),
        )


def _trustee(pair: object) -> Trustee:
    name, key = cbor.take_array(pair, length=2, name="a trustee")
    return Trustee(
        name=cbor.take_text(name, max=200, name="a trustee's name"),
        key=cbor.take_octets(key, length=KEY_LENGTH, name="a trustee's key"),
    )
