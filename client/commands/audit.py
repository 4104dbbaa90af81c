"""`symbolon audit`: recount a poll from its bundle, and say what came out, in plain words."""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from client.commands.result import outcome_json, result_json, say_result
from client.commands.sources import note_fingerprint, read_octets
from client.commands.terminal import JsonOption, progress, say, say_json, say_rows
from client.errors import ClientError

if TYPE_CHECKING:
    from client.audit import Report

EXIT_UNSOUND = 1


def audit(
    *,
    source: Annotated[
        str,
        typer.Argument(
            help="A bundle file, or the poll's link, from which it is fetched.", metavar="POLL"
        ),
    ],
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", help="The community's fingerprint.", metavar="TEXT"),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            "--witness", help="Verifier key of a witness that you trust; repeat.", metavar="KEY"
        ),
    ] = None,
    receipt: Annotated[
        list[Path] | None,
        typer.Option("--receipt", help="A voter's receipt; repeat.", metavar="FILE"),
    ] = None,
    abstained: Annotated[
        list[Path] | None,
        typer.Option("--abstained", help="A member's proof of no ballot; repeat.", metavar="FILE"),
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint", help="A checkpoint that somebody saw; repeat.", metavar="FILE"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Recount a poll yourself, offline, trusting nobody: every proof, seal, entry and number.

    Exit status 0: nothing that can be checked failed; 1: something did, and what.
    """
    from client.audit import Beside
    from client.audit import audit as run
    from client.community import parse_fingerprint
    from credentials.log.note import VerifierKey

    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    beside = Beside(
        witnesses=tuple(VerifierKey.parse(text) for text in witness or ()),
        receipts=_files(receipt),
        checkpoints=_files(checkpoint),
        abstentions=_files(abstained),
    )
    with opened_bundle(source) as file, progress("Checking every entry") as told:
        try:
            report = run(file, fingerprint=pin, beside=beside, progress=told)
        except BrokenExecutor:
            raise ClientError(
                "The system ended a process that was checking ballots; is there enough memory?"
            ) from None
    if report.published is not None:
        note_fingerprint(report.published, given=pin)
    if as_json:
        say_json(_json(report))
    else:
        _say(report)
    if not report.sound:
        raise typer.Exit(EXIT_UNSOUND)


def _say(report: "Report") -> None:
    from client.audit import NOBODY_CAN_CHECK
    from client.poll import event_in_words
    from credentials.tally import outcome_in_words
    from credentials.times import in_words

    for text in report.verdict:
        say(text)
    if report.manifest is not None:
        say(f"\n{report.manifest.question}")
        if report.result is not None:
            say_result(report.result, options=report.manifest.options)
        for one in report.withdrawn:
            option = report.manifest.options[one.option - 1]
            when = in_words(one.at, timezone=report.manifest.timezone)
            say(f"“{option}” was withdrawn, {when}: {one.in_words}")
        if report.beside is not None:
            said = outcome_in_words(report.beside, options=report.manifest.options)
            say(f"{said} This stands beside the result.")
        for objection in report.objections:
            say(f"The organiser objects to this result: {objection.reason}")
    if report.events:
        say("\nWhat happened")
        zone = "UTC" if report.manifest is None else report.manifest.timezone
        say_rows(
            [(f"  {event.kind}", event_in_words(event, timezone=zone)) for event in report.events]
        )
    say("\nChecks")
    say_rows(
        [
            (f"  {check.name}", check.mark.value + (f": {check.reason}" if check.reason else ""))
            for check in report.checks
        ]
    )
    say("\nWhat nobody can check from this file")
    for text in NOBODY_CAN_CHECK:
        say(f"  - {text}")


def _json(report: "Report") -> dict[str, object]:
    from client.audit import NOBODY_CAN_CHECK
    from client.community import show_fingerprint
    from credentials.tally import outcome_in_words

    manifest, result, published = report.manifest, report.result, report.published
    return {
        "sound": report.sound,
        "verdict": list(report.verdict),
        "fingerprint": None if published is None else show_fingerprint(published.fingerprint),
        "question": None if manifest is None else manifest.question,
        "state": report.state.value,
        "entries": report.entries,
        "ballots": report.ballots,
        "voters": report.voters,
        "roll": list(report.roll),
        "outcome": outcome_json(result, options=manifest.options) if result and manifest else None,
        "sentence": outcome_in_words(result, options=manifest.options)
        if result and manifest
        else None,
        "result": result_json(result, options=manifest.options) if result and manifest else None,
        "withdrawn": [
            {"option": one.option, "at": one.at, "reason": one.reason, "late": one.is_late}
            for one in report.withdrawn
        ],
        "beside": result_json(report.beside, options=manifest.options)
        if report.beside and manifest
        else None,
        "objections": [
            {"at": objection.at, "reason": objection.reason} for objection in report.objections
        ],
        "events": [
            {"kind": event.kind.value, "at": event.at, "reason": event.reason}
            for event in report.events
        ],
        "checks": [
            {"name": check.name, "mark": check.mark.value, "reason": check.reason}
            for check in report.checks
        ],
        "nobody_can_check": list(NOBODY_CAN_CHECK),
    }


def _files(paths: Sequence[Path] | None) -> dict[str, bytes]:
    return {str(path): read_octets(path) for path in paths or ()}


@contextmanager
def opened_bundle(source: str) -> Iterator[BinaryIO]:
    """The bundle, opened; from a link it is fetched into a file that is gone afterwards."""
    if not source.startswith(("https://", "http://")):
        try:
            with Path(source).open("rb") as file:
                yield file
        except OSError as error:
            raise ClientError(f"{source} cannot be read: {error.strerror}.") from None
        return
    from client.polls import PollsClient
    from client.transport import Transport, checked_address

    address, found, poll = checked_address(source).partition("/polls/")
    poll = poll.removesuffix("/bundle")
    if not found or "/" in poll:
        raise ClientError("A poll's link looks like https://city.example/polls/lunch.")
    with tempfile.TemporaryFile() as fetched:
        with Transport() as transport:
            PollsClient(address, transport=transport).bundle(poll, fetched)
        fetched.seek(0)
        yield fetched
