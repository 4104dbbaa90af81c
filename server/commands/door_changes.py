"""`symbolon-server door edit|remove`."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from credentials.doors import MEMBERS_ONLY
from credentials.formats.metadata import Admission, Door
from credentials.formats.names import mend_shown_text
from credentials.formats.schema import REISSUED
from server.commands.asking import YesOption, agree
from server.commands.door_options import (
    admissions,
    day_begins,
    show_admissions,
    show_day_begins,
)
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    open_community,
    show,
)
from server.doors.organiser import (
    DoorOffice,
    consequences_of_change,
    consequences_of_removal,
)
from server.problems import OperatorError

DoorArgument = Annotated[str, typer.Argument(metavar="ID", help="The door's id.")]


class Mode(StrEnum):
    """How a door counts."""

    ONCE = "once"
    ONCE_PER_DAY = "once_per_day"
    RE_ENTRY = "re_entry"
    MEMBERS_ONLY = "members_only"


def edit(
    *,
    door_id: DoorArgument,
    name: Annotated[str | None, typer.Option("--name", help="Another name for members.")] = None,
    mode: Annotated[
        Mode | None,
        typer.Option("--mode", help="Another way to count; only as long as nobody came in."),
    ] = None,
    disclose: Annotated[
        list[str] | None,
        typer.Option(
            "--disclose", help="All attributes that the door is shown now; may be repeated."
        ),
    ] = None,
    disclose_nothing: Annotated[
        bool,
        typer.Option("--disclose-nothing", help="Show the door nothing that it can do without."),
    ] = False,
    expires_by: Annotated[
        str | None,
        typer.Option("--expires-by", help="A date attribute, the last day of a pass; '' for none."),
    ] = None,
    begins: Annotated[
        str | None,
        typer.Option(
            "--day-begins",
            help="When its days begin, such as 06:00; only as long as nobody came in.",
            metavar="TIME",
        ),
    ] = None,
    admits: Annotated[
        list[str] | None,
        typer.Option(
            "--admits",
            help="All passes that it lets in now, such as pass=week,organiser; may be repeated.",
            metavar="NAME=VALUES",
        ),
    ] = None,
    admits_all: Annotated[bool, typer.Option("--admits-all", help="Let in every pass.")] = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a door, and publish that; its id, its event and its token stay.

    Devices and wallets know the door as it was until they fetch it anew.
    """
    if disclose and disclose_nothing:
        raise OperatorError("Give --disclose or --disclose-nothing, not both.")
    shown = () if disclose_nothing else tuple(disclose) if disclose else None
    if admits and admits_all:
        raise OperatorError("Give --admits or --admits-all, not both.")
    given = (name, mode, shown, expires_by, begins, admits)
    if not admits_all and all(one is None for one in given):
        raise OperatorError(
            "Say what is to change: --name, --mode, --disclose, --expires-by, --day-begins, "
            "--admits."
        )
    session = open_community(data, passphrase_file=passphrase_file)
    schema = session.community.metadata().schema
    admitted = () if admits_all else admissions(admits, schema=schema) if admits else None

    def change(door: Door) -> Door:
        return _changed(
            door,
            name=door.name if name is None else mend_shown_text(name, name="the door's name"),
            mode=door.mode if mode is None else mode.value,
            shown=shown,
            expires_by=door.expires_by if expires_by is None else expires_by,
            begins=door.day_begins if begins is None else day_begins(begins),
            admitted=door.admits if admitted is None else admitted,
        )

    office = DoorOffice(session.database, session.community)
    before = office.door(door_id).door
    office.check_edit(door_id, change)
    agree(consequences_of_change(before, change(before)), yes=yes)
    door = office.edit(door_id, change)
    show(
        {
            "id": door.id,
            "name": door.name,
            "event": door.event,
            "mode": door.mode,
            "disclose": list(door.disclose),
            "expires_by": door.expires_by or None,
            "day_begins": show_day_begins(door),
            "admits": show_admissions(door, schema=schema),
        },
        as_json=as_json,
        text=f"Door {door.id} is {door.name} now, in mode {door.mode}; it is shown "
        f"{', '.join(door.disclose) or 'nothing'}.",
    )


def remove(
    *,
    door_id: DoorArgument,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove a door, and publish that; its token ends, and its entries stay in the record."""
    session = open_community(data, passphrase_file=passphrase_file)
    office = DoorOffice(session.database, session.community)
    agree(consequences_of_removal(office.door(door_id)), yes=yes)
    office.remove(door_id)
    show({"id": door_id, "removed": True}, as_json=as_json, text=f"Door {door_id} is removed.")


def _changed(
    door: Door,
    *,
    name: str,
    mode: str,
    shown: tuple[str, ...] | None,
    expires_by: str,
    begins: int,
    admitted: tuple[Admission, ...],
) -> Door:
    """The door with these; what its mode, its last day and its passes need is shown in any case."""
    if shown is None:
        own = {door.expires_by} | {one.attribute for one in door.admits}
        own |= {REISSUED} if door.mode != MEMBERS_ONLY else set()
        shown = tuple(each for each in door.disclose if each not in own)
    needed = () if mode == MEMBERS_ONLY else (REISSUED,)
    last = (expires_by,) if expires_by else ()
    passes = tuple(one.attribute for one in admitted)
    disclose = tuple(dict.fromkeys((*needed, *shown, *last, *passes)))
    return replace(
        door,
        name=name,
        mode=mode,
        disclose=disclose,
        expires_by=expires_by,
        day_begins=begins,
        admits=admitted,
    )
