"""Who plays, what earlier acts leave for later ones, and what members do in every act."""

import csv
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from examples.demo.stage import IN_A_HURRY, Stage

EXAMPLES = Path(__file__).resolve().parent.parent
MEMBERS = ["Ana", "Bo", "Cy", "Dara", "Elio", "Fay", "Gil", "Hana", "Ivo", "Jun", "Kaya", "Leo"]
DAY_GUEST = "Quim"
"""Holds a day pass, whose day has gone by."""
VISITOR = "Zeno"
"""Left to whoever watches."""
EVENT = "agora-2026"
OPTIONS = ["A kitchen", "A workshop", "A stage"]
# Ana, Bo, … in order; 0 abstains. Leo's ballot is the one that is sent twice at once.
VOTES = [1, 2, 1, 3, 1, 0, 2, 1, 1, 3, 2, 1]


@dataclass
class Told:
    """What earlier acts leave for later ones."""

    links: dict[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    apps: dict[str, str] = field(default_factory=dict)
    cafe_pseudonym: str = ""
    cafe_heard: float = 0.0
    early_code: Path = Path()
    early_code_drawn: float = 0.0


def claim(stage: Stage, told: Told, name: str) -> Any:
    """One member claims with the link from the organiser's letter."""
    return stage.wallet(name, "claim", told.links[name])


def read_links(path: Path) -> dict[str, str]:
    """Claim links by first name, from the organiser's file."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return {row["name"].split()[0]: row["link"] for row in rows}


def visit(stage: Stage, told: Told, app: str, member: str) -> Any:
    """A member follows an app's link."""
    shown = stage.wallet(member, "present", f"{told.apps[app]}/membership", *IN_A_HURRY)
    if app == "cafe":
        told.cafe_heard = time.monotonic()
    return shown


def expect(stage: Stage, what: str, code: Path, verdict: str, *, status: int) -> None:
    """Scan a code from a picture or a text file; its verdict must be this one."""
    source = (
        ("--image", code) if code.suffix == ".png" else ("--text", code.read_text(encoding="ascii"))
    )
    seen_status, seen = stage.door("scan", *source)
    holds = seen_status == status and isinstance(seen, dict) and seen["verdict"] == verdict
    stage.check(f"{what}: [bold]{verdict}[/bold]", holds=holds, seen=seen)


def draw(stage: Stage, member: str) -> Path:
    """A member draws a fresh code for the main door, as a picture."""
    picture = stage.folder / f"{member.lower()}.png"
    stage.wallet(member, "present", "--door", "main", "--qr", picture, *IN_A_HURRY)
    return picture
