"""`symbolon-server poll show|list|result|bundle`: where polls stand, and what they came to."""

import os
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from credentials.formats.witnesses import read_witness
from credentials.tally import mark_in_words
from credentials.times import in_words, iso
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    open_community,
    show,
    show_table,
)
from server.polls.log import PollLogs
from server.polls.organiser import ListedPoll
from server.polls.outcome import (
    number,
    sealing_sentence,
    tie_sentence,
    turnout_sentence,
    witnesses_sentence,
)
from server.polls.poll import Poll
from server.polls.result_bodies import ResultBody
from server.polls.results import Result
from server.problems import OperatorError, Refusal

PollArgument = Annotated[str, typer.Argument(metavar="ID", help="The poll's id.")]

BAR_WIDTH = 30


def show_result(
    *,
    poll_id: PollArgument,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a poll's result with its rounds. Anyone can recount it: symbolon audit."""
    service = open_community(data, passphrase_file=passphrase_file).polls.service
    try:
        poll = service.poll(poll_id)
        result = service.result(poll)
    except Refusal as refusal:
        raise OperatorError(refusal.detail) from None
    roll = service.roll(poll)
    sentence = result.sentence(poll.manifest.options)
    objections, withdrawn = service.logs.objections(poll), service.logs.withdrawals(poll)
    if as_json:
        body = ResultBody.of(poll, result, roll=roll, objections=objections, withdrawn=withdrawn)
        show(body.model_dump(), as_json=True)
        return
    typer.echo(poll.manifest.question)
    show_rounds(poll, result)
    label = "Provisional: " if result.provisional and not result.so_far else ""
    typer.echo(f"{turnout_sentence(result.voters, roll=roll)} {label}{sentence}")
    for one in withdrawn:
        option = poll.manifest.options[one.option - 1]
        when = in_words(one.at, timezone=poll.manifest.timezone)
        typer.echo(f"“{option}” was withdrawn on {when}: {one.in_words}")
    if result.beside is not None:
        typer.echo(
            f"{result.sentence_beside(poll.manifest.options)} This stands beside the result."
        )
    for objection in objections:
        typer.echo(f"The organiser objects to this result: {objection.reason}")


def bundle(
    *,
    poll_id: PollArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file. Default: poll-ID.symbolon")
    ] = None,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the file from which anyone recounts an ended poll: symbolon audit FILE."""
    service = open_community(data, passphrase_file=passphrase_file).polls.service
    file = out or Path(f"poll-{poll_id}.symbolon")
    try:
        poll = service.poll(poll_id)
        pieces = service.bundle(poll)
    except Refusal as refusal:
        raise OperatorError(refusal.detail) from None
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as whole:
            whole.writelines(pieces)
        os.chmod(whole.name, 0o644)
        os.replace(whole.name, file)
    except OSError as error:
        raise OperatorError(f"{file} cannot be written: {error.strerror}.") from None
    size = file.stat().st_size
    show(
        {"file": str(file), "entries": poll.size, "octets": size},
        as_json=as_json,
        text=f"{file}: {poll.size} entries, {size} octets. Recount it: symbolon audit {file}",
    )


def show_poll(
    *,
    poll_id: PollArgument,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show where a poll stands, and what comes next."""
    session = open_community(data, passphrase_file=passphrase_file)
    office = session.polls.office
    poll = office.poll(poll_id)
    if poll.poll is not None and not poll.poll.has_ended:
        poll = office.move_on(poll_id)
    if as_json:
        tell(poll, as_json=True, text="")
        return
    typer.echo(poll.draft.question)
    rows = [("state", str(poll.state)), ("ballots taken", str(poll.ballots))]
    if poll.closes_at is not None:
        rows.append(("voting ends", in_words(poll.closes_at, timezone=poll.draft.timezone)))
    if poll.poll is not None:
        rows += [
            ("in the log", str(poll.logged)),
            ("manifest", poll.poll.manifest.manifest_hash.hex()),
            ("sealing", sealing_sentence(poll.poll.manifest)),
            ("ties", tie_sentence(poll.poll)),
            ("witnesses", _witnesses(session.polls.service.logs, poll.poll)),
        ]
    for name, value in rows:
        typer.echo(f"  {name:14} {value}")
    typer.echo(next_step(poll))


def list_polls(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List polls with their state and the number of ballots taken."""
    listed = open_community(data).polls.office.polls()
    show_table(
        [_document(one, as_json=as_json) for one in listed],
        columns=("id", "state", "question", "ballots", "closes_at"),
        as_json=as_json,
        empty="There are no polls yet.",
    )


def show_rounds(poll: Poll, result: Result) -> None:
    """The rounds at a terminal, with a bar for every option."""
    for at, one in enumerate(result.tally.rounds, start=1):
        if len(result.tally.rounds) > 1:
            typer.echo(f"{at}. {one.title}")
        most = max((Fraction(score) for score in one.scores if score is not None), default=0)
        rows = []
        for option, score in enumerate(one.scores, start=1):
            if score is None:
                continue
            mark = mark_in_words(option, one, result=result.tally, so_far=result.so_far)
            bar = int(Fraction(score) * BAR_WIDTH / most) if most else 0
            text = poll.manifest.options[option - 1]
            rows.append({"option": text, "votes": number(score), "": "█" * bar, " ": mark})
        show_table(rows, columns=("option", "votes", "", " "), as_json=False, empty="")


def _witnesses(logs: PollLogs, poll: Poll) -> str:
    """Who is pinned and, after the closing, who has cosigned it."""
    manifest = poll.manifest
    said = witnesses_sentence(manifest.witnesses, needed=manifest.witnesses_needed)
    if poll.is_open or not manifest.witnesses:
        return said
    return f"{said} Until now: {', '.join(logs.closing_seen_by(poll)) or 'none'}."


def next_step(poll: ListedPoll) -> str:
    match str(poll.state):
        case "draft":
            return f"Next: symbolon-server poll open {poll.id}"
        case "closed":
            seen = "the pinned witnesses cosign the closing (symbolon witness follow); then "
            before = seen if poll.draft.witnesses_needed else ""
            if poll.draft.sealing is not None and poll.draft.sealing.trustees:
                return f"Next: {before}the trustees run symbolon trustee open for {poll.id}"
            return f"Next: {before}{_count(poll)}"
        case "unsealed":
            return f"Next: {_count(poll)}"
        case "certified":
            return f"Next: symbolon-server poll bundle {poll.id}"
        case _:
            return ""


def _count(poll: ListedPoll) -> str:
    """The step that leads to a certified result, once votes can be read."""
    if poll.awaited is None:
        return f"symbolon-server poll certify {poll.id}"
    due = in_words(poll.awaited.due_at, timezone=poll.draft.timezone)
    return f"from {due} on symbolon-server poll beacon {poll.id}"


def _document(poll: ListedPoll, *, as_json: bool) -> dict[str, str | int | list[str] | None]:
    closes_at = poll.closes_at
    zone = poll.draft.timezone
    shown = "" if closes_at is None else in_words(closes_at, timezone=zone)
    return {
        "id": poll.id,
        "state": poll.state.value,
        "question": poll.draft.question,
        "options": list(poll.draft.options),
        "ballots": poll.ballots,
        "closes_at": closes_at if as_json else shown,
        "closes_at_iso": None if closes_at is None else iso(closes_at, timezone=zone),
        "timezone": zone,
        "witnesses": [read_witness(text).name for text in poll.draft.witnesses],
        "witnesses_needed": poll.draft.witnesses_needed,
    }


def tell(poll: ListedPoll, *, as_json: bool, text: str) -> None:
    show(_document(poll, as_json=True), as_json=as_json, text=text)
