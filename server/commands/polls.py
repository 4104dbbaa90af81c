"""`symbolon-server poll create|open|close|list|result`."""

import re
from datetime import UTC, datetime
from typing import Annotated

import typer

from credentials.formats.attribute import AttributeValue
from credentials.formats.schema import Schema
from server.commands.names import id_from
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
from server.polls.organiser import PollOffice
from server.polls.outcome import outcome_sentence
from server.polls.poll import Draft, Poll
from server.polls.service import PollService
from server.problems import OperatorError

commands = typer.Typer(help="Anonymous polls: one member, one vote.", no_args_is_help=True)

PollArgument = Annotated[str, typer.Argument(metavar="ID", help="The poll's id.")]

_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SHARE = re.compile(r"([0-9]{1,6})/([1-9][0-9]{0,5})")
BAR_WIDTH = 30


def _office(session: Session) -> PollOffice:
    return PollOffice(session.database, session.community, session.registry, session.publisher)


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
    quorum: Annotated[
        int, typer.Option("--quorum", min=0, help="The fewest ballots, abstentions included.")
    ] = 0,
    threshold: Annotated[
        str,
        typer.Option("--threshold", help="The share that a winner must exceed, such as 1/2."),
    ] = "0/1",
    require: Annotated[
        list[str] | None,
        typer.Option("--require", help="ATTRIBUTE=VALUE that every voter has and shows."),
    ] = None,
    open_now: Annotated[bool, typer.Option("--open", help="Open it at once.")] = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Prepare a poll. Nothing of it is public until it is opened."""
    session = open_community(data, passphrase_file=passphrase_file)
    closes_at, closes_after = _closing(closes)
    draft = Draft(
        question=question,
        options=tuple(option),
        closes_at=closes_at,
        closes_after=closes_after,
        quorum=quorum,
        threshold=_share(threshold),
        require=_requirements(require or [], schema=session.community.metadata().schema),
    )
    office = _office(session)
    poll = office.create(id_from(question, given=poll_id), draft)
    if open_now:
        poll = office.open(poll.id)
    following = "" if open_now else f" Next: symbolon-server poll open {poll.id}"
    _tell(poll, as_json=as_json, text=f"Poll {poll.id} is {poll.state.value}.{following}")


@commands.command("open")
def open_poll(
    *,
    poll_id: PollArgument,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a poll; from now on nothing about it can change.

    Who may vote is fixed by a registry head, which is published now if members have come or gone
    since the last one: whoever claims later votes in the next poll.
    """
    poll = _office(open_community(data, passphrase_file=passphrase_file)).open(poll_id)
    closes_at = poll.manifest.closes_at if poll.manifest else 0
    _tell(poll, as_json=as_json, text=f"Poll {poll.id} is open until {_time(closes_at)}.")


@commands.command("close")
def close_poll(
    *, poll_id: PollArgument, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False
) -> None:
    """Close a poll before its time; it cannot be opened again."""
    poll = _office(open_community(data)).close(poll_id)
    following = f"Next: symbolon-server poll result {poll.id}"
    _tell(poll, as_json=as_json, text=f"Poll {poll.id} is closed. {following}")


@commands.command("list")
def list_polls(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List polls with their state and the number of ballots."""
    listed = _office(open_community(data)).polls()
    show_table(
        [{**_document(one.poll, as_json=as_json), "ballots": one.ballots} for one in listed],
        columns=("id", "state", "question", "ballots", "closes_at"),
        as_json=as_json,
        empty="There are no polls yet.",
    )


@commands.command("result")
def show_result(
    *, poll_id: PollArgument, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False
) -> None:
    """Count a closed poll. Anyone can recount it: symbolon verify --bundle."""
    session = open_community(data)
    poll = _office(session).poll(poll_id)
    result = PollService(session.database, session.community, session.registry).result(poll_id)
    options = poll.draft.options
    sentence = outcome_sentence(result, options=options)
    if as_json:
        document = {
            **_document(poll, as_json=True),
            "counts": dict(zip(options, result.counts, strict=True)),
            "abstentions": result.abstentions,
            "ballots": result.ballots,
            "winner": None if result.winner is None else options[result.winner - 1],
            "outcome": result.outcome.value,
            "sentence": sentence,
        }
        show(document, as_json=True)
        return
    typer.echo(poll.draft.question)
    most = max((*result.counts, result.abstentions, 1))
    rows = [*zip(options, result.counts, strict=True), ("(abstained)", result.abstentions)]
    show_table(
        [
            {"option": text, "votes": votes, "": "█" * (votes * BAR_WIDTH // most)}
            for text, votes in rows
        ],
        columns=("option", "votes", ""),
        as_json=False,
        empty="",
    )
    typer.echo(f"{result.ballots} ballots. {sentence}")


def _closing(text: str) -> tuple[int | None, int | None]:
    """(closes_at, None) for a time, (None, closes_after) for a duration."""
    duration = _DURATION.fullmatch(text.strip())
    if duration is not None:
        return None, int(duration[1]) * _UNIT_SECONDS[duration[2]]
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise OperatorError(
            "--closes takes a duration such as 2h, or a time such as 2030-05-01T18:00+02:00."
        ) from None
    if moment.tzinfo is None:
        raise OperatorError("--closes needs a time zone with the time: add Z, or +02:00.")
    return int(moment.timestamp()), None


def _share(text: str) -> tuple[int, int]:
    from fractions import Fraction

    read = _SHARE.fullmatch(text.strip())
    if read is None:
        raise OperatorError("--threshold takes a share such as 1/2 or 2/3.")
    share = Fraction(int(read[1]), int(read[2]))
    return share.numerator, share.denominator


def _requirements(texts: list[str], *, schema: Schema) -> tuple[tuple[str, AttributeValue], ...]:
    required = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise OperatorError("--require takes ATTRIBUTE=VALUE.")
        required.append((name, schema.parse_text(name, value)))
    return tuple(required)


def _document(poll: Poll, *, as_json: bool) -> dict[str, str | int | list[str] | None]:
    closes_at = poll.manifest.closes_at if poll.manifest else poll.draft.closes_at
    if poll.closed_at is not None:
        closes_at = poll.closed_at
    shown = "" if closes_at is None else _time(closes_at)
    return {
        "id": poll.id,
        "state": poll.state.value,
        "question": poll.draft.question,
        "options": list(poll.draft.options),
        "closes_at": closes_at if as_json else shown,
    }


def _tell(poll: Poll, *, as_json: bool, text: str) -> None:
    show(_document(poll, as_json=True), as_json=as_json, text=text)


def _time(unix_seconds: int) -> str:
    return datetime.fromtimestamp(unix_seconds, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
