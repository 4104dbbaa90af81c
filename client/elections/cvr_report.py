"""An election as cast vote records in JSON, NIST SP 1500-103 (version 1.0.0): one for each ballot.

It says ranks without equal ones, approvals and single choices, and blank ballots. What the format
demands and a poll does not have (places, devices) is named after what made the file.
"""

import json
import time
from collections.abc import Iterable
from typing import Any

from client.elections.ballots import Election, Kind
from client.errors import BallotsRefused

DEVICE = "symbolon"


def write(election: Election) -> tuple[str, tuple[str, ...]]:
    """The file, and what it does not say. Raises BallotsRefused for equal ranks and for amounts."""
    if election.kind not in (Kind.RANKS, Kind.APPROVALS):
        raise BallotsRefused(f"Cast vote records have no place for {election.kind}; take CSV.")
    if any(len(rank) > 1 for ranks in election.rankings for rank in ranks):
        raise BallotsRefused(
            "Two options at one rank are an overvote in cast vote records, and there are equal "
            "ranks; take BLT, ABIF or CSV."
        )
    by_rank = any(len(ranks) > 1 for ranks in election.rankings)
    ballots = [
        (_record([(option, n) for n, (option,) in enumerate(ranks, start=1)], by_rank=by_rank), n)
        for ranks, n in sorted(election.rankings.items())
    ]
    ballots += [
        (_record([(option, 1) for option in approved], by_rank=False), n)
        for approved, n in sorted(election.amounts.items())
    ]
    variation = "approval" if election.kind is Kind.APPROVALS else "rcv" if by_rank else "plurality"
    report = json.dumps(_report(election, variation=variation), ensure_ascii=False)
    # Equal ballots are equal records: a line each, made once.
    records = ",\n".join(",\n".join([json.dumps(record)] * n) for record, n in ballots)
    text = f'{report.removesuffix("}")}, "CVR": [\n{records}\n]}}\n'
    said = []
    if election.withdrawn:
        said.append("That options were withdrawn has no place in it; they are options as others.")
    return text, tuple(said)


def _record(marks: Iterable[tuple[int, int]], *, by_rank: bool) -> dict[str, Any]:
    selections = []
    for option, rank in marks:
        position: dict[str, Any] = {
            "@type": "CVR.SelectionPosition",
            "HasIndication": "yes",
            "NumberVotes": 1,
        }
        if by_rank:
            position["Rank"] = rank
        selections.append(
            {
                "@type": "CVR.CVRContestSelection",
                "ContestSelectionId": f"option-{option}",
                "SelectionPosition": [position],
            }
        )
    contest: dict[str, Any] = {"@type": "CVR.CVRContest", "ContestId": "contest"}
    if selections:
        contest["CVRContestSelection"] = selections
    else:
        contest["Status"] = ["undervoted"]
    snapshot = {
        "@id": "as-cast",
        "@type": "CVR.CVRSnapshot",
        "Type": "original",
        "CVRContest": [contest],
    }
    return {
        "@type": "CVR.CVR",
        "ElectionId": "election",
        "CurrentSnapshotId": "as-cast",
        "CVRSnapshot": [snapshot],
    }


def _report(election: Election, *, variation: str) -> dict[str, Any]:
    numbered = list(enumerate(election.options, start=1))
    contest = {
        "@id": "contest",
        "@type": "CVR.CandidateContest",
        "Name": election.title or "Ballots",
        "NumberElected": election.seats or 1,
        "VoteVariation": variation,
        "ContestSelection": [
            {"@id": f"option-{n}", "@type": "CVR.CandidateSelection", "CandidateIds": [f"name-{n}"]}
            for n, _ in numbered
        ],
    }
    return {
        "@type": "CVR.CastVoteRecordReport",
        "Version": "1.0.0",
        "GeneratedDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "GpUnit": [{"@id": "all", "@type": "CVR.GpUnit", "Type": "other", "OtherType": "all"}],
        "ReportGeneratingDeviceIds": [DEVICE],
        "ReportingDevice": [{"@id": DEVICE, "@type": "CVR.ReportingDevice", "Application": DEVICE}],
        "Election": [
            {
                "@id": "election",
                "@type": "CVR.Election",
                "ElectionScopeId": "all",
                "Candidate": [
                    {"@id": f"name-{n}", "@type": "CVR.Candidate", "Name": name}
                    for n, name in numbered
                ],
                "Contest": [contest],
            }
        ],
    }
