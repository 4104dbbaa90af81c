"""`symbolon-server registry status|publish|schedule|catch-up`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from credentials.days import common_zone
from credentials.errors import SymbolonError
from credentials.times import in_words
from server import migrations
from server.agreement.anchor import check_anchor, lost_entries
from server.agreement.catch_up import catch_up
from server.agreement.published import PublishedFile
from server.agreement.words import amount
from server.commands.asking import YesOption, agree
from server.commands.backing_up import caught_up_words
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    open_community,
    open_unchecked,
    show,
)
from server.problems import OperatorError
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

    Where somebody is removed, wallets that have not heard of it pass for another hour, the removed
    ones too, and need the network then. With --emergency all of them need it at once.
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


@commands.command("catch-up")
def bring_up(
    *,
    file: Annotated[
        Path | None,
        typer.Option("--from", help="A copy of published.jsonl; else the one that is there."),
    ] = None,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Bring in what was published since, after the database was put back from an older copy.

    It is all public and signed, and checked. What was claimed, entered and voted since is not in
    it.
    """
    session = open_unchecked(data)
    if migrations.age(session.database) is not migrations.Age.CURRENT:
        raise OperatorError("The database is of another version than this program.")
    anchor = session.guard.anchor.read()
    lost = lost_entries(anchor, standing=session.standing()) if anchor else {}
    agree(
        [
            f"The poll {poll} stays without the last {amount(count, 'entry', 'entries')} of its "
            "log, which others have seen: its witnesses will raise an alarm. Say so, and hold it "
            "again."
            for poll, count in sorted(lost.items())
        ],
        yes=yes,
    )
    try:
        done = catch_up(
            session.database,
            PublishedFile(file or session.settings.published_file).read(),
            community=session.community,
            registry=session.registry,
        )
    except SymbolonError as error:
        raise OperatorError(f"That does not go with this database: {error}.") from None
    standing = session.standing()
    if anchor is not None:
        found = check_anchor(replace(anchor, polls={}), standing=standing, database="The database")
        if found is not None:
            raise OperatorError(found.words)
        session.guard.anchor.change(lambda before: (before or anchor).moved(standing))
    session.check()
    show(
        {
            "heads": done.heads,
            "versions": done.versions,
            "removals": done.removals,
            "removed": done.removed,
        },
        as_json=as_json,
        text=caught_up_words(done),
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
