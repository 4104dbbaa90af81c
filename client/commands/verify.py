"""`symbolon verify`: check a presentation without trusting the organiser."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.sources import note_fingerprint, read_field, read_octets
from client.commands.terminal import JsonOption, say, say_json, say_rows
from client.errors import ClientError

if TYPE_CHECKING:
    from client.community import PinnedMetadata
    from credentials.registry.chain import HeadChain

EXIT_UNSOUND = 1


def verify(
    *,
    file: Annotated[
        Path,
        typer.Argument(help="A door code (text or PNG), or an answer to an app (JSON)."),
    ],
    metadata: Annotated[
        str | None,
        typer.Option(
            "--metadata", help="The community's metadata: a file or an address.", metavar="SOURCE"
        ),
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option(
            "--heads",
            help="The community's registry heads, where its metadata is a file: the JSON of its "
            "/registry/heads.",
            metavar="FILE",
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
        typer.Option(
            "--at",
            help="When it was shown, in Unix seconds; otherwise now, or when the request was made.",
            metavar="TIME",
        ),
    ] = None,
    request: Annotated[
        Path | None,
        typer.Option(
            "--request", help="For an answer: the request that was served.", metavar="FILE"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a proof yourself, offline: a door code, or an answer to an app.

    Exit status 0: it is genuine; 1: it is not, and why. A whole poll is for `symbolon audit`.
    """
    from client.community import parse_fingerprint

    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    if metadata is None:
        raise ClientError("Give the community's metadata with --metadata.")
    if (door is None) == (request is None):
        raise ClientError("Give --door for a door code, or --request for an answer to an app.")
    from client.community import load_signed, pinned

    published = pinned(load_signed(metadata), fingerprint=pin)
    note_fingerprint(published, given=pin)
    chain = _chain(metadata, heads=heads, published=published)
    if door is not None:
        _door_code(file, published=published, chain=chain, door=door, at=at, as_json=as_json)
    elif request is not None:
        _answer(
            file, published=published, chain=chain, request_file=request, at=at, as_json=as_json
        )


def _chain(source: str, *, heads: Path | None, published: "PinnedMetadata") -> "HeadChain":
    """The registry heads from a file, or from where the metadata came."""
    from client.community import address_in
    from client.published import PublishedClient
    from client.registry import follow, read_heads
    from client.transport import Transport
    from credentials.registry.chain import HeadChain

    if heads is not None:
        return HeadChain.start(read_heads(heads), metadata=published.metadata)
    address = address_in(source)
    if address is None:
        raise ClientError("Give the community's registry heads with --heads.")
    with Transport() as transport:
        service = PublishedClient(address, transport=transport)
        return follow(None, service=service, metadata=published.metadata)


def _known_at(chain: "HeadChain", *, at: int) -> "HeadChain":
    """The chain as it was at a moment, or its first head."""
    from credentials.registry.chain import HeadChain

    known = max(1, sum(head.published_at <= at for head in chain.heads))
    return HeadChain(signed=chain.signed[:known], heads=chain.heads[:known])


def _door_code(
    file: Path,
    *,
    published: "PinnedMetadata",
    chain: "HeadChain",
    door: str,
    at: int | None,
    as_json: bool,
) -> None:
    from client.qr_reading import read_text
    from credentials.domain_tags import QR_PREFIX
    from credentials.door_words import explain
    from credentials.doors import judge_code
    from credentials.formats.scanned import code_in
    from credentials.keys import VerifierKeys

    metadata = published.metadata
    found = metadata.door(door)
    if found is None:
        raise ClientError(f"{metadata.name} has no door {door!r}.")
    typed = read_octets(file).decode(errors="replace")
    code = code_in(typed) or (typed if typed.startswith(QR_PREFIX) else read_text(file))
    now = int(time.time()) if at is None else at
    judged = judge_code(
        code,
        metadata=metadata,
        verifier=VerifierKeys.from_metadata(metadata),
        heads=_known_at(chain, at=now),
        door=found,
        now=now,
        up_to_date=False,
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
        words = explain(code, judged.verdict, metadata=metadata, door=found, now=now)
        if words:
            say(words)
    if not genuine:
        raise typer.Exit(EXIT_UNSOUND)


def _answer(
    file: Path,
    *,
    published: "PinnedMetadata",
    chain: "HeadChain",
    request_file: Path,
    at: int | None,
    as_json: bool,
) -> None:
    from client.verifier import check_answer, read_presentation
    from credentials.errors import EncodingError, PresentationRefused
    from credentials.formats import base64url
    from credentials.formats.request import PresentationRequest
    from credentials.keys import VerifierKeys
    from credentials.presentation import settle

    metadata = published.metadata
    try:
        request = PresentationRequest.from_cbor(
            base64url.decode(read_field(request_file, name="request"))
        )
    except EncodingError:
        raise ClientError(f"{request_file} does not hold a request.") from None
    shown_at = request.asked_at if at is None else at
    app = metadata.app(request.app)
    if app is None or request.community_id != metadata.community_id:
        raise ClientError("The request is not of an app of this community.")
    try:
        pending = check_answer(
            read_presentation(read_field(file, name="presentation")),
            request=request,
            app=app,
            keys=VerifierKeys.from_metadata(metadata),
            heads=_known_at(chain, at=shown_at),
            now=shown_at,
        )
        (verified,) = settle([pending])
    except PresentationRefused as refused:
        verified = refused
    if isinstance(verified, PresentationRefused):
        if as_json:
            say_json({"genuine": False, "reason": str(verified)})
        else:
            say(f"Refused: {verified}.")
        raise typer.Exit(EXIT_UNSOUND)
    shown = {name: metadata.schema.show_text(name, v) for name, v in verified.disclosed.items()}
    pseudonym = verified.pseudonym_text
    if as_json:
        say_json({"genuine": True, "pseudonym": pseudonym, "disclosed": shown})
        return
    say(f"Genuine: a member of {metadata.name} answered {app.name}.")
    say_rows([("pseudonym", pseudonym or "none asked"), *shown.items()])
