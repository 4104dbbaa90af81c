"""`symbolon wallet vote`: cast one anonymous vote in a poll."""

from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.terminal import (
    CommunityOption,
    CredentialOption,
    JsonOption,
    PassphraseOption,
    WalletOption,
    YesOption,
    agree,
    ask,
    note,
    open_wallet,
    say,
    say_json,
    say_rows,
)
from client.errors import ClientError

if TYPE_CHECKING:
    from client.issuer import IssuerClient
    from client.wallet.voting import Poll


def vote(
    *,
    wallet: WalletOption,
    target: Annotated[
        str,
        typer.Argument(
            help="A poll's link, a poll's id, or the community's address if one poll is open.",
            metavar="POLL",
        ),
    ],
    choice: Annotated[
        int | None,
        typer.Option("--choice", help="The number of the option, from 1.", metavar="NUMBER"),
    ] = None,
    abstain: Annotated[bool, typer.Option("--abstain", help="Abstain, and be counted.")] = False,
    community: CommunityOption = None,
    credential: CredentialOption = None,
    yes: YesOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Vote in a poll: once, anonymously, and so that you can find your ballot again.

    The organiser sees a valid vote and not whose it is. Keep the ballot hash: with it you can see
    in the published result that your vote is there. If the answer is lost, repeat the command: the
    same ballot is sent again and counted once.
    """
    from client.issuer import IssuerClient
    from client.transport import Transport
    from client.wallet.consent import asked_by_poll
    from client.wallet.holdings import choose
    from client.wallet.voting import AlreadyVoted, cast, make_vote, on_roll, read_poll
    from credentials.formats import base64url

    if abstain and choice is not None:
        raise ClientError("Give --choice or --abstain, not both.")
    vault = open_wallet(wallet, passphrase_file)
    address, poll_id = _place(target)
    holding = choose(vault.read(), community=address or community, number=credential)
    membership = holding.membership
    with Transport() as transport:
        issuer = IssuerClient(membership.address, transport=transport)
        poll = read_poll(poll_id or _only_open(issuer), issuer=issuer, metadata=membership.metadata)
        count = holding.enrolment.count
        old = membership.vote_in(poll.manifest.manifest_hash, count=count)
        if old is not None and old.confirmed:
            raise AlreadyVoted(
                f"You voted in this poll already: “{old.answer}”. "
                f"Your ballot is {base64url.encode(old.ballot_hash)}."
            )
        _show_poll(poll)
        wanted = 0 if abstain else choice
        if old is not None:
            if wanted not in (None, old.choice):
                raise ClientError(
                    f"A ballot for “{old.answer}” was sent before and may be counted already; "
                    "only that one can be sent again."
                )
            note(f"Your ballot for “{old.answer}” had no answer; it is sent again as it is.")
            made = old
        else:
            mine = on_roll(vault, holding=holding, poll=poll, issuer=issuer)
            wanted = _ask_choice(poll) if wanted is None else wanted
            asked = asked_by_poll(
                poll,
                answer=poll.answer(wanted),
                metadata=membership.metadata,
                credential=mine,
            )
            say_rows(asked.lines(), err=True)
            agree("Cast this vote?", yes=yes)
            made = make_vote(mine, poll=poll, choice=wanted, count=count)
        counted = cast(vault, made, fingerprint=membership.fingerprint, issuer=issuer)
    ballot = base64url.encode(counted.ballot_hash)
    if as_json:
        say_json({"poll": counted.poll, "answer": counted.answer, "ballot": ballot})
    else:
        say(f"Your vote is counted: “{counted.answer}”.")
        say(f"Your ballot is {ballot}; look for it in the published result.")


def _place(target: str) -> tuple[str | None, str | None]:
    """(address, poll id) of a poll link, an address, or a poll id alone."""
    from client.transport import checked_address

    if "://" not in target:
        return None, target
    address, found, poll = checked_address(target).partition("/polls/")
    return address, (poll if found else None)


def _only_open(issuer: "IssuerClient") -> str:
    polls = [poll for poll in issuer.polls() if poll.state == "open"]
    if not polls:
        raise ClientError("No poll is open now.")
    if len(polls) > 1:
        listed = "; ".join(f"{poll.id}: {poll.question}" for poll in polls)
        raise ClientError(f"Several polls are open; give the id of one. {listed}")
    return polls[0].id


def _show_poll(poll: "Poll") -> None:
    note(poll.manifest.question)
    for number, option in enumerate(poll.manifest.options, start=1):
        note(f"  {number}  {option}")
    note("  0  abstain\n")


def _ask_choice(poll: "Poll") -> int:
    answer = ask("Your choice", instead="use --choice NUMBER or --abstain")
    if not answer.strip().isdecimal():
        raise ClientError(f"The options are 1 to {len(poll.manifest.options)}, or 0 to abstain.")
    return int(answer)
