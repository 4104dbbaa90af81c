"""`symbolon wallet backup` and `restore`: a sealed copy, or twelve words."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.exit_status import KEPT
from client.commands.terminal import (
    JsonOption,
    PassphraseOption,
    WalletOption,
    YesOption,
    agree,
    ask,
    note,
    open_wallet,
    passphrase,
    progress,
    read_first_line,
    say,
    say_json,
)
from client.errors import ClientError, WalletError
from credentials.errors import SymbolonError

if TYPE_CHECKING:
    from client.community import PinnedMetadata
    from client.wallet.contents import Membership, WalletContents


def backup(
    *,
    wallet: WalletOption,
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to write the copy; it must not exist.", show_default=False),
    ] = None,
    phrase: Annotated[
        bool, typer.Option("--phrase", help="Show the twelve recovery words instead.")
    ] = False,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the wallet into one encrypted file, or show its twelve recovery words.

    The copy opens with the same passphrase. The words alone bring your credentials and pseudonyms
    back, and with them anybody can. What only this wallet knows is in the copy and not in the
    words: the receipts of your votes, and which sites and logs it has seen.
    """
    from client.wallet.phrase import to_words

    if phrase == (file is not None):
        raise ClientError("Give either a FILE for the copy, or --phrase.")
    vault = open_wallet(wallet, passphrase_file)
    contents = vault.read()
    if file is None:
        note("Whoever sees the next line can act as you. Make sure that nobody looks on.")
        agree("Show the words?", yes=yes)
        words = to_words(contents.seed)
        if as_json:
            say_json({"phrase": words})
        else:
            say(words)
        return
    vault.copy(file)
    if as_json:
        say_json({"backup": str(file)})
    else:
        say(f"The copy is in {file}. It opens with the wallet's passphrase.")


def restore(
    *,
    wallet: WalletOption,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="A copy made with `wallet backup`.", metavar="FILE"),
    ] = None,
    phrase: Annotated[
        bool, typer.Option("--phrase", help="Ask for the twelve recovery words.")
    ] = False,
    phrase_file: Annotated[
        Path | None,
        typer.Option("--phrase-file", help="A file with the twelve words.", metavar="FILE"),
    ] = None,
    community: Annotated[
        str | None,
        typer.Option("--community", help="With the words: the community's address.", metavar="URL"),
    ] = None,
    fingerprint: Annotated[
        str | None,
        typer.Option(
            "--fingerprint", help="With the words: the community's fingerprint.", metavar="TEXT"
        ),
    ] = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a wallet back, from a copy or from its twelve words.

    Your credentials are asked for anew, and you keep the same pseudonyms everywhere. The words do
    not bring the receipts of your votes; a copy does, as far as it is new. For several communities
    repeat the command with the words and each address. An existing wallet is never overwritten.
    Exit status 4: what the copy holds is back, and not every community could be asked what became
    of it.
    """
    if (source is not None) == (phrase or phrase_file is not None):
        raise ClientError("Give either --from FILE, or --phrase (or --phrase-file FILE).")
    failed = 0
    if source is not None:
        restored, failed = _from_copy(source, wallet=wallet, passphrase_file=passphrase_file)
    else:
        if community is None:
            raise ClientError("Give the address of your community with --community.")
        restored = _from_words(
            _words(phrase_file),
            wallet=wallet,
            address=community,
            fingerprint=fingerprint,
            passphrase_file=passphrase_file,
        )
    rows = [
        {"community": m.metadata.name, "credentials": len(m.enrolments)}
        for m in restored.memberships
    ]
    if as_json:
        say_json({"wallet": str(wallet), "memberships": rows})
    else:
        say(f"Your wallet is back: {wallet}")
        for row in rows:
            say(f"  {row['community']}: {row['credentials']} credential(s)")
    if failed:
        raise typer.Exit(KEPT)


def _words(file: Path | None) -> str:
    if file is None:
        return ask("The twelve words", instead="use --phrase-file FILE", hide=True)
    return read_first_line(file, what="phrase")


def _from_words(
    words: str,
    *,
    wallet: Path,
    address: str,
    fingerprint: str | None,
    passphrase_file: Path | None,
) -> "WalletContents":
    from client.community import parse_fingerprint, show_fingerprint
    from client.wallet.contents import WalletContents
    from client.wallet.phrase import from_words
    from client.wallet.restore import with_restored
    from client.wallet.vault import Vault

    seed = from_words(words)
    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    vault = None
    if wallet.expanduser().exists():
        vault = open_wallet(wallet, passphrase_file)
        if vault.read().seed != seed:
            raise WalletError(f"The wallet at {wallet} has other words; choose another file.")
    beside = None if vault is None else vault.read()
    published, found = _ask_community(seed, address=address, fingerprint=pin, beside=beside)
    if pin is None:
        shown = show_fingerprint(found.fingerprint)
        note(f"No fingerprint was given; this community's is {shown}. Compare it.")
    if not found.enrolments:
        raise WalletError(
            f"{found.metadata.name} knows no credential of these words; nothing was "
            "written. If you never claimed one, use your claim link."
        )
    if vault is not None:
        return vault.change(lambda now: with_restored(now, found=found, between=published.between))
    contents = WalletContents(seed=seed, memberships=(found,))
    return Vault.create(
        wallet, passphrase=passphrase(passphrase_file, new=True), contents=contents
    ).read()


def _from_copy(
    source: Path, *, wallet: Path, passphrase_file: Path | None
) -> "tuple[WalletContents, int]":
    """What the wallet holds now, and how many communities could not be asked."""
    from client.commands.main import sentence
    from client.errors import ServerUnreachable
    from client.wallet.restore import with_restored
    from client.wallet.vault import Vault

    if wallet.expanduser().exists():
        raise WalletError(f"There is a wallet at {wallet} already; choose another with --wallet.")
    word = passphrase(passphrase_file, title="Passphrase of the copy")
    contents = Vault.open(source, passphrase=word).read()
    vault = Vault.create(wallet, passphrase=word, contents=contents)
    failed = 0
    for membership in contents.memberships:
        try:
            published, found = _ask_community(
                contents.seed,
                address=membership.address,
                fingerprint=membership.fingerprint,
                beside=contents,
            )
            vault.change(partial(with_restored, found=found, between=published.between))
        except ServerUnreachable:
            failed += 1
            note(
                f"{membership.metadata.name} cannot be reached; what the copy holds is kept. "
                "Run `symbolon wallet renew` later."
            )
        except SymbolonError as error:
            failed += 1
            note(
                f"{membership.metadata.name}: what the copy holds is kept, and not brought up to "
                f"date. {sentence(error)} Run `symbolon wallet renew` later."
            )
    return vault.read(), failed


def _ask_community(
    seed: bytes, *, address: str, fingerprint: bytes | None, beside: "WalletContents | None"
) -> "tuple[PinnedMetadata, Membership]":
    from client.community import pinned
    from client.history import bridged
    from client.issuance import IssuanceClient
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.restore import restore as ask_again

    with Transport() as transport, progress("Asking for your credentials") as report:
        service = PublishedClient(address, transport=transport)
        published = pinned(service.metadata(), fingerprint=fingerprint)
        known = None if beside is None else beside.membership(published.fingerprint)
        published = bridged(
            published, known=None if known is None else known.signed, service=service
        )
        found = ask_again(
            seed,
            service=service,
            issuance=IssuanceClient(address, transport=transport),
            published=published,
            beside=beside,
            progress=report,
        )
    return published, found
