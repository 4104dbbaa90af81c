"""What the trustee's commands share: where the folder is, and how cards and results are shown."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from client.commands.terminal import default_folder, say, say_rows

if TYPE_CHECKING:
    from credentials.sealing.cards import Card
    from credentials.sealing.participants import Participants
    from credentials.sealing.result import CeremonyResult


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


def card_json(card: "Card") -> dict[str, object]:
    """A card for a script."""
    return {"name": card.name, "fingerprint": shown(card.fingerprint)}


def say_card(card: "Card") -> None:
    """A card for people."""
    say_rows([("Trustee", card.name), ("Card", shown(card.fingerprint))])


def say_participants(participants: "Participants") -> None:
    """Who takes part, and the one fingerprint that all of them compare."""
    count = len(participants.cards)
    say(f"{participants.threshold} of these {count} trustees will open a poll:")
    say_rows(
        [
            (f"  {at}", f"{card.name}   {shown(card.fingerprint)}")
            for at, card in enumerate(participants.cards, start=1)
        ]
    )
    say(f"Fingerprint of the ceremony: {shown(participants.id)}")


def result_json(result: "CeremonyResult") -> dict[str, object]:
    """A ceremony's result for a script."""
    return {
        "result": shown(result.fingerprint),
        "threshold": result.threshold,
        "trustees": [trustee.name for trustee in result.trustees],
    }


def say_result(result: "CeremonyResult") -> None:
    """A ceremony's result for people."""
    names = ", ".join(trustee.name for trustee in result.trustees)
    say(f"Any {result.threshold} of {len(result.trustees)} open a poll: {names}.")
    say(f"Fingerprint of the result: {shown(result.fingerprint)}")


def shown(fingerprint: bytes) -> str:
    """A fingerprint as people compare it."""
    from client.community import show_fingerprint

    return show_fingerprint(fingerprint)
