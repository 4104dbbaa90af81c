"""`symbolon doctor`: find out what is wrong on this machine, in plain words."""

import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from client.commands.terminal import (
    JsonOption,
    PassphraseOption,
    WalletOption,
    open_wallet,
    say,
    say_json,
)
from credentials.errors import SymbolonError


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: fine or not, and in words."""

    name: str
    fine: bool
    words: str


def doctor(
    *,
    wallet: WalletOption,
    community: Annotated[
        str | None,
        typer.Option(
            "--community",
            help="An address to try; otherwise those in the wallet.",
            metavar="ADDRESS",
        ),
    ] = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check this machine: Python, curve library, wallet, communities, clock.

    Exit status 0: all is well; 1: something needs attention.
    """
    findings = [
        _python(),
        _curve(),
        *_wallet_and_communities(wallet, community=community, passphrase_file=passphrase_file),
    ]
    if as_json:
        say_json([{"name": f.name, "fine": f.fine, "words": f.words} for f in findings])
    else:
        for finding in findings:
            mark = "ok  " if finding.fine else "LOOK"
            typer.secho(mark, fg="green" if finding.fine else "red", nl=False)
            say(f"  {finding.name}: {finding.words}")
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)


def _python() -> Finding:
    return Finding(name="Python", fine=True, words=platform.python_version())


def _curve() -> Finding:
    from credentials.curve import curve

    started = time.perf_counter()
    fine = curve.pairing_check(
        [(curve.g1_generator, curve.g2_generator), (-curve.g1_generator, curve.g2_generator)]
    )
    milliseconds = (time.perf_counter() - started) * 1000
    words = f"{curve.name}, a pairing check takes {milliseconds:.1f} ms"
    if curve.name != "blst":
        words += "; it is slow and not constant-time, install pyblst if you can"
    return Finding(name="Curve", fine=fine and curve.name == "blst", words=words)


def _wallet_and_communities(
    wallet: Path, *, community: str | None, passphrase_file: Path | None
) -> Iterator[Finding]:

    places: list[tuple[str, bytes | None]] = []
    if not wallet.expanduser().exists():
        yield Finding(name="Wallet", fine=True, words=f"none yet at {wallet}")
    else:
        try:
            contents = open_wallet(wallet, passphrase_file).read()
        except SymbolonError as error:
            yield Finding(name="Wallet", fine=False, words=str(error))
        else:
            count = sum(len(m.enrolments) for m in contents.memberships)
            yield Finding(name="Wallet", fine=True, words=f"readable, {count} credential(s)")
            places = [(m.address, m.fingerprint) for m in contents.memberships]
    if community is not None:
        places = [(community, None)]
    for address, fingerprint in places:
        yield from _community(address, fingerprint=fingerprint)


def _community(address: str, *, fingerprint: bytes | None) -> Iterator[Finding]:
    from client.clocks import TOLERANCE_SECONDS, wrong_clock
    from client.community import pinned, show_fingerprint
    from client.published import PublishedClient
    from client.transport import Transport

    try:
        with Transport() as transport:
            service = PublishedClient(address, transport=transport)
            published = pinned(service.metadata(), fingerprint=fingerprint)
            reading = service.clock
    except SymbolonError as error:
        yield Finding(name="Community", fine=False, words=str(error))
        return
    shown = show_fingerprint(published.fingerprint)
    yield Finding(name="Community", fine=True, words=f"{published.metadata.name}, {shown}")
    if reading is None:
        yield Finding(name="Clock", fine=True, words="the server does not tell its time")
        return
    wrong = wrong_clock(reading, now=reading.own, published=published.metadata.published_at)
    words = wrong or f"within {TOLERANCE_SECONDS} s of the server's"
    yield Finding(name="Clock", fine=not wrong, words=words)
