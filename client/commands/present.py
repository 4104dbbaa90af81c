"""`symbolon wallet present`: show a membership at a door, or to an app that asks."""

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.terminal import (
    AtOnceOption,
    CommunityOption,
    CredentialOption,
    JsonOption,
    PassphraseOption,
    WalletOption,
    YesOption,
    agree,
    note,
    open_wallet,
    say,
    say_json,
    say_rows,
)
from client.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from client.wallet.consent import Asked
    from client.wallet.contents import Membership
    from client.wallet.showing import DoorCode
    from client.wallet.standing import Standing
    from client.wallet.vault import Vault
    from credentials.formats.metadata import Metadata
    from credentials.holder import Credential

CLEAR_SCREEN = "\x1b[2J\x1b[H"
WATCH_SECONDS = 600
"""How often a code that is drawn again and again looks whether a newer registry head is due."""


def present(
    *,
    wallet: WalletOption,
    target: Annotated[
        str | None,
        typer.Argument(
            help="The link with which an app asks for your membership.",
            metavar="LINK",
            show_default=False,
        ),
    ] = None,
    door: Annotated[
        str | None, typer.Option("--door", help="Draw a code for this door.", metavar="ID")
    ] = None,
    event: Annotated[
        str | None,
        typer.Option("--event", help="Draw a code for the door of this event.", metavar="ID"),
    ] = None,
    qr: Annotated[
        Path | None,
        typer.Option("--qr", help="Draw the code into this PNG file.", metavar="FILE"),
    ] = None,
    text: Annotated[
        bool, typer.Option("--text", help="Print the code as text instead of drawing it.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Draw a new code every 30 seconds, until Ctrl-C.")
    ] = False,
    community: CommunityOption = None,
    credential: CredentialOption = None,
    yes: YesOption = False,
    at_once: AtOnceOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show your membership: a code for a door, or an answer to an app's link.

    Before anything is proven you see who asks, what they will see, and whether they will know you
    again. A door code needs no network and is good for about a minute.
    """
    at_door = door is not None or event is not None
    if at_door == (target is not None):
        raise ClientError("Give either an app's LINK, or --door ID (or --event ID).")
    vault = open_wallet(wallet, passphrase_file)
    if target is not None:
        _to_app(
            vault,
            link=target,
            community=community,
            number=credential,
            yes=yes,
            at_once=at_once,
            as_json=as_json,
        )
        return

    def ready(agreed: bool) -> "Credential":
        return _credential(
            vault, community=community, number=credential, at_once=at_once, yes=agreed
        )

    asked, draw = _door(
        vault,
        door=door,
        event=event,
        community=community,
        number=credential,
        ready=ready,
        yes=yes,
    )
    _show_asked(asked)
    agree("Show this?", yes=yes)
    while True:
        code = draw()
        _show_code(code, asked=asked, qr=qr, text=text, as_json=as_json, watch=watch)
        if not watch:
            return
        time.sleep(30 - time.time() % 30)


def _door(
    vault: "Vault",
    *,
    door: str | None,
    event: str | None,
    community: str | None,
    number: int | None,
    ready: "Callable[[bool], Credential]",
    yes: bool,
) -> "tuple[Asked, Callable[[], DoorCode]]":
    from client.errors import WalletError
    from client.wallet.consent import asked_by_door
    from client.wallet.holdings import choose
    from client.wallet.showing import draw_code, find_door
    from credentials.doors import door_policy

    holding = choose(vault.read(), community=community, number=number)
    metadata = holding.membership.metadata
    try:
        found, its_event = find_door(metadata, door=door, event=event)
    except WalletError:
        # The door may be newer than what this wallet knows.
        metadata = _newest_metadata(vault, membership=holding.membership)
        found, its_event = find_door(metadata, door=door, event=event)
    mine = ready(yes)
    since = time.monotonic()
    asked = asked_by_door(
        found,
        event=its_event,
        policy=door_policy(found, schema=metadata.schema),
        metadata=metadata,
        credential=mine,
        now=int(time.time()),
    )

    def draw() -> "DoorCode":
        nonlocal mine, since
        if time.monotonic() - since > WATCH_SECONDS:
            mine = ready(True)
            since = time.monotonic()
        return draw_code(mine, metadata=metadata, door=found, event=its_event)

    return asked, draw


def _newest_metadata(vault: "Vault", *, membership: "Membership") -> "Metadata":
    """What the community publishes now, stored in the wallet."""
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.renew import renew_metadata

    with Transport() as transport:
        service = PublishedClient(membership.address, transport=transport)
        return renew_metadata(vault, membership=membership, service=service).metadata


def _credential(
    vault: "Vault", *, community: str | None, number: int | None, at_once: bool, yes: bool
) -> "Credential":
    """The credential that is meant, at the registry's newest value if that can be had."""
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.holdings import choose
    from client.wallet.standing import stand

    holding = choose(vault.read(), community=community, number=number)
    with Transport() as transport:
        service = PublishedClient(holding.membership.address, transport=transport)
        standing = stand(vault, holding=holding, service=service, at_once=at_once)
    _say_standing(standing, yes=yes)
    return standing.credential


def _say_standing(standing: "Standing", *, yes: bool) -> None:
    """What the member should know of the registry, and of clocks, before anything is shown."""
    if standing.clock:
        note(standing.clock)
    if standing.note:
        note(standing.note)
    if standing.caution:
        note(standing.caution)
        agree("Go on all the same?", yes=yes)


def _to_app(
    vault: "Vault",
    *,
    link: str,
    community: str | None,
    number: int | None,
    yes: bool,
    at_once: bool,
    as_json: bool,
) -> None:
    from client.errors import WalletError
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.consent import asked_by_app
    from client.wallet.holdings import choose
    from client.wallet.showing import answer_request, fetch_request, find_app, send_answer
    from client.wallet.standing import stand

    with Transport() as transport:
        request = fetch_request(link, transport=transport)
        holding = choose(
            vault.read(), community=community, fingerprint=request.community_id, number=number
        )
        metadata = holding.membership.metadata
        service = PublishedClient(holding.membership.address, transport=transport)
        try:
            app = find_app(metadata, request=request)
        except WalletError:
            metadata = _newest_metadata(vault, membership=holding.membership)
            app = find_app(metadata, request=request)
        standing = stand(
            vault, holding=holding, service=service, value=request.value, at_once=at_once
        )
        _say_standing(standing, yes=yes)
        mine = standing.credential
        asked = asked_by_app(app, request=request, metadata=metadata, credential=mine)
        _show_asked(asked)
        agree("Show this?", yes=yes)
        presentation = answer_request(mine, request=request, app=app)
        message = send_answer(presentation, request=request, app=app, transport=transport)
    if as_json:
        from credentials.formats import base64url

        pseudonym = base64url.encode(presentation.pseudonym) or None
        say_json({"message": message, "pseudonym": pseudonym, "asked": asked.to_json()})
    else:
        say(f"{app.name}: {message}")


def _show_asked(asked: "Asked") -> None:
    say_rows(asked.lines(), err=True)


def _show_code(
    code: "DoorCode",
    *,
    asked: "Asked",
    qr: Path | None,
    text: bool,
    as_json: bool,
    watch: bool,
) -> None:
    from client.qr_picture import fits_terminal, for_terminal, write_png
    from credentials.formats.plain_text import can_be_shown
    from credentials.scope import SLOT_SECONDS

    if qr is not None:
        write_png(qr, text=code.text)
    if as_json:
        shown: dict[str, Any] = {
            "code": code.text,
            "slot": code.slot,
            "octets": code.octets,
            "good_until": (code.slot + 2) * SLOT_SECONDS,
            "picture": str(qr) if qr else None,
            "asked": asked.to_json(),
        }
        say_json(shown)
    elif text:
        say(code.text)
    elif qr is not None:
        note(f"The code is in {qr}; it is good for about a minute.")
    else:
        columns = shutil.get_terminal_size().columns
        if sys.stdout.isatty() and not fits_terminal(code.text, columns=columns):
            raise ClientError(
                f"This terminal is {columns} columns wide, too narrow for the code; make it "
                "wider or its letters smaller, or use --qr FILE."
            )
        drawing = for_terminal(code.text)
        if not can_be_shown(drawing, encoding=sys.stdout.encoding):
            raise ClientError(
                "This terminal cannot draw the code; use --qr FILE, or set its encoding to UTF-8."
            )
        if watch and sys.stdout.isatty():
            say(CLEAR_SCREEN)
        say(drawing)
        note("Good for about a minute." + (" Ctrl-C ends." if watch else ""))
