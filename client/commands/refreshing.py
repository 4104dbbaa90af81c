"""`symbolon wallet refresh`, `renew`, `keep`: what communities publish, and what they say to you.

The first two are apart because they must not happen together: what is published is the same for
everyone, while a renewal tells the community which member asks (`client.wallet.traffic`).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.alarm import EXIT_ALARM, checked_json, say_checked, write_evidence
from client.commands.exit_status import KEPT
from client.commands.sources import note_move
from client.commands.terminal import (
    AtOnceOption,
    CommunityOption,
    JsonOption,
    PassphraseOption,
    WalletOption,
    note,
    open_wallet,
    progress,
    say,
    say_json,
)
from credentials.errors import SymbolonError

if TYPE_CHECKING:
    from client.community import PinnedMetadata
    from client.wallet.contents import Membership, WalletContents
    from client.wallet.receipts import Checked
    from client.wallet.vault import Vault

LONGEST_SLEEP = 600
"""Seconds between two looks at the wallet file, which other commands change."""


def refresh(
    *,
    wallet: WalletOption,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            help="Where a community is now, if its old address is gone; its signed metadata has to "
            "say so.",
            metavar="ADDRESS",
        ),
    ] = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch what your communities publish now, which tells nobody who you are.

    Brings your credentials up to date, and looks for ballots that were not seen in their poll's log
    yet. Exit status 2: a community broke its word about one. Exit status 4: a community or a log
    could not be read; what the wallet knew of it stays, and the others are up to date.

    A community that has moved is followed to the address that its signed metadata names.
    """
    from client.errors import ClientError
    from client.wallet.receipts import Checked
    from client.wallet.standing import ended_in_words
    from credentials.formats.addresses import canonical_address

    vault = open_wallet(wallet, passphrase_file)
    if at is not None:
        at = canonical_address(at, name="--at", error=ClientError)
    contents = vault.read()
    rows: list[dict[str, Any]] = []
    checked = Checked()
    failed = _Failed()
    memberships = contents.memberships if at is None else (_known_at(at, contents=contents),)
    several = len(memberships) > 1
    for known in memberships:
        with failed.noted(known) if several else nullcontext():
            published, found, seen = _refresh_one(vault, known, at=at)
            checked = checked.and_then(seen)
            ended = [e for e in found.enrolments if e.ended]
            rows.append(
                {
                    "community": published.metadata.name,
                    "credentials": len(found.enrolments) - len(ended),
                    "ended": len(ended),
                    "renew_at": found.renew_at or None,
                }
                | checked_json(seen)
            )
            for enrolment in ended:
                note(ended_in_words(enrolment, membership=found))
    write_evidence(checked.alarms, folder=Path())
    if as_json:
        say_json([*rows, *failed.rows])
    else:
        for row in rows:
            say(f"{row['community']}: up to date, {row['credentials']} credential(s).")
        say_checked(checked)
        failed.say(of=len(rows))
    if checked.alarms:
        raise typer.Exit(EXIT_ALARM)
    if failed.rows or checked.unread or checked.stale:
        raise typer.Exit(KEPT)


def _refresh_one(
    vault: "Vault", known: "Membership", *, at: str | None
) -> "tuple[PinnedMetadata, Membership, Checked]":
    from client.polls import PollsClient
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.receipts import check_receipts
    from client.wallet.renew import renew_metadata
    from client.wallet.standing import update

    with Transport() as transport:
        service = PublishedClient(at or known.address, transport=transport)
        published = renew_metadata(vault, membership=known, service=service)
        service = note_move(published, service=PublishedClient(known.address, transport=transport))
        found = update(vault, fingerprint=known.fingerprint, service=service)
        seen = check_receipts(
            vault,
            fingerprint=known.fingerprint,
            polls=PollsClient(service.address, transport=transport),
            now=int(time.time()),
        )
    return published, found, seen


class _Failed:
    """Communities of which something could not be had; the others are not kept from it."""

    def __init__(self) -> None:
        self.rows: list[dict[str, str]] = []

    @contextmanager
    def noted(self, known: "Membership") -> Iterator[None]:
        """Note an error of one community, and go on."""
        from client.commands.main import sentence

        try:
            yield
        except SymbolonError as error:
            self.rows.append({"community": known.metadata.name, "failed": sentence(error)})

    def say(self, *, of: int) -> None:
        """Which failed, and why."""
        for row in self.rows:
            note(f"{row['community']}: not done; what the wallet knew stays. {row['failed']}")
        if self.rows:
            note(f"Done for {of} of {of + len(self.rows)} communities.")


def _known_at(address: str, *, contents: "WalletContents") -> "Membership":
    """The community of this wallet whose signed metadata an address serves."""
    from client.community import load_signed, pinned
    from client.errors import WalletError

    found = pinned(load_signed(address), fingerprint=None)
    known = contents.membership(found.fingerprint)
    if known is None:
        raise WalletError(
            f"At {address} answers a community that this wallet is not in; nothing was changed."
        )
    return known


def keep(*, wallet: WalletOption, passphrase_file: PassphraseOption = None) -> None:
    """Keep your memberships current, until Ctrl-C.

    Fetches what is new soon after it is due, and renews what was changed, each at a random time of
    its own: when your wallet asks tells nobody when you show it. Let it run where your computer
    does.
    """
    from client.commands.main import sentence
    from client.wallet.keeping import next_task
    from credentials.times import in_words

    vault = open_wallet(wallet, passphrase_file)
    failures: dict[bytes, int] = {}
    not_before: dict[bytes, int] = {}
    while True:
        task = next_task(vault.read(), not_before=not_before)
        if task is None:
            say("No membership to keep yet; `symbolon wallet claim LINK` gets one.")
            return
        now = int(time.time())
        if task.at > now:
            note(f"Next on {in_words(task.at)}.")
            time.sleep(min(task.at - now, LONGEST_SLEEP))
            continue
        try:
            (_renew_one if task.renewal else _update_one)(vault, task.fingerprint)
            failures.pop(task.fingerprint, None)
        except SymbolonError as error:
            # The other communities do not wait for this one.
            failed = failures[task.fingerprint] = failures.get(task.fingerprint, 0) + 1
            not_before[task.fingerprint] = int(time.time()) + min(60 * 2**failed, LONGEST_SLEEP)
            note(sentence(error))


def _update_one(vault: "Vault", fingerprint: bytes) -> None:
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.renew import renew_metadata
    from client.wallet.standing import update

    known = vault.read().known(fingerprint)
    with Transport() as transport:
        service = PublishedClient(known.address, transport=transport)
        try:
            published = renew_metadata(vault, membership=known, service=service)
            service = note_move(published, service=service)
        finally:  # a move that cannot be followed yet must not keep a pass from being current
            update(vault, fingerprint=fingerprint, service=service)


def _renew_one(
    vault: "Vault",
    fingerprint: bytes,
    *,
    at_once: bool = False,
    report: "Callable[[int, int], None]" = lambda asked, found: None,
) -> "Membership":
    from client.issuance import IssuanceClient
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.renew import renew_metadata
    from client.wallet.renewal import renew as ask_anew

    known = vault.read().known(fingerprint)
    with Transport() as transport:
        service = PublishedClient(known.address, transport=transport)
        published = renew_metadata(vault, membership=known, service=service)
        service = note_move(published, service=service)
        return ask_anew(
            vault,
            published=published,
            service=service,
            issuance=IssuanceClient(service.address, transport=transport),
            progress=report,
            at_once=at_once,
        )


def renew(
    *,
    wallet: WalletOption,
    community: CommunityOption = None,
    at_once: AtOnceOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch your credentials anew, as the organiser has them now.

    Needed when a membership was changed, or to learn why one ended. The organiser's server learns
    who asks, so do it at another time than showing or voting: the wallet keeps a quarter of an hour
    between them. Exit status 4: of several communities, not all answered; the others are done.
    """
    from client.errors import WalletError
    from client.wallet.holdings import is_meant
    from client.wallet.standing import ended_in_words

    vault = open_wallet(wallet, passphrase_file)
    meant = [
        known
        for known in vault.read().memberships
        if community is None or is_meant(known, community)
    ]
    if not meant:
        raise WalletError("This wallet is in no such community; `symbolon wallet list` shows them.")
    rows: list[dict[str, Any]] = []
    failed = _Failed()
    for known in meant:
        with failed.noted(known) if len(meant) > 1 else nullcontext():
            with progress("Asking for your credentials") as report:
                found = _renew_one(vault, known.fingerprint, at_once=at_once, report=report)
            ended = [e for e in found.enrolments if e.ended]
            rows.append(
                {
                    "community": found.metadata.name,
                    "credentials": len(found.enrolments) - len(ended),
                    "ended": len(ended),
                }
            )
            for enrolment in ended:
                note(ended_in_words(enrolment, membership=found))
    if as_json:
        say_json([*rows, *failed.rows])
    else:
        for row in rows:
            found_there = f"{row['credentials']} credential(s), as the organiser has them."
            say(f"{row['community']}: {found_there}")
        failed.say(of=len(rows))
    if failed.rows:
        raise typer.Exit(KEPT)
