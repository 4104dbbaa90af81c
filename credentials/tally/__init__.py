"""Counting of ballots: pure and exact, the same for the server and for anyone who recounts."""

from credentials.tally.counting import METHODS, WITH_SEATS, WITH_THRESHOLD, tally
from credentials.tally.lot import lot_order
from credentials.tally.result import RESULT_LIMIT, Outcome, Round, TallyResult
from credentials.tally.stv import MAX_SEATS
from credentials.tally.words import listed, outcome_in_words

__all__ = [
    "MAX_SEATS",
    "METHODS",
    "RESULT_LIMIT",
    "WITH_SEATS",
    "WITH_THRESHOLD",
    "Outcome",
    "Round",
    "TallyResult",
    "listed",
    "lot_order",
    "outcome_in_words",
    "tally",
]
