"""Quadratic ("quadratic/1"): each ballot buys votes for options, n votes for n * n credits.

A ballot has the number of votes for each option; that their squares stay within the credits is
checked where ballots are read. One round: the sum of each option's votes; the highest wins, and the
lot decides between equals. There is no threshold, since votes have no total to be a share of.
"""

from credentials.tally.profile import Count, Profile, Rules, highest_score, sum_marks


def quadratic(profile: Profile, *, rules: Rules) -> Count:
    """Count ballots that have a number of votes for every option."""
    return highest_score(sum_marks(profile, rules.options), lot=rules.lot)
