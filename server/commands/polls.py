"""`symbolon-server poll create|open|extend|close|cancel|object|beacon|certify`; drafts, views."""

import sys
from typing import Annotated

import typer

from credentials.formats.manifest_rules import MAX_NUMBER, MAX_QUESTION
from credentials.formats.names import mend_shown_text
from credentials.tally import outcome_in_words
from credentials.times import in_words
from server.commands import drafts, poll_views
from server.commands import poll_drafts as read
from server.commands.asking import YesOption, agree
from server.commands.names import id_from
from server.commands.poll_paper import print_paper
from server.commands.poll_views import PollArgument, next_step, tell
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    Session,
    open_community,
    show,
    working,
)
from server.polls.beacon_source import round_address
from server.polls.poll import Draft
from server.problems import OperatorError

commands = typer.Typer(
    help="Anonymous polls: one member, one vote, and a result that anyone can recount.",
    no_args_is_help=True,
)

ReasonOption = Annotated[
    str, typer.Option("--reason", help="Why; it stands in the poll's log for everybody to read.")
]


@commands.command("create")
def create(
    *,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="What is asked.")],
    option: Annotated[list[str], typer.Option("--option", help="An answer; two or more.")],
    closes: Annotated[
        str,
        typer.Option(
            "--closes",
            help="90s, 30m, 2h or 3d after opening, or a time such as 2030-05-01T18:00+02:00.",
        ),
    ],
    poll_id: Annotated[
        str | None, typer.Option("--id", help="A short name: a-z, 0-9, -. Default: from QUESTION.")
    ] = None,
    ballot_type: Annotated[
        str,
        typer.Option(
            "--type", help="single-choice, approval, score, ranked or quadratic.", metavar="TYPE"
        ),
    ] = "single-choice",
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help="How it is counted; for ranked ballots irv (the default), schulze or stv.",
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            min=0,
            help="Highest score (default 5), credits (100), or most options to name (any).",
        ),
    ] = None,
    equal_ranks: Annotated[
        bool,
        typer.Option(
            "--equal-ranks",
            help="Let voters give several options one rank (ranked ballots). irv and stv count "
            "such a vote in equal parts, stv for at most 6 seats.",
        ),
    ] = False,
    seats: Annotated[int, typer.Option("--seats", min=1, help="How many options stv elects.")] = 1,
    seal: Annotated[
        str,
        typer.Option(
            "--seal",
            help="Who opens the votes after the close: the FILE of a key ceremony of trustees, "
            "`server` (which could open them before, too), or `none`.",
            metavar="FILE",
        ),
    ] = read.UNSEALED,
    lot: Annotated[
        str | None,
        typer.Option(
            "--lot",
            help="What decides a tie that earlier rounds do not: `trustees`, the value with which "
            "they open the votes (the default where they do); `beacon`, a public random number "
            "that is made after the close; or `none`, a tie is the result (the default else).",
            metavar="LOT",
        ),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            "--witness",
            help="A listed witness to pin, by its name; repeat. Default: all that are listed.",
            metavar="NAME",
        ),
    ] = None,
    no_witnesses: Annotated[
        bool,
        typer.Option(
            "--no-witnesses",
            help="Pin none. A poll that trustees open then never closes before its time.",
        ),
    ] = False,
    witnesses_needed: Annotated[
        int | None,
        typer.Option(
            "--witnesses-needed",
            min=1,
            help="How many of them must cosign the closing before anyone opens or certifies. "
            "Default: more than half.",
            metavar="NUMBER",
        ),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Show the count while voting goes on.")
    ] = False,
    batch: Annotated[
        str,
        typer.Option(
            "--batch", help="Ballots enter the log ten or more at a time, at most this often."
        ),
    ] = "5m",
    quorum: Annotated[
        int,
        typer.Option(
            "--quorum", min=0, max=MAX_NUMBER, help="The fewest ballots, abstentions included."
        ),
    ] = 0,
    threshold: Annotated[
        str,
        typer.Option("--threshold", help="The share that a winner must exceed, such as 1/2."),
    ] = "0/1",
    require: Annotated[
        list[str] | None,
        typer.Option("--require", help="ATTRIBUTE=VALUE that every voter has and shows."),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone",
            metavar="ZONE",
            help="The zone in which its times are given and shown, such as Europe/Lisbon. "
            "Default: that of the events, if they have one; else UTC.",
        ),
    ] = None,
    open_now: Annotated[bool, typer.Option("--open", help="Open it at once.")] = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prepare a poll as a draft, and show what voters will see. Nobody sees it until it is opened.

    Drafts are changed and deleted with `poll draft`.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    zone = read.zone(timezone, metadata=session.community.metadata())
    closes_at, closes_after = read.closing(closes, timezone=zone)
    kind, tally, at_most = read.counting(ballot_type, method=method, limit=limit)
    pinned, needed = read.witnesses(
        witness or [], none=no_witnesses, needed=witnesses_needed, session=session
    )
    draft = Draft(
        question=mend_shown_text(question, max=MAX_QUESTION, name="the question"),
        options=tuple(mend_shown_text(text, name="an option") for text in option),
        ballot_type=kind,
        limit=at_most,
        equal_ranks=equal_ranks,
        tally=tally,
        seats=seats,
        tie_rule=read.tie_rule(lot),
        closes_at=closes_at,
        closes_after=closes_after,
        timezone=zone,
        batch_seconds=read.seconds(batch, option="--batch"),
        quorum=quorum,
        threshold=read.share(threshold),
        witnesses=pinned,
        witnesses_needed=needed,
        sealing=read.sealing(seal, session=session),
        live=live,
        require=read.requirements(require or [], schema=session.community.metadata().schema),
    )
    office = session.polls.office
    poll = office.create(id_from(question, given=poll_id), draft)
    if not as_json:
        _print_paper(session, poll.id, err=False)
    if open_now:
        _agree_to_open(session, poll.id, yes=yes, shown=not as_json)
        poll = office.open(poll.id)
    following = (
        ""
        if open_now
        else f" Next: symbolon-server poll open {poll.id}, or symbolon-server poll draft edit "
        f"{poll.id}"
    )
    ends = poll.closes_at
    closing = "" if ends is None else f" Voting ends {in_words(ends, timezone=zone)}."
    tell(poll, as_json=as_json, text=f"Poll {poll.id} is {poll.state}.{closing}{following}")


@commands.command("open")
def open_poll(
    *,
    poll_id: PollArgument,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a poll; from now on nothing about it changes but its closing time.

    On a terminal it shows what voters will see, and asks. Who may vote is fixed by a registry head,
    which is published now if members have come or gone since the last one: whoever claims later
    votes in the next poll.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    _agree_to_open(session, poll_id, yes=yes, shown=False)
    poll = session.polls.office.open(poll_id)
    until = in_words(poll.closes_at or 0, timezone=poll.draft.timezone)
    tell(poll, as_json=as_json, text=f"Poll {poll.id} is open until {until}.")


@commands.command("extend")
def extend(
    *,
    poll_id: PollArgument,
    until: Annotated[
        str, typer.Option("--until", help="30m, 2h or 1d longer, or a time (2026-12-01 18:00).")
    ],
    reason: ReasonOption,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let voting go on for longer."""
    office = open_community(data, passphrase_file=passphrase_file).polls.office
    before = office.poll(poll_id)
    zone = before.draft.timezone
    closes_at = read.later(until, than=before.closes_at or 0, timezone=zone)
    poll = office.extend(poll_id, closes_at=closes_at, reason=reason)
    told = in_words(closes_at, timezone=zone)
    tell(poll, as_json=as_json, text=f"Poll {poll.id} is open until {told}.")


@commands.command("close")
def close_poll(
    *,
    poll_id: PollArgument,
    reason: ReasonOption,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close a poll before its time; it cannot be opened again.

    A poll that trustees open closes early only if it pins witnesses, who have to cosign the closing
    before a trustee opens anything.
    """
    office = open_community(data, passphrase_file=passphrase_file).polls.office
    poll = office.close(poll_id, reason=reason)
    tell(poll, as_json=as_json, text=f"Poll {poll.id} is {poll.state}. {next_step(poll)}")


@commands.command("cancel")
def cancel(
    *,
    poll_id: PollArgument,
    reason: ReasonOption,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a poll without a result, as long as nobody could see one.

    Once everybody can see the result there is only `poll object`.
    """
    office = open_community(data, passphrase_file=passphrase_file).polls.office
    poll = office.cancel(poll_id, reason=reason)
    tell(poll, as_json=as_json, text=f"Poll {poll.id} is cancelled.")


@commands.command("withdraw")
def withdraw(
    *,
    poll_id: PollArgument,
    option: Annotated[int, typer.Argument(metavar="OPTION", help="The option's number, from 1.")],
    reason: ReasonOption,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that an option does not stand any more. Its votes still count.

    The result stays the count of all options, as the poll said when it opened; the count without
    this one stands beside it. Two options at least remain.
    """
    office = open_community(data, passphrase_file=passphrase_file).polls.office
    poll = office.withdraw(poll_id, option=option, reason=reason)
    text = f"“{poll.draft.options[option - 1]}” is withdrawn from poll {poll.id}."
    tell(poll, as_json=as_json, text=f"{text} {next_step(poll)}".strip())


@commands.command("object")
def object_to(
    *,
    poll_id: PollArgument,
    reason: ReasonOption,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put an objection beside a result that everybody can see. The result stays as it is."""
    office = open_community(data, passphrase_file=passphrase_file).polls.office
    poll = office.object(poll_id, reason=reason)
    text = f"The objection stands beside the result of poll {poll.id}. {next_step(poll)}"
    tell(poll, as_json=as_json, text=text)


@commands.command("beacon")
def beacon(
    *,
    poll_id: PollArgument,
    signature: Annotated[
        str | None,
        typer.Option("--signature", help="The round's signature, 96 hex digits.", metavar="HEX"),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand in the beacon's round from which a poll's lot is drawn; without one, say which it is."""
    office = open_community(data, passphrase_file=passphrase_file).polls.office
    if signature is not None:
        poll = office.draw(poll_id, read.signature(signature))
        tell(poll, as_json=as_json, text=f"The round is in the log. {next_step(poll)}")
        return
    poll = office.poll(poll_id)
    awaited = None if poll.poll is None else office.move_on(poll_id).awaited
    if awaited is None:
        raise OperatorError(f"The poll {poll_id} waits for no round of the beacon.")
    address, due = round_address(awaited), in_words(awaited.due_at)
    show(
        {"round": awaited.number, "at": awaited.due_at, "address": address},
        as_json=as_json,
        text=f"Round {awaited.number} of drand's quicknet, due on {due}, is at {address} and every "
        f"other relay. Hand in its signature: symbolon-server poll beacon {poll_id} --signature …",
    )


@commands.command("certify")
def certify(
    *,
    poll_id: PollArgument,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count a closed poll and state the result in its log; from then on the bundle is public."""
    session = open_community(data, passphrase_file=passphrase_file)
    with working("Counting", session=session):
        poll, result = session.polls.office.certify(poll_id)
    sentence = outcome_in_words(result, options=poll.draft.options)
    tell(poll, as_json=as_json, text=f"Poll {poll.id} is certified. {sentence}")


def _agree_to_open(session: Session, poll_id: str, *, yes: bool, shown: bool) -> None:
    """On a terminal, show the paper and ask; a script that opens a poll has decided."""
    if yes or not sys.stdin.isatty():
        return
    if not shown:
        _print_paper(session, poll_id, err=True)
    agree(["Once the poll is open, none of this changes any more but the closing time."], yes=False)


def _print_paper(session: Session, poll_id: str, *, err: bool) -> None:
    paper = session.polls.office.drafts.paper(poll_id)
    print_paper(paper, schema=session.community.metadata().schema, err=err)


commands.add_typer(drafts.commands, name="draft")
for name, view in (
    ("show", poll_views.show_poll),
    ("list", poll_views.list_polls),
    ("result", poll_views.show_result),
    ("bundle", poll_views.bundle),
):
    commands.command(name)(view)
