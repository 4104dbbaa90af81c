"""`symbolon verify`: check a presentation or recount a poll, without trusting the organiser."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.terminal import JsonOption, note, progress, say, say_json, say_rows
from client.errors import ClientError

if TYPE_CHECKING:
    from client.audit import AuditReport
    from client.community import PinnedMetadata

EXIT_UNSOUND = 1


def verify(
    *,
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A door code (text or PNG), or an answer to an app (JSON).", show_default=False
        ),
    ] = None,
    bundle: Annotated[
        str | None,
        typer.Option(
            "--bundle", help="Recount this poll: a bundle file, or the poll's link.", metavar="POLL"
        ),
    ] = None,
    ballot: Annotated[
        str | None,
        typer.Option("--ballot", help="Look for this ballot hash in the poll.", metavar="HASH"),
    ] = None,
    metadata: Annotated[
        str | None,
        typer.Option(
            "--metadata", help="The community's metadata: a file or an address.", metavar="SOURCE"
        ),
    ] = None,
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", help="The community's fingerprint.", metavar="TEXT"),
    ] = None,
    door: Annotated[
        str | None, typer.Option("--door", help="For a door code: the door.", metavar="ID")
    ] = None,
    at: Annotated[
        int | None,
        typer.Option("--at", help="For a door code: when, in Unix seconds.", metavar="TIME"),
    ] = None,
    request: Annotated[
        Path | None,
        typer.Option(
            "--request", help="For an answer: the request that was served.", metavar="FILE"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a proof yourself, offline: a door code, an answer to an app, or a whole poll.

    Exit status 0: it is genuine; 1: it is not, and why.
    """
    from client.community import parse_fingerprint

    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    if (bundle is not None) == (file is not None):
        raise ClientError("Give either a FILE with a proof, or --bundle for a poll.")
    if bundle is not None:
        _poll(bundle, fingerprint=pin, ballot=ballot, as_json=as_json)
        return
    if file is None or metadata is None:
        raise ClientError("Give the community's metadata with --metadata.")
    if (door is None) == (request is None):
        raise ClientError("Give --door for a door code, or --request for an answer to an app.")
    from client.community import load_signed, pinned

    published = pinned(load_signed(metadata), fingerprint=pin)
    _note_fingerprint(published, given=pin)
    if door is not None:
        _door_code(file, published=published, door=door, at=at, as_json=as_json)
    elif request is not None:
        _answer(file, published=published, request_file=request, as_json=as_json)


def _note_fingerprint(published: "PinnedMetadata", *, given: bytes | None) -> None:
    from client.community import show_fingerprint

    if given is None:
        shown = show_fingerprint(published.fingerprint)
        note(f"No fingerprint was given; {published.metadata.name} has {shown}. Compare it.")


def _door_code(
    file: Path, *, published: "PinnedMetadata", door: str, at: int | None, as_json: bool
) -> None:
    from client.qr_picture import read_text
    from credentials.doors import judge_code
    from credentials.keys import VerifierKeys

    metadata = published.metadata
    found = metadata.door(door)
    if found is None:
        raise ClientError(f"{metadata.name} has no door {door!r}.")
    octets = _read(file)
    code = (
        octets.decode(errors="replace").strip("\r\n")
        if octets.startswith(b"SYM1:")
        else read_text(file)
    )
    judged = judge_code(
        code,
        metadata=metadata,
        verifier=VerifierKeys.from_metadata(metadata),
        door=found,
        now=int(time.time()) if at is None else at,
    )
    genuine = judged.verdict is None
    shown = {name: metadata.schema.show_text(name, v) for name, v in judged.disclosed.items()}
    if as_json:
        verdict = None if judged.verdict is None else judged.verdict.value
        say_json({"genuine": genuine, "verdict": verdict, "disclosed": shown})
    elif judged.verdict is None:
        say(f"Genuine: a member of {metadata.name}, for the door {found.name}.")
        say_rows(list(shown.items()))
    else:
        say(f"Refused: {judged.verdict.value.replace('_', ' ')}.")
    if not genuine:
        raise typer.Exit(EXIT_UNSOUND)


def _answer(file: Path, *, published: "PinnedMetadata", request_file: Path, as_json: bool) -> None:
    from client.verifier import check_answer
    from credentials.errors import EncodingError, PresentationRefused
    from credentials.formats import base64url
    from credentials.formats.request import PresentationRequest
    from credentials.keys import VerifierKeys

    metadata = published.metadata
    try:
        request = PresentationRequest.from_cbor(
            base64url.decode(_field(request_file, name="request"))
        )
    except EncodingError:
        raise ClientError(f"{request_file} does not hold a request.") from None
    app = metadata.app(request.app)
    if app is None or request.community_id != metadata.community_id:
        raise ClientError("The request is not of an app of this community.")
    try:
        verified = check_answer(
            _field(file, name="presentation"),
            request=request,
            app=app,
            keys=VerifierKeys.from_metadata(metadata),
        )
    except PresentationRefused as refused:
        if as_json:
            say_json({"genuine": False, "reason": str(refused)})
        else:
            say(f"Refused: {refused}.")
        raise typer.Exit(EXIT_UNSOUND) from None
    shown = {name: metadata.schema.show_text(name, v) for name, v in verified.disclosed.items()}
    pseudonym = None if verified.pseudonym is None else verified.pseudonym.hex()
    if as_json:
        say_json({"genuine": True, "pseudonym": pseudonym, "disclosed": shown})
        return
    say(f"Genuine: a member of {metadata.name} answered {app.name}.")
    say_rows([("pseudonym", pseudonym or "none asked"), *shown.items()])


def _poll(source: str, *, fingerprint: bytes | None, ballot: str | None, as_json: bool) -> None:
    from client.audit import NOT_CHECKED, audit
    from client.community import show_fingerprint

    octets = _bundle(source)
    with progress("Checking every ballot") as report:
        found = audit(octets, fingerprint=fingerprint, progress=report)
    _note_fingerprint(found.published, given=fingerprint)
    included = None if ballot is None else _hash(ballot) in found.hashes
    sound = found.sound and included is not False
    if as_json:
        say_json(
            {
                "sound": sound,
                "fingerprint": show_fingerprint(found.published.fingerprint),
                "question": found.manifest.question,
                "counts": dict(zip(found.manifest.options, found.result.counts, strict=True)),
                "abstentions": found.result.abstentions,
                "ballots": found.result.ballots,
                "outcome": found.result.outcome.value,
                "winner": _winner(found),
                "bad": [{"ballot": _show_hash(b.ballot_hash), "why": b.reason} for b in found.bad],
                "ballot_included": included,
                "not_checked": list(NOT_CHECKED),
            }
        )
    else:
        _say_poll(found, included=included)
        note("Not checked: " + "; ".join(NOT_CHECKED) + ".")
    if not sound:
        raise typer.Exit(EXIT_UNSOUND)


def _say_poll(found: "AuditReport", *, included: bool | None) -> None:
    if found.sound:
        say(
            f"The poll is sound: each of its {found.result.ballots} ballot(s) is of another member "
            f"of {found.published.metadata.name}, exactly as that member cast it."
        )
    else:
        say(f"The poll is NOT sound: {len(found.bad)} ballot(s) should not be in it.")
        for bad in found.bad:
            say(f"  {_show_hash(bad.ballot_hash)}: {bad.reason}")
    say(f"\n{found.manifest.question}")
    counts = zip(found.manifest.options, found.result.counts, strict=True)
    rows = [(f"  {option}", str(count)) for option, count in counts]
    say_rows([*rows, ("  abstained", str(found.result.abstentions))])
    winner = _winner(found)
    say(f"Result: {winner or found.result.outcome.value.replace('_', ' ')}.")
    if included is not None:
        say("Your ballot is in it." if included else "That ballot is NOT in it.")


def _winner(found: "AuditReport") -> str | None:
    number = found.result.winner
    return None if number is None else found.manifest.options[number - 1]


def _bundle(source: str) -> bytes:
    from client.issuer import IssuerClient
    from client.transport import Transport, checked_address
    from credentials.errors import EncodingError
    from credentials.formats import base64url

    if source.startswith(("https://", "http://")):
        address, found, poll = checked_address(source).partition("/polls/")
        poll = poll.removesuffix("/bundle")
        if not found or "/" in poll:
            raise ClientError("A poll's link looks like https://city.example/polls/lunch.")
        with Transport() as transport:
            return IssuerClient(address, transport=transport).poll_bundle(poll)
    file = Path(source)
    octets = _read(file)
    if not octets.lstrip().startswith(b"{"):
        return octets
    try:
        return base64url.decode(_field(file, name="bundle"))
    except EncodingError:
        raise ClientError(f"{file} does not hold a poll's bundle.") from None


def _hash(text: str) -> bytes:
    from credentials.errors import EncodingError
    from credentials.formats import base64url

    try:
        return base64url.decode(text.strip())
    except EncodingError:
        raise ClientError("That is not a ballot hash as `wallet vote` prints it.") from None


def _show_hash(octets: bytes) -> str:
    from credentials.formats import base64url

    return base64url.encode(octets)


def _field(file: Path, *, name: str) -> str:
    value: Any
    try:
        value = json.loads(_read(file))
    except ValueError:
        value = None
    text = value.get(name) if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise ClientError(f"{file} has no {name!r} in it.")
    return text


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ClientError(f"{file} cannot be read: {error.strerror}.") from None
