"""Score ("score/1"): each ballot gives every option a score, the highest sum wins.

A ballot has one score for each option, from 0 to the poll's limit. One round: the sum of each
option's scores; the highest wins, and the lot decides between equals. The winner's share is its
mean over the limit: its sum over the limit times the number of ballots that are no abstentions.
"""

from credentials.tally.profile import Count, Profile, Rules, highest_score, sum_marks


def score(profile: Profile, *, rules: Rules) -> Count:
    """Count ballots that score every option from 0 to the limit."""
    scores = sum_marks(profile, rules.options)
    return highest_score(scores, lot=rules.lot, of=rules.limit * profile.total())
