"""`symbolon door sync` and `refused`: handing in scans, and those that the server does not take."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.door_scan import DoorFileOption
from client.commands.door_verdict import clock_time
from client.commands.exit_status import KEPT
from client.commands.terminal import JsonOption, YesOption, agree, note, say, say_json
from client.errors import ClientError

if TYPE_CHECKING:
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
        _say_handed_in(done, as_json=as_json)
        refresh_heads(store, metadata=desk.metadata, service=service)
    if done.kept:
        raise typer.Exit(KEPT)


def _say_handed_in(done: "HandedIn", *, as_json: bool) -> None:
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
            say(f"  {conflict.verdict}: {_earlier(conflict.conflict_door, conflict.conflict_at)}")
        for reason, count in done.later.items():
            say(f"  not recorded, kept, and tried again: {count}. {reason}")
        for reason, count in done.refused.items():
            say(f"  refused, and kept: {count}. {reason} `symbolon door refused` shows them.")
    if clock_is_off:
        note(
            f"The server's clock is {abs(difference)} s "
            f"{'behind' if difference > 0 else 'ahead of'} this door's. One of them is wrong: a "
            "door or a server with a wrong clock refuses good codes."
        )


def _earlier(door: str | None, at: int | None) -> str:
    return "no earlier scan" if door is None else f"came in before at {door}, {clock_time(at)}"


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
    from client.door.store import DoorStore

    if again and drop:
        raise ClientError("Give --again or --drop, not both.")
    store = DoorStore.open(door_file)
    store.identity()
    found = tuple(scan for scan in store.queue.kept() if scan.refused)
    if drop and found:
        say_kept(found, to=note)
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
        say_kept(found)


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


def say_kept(kept: "Sequence[KeptScan]", *, to: "Callable[[str], None]" = say) -> None:
    """The same for people."""
    for scan in kept:
        what = "refused" if scan.refused else "not recorded yet"
        to(f"  {_moment(scan.scanned_at)}, {what} since {_moment(scan.since)}: {scan.reason}")


def _moment(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))
