"""A result has one encoding, and octets that are not that are refused."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from credentials import domain_tags
from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.tally import Outcome, Round, TallyResult, tally
from tests.unit.tally.profiles import SEED, ranked

RESULT = tally("stv/1", ranked("6 A, 2 AB, 3 B, 2 C"), options=3, seats=2, seed=SEED, invalid=1)


def fields(result: TallyResult = RESULT) -> list[Any]:
    """The elements of the result's array, label first."""
    return list(cbor.decode(result.to_cbor()))  # type: ignore[arg-type]


def test_whole_numbers_are_integers_fractions_are_text_and_who_is_out_is_empty() -> None:
    label, method, ballots, abstentions, invalid, without, *came_to, rounds, matrix, paths = (
        fields()
    )
    assert label == "symbolon/tally/3" == domain_tags.TALLY_RESULT
    assert (method, ballots, abstentions, invalid, without) == ("stv/1", 13, 0, 1, ())
    assert (came_to, matrix, paths) == (["winner", (1, 2), ()], (), ())
    assert rounds == (
        ("round", (8, 3, 2), (1,), (), (), (), 0),
        ("surplus", (5, "15/4", 2), (), (3,), (), (), "9/4"),
        ("round", (5, "15/4", ""), (2,), (), (), (), "17/4"),
    )
    assert TallyResult.from_cbor(RESULT.to_cbor()) == RESULT


def test_a_fraction_that_is_whole_is_encoded_as_the_integer() -> None:
    first = replace(RESULT.rounds[0], scores=(Fraction(8), Fraction(3), 2))
    again = replace(RESULT, rounds=(first, *RESULT.rounds[1:]))
    assert again.to_cbor() == RESULT.to_cbor()


@pytest.mark.parametrize(
    "score",
    [
        "30/8",
        "4/1",
        "0/4",
        "-15/4",
        "15/-4",
        "15/04",
        "015/4",
        "15/4 ",
        "٣/4",
        "15",
        "/",
        "1/0",
        b"\1",
    ],
)
def test_a_score_that_is_not_the_one_spelling_is_refused(score: object) -> None:
    spelled = fields()
    title, scores, *rest = spelled[9][1]
    spelled[9] = (spelled[9][0], (title, (scores[0], score, scores[2]), *rest), spelled[9][2])
    with pytest.raises(EncodingError):
        TallyResult.from_cbor(cbor.encode(spelled))


def test_a_score_of_endless_digits_is_refused_without_being_read() -> None:
    spelled = fields()
    title, scores, *rest = spelled[9][1]
    spelled[9] = ((title, (scores[0], "1" * 60_000 + "/2", scores[2]), *rest),)
    with pytest.raises(EncodingError, match="fraction"):
        TallyResult.from_cbor(cbor.encode(spelled))


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (0, "symbolon/tally/1"),
        (1, 7),
        (1, "x" * 33),
        (2, 2**24),
        (3, 14),
        (5, (2, 1)),
        (5, (1,)),
        (5, (4,)),
        (6, "tie"),
        (6, 3),
        (6, "no_votes"),
        (7, ()),
        (7, (1, 1)),
        (7, (0,)),
        (7, (4,)),
        (8, (3,)),
        (8, (1, 3)),
        (8, 0),
        (9, ()),
        (9, (("round", (), (), (), (), (), 0),)),
        (9, (("round", (8, 3, 2), (1,), (), (), ()),)),
        (9, (("round", (8, 3, 2), (1,), (), (), 0),)),
        (9, (("round", (8, 3, 2), (9,), (), (), (), 0),)),
        (9, (("round", (8, 3, 2), (1,), (), (), (2,), 0),)),
        (9, (("round", (8, 3, 2), (1,), (), (), (3, 2), 0),)),
        (9, (("round", (8, 3, 2), (1,), (), (), (), ""),)),
        (9, (("round", (8, 3, 2), (1,), (), (), (), 0), ("round", (8, 3), (), (), (), (), 0))),
        (10, ((0, 1), (1, 0))),
        (10, ((0, 1, 2), (1, 0, 2), (1, 2))),
        (11, (("0",) * 3,) * 3),
        (11, 0),
    ],
)
def test_a_field_that_does_not_fit_is_refused(at: int, value: object) -> None:
    changed = fields()
    changed[at] = value
    with pytest.raises(EncodingError):
        TallyResult.from_cbor(cbor.encode(changed))


@pytest.mark.parametrize("octets", [b"", b"\x80", RESULT.to_cbor() + b"\0", RESULT.to_cbor()[:-1]])
def test_octets_that_are_no_result_are_refused(octets: bytes) -> None:
    with pytest.raises(EncodingError):
        TallyResult.from_cbor(octets)


def test_a_matrix_comes_back() -> None:
    result = tally("schulze/1", ranked("5 ACB, 4 BAC"), options=3, seed=SEED)
    assert TallyResult.from_cbor(result.to_cbor()) == result
    assert len(result.matrix) == len(result.paths) == 3


def test_winners_tie_and_outcome_fit_together() -> None:
    with pytest.raises(EncodingError, match="outcome"):
        replace(RESULT, outcome=Outcome.BELOW_QUORUM)
    for wrong in ({"winners": (1,), "tied": (2, 3)}, {"winners": ()}, {"outcome": Outcome.TIE}):
        with pytest.raises(EncodingError, match="outcome"):
            replace(RESULT, **wrong)  # type: ignore[arg-type]
    first, second, last = RESULT.rounds
    level = replace(last, elected=(), tied=(2, 3))
    rounds = (first, second, level)
    tied = replace(RESULT, outcome=Outcome.TIE, winners=(1,), tied=(2, 3), rounds=rounds)
    assert TallyResult.from_cbor(tied.to_cbor()) == tied
    for pair in ((1, 2), (3, 2), (2, 2), (2, 4)):
        with pytest.raises(EncodingError):
            replace(tied, tied=pair)
    for others in ((1, 2), (), (3,)):
        with pytest.raises(EncodingError, match="elect others"):
            replace(RESULT, rounds=(replace(first, elected=others), second, last))
    with pytest.raises(EncodingError, match="option"):
        Round(title="round", scores=(1, 2), eliminated=(3,))
