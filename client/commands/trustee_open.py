"""`symbolon trustee open` and `hand-in`: the share of what opens a poll that has closed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.terminal import JsonOption, note, say, say_json
from client.commands.trustee_words import DirOption
from client.errors import TrusteeError

if TYPE_CHECKING:
    from client.answers import SharesSoFar
    from client.trustee.sharing import PollShare

PollArgument = Annotated[
    str, typer.Argument(help="The poll's link, https://…/polls/ID.", metavar="POLL-URL")
]
FingerprintOption = Annotated[
    str | None,
    typer.Option("--fingerprint", help="The community's fingerprint.", metavar="TEXT"),
]


def open_poll(
    *,
    target: PollArgument,
    folder: DirOption,
    fingerprint: FingerprintOption = None,
    witnesses: Annotated[
        list[str] | None,
        typer.Option(
            "--witness",
            help="A witness's verifier key: only if it cosigned the log with the closing. "
            "May be repeated.",
            metavar="KEY",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Write the share to a file instead of sending it.", metavar="FILE"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Hand in your share for a poll that has closed; enough shares open it.

    Refuses unless the poll's log proves that it closed. The share opens this poll and no other.
    """
    from client.community import parse_fingerprint, pinned
    from client.polls import PollsClient
    from client.published import PublishedClient
    from client.transport import Transport
    from client.trustee.closing import closed_poll
    from client.trustee.folder import Folder
    from client.trustee.sharing import share_for
    from client.whole_file import write_whole
    from credentials.log.note import VerifierKey

    address, poll = _split(target)
    opened = Folder.open(folder)
    opened.result()  # without a share nothing needs to be asked
    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    keys = [VerifierKey.parse(key) for key in witnesses or ()]
    if out is not None and out.exists():
        raise TrusteeError(f"{out} exists already; it is left as it is.")
    with Transport() as transport:
        published = pinned(
            PublishedClient(address, transport=transport).metadata(), fingerprint=pin
        )
        polls = PollsClient(address, transport=transport)
        closed = closed_poll(
            poll,
            polls=polls,
            metadata=published.metadata,
            witnesses=keys,
            now=int(time.time()),
        )
        share = share_for(closed, folder=opened)
        if not as_json:
            note(closed.manifest.question)
        if closed.closing.reason:
            note(f"The organiser closed the poll early: {closed.closing.reason}")
        if out is None:
            taken = polls.hand_in_share(share.share, poll=poll, trustee=share.trustee)
    if out is None:
        _say_taken(share, taken, as_json=as_json)
        return
    write_whole(out, share.to_text().encode(), error=TrusteeError)
    if as_json:
        say_json({"poll": poll, "trustee": share.trustee, "share": str(out)})
    else:
        say(
            f"Your share for the poll {poll} is in {out}; `trustee hand-in` sends it from anywhere."
        )


def hand_in(
    *,
    target: PollArgument,
    file: Annotated[
        Path,
        typer.Argument(help="A share that `open --out` wrote, your own or another's."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Send a share that was written to a file. Whoever has the file can do this."""
    from client.polls import PollsClient
    from client.transport import Transport
    from client.trustee.folder import read_text
    from client.trustee.sharing import read_share

    address, poll = _split(target)
    share = read_share(read_text(file))
    if share.poll != poll:
        raise TrusteeError(f"{file} is a share for another poll.")
    with Transport() as transport:
        polls = PollsClient(address, transport=transport)
        taken = polls.hand_in_share(share.share, poll=poll, trustee=share.trustee)
    _say_taken(share, taken, as_json=as_json)


def _split(target: str) -> tuple[str, str]:
    """The community's address and the poll's id in a poll's link. Raises TrusteeError."""
    from client.transport import checked_address

    address, found, poll = checked_address(target).partition("/polls/")
    if not found or not poll or "/" in poll:
        raise TrusteeError("A poll's link looks like https://city.example/polls/lunch.")
    return address, poll


def _say_taken(share: "PollShare", taken: "SharesSoFar", *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "poll": share.poll,
                "trustee": share.trustee,
                "shares": taken.shares,
                "needed": taken.needed,
                "state": taken.state,
            }
        )
        return
    missing = taken.needed - taken.shares
    say(
        f"The share was taken: {taken.shares} of {taken.needed}. "
        + (f"The votes open with {missing} more." if missing > 0 else "The votes are open.")
    )
