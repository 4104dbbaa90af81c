"""From exact counts of members to a crowd table from which nothing below ten can be worked out.

The table is sorted as letters are into pigeonholes. On each sheet, members are in the group of all
its values if that has twenty members or more; else they go together with what else is left of the
group one value shorter, and so on; who is in no group at last is not told. Numbers are rounded down
to tens. If fewer than ten members would then be left untold, the largest number is told ten lower;
where that is twenty already, nothing of the sheet is told.

**What is proven.** For every population of ten or more members, and every record r, there is one of
the same size with the same table in which ten members have r. So of no group, however it is
described, by values in the table or not, can it be shown that it has fewer than ten members: not by
whoever knows this rule, the table, and the exact number of those counted, which the heads of the
registry nearly tell.

Proof. The table of a sheet depends on its own combinations of values only, and no attribute is on
two sheets. So it is enough to give, for each sheet, a population with its table in which ten have
r's combination u: the values of other sheets, and those that no sheet has, may then be dealt out
anew so that ten have all of r. Say that n < 10 have u (else there is nothing to show). For each
beginning of u, from all of it to none of it, its rest are those who are left there once the groups
below it are taken out.

1. One of these rests is ten or more; take that of the longest beginning. Let 10 - n of the others
   in it have u instead. The rests at longer beginnings of u had at most 9 and have at most 19 now;
   elsewhere rests below twenty have become smaller. So all groups, and their sizes, stay.
2. All these rests are below ten, and some groups are told. Let s be the number of members who are
   not told; s >= 10. If every number is its group's size rounded down, let 10 - n of those s have u
   instead: out of what groups have beyond their numbers, and of those in no group. Numbers and s
   stay, and the rests at beginnings of u have at most 19. If one number was told ten lower, s is at
   most 19. Leave each group exactly its number, which is twenty or more, and let all s have u: they
   are in no group, and every number is now its group's size.
3. All these rests are below ten, and nothing is told. Then there are groups, since otherwise all
   members would be in the rest at no value at all; say m of them, each of 20 to 29, and altogether
   at most 9 members more than 20 * m. Leave m - 1 groups exactly twenty, and let all others have u:
   they are 20 to 29, so that there are m groups again, too few would be left, and nothing is told.

`tests/unit/protocol/test_crowd.py` tries every population of small sheets.

**Successive tables.** They are made only as `worth_telling` says: between two of them nobody or at
least twenty came, and nobody or at least twenty left. So when one member comes or goes no number
changes, ever; what two tables tell together is told of twenty or more who came or left. That most
of those have something in common can show, and then that few others do; who knows all but a few of
them can work out what is true of these few together.

**The first tables.** As long as no more than 29 were ever counted, ten newcomers are enough
(`enough_newcomers`): a table of fewer than 30 has no sheet, whatever the members have in common, as
a group of twenty would leave fewer than ten untold. So it tells how many there are, in tens, and
nothing of what anyone has; laid beside a later one it adds nothing to that. The first one is made
as soon as ten have claimed, and not only with the next scheduled head. It comes once in the life of
a community and is the same for all; that the tenth came by then is all that its moment tells.
"""

from collections.abc import Mapping
from math import prod
from typing import Final, TypeAlias

from credentials.formats.attribute import ANONYMOUS_TYPES, Attribute
from credentials.formats.crowd import MAX_GROUPS, MAX_TOGETHER, SMALLEST, STEP, Group, Sheet
from credentials.formats.schema import Schema, Values

MAX_CELLS: Final = MAX_GROUPS
"""How many combinations of values one sheet may have, and so at most how many groups."""

SMALLEST_CHANGE: Final = 20
"""So many members come or leave before a table says anything of what they have."""

Cells: TypeAlias = Mapping[tuple[int, ...], int]
"""How many members have each combination of all values of a sheet."""


def sheets_of(schema: Schema) -> tuple[tuple[str, ...], ...]:
    """Which attributes are counted together: choices and flags as they follow each other.

    At most three, and at most 256 combinations. It depends on nothing but the schema, so that it
    tells nothing; attributes that are asked for together should stand together in it.
    """
    sheets: list[tuple[Attribute, ...]] = []
    for attribute in schema.attributes:
        if attribute.type not in ANONYMOUS_TYPES:
            continue
        longer = (*sheets[-1], attribute) if sheets else ()
        if longer and len(longer) <= MAX_TOGETHER and prod(map(_size, longer)) <= MAX_CELLS:
            sheets[-1] = longer
        else:
            sheets.append((attribute,))
    return tuple(tuple(attribute.name for attribute in sheet) for sheet in sheets)


def places_of(values: Values, *, schema: Schema) -> dict[str, int]:
    """Values of choices and flags as groups have them: places in the schema's lists, 0 or 1.

    Other attributes are left out. Raises SchemaError.
    """
    places = {}
    for name, value in values.items():
        attribute = schema.attribute(name)
        if attribute.type in ANONYMOUS_TYPES:
            checked = attribute.check(value)
            places[name] = attribute.values.index(checked) if isinstance(checked, str) else checked
    return places


def told(attributes: tuple[str, ...], cells: Cells) -> Sheet | None:
    """What is published of one sheet, by the rule at the head of this file; None if nothing is."""
    rests: dict[tuple[int, ...], int] = dict(cells)
    sizes: dict[tuple[int, ...], int] = {}
    for length in range(len(attributes), 0, -1):
        for values in [key for key in rests if len(key) == length]:
            rest = rests.pop(values)
            if rest >= SMALLEST:
                sizes[values] = rest
            else:
                rests[values[:-1]] = rests.get(values[:-1], 0) + rest
    numbers = {values: size // STEP * STEP for values, size in sizes.items()}
    if sum(cells.values()) - sum(numbers.values()) < STEP:
        largest = max(numbers, key=lambda values: (numbers[values], values), default=None)
        if largest is None or numbers[largest] == SMALLEST:
            return None
        numbers[largest] -= STEP
    if not numbers:
        return None
    groups = (Group(values=values, members=numbers[values]) for values in sorted(numbers))
    return Sheet(attributes=attributes, groups=tuple(groups))


def enough_newcomers(newcomers: int, *, highest_counted: int) -> bool:
    """Whether so many who came may be seen in the next table.

    `highest_counted` is the highest serial among those counted before, 0 where nobody was: no more
    than so many were ever counted.
    """
    only_a_number = highest_counted < SMALLEST + STEP
    return newcomers >= STEP if only_a_number else worth_telling(newcomers)


def worth_telling(change: int) -> bool:
    """Whether so many members who came, or who left, may be seen in the next table."""
    return change >= SMALLEST_CHANGE


def _size(attribute: Attribute) -> int:
    return len(attribute.values) or 2
