"""What the trustee's commands share: where the folder is, and how cards and results are shown."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.terminal import default_folder, passphrase, say, say_rows

if TYPE_CHECKING:
    from client.trustee.folder import Folder
    from credentials.formats.ceremony_result import CeremonyResult
    from credentials.sealing.cards import Card
    from credentials.sealing.participants import Participants


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


PASSPHRASE_VARIABLE = "SYMBOLON_TRUSTEE_PASSPHRASE"  # noqa: S105 - a name, not the word
PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help=f"A file whose first line is your passphrase (or set {PASSPHRASE_VARIABLE}); "
        "asked for otherwise.",
        metavar="FILE",
    ),
]


def trustee_passphrase(file: Path | None, *, new: bool = False) -> str:
    """The passphrase of a trustee's folder; see terminal.passphrase."""
    return passphrase(
        file,
        new=new,
        title="Trustee's passphrase",
        variable=PASSPHRASE_VARIABLE,
        secured="your trustee's folder",
    )


def open_folder(folder: Path, file: Path | None) -> "Folder":
    """A trustee's folder, opened with its passphrase. Raises TrusteeError, ClientError."""
    from client.trustee.folder import Folder

    return Folder.open(folder, passphrase=lambda: trustee_passphrase(file))


def card_json(card: "Card") -> dict[str, object]:
    """A card for a script."""
    return {"name": card.name, "fingerprint": card.fingerprint}


def say_card(card: "Card") -> None:
    """A card for people."""
    say_rows([("Trustee", card.name), ("Fingerprint", card.fingerprint)])


def say_participants(participants: "Participants") -> None:
    """Who takes part, and the one fingerprint that all of them compare."""
    count = len(participants.cards)
    say(f"{participants.threshold} of these {count} trustees will open a poll:")
    say_rows(
        [
            (f"  {at}", f"{card.name}   {card.fingerprint}")
            for at, card in enumerate(participants.cards, start=1)
        ]
    )
    say(f"Fingerprint of the ceremony: {shown(participants.id)}")


def result_json(result: "CeremonyResult") -> dict[str, object]:
    """A ceremony's result for a script."""
    return {
        "result": shown(result.fingerprint),
        "threshold": result.threshold,
        "trustees": [
            {"name": trustee.name, "fingerprint": trustee.fingerprint}
            for trustee in result.trustees
        ],
    }


def say_result(result: "CeremonyResult") -> None:
    """A ceremony's result for people."""
    say(f"Any {result.threshold} of these {len(result.trustees)} open a poll:")
    say_rows([(f"  {trustee.name}", trustee.fingerprint) for trustee in result.trustees])
    say(f"Fingerprint of the result: {shown(result.fingerprint)}")


def shown(fingerprint: bytes) -> str:
    """A fingerprint as people compare it."""
    from client.community import show_fingerprint

    return show_fingerprint(fingerprint)
