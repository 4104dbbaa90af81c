"""`symbolon door`: the volunteer's side, with and without a network."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from client.commands.door_queue import refused, sync
from client.commands.door_scan import DoorFileOption, scan
from client.commands.terminal import (
    JsonOption,
    note,
    read_first_line,
    say,
    say_json,
    say_rows,
)
from client.errors import ClientError

commands = typer.Typer(
    help="Work at a door: prepare, scan codes, hand in what was scanned without network.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


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
    from client.clocks import beside
    from client.community import parse_fingerprint, show_fingerprint
    from client.door.store import DoorStore
    from client.door.sync import CLOCK_TOLERANCE_SECONDS
    from client.door.sync import prepare as prepare_door
    from client.doors import DoorClient
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
            service=DoorClient(address, transport=transport),
            fingerprint=pin,
        )
    shown = show_fingerprint(prepared.fingerprint)
    if prepared.first_use:
        note(f"No fingerprint was given; this community's is {shown}. Compare it.")
    if abs(prepared.clock_difference) > CLOCK_TOLERANCE_SECONDS:
        note(
            f"This machine's clock is {beside(prepared.clock_difference)} the server's: set it, or "
            "good codes will be refused."
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


commands.command("scan")(scan)


commands.command("sync")(sync)
commands.command("refused")(refused)


@commands.command("status")
def status(*, door_file: DoorFileOption, as_json: JsonOption = False) -> None:
    """Show which door this is, what it knows, how old that is, and which scans wait, and why."""
    from client.commands.door_queue import kept_json, say_kept
    from client.community import show_fingerprint
    from client.door.scanning import DoorDesk
    from client.door.store import DoorStore
    from credentials.times import in_words

    store = DoorStore.open(door_file)
    desk = DoorDesk(store)
    entries = store.movements()
    queued, refused = store.queue.counts()
    kept = store.queue.kept()
    now = int(time.time())
    head, due = desk.heads.newest, desk.heads.is_due(now=now)
    state: dict[str, Any] = {
        "community": desk.metadata.name,
        "door": desk.door.id,
        "name": desk.door.name,
        "event": desk.door.event,
        "mode": desk.door.mode,
        "address": desk.identity.address,
        "fingerprint": show_fingerprint(desk.identity.fingerprint),
        "prepared_at": desk.identity.prepared_at,
        "head": head.epoch,
        "head_published_at": head.published_at,
        "head_age": now - head.published_at,
        "head_due": due,
        "movements": entries,
        "queued": queued,
        "refused": refused,
        "kept": kept_json(kept),
        "clock": desk.own_clock(now=now) or None,
    }
    if as_json:
        say_json(state)
        return
    say_rows(
        [
            ("Door", f"{desk.door.name} ({desk.door.id}), {desk.door.mode}"),
            ("Community", f"{desk.metadata.name}, {desk.identity.address}"),
            ("Fingerprint", state["fingerprint"]),
            ("Prepared", in_words(desk.identity.prepared_at, timezone=desk.zone)),
            (
                "Registry head",
                f"{head.epoch}, of {in_words(head.published_at, timezone=desk.zone)}",
            ),
            ("Known movements", str(entries)),
            ("To be handed in", str(queued)),
            ("Refused scans", str(refused)),
        ]
    )
    say_kept(kept, zone=desk.zone)
    wrong = desk.own_clock(now=now)
    if wrong:
        note(wrong)
    if due:
        note(
            f"A newer registry head was due on {in_words(head.next_at, timezone=desk.zone)}; "
            "`symbolon door sync` fetches it. Until then this door cannot judge the codes of "
            "wallets that have it."
        )
