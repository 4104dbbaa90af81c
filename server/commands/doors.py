"""`symbolon-server door add|list|token|conflicts`, and door_changes."""

from typing import Annotated

import typer

from credentials.days import common_zone
from credentials.doors import MEMBERS_ONLY
from credentials.formats.metadata import Door, Metadata
from credentials.formats.names import mend_shown_text
from credentials.formats.schema import REISSUED, Schema
from credentials.times import in_words
from server.commands import door_changes
from server.commands.door_changes import DoorArgument, Mode
from server.commands.door_options import (
    admissions,
    day_begins,
    show_admissions,
    show_day_begins,
)
from server.commands.names import id_from
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    open_community,
    show,
    show_table,
)
from server.doors.movements import Lost
from server.doors.organiser import DoorOffice
from server.problems import OperatorError

commands = typer.Typer(help="Doors: who may enter, once or often.", no_args_is_help=True)


@commands.command("add")
def add(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The door's name, shown to members.")],
    event: Annotated[
        str | None,
        typer.Option("--event", help="The event's id; needed where there are several."),
    ] = None,
    mode: Annotated[
        Mode,
        typer.Option(
            "--mode",
            help="once; once_per_day; re_entry (in and out); members_only (records nobody).",
        ),
    ] = Mode.ONCE,
    door_id: Annotated[
        str | None, typer.Option("--id", help="A short name: a-z, 0-9, -. Default: from NAME.")
    ] = None,
    disclose: Annotated[
        list[str] | None,
        typer.Option("--disclose", help="An attribute that the door is shown; may be repeated."),
    ] = None,
    expires_by: Annotated[
        str,
        typer.Option("--expires-by", help="A date attribute: the last day of a pass, shown too."),
    ] = "",
    begins: Annotated[
        str,
        typer.Option(
            "--day-begins",
            metavar="HH:MM",
            help="When its days begin, at the event: 06:00 if the night belongs to the day before.",
        ),
    ] = "00:00",
    admits: Annotated[
        list[str] | None,
        typer.Option(
            "--admits",
            metavar="ATTRIBUTE=VALUE,…",
            help="Let in only passes with one of these values, which the door is shown.",
        ),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a door, publish it, and print its token.

    The token opens only this door's check-in. It is shown this once: put it on the door's device
    with `symbolon door prepare`. Doors that count entries also see whether a pass was issued anew.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    metadata = session.community.metadata()
    admitted = admissions(admits or (), schema=metadata.schema)
    shown = list(disclose or [])
    if mode is not Mode.MEMBERS_ONLY:
        shown.insert(0, REISSUED)
    if expires_by:
        shown.append(expires_by)
    door = Door(
        id=id_from(name, given=door_id),
        name=mend_shown_text(name, name="the door's name"),
        event=_event_id(metadata, event),
        mode=mode.value,
        disclose=tuple(dict.fromkeys(shown)),
        expires_by=expires_by,
        day_begins=day_begins(begins),
        admits=admitted,
    )
    token = DoorOffice(session.database, session.community).add(door)
    show(
        {
            "id": door.id,
            "event": door.event,
            "mode": door.mode,
            **_rules(door, schema=metadata.schema),
            "token": token,
        },
        as_json=as_json,
        text=f"Door {door.id} added to {door.event}. Its token, shown only now:\n{token}",
    )


@commands.command("list")
def list_doors(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List doors, and how often each let somebody in."""
    session = open_community(data)
    listed = DoorOffice(session.database, session.community).doors()
    schema = session.community.metadata().schema
    show_table(
        [
            {
                "id": one.door.id,
                "name": one.door.name,
                "event": one.door.event,
                "mode": one.door.mode,
                **_rules(one.door, schema=schema),
                "entries": one.entries
                if one.door.mode != MEMBERS_ONLY
                else (None if as_json else "not counted"),
            }
            for one in listed
        ],
        columns=("id", "name", "event", "mode", "day_begins", "admits", "entries"),
        as_json=as_json,
        empty="There are no doors yet.",
    )


@commands.command("token")
def renew_token(
    *,
    door_id: DoorArgument,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Give a door a new token; the one before stops working at once.

    A device with the old one still decides without network, and can hand in what it scanned once it
    is prepared again with the new one.
    """
    session = open_community(data)
    token = DoorOffice(session.database, session.community).renew_token(door_id)
    show(
        {"id": door_id, "token": token},
        as_json=as_json,
        text=f"The new token of {door_id}, shown only now:\n{token}",
    )


@commands.command("conflicts")
def list_conflicts(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List entries that doors without network gave a second time, and which came first."""
    session = open_community(data)
    conflicts = DoorOffice(session.database, session.community).conflicts()
    metadata = session.community.metadata()
    show_table(
        [_conflict(one, metadata=metadata, as_json=as_json) for one in conflicts],
        columns=("door", "at", "verdict", "earlier_door", "earlier_at"),
        as_json=as_json,
        empty="No door let anybody in who was in already.",
    )


def _rules(door: Door, *, schema: Schema) -> dict[str, str]:
    """What a door says of days and passes, as `door add` takes it."""
    return {"day_begins": show_day_begins(door), "admits": show_admissions(door, schema=schema)}


def _event_id(metadata: Metadata, given: str | None) -> str:
    if given is not None:
        return given
    if len(metadata.events) == 1:
        return metadata.events[0].id
    if not metadata.events:
        raise OperatorError("There is no event yet; make one with: symbolon-server event add")
    raise OperatorError("There are several events; say which one with --event.")


def _conflict(lost: Lost, *, metadata: Metadata, as_json: bool) -> dict[str, str | int | None]:
    earlier = lost.against
    door = metadata.door(lost.scan.door)
    event = None if door is None else metadata.event(door.event)
    zone = common_zone(metadata) if event is None else event.timezone
    at = lost.scan.at
    before = earlier.at if earlier else None
    return {
        "door": lost.scan.door,
        "at": at if as_json else in_words(at, timezone=zone),
        "verdict": lost.verdict.value,
        "earlier_door": earlier.door if earlier else None,
        "earlier_at": before if as_json or before is None else in_words(before, timezone=zone),
    }


commands.command("edit")(door_changes.edit)
commands.command("remove")(door_changes.remove)
