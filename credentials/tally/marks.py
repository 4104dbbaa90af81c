"""What is said of an option beside its votes: elected, tied, drops out; the same everywhere.

Nobody is elected but whom the outcome names, and nobody while voting goes on: then the same options
are ahead. Whoever was elected in one round is so in all that follow, so that no round by itself
looks otherwise. Terminals, pages and pictures all take it from here.
"""

from enum import StrEnum

from credentials.tally.result import Outcome, TallyResult
from credentials.tally.round import Round


class Mark(StrEnum):
    """What an option comes to in a round, in the word that people read."""

    ELECTED = "elected"
    AHEAD = "ahead"
    DROPS_OUT = "drops out"
    TIED = "tied"


def mark_of(option: int, one: Round, *, result: TallyResult, so_far: bool = False) -> Mark | None:
    """What stands beside an option in one of the result's rounds; `so_far` while voting goes on."""
    if option in one.eliminated:
        return Mark.DROPS_OUT
    if option in result.winners and option in _elected_until(one, result=result):
        return Mark.AHEAD if so_far else Mark.ELECTED
    if option in one.tied and option in result.tied and result.outcome is Outcome.TIE:
        return Mark.TIED
    return None


def mark_in_words(option: int, one: Round, *, result: TallyResult, so_far: bool = False) -> str:
    """The mark, with the lot where that decided it; empty for none."""
    mark = mark_of(option, one, result=result, so_far=so_far)
    if mark is None:
        return ""
    was_before = mark in (Mark.ELECTED, Mark.AHEAD) and option not in one.elected
    return f"{mark}, by lot" if option in one.by_lot and not was_before else str(mark)


def _elected_until(one: Round, *, result: TallyResult) -> set[int]:
    """Who is elected at the end of a round, in it or earlier."""
    elected: set[int] = set()
    for each in result.rounds:
        elected.update(each.elected)
        if each is one:
            break
    return elected
