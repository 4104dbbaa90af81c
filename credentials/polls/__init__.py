"""What decides a poll: which ballots count, what its log may hold, and what the votes come to.

The same functions at the server and at an auditor. Source: docs/protocol.md, "Polls".
"""

from credentials.polls.ballots import VerifiedBallot, verify_abstentions, verify_ballots
from credentials.polls.closing import closing_seen_by, is_closing_seen
from credentials.polls.count import count_votes, read_vote, tie_seed
from credentials.polls.make import make_abstention, make_ballot, poll_pseudonym
from credentials.polls.replay import BATCH_SIZE, Replay, State, may_withdraw, result_is_out
from credentials.polls.roll import roll_bounds
from credentials.polls.withdrawals import Withdrawal, withdrawals

__all__ = [
    "BATCH_SIZE",
    "Replay",
    "State",
    "VerifiedBallot",
    "Withdrawal",
    "closing_seen_by",
    "count_votes",
    "is_closing_seen",
    "make_abstention",
    "make_ballot",
    "may_withdraw",
    "poll_pseudonym",
    "read_vote",
    "result_is_out",
    "roll_bounds",
    "tie_seed",
    "verify_abstentions",
    "verify_ballots",
    "withdrawals",
]
