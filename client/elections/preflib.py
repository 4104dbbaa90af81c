"""PrefLib's files of rankings: .soi, .soc, .toi, .toc.

Source: preflib.org, "Data formats", with headers as `# ALTERNATIVE NAME 1: …`. A line of votes is a
number, a colon, and the numbers of options in order, equal ones in braces. s/t: without or with
equal ranks; c/i: all options on each ballot, or some. It can say ranks and nothing else, and no
blank ballot.
"""

import re
from collections import Counter
from typing import Final

from client.elections.ballots import Election, Kind, take_name, take_options
from client.elections.lines import lines, refused, whole
from client.errors import BallotsRefused
from credentials.tally import Ranking

TYPES: Final = ("soi", "soc", "toi", "toc")

_HEADER: Final = re.compile(r"#\s*([A-Z][A-Z ]*?)\s*([0-9]*)\s*:\s*(.*)")
_VOTES: Final = re.compile(r"(\d+)\s*:\s*(.*)")
_RANK: Final = re.compile(r"\s*(?:\{([\d\s,]*)\}|(\d+))\s*(?:,|$)")


def read(text: str) -> Election:
    """The election in a PrefLib file. Raises BallotsRefused."""
    headers: dict[str, str] = {}
    names: dict[int, str] = {}
    ballots: Counter[Ranking] = Counter()
    for number, line in lines(text):
        if line.startswith("#"):
            if (found := _HEADER.fullmatch(line)) and found[1] == "ALTERNATIVE NAME" and found[2]:
                names[int(found[2][:9])] = found[3]
            elif found:
                headers[found[1]] = found[3]
            continue
        if not names:
            raise refused(
                number,
                "no options were named; PrefLib's present form has “# ALTERNATIVE NAME 1: …” "
                "before the votes.",
            )
        if not (found := _VOTES.fullmatch(line)):
            raise refused(number, "votes are a number, a colon, and options in order.")
        times = whole(found[1], line=number, what="a number of ballots")
        ballots[_ranks(found[2], number, options=len(names))] += times
    _check(headers, names, ballots)
    return Election(
        format=headers.get("DATA TYPE", "toi"),
        title=take_name(headers["TITLE"], what="a title") if headers.get("TITLE") else "",
        options=take_options(names[n] for n in sorted(names)),
        kind=Kind.RANKS,
        rankings=ballots,
    )


def write(election: Election, *, data_type: str) -> tuple[str, tuple[str, ...]]:
    """The file, and what it does not say. Raises BallotsRefused for what this type cannot hold."""
    if election.kind is not Kind.RANKS:
        raise BallotsRefused(f"PrefLib's .{data_type} has no place for {election.kind}; take CSV.")
    ballots = {ballot: times for ballot, times in election.rankings.items() if ballot}
    every = len(election.options)
    if data_type[0] == "s" and any(len(rank) > 1 for ballot in ballots for rank in ballot):
        raise BallotsRefused(f"A .{data_type} has no equal ranks, which there are; take toi.")
    if data_type[2] == "c" and any(sum(map(len, ballot)) < every for ballot in ballots):
        other = "toi" if data_type[0] == "t" else "soi"
        raise BallotsRefused(
            f"A .{data_type} has all options on each ballot, and some ballots rank fewer; take "
            f"{other}."
        )
    about = {
        "TITLE": election.title,
        "DATA TYPE": data_type,
        "MODIFICATION TYPE": "original",
        "NUMBER ALTERNATIVES": every,
        "NUMBER VOTERS": sum(ballots.values()),
        "NUMBER UNIQUE ORDERS": len(ballots),
    }
    out = [f"# {title}: {text}" for title, text in about.items()]
    out += [f"# ALTERNATIVE NAME {n}: {name}" for n, name in enumerate(election.options, start=1)]
    in_order = sorted(ballots.items(), key=lambda one: (-one[1], one[0]))
    out += [f"{times}: {','.join(map(_written, ballot))}" for ballot, times in in_order]
    said = []
    if blank := election.blank:
        said.append(f"{blank} abstention(s) are left out, as there are no blank ballots in it.")
    if election.withdrawn:
        said.append("That options were withdrawn has no place in it; they are options as others.")
    return "\n".join(out) + "\n", tuple(said)


def _ranks(text: str, number: int, *, options: int) -> Ranking:
    ranks = []
    at = 0
    while at < len(text):
        found = _RANK.match(text, at)
        if not found:
            raise refused(
                number, f"“{text[at : at + 20]}” is not an option, nor several in braces."
            )
        parts = (found[1] if found[2] is None else found[2]).split(",")
        rank = [whole(part.strip(), line=number, what="an option") for part in parts]
        ranks.append(tuple(sorted(rank)))
        at = found.end()
    named = [option for rank in ranks for option in rank]
    if len(set(named)) != len(named):
        raise refused(number, "the ballot ranks an option twice.")
    if not all(1 <= option <= options for option in named):
        raise refused(number, f"there are options 1 to {options} only.")
    return tuple(ranks)


def _check(headers: dict[str, str], names: dict[int, str], ballots: Counter[Ranking]) -> None:
    """What the header counts must be there, or the file is cut off or of another kind."""
    kind = headers.get("DATA TYPE", "toi")
    if kind not in TYPES:
        raise BallotsRefused(f"The file is of PrefLib's type {kind}; {', '.join(TYPES)} are read.")
    if sorted(names) != list(range(1, len(names) + 1)):
        raise BallotsRefused("The options' names are not numbered from 1 without gaps.")
    for title, there in (
        ("NUMBER ALTERNATIVES", len(names)),
        ("NUMBER VOTERS", ballots.total()),
    ):
        said = headers.get(title, str(there))
        if said != str(there):
            raise BallotsRefused(f"The file says {title} {said}, and has {there}; is it cut off?")
    if kind[0] == "s" and any(len(rank) > 1 for ballot in ballots for rank in ballot):
        raise BallotsRefused(f"A .{kind} has no equal ranks, but this file does.")
    if kind[2] == "c" and any(sum(map(len, ballot)) < len(names) for ballot in ballots):
        raise BallotsRefused(f"A .{kind} has all options on each ballot, but this file has not.")


def _written(rank: tuple[int, ...]) -> str:
    text = ",".join(map(str, rank))
    return text if len(rank) == 1 else f"{{{text}}}"
