"""How large the crowds are in which members hide: rounded counts, as the organiser claims them.

Counts are rounded to tens. A group below ten is not told, and neither is a single group whose size
the others would give away. Nobody can check the counts; a wallet shows them as a claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.formats.attribute import AttributeValue
from credentials.formats.names import MAX_TEXT, take_attribute_name, take_shown_text

SMALLEST: Final = 10
MAX_COUNT: Final = 2**24
MAX_GROUPS: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """About how many current members have this value of a choice or flag: a multiple of ten."""

    attribute: str
    value: AttributeValue
    members: int

    def __post_init__(self) -> None:
        take_attribute_name(self.attribute)
        if type(self.value) is str:
            take_shown_text(self.value, name="a group's value")
        else:
            cbor.take_uint(self.value, max=1, name="a group's value")
        _take_count(self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Counts of current members; raises EncodingError.

    members: all of them, rounded to tens, 0 where there are fewer than ten. groups: by attribute
    and value; one that is missing is too small to be told.
    """

    members: int
    groups: tuple[Group, ...] = ()

    def __post_init__(self) -> None:
        _take_count(self.members, or_none=True)
        cbor.take_array(self.groups, max=MAX_GROUPS, name="groups")
        keys = [(group.attribute, group.value) for group in self.groups]
        if len(set(keys)) != len(keys):
            raise EncodingError("a crowd counts a group twice")

    @classmethod
    def of(cls, members: int, counts: Mapping[str, Mapping[AttributeValue, int]]) -> "Crowd":
        """Round exact counts; `counts` holds, for each attribute, every value's number of members.

        Where one group of an attribute is too small to be told, the next smallest is kept back too:
        from the others and the total its size could be told.
        """
        groups = []
        for attribute, by_value in counts.items():
            told = sorted(by_value.items(), key=lambda pair: (-pair[1], str(pair[0])))
            kept_back = [pair for pair in told if 0 < pair[1] < SMALLEST]
            told = [pair for pair in told if pair[1] >= SMALLEST]
            if len(kept_back) == 1 and told:
                told.pop()
            groups += [
                Group(attribute=attribute, value=value, members=_rounded(count))
                for value, count in told
            ]
        return cls(
            members=_rounded(members),
            groups=tuple(sorted(groups, key=lambda group: (group.attribute, str(group.value)))),
        )

    def around(self, disclosed: Mapping[str, AttributeValue]) -> int | None:
        """About how many members at most share what is disclosed; None where it is too few to tell.

        With several attributes disclosed it is the smallest of their groups: the crowd that shares
        all of them may be smaller.
        """
        sizes = [self.members]
        told = {(group.attribute, group.value): group.members for group in self.groups}
        for pair in disclosed.items():
            sizes.append(told.get(pair, 0))
        return min(sizes) or None

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The elements of its CBOR array inside metadata."""
        return (
            self.members,
            tuple((group.attribute, group.value, group.members) for group in self.groups),
        )

    @classmethod
    def from_fields(cls, fields: object) -> "Crowd":
        """From the elements of its CBOR array; raises EncodingError."""
        members, groups = cbor.take_array(fields, length=2, name="a crowd")
        return cls(
            members=cbor.take_uint(members, name="a number of members"),
            groups=tuple(
                _read_group(group)
                for group in cbor.take_array(groups, max=MAX_GROUPS, name="groups")
            ),
        )


def _read_group(fields: object) -> Group:
    attribute, value, members = cbor.take_array(fields, length=3, name="a group")
    if not isinstance(value, (str, int)):
        raise EncodingError("a group's value is neither text nor a number")
    return Group(
        attribute=cbor.take_text(attribute, max=MAX_TEXT, name="an attribute's name"),
        value=value,
        members=cbor.take_uint(members, name="a number of members"),
    )


def _take_count(value: object, *, or_none: bool = False) -> None:
    count = cbor.take_uint(value, max=MAX_COUNT, name="a number of members")
    if count % 10 or (count == 0 and not or_none):
        raise EncodingError("a number of members is not a multiple of ten")


def _rounded(count: int) -> int:
    """To the nearest ten, and 0 below ten."""
    return 0 if count < SMALLEST else max(SMALLEST, (count + 5) // 10 * 10)
