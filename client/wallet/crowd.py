"""How large the crowd is in which a member hides, in words (P9): as the organiser claims it."""

from collections.abc import Mapping

from credentials.formats.attribute import AttributeValue
from credentials.formats.crowd import Crowd
from credentials.formats.schema import Schema

UNKNOWN = "The organiser has not published how many members there are."
SMALL = 30
"""Below about this many members, who they are can often be guessed."""


def crowd_in_words(
    crowd: Crowd | None,
    *,
    shown: Mapping[str, AttributeValue],
    schema: Schema,
    roll: tuple[int, int] | None = None,
) -> str:
    """How many members there are, and how many of them share each value that is shown.

    `roll` is the fewest and the most members on a poll's roll: there are no more voters than that,
    whatever the organiser says.
    """
    on_roll = "" if roll is None else f"at most {roll[1]} on the roll of this poll; "
    if crowd is None:
        return on_roll + UNKNOWN
    told = {(group.attribute, group.value): group.members for group in crowd.groups}
    parts = [f"about {crowd.members} members" if crowd.members else "fewer than 10 members"]
    for name, value in shown.items():
        members = told.get((name, value))
        size = f"about {members}" if members else "too few to be told"
        parts.append(f"of those {size} have {name} = {schema.show_text(name, value)}")
    return on_roll + "; ".join([*parts, "says the organiser"])


def crowd_warning(
    crowd: Crowd | None,
    *,
    shown: Mapping[str, AttributeValue],
    roll: tuple[int, int] | None = None,
) -> str:
    """What to be careful about, where the crowd is small or nobody says how large it is."""
    if roll is not None and roll[0] < SMALL:
        return "Few members are on the roll of this poll, so your vote may be told from theirs."
    if crowd is None:
        return "Nobody says how many members there are: if they are few, you may be recognised."
    around = crowd.around(shown)
    if around is None or around < SMALL:
        return "Few members share what is shown, so you may be recognised by it."
    return ""
