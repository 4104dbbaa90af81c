"""`symbolon trustee`: make the key that seals polls, together and without a dealer; open polls."""

from pathlib import Path
from typing import Annotated

import typer

from client.commands.terminal import JsonOption, note, say, say_json
from client.commands.trustee_open import hand_in, open_poll
from client.commands.trustee_show import show
from client.commands.trustee_words import (
    DirOption,
    PassphraseOption,
    open_folder,
    result_json,
    say_participants,
    say_result,
    shown,
    trustee_passphrase,
)
from client.errors import TrusteeError

commands = typer.Typer(
    help="Be one of those who open sealed polls.",
    epilog="""In order: everyone runs `init` and gives the card to all; everyone runs `deal` and
gives the deal to all; everyone runs `finish` and gives the part to the organiser, who runs
`publish`. From then on everyone runs `open` for each poll that has closed.""",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@commands.command("init")
def init(
    *,
    folder: DirOption,
    name: Annotated[
        str,
        typer.Option("--name", help="Your name, as every voter will read it.", metavar="NAME"),
    ],
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw your keys, and write the card that the other trustees need.

    Your keys stay in your folder, under a passphrase that you choose now. Back the folder up after
    `finish`.
    """
    from client.trustee.folder import Folder

    made = Folder.create(
        folder, name=name, passphrase=lambda: trustee_passphrase(passphrase_file, new=True)
    )
    card, file = made.keys.card, made.file("card")
    if as_json:
        say_json({"name": card.name, "card": str(file), "fingerprint": card.fingerprint})
        return
    say(f"Give your card to all other trustees: {file}")
    say(f"Its fingerprint, for them to compare: {card.fingerprint}")


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
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Deal a random part of the polls' key to all trustees.

    All of you have to deal with the same cards and the same threshold: compare the ceremony's
    fingerprint that is shown here, by voice or in person, before anybody runs `finish`.
    """
    from client.trustee.deals import deal as deal_to

    opened = open_folder(folder, passphrase_file)
    participants, file = deal_to(opened, cards=cards, threshold=threshold, again=again)
    if as_json:
        say_json(
            {
                "deal": str(file),
                "ceremony": shown(participants.id),
                "threshold": participants.threshold,
                "trustees": [
                    {"number": at, "name": card.name, "fingerprint": card.fingerprint}
                    for at, card in enumerate(participants.cards, start=1)
                ],
            }
        )
        return
    say_participants(participants)
    say(f"\nGive your deal to all other trustees: {file}")


@commands.command("finish")
def finish(
    *,
    deals: Annotated[
        list[Path],
        typer.Argument(help="The deals of the other trustees.", metavar="DEAL..."),
    ],
    folder: DirOption,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check all deals, keep your share of the key, and sign what came out.

    A trustee who dealt badly is named; the ceremony then starts again without that trustee.
    """
    from client.trustee.deals import finish_ceremony

    result, file = finish_ceremony(open_folder(folder, passphrase_file), deals=deals)
    if as_json:
        say_json({"part": str(file), **result_json(result)})
        return
    say_result(result)
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
        say_json({"ceremony": str(out), **result_json(result)})
        return
    say_result(result)
    say(f"\nThe ceremony is in {out}; sealed polls are made with it.")
    note("Ask every trustee for the fingerprint of the result, and compare.")


commands.command("open")(open_poll)
commands.command("hand-in")(hand_in)
commands.command("show")(show)
