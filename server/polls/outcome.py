"""What a count comes to, in one sentence for people."""

from collections.abc import Sequence

from credentials.tally.plurality import Outcome, PluralityResult


def outcome_sentence(result: PluralityResult, *, options: Sequence[str]) -> str:
    """The outcome in words, with the options' texts."""
    votes = sum(result.counts)
    if result.outcome is Outcome.WINNER and result.winner is not None:
        won = result.counts[result.winner - 1]
        return f"“{options[result.winner - 1]}” wins with {won} of {votes} votes."
    if result.outcome is Outcome.TIE:
        tied = " and ".join(f"“{options[k - 1]}”" for k in result.tied)
        return f"No winner: {tied} have the same number of votes."
    if result.outcome is Outcome.BELOW_QUORUM:
        return "No winner: fewer ballots than the quorum."
    if result.outcome is Outcome.BELOW_THRESHOLD:
        return "No winner: no option has the share of votes that is needed."
    return "No winner: nobody voted for an option."
