"""The result of a poll in words and rows: outcome, winners, and every round of the count."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from client.commands.terminal import say, say_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credentials.tally import Round, TallyResult

_TITLES = {
    "count": "Count",
    "round": "Round {number}",
    "surplus": "Round {number}, a surplus handed on",
    "pairwise": "Each against each: how many others it beats",
    "paths": "Strongest paths: how many others it is not behind",
}


def say_result(
    result: "TallyResult", *, options: "Sequence[str]", every_round: bool = True
) -> None:
    """The result with its rounds, or with the last one alone."""
    from credentials.tally import outcome_in_words

    counted = f"{result.ballots} counted, {result.abstentions} of them abstentions"
    invalid = f"; {result.invalid} invalid" if result.invalid else ""
    say_rows(
        [
            ("Result", outcome_in_words(result, options=options)),
            ("Ballots", counted + invalid),
        ]
    )
    for number, one in enumerate(result.rounds, start=1):
        if not every_round and number < len(result.rounds):
            continue
        say(f"\n{_TITLES.get(one.title, one.title).format(number=number)}")
        say_rows(_rows(one, result=result, options=options))


def outcome_json(result: "TallyResult", *, options: "Sequence[str]") -> dict[str, Any]:
    """The outcome for a script: its code, and whom it names."""
    return {
        "code": result.outcome.value,
        "winners": _named(result.winners, options=options),
        "tied": _named(result.tied, options=options),
    }


def result_json(result: "TallyResult", *, options: "Sequence[str]") -> dict[str, Any]:
    """The same for a script; fractions are text."""
    from credentials.tally import outcome_in_words

    return {
        "method": result.method,
        "withdrawn": list(result.withdrawn),
        "sentence": outcome_in_words(result, options=options),
        "ballots": result.ballots,
        "abstentions": result.abstentions,
        "invalid": result.invalid,
        "outcome": result.outcome.value,
        "winners": _named(result.winners, options=options),
        "tied": _named(result.tied, options=options),
        "rounds": [
            {
                "title": one.title,
                "scores": [None if score is None else str(score) for score in one.scores],
                "elected": list(one.elected),
                "eliminated": list(one.eliminated),
                "by_lot": list(one.by_lot),
                "tied": list(one.tied),
                "exhausted": str(one.exhausted),
            }
            for one in result.rounds
        ],
        "matrix": [list(row) for row in result.matrix],
        "paths": [list(row) for row in result.paths],
    }


def _named(chosen: "Sequence[int]", *, options: "Sequence[str]") -> list[dict[str, Any]]:
    return [{"option": option, "text": options[option - 1]} for option in chosen]


def _rows(
    one: "Round", *, result: "TallyResult", options: "Sequence[str]"
) -> list[tuple[str, str]]:
    from credentials.tally import mark_in_words

    rows = []
    for option, (text, score) in enumerate(zip(options, one.scores, strict=True), start=1):
        if score is None:
            continue
        mark = mark_in_words(option, one, result=result)
        rows.append((f"  {text}", _number(score) + (f"  {mark}" if mark else "")))
    if one.exhausted:
        rows.append(("  no longer counting", _number(one.exhausted)))
    if one.by_lot:
        names = ", ".join(options[option - 1] for option in one.by_lot)
        rows.append(("  by lot", names))
    return rows


def _number(score: int | Fraction) -> str:
    """A whole number, or about what a fraction is, as rounds of STV have long ones."""
    if score.denominator == 1:
        return str(score.numerator)
    whole, rest = divmod(score.numerator * 1000 // score.denominator, 1000)
    return f"{whole}.{rest:03d}"
