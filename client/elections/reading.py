"""Which format a file is of, by its name and by what is in it, and the election that it holds."""

import re
from pathlib import Path
from typing import Final

from client.elections import abif, blt, cvr, preflib, table
from client.elections.ballots import Election, Kind, Note
from client.elections.lines import decoded, lines, read_octets
from client.elections.overvotes import Overvotes
from client.errors import BallotsRefused

FORMATS: Final = ("blt", "abif", *preflib.TYPES, "cvr", "csv")

SUFFIXES: Final = {
    ".blt": "blt",
    ".abif": "abif",
    **{f".{one}": one for one in preflib.TYPES},
    ".csv": "csv",
    ".tsv": "csv",
}
_TWO_NUMBERS: Final = re.compile(r"\d+\s+\d+\s*(?:#.*)?")
_VOTES: Final = re.compile(r"\d+\s*[:*]")


def read_election(
    path: Path,
    *,
    format: str | None = None,
    wanted: Kind | None = None,
    contest: str | None = None,
    overvotes: Overvotes = Overvotes.STOP,
) -> Election:
    """The election in a file; see `read_text`. Raises BallotsRefused."""
    text = decoded(read_octets(path))
    return read_text(
        text,
        format=format or SUFFIXES.get(path.suffix.casefold()),
        wanted=wanted,
        contest=contest,
        overvotes=overvotes,
    )


def read_text(
    text: str,
    *,
    format: str | None = None,
    wanted: Kind | None = None,
    contest: str | None = None,
    overvotes: Overvotes = Overvotes.STOP,
) -> Election:
    """The election in the text of a file, of a format that is told or found.

    `wanted` is the kind of ballots that will be counted, for files that may be read in several
    ways; `contest` the name of one, where a file has several. Raises BallotsRefused.
    """
    if not text.strip():
        raise BallotsRefused("The file is empty.")
    found = format or told_by(text)
    if contest is not None and found not in ("cvr", "csv"):
        raise BallotsRefused(f"A file of the format {found} has one contest; leave out --contest.")
    match found:
        case "blt":
            election = blt.read(text)
        case "abif":
            election = abif.read(text, wanted=wanted)
        case "cvr":
            election = cvr.read(text, contest=contest, overvotes=overvotes)
        case "csv":
            election = table.read(text, wanted=wanted, contest=contest, overvotes=overvotes)
        case _:
            election = preflib.read(text)
    if election.blank:
        election.notes[Note.BLANK] = election.blank
    return election


def told_by(text: str) -> str:
    """The format that a text looks like; a table if like no other."""
    if '"@type"' in text[:4096] or (text.lstrip()[:1] == "{" and '"CVR' in text[:65536]):
        return "cvr"
    if "# ALTERNATIVE NAME" in text[:65536]:
        return "toi"
    first = next((line for _, line in lines(text) if not line.startswith("#")), "")
    if _TWO_NUMBERS.fullmatch(first):
        return "blt"
    if first.startswith(("{", "=")) or _VOTES.match(first):
        return "abif"
    return "csv"
