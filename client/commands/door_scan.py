"""`symbolon door scan`: read a code, decide, and say it so that nobody misunderstands."""

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.door_verdict import show
from client.commands.exit_status import FAILED, NOT_ADMITTED
from client.commands.scanner_lines import scanned_codes
from client.commands.terminal import JsonOption, default_folder, note
from client.errors import ClientError
from credentials.errors import SymbolonError

if TYPE_CHECKING:
    from client.door.scanning import DoorDesk, Scanned

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
    Without --image and --text, codes are read line by line, as hand scanners type them, until the
    end of input. A verdict that could not be shown is shown at the next scan of the same code.
    Exit status 0: let through; 3: any other verdict; 1: a scan failed.
    """
    from client.door.scanning import DoorDesk
    from client.door.store import DoorStore
    from credentials.doors import PASSING

    if image is not None and text is not None:
        raise ClientError("Give --image or --text, not both.")
    if offline and online_only:
        raise ClientError("Give --offline or --online-only, not both.")
    desk = DoorDesk(DoorStore.open(door_file))
    wrong = desk.own_clock(now=int(time.time()))
    if wrong:
        note(wrong)
    scanner = _Scanner(
        desk=desk, direction=direction, offline=offline, online_only=online_only, as_json=as_json
    )
    if image is None and text is None:
        _scan_lines(scanner)
        return
    scanned = scanner.scan(_read_code(image=image, text=text))
    if scanned.verdict not in PASSING:
        raise typer.Exit(NOT_ADMITTED)


def _read_code(*, image: Path | None, text: str | None) -> str:
    if image is not None:
        from client.qr_reading import read_text

        return read_text(image)
    if text == "-":
        return next(scanned_codes(), "")
    return text or ""


def _scan_lines(scanner: "_Scanner") -> None:
    """Scan until the end of input; a scan that fails is said, and the next one goes on."""
    from client.commands.main import sentence

    note("Ready to scan; Ctrl-D ends.")
    failed = False
    for code in scanned_codes():
        try:
            scanner.scan(code)
        except SymbolonError as error:
            failed = True
            typer.secho(sentence(error), fg="red", err=True)
    if failed:
        raise typer.Exit(FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scanner:
    """How this command scans."""

    desk: "DoorDesk"
    direction: Direction
    offline: bool
    online_only: bool
    as_json: bool

    def scan(self, code: str) -> "Scanned":
        """Decide, and show the verdict; one that could not be shown is shown at the next scan."""
        with self.desk.attempt(code, direction=self.direction) as attempt:
            decided = self._decide(code, scan_id=attempt.scan_id)
            scanned = replace(decided, again=attempt.again)
            show(scanned, desk=self.desk, as_json=self.as_json)
        return scanned

    def _decide(self, code: str, *, scan_id: bytes) -> "Scanned":
        from client.door.scanning import NotJudged
        from client.doors import DoorClient
        from client.transport import Transport

        desk, direction = self.desk, self.direction
        if self.offline:
            return desk.scan_offline(code, direction=direction, scan_id=scan_id)
        try:
            with Transport(timeout=DOOR_TIMEOUT_SECONDS) as transport:
                service = DoorClient(desk.identity.address, transport=transport)
                return desk.scan_online(code, direction=direction, service=service, scan_id=scan_id)
        except NotJudged as not_judged:
            if self.online_only:
                raise
            alone = desk.scan_offline(code, direction=direction, scan_id=scan_id)
            why = f"{not_judged} The door decides alone and hands this in later."
            return replace(alone, notes=(why, *alone.notes))
