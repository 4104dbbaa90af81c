"""`symbolon-server registry status|publish|schedule`."""

from typing import Annotated, Any

import typer

from credentials.days import common_zone
from credentials.times import in_words
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    open_community,
    show,
)
from server.registry.schedule import Schedule
from server.registry.service import RegistryStatus

commands = typer.Typer(
    help="The revocation registry: when removals take effect.", no_args_is_help=True
)


@commands.command("status")
def show_status(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Show the newest head, when the next one comes, and how many removals wait for it."""
    session = open_community(data)
    status, zone = session.registry.status(), common_zone(session.community.metadata())
    head = status.head
    then, following = (in_words(at, timezone=zone) for at in (head.published_at, head.next_at))
    show(
        _document(status),
        as_json=as_json,
        text=(
            f"Head {head.epoch} of {then}, with {head.removals} removals.\n"
            f"Next: {following} ({status.schedule}). Waiting for it: {status.pending}."
        ),
    )


@commands.command("publish")
def publish(
    *,
    emergency: Annotated[
        bool,
        typer.Option(
            "--emergency",
            help="Accept nothing made at an earlier head any more, not even for an hour.",
        ),
    ] = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publish a head now, with all removals that wait.

    Wallets need the network once to go on after it; in an emergency all of them, at once.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    head = session.publisher.publish(emergency=emergency)
    show(
        _document(session.registry.status()),
        as_json=as_json,
        text=f"Head {head.epoch} is published, with {head.removals} removals so far.",
    )


@commands.command("schedule")
def set_schedule(
    *,
    every: Annotated[str, typer.Option("--every", help="A period: 30m, 6h, 1d.")] = "1d",
    at: Annotated[
        str, typer.Option("--at", metavar="HH:MM", help="A time of the day in UTC.")
    ] = "03:00",
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Set when heads come by themselves, while the service runs.

    The next head comes when it was announced; the new schedule counts from there on.
    """
    session = open_community(data)
    session.registry.set_schedule(Schedule.parse(every=every, at=at))
    status, zone = session.registry.status(), common_zone(session.community.metadata())
    next_at = in_words(status.head.next_at, timezone=zone)
    show(
        _document(status),
        as_json=as_json,
        text=f"Heads come {status.schedule}, after the next one: {next_at}.",
    )


def _document(status: RegistryStatus) -> dict[str, Any]:
    head = status.head
    return {
        "epoch": head.epoch,
        "published_at": head.published_at,
        "next_at": head.next_at,
        "removals": head.removals,
        "pending": status.pending,
        "period": status.schedule.period,
        "offset": status.schedule.offset,
    }
