"""Cast vote records in JSON, as NIST SP 1500-103 (version 1.0.0) lays them down.

Of each record the current snapshot counts, and in it one contest. A contest by rank gives ranks,
one that lets voters mark several options gives approvals, any other gives a single choice. What the
machine marked as not to be counted is not counted. It cannot say equal ranks or scores.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from client.elections.ballots import Election, Kind, Note, take_options
from client.elections.overvotes import Overvotes, ranked
from client.errors import BallotsRefused
from credentials.formats.vote import Marks
from credentials.tally import Ranking

WRITE_IN: Final = "Write-ins"
RANKED: Final = ("rcv",)
SEVERAL: Final = ("approval",)
TYPE_OF_REPORT: Final = "CVR.CastVoteRecordReport"


@dataclass(slots=True)
class _Contest:
    """The contest that is read: its options by the ids of their selections."""

    id: str
    name: str
    variation: str
    seats: int
    most: int
    options: dict[str, int]
    names: list[str]
    notes: Counter[Note] = field(default_factory=Counter)

    def option(self, selection: object) -> int:
        """The number of an option; all write-ins are one, made when there is the first."""
        if isinstance(selection, str) and selection in self.options:
            return self.options[selection]
        if selection is not None:
            raise BallotsRefused(f"A record has a selection {selection} that no contest has.")
        self.options[""] = self.options.get("") or self._made()
        return self.options[""]

    def _made(self) -> int:
        self.names.append(WRITE_IN)
        return len(self.names)


def read(text: str, *, contest: str | None, overvotes: Overvotes) -> Election:
    """One contest of a report. Raises BallotsRefused."""
    try:
        report = json.loads(text)
    except ValueError as error:
        raise BallotsRefused(f"The file is no JSON: {error}.") from None
    except RecursionError:
        raise BallotsRefused("The file is no JSON of cast vote records.") from None
    if not isinstance(report, dict) or report.get("@type") != TYPE_OF_REPORT:
        raise BallotsRefused(f"The file is JSON, but no {TYPE_OF_REPORT}.")
    found = _contest(report, wanted=contest)
    kind = Kind.APPROVALS if found.most != 1 else Kind.RANKS
    ranks: Counter[Ranking] = Counter()
    amounts: Counter[Marks] = Counter()
    for number, record in enumerate(_dicts(report.get("CVR")), start=1):
        marked = _marked(record, found, number)
        if marked is None:
            continue
        if kind is Kind.APPROVALS:
            options = tuple(sorted({option for _, option in marked}))
            if found.most and len(options) > found.most:
                found.notes[Note.INVALID] += 1
            else:
                amounts[options] += 1
        elif found.variation in RANKED:
            ranks[ranked(_by_rank(marked), overvotes=overvotes, notes=found.notes)] += 1
        elif len({option for _, option in marked}) > 1:
            found.notes[Note.INVALID] += 1
        else:
            ranks[tuple((option,) for _, option in marked[:1])] += 1
    return Election(
        format="cvr",
        title=found.name,
        options=take_options(found.names),
        kind=kind,
        rankings=ranks,
        amounts=amounts,
        seats=found.seats,
        notes=found.notes,
    )


def _contest(report: dict[str, Any], *, wanted: str | None) -> _Contest:
    """The contest with that name or id, or the only one."""
    contests = [
        (election, contest)
        for election in _dicts(report.get("Election"))
        for contest in _dicts(election.get("Contest"))
    ]
    names = [_text(contest, "Name") or _text(contest, "@id") for _, contest in contests]
    fitting = [
        (election, contest)
        for (election, contest), name in zip(contests, names, strict=True)
        if wanted is None or wanted == contest.get("@id") or wanted.casefold() == name.casefold()
    ]
    if len(fitting) != 1:
        listed = ", ".join(f"“{name}”" for name in names[:20]) or "none"
        raise BallotsRefused(f"Say which contest with --contest; the file has {listed}.")
    election, contest = fitting[0]
    candidates = {
        _text(one, "@id"): _text(one, "Name") for one in _dicts(election.get("Candidate"))
    }
    parties = {_text(one, "@id"): _text(one, "Name") for one in _dicts(report.get("Party"))}
    options: dict[str, int] = {}
    shown: list[str] = []
    for selection in _dicts(contest.get("ContestSelection")):
        if selection.get("IsWriteIn") is True and not selection.get("CandidateIds"):
            # Whoever was written in stands under one selection or under none.
            if "" not in options:
                shown.append(WRITE_IN)
                options[""] = len(shown)
            options[_text(selection, "@id")] = options[""]
            continue
        shown.append(_named(selection, candidates, parties))
        options[_text(selection, "@id")] = len(shown)
    variation = _text(contest, "VoteVariation") or "plurality"
    if variation in ("borda", "cumulative", "range", "proportional", "other"):
        raise BallotsRefused(f"The contest is by {variation}, which is not read from this format.")
    allowed = _whole(contest.get("VotesAllowed"), default=1)
    return _Contest(
        id=_text(contest, "@id"),
        name=_text(contest, "Name"),
        variation=variation,
        seats=_whole(contest.get("NumberElected"), default=1),
        most=1 if variation in RANKED else 0 if variation in SEVERAL else allowed,
        options=options,
        names=shown,
    )


def _marked(record: dict[str, Any], contest: _Contest, number: int) -> list[tuple[int, int]] | None:
    """(rank, option) of each mark that counts, in the order of ranks; None without the contest."""
    snapshots = _dicts(record.get("CVRSnapshot"))
    current = [one for one in snapshots if one.get("@id") == record.get("CurrentSnapshotId")]
    if len(current) != 1:
        raise BallotsRefused(f"Record {number} has no one current snapshot.")
    of_contest = [
        one for one in _dicts(current[0].get("CVRContest")) if one.get("ContestId") == contest.id
    ]
    if len(of_contest) > 1:
        raise BallotsRefused(f"Record {number} has the contest twice.")
    if not of_contest:
        contest.notes[Note.ELSEWHERE] += 1
        return None
    if "invalidated-rules" in _list(of_contest[0].get("Status")):
        contest.notes[Note.INVALID] += 1
        return None
    marked = []
    for selection in _dicts(of_contest[0].get("CVRContestSelection")):
        if "invalidated-rules" in _list(selection.get("Status")):
            continue
        for position in _dicts(selection.get("SelectionPosition")):
            if not _counts(position):
                continue
            rank = _whole(position.get("Rank", selection.get("Rank")), default=1)
            option = contest.option(selection.get("ContestSelectionId"))
            marked.append((rank, option))
    if any(contest.names[option - 1] == WRITE_IN for _, option in marked):
        contest.notes[Note.WRITE_IN] += 1
    return sorted(marked)


def _counts(position: Mapping[str, Any]) -> bool:
    return (
        position.get("HasIndication") == "yes"
        and position.get("IsAllocable", "unknown") != "no"
        and "invalidated-rules" not in _list(position.get("Status"))
    )


def _by_rank(marked: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """The options of each rank, with an empty one for each that was left out."""
    ranks: dict[int, set[int]] = {}
    for rank, option in marked:
        if not 1 <= rank <= 999:
            raise BallotsRefused(f"A record has the rank {rank}.")
        ranks.setdefault(rank, set()).add(option)
    return [tuple(sorted(ranks.get(n, ()))) for n in range(1, max(ranks, default=0) + 1)]


def _named(
    selection: dict[str, Any], candidates: Mapping[str, str], parties: Mapping[str, str]
) -> str:
    for ids, names in (("CandidateIds", candidates), ("PartyIds", parties)):
        if known := [names.get(str(one), "") for one in _list(selection.get(ids))]:
            return " and ".join(filter(None, known)) or _text(selection, "@id")
    return _text(selection, "Selection") or _text(selection, "@id")


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: object) -> list[dict[str, Any]]:
    if not all(isinstance(one, dict) for one in _list(value)):
        raise BallotsRefused("The file is no report of cast vote records.")
    return _list(value)


def _text(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name, "")
    return text if isinstance(text, str) else ""


def _whole(value: object, *, default: int) -> int:
    return value if type(value) is int and value >= 0 else default
