"""From the options of `symbolon-server door add` to what a door says. Raises OperatorError."""

import re
from collections.abc import Iterable

from credentials.errors import SymbolonError
from credentials.formats.attribute import ANONYMOUS_TYPES, AttributeValue
from credentials.formats.metadata import Admission, Door
from credentials.formats.schema import Schema
from server.problems import OperatorError

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def day_begins(text: str) -> int:
    """Minutes after midnight, from a time of the day such as 06:00."""
    read = _TIME.fullmatch(text.strip())
    if read is None:
        raise OperatorError(
            "--day-begins takes a time of the day at the event, from 00:00 to 23:59, such as 06:00."
        )
    return int(read[1]) * 60 + int(read[2])


def admissions(texts: Iterable[str], *, schema: Schema) -> tuple[Admission, ...]:
    """From `pass=week,organiser`; of one attribute, several texts are taken together."""
    admitted: dict[str, list[AttributeValue]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        if not equals:
            raise OperatorError("--admits takes ATTRIBUTE=VALUE,VALUE such as pass=week,organiser.")
        known = admitted.setdefault(name.strip(), [])
        known += [one for one in _values(name.strip(), values, schema=schema) if one not in known]
    return tuple(Admission(attribute=name, values=tuple(of)) for name, of in admitted.items())


def show_admissions(door: Door, *, schema: Schema) -> str:
    """Whom a door admits, as `--admits` takes it; empty where it takes every pass."""
    return "; ".join(
        f"{one.attribute}={','.join(schema.show_text(one.attribute, v) for v in one.values)}"
        for one in door.admits
    )


def show_day_begins(door: Door) -> str:
    """When the days of a door begin, as `--day-begins` takes it."""
    return f"{door.day_begins // 60:02}:{door.day_begins % 60:02}"


def _values(name: str, text: str, *, schema: Schema) -> list[AttributeValue]:
    """One value where a value of the schema holds a comma, else one between each two commas."""
    known = ""
    try:
        attribute = schema.attribute(name)
        if attribute.type not in ANONYMOUS_TYPES:
            raise OperatorError(f"A door admits by choices and flags; {name} is neither.")
        known = f" It may be: {', '.join(attribute.values)}." if attribute.values else ""
        if text.strip() in attribute.values:
            return [attribute.parse_text(text)]
        return [attribute.parse_text(one) for one in text.split(",")]
    except SymbolonError as error:
        raise OperatorError(f"--admits {name}={text} cannot be: {error}.{known}") from None
