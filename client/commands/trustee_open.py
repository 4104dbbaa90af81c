"""`symbolon trustee open` and `hand-in`: the share of what opens a poll that has closed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.alarm import EXIT_ALARM
from client.commands.terminal import JsonOption, ask, note, say, say_json, say_rows
from client.commands.trustee_words import DirOption, PassphraseOption, open_folder
from client.errors import ConsentRefused, ForkFound, TrusteeError

if TYPE_CHECKING:
    from client.answers import SharesSoFar
    from client.evidence import Evidence
    from client.trustee.closing import ClosedPoll
    from client.trustee.kept import KeptPoll
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
            help="Verifier key of a witness whom you know: only if it, too, cosigned the closing. "
            "May be repeated.",
            metavar="KEY",
        ),
    ] = None,
    early: Annotated[
        str | None,
        typer.Option(
            "--early-closing",
            help="Agree to open this poll, named by its id, before its own closing time; you are "
            "asked otherwise.",
            metavar="POLL-ID",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Write the share to a file instead of sending it.", metavar="FILE"
        ),
    ] = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand in your share for a poll that has closed; enough shares open it.

    Refuses unless the poll's log proves that it closed and its closing time has come. An early
    closing needs the witnesses that the poll pins, and your word. What you were shown is kept in
    your folder. The share opens this poll and no other.

    Exit status 2: the log is not the one that you were shown before; the evidence is in a file.
    """
    from client.community import parse_fingerprint, pinned
    from client.polls import PollsClient
    from client.published import PublishedClient
    from client.transport import Transport
    from client.trustee.closing import closed_poll, shown_poll
    from client.trustee.kept import KeptPoll
    from client.trustee.sharing import share_for, share_of_ours
    from client.whole_file import write_whole
    from credentials.log.note import VerifierKey

    address, poll = _split(target)
    opened = open_folder(folder, passphrase_file)
    opened.result()  # without a share nothing needs to be asked
    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    keys = [VerifierKey.parse(key) for key in witnesses or ()]
    if out is not None and out.exists():
        raise TrusteeError(f"{out} exists already; it is left as it is.")
    now = int(time.time())
    with Transport() as transport:
        published = pinned(
            PublishedClient(address, transport=transport).metadata(), fingerprint=pin
        )
        polls = PollsClient(address, transport=transport)
        shown = shown_poll(poll, polls=polls, published=published)
        share_of_ours(shown.manifest, folder=opened)
        kept = KeptPoll.of(opened.path, manifest=shown.manifest)
        _see(kept, shown.evidence)
        closed = closed_poll(shown, witnesses=keys, now=now)
        rows = closed.in_words()
        answer = ""
        if closed.early or not as_json:
            say_rows(rows, err=True)
        if closed.early:
            answer = _agreed_to_early_closing(closed, repeated=early)
        kept.keep_closing(shown.evidence, rows=rows, answer=answer, at=now)
        share = share_for(closed, folder=opened)
        if out is None:
            taken = polls.hand_in_share(share.share, poll=poll, trustee=share.trustee)
    if out is None:
        told, said = _handed_in(share, taken), _taken_in_words(taken)
    else:
        write_whole(out, share.to_text().encode(), error=TrusteeError)
        told = {"poll": poll, "trustee": share.trustee, "share": str(out)}
        said = (
            f"Your share for the poll {poll} is in {out}; `trustee hand-in` sends it from anywhere."
        )
    if as_json:
        say_json(told | {"kept": str(kept.closing)})
        return
    say(said)
    note(
        f"What you were shown is kept in {kept.closing}. Once the result is out, hold it against "
        f"the log: symbolon poll check-evidence {kept.closing} --against {target}"
    )


def _see(kept: "KeptPoll", shown: "Evidence") -> None:
    try:
        kept.see(shown)
    except ForkFound as found:
        typer.secho(f"ALARM. {found}", fg="red", bold=True, err=True)
        raise typer.Exit(EXIT_ALARM) from None


def _agreed_to_early_closing(closed: "ClosedPoll", *, repeated: str | None) -> str:
    """How the trustee agreed to open a poll before its closing time. Raises ClientError."""
    from credentials.times import in_words

    poll = closed.manifest.poll
    closes_at = in_words(closed.closes_at, timezone=closed.manifest.timezone)
    from_then_on = f"From {closes_at} on you are not asked."
    note(
        "The organiser ended this poll before its time. Only the witnesses above say that "
        "everybody else saw that too, and the organiser chose them: do you know them, and do they "
        "say so?"
    )
    if repeated is None:
        typed = ask(
            f"Type the poll's id, {poll}, to give your share before its time",
            instead=f"use --early-closing {poll} to open before its time. {from_then_on} "
            "Nothing was sent",
        )
        if typed.strip() != poll:
            raise ConsentRefused(f"Nothing was sent. {from_then_on}")
        return "typed"
    if repeated != poll:
        raise TrusteeError(f"--early-closing names another poll than {poll}. Nothing was sent.")
    return "--early-closing"


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
    if as_json:
        say_json(_handed_in(share, taken))
    else:
        say(_taken_in_words(taken))


def _split(target: str) -> tuple[str, str]:
    """The community's address and the poll's id in a poll's link. Raises TrusteeError."""
    from client.transport import checked_address

    address, found, poll = checked_address(target).partition("/polls/")
    if not found or not poll or "/" in poll:
        raise TrusteeError("A poll's link looks like https://city.example/polls/lunch.")
    return address, poll


def _handed_in(share: "PollShare", taken: "SharesSoFar") -> dict[str, object]:
    """What became of a share, for a script."""
    return {
        "poll": share.poll,
        "trustee": share.trustee,
        "shares": taken.shares,
        "needed": taken.needed,
        "state": taken.state,
    }


def _taken_in_words(taken: "SharesSoFar") -> str:
    missing = taken.needed - taken.shares
    opens = f"The votes open with {missing} more." if missing > 0 else "The votes are open."
    return f"The share was taken: {taken.shares} of {taken.needed}. {opens}"
