"""`symbolon-server poll draft list|show|edit|delete`: polls that nobody sees yet."""

from dataclasses import replace
from typing import Annotated, Any

import typer

from credentials.formats.manifest_rules import MAX_NUMBER, MAX_QUESTION
from credentials.formats.names import mend_shown_text
from server.commands import poll_drafts as read
from server.commands.asking import YesOption, agree
from server.commands.poll_paper import paper_json, print_paper
from server.commands.poll_views import PollArgument
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    Session,
    open_community,
    show,
    show_table,
)
from server.polls.poll import Draft
from server.problems import OperatorError

commands = typer.Typer(
    help="Polls that are not open yet: show, change or delete them.", no_args_is_help=True
)


@commands.command("list")
def list_drafts(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List the drafts; nobody else sees them."""
    polls = open_community(data).polls.office.polls()
    show_table(
        [
            {
                "id": one.id,
                "question": one.draft.question,
                "options": list(one.draft.options) if as_json else len(one.draft.options),
            }
            for one in polls
            if one.poll is None
        ],
        columns=("id", "question", "options"),
        as_json=as_json,
        empty="There are no drafts.",
    )


@commands.command("show")
def show_draft(
    *, poll_id: PollArgument, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False
) -> None:
    """Show a draft as voters will see it, with what is fixed when it opens."""
    _tell(open_community(data), poll_id, as_json=as_json)


@commands.command("edit")
def edit(
    *,
    poll_id: PollArgument,
    question: Annotated[str | None, typer.Option("--question", help="Another question.")] = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="All answers anew; two or more.")
    ] = None,
    closes: Annotated[
        str | None, typer.Option("--closes", help="When it closes, as in `poll create`.")
    ] = None,
    ballot_type: Annotated[
        str | None, typer.Option("--type", help="Another type of ballot.", metavar="TYPE")
    ] = None,
    method: Annotated[str | None, typer.Option("--method", help="How it is counted.")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="Highest score, credits, or most options.")
    ] = None,
    equal_ranks: Annotated[
        bool | None,
        typer.Option(
            "--equal-ranks/--no-equal-ranks",
            help="Let voters give several options one rank, or not.",
        ),
    ] = None,
    seats: Annotated[
        int | None, typer.Option("--seats", min=1, help="How many options stv elects.")
    ] = None,
    seal: Annotated[
        str | None,
        typer.Option("--seal", help="FILE of a key ceremony, `server` or `none`.", metavar="FILE"),
    ] = None,
    lot: Annotated[
        str | None,
        typer.Option("--lot", help="`trustees`, `beacon` or `none`.", metavar="LOT"),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option("--witness", help="All witnesses to pin, by their names.", metavar="NAME"),
    ] = None,
    no_witnesses: Annotated[bool, typer.Option("--no-witnesses", help="Pin none.")] = False,
    witnesses_needed: Annotated[
        int | None,
        typer.Option(
            "--witnesses-needed",
            min=1,
            help="How many of them must cosign the closing.",
            metavar="NUMBER",
        ),
    ] = None,
    live: Annotated[
        bool | None,
        typer.Option("--live/--not-live", help="Show the count while voting goes on, or not."),
    ] = None,
    batch: Annotated[
        str | None, typer.Option("--batch", help="How often ballots enter the log at most.")
    ] = None,
    quorum: Annotated[
        int | None,
        typer.Option("--quorum", min=0, max=MAX_NUMBER, help="The fewest ballots; 0 for any."),
    ] = None,
    threshold: Annotated[
        str | None,
        typer.Option("--threshold", help="The share to exceed, such as 1/2; 0/1 for none."),
    ] = None,
    require: Annotated[
        list[str] | None,
        typer.Option("--require", help="All ATTRIBUTE=VALUE that voters have and show now."),
    ] = None,
    require_nothing: Annotated[
        bool, typer.Option("--require-nothing", help="Let every member vote.")
    ] = False,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone", help="The zone in which its times are given and shown.", metavar="ZONE"
        ),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a draft: what is named becomes as it is said, and all else stays.

    Once a poll is open nothing about it changes but its closing time: `poll extend`.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    if require and require_nothing:
        raise OperatorError("Give --require or --require-nothing, not both.")
    given = {
        "question": question and mend_shown_text(question, max=MAX_QUESTION, name="the question"),
        "options": option and tuple(mend_shown_text(text, name="an option") for text in option),
        "equal_ranks": equal_ranks,
        "seats": seats,
        "tie_rule": lot and read.tie_rule(lot),
        "live": live,
        "batch_seconds": batch and read.seconds(batch, option="--batch"),
        "quorum": quorum,
        "threshold": threshold and read.share(threshold),
    }
    fields: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if timezone is not None:
        fields["timezone"] = read.zone(timezone, metadata=session.community.metadata())
    if closes is not None:
        zone = timezone or session.polls.office.poll(poll_id).draft.timezone
        fields["closes_at"], fields["closes_after"] = read.closing(closes, timezone=zone)
    if seal is not None:
        fields["sealing"] = read.sealing(seal, session=session)
    if witness or no_witnesses or witnesses_needed is not None:
        fields["witnesses"], fields["witnesses_needed"] = read.witnesses(
            witness or [], none=no_witnesses, needed=witnesses_needed, session=session
        )
    if require or require_nothing:
        schema = session.community.metadata().schema
        fields["require"] = read.requirements(require or [], schema=schema)
    counted = (ballot_type, method, limit)
    if not fields and counted == (None, None, None):
        raise OperatorError("Say what is to change, such as --question or --option.")

    def change(draft: Draft) -> Draft:
        draft = replace(draft, **fields)
        return draft if counted == (None, None, None) else _counted(draft, *counted)

    session.polls.office.drafts.edit(poll_id, change)
    _tell(session, poll_id, as_json=as_json)


@commands.command("delete")
def delete(
    *,
    poll_id: PollArgument,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Delete a draft. A poll that was opened stays for good."""
    drafts = open_community(data).polls.office.drafts
    question = drafts.paper(poll_id).draft.question
    agree([f"The draft {poll_id}, “{question}”, is deleted for good."], yes=yes)
    drafts.delete(poll_id)
    show(
        {"id": poll_id, "deleted": True},
        as_json=as_json,
        text=f"The draft {poll_id} is deleted; its id is free.",
    )


def _counted(draft: Draft, ballot_type: str | None, method: str | None, limit: int | None) -> Draft:
    """Another type, method or limit; of the others, what goes with it."""
    kind = draft.ballot_type if ballot_type is None else ballot_type.replace("-", "_")
    if kind == draft.ballot_type:
        method = draft.tally.partition("/")[0] if method is None else method
        limit = draft.limit if limit is None else limit
    kind, tally, at_most = read.counting(kind.replace("_", "-"), method=method, limit=limit)
    return replace(draft, ballot_type=kind, tally=tally, limit=at_most)


def _tell(session: Session, poll_id: str, *, as_json: bool) -> None:
    paper = session.polls.office.drafts.paper(poll_id)
    schema = session.community.metadata().schema
    if as_json:
        show(paper_json(paper, schema=schema), as_json=True)
        return
    print_paper(paper, schema=schema)
    typer.echo(
        f"Nobody sees this yet. Next: symbolon-server poll open {poll_id}, or change it with "
        f"symbolon-server poll draft edit {poll_id}"
    )
