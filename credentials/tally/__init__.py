"""Counting of ballots: pure and exact, the same for the server and for anyone who recounts."""

from credentials.tally.counting import METHODS, tally
from credentials.tally.lot import lot_order
from credentials.tally.result import Outcome, Round, TallyResult

__all__ = ["METHODS", "Outcome", "Round", "TallyResult", "lot_order", "tally"]
