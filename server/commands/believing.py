"""`symbolon-server clock show|confirm`: what the service thinks of its clock, and saying it is
right."""

from datetime import UTC, datetime
from typing import Any

import typer

from credentials.days import earliest_today
from credentials.polls import State
from server.agreement.guard import known_of
from server.agreement.words import amount, in_words
from server.commands.asking import YesOption, agree
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    Session,
    open_community,
    show,
)
from server.issuance.enrolments import Enrolments

commands = typer.Typer(
    help="The clock of the service, by which polls close and passes end.", no_args_is_help=True
)


@commands.command("show")
def show_clock(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """Show what the clock says, the last time that was known here, and whether they agree.

    Exit status 1 if the clock is in doubt.
    """
    session = open_community(data)
    document = clock_document(session)
    doubt = document["doubt"]
    text = f"The clock says {in_words(document['now'])}."
    text += f" {doubt}" if doubt else " That agrees with what is known."
    show(document, as_json=as_json, text=text)
    if doubt:
        raise typer.Exit(1)


@commands.command("confirm")
def confirm(
    yes: YesOption = False, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False
) -> None:
    """Say that the clock of this machine is right, after looking at another one.

    A service that runs goes on within seconds.
    """
    session = open_community(data)
    doubt = session.guard.look()
    if doubt is not None:
        agree([doubt.words, *consequences(session)], yes=yes)
    session.guard.confirm()
    document = {"confirmed": session.guard.wall()}
    show(
        document,
        as_json=as_json,
        text=f"It is {in_words(document['confirmed'])}; the service goes on by that.",
    )


def consequences(session: Session) -> list[str]:
    """What happens if the clock is believed now, in sentences."""
    now = session.guard.wall()
    said = [f"If the clock is right, it is {in_words(now)}, and this happens now:"]
    closing = [
        listed.id
        for listed in session.polls.office.polls()
        if listed.state is State.OPEN and (listed.closes_at or 0) <= now
    ]
    if closing:
        said.append(f"  {amount(len(closing), 'poll')} will close: {', '.join(closing)}")
    with session.database.read() as connection:
        metadata = session.community.metadata(connection=connection)
        today = earliest_today(metadata, at=now)
        enrolments = Enrolments(session.registry)
        ending = enrolments.count_ending(connection, schema=metadata.schema, today=today)
    if ending:
        said.append(f"  {amount(ending, 'pass', 'passes')} will end, for good.")
    status = session.registry.status()
    if status.head.next_at <= now:
        following = in_words(status.schedule.next_after(now))
        said.append(f"  A head will be published; the next one will be due on {following}.")
    return said if len(said) > 1 else [said[0].replace("and this happens now:", "and all goes on.")]


def clock_document(session: Session) -> dict[str, Any]:
    """What is known of the clock."""
    doubt = session.guard.look(remember=False)
    known = known_of(session.standing(), session.guard.anchor.read())
    now = session.guard.wall()
    return {
        "now": now,
        "utc": datetime.fromtimestamp(now, tz=UTC).isoformat() if now < 253402300800 else None,
        "known": known.newest,
        "doubt": None if doubt is None else doubt.words,
    }
