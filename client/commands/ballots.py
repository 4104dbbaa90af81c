"""`symbolon poll receipts`, `receipt` and `abstained`: what became of your ballots, and proofs."""

import time
from pathlib import Path
from typing import Annotated

import typer

from client.commands.alarm import (
    EXIT_ALARM,
    checked_json,
    say_checked,
    write_evidence,
    write_new,
)
from client.commands.exit_status import FAILED, KEPT
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
from client.commands.vote import place
from client.errors import ClientError, WalletError

OutOption = Annotated[Path, typer.Option("--out", help="The file to write.", metavar="FILE")]
PollArgument = Annotated[str, typer.Argument(help="A poll's link, or a poll's id.", metavar="POLL")]


def receipts(
    *,
    wallet: WalletOption,
    folder: Annotated[
        Path,
        typer.Option("--evidence", help="Where evidence is written, if any.", metavar="FOLDER"),
    ] = Path(),
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look for all your ballots in the logs of their polls.

    Exit status 2: a community broke its word (a ballot is missing after the promised time, came too
    late, or the log is not the one of before); the evidence is written into a file. Exit status 1:
    a log could not be read. Exit status 4: a ballot had no answer and is in no log, or a log was
    shown as it was before.
    """
    from client.polls import PollsClient
    from client.transport import Transport
    from client.wallet.receipts import Checked, check_receipts

    vault = open_wallet(wallet, passphrase_file)
    checked = Checked()
    with Transport() as transport:
        for membership in vault.read().memberships:
            polls = PollsClient(membership.address, transport=transport)
            checked = checked.and_then(
                check_receipts(
                    vault,
                    fingerprint=membership.fingerprint,
                    polls=polls,
                    now=int(time.time()),
                )
            )
    files = write_evidence(checked.alarms, folder=folder)
    if as_json:
        say_json(checked_json(checked) | {"evidence": [str(file) for file in files]})
    elif checked == Checked():
        say("This wallet has cast no ballot.")
    else:
        say_checked(checked)
    if checked.alarms:
        raise typer.Exit(EXIT_ALARM)
    if checked.unread:
        raise typer.Exit(FAILED)
    if checked.is_open:
        raise typer.Exit(KEPT)


def receipt(
    *,
    wallet: WalletOption,
    poll: PollArgument,
    out: OutOption,
    community: CommunityOption = None,
    credential: CredentialOption = None,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Write the receipt of your newest ballot in a poll: a proof that it is in the log."""
    from client.polls import PollsClient
    from client.transport import Transport
    from client.wallet.holdings import choose
    from client.wallet.receipts import receipt_of

    vault = open_wallet(wallet, passphrase_file)
    address, poll_id = place(poll)
    holding = choose(vault.read(), community=address or community, number=credential)
    membership = holding.membership
    cast = [
        vote
        for vote in membership.votes
        if vote.poll == poll_id and vote.count == holding.enrolment.count
    ]
    if not cast:
        raise WalletError("This wallet cast no ballot in that poll.")
    newest = max(cast, key=lambda vote: vote.sequence)
    with Transport() as transport:
        polls = PollsClient(membership.address, transport=transport)
        made = receipt_of(vault, newest, fingerprint=membership.fingerprint, polls=polls)
    write_new(out, made.to_text().encode())
    say(f"Your ballot is entry {made.index} of the log; the receipt is in {out}.")
    note("Whoever you give it to learns which ballot was yours.")


def abstained(
    *,
    wallet: WalletOption,
    poll: PollArgument,
    out: OutOption,
    community: CommunityOption = None,
    credential: CredentialOption = None,
    yes: YesOption = False,
    at_once: AtOnceOption = False,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Prove that you cast no ballot in a poll that is closed, in a file that you can give away.

    If a poll has more voters than its roll less those who prove this, ballots were stuffed.
    """
    from client.poll import read_poll
    from client.polls import PollsClient
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.abstaining import check_can_abstain, look_for_own, prove_abstention
    from client.wallet.consent import asked_to_show_abstention
    from client.wallet.holdings import choose
    from client.wallet.voting import on_roll

    vault = open_wallet(wallet, passphrase_file)
    address, poll_id = place(poll)
    if poll_id is None:
        raise ClientError("A poll's link looks like https://city.example/polls/lunch.")
    holding = choose(vault.read(), community=address or community, number=credential)
    membership = holding.membership
    with Transport() as transport:
        service = PublishedClient(membership.address, transport=transport)
        polls = PollsClient(membership.address, transport=transport)
        paper = read_poll(poll_id, polls=polls, metadata=membership.metadata)
        check_can_abstain(paper, membership=membership, count=holding.enrolment.count)
        mine = on_roll(vault, holding=holding, poll=paper, service=service, at_once=at_once)
        if not look_for_own(mine, poll=paper, polls=polls):
            note("The ballots are not published yet, so they were not searched for one of yours.")
    asked = asked_to_show_abstention(paper, metadata=membership.metadata, credential=mine)
    say_rows(asked.lines(), err=True)
    agree("Make this proof?", yes=yes)
    write_new(out, prove_abstention(mine, poll=paper).to_cbor())
    say(f"The proof that you cast no ballot is in {out}; `symbolon audit --abstained` takes it.")
