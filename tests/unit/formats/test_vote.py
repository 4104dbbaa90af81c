"""credentials.formats.vote: what may be marked on each type of ballot, and its one encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import BallotRefused, PolicyError
from credentials.formats.vote import BALLOT_TYPES, BallotPaper, Marks, marks_of, ranking
from tests.unit.tally.profiles import rankings

SINGLE = BallotPaper(ballot_type="single_choice", options=3)
APPROVAL = BallotPaper(ballot_type="approval", options=4)
AT_MOST_TWO = BallotPaper(ballot_type="approval", options=4, limit=2)
SCORE = BallotPaper(ballot_type="score", options=3, limit=5)
RANKED = BallotPaper(ballot_type="ranked", options=4)
ALIKE = BallotPaper(ballot_type="ranked", options=4, equal_ranks=True)
TOP_TWO_ALIKE = BallotPaper(ballot_type="ranked", options=4, limit=2, equal_ranks=True)
TOP_TWO = BallotPaper(ballot_type="ranked", options=4, limit=2)
QUADRATIC = BallotPaper(ballot_type="quadratic", options=3, limit=25)
PAPERS = (SINGLE, APPROVAL, AT_MOST_TWO, SCORE, RANKED, ALIKE, TOP_TWO_ALIKE, TOP_TWO, QUADRATIC)


@pytest.mark.parametrize(
    ("paper", "marks"),
    [
        (SINGLE, (1,)),
        (SINGLE, (3,)),
        (APPROVAL, (1, 2, 3, 4)),
        (APPROVAL, (4,)),
        (AT_MOST_TWO, (1, 4)),
        (SCORE, (0, 5, 3)),
        (SCORE, (0, 0, 0)),
        (RANKED, (4, 1, 3, 2)),
        (RANKED, (2,)),
        (TOP_TWO, (4, 1)),
        (ALIKE, (4, 1, 3, 2)),
        (ALIKE, (4, 1, 128 + 3, 2)),
        (ALIKE, (1, 128 + 2, 128 + 3, 128 + 4)),
        (TOP_TWO_ALIKE, (2, 128 + 4)),
        (QUADRATIC, (3, 4, 0)),
        (QUADRATIC, (0, 0, 5)),
        *((paper, ()) for paper in PAPERS),
    ],
)
def test_what_is_allowed_comes_back(paper: BallotPaper, marks: Marks) -> None:
    assert paper.decode(paper.encode(marks)) == marks
    padded = paper.padded(marks)
    assert len(padded) == paper.padded_length == 1 + paper.options
    assert paper.unpadded(padded) == marks


@pytest.mark.parametrize(
    ("paper", "marks"),
    [
        (SINGLE, (0,)),
        (SINGLE, (4,)),
        (SINGLE, (1, 2)),
        (SINGLE, (True,)),
        (SINGLE, (256,)),
        (SINGLE, (-1,)),
        (APPROVAL, (2, 1)),
        (APPROVAL, (1, 1)),
        (APPROVAL, (0, 1)),
        (APPROVAL, (5,)),
        (AT_MOST_TWO, (1, 2, 3)),
        (SCORE, (5, 3)),
        (SCORE, (5, 3, 6)),
        (SCORE, (5, 3, 1, 1)),
        (RANKED, (1, 2, 1)),
        (RANKED, (5,)),
        (TOP_TWO, (1, 2, 3)),
        (RANKED, (1, 128 + 2)),
        (ALIKE, (128 + 1, 2)),
        (ALIKE, (1, 128)),
        (ALIKE, (128,)),
        (ALIKE, (0,)),
        (ALIKE, (1, 128 + 5)),
        (ALIKE, (2, 128 + 1)),
        (ALIKE, (1, 128 + 1)),
        (ALIKE, (1, 2, 128 + 1)),
        (TOP_TWO_ALIKE, (1, 128 + 2, 128 + 3)),
        (QUADRATIC, (3, 4, 1)),
        (QUADRATIC, (0, 0, 0)),
        (QUADRATIC, (5,)),
    ],
)
def test_what_is_not_allowed_is_refused_everywhere(paper: BallotPaper, marks: Marks) -> None:
    with pytest.raises(BallotRefused):
        paper.check(marks)
    with pytest.raises(BallotRefused):
        paper.encode(marks)
    if all(0 <= mark < 256 for mark in marks) and True not in marks:
        with pytest.raises(BallotRefused):
            paper.decode(bytes(marks))


@pytest.mark.parametrize(
    ("kind", "options", "limit"),
    [
        ("single_choice", 1, 0),
        ("single_choice", 65, 0),
        ("single_choice", 3, 1),
        ("approval", 3, 4),
        ("ranked", 3, -1),
        ("score", 3, 0),
        ("score", 3, 256),
        ("quadratic", 3, 0),
        ("quadratic", 3, 65026),
        ("borda", 3, 0),
    ],
)
def test_a_paper_that_means_nothing_does_not_exist(kind: str, options: int, limit: int) -> None:
    with pytest.raises(PolicyError):
        BallotPaper(ballot_type=kind, options=options, limit=limit)


@given(octets=st.binary(max_size=6), at=st.sampled_from(range(len(PAPERS))))
def test_octets_are_one_vote_or_none(octets: bytes, at: int) -> None:
    """No vote has two spellings, and a padded one hides nothing in its padding."""
    paper = PAPERS[at]
    for read, write in ((paper.decode, paper.encode), (paper.unpadded, paper.padded)):
        try:
            marks = read(octets)
        except BallotRefused:
            continue
        assert write(marks) == octets


def test_only_rankings_have_equal_ranks() -> None:
    for kind in BALLOT_TYPES:
        if kind != "ranked":
            limit = 25 if kind in ("score", "quadratic") else 0
            with pytest.raises(PolicyError):
                BallotPaper(ballot_type=kind, options=3, limit=limit, equal_ranks=True)


@given(rankings(4, equal=True))
def test_a_ranking_has_one_spelling_whose_length_tells_nothing_of_its_ranks(
    ranked: tuple[tuple[int, ...], ...],
) -> None:
    marks = marks_of([rank[::-1] for rank in ranked])
    assert ranking(ALIKE.decode(ALIKE.encode(marks))) == ranked
    assert len(marks) == sum(map(len, ranked))
    assert len(ALIKE.padded(marks)) == len(RANKED.padded(()))


def test_every_type_of_ballot_is_tried_here() -> None:
    assert {paper.ballot_type for paper in PAPERS} == set(BALLOT_TYPES)
