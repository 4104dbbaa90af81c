"""`symbolon door sync` and `refused`: handing in scans, and those that the server does not take."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.door_scan import DoorFileOption
from client.commands.exit_status import KEPT
from client.commands.terminal import JsonOption, YesOption, agree, note, say, say_json
from client.errors import ClientError

if TYPE_CHECKING:
    from client.answers import SyncResult
    from client.door.handing_in import HandedIn
    from client.door.queue import KeptScan


def sync(*, door_file: DoorFileOption, as_json: JsonOption = False) -> None:
    """Hand in the scans made without network, and show where two doors let the same member in.

    Fetches the newest registry heads too. A scan leaves this door only when the server has recorded
    it. Exit status 4: some were not recorded; they are kept here, with the reason.
    """
    from client.door.handing_in import hand_in
    from client.door.scanning import DoorDesk
    from client.door.store import DoorStore
    from client.door.sync import refresh_heads
    from client.doors import DoorClient
    from client.transport import Transport

    store = DoorStore.open(door_file)
    desk = DoorDesk(store)
    with Transport() as transport:
        service = DoorClient(desk.identity.address, transport=transport)
        done = hand_in(store, identity=desk.identity, service=service)
        _say_handed_in(done, zone=desk.zone, as_json=as_json)
        refresh_heads(store, metadata=desk.metadata, service=service)
    if done.kept:
        raise typer.Exit(KEPT)


def _say_handed_in(done: "HandedIn", *, zone: str, as_json: bool) -> None:
    from client.clocks import beside
    from client.door.sync import CLOCK_TOLERANCE_SECONDS

    difference = done.clock_difference or 0
    clock_is_off = abs(difference) > CLOCK_TOLERANCE_SECONDS
    if as_json:
        told: dict[str, Any] = {
            "scans": done.recorded,
            "conflicts": [
                {"verdict": c.verdict, "door": c.conflict_door, "at": c.conflict_at}
                for c in done.conflicts
            ],
        }
        if done.kept:
            told |= {"later": done.later, "refused": done.refused}
        if clock_is_off:
            told |= {"clock_difference": difference}
        say_json(told)
    else:
        say(f"Scans recorded: {done.recorded}. Conflicts: {len(done.conflicts)}.")
        for conflict in done.conflicts:
            say(f"  {conflict.verdict}: {_earlier(conflict, zone=zone)}")
        for reason, count in done.later.items():
            say(f"  not recorded, kept, and tried again: {count}. {reason}")
        for reason, count in done.refused.items():
            say(f"  refused, and kept: {count}. {reason} `symbolon door refused` shows them.")
    if clock_is_off:
        note(
            f"This door's clock is {beside(difference)} the server's. One of them is wrong: a "
            "door or a server with a wrong clock refuses good codes."
        )


def _earlier(lost: "SyncResult", *, zone: str) -> str:
    from credentials.times import on_the_wall

    if lost.conflict_door is None or lost.conflict_at is None:
        return "no earlier scan"
    at = on_the_wall(lost.conflict_at, now=int(time.time()), timezone=zone)
    return f"came in before at {lost.conflict_door}, {at}"


def refused(
    *,
    door_file: DoorFileOption,
    again: Annotated[
        bool, typer.Option("--again", help="Hand them in with the next `door sync` once more.")
    ] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Forget them, after a question.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Show the scans that the server refused for good, and why; try them again, or drop them.

    Each let a person pass here, and stands in no record. Nothing else forgets them.
    """
    from client.door.scanning import DoorDesk
    from client.door.store import DoorStore

    if again and drop:
        raise ClientError("Give --again or --drop, not both.")
    store = DoorStore.open(door_file)
    zone = DoorDesk(store).zone
    found = tuple(scan for scan in store.queue.kept() if scan.refused)
    if drop and found:
        say_kept(found, zone=zone, to=note)
        agree(f"Forget {len(found)} scan(s) that stand in no record?", yes=yes)
        store.queue.drop_refused()
    elif again:
        store.queue.try_again()
    if as_json:
        say_json({"refused": kept_json(found), "again": again, "dropped": drop})
    elif not found:
        say("The server has refused no scan of this door.")
    elif drop:
        say(f"Dropped: {len(found)}.")
    elif again:
        say(f"To be handed in again: {len(found)}.")
    else:
        say_kept(found, zone=zone)


def kept_json(kept: "Sequence[KeptScan]") -> list[dict[str, Any]]:
    """Scans that were not recorded, for a script."""
    return [
        {
            "scanned_at": scan.scanned_at,
            "direction": scan.direction,
            "refused": scan.refused,
            "reason": scan.reason,
            "since": scan.since,
        }
        for scan in kept
    ]


def say_kept(kept: "Sequence[KeptScan]", *, zone: str, to: "Callable[[str], None]" = say) -> None:
    """The same for people, in the time zone of the event."""
    from credentials.times import in_words

    for scan in kept:
        what = "refused" if scan.refused else "not recorded yet"
        at, since = (in_words(each, timezone=zone) for each in (scan.scanned_at, scan.since))
        to(f"  {at}, {what} since {since}: {scan.reason}")
