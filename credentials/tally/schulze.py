"""Schulze ("schulze/1"): options are compared each against each, over detours where needed.

Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and
Condorcet-consistent single-winner election method", Social Choice and Welfare 36 (2011), section 2;
the strength of a link is measured by winning votes.

A ballot ranks some options; it prefers each of them to every one of a later rank and to all that it
does not rank, and says nothing between options of one rank, or between those that it does not rank.
`matrix[i][j]` is the number of ballots that prefer i to j. There is a link from i to j, as strong
as that number, where more ballots prefer i to j than j to i. A path is as strong as its weakest
link, and `paths[i][j]` is the strength of the strongest path from i to j, 0 if there is none. An
option wins if no other has a stronger path to it than it has to that other; there always is one. Of
several the lot decides, and without a lot they are tied. There is no threshold.

Two rounds. "pairwise": how many others each option beats head to head. "paths": how many others
have no stronger path to it than it to them; who has all others wins.
"""

from dataclasses import replace

from credentials.tally.profile import Count, Rankings, Rules, leaders, one_winner
from credentials.tally.result import PAIRWISE, PATHS, Round


def schulze(profile: Rankings, *, rules: Rules) -> Count:
    """Count ranked ballots for one winner by the strongest paths."""
    matrix = preferences(profile, options=rules.options)
    paths = strongest_paths(matrix)
    each = range(rules.options)
    beaten = [sum(matrix[i][j] > matrix[j][i] for j in each) for i in each]
    unbeaten = [sum(paths[i][j] >= paths[j][i] for j in each if j != i) for i in each]
    last = Round(title=PATHS, scores=tuple(unbeaten))
    decided = one_winner(last, leaders(unbeaten), lot=rules.lot)
    return replace(
        decided,
        rounds=(Round(title=PAIRWISE, scores=tuple(beaten)), *decided.rounds),
        matrix=tuple(map(tuple, matrix)),
        paths=tuple(map(tuple, paths)),
    )


def preferences(profile: Rankings, *, options: int) -> list[list[int]]:
    """How many ballots prefer the first of two options to the second, for all pairs."""
    # A row of counters is one long integer, so that a ballot adds to all of them at once.
    width = max(1, profile.total().bit_length())
    units = [0] + [1 << (width * at) for at in range(options)]
    everything = sum(units)
    rows = [0] * (options + 1)
    for ranking, ballots in profile.items():
        below = everything
        for rank in ranking:
            for option in rank:
                below -= units[option]
            for option in rank:
                rows[option] += below * ballots
    mask = (1 << width) - 1
    return [[rows[i] >> (width * j) & mask for j in range(options)] for i in range(1, options + 1)]


def strongest_paths(matrix: list[list[int]]) -> list[list[int]]:
    """Floyd and Warshall's algorithm, with the weakest link in place of the sum."""
    each = range(len(matrix))
    paths = [[matrix[i][j] if matrix[i][j] > matrix[j][i] else 0 for j in each] for i in each]
    for via in each:
        onward = paths[via]
        for i in each:
            first, row = paths[i][via], paths[i]
            if i == via or not first:
                continue
            for j in each:
                detour = first if first < onward[j] else onward[j]
                if detour > row[j] and i != j:
                    row[j] = detour
    return paths
