"""The ballots of a certified poll as an election: what each says, and nothing of who cast it.

Source: the report of an audit of the poll's bundle, in which every proof held.
"""

from collections import Counter

from client.audit import Report
from client.elections.ballots import MAX_NAME, Election, Kind, Note
from client.errors import BallotsRefused
from credentials.formats import vote
from credentials.formats.vote import Marks
from credentials.tally import Ranking

_KINDS = {
    vote.APPROVAL: Kind.APPROVALS,
    vote.SCORE: Kind.SCORES,
    vote.QUADRATIC: Kind.VOTES,
}


def election_of(report: Report) -> Election:
    """The last ballot of each voter. Raises BallotsRefused unless the poll is sound and done."""
    manifest = report.manifest
    if not report.sound or manifest is None:
        names = ", ".join(check.name for check in report.failures)
        raise BallotsRefused(
            f"The bundle does not hold together, so nothing is exported. Failed: {names}; "
            "`symbolon audit` says why."
        )
    if report.result is None:
        raise BallotsRefused(f"The poll is {report.state}; ballots are exported when it is done.")
    kind = _KINDS.get(manifest.ballot_type, Kind.RANKS)
    rankings: Counter[Ranking] = Counter()
    amounts: Counter[Marks] = Counter()
    for marks, times in report.votes.items():
        if marks is None:
            continue
        if kind is Kind.RANKS:
            rankings[vote.ranking(marks)] += times
        else:
            amounts[marks] += times
    invalid = report.votes[None]
    title = manifest.question
    return Election(
        format="poll",
        title=title if len(title) <= MAX_NAME else manifest.poll,
        options=manifest.options,
        kind=kind,
        rankings=rankings,
        amounts=amounts,
        seats=manifest.seats,
        limit=manifest.limit if kind is Kind.SCORES else 0,
        notes=Counter({Note.INVALID: invalid} if invalid else {}),
    )
