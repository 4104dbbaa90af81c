"""Cast vote records after NIST SP 1500-103: contests, snapshots, ranks, overvotes, write-ins."""

import json
from pathlib import Path
from typing import Any

import pytest

from client.elections.ballots import Election, Kind, Note
from client.elections.overvotes import Overvotes
from client.errors import BallotsRefused
from tests.unit.elections.files import ranked, read

OPTIONS = ("Ada", "Bo", "Cleo")


def mark(option: str | None, rank: int | None = None, **how: Any) -> dict[str, Any]:
    position = {"@type": "CVR.SelectionPosition", "HasIndication": "yes", "NumberVotes": 1} | how
    if rank is not None:
        position["Rank"] = rank
    selection = {"@type": "CVR.CVRContestSelection", "SelectionPosition": [position]}
    return selection if option is None else selection | {"ContestSelectionId": f"s-{option}"}


def snapshot(*marks: dict[str, Any], id: str = "now", contest: str = "mayor", **of: Any) -> Any:
    found = {"@type": "CVR.CVRContest", "ContestId": contest, "CVRContestSelection": list(marks)}
    return {"@id": id, "@type": "CVR.CVRSnapshot", "Type": "original", "CVRContest": [found | of]}


def record(*snapshots: Any) -> dict[str, Any]:
    return {
        "@type": "CVR.CVR",
        "ElectionId": "e",
        "CurrentSnapshotId": "now",
        "CVRSnapshot": list(snapshots),
    }


def report(*records: Any, variation: str = "rcv", **of_contest: Any) -> str:
    selections: list[dict[str, Any]] = [
        {"@id": f"s-{name}", "@type": "CVR.CandidateSelection", "CandidateIds": [f"c-{name}"]}
        for name in OPTIONS
    ]
    written = {"@id": "s-w", "@type": "CVR.CandidateSelection", "IsWriteIn": True}
    mayor = {
        "@id": "mayor",
        "@type": "CVR.CandidateContest",
        "Name": "Mayor",
        "VoteVariation": variation,
        "ContestSelection": [*selections, written],
    } | of_contest
    clerk = {
        "@id": "clerk",
        "@type": "CVR.CandidateContest",
        "Name": "Clerk",
        "ContestSelection": selections,
    }
    candidates = [{"@id": f"c-{name}", "@type": "CVR.Candidate", "Name": name} for name in OPTIONS]
    return json.dumps(
        {
            "@type": "CVR.CastVoteRecordReport",
            "Version": "1.0.0",
            "GeneratedDate": "2026-01-01T00:00:00Z",
            "Election": [
                {
                    "@id": "e",
                    "@type": "CVR.Election",
                    "Candidate": candidates,
                    "Contest": [mayor, clerk],
                }
            ],
            "CVR": list(records),
        }
    )


def count(folder: Path, *records: Any, **how: Any) -> Election:
    of_contest = {name: how.pop(name) for name in ("variation", "VotesAllowed") if name in how}
    return read(report(*records, **of_contest), "cvr.json", folder, contest="mayor", **how)


def test_ranks_are_read_in_order(tmp_path: Path) -> None:
    election = count(
        tmp_path,
        record(snapshot(mark("Bo", 2), mark("Ada", 1))),
        record(snapshot(mark("Cleo", 1), mark("Ada", 3))),
        record(snapshot()),
    )
    assert election.title == "Mayor"
    assert election.options == (*OPTIONS, "Write-ins")
    assert election.rankings == ranked(("AB", 1), ("CA", 1), ("", 1))
    assert election.notes == {Note.SKIPPED: 1, Note.BLANK: 1}


def test_the_current_snapshot_counts_whatever_others_say(tmp_path: Path) -> None:
    old = snapshot(mark("Ada", 1), id="before")
    assert count(tmp_path, record(old, snapshot(mark("Bo", 1)))).rankings == ranked(("B", 1))
    with pytest.raises(BallotsRefused, match="Record 1 has no one current snapshot"):
        count(tmp_path, record(old))


def test_two_options_at_one_rank_are_an_overvote(tmp_path: Path) -> None:
    over = record(snapshot(mark("Ada", 1), mark("Bo", 2), mark("Cleo", 2), mark("Cleo", 3)))
    stopped = count(tmp_path, over)
    assert stopped.rankings == ranked(("A", 1))
    assert stopped.notes == {Note.OVERVOTE_STOPPED: 1}
    assert count(tmp_path, over, overvotes=Overvotes.SKIP).rankings == ranked(("AC", 1))


def test_marks_that_the_rules_took_away_do_not_count(tmp_path: Path) -> None:
    election = count(
        tmp_path,
        record(snapshot(mark("Ada", 1, IsAllocable="no"), mark("Bo", 2))),
        record(snapshot(mark("Ada", 1, HasIndication="no"), mark("Cleo", 1))),
        record(snapshot(mark("Ada", 1), Status=["invalidated-rules"])),
    )
    assert election.rankings == ranked(("B", 1), ("C", 1))
    assert election.notes == {Note.SKIPPED: 1, Note.INVALID: 1}


def test_write_ins_are_one_option_and_that_is_said(tmp_path: Path) -> None:
    election = count(
        tmp_path,
        record(snapshot(mark("w", 1), mark("Ada", 2))),
        record(snapshot(mark(None, 1), mark(None, 2))),
    )
    assert election.rankings == ranked(("DA", 1), ("D", 1))
    assert election.notes == {Note.WRITE_IN: 2, Note.REPEATED: 1}


def test_records_without_the_contest_are_not_blank(tmp_path: Path) -> None:
    election = count(tmp_path, record(snapshot(mark("Ada"), contest="clerk")))
    assert election.total == 0
    assert election.notes == {Note.ELSEWHERE: 1}


def test_a_choice_of_one_with_two_marks_is_invalid(tmp_path: Path) -> None:
    election = count(
        tmp_path,
        record(snapshot(mark("Ada"))),
        record(snapshot(mark("Ada"), mark("Bo"))),
        variation="plurality",
    )
    assert election.rankings == ranked(("A", 1))
    assert election.notes == {Note.INVALID: 1}


def test_a_choice_of_several_is_approvals_up_to_what_is_allowed(tmp_path: Path) -> None:
    election = count(
        tmp_path,
        record(snapshot(mark("Bo"), mark("Ada"))),
        record(snapshot(mark("Ada"), mark("Bo"), mark("Cleo"))),
        variation="n-of-m",
        VotesAllowed=2,
    )
    assert election.kind is Kind.APPROVALS
    assert election.amounts == {(1, 2): 1}
    assert election.notes == {Note.INVALID: 1}


def test_the_contest_must_be_said_where_there_are_several(tmp_path: Path) -> None:
    with pytest.raises(BallotsRefused, match="“Mayor”, “Clerk”"):
        read(report(), "cvr.json", tmp_path)
    with pytest.raises(BallotsRefused, match="“Mayor”, “Clerk”"):
        read(report(), "cvr.json", tmp_path, contest="Judge")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"@type": "CVR.Election"}', "no CVR.CastVoteRecordReport"),
        ('{"@type": "CVR.CastVoteRecordReport", "Election": [1]}', "no report"),
        ('{"@type": "CVR.CastVoteRecordReport"}', "the file has none"),
        (report(record(snapshot(mark("Dora", 1)))), "s-Dora that no contest has"),
        (report(record(snapshot(mark("Ada", 1000)))), "the rank 1000"),
        (report(record(snapshot(mark("Ada", 1) | {"ContestSelectionId": {}}))), "no contest has"),
        (report(variation="range"), "by range"),
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, text: str, said: str) -> None:
    contest = "Mayor" if "mayor" in text else None
    with pytest.raises(BallotsRefused, match=said):
        read(text, "cvr.json", tmp_path, format="cvr", contest=contest)
