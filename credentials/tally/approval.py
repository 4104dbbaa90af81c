"""Approval ("approval/1"): each ballot approves of any options, the most approved wins.

A ballot names, in ascending order, the options it approves of. One round: how many ballots approve
of each option; the highest number wins, and the lot decides between equals. The winner's share is
its approvals over the number of ballots that are no abstentions.
"""

from credentials.tally.profile import Count, Profile, Rules, highest_score


def approval(profile: Profile, *, rules: Rules) -> Count:
    """Count ballots that name the options they approve of."""
    scores = [0] * rules.options
    for approved, ballots in profile.items():
        for option in approved:
            scores[option - 1] += ballots
    return highest_score(scores, lot=rules.lot, of=profile.total())
