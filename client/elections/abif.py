"""ABIF, the Aggregated Ballot Information Format.

Source: github.com/electorama/abif, grammar 0.31. `=ID:[Name]` names an option, `{key: value}` is
about the file, and a line of votes is a number, a colon, and options between `>` (better than), `=`
(equal to) or `,` (in no order), each with a rating after `/` if it has one. It can say ranks and
scores, and approvals as options that are equal to each other.
"""

import re
from collections import Counter
from typing import Final

from client.elections.ballots import Election, Kind, Note, take_name, take_options
from client.elections.lines import lines, refused, whole
from client.errors import BallotsRefused
from credentials.formats.vote import MAX_OPTIONS, Marks
from credentials.tally import Ranking

_ID: Final = r'(?:\[([^\]]+)\]|"([^"]+)"|([A-Za-z][A-Za-z0-9_-]*))'
_DECLARED: Final = re.compile(rf"=\s*{_ID}\s*:\s*{_ID}\s*(?:#.*)?")
_TURNED: Final = re.compile(rf"{_ID}\s*:\s*{_ID}\s*(?:#.*)?")
_ABOUT: Final = re.compile(r'\{\s*"?([A-Za-z_]\w*)"?\s*:\s*(.*?)\s*\}\s*(?:#.*)?')
_VOTES: Final = re.compile(r"(\d+)\s*[:*]\s*(.*)")
_ITEM: Final = re.compile(rf"\s*{_ID}\s*(?:/\s*(\d+))?\s*")

Items = list[tuple[str, str, int | None]]  # separator before it, option, rating


def read(text: str, *, wanted: Kind | None) -> Election:
    """The election in an ABIF file; `wanted` where it says both ranks and scores.

    Raises BallotsRefused.
    """
    about: dict[str, str] = {}
    names: dict[str, str] = {}
    votes: list[tuple[int, int, Items]] = []
    for number, line in lines(text):
        if line.startswith("#") or line == "@choices":
            continue
        if found := _ABOUT.fullmatch(line):
            about[found[1]] = found[2].strip('"')
        elif found := _DECLARED.fullmatch(line):
            token, name = (found[1] or found[2] or found[3], found[4] or found[5] or found[6])
            names[token] = name
        elif found := _VOTES.fullmatch(line):
            times = whole(found[1], line=number, what="a number of ballots")
            votes.append((number, times, _items(found[2], number)))
        elif _TURNED.fullmatch(line):
            raise refused(number, "an option is named as =ID:[Name], with the name last.")
        else:
            raise refused(number, "this is neither votes, an option nor a comment.")
    options = _numbered(names, votes)
    kind = _kind(votes, wanted=wanted)
    notes: Counter[Note] = Counter()
    limit = about.get("max_rating", "")
    return Election(
        format="abif",
        title=take_name(about["title"], what="a title") if about.get("title") else "",
        options=take_options(_names(names, options)),
        kind=kind,
        rankings=_ranks(votes, options) if kind is Kind.RANKS else Counter(),
        amounts=_scores(votes, options, notes) if kind is Kind.SCORES else Counter(),
        limit=int(limit) if limit.isascii() and limit.isdecimal() and len(limit) < 6 else 0,
        notes=notes,
        remarks=_remarks(votes, kind),
    )


def write(election: Election) -> tuple[str, tuple[str, ...]]:
    """The file, and what it does not say. Raises BallotsRefused for votes of a quadratic ballot."""
    if election.kind is Kind.VOTES:
        raise BallotsRefused("ABIF has no place for votes that cost credits; take CSV.")
    _check_writable(election)
    out = ['{version: "0.1"}']
    if election.title:
        title = election.title.replace('"', "'")
        out.append(f'{{title: "{title}"}}')
    if election.limit:
        out.append(f"{{max_rating: {election.limit}}}")
    out += [f"=c{n:02d}:[{name}]" for n, name in enumerate(election.options, start=1)]
    out += [f"{times}:{_in_order(ranks)}" for ranks, times in sorted(election.rankings.items())]
    written = _rated if election.kind is Kind.SCORES else _level
    out += [f"{times}:{written(amounts)}" for amounts, times in sorted(election.amounts.items())]
    said = []
    if election.kind is Kind.APPROVALS:
        said.append("Approvals stand as options that are equal to each other.")
    if election.withdrawn:
        said.append("That options were withdrawn has no place in it; they are options as others.")
    return "\n".join(out) + "\n", tuple(said)


def _check_writable(election: Election) -> None:
    for name in election.options:
        if "]" in name:
            raise BallotsRefused(f"ABIF has no place for a “]”, which “{name}” has; take BLT.")


def _in_order(ranks: Ranking) -> str:
    return ">".join(map(_level, ranks))


def _level(options: Marks) -> str:
    return "=".join(f"c{option:02d}" for option in options)


def _rated(scores: Marks) -> str:
    return ",".join(f"c{option:02d}/{score}" for option, score in enumerate(scores, start=1))


def _items(text: str, number: int) -> Items:
    """What stands on a line of votes; nothing on a blank ballot."""
    items: Items = []
    rest, separator = text, ""
    while rest := rest.lstrip():
        if rest.startswith("#") or (not separator and rest.startswith(":")):
            break
        found = _ITEM.match(rest)
        if not found or (items and not separator):
            raise refused(number, f"an option was due at “{rest[:20]}”.")
        token = found[1] or found[2] or found[3]
        rating = None if found[4] is None else whole(found[4], line=number, what="a rating")
        items.append((separator, token, rating))
        if len(items) > MAX_OPTIONS:
            raise refused(number, f"a ballot names more than {MAX_OPTIONS} options.")
        rest, separator = rest[found.end() :], ""
        if rest[:1] and rest[0] in ">=,":
            rest, separator = rest[1:], rest[0]
    if separator:
        raise refused(number, "the line ends where an option was due.")
    if "," in (between := {s for s, _, _ in items[1:]}) and len(between) > 1:
        raise refused(number, "a line has either commas, or > and =.")
    return items


def _numbered(names: dict[str, str], votes: list[tuple[int, int, Items]]) -> dict[str, int]:
    """The number of each option, by what stands for it in the votes."""
    by_name = {name: token for token, name in names.items()}
    order = {token: n for n, token in enumerate(names, start=1)}
    for number, _, items in votes:
        seen = set()
        for _, token, _ in items:
            if token not in order and names and token not in by_name:
                raise refused(number, f"“{token[:40]}” is none of the options named before.")
            option = order.setdefault(token, order.get(by_name.get(token, ""), len(order) + 1))
            if option in seen:
                raise refused(number, f"“{token[:40]}” stands there twice.")
            seen.add(option)
    return order


def _names(names: dict[str, str], options: dict[str, int]) -> list[str]:
    by_number: dict[int, str] = {}
    for token, option in options.items():
        by_number.setdefault(option, names.get(token, token))
    return [by_number[option] for option in sorted(by_number)]


def _kind(votes: list[tuple[int, int, Items]], *, wanted: Kind | None) -> Kind:
    """Scores if they are wanted, or if nothing else is said."""
    if wanted is not Kind.SCORES:
        ordered = any(separator in "=>" for _, _, items in votes for separator, _, _ in items[1:])
        single = all(len(items) < 2 and not _has_rating(items) for _, _, items in votes)
        if wanted is not None or ordered or single:
            return Kind.RANKS
    for number, _, items in votes:
        if any(rating is None for _, _, rating in items):
            raise refused(number, "an option has no rating, so that there are no scores to count.")
    return Kind.SCORES


def _has_rating(items: Items) -> bool:
    return any(rating is not None for _, _, rating in items)


def _ranks(votes: list[tuple[int, int, Items]], options: dict[str, int]) -> Counter[Ranking]:
    ballots: Counter[Ranking] = Counter()
    for number, times, items in votes:
        ranks: list[list[int]] = []
        if any(separator == "," for separator, _, _ in items):
            if any(rating is None for _, _, rating in items):
                raise refused(number, "options between commas need ratings to be put in order.")
            by_rating: dict[int, list[int]] = {}
            for _, token, rating in items:
                by_rating.setdefault(rating or 0, []).append(options[token])
            ranks = [by_rating[rating] for rating in sorted(by_rating, reverse=True)]
        else:
            for separator, token, _ in items:
                if separator == "=":
                    ranks[-1].append(options[token])
                else:
                    ranks.append([options[token]])
        ballots[tuple(tuple(sorted(rank)) for rank in ranks)] += times
    return ballots


def _scores(
    votes: list[tuple[int, int, Items]], options: dict[str, int], notes: Counter[Note]
) -> Counter[Marks]:
    ballots: Counter[Marks] = Counter()
    count = max(options.values(), default=0)
    for _, times, items in votes:
        scores = [0] * count if items else []
        for _, token, rating in items:
            scores[options[token] - 1] = rating or 0
        if items and len(items) < count:
            notes[Note.UNSCORED] += times
        ballots[tuple(scores)] += times
    return ballots


def _remarks(votes: list[tuple[int, int, Items]], kind: Kind) -> tuple[str, ...]:
    commas = any(separator == "," for _, _, items in votes for separator, _, _ in items)
    if kind is Kind.RANKS and commas:
        return ("Ranks follow from the ratings, equal ones are equal ranks.",)
    return ()
