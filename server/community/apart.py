"""Names that people could take for each other stand in no list that members choose from."""

from collections.abc import Sequence

from credentials.formats.metadata import Metadata
from credentials.formats.text import look_alike
from server.problems import OperatorError


def check_names_apart(metadata: Metadata) -> None:
    """Raise OperatorError, with the pair, if two events, two apps or two doors of one event look
    alike."""
    _check("events", [event.name for event in metadata.events])
    _check("apps", [app.name for app in metadata.apps])
    for event in metadata.events:
        names = [door.name for door in metadata.doors if door.event == event.id]
        _check(f"doors of {event.id}", names)


def _check(what: str, names: Sequence[str]) -> None:
    pair = look_alike(names)
    if pair is not None:
        first, second = (names[at] for at in pair)
        raise OperatorError(
            f"Two {what} would be called “{first}” and “{second}”, which people cannot tell "
            "apart; choose another name. Nothing was changed."
        )
