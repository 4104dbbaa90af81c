"""`symbolon wallet present`: show a membership at a door, or to an app that asks."""

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.terminal import (
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
    from client.wallet.showing import DoorCode
    from client.wallet.vault import Vault
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
            vault, link=target, community=community, number=credential, yes=yes, as_json=as_json
        )
        return
    asked, draw = _door(vault, door=door, event=event, community=community, number=credential)
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
) -> "tuple[Asked, Callable[[], DoorCode]]":
    from client.errors import WalletError
    from client.issuer import IssuerClient
    from client.transport import Transport
    from client.wallet.consent import asked_by_door
    from client.wallet.holdings import choose
    from client.wallet.renew import renew_metadata
    from client.wallet.showing import draw_code, find_door
    from credentials.doors import door_policy

    holding = choose(vault.read(), community=community, number=number)
    metadata = holding.membership.metadata
    with Transport() as transport:
        issuer = IssuerClient(holding.membership.address, transport=transport)
        try:
            found, its_event = find_door(metadata, door=door, event=event)
        except WalletError:
            # The door may be newer than what this wallet knows.
            metadata = renew_metadata(vault, membership=holding.membership, issuer=issuer).metadata
            found, its_event = find_door(metadata, door=door, event=event)
    mine = _credential(vault, community=community, number=number)
    since = time.monotonic()
    asked = asked_by_door(
        found,
        event=its_event,
        policy=door_policy(found, schema=metadata.schema),
        metadata=metadata,
        credential=mine,
    )

    def draw() -> "DoorCode":
        nonlocal mine, since
        if time.monotonic() - since > WATCH_SECONDS:
            mine = _credential(vault, community=community, number=number)
            since = time.monotonic()
        return draw_code(mine, metadata=metadata, door=found, event=its_event)

    return asked, draw


def _credential(vault: "Vault", *, community: str | None, number: int | None) -> "Credential":
    """The credential that is meant, at the newest registry head if that can be had."""
    from client.issuer import IssuerClient
    from client.transport import Transport
    from client.wallet.holdings import choose
    from client.wallet.standing import stand

    holding = choose(vault.read(), community=community, number=number)
    with Transport() as transport:
        issuer = IssuerClient(holding.membership.address, transport=transport)
        standing = stand(vault, holding=holding, issuer=issuer)
    if standing.note:
        note(standing.note)
    return standing.credential


def _to_app(
    vault: "Vault",
    *,
    link: str,
    community: str | None,
    number: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    from client.errors import WalletError
    from client.issuer import IssuerClient
    from client.transport import Transport
    from client.wallet.consent import asked_by_app
    from client.wallet.holdings import choose
    from client.wallet.renew import renew_metadata
    from client.wallet.showing import answer_request, fetch_request, find_app, send_answer
    from client.wallet.standing import stand

    with Transport() as transport:
        request = fetch_request(link, transport=transport)
        holding = choose(
            vault.read(), community=community, fingerprint=request.community_id, number=number
        )
        metadata = holding.membership.metadata
        issuer = IssuerClient(holding.membership.address, transport=transport)
        try:
            app = find_app(metadata, request=request)
        except WalletError:
            metadata = renew_metadata(vault, membership=holding.membership, issuer=issuer).metadata
            app = find_app(metadata, request=request)
        standing = stand(vault, holding=holding, issuer=issuer, value=request.value)
        if standing.note:
            note(standing.note)
        mine = standing.credential
        asked = asked_by_app(app, request=request, metadata=metadata, credential=mine)
        _show_asked(asked)
        agree("Show this?", yes=yes)
        presentation = answer_request(mine, request=request, app=app)
        message = send_answer(presentation, request=request, app=app, transport=transport)
    if as_json:
        pseudonym = presentation.pseudonym.hex() or None
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
        if watch and sys.stdout.isatty():
            say(CLEAR_SCREEN)
        say(for_terminal(code.text))
        note("Good for about a minute." + (" Ctrl-C ends." if watch else ""))
