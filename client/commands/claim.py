"""`symbolon wallet claim`: turn a claim link into a credential."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.terminal import (
    AtOnceOption,
    JsonOption,
    PassphraseOption,
    WalletOption,
    ask,
    note,
    passphrase,
    say,
    say_json,
    say_rows,
)
from client.errors import ClientError
from credentials.errors import SymbolonError

if TYPE_CHECKING:
    from credentials.formats.claim_link import ClaimLink


def claim(
    *,
    wallet: WalletOption,
    link: Annotated[
        str | None,
        typer.Argument(
            help="The claim link from the organiser, or the picture or file with it; '-' reads the "
            "link from standard input, and without it you are asked.",
            metavar="LINK",
            show_default=False,
        ),
    ] = None,
    at_once: AtOnceOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Claim a credential with the link that the organiser sent you.

    The first claim makes your wallet and shows its twelve recovery words. The organiser signs your
    credential without seeing its secret. If the answer is lost, use the same link again. For a
    quarter of an hour afterwards the wallet shows nothing, so that the times do not tell whose it
    is.
    """
    from client.community import pinned, show_fingerprint
    from client.issuance import IssuanceClient
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.claim import claim as claim_credential
    from client.wallet.open import open_or_make
    from client.wallet.phrase import to_words

    if link is None:
        link = ask("Claim link", instead="give the link, or '-' to read it from standard input")
    elif link == "-":
        link = sys.stdin.read()
    parsed = _parsed(link)
    with Transport() as transport:
        service = PublishedClient(parsed.address, transport=transport)
        issuance = IssuanceClient(parsed.address, transport=transport)
        published = pinned(service.metadata(), fingerprint=parsed.fingerprint)
        if not wallet.expanduser().exists():
            # Nobody writes down twelve words for a link that leads nowhere.
            issuance.check_code(parsed.code)
        vault, seed = open_or_make(wallet, ask=lambda new: passphrase(passphrase_file, new=new))
        if seed is not None and not as_json:
            note(f"Your wallet is made: {vault.path}")
            note("Write these twelve words down and keep them where nobody else finds them:")
            note(f"\n    {to_words(seed)}\n")
            note("They bring your membership back if this file is lost. The receipts of your")
            note("votes are only in the file: `symbolon wallet backup FILE` copies it.\n")
        claimed = claim_credential(
            vault,
            link=parsed,
            service=service,
            issuance=issuance,
            published=published,
            at_once=at_once,
        )
    schema = claimed.metadata.schema
    attributes = {
        name: schema.show_text(name, value) for name, value in claimed.credential.attributes.items()
    }
    if as_json:
        say_json(
            {
                "community": claimed.metadata.name,
                "address": claimed.metadata.address,
                "fingerprint": show_fingerprint(published.fingerprint),
                "attributes": attributes,
                "new": not claimed.before,
                "new_wallet": seed is not None,
                "wallet": str(vault.path),
            }
        )
        return
    again = " (it was here before; checked anew)" if claimed.before else ""
    say(f"You are a member of {claimed.metadata.name}{again}. Your credential says:")
    say_rows(list(attributes.items()))


def _parsed(given: str) -> "ClaimLink":
    """The link itself, or the one in the file that it names: a letter's picture, or text."""
    from credentials.errors import EncodingError
    from credentials.formats.claim_link import ClaimLink

    if "/claim#" not in given and Path(given.strip()).expanduser().is_file():
        given = _read(Path(given.strip()).expanduser())
    try:
        return ClaimLink.find(given)
    except EncodingError as error:
        raise ClientError(
            f"That is no claim link: {error}. Copy the whole link, with what follows the #."
        ) from None


def _read(file: Path) -> str:
    from client.commands.sources import read_octets
    from client.qr_reading import read_text
    from credentials.formats.plain_text import text_in

    octets = read_octets(file)
    if b"\0" in octets[:64] and not octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return read_text(file, ours=_is_claim_link)
    try:
        return text_in(octets)
    except SymbolonError:
        return read_text(file, ours=_is_claim_link)


def _is_claim_link(text: str) -> bool:
    from credentials.errors import EncodingError
    from credentials.formats.claim_link import ClaimLink

    try:
        ClaimLink.parse(text)
    except EncodingError:
        return False
    return True
