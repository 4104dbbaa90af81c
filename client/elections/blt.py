"""BLT, the format of OpenSTV, OpaVote and of published Scottish council elections.

Source: the format's description in OpaVote's help, and files that are published in it. A header
(options, seats), withdrawn options as negative numbers, a ballot a line (weight, options in order,
0), a single 0, the options' names, a title. `2=3` are equal ranks, `-` is a rank left out. Weights
are whole numbers. It cannot say scores.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from client.elections.ballots import Election, Kind, Note, take_name, take_options
from client.elections.lines import lines, refused, whole
from client.errors import BallotsRefused
from credentials.tally import Ranking

_QUOTED: Final = re.compile(r'"(.*)"\s*(?:#.*)?')
_COMMENT: Final = re.compile(r"(?:^|\s)#.*")
_EQUAL: Final = re.compile(r"\s*=\s*")
_NAMED: Final = re.compile(r"\(([^()]*)\)\s*")
_SETTING: Final = re.compile(r"\[(\w[\w-]*)\s*([^\]]*)\]\s*(?:#.*)?")
_ROUND: Final = re.compile(r"([0-9]+)\.0+")

Numbered = Iterator[tuple[int, str]]


def read(text: str) -> Election:
    """The election in a BLT file. Raises BallotsRefused."""
    rest = ((number, line) for number, line in lines(text) if not line.startswith("#"))
    options, seats = _header(rest)
    withdrawn: set[int] = set()
    notes: Counter[Note] = Counter()
    remarks: list[str] = []
    ballots = _ballots(rest, options, withdrawn=withdrawn, notes=notes, remarks=remarks)
    names = []
    for number, line in rest:
        if _SETTING.fullmatch(line):
            remarks.append(f"Line {number}, {line.split()[0].strip('[]')}, is not used.")
            continue
        names.append((number, line))
    if not options <= len(names) <= options + 1:
        raise BallotsRefused(
            f"The file ends with {len(names)} lines of names where {options} options and at most "
            "one title are due."
        )
    title = take_name(_name(*names[options]), what="a title") if len(names) > options else ""
    return Election(
        format="blt",
        title=title,
        options=take_options(_name(number, line) for number, line in names[:options]),
        kind=Kind.RANKS,
        rankings=ballots,
        seats=seats,
        withdrawn=tuple(sorted(withdrawn)),
        notes=notes,
        remarks=tuple(remarks),
    )


def write(election: Election) -> tuple[str, tuple[str, ...]]:
    """The file, and what it does not say. Raises BallotsRefused for scores."""
    if election.kind not in (Kind.RANKS, Kind.APPROVALS):
        raise BallotsRefused(f"BLT has no place for {election.kind}; take CSV.")
    out = [f"{len(election.options)} {election.seats or 1}"]
    if election.withdrawn:
        out.append(" ".join(f"-{option}" for option in election.withdrawn))
    rankings = {
        (approved,) if approved else (): times for approved, times in election.amounts.items()
    }
    for ranks, times in sorted((rankings or election.rankings).items()):
        marks = ["=".join(map(str, rank)) for rank in ranks]
        out.append(" ".join([str(times), *marks, "0"]))
    out.append("0")
    out += [f'"{name}"' for name in (*election.options, election.title or "Ballots")]
    said = []
    if election.kind is Kind.APPROVALS:
        said.append("Approvals stand as options in equal first place.")
    if any('"' in name for name in election.options):
        said.append("Names with quotation marks in them may not be read by other programs.")
    return "\n".join(out) + "\n", tuple(said)


def _header(rest: Numbered) -> tuple[int, int]:
    number, line = next(rest, (1, ""))
    parts = _COMMENT.sub("", line).split()
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):
        raise refused(number, "a BLT file begins with the number of options and that of seats.")
    options, seats = (whole(part, line=number, what="a number of options") for part in parts)
    return options, seats


def _ballots(
    rest: Numbered,
    options: int,
    *,
    withdrawn: set[int],
    notes: Counter[Note],
    remarks: list[str],
) -> Counter[Ranking]:
    """The ballots, up to the 0 that ends them."""
    ballots: Counter[Ranking] = Counter()
    for number, whole_line in rest:
        line = _COMMENT.sub("", whole_line).strip()
        if line == "0":
            return ballots
        if setting := _SETTING.fullmatch(line):
            if setting[1] == "withdrawn":
                withdrawn.update(_option(part, options, number) for part in setting[2].split())
            else:
                remarks.append(f"Line {number}, {setting[1]}, is not used.")
        elif line.startswith("-") and not ballots:
            withdrawn.update(
                _option(part.removeprefix("-"), options, number) for part in line.split()
            )
        else:
            weight, ballot = _ballot(line, options, number, notes)
            ballots[ballot] += weight
    raise BallotsRefused("The file ends before the 0 that ends the ballots; is it cut off?")


def _ballot(line: str, options: int, number: int, notes: Counter[Note]) -> tuple[int, Ranking]:
    parts = _EQUAL.sub("=", _NAMED.sub("", line, count=1)).split()
    if len(parts) < 2 or parts[-1] != "0":
        raise refused(number, "a ballot is a weight, options in order, and 0.")
    weight = whole(_ROUND.sub(r"\1", parts[0]), line=number, what="the weight of a ballot")
    ranks = []
    skipped = False
    for part in parts[1:-1]:
        if part == "-":
            skipped = True
            continue
        rank = sorted(_option(each, options, number) for each in part.split("="))
        ranks.append(tuple(rank))
    named = [option for rank in ranks for option in rank]
    if len(set(named)) != len(named):
        raise refused(number, "the ballot ranks an option twice.")
    if skipped and ranks:
        notes[Note.SKIPPED] += weight
    return weight, tuple(ranks)


def _option(text: str, options: int, number: int) -> int:
    option = whole(text, line=number, what="the number of an option")
    if not 1 <= option <= options:
        raise refused(number, f"there is no option {option}; they are 1 to {options}.")
    return option


def _name(number: int, line: str) -> str:
    quoted = _QUOTED.fullmatch(line)
    name = quoted[1] if quoted else _COMMENT.sub("", line)
    try:
        return take_name(name)
    except BallotsRefused as error:
        raise refused(number, str(error)) from None
