"""Counting of ballots: pure and exact, the same for the server and for anyone who recounts."""

from credentials.tally.counting import (
    METHODS,
    WITH_EQUAL_RANKS,
    WITH_SEATS,
    WITH_THRESHOLD,
    most_seats,
    newest,
    tally,
)
from credentials.tally.lot import lot_order
from credentials.tally.profile import Ranking, Vote
from credentials.tally.result import RESULT_LIMIT, Outcome, Round, TallyResult
from credentials.tally.stv import MAX_SEATS, MAX_SEATS_WITH_EQUAL_RANKS
from credentials.tally.words import listed, outcome_in_words

__all__ = [
    "MAX_SEATS",
    "MAX_SEATS_WITH_EQUAL_RANKS",
    "METHODS",
    "RESULT_LIMIT",
    "WITH_EQUAL_RANKS",
    "WITH_SEATS",
    "WITH_THRESHOLD",
    "Outcome",
    "Ranking",
    "Round",
    "TallyResult",
    "Vote",
    "listed",
    "lot_order",
    "most_seats",
    "newest",
    "outcome_in_words",
    "tally",
]
