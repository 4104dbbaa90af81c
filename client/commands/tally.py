"""`symbolon tally`: count the ballots in a file, by the same rules and words as a poll."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.result import result_json, say_result
from client.commands.terminal import JsonOption, say, say_json, say_rows
from client.errors import BallotsRefused

if TYPE_CHECKING:
    from client.elections.ballots import Election
    from client.elections.count import Counted


class Format(StrEnum):
    """The formats of files of ballots."""

    BLT = "blt"
    ABIF = "abif"
    SOI = "soi"
    SOC = "soc"
    TOI = "toi"
    TOC = "toc"
    CVR = "cvr"
    CSV = "csv"


class Overvote(StrEnum):
    """What is done with several options at a rank that allows one."""

    STOP = "stop"
    SKIP = "skip"


def tally(
    *,
    file: Annotated[Path, typer.Argument(help="A file of ballots.", metavar="FILE")],
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            help="plurality, approval, score, irv, schulze, stv or quadratic, in its newest "
            "version, or one version, such as stv/1. Only ballots that rank need it.",
            metavar="NAME",
        ),
    ] = None,
    seats: Annotated[
        int | None,
        typer.Option("--seats", min=1, help="How many are elected, if not as the file says."),
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option("--format", help="What the file is, if not as its name and content say."),
    ] = None,
    contest: Annotated[
        str | None,
        typer.Option(
            "--contest",
            help="The contest, by name or id, or the question of a form, if there are several.",
            metavar="NAME",
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            help="An option that was withdrawn, by number or name; repeat.",
            metavar="OPTION",
        ),
    ] = None,
    overvotes: Annotated[
        Overvote,
        typer.Option(
            "--overvotes",
            help="Several options at a rank that allows one: the ballot counts up to there, or "
            "the next rank moves up.",
        ),
    ] = Overvote.STOP,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=1, max=255, help="The highest score, if above all in the file."
        ),
    ] = None,
    quorum: Annotated[
        int, typer.Option("--quorum", min=0, help="Ballots that are needed, blank ones among them.")
    ] = 0,
    threshold: Annotated[
        str | None,
        typer.Option(
            "--threshold", help="A share that the winner must exceed, such as 1/2.", metavar="A/B"
        ),
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(
            "--seed",
            help="What the lot between equals is drawn from, in hexadecimal. Without it there is "
            "no lot, and a tie is the result.",
            metavar="HEX",
        ),
    ] = None,
    rounds: Annotated[
        bool, typer.Option("--rounds", help="Show every round, not only the last.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Count the ballots in a file: BLT, ABIF, PrefLib (soi, soc, toi, toc), CVR JSON or CSV.

    It says first what was read, and what was done with every ballot that is not as others.
    """
    from client.elections.count import Rules, count, kind_for, method_of, usual_method
    from client.elections.overvotes import Overvotes
    from client.elections.reading import read_election

    by = None if method is None else method_of(method)
    election = read_election(
        file,
        format=format,
        wanted=None if by is None else kind_for(by),
        contest=contest,
        overvotes=Overvotes(overvotes),
    )
    election = election.without(without or ())
    rules = Rules(
        method=by or usual_method(election),
        seats=seats,
        limit=limit,
        quorum=quorum,
        threshold=_share(threshold),
        seed=_octets(seed),
    )
    counted = count(election, rules=rules)
    if as_json:
        say_json(_json(election, counted))
        return
    _say_read(election, counted)
    say_result(counted.result, options=election.options, every_round=rounds)


def _say_read(election: "Election", counted: "Counted") -> None:
    from client.elections.ballots import WORDS
    from client.poll import method_in_words

    rows = [("Title", election.title)] if election.title else []
    rows += [
        ("Read", f"{election.format}: {election.total} ballots, {election.different} different"),
        ("Options", str(len(election.running))),
        *_withdrawn(election),
        *(("", f"{number} {WORDS[note]}") for note, number in sorted(counted.notes.items())),
        *(("", remark) for remark in election.remarks),
        ("Counted", method_in_words(counted.result.method, seats=counted.seats)),
    ]
    say_rows(rows)
    say()


def _withdrawn(election: "Election") -> list[tuple[str, str]]:
    names = [election.options[option - 1] for option in election.withdrawn]
    return [("Withdrawn", ", ".join(names))] if names else []


def _json(election: "Election", counted: "Counted") -> dict[str, Any]:
    return {
        "format": election.format,
        "title": election.title,
        "options": list(election.options),
        "withdrawn": [election.options[option - 1] for option in election.withdrawn],
        "seats": counted.seats,
        "ballots": election.total,
        "different": election.different,
        "notes": {note.value: number for note, number in sorted(counted.notes.items())},
        "remarks": list(election.remarks),
        "result": result_json(counted.result, options=election.options),
    }


def _share(text: str | None) -> tuple[int, int]:
    if text is None:
        return (0, 1)
    numerator, _, denominator = text.partition("/")
    parts = (numerator, denominator)
    if not all(part.isascii() and part.isdecimal() and len(part) < 9 for part in parts):
        raise BallotsRefused("A threshold is a fraction below 1, such as 1/2.")
    return int(numerator), int(denominator)


def _octets(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BallotsRefused("A seed is written in hexadecimal.") from None
