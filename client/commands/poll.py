"""`symbolon poll`: its list of commands, and those that need no wallet."""

from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.ballots import abstained, receipt, receipts
from client.commands.evidence import check_evidence
from client.commands.export import export
from client.commands.sources import FingerprintOption, note_fingerprint
from client.commands.terminal import JsonOption, say, say_json, say_rows
from client.commands.vote import place
from client.errors import ClientError

if TYPE_CHECKING:
    from client.poll import Poll

commands = typer.Typer(
    help="Polls: look at them, and check what became of your ballots.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@commands.command("list")
def list_polls(
    *,
    address: Annotated[str, typer.Argument(help="The community's address.", metavar="ADDRESS")],
    as_json: JsonOption = False,
) -> None:
    """List a community's polls."""
    from client.polls import PollsClient
    from client.transport import Transport
    from credentials.times import in_words, iso

    with Transport() as transport:
        polls = PollsClient(address, transport=transport).polls()
    if as_json:
        say_json(
            [
                {
                    "id": p.id,
                    "question": p.question,
                    "state": p.state,
                    "closes_at": p.closes_at,
                    "closes_at_iso": iso(p.closes_at, timezone=p.timezone),
                    "timezone": p.timezone,
                }
                for p in polls
            ]
        )
        return
    if not polls:
        say("There are no polls.")
    say_rows(
        [
            (
                p.id,
                f"{p.question} ({p.state}; closes {in_words(p.closes_at, timezone=p.timezone)})",
            )
            for p in polls
        ]
    )


@commands.command("show")
def show(
    *,
    link: Annotated[
        str,
        typer.Argument(
            help="A poll's link, such as https://city.example/polls/lunch.", metavar="LINK"
        ),
    ],
    fingerprint: FingerprintOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a poll in words: how to vote, how it is counted, who can read votes, how many vote."""
    from client.community import load_signed, parse_fingerprint, pinned
    from client.poll import poll_in_words, read_poll
    from client.polls import PollsClient
    from client.transport import Transport
    from credentials.times import iso

    address, poll_id = place(link)
    if address is None or poll_id is None:
        raise ClientError("A poll's link looks like https://city.example/polls/lunch.")
    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    published = pinned(load_signed(address), fingerprint=pin)
    note_fingerprint(published, given=pin)
    with Transport() as transport:
        polls = PollsClient(address, transport=transport)
        poll: Poll = read_poll(poll_id, polls=polls, metadata=published.metadata, past=True)
    rows = (("State", poll.state), *poll_in_words(poll))
    if as_json:
        say_json(
            {
                "id": poll.id,
                "question": poll.manifest.question,
                "options": list(poll.manifest.options),
                "manifest_hash": poll.manifest.manifest_hash.hex(),
                "closes_at": poll.closes_at,
                "closes_at_iso": iso(poll.closes_at, timezone=poll.manifest.timezone),
                "timezone": poll.manifest.timezone,
            }
            | {title.lower(): text for title, text in rows}
        )
        return
    say(poll.manifest.question)
    say_rows([(f"  {n}", option) for n, option in enumerate(poll.manifest.options, start=1)])
    say_rows(rows)


commands.command("receipts")(receipts)
commands.command("receipt")(receipt)
commands.command("abstained")(abstained)
commands.command("check-evidence")(check_evidence)
commands.command("export")(export)
