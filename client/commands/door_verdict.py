"""A door's verdict on the screen: what a volunteer does now, said so that nobody misunderstands."""

import time
from typing import TYPE_CHECKING, Any

import typer

from client.commands.terminal import note, say, say_json

if TYPE_CHECKING:
    from client.door.scanning import DoorDesk, Scanned

AGAIN = (
    "This scan was decided before, and perhaps not shown. Let in who shows the code now, unless "
    "somebody has just gone in with it."
)


def show(scanned: "Scanned", *, desk: "DoorDesk", as_json: bool) -> None:
    """Show a verdict; it counts as shown once this returns."""
    from credentials.door_words import instruction
    from credentials.doors import PASSING, VERDICT_SIGNS, Verdict
    from credentials.times import in_words, iso, on_the_wall

    sign = VERDICT_SIGNS[scanned.verdict]
    again = scanned.again and scanned.verdict in PASSING
    to_do = instruction(scanned.verdict, explanation=scanned.explanation)
    disclosed = {
        name: desk.metadata.schema.show_text(name, value)
        for name, value in scanned.disclosed.items()
    }
    if as_json:
        first: dict[str, Any] = {"at": scanned.first_at, "door": scanned.first_door}
        if scanned.first_at is not None:
            first["at_iso"] = iso(scanned.first_at, timezone=desk.zone)
        say_json(
            {
                "verdict": scanned.verdict.value,
                "colour": sign.colour,
                "symbol": sign.symbol,
                "sound": sign.sound,
                "instruction": to_do,
                "explanation": scanned.explanation or None,
                "again": again,
                "first": first if scanned.first_at is not None else None,
                "disclosed": disclosed,
                "online": scanned.online,
                "notes": list(scanned.notes),
            }
        )
        return
    colour = {"green": "green", "amber": "yellow", "red": "red"}[sign.colour]
    title = f"  {sign.symbol}  {_title(scanned)}{', SHOWN AGAIN' if again else ''}  "
    bar = " " * len(title)
    for line in (bar, title, bar):
        typer.secho(line, fg="black" if colour != "red" else "white", bg=colour, bold=True)
    say(to_do)
    if again:
        say(AGAIN)
    if scanned.verdict is Verdict.DOOR_OUT_OF_DATE:
        head = desk.heads.newest
        published = in_words(head.published_at, timezone=desk.zone)
        say(f"This door knows the registry up to {published}; `symbolon door sync` refreshes it.")
    if scanned.first_at is not None:
        first_at = on_the_wall(scanned.first_at, now=int(time.time()), timezone=desk.zone)
        say(f"First: {first_at}, door {scanned.first_door}.")
    shown = ", ".join(f"{name} {value}" for name, value in disclosed.items() if name != "reissued")
    if shown:
        say(f"Shown: {shown}.")
    if not scanned.online:
        note("Decided by this door alone.")
    for each in scanned.notes:
        note(each)


def _title(scanned: "Scanned") -> str:
    """The verdict in capitals; what is no code at all is not called a bad one."""
    from credentials.doors import Verdict

    if scanned.verdict is Verdict.INVALID and scanned.explanation:
        return "NO CODE FOR THIS DOOR"
    return scanned.verdict.value.replace("_", " ").upper()
