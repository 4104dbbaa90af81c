"""Plurality, or first past the post ("plurality/1"): the option named on most ballots wins.

A ballot is (k,), one vote for option k. One round: the votes of each option; the highest number
wins, and the lot decides between equals. The winner's share is its votes over all votes.
"""

from credentials.tally.profile import Count, Profile, Rules, highest_score


def first_past(profile: Profile, *, rules: Rules) -> Count:
    """Count ballots that name one option each."""
    scores = [profile[option,] for option in range(1, rules.options + 1)]
    return highest_score(scores, lot=rules.lot, of=profile.total())
