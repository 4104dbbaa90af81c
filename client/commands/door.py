"""`symbolon door`: the volunteer's side, with and without a network."""

import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.terminal import (
    JsonOption,
    default_folder,
    note,
    read_first_line,
    say,
    say_json,
    say_rows,
)
from client.errors import ClientError

if TYPE_CHECKING:
    from client.door.scanning import DoorDesk, Scanned

EXIT_NOT_ADMITTED = 3

commands = typer.Typer(
    help="Work at a door: prepare, scan codes, hand in what was scanned without network.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


class Direction(StrEnum):
    """Which way a person goes."""

    IN = "in"
    OUT = "out"


def _default_door_file() -> Path:
    return default_folder() / "door"


DoorFileOption = Annotated[
    Path,
    typer.Option(
        "--door-file",
        envvar="SYMBOLON_DOOR",
        default_factory=_default_door_file,
        show_default="in your own folder",
        help="The file in which this door keeps what it knows.",
        metavar="FILE",
    ),
]


@commands.command("prepare")
def prepare(
    *,
    door_file: DoorFileOption,
    url: Annotated[
        str,
        typer.Argument(
            help="The door's address, https://…/doors/ID.",
            metavar="ADDRESS",
        ),
    ],
    token_file: Annotated[
        Path,
        typer.Option(
            "--token-file", help="A file with the door's token from the organiser.", metavar="FILE"
        ),
    ],
    fingerprint: Annotated[
        str | None,
        typer.Option(
            "--fingerprint",
            help="The community's fingerprint; without it the first one seen is trusted and shown.",
            metavar="TEXT",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Download what the door needs to work without network. Repeat it whenever you like."""
    from client.community import parse_fingerprint, show_fingerprint
    from client.door.store import DoorStore
    from client.door.sync import CLOCK_TOLERANCE_SECONDS
    from client.door.sync import prepare as prepare_door
    from client.issuer import IssuerClient
    from client.transport import Transport, checked_address

    address, found, door = checked_address(url).partition("/doors/")
    if not found or "/" in door:
        raise ClientError("A door's address looks like https://city.example/doors/main.")
    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    token = read_first_line(token_file, what="token")
    store = DoorStore.open(door_file, create=True)
    with Transport() as transport:
        prepared = prepare_door(
            store,
            door=door,
            token=token,
            issuer=IssuerClient(address, transport=transport),
            fingerprint=pin,
        )
    shown = show_fingerprint(prepared.fingerprint)
    if prepared.first_use:
        note(f"No fingerprint was given; this community's is {shown}. Compare it.")
    if abs(prepared.clock_difference) > CLOCK_TOLERANCE_SECONDS:
        note(
            f"This machine's clock is {abs(prepared.clock_difference)} s "
            f"{'ahead of' if prepared.clock_difference > 0 else 'behind'} the server's: set it, "
            "or good codes will be refused."
        )
    if as_json:
        say_json(
            {
                "community": prepared.metadata.name,
                "door": door,
                "fingerprint": shown,
                "entries": prepared.entries,
                "clock_difference": prepared.clock_difference,
                "door_file": str(door_file),
            }
        )
    else:
        say(
            f"The door {door} of {prepared.metadata.name} is ready; "
            f"it knows of {prepared.entries} inside or out."
        )


@commands.command("scan")
def scan(
    *,
    door_file: DoorFileOption,
    image: Annotated[
        Path | None,
        typer.Option(
            "--image", help="A picture with the code ('-': standard input).", metavar="PNG"
        ),
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(
            "--text", help="The code as text ('-': a line of standard input).", metavar="CODE"
        ),
    ] = None,
    direction: Annotated[
        Direction, typer.Option("--direction", help="Which way the person goes.")
    ] = Direction.IN,
    offline: Annotated[
        bool, typer.Option("--offline", help="Decide here, without asking the server.")
    ] = False,
    online_only: Annotated[
        bool, typer.Option("--online-only", help="Give up if the server cannot be reached.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Scan a code and say whether to let the person in.

    The server decides; if it cannot be reached the door decides alone and hands the scan in later.
    Without --image and --text, codes are read line by line, as hand scanners type them. Exit
    status 0: let through; 3: any other verdict; 1: the scan failed.
    """
    from client.door.scanning import DoorDesk
    from client.door.store import DoorStore

    if image is not None and text is not None:
        raise ClientError("Give --image or --text, not both.")
    if offline and online_only:
        raise ClientError("Give --offline or --online-only, not both.")
    desk = DoorDesk(DoorStore.open(door_file))
    if image is None and text is None:
        _scan_lines(
            desk, direction=direction, offline=offline, online_only=online_only, as_json=as_json
        )
        return
    code = _read_code(image=image, text=text)
    scanned = _scan(desk, code, direction=direction, offline=offline, online_only=online_only)
    _show(scanned, desk=desk, as_json=as_json)
    if not _passes(scanned):
        raise typer.Exit(EXIT_NOT_ADMITTED)


@commands.command("sync")
def sync(*, door_file: DoorFileOption, as_json: JsonOption = False) -> None:
    """Hand in the scans made without network, and show where two doors let the same member in."""
    from client.door.store import DoorStore
    from client.door.sync import hand_in
    from client.issuer import IssuerClient
    from client.transport import Transport

    store = DoorStore.open(door_file)
    identity = store.identity()
    with Transport() as transport:
        done = hand_in(
            store, identity=identity, issuer=IssuerClient(identity.address, transport=transport)
        )
    if as_json:
        say_json(
            {
                "scans": done.scans,
                "conflicts": [
                    {"verdict": c.verdict, "door": c.conflict_door, "at": c.conflict_at}
                    for c in done.conflicts
                ],
            }
        )
        return
    say(f"Scans handed in: {done.scans}. Conflicts: {len(done.conflicts)}.")
    for conflict in done.conflicts:
        when = _clock(conflict.conflict_at)
        say(f"  {conflict.verdict}: came in before at {conflict.conflict_door}, {when}")


@commands.command("status")
def status(*, door_file: DoorFileOption, as_json: JsonOption = False) -> None:
    """Show which door this is, what it knows, and how many scans wait to be handed in."""
    from client.community import show_fingerprint
    from client.door.scanning import DoorDesk
    from client.door.store import DoorStore

    store = DoorStore.open(door_file)
    desk = DoorDesk(store)
    entries, queued = store.counts()
    state: dict[str, Any] = {
        "community": desk.metadata.name,
        "door": desk.door.id,
        "name": desk.door.name,
        "event": desk.door.event,
        "mode": desk.door.mode,
        "address": desk.identity.address,
        "fingerprint": show_fingerprint(desk.identity.fingerprint),
        "prepared_at": desk.identity.prepared_at,
        "movements": entries,
        "queued": queued,
    }
    if as_json:
        say_json(state)
        return
    say_rows(
        [
            ("Door", f"{desk.door.name} ({desk.door.id}), {desk.door.mode}"),
            ("Community", f"{desk.metadata.name}, {desk.identity.address}"),
            ("Fingerprint", state["fingerprint"]),
            ("Prepared", time.strftime("%Y-%m-%d %H:%M", time.localtime(state["prepared_at"]))),
            ("Known movements", str(entries)),
            ("To be handed in", str(queued)),
        ]
    )


def _read_code(*, image: Path | None, text: str | None) -> str:
    if image is not None:
        from client.qr_picture import read_text

        return read_text(image)
    if text == "-":
        text = sys.stdin.readline()
    return (text or "").strip("\r\n")


def _scan_lines(
    desk: "DoorDesk", *, direction: Direction, offline: bool, online_only: bool, as_json: bool
) -> None:
    note("Ready to scan; Ctrl-D ends.")
    for line in sys.stdin:
        code = line.strip("\r\n")
        if code:
            scanned = _scan(
                desk, code, direction=direction, offline=offline, online_only=online_only
            )
            _show(scanned, desk=desk, as_json=as_json)


def _scan(
    desk: "DoorDesk", code: str, *, direction: Direction, offline: bool, online_only: bool
) -> "Scanned":
    from client.door.scanning import NotJudged
    from client.issuer import IssuerClient
    from client.transport import Transport

    if offline:
        return desk.scan_offline(code, direction=direction)
    try:
        with Transport(timeout=DOOR_TIMEOUT_SECONDS) as transport:
            issuer = IssuerClient(desk.identity.address, transport=transport)
            return desk.scan_online(code, direction=direction, issuer=issuer)
    except NotJudged as not_judged:
        if online_only:
            raise
        note(f"{not_judged} The door decides alone and hands this in later.")
        return desk.scan_offline(code, direction=direction, scan_id=not_judged.scan_id)


DOOR_TIMEOUT_SECONDS = 4.0
"""People are waiting: a slow server is treated as none."""


def _passes(scanned: "Scanned") -> bool:
    from credentials.doors import PASSING

    return scanned.verdict in PASSING


def _show(scanned: "Scanned", *, desk: "DoorDesk", as_json: bool) -> None:
    from credentials.doors import VERDICT_SIGNS

    sign = VERDICT_SIGNS[scanned.verdict]
    disclosed = {
        name: desk.metadata.schema.show_text(name, value)
        for name, value in scanned.disclosed.items()
    }
    if as_json:
        first = {"at": scanned.first_at, "door": scanned.first_door}
        say_json(
            {
                "verdict": scanned.verdict.value,
                "colour": sign.colour,
                "symbol": sign.symbol,
                "sound": sign.sound,
                "instruction": sign.instruction,
                "first": first if scanned.first_at is not None else None,
                "disclosed": disclosed,
                "online": scanned.online,
            }
        )
        return
    colour = {"green": "green", "amber": "yellow", "red": "red"}[sign.colour]
    title = f"  {sign.symbol}  {scanned.verdict.value.replace('_', ' ').upper()}  "
    bar = " " * len(title)
    for line in (bar, title, bar):
        typer.secho(line, fg="black" if colour != "red" else "white", bg=colour, bold=True)
    say(sign.instruction)
    if scanned.first_at is not None:
        say(f"First: {_clock(scanned.first_at)}, door {scanned.first_door}.")
    shown = ", ".join(f"{name} {value}" for name, value in disclosed.items() if name != "reissued")
    if shown:
        say(f"Shown: {shown}.")
    if not scanned.online:
        note("Decided by this door alone.")


def _clock(at: int | None) -> str:
    return "unknown" if at is None else time.strftime("%H:%M:%S", time.localtime(at))
