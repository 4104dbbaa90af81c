"""`symbolon wallet vote`: cast an anonymous vote in a poll, or replace it."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.marks import Written, ask_marks
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
    from client.poll import Poll
    from client.polls import PollsClient
    from client.published import PublishedClient
    from client.wallet.contents import Vote
    from client.wallet.holdings import Holding
    from client.wallet.vault import Vault
    from credentials.formats.vote import Marks
    from credentials.holder import Credential


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
    approve: Annotated[
        str | None,
        typer.Option("--approve", help="The options that you approve: 1,3.", metavar="NUMBERS"),
    ] = None,
    score: Annotated[
        str | None,
        typer.Option("--score", help="A score for each option: 5,0,3.", metavar="NUMBERS"),
    ] = None,
    rank: Annotated[
        str | None,
        typer.Option("--rank", help="Options, the best first: 3,1,2, or 3>1=2.", metavar="NUMBERS"),
    ] = None,
    votes: Annotated[
        str | None,
        typer.Option("--votes", help="Votes for each option: 2,0,1.", metavar="NUMBERS"),
    ] = None,
    abstain: Annotated[bool, typer.Option("--abstain", help="Abstain, and be counted.")] = False,
    community: CommunityOption = None,
    credential: CredentialOption = None,
    yes: YesOption = False,
    at_once: AtOnceOption = False,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Vote in a poll, anonymously, and so that you can find your ballot again.

    The organiser sees a valid vote and not whose it is. Until the poll closes, voting again
    replaces your vote. The community promises in writing that your ballot will be in the poll's
    public log; `symbolon poll receipts` looks for it there. If the answer is lost, repeat the
    command: the same ballot is sent again and counted once.
    """
    from client.poll import read_poll
    from client.polls import PollsClient
    from client.published import PublishedClient
    from client.transport import Transport
    from client.wallet.contents import SENT
    from client.wallet.holdings import choose
    from client.wallet.traffic import check_before_showing
    from client.wallet.voting import cast, last_vote

    written = Written(
        choice=choice, approve=approve, score=score, rank=rank, votes=votes, abstain=abstain
    )
    vault = open_wallet(wallet, passphrase_file)
    address, poll_id = place(target)
    holding = choose(vault.read(), community=address or community, number=credential)
    membership = holding.membership
    with Transport() as transport:
        service = PublishedClient(membership.address, transport=transport)
        polls = PollsClient(membership.address, transport=transport)
        poll = read_poll(poll_id or _only_open(polls), polls=polls, metadata=membership.metadata)
        _show_poll(poll)
        wanted = written.marks(poll.manifest)
        last = last_vote(membership, poll=poll, count=holding.enrolment.count)
        done: Vote | None = None
        if last is not None and last.state == SENT:
            note(f"Your ballot for “{last.answer}” had no answer; it is sent again as it is.")
            if not at_once:
                check_before_showing(membership, now=int(time.time()))
            last = done = cast(
                vault, last, poll=poll, fingerprint=membership.fingerprint, polls=polls
            )
        if done is None or wanted not in (None, done.marks):
            done = _cast_new(
                vault,
                wanted,
                last=last,
                holding=holding,
                poll=poll,
                service=service,
                polls=polls,
                yes=yes,
                at_once=at_once,
            )
    _say_cast(
        done,
        metadata_key=membership.metadata.metadata_key,
        zone=poll.manifest.timezone,
        as_json=as_json,
    )


def _cast_new(
    vault: "Vault",
    wanted: "Marks | None",
    *,
    last: "Vote | None",
    holding: "Holding",
    poll: "Poll",
    service: "PublishedClient",
    polls: "PollsClient",
    yes: bool,
    at_once: bool,
) -> "Vote":
    """A ballot made now, in place of the last one where there is one."""
    from client.poll import answer_in_words
    from client.wallet.consent import asked_by_poll
    from client.wallet.voting import SequenceWrong, cast, make_vote, on_roll
    from credentials.formats.poll import FIRST_SEQUENCE

    membership = holding.membership
    if last is not None:
        if wanted == last.marks:
            note(f"You voted “{last.answer}” already; nothing was sent.")
            return last
        agree(f"You voted “{last.answer}”; replace it?", yes=yes)
    mine: Credential = on_roll(vault, holding=holding, poll=poll, service=service, at_once=at_once)
    marks = ask_marks(poll.manifest) if wanted is None else wanted
    asked = asked_by_poll(
        poll,
        answer=answer_in_words(poll.manifest, marks),
        replaced=None if last is None else last.answer,
        metadata=membership.metadata,
        credential=mine,
    )
    say_rows(asked.lines(), err=True)
    agree("Cast this vote?", yes=yes)

    def send(sequence: int) -> "Vote":
        made = make_vote(
            mine, poll=poll, marks=marks, count=holding.enrolment.count, sequence=sequence
        )
        return cast(vault, made, poll=poll, fingerprint=membership.fingerprint, polls=polls)

    sequence = FIRST_SEQUENCE if last is None else last.sequence + 1
    try:
        return send(sequence)
    except SequenceWrong as wrong:
        # A restored wallet, or a second copy of it. Once only: a server must not lead it on.
        note(
            f"The poll has ballots of this membership that this wallet does not know of. This one "
            f"takes number {wrong.expected} and replaces them."
        )
        return send(wrong.expected)


def _say_cast(done: "Vote", *, metadata_key: bytes, zone: str, as_json: bool) -> None:
    from credentials.formats import base64url
    from credentials.formats.promise import SignedPromise
    from credentials.times import in_words, iso

    signed = SignedPromise(octets=done.promise, signature=done.signature)
    merged_by = signed.open(metadata_key=metadata_key).merged_by
    ballot = base64url.encode(done.leaf_hash)
    if as_json:
        say_json(
            {
                "poll": done.poll,
                "answer": done.answer,
                "ballot": ballot,
                "number": done.sequence,
                "merged_by": merged_by,
                "merged_by_iso": iso(merged_by, timezone=zone),
            }
        )
        return
    say(f"Your vote was taken: “{done.answer}”.")
    by = in_words(merged_by, timezone=zone)
    say(f"The community promised to have it in the poll's log by {by}.")
    say("`symbolon poll receipts` looks for it there.")


def place(target: str) -> tuple[str | None, str | None]:
    """(address, poll id) of a poll link, an address, or a poll id alone. Raises ClientError."""
    from client.transport import checked_address

    if "://" not in target:
        return None, target
    address, found, poll = checked_address(target).partition("/polls/")
    return address, (poll if found else None)


def _only_open(polls: "PollsClient") -> str:
    found = [poll for poll in polls.polls() if poll.state == "open"]
    if not found:
        raise ClientError("No poll is open now.")
    if len(found) > 1:
        listed = "; ".join(f"{poll.id}: {poll.question}" for poll in found)
        raise ClientError(f"Several polls are open; give the id of one. {listed}")
    return found[0].id


def _show_poll(poll: "Poll") -> None:
    from client.poll import poll_in_words

    note(poll.manifest.question)
    gone = {one.option for one in poll.withdrawn}
    for number, option in enumerate(poll.manifest.options, start=1):
        note(f"  {number}  {option}{'  (withdrawn)' if number in gone else ''}")
    note()
    say_rows(poll_in_words(poll), err=True)
    note()
