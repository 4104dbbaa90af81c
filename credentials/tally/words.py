"""What a count comes to in a sentence, the same on pages, at terminals, in feeds and in audits."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from credentials.tally.counting import WITH_SEATS
from credentials.tally.result import Outcome, TallyResult

_NO_WINNER: Final = {
    Outcome.NO_VOTES: "No winner: nobody voted for an option.",
    Outcome.BELOW_QUORUM: "No winner: fewer ballots than the quorum.",
    Outcome.BELOW_THRESHOLD: "No winner: no option has the share of votes that is needed.",
}


_NOT_YET: Final = {
    Outcome.NO_VOTES: "So far nobody voted for an option.",
    Outcome.BELOW_QUORUM: "So far there are fewer ballots than the quorum.",
    Outcome.BELOW_THRESHOLD: "So far no option has the share of votes that is needed.",
}


def outcome_in_words(result: TallyResult, *, options: Sequence[str], so_far: bool = False) -> str:
    """The outcome, with the options' texts in the order of their numbers.

    `so_far` while voting goes on: nobody has won then.
    """
    said = _so_far(result, options=options) if so_far else _came_to(result, options=options)
    if not result.withdrawn:
        return said
    without = listed([options[option - 1] for option in result.withdrawn])
    return f"Counted without {without}: {said}"


def _came_to(result: TallyResult, *, options: Sequence[str]) -> str:
    if result.outcome in _NO_WINNER:
        return _NO_WINNER[result.outcome]
    said = [_elected(result, options=options)] if result.winners else []
    if result.outcome is Outcome.TIE:
        said.append(_tie(result, options=options))
    elif _is_open_behind(result):
        said.append("It is the same whoever drops out next.")
    if any(one.by_lot for one in result.rounds):
        said.append("A tie was broken by lot.")
    return " ".join(said)


def _so_far(result: TallyResult, *, options: Sequence[str]) -> str:
    if result.outcome in _NOT_YET:
        return _NOT_YET[result.outcome]
    said = []
    for chosen, word in ((result.winners, "ahead"), (result.tied, "level")):
        if chosen:
            names = listed([options[option - 1] for option in chosen])
            said.append(f"{names} {'is' if len(chosen) == 1 else 'are'} {word}")
    return f"So far {', and '.join(said)}."


def listed(names: Sequence[str]) -> str:
    """Names in quotation marks, one after the other."""
    quoted = [f"“{name}”" for name in names]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def _elected(result: TallyResult, *, options: Sequence[str]) -> str:
    names = listed([options[winner - 1] for winner in result.winners])
    if len(result.winners) == 1:
        return f"{names} wins." if result.outcome is Outcome.WINNER else f"{names} is elected."
    in_order = not any(set(one.elected) & set(one.tied) for one in result.rounds)
    return f"{names} are elected{', in this order' if in_order else ''}."


def _tie(result: TallyResult, *, options: Sequence[str]) -> str:
    names = listed([options[option - 1] for option in result.tied])
    if result.method in WITH_SEATS:
        return f"Tie between {names}: nothing decides which of them drops out; no more are elected."
    which = ": nothing decides which of them drops out" if _behind(result) else ""
    return f"Tie between {names}{which}."


def _is_open_behind(result: TallyResult) -> bool:
    """Whether the count ended where nothing decides who drops out, and it does not matter."""
    last = result.rounds[-1]
    return not last.eliminated and not set(last.tied) <= set(last.elected)


def _behind(result: TallyResult) -> bool:
    """Whether those that are tied have fewer votes than another option has in the last round."""
    scores = [Fraction(score) for score in result.rounds[-1].scores if score is not None]
    tied = result.rounds[-1].scores[result.tied[0] - 1] or 0
    return max(scores) > tied
