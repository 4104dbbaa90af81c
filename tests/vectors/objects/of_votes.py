"""What a voter marks, as it stands in a ballot and as it is sealed."""

from typing import Any

from credentials.formats.vote import BallotPaper
from tests.vectors.objects.object_file import (
    Accepted,
    ObjectFile,
    Refused,
)


def files() -> dict[str, ObjectFile]:
    return {"vote": _vote(), "padded-vote": _padded_vote()}


PAPERS = {
    "single_choice": (3, 0),
    "approval": (3, 2),
    "score": (3, 5),
    "ranked": (3, 0),
    "ranked with equals": (3, 0),
    "quadratic": (3, 10),
}


def _paper(kind: str) -> dict[str, Any]:
    options, limit = PAPERS[kind]
    ballot_type, _, with_equals = kind.partition(" ")
    return {
        "ballotType": ballot_type,
        "options": options,
        "limit": limit,
        "equalRanks": bool(with_equals),
    }


def paper_of(given: Any) -> BallotPaper:
    """The paper that a case names."""
    return BallotPaper(
        ballot_type=given["ballotType"],
        options=given["options"],
        limit=given["limit"],
        equal_ranks=given["equalRanks"],
    )


def _vote() -> ObjectFile:
    good = {
        "single_choice": [(3,), ()],
        "approval": [(1, 3)],
        "score": [(0, 5, 2), (0, 0, 0)],
        "ranked": [(3, 1, 2), (2,)],
        "ranked with equals": [(3, 1, 2), (3, 1, 128 + 2), (1, 128 + 2, 128 + 3)],
        "quadratic": [(1, 0, 3)],
    }
    bad = (
        ("single_choice", (4,), "there are three options"),
        ("single_choice", (0,), "options count from 1"),
        ("single_choice", (1, 2), "one option"),
        ("approval", (3, 1), "options ascend"),
        ("approval", (1, 1), "each option once"),
        ("approval", (1, 2, 3), "two at most"),
        ("score", (1, 2), "a score for each option"),
        ("score", (1, 2, 6), "at most 5"),
        ("ranked", (1, 2, 1), "each option once"),
        ("ranked", (3, 1, 128 + 2), "this poll has no equal ranks"),
        ("ranked with equals", (128 + 1,), "there is no option before the first"),
        ("ranked with equals", (2, 128 + 1), "options of a rank ascend"),
        ("ranked with equals", (1, 128 + 1), "each option once"),
        ("ranked with equals", (1, 2, 128), "options count from 1"),
        ("ranked with equals", (1, 128 + 4), "there are three options"),
        ("quadratic", (0, 0, 0), "votes, or an abstention"),
        ("quadratic", (1, 1, 3), "ten credits at most"),
    )
    return ObjectFile(
        about="the content of a ballot that is not sealed: one octet for each mark",
        rule="vote",
        form="octets",
        accepted=[
            Accepted(
                name=f"{kind}: {marks}",
                value=bytes(marks),
                gives={"marks": list(marks)},
                given=_paper(kind),
            )
            for kind, votes in good.items()
            for marks in votes
        ],
        refused=[
            Refused(
                name=f"{kind}: {marks}",
                value=bytes(marks),
                why=why,
                refusal="BallotRefused",
                given=_paper(kind),
            )
            for kind, marks, why in bad
        ],
    )


def _padded_vote() -> ObjectFile:
    def refused(name: str, value: bytes, why: str) -> Refused:
        return Refused(name=name, value=value, why=why, refusal="BallotRefused")

    return ObjectFile(
        about="what is sealed in a poll of three options: number of marks, marks, zeros",
        rule="padded-vote",
        form="octets",
        given=_paper("ranked with equals"),
        accepted=[
            Accepted(name=str(marks), value=octets, gives={"marks": list(marks)})
            for marks, octets in (
                ((), bytes(4)),
                ((2,), b"\1\2\0\0"),
                ((3, 1, 2), b"\3\3\1\2"),
                ((1, 128 + 3, 2), b"\3\1\x83\2"),
            )
        ],
        refused=[
            refused("too short", b"\1\2\0", "1 + options octets"),
            refused("too long", b"\1\2\0\0\0", "1 + options octets"),
            refused("more marks than options", b"\4\1\2\3", "the number is at most the options"),
            refused("not filled up with zeros", b"\1\2\0\1", "zeros follow"),
            refused("an option twice", b"\2\2\2\0", "it is a vote of the paper"),
        ],
    )
