"""`symbolon door scan`: read a code, decide, and say it so that nobody misunderstands."""

import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.terminal import JsonOption, default_folder, note, say, say_json
from client.errors import ClientError

if TYPE_CHECKING:
    from client.door.scanning import DoorDesk, Scanned

EXIT_NOT_ADMITTED = 3
DOOR_TIMEOUT_SECONDS = 4.0
"""People are waiting: a slow server is treated as none."""


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
    from client.doors import DoorClient
    from client.transport import Transport

    if offline:
        return desk.scan_offline(code, direction=direction)
    try:
        with Transport(timeout=DOOR_TIMEOUT_SECONDS) as transport:
            service = DoorClient(desk.identity.address, transport=transport)
            return desk.scan_online(code, direction=direction, service=service)
    except NotJudged as not_judged:
        if online_only:
            raise
        note(f"{not_judged} The door decides alone and hands this in later.")
        return desk.scan_offline(code, direction=direction, scan_id=not_judged.scan_id)


def _passes(scanned: "Scanned") -> bool:
    from credentials.doors import PASSING

    return scanned.verdict in PASSING


def _show(scanned: "Scanned", *, desk: "DoorDesk", as_json: bool) -> None:
    from credentials.doors import VERDICT_SIGNS, Verdict

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
    if scanned.verdict is Verdict.DOOR_OUT_OF_DATE:
        head = desk.heads.newest
        published = time.strftime("%Y-%m-%d %H:%M", time.localtime(head.published_at))
        say(f"This door knows the registry up to {published}; `symbolon door sync` refreshes it.")
    if scanned.first_at is not None:
        say(f"First: {clock_time(scanned.first_at)}, door {scanned.first_door}.")
    shown = ", ".join(f"{name} {value}" for name, value in disclosed.items() if name != "reissued")
    if shown:
        say(f"Shown: {shown}.")
    if not scanned.online:
        note("Decided by this door alone.")


def clock_time(at: int | None) -> str:
    """A moment as the clock on the wall shows it."""
    return "unknown" if at is None else time.strftime("%H:%M:%S", time.localtime(at))
