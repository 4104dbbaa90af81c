"""`symbolon trustee`: make the key that seals polls, together and without a dealer; open polls."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.terminal import JsonOption, default_folder, note, say, say_json, say_rows
from client.errors import TrusteeError

if TYPE_CHECKING:
    from credentials.sealing.cards import Card
    from credentials.sealing.ceremony import CeremonyResult
    from credentials.sealing.participants import Participants

commands = typer.Typer(
    help="Be one of those who open sealed polls.",
    epilog="""In order: everyone runs `init` and gives the card to all; everyone runs `deal` and
gives the deal to all; everyone runs `finish` and gives the part to the organiser, who runs
`publish`. From then on everyone runs `open` for each poll that has closed.""",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


def default_trustee_folder() -> Path:
    """Where a trustee's files are kept unless said otherwise."""
    return default_folder() / "trustee"


DirOption = Annotated[
    Path,
    typer.Option(
        "--dir",
        envvar="SYMBOLON_TRUSTEE",
        default_factory=default_trustee_folder,
        show_default="in your own folder",
        help="Your folder as a trustee: one for each ceremony.",
        metavar="DIR",
    ),
]


@commands.command("init")
def init(
    *,
    folder: DirOption,
    name: Annotated[
        str,
        typer.Option("--name", help="Your name, as every voter will read it.", metavar="NAME"),
    ],
    as_json: JsonOption = False,
) -> None:
    """Draw your keys, and write the card that the other trustees need.

    Your keys stay in your folder, readable for you alone. Back the folder up after `finish`.
    """
    from client.trustee.folder import Folder

    made = Folder.create(folder, name=name)
    card, file = made.keys.card, made.file("card")
    if as_json:
        say_json({"name": card.name, "card": str(file), "fingerprint": _shown(card.fingerprint)})
        return
    say(f"Give your card to all other trustees: {file}")
    say(f"Its fingerprint, for them to compare: {_shown(card.fingerprint)}")


@commands.command("deal")
def deal(
    *,
    cards: Annotated[
        list[Path],
        typer.Argument(help="The cards of the other trustees.", metavar="CARD..."),
    ],
    folder: DirOption,
    threshold: Annotated[
        int,
        typer.Option(
            "--threshold",
            help="How many trustees open a poll. So many can open it early, too.",
            min=1,
            metavar="NUMBER",
        ),
    ],
    again: Annotated[
        bool, typer.Option("--again", help="Replace an earlier deal: the ceremony starts again.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Deal a random part of the polls' key to all trustees.

    All of you have to deal with the same cards and the same threshold: compare the ceremony's
    fingerprint that is shown here, by voice or in person, before anybody runs `finish`.
    """
    from client.trustee.deals import deal as deal_to
    from client.trustee.folder import Folder

    participants, file = deal_to(Folder.open(folder), cards=cards, threshold=threshold, again=again)
    if as_json:
        say_json(
            {
                "deal": str(file),
                "ceremony": _shown(participants.id),
                "threshold": participants.threshold,
                "trustees": [
                    {"number": at, "name": card.name, "fingerprint": _shown(card.fingerprint)}
                    for at, card in enumerate(participants.cards, start=1)
                ],
            }
        )
        return
    _say_participants(participants)
    say(f"\nGive your deal to all other trustees: {file}")


@commands.command("finish")
def finish(
    *,
    deals: Annotated[
        list[Path],
        typer.Argument(help="The deals of the other trustees.", metavar="DEAL..."),
    ],
    folder: DirOption,
    as_json: JsonOption = False,
) -> None:
    """Check all deals, keep your share of the key, and sign what came out.

    A trustee who dealt badly is named; the ceremony then starts again without that trustee.
    """
    from client.trustee.deals import finish_ceremony
    from client.trustee.folder import Folder

    result, file = finish_ceremony(Folder.open(folder), deals=deals)
    if as_json:
        say_json({"part": str(file), **_result_json(result)})
        return
    _say_result(result)
    say(f"\nGive your part to the organiser: {file}")
    note("Your folder now holds your share. Back it up, and show it to nobody.")


@commands.command("publish")
def publish(
    *,
    parts: Annotated[
        list[Path],
        typer.Argument(help="The parts of all trustees.", metavar="PART..."),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where to write the ceremony.", metavar="FILE")
    ],
    as_json: JsonOption = False,
) -> None:
    """For the organiser: join the parts of all trustees into the file that polls are sealed with.

    All parts have to say the same and be signed; nothing in them is secret.
    """
    from client.trustee.deals import combine_parts
    from client.whole_file import write_whole

    result, text = combine_parts(parts)
    if out.exists():
        raise TrusteeError(f"{out} exists already; it is left as it is.")
    write_whole(out, text.encode(), error=TrusteeError)
    if as_json:
        say_json({"ceremony": str(out), **_result_json(result)})
        return
    _say_result(result)
    say(f"\nThe ceremony is in {out}; sealed polls are made with it.")
    note("Ask every trustee for the fingerprint of the result, and compare.")


@commands.command("open")
def open_poll(
    *,
    target: Annotated[
        str,
        typer.Argument(help="The poll's link, https://…/polls/ID.", metavar="POLL-URL"),
    ],
    folder: DirOption,
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", help="The community's fingerprint.", metavar="TEXT"),
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
    from client.issuer import IssuerClient
    from client.polls import PollsClient
    from client.transport import Transport, checked_address
    from client.trustee.closing import closed_poll
    from client.trustee.folder import Folder
    from client.trustee.sharing import share_for
    from client.whole_file import write_whole

    address, found, poll = checked_address(target).partition("/polls/")
    if not found or not poll or "/" in poll:
        raise TrusteeError("A poll's link looks like https://city.example/polls/lunch.")
    opened = Folder.open(folder)
    opened.result()  # without a share nothing needs to be asked
    pin = None if fingerprint is None else parse_fingerprint(fingerprint)
    with Transport() as transport:
        published = pinned(IssuerClient(address, transport=transport).metadata(), fingerprint=pin)
        polls = PollsClient(address, transport=transport)
        closed = closed_poll(poll, polls=polls, metadata=published.metadata, now=int(time.time()))
        share = share_for(closed, folder=opened)
        if closed.closing.reason:
            note(f"The organiser closed the poll early: {closed.closing.reason}")
        if out is not None:
            if out.exists():
                raise TrusteeError(f"{out} exists already; it is left as it is.")
            write_whole(out, share.to_text().encode(), error=TrusteeError)
            if as_json:
                say_json({"poll": poll, "trustee": share.trustee, "share": str(out)})
            else:
                say(f"Your share for the poll {poll} is in {out}; it opens this poll only.")
            return
        taken = polls.hand_in_share(share.share, poll=poll, trustee=share.trustee)
    if as_json:
        say_json(
            {
                "poll": poll,
                "trustee": share.trustee,
                "shares": taken.shares,
                "needed": taken.needed,
                "state": taken.state,
            }
        )
        return
    say(f"{closed.manifest.question}")
    missing = taken.needed - taken.shares
    say(
        f"Your share was taken: {taken.shares} of {taken.needed}. "
        + (f"The votes open with {missing} more." if missing > 0 else "The votes are open.")
    )


@commands.command("show")
def show(
    *,
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A card, part or ceremony; your own folder otherwise.", metavar="[FILE]"
        ),
    ] = None,
    folder: DirOption,
    as_json: JsonOption = False,
) -> None:
    """Say what a file of a ceremony holds, or how far your own folder is. Shows no secret."""
    if file is not None:
        _show_file(file, as_json=as_json)
        return
    from client.trustee.folder import Folder

    opened = Folder.open(folder)
    card = opened.keys.card
    if opened.share is None:
        dealt = opened.file("deal").exists()
        stage = "dealt; run `finish` with the deals of all" if dealt else "run `deal` next"
        if as_json:
            say_json({**_card_json(card), "dealt": dealt, "share": False})
            return
        _say_card(card)
        if dealt:
            _say_participants(opened.participants())
        say(f"State: {stage}.")
        return
    share, result = opened.result()
    if as_json:
        say_json(
            {**_card_json(card), "dealt": True, "share": True, "number": share.number}
            | _result_json(result)
        )
        return
    _say_card(card)
    _say_result(result)
    say(f"State: finished; you hold the share of trustee {share.number}.")


def _show_file(file: Path, *, as_json: bool) -> None:
    from client.trustee.folder import read_text
    from credentials.errors import CeremonyRefused
    from credentials.sealing.cards import read_card
    from credentials.sealing.ceremony import read_ceremony, read_part

    text = read_text(file)
    try:
        kind = json.loads(text)["symbolon"]
    except (ValueError, KeyError, TypeError, RecursionError):
        kind = None
    try:
        if kind == "trustee-card":
            card = read_card(text)
            if as_json:
                say_json(_card_json(card))
            else:
                _say_card(card)
            return
        if kind == "ceremony-part":
            result, trustee, _ = read_part(text)
            by = [trustee.name]
        elif kind == "ceremony":
            result = read_ceremony(text)
            by = [trustee.name for trustee in result.trustees]
        else:
            raise TrusteeError(f"{file} is no card, part or ceremony; deals are read by `finish`.")
    except CeremonyRefused as error:
        raise TrusteeError(f"{file}: {error}.") from None
    if as_json:
        say_json({**_result_json(result), "signed_by": by})
        return
    _say_result(result)
    say(f"Signed by {', '.join(by)}.")


def _card_json(card: "Card") -> dict[str, object]:
    return {"name": card.name, "fingerprint": _shown(card.fingerprint)}


def _say_card(card: "Card") -> None:
    say_rows([("Trustee", card.name), ("Card", _shown(card.fingerprint))])


def _say_participants(participants: "Participants") -> None:
    count = len(participants.cards)
    say(f"{participants.threshold} of these {count} trustees will open a poll:")
    say_rows(
        [
            (f"  {at}", f"{card.name}   {_shown(card.fingerprint)}")
            for at, card in enumerate(participants.cards, start=1)
        ]
    )
    say(f"Fingerprint of the ceremony: {_shown(participants.id)}")


def _result_json(result: "CeremonyResult") -> dict[str, object]:
    return {
        "result": _shown(result.fingerprint),
        "threshold": result.threshold,
        "trustees": [trustee.name for trustee in result.trustees],
    }


def _say_result(result: "CeremonyResult") -> None:
    names = ", ".join(trustee.name for trustee in result.trustees)
    say(f"Any {result.threshold} of {len(result.trustees)} open a poll: {names}.")
    say(f"Fingerprint of the result: {_shown(result.fingerprint)}")


def _shown(fingerprint: bytes) -> str:
    from client.community import show_fingerprint

    return show_fingerprint(fingerprint)
