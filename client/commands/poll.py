"""`symbolon poll`: what polls there are, and whether your ballots are in their logs."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.alarm import (
    EXIT_ALARM,
    checked_json,
    say_checked,
    write_evidence,
    write_new,
)
from client.commands.sources import note_fingerprint, read_octets
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
from client.commands.vote import place
from client.errors import ClientError, WalletError

if TYPE_CHECKING:
    from client.poll import Poll

EXIT_UNREAD = 1

commands = typer.Typer(
    help="Polls: look at them, and check what became of your ballots.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

FingerprintOption = Annotated[
    str | None, typer.Option("--fingerprint", help="The community's fingerprint.", metavar="TEXT")
]
OutOption = Annotated[Path, typer.Option("--out", help="The file to write.", metavar="FILE")]
PollArgument = Annotated[str, typer.Argument(help="A poll's link, or a poll's id.", metavar="POLL")]


@commands.command("list")
def list_polls(
    *,
    address: Annotated[str, typer.Argument(help="The community's address.", metavar="ADDRESS")],
    as_json: JsonOption = False,
) -> None:
    """List a community's polls."""
    from client.poll import time_in_words
    from client.polls import PollsClient
    from client.transport import Transport

    with Transport() as transport:
        polls = PollsClient(address, transport=transport).polls()
    if as_json:
        say_json(
            [
                {"id": p.id, "question": p.question, "state": p.state, "closes_at": p.closes_at}
                for p in polls
            ]
        )
        return
    if not polls:
        say("There are no polls.")
    say_rows(
        [(p.id, f"{p.question} ({p.state}; closes {time_in_words(p.closes_at)})") for p in polls]
    )


@commands.command("show")
def show(
    *,
    link: Annotated[
        str,
        typer.Argument(
            help="A poll's link, such as https://city.example/polls/lunch.", metavar="LINK"
        ),
    ],
    fingerprint: FingerprintOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a poll in words: how to vote, how it is counted, who can read votes, how many vote."""
    from client.community import load_signed, parse_fingerprint, pinned
    from client.poll import poll_in_words, read_poll
    from client.polls import PollsClient
    from client.transport import Transport

    address, poll_id = place(link)
    if address is None or poll_id is None:
        raise ClientError("A poll's link looks like https://city.example/polls/lunch.")
    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    published = pinned(load_signed(address), fingerprint=pin)
    note_fingerprint(published, given=pin)
    with Transport() as transport:
        polls = PollsClient(address, transport=transport)
        poll: Poll = read_poll(poll_id, polls=polls, metadata=published.metadata)
    rows = (("State", poll.state), *poll_in_words(poll))
    if as_json:
        say_json(
            {
                "id": poll.id,
                "question": poll.manifest.question,
                "options": list(poll.manifest.options),
                "manifest_hash": poll.manifest.manifest_hash.hex(),
            }
            | {title.lower(): text for title, text in rows}
        )
        return
    say(poll.manifest.question)
    say_rows([(f"  {n}", option) for n, option in enumerate(poll.manifest.options, start=1)])
    say_rows(rows)


@commands.command("receipts")
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
    a log could not be read.
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
        raise typer.Exit(EXIT_UNREAD)


@commands.command("receipt")
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


@commands.command("abstained")
def abstained(
    *,
    wallet: WalletOption,
    poll: PollArgument,
    out: OutOption,
    community: CommunityOption = None,
    credential: CredentialOption = None,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
) -> None:
    """Prove that you cast no ballot in a poll that is closed, in a file that you can give away.

    If a poll has more voters than its roll less those who prove this, ballots were stuffed.
    """
    from client.issuer import IssuerClient
    from client.poll import read_poll
    from client.polls import PollsClient
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
        issuer = IssuerClient(membership.address, transport=transport)
        polls = PollsClient(membership.address, transport=transport)
        paper = read_poll(poll_id, polls=polls, metadata=membership.metadata)
        check_can_abstain(paper, membership=membership, count=holding.enrolment.count)
        mine = on_roll(vault, holding=holding, poll=paper, issuer=issuer)
        if not look_for_own(mine, poll=paper, polls=polls):
            note("The ballots are not published yet, so they were not searched for one of yours.")
    asked = asked_to_show_abstention(paper, metadata=membership.metadata, credential=mine)
    say_rows(asked.lines(), err=True)
    agree("Make this proof?", yes=yes)
    write_new(out, prove_abstention(mine, poll=paper).to_cbor())
    say(f"The proof that you cast no ballot is in {out}; `symbolon audit --abstained` takes it.")


@commands.command("check-evidence")
def check_evidence(
    *,
    file: Annotated[Path, typer.Argument(help="An evidence file.", metavar="FILE")],
    fingerprint: FingerprintOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check evidence that a community broke its word in a poll, offline.

    Exit status 0: it proves what it says; 1: it proves nothing, and why.
    """
    from client.community import parse_fingerprint, show_fingerprint
    from client.evidence import Evidence

    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    proven = Evidence.from_json(read_octets(file)).prove(fingerprint=pin)
    shown = show_fingerprint(proven.fingerprint)
    if as_json:
        say_json(
            {
                "proven": proven.sentence,
                "community": proven.community,
                "fingerprint": shown,
                "question": proven.question,
            }
        )
        return
    say(proven.sentence)
    say_rows([("Poll", proven.question), ("Community", proven.community), ("Fingerprint", shown)])
    if pin is None:
        note("No fingerprint was given; compare the one above with the community's.")
