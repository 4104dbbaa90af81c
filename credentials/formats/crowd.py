"""How many members share what is shown, as the organiser claims it: the published crowd table.

Members are sorted by the choices and flags of the schema, some of them together on one sheet. Each
member is in at most one group of a sheet, so that sums of groups are true as well. Every number is
at most the true one, a multiple of ten. How the table is made from exact counts, and why nothing
below ten can be worked out from it, is in `credentials.crowd`. Nobody can check the counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.formats.attribute import ANONYMOUS_TYPES, MAX_OF_TYPE, MAX_VALUES
from credentials.formats.credential import MAX_SERIAL
from credentials.formats.names import take_attribute_name
from credentials.formats.schema import Schema

STEP: Final = 10
"""Numbers are rounded down to multiples of it; so many members at least are in no group."""

SMALLEST: Final = 20
"""The smallest group that is told."""

MAX_TOGETHER: Final = 3  # attributes on one sheet
MAX_SHEETS: Final = 16
MAX_GROUPS: Final = 256  # on one sheet
MAX_REMOVALS: Final = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """At least so many of those counted have these values of a sheet's first attributes.

    values: the places of choices in the schema's lists, from 0; flags 0 or 1. Whoever is in a group
    of a longer beginning is not counted again in that of a shorter one. members: a multiple of ten,
    20 or more.
    """

    values: tuple[int, ...]
    members: int

    def __post_init__(self) -> None:
        for value in cbor.take_array(self.values, min=1, max=MAX_TOGETHER, name="a group's values"):
            cbor.take_uint(value, max=MAX_VALUES - 1, name="a group's value")
        _take_count(self.members, min=SMALLEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Attributes that are counted together, in an order, and their groups, by ascending values."""

    attributes: tuple[str, ...]
    groups: tuple[Group, ...]

    def __post_init__(self) -> None:
        for name in cbor.take_array(self.attributes, max=MAX_TOGETHER, name="a sheet's attributes"):
            take_attribute_name(name)
        cbor.take_array(self.groups, min=1, max=MAX_GROUPS, name="a sheet's groups")
        if not all(isinstance(group, Group) for group in self.groups):
            raise EncodingError("a sheet holds something else than groups")
        keys = [group.values for group in self.groups]
        if keys != sorted(set(keys)):
            raise EncodingError("the groups of a sheet are not in their order")
        if any(len(key) > len(self.attributes) for key in keys):
            raise EncodingError("a group has more values than its sheet has attributes")

    @property
    def members(self) -> int:
        """How many are in a group."""
        return sum(group.members for group in self.groups)

    def sharing(self, places: Mapping[str, int]) -> int:
        """At least so many have all these values; each attribute is on this sheet."""
        wanted = [(self.attributes.index(name), place) for name, place in places.items()]
        return sum(
            group.members
            for group in self.groups
            if all(at < len(group.values) and group.values[at] == place for at, place in wanted)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The table of one moment; raises EncodingError.

    day: no pass of those counted had ended before it (days since 1970-01-01), 0 where passes do not
    end. since, removals: length of the registry's log when those who left were last taken out of
    the count, and at the head of this table: of those counted, at most as many have left as the log
    has grown since `since`. highest_serial: that of those counted. members: how many were
    counted, rounded down to tens. sheets: no attribute is on two.
    """

    day: int = 0
    since: int = 0
    removals: int = 0
    highest_serial: int = 0
    members: int = 0
    sheets: tuple[Sheet, ...] = ()

    def __post_init__(self) -> None:
        cbor.take_uint(self.day, max=MAX_OF_TYPE["date"], name="a crowd's day")
        cbor.take_uint(self.removals, max=MAX_REMOVALS, name="a number of removals")
        cbor.take_uint(self.since, max=self.removals, name="a number of earlier removals")
        cbor.take_uint(self.highest_serial, max=MAX_SERIAL, name="a highest serial")
        _take_count(self.members)
        cbor.take_array(self.sheets, max=MAX_SHEETS, name="sheets")
        if not all(isinstance(sheet, Sheet) for sheet in self.sheets):
            raise EncodingError("a crowd holds something else than sheets")
        names = [name for sheet in self.sheets for name in sheet.attributes]
        if len(set(names)) != len(names):
            raise EncodingError("a crowd counts by one attribute twice")
        if any(sheet.members > self.members - STEP for sheet in self.sheets):
            raise EncodingError("a crowd leaves fewer than ten members out of its groups")

    def check(self, schema: Schema) -> None:
        """Raise EncodingError unless the schema has what is counted by, as choices and flags."""
        known = {attribute.name: attribute for attribute in schema.attributes}
        for sheet in self.sheets:
            for at, name in enumerate(sheet.attributes):
                attribute = known.get(name)
                if attribute is None or attribute.type not in ANONYMOUS_TYPES:
                    raise EncodingError(f"the crowd counts by {name!r}, which is no choice or flag")
                places = len(attribute.values) or 2
                if any(
                    place >= places for group in sheet.groups for place in group.values[at:][:1]
                ):
                    raise EncodingError(f"the crowd counts a value that {name!r} does not have")

    def sharing(self, places: Mapping[str, int]) -> int:
        """At least so many of those counted have all these values; 0 where nothing can be said.

        Of two groups of 200 and 280 among at most 299, at least 181 are in both: so a combination
        over several sheets is told from the groups of each.
        """
        known, rest = [], dict(places)
        for sheet in self.sheets:
            here = {name: rest.pop(name) for name in sheet.attributes if name in rest}
            if here:
                known.append(sheet.sharing(here))
        if rest:
            return 0
        at_most = self.members + STEP - 1
        return max(0, sum(known) - (len(known) - 1) * at_most) if known else self.members

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The elements of its CBOR array inside metadata."""
        return (
            self.day,
            self.since,
            self.removals,
            self.highest_serial,
            self.members,
            tuple(
                (sheet.attributes, tuple((group.values, group.members) for group in sheet.groups))
                for sheet in self.sheets
            ),
        )

    @classmethod
    def from_fields(cls, fields: object) -> "Crowd":
        """From the elements of its CBOR array; raises EncodingError."""
        day, since, removals, serial, members, sheets = cbor.take_array(
            fields, length=6, name="a crowd"
        )
        return cls(
            day=cbor.take_uint(day, name="a crowd's day"),
            since=cbor.take_uint(since, name="a number of earlier removals"),
            removals=cbor.take_uint(removals, name="a number of removals"),
            highest_serial=cbor.take_uint(serial, name="a highest serial"),
            members=cbor.take_uint(members, name="a number of members"),
            sheets=tuple(
                _read_sheet(sheet)
                for sheet in cbor.take_array(sheets, max=MAX_SHEETS, name="sheets")
            ),
        )


def _read_sheet(fields: object) -> Sheet:
    attributes, groups = cbor.take_array(fields, length=2, name="a sheet")
    return Sheet(
        attributes=tuple(
            cbor.take_text(name, max=32, name="an attribute's name")
            for name in cbor.take_array(attributes, max=MAX_TOGETHER, name="a sheet's attributes")
        ),
        groups=tuple(
            _read_group(group)
            for group in cbor.take_array(groups, max=MAX_GROUPS, name="a sheet's groups")
        ),
    )


def _read_group(fields: object) -> Group:
    values, members = cbor.take_array(fields, length=2, name="a group")
    return Group(
        values=tuple(
            cbor.take_uint(value, name="a group's value")
            for value in cbor.take_array(values, max=MAX_TOGETHER, name="a group's values")
        ),
        members=cbor.take_uint(members, name="a number of members"),
    )


def _take_count(value: object, *, min: int = 0) -> None:
    count = cbor.take_uint(value, max=MAX_SERIAL, min=min, name="a number of members")
    if count % STEP:
        raise EncodingError("a number of members is not a multiple of ten")
