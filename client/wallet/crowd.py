"""How large the crowd is in which a member hides, in words (P9): at least so many, or not known.

Counted is who shares everything that is visible: the values that are disclosed, and what is
required without being seen. The organiser's table says how many share values, and is true only for
the moment of its making; what has happened since is in the registry's heads. Where nothing true can
be said for all of it together, the member is told that it may be nobody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from credentials.crowd import places_of
from credentials.formats.attribute import AttributeValue
from credentials.formats.crowd import STEP, Crowd
from credentials.formats.head import Head
from credentials.formats.metadata import Metadata
from credentials.formats.requirement import AT_LEAST, AT_MOST, Requirement
from credentials.formats.schema import SERIAL, VALID_UNTIL, Schema
from credentials.polls import roll_bounds

SMALL = 30
"""Below about this many members, who they are can often be guessed."""

ALONE = "it may be you alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Who else might be the one who is seen: a number, the same in words, and a warning or none.

    `at_least` is a multiple of ten, or None where it is not known.
    """

    at_least: int | None
    words: str
    warning: str


def company(
    metadata: Metadata,
    *,
    head: Head,
    shown: Mapping[str, AttributeValue],
    required: tuple[Requirement, ...] = (),
    today: int | None = None,
    in_poll: bool = False,
) -> Company:
    """How many members share what is shown and meet what is required.

    `head` is the registry head at which it is proven, in a poll that of its roll. Raises
    PolicyError for a requirement that the schema cannot meet.
    """
    at_least = _at_least(metadata, head=head, shown=shown, required=required, today=today)
    on_roll = roll_bounds(head) if in_poll else None
    if on_roll is not None and at_least is not None:
        at_least = min(at_least, on_roll[1] // STEP * STEP) or None
    words = _words(at_least, narrowed=bool(shown) or _narrows(required))
    if at_least is None and shown and _narrows(required):
        some = _at_least(metadata, head=head, shown=shown, required=(), today=today)
        if some is not None:
            words = (
                f"At least {some} members share what is shown, says the organiser. How many of "
                f"them meet what is required is not known: {ALONE}."
            )
    if on_roll is not None:
        words = f"At most {on_roll[1]} are on the roll of this poll. {words}"
    return Company(at_least=at_least, words=words, warning=_warning(at_least, on_roll=on_roll))


def _at_least(
    metadata: Metadata,
    *,
    head: Head,
    shown: Mapping[str, AttributeValue],
    required: tuple[Requirement, ...],
    today: int | None,
) -> int | None:
    """A number that is at most the true one, in tens; None where that is below ten."""
    bounds = {one: one.resolve(metadata.schema, today=today).bound for one in required}
    numbers = [_told(metadata, head=head, shown=shown, bounds=bounds)]
    if not shown and not _narrows(required):
        numbers.append(roll_bounds(head)[0])
    return max(numbers) // STEP * STEP or None


def _told(
    metadata: Metadata,
    *,
    head: Head,
    shown: Mapping[str, AttributeValue],
    bounds: Mapping[Requirement, int],
) -> int:
    """What the organiser's table tells of the members at a head, 0 where it tells nothing."""
    crowd, schema = metadata.crowd, metadata.schema
    if crowd is None:
        return 0
    places = places_of(shown, schema=schema)
    if len(places) < len(shown):
        return 0
    # Of those counted, no more have left than the log has grown; and no more came after a poll was
    # opened than there were serials since.
    fewer = max(head.removals, crowd.removals) - crowd.since
    for one, bound in bounds.items():
        if one.attribute == SERIAL and one.operator == AT_MOST:
            fewer += max(0, crowd.highest_serial - bound)
        elif not _all_meet(one, bound, crowd=crowd, schema=schema):
            return 0
    return max(0, crowd.sharing(places) - fewer)


def _all_meet(one: Requirement, bound: int, *, crowd: Crowd, schema: Schema) -> bool:
    """Whether everybody counted, who has not left, meets a requirement.

    The table says it of one only: that passes had not ended by its own day.
    """
    ends = schema.ends and one.attribute == VALID_UNTIL
    return ends and one.operator == AT_LEAST and bound <= crowd.day


def _narrows(required: tuple[Requirement, ...]) -> bool:
    """Whether something is required besides being on a poll's roll."""
    return any(one.attribute != SERIAL for one in required)


def _words(at_least: int | None, *, narrowed: bool) -> str:
    share = " share all of this" if narrowed else ""
    if at_least is None:
        return f"How many members{share or ' there are'} is not known: {ALONE}."
    return f"At least {at_least} members{share}, says the organiser."


def _warning(at_least: int | None, *, on_roll: tuple[int, int] | None) -> str:
    if on_roll is not None and on_roll[0] < SMALL:
        return "Few members are on the roll of this poll, so your vote may be told from theirs."
    if at_least is None:
        return "Nobody says that others share all of this, so you may be recognised by it."
    if at_least < SMALL:
        return "Few members share all of this, so you may be recognised by it."
    return ""
