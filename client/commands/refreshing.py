"""`symbolon wallet refresh`, `renew`, `keep`: what communities publish, and what they say to you.

The first two are apart because they must not happen together: what is published is the same for
everyone, while a renewal tells the community which member asks (`client.wallet.traffic`).
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from client.commands.alarm import EXIT_ALARM, checked_json, say_checked, write_evidence
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

if TYPE_CHECKING:
    from client.wallet.contents import Membership
    from client.wallet.vault import Vault

LONGEST_SLEEP = 600
"""Seconds between two looks at the wallet file, which other commands change."""


def refresh(
    *,
    wallet: WalletOption,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch what your communities publish now, which tells nobody who you are.

    Brings your credentials up to date, and looks for ballots that were not seen in their poll's log
    yet; exit status 2 if a community broke its word about one.
    """
    from client.polls import PollsClient
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.receipts import Checked, check_receipts
    from client.wallet.renew import renew_metadata
    from client.wallet.standing import ended_in_words, update

    vault = open_wallet(wallet, passphrase_file)
    rows = []
    checked = Checked()
    for known in vault.read().memberships:
        with Transport() as transport:
            service = PublishedClient(known.address, transport=transport)
            published = renew_metadata(vault, membership=known, service=service)
            found = update(vault, fingerprint=known.fingerprint, service=service)
            polls = PollsClient(known.address, transport=transport)
            seen = check_receipts(
                vault,
                fingerprint=known.fingerprint,
                polls=polls,
                now=int(time.time()),
            )
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
        say_json(rows)
    else:
        for row in rows:
            say(f"{row['community']}: up to date, {row['credentials']} credential(s).")
        say_checked(checked)
    if checked.alarms:
        raise typer.Exit(EXIT_ALARM)


def keep(*, wallet: WalletOption, passphrase_file: PassphraseOption = None) -> None:
    """Keep your memberships current, until Ctrl-C.

    Fetches what is new soon after it is due, and renews what was changed, each at a random time of
    its own: when your wallet asks tells nobody when you show it. Let it run where your computer
    does.
    """
    from client.errors import ClientError
    from client.wallet.keeping import next_task
    from credentials.times import in_words

    vault = open_wallet(wallet, passphrase_file)
    failures = 0
    while True:
        task = next_task(vault.read())
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
            failures = 0
        except ClientError as error:
            failures += 1
            note(str(error))
            time.sleep(min(60 * 2**failures, LONGEST_SLEEP))


def _update_one(vault: "Vault", fingerprint: bytes) -> None:
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.renew import renew_metadata
    from client.wallet.standing import update

    known = vault.read().known(fingerprint)
    with Transport() as transport:
        service = PublishedClient(known.address, transport=transport)
        renew_metadata(vault, membership=known, service=service)
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
        return ask_anew(
            vault,
            published=renew_metadata(vault, membership=known, service=service),
            service=service,
            issuance=IssuanceClient(known.address, transport=transport),
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
    between them.
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
    rows = []
    for known in meant:
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
        say_json(rows)
        return
    for row in rows:
        say(f"{row['community']}: {row['credentials']} credential(s), as the organiser has them.")
