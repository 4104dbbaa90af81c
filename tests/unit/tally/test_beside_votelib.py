"""Schulze, instant runoff and transferable votes beside votelib, an independent library (MIT).

A thousand small profiles, drawn from a fixed seed: 3 to 30 voters, 3 to 6 options, ballots that
rank some of them, equal ranks in two of three. Where the two differ, one of the rules that are
written here says why, and taking it away makes them agree; a difference without a rule fails.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import votelib.component.transfer
from votelib.convert import RankedToCondorcetVotes
from votelib.evaluate.condorcet import Schulze
from votelib.evaluate.core import Tie
from votelib.evaluate.sequential import TransferableVoteSelector

from credentials.tally import Outcome, Ranking, TallyResult, tally

PROFILES = 1000
SEED = b"beside votelib"
Profile = Counter[Ranking]


class Why(StrEnum):
    """The rules in which the two differ.

    EQUAL_RANKS: what an option received of a rank that it shares goes to the others of that rank
    first; votelib passes over them. With our rule in its place votelib agrees. TIES: where several
    options have fewest votes, here earlier rounds and then the lot decide; votelib gives up. If it
    is made to follow every choice, ours is among the results. A_MULTIPLE: votelib does not elect
    whoever has exactly two or three quotas. PATHS: if several options are undefeated, here the lot
    decides between them; votelib takes the one with stronger paths to most others.
    """

    EQUAL_RANKS = "equal ranks"
    TIES = "ties"
    A_MULTIPLE = "a multiple of the quota"
    PATHS = "stronger paths to most others"


def profiles() -> Iterator[tuple[Profile, int]]:
    """The profiles, with how many options each has; in every third there are no equal ranks."""
    chance = Random(2026)  # noqa: S311 - the same profiles in every run
    for at in range(PROFILES):
        options = chance.randint(3, 6)
        liked = [chance.uniform(0.2, 1) for _ in range(options)]
        profile: Profile = Counter()
        for _ in range(chance.randint(3, 30)):
            drawn = {n: chance.random() ** (1 / liked[n - 1]) for n in range(1, options + 1)}
            order = sorted(drawn, key=lambda option: drawn[option])
            kept = order if chance.random() < 0.4 else order[: chance.randint(1, options)]
            ranks = [[kept[0]]]
            for option in kept[1:]:
                if at % 3 and chance.random() < 0.25:
                    ranks[-1].append(option)
                else:
                    ranks.append([option])
            profile[tuple(tuple(sorted(rank)) for rank in ranks)] += 1
        yield profile, options


def in_their_form(profile: Profile) -> dict[tuple[Any, ...], Fraction]:
    return {
        tuple(rank[0] if len(rank) == 1 else frozenset(rank) for rank in ranking): Fraction(times)
        for ranking, times in profile.items()
    }


def within_the_rank_first(vote: Any, option: int, allowed: Collection[int]) -> frozenset[int]:
    """Our rule in votelib's place: where a vote goes from an option."""
    after = False
    for rank in vote:
        named = rank if isinstance(rank, frozenset) else frozenset([rank])
        after = after or option in named
        if after and (found := (named - {option}) & frozenset(allowed)):
            return found
    return frozenset()


class Choosing:
    """Keeps all options but one of those with fewest votes: which one, a list of choices says.

    `ways` notes between how many there was to choose.
    """

    def __init__(self, choices: tuple[int, ...]) -> None:
        self.choices = choices
        self.ways: list[int] = []

    def evaluate(self, votes: Mapping[int, Fraction], n_seats: int) -> list[int]:
        assert n_seats == len(votes) - 1
        fewest = sorted(option for option in votes if votes[option] == min(votes.values()))
        at = len(self.ways)
        self.ways.append(len(fewest))
        out = fewest[self.choices[at] if at < len(self.choices) else 0]
        return [option for option in votes if option != out]


def elected_by_votelib(profile: Profile, *, seats: int) -> set[frozenset[int]]:
    """Whom votelib elects by the exact Droop quota, whichever way ties are decided."""
    votes = in_their_form(profile)
    found = set()
    open_choices: list[tuple[int, ...]] = [()]
    while open_choices:
        choices = open_choices.pop()
        choosing = Choosing(choices)
        count = TransferableVoteSelector(
            retainer=choosing,
            quota_function=lambda votes, seats: Fraction(votes, seats + 1),
            accept_quota_equal=False,
        )
        found.add(frozenset(count.evaluate(votes, seats)))
        for at in range(len(choices), len(choosing.ways)):
            made = (*choices, *[0] * (at - len(choices)))
            open_choices += [(*made, other) for other in range(1, choosing.ways[at])]
    return found


def has_a_multiple(result: TallyResult, *, seats: int) -> bool:
    quota = Fraction(result.votes, seats + 1)
    scores = [Fraction(score) for one in result.rounds for score in one.scores if score]
    return any(score > quota and score % quota == 0 for score in scores)


def reason(
    result: TallyResult, profile: Profile, *, seats: int, monkeypatch: pytest.MonkeyPatch
) -> Why | None:
    """Why votelib elects others than we do; None if it elects the same."""
    ours = frozenset(result.winners)
    theirs = elected_by_votelib(profile, seats=seats)
    if theirs == {ours}:
        return None
    if all(len(rank) == 1 for ranking in profile for rank in ranking):
        why = Why.TIES
    else:
        why = Why.EQUAL_RANKS
        with monkeypatch.context() as patched:
            patched.setattr(votelib.component.transfer, "ranked_next", within_the_rank_first)
            theirs = elected_by_votelib(profile, seats=seats)
        if theirs == {ours}:
            return why
    if ours in theirs:
        return Why.TIES
    assert has_a_multiple(result, seats=seats), (profile, seats, ours, theirs)
    return Why.A_MULTIPLE


def test_instant_runoff_differs_only_as_the_rules_say(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Counter[Why | None] = Counter()
    for profile, options in profiles():
        result = tally("irv/1", profile, options=options, seed=SEED)
        assert result.outcome is Outcome.WINNER
        found[reason(result, profile, seats=1, monkeypatch=monkeypatch)] += 1
    assert found == {None: 823, Why.TIES: 123, Why.EQUAL_RANKS: 54}


def test_transferable_votes_differ_only_as_the_rules_say(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Counter[Why | None] = Counter()
    for at, (profile, options) in enumerate(profiles()):
        seats = min(2 + at % 2, options - 1)
        result = tally("stv/2", profile, options=options, seats=seats, seed=SEED)
        assert result.outcome is Outcome.WINNER
        found[reason(result, profile, seats=seats, monkeypatch=monkeypatch)] += 1
    assert found == {None: 864, Why.EQUAL_RANKS: 73, Why.TIES: 62, Why.A_MULTIPLE: 1}


def test_schulze_differs_only_as_the_rules_say() -> None:
    found: Counter[Why | None] = Counter()
    for profile, options in profiles():
        result = tally("schulze/1", profile, options=options, seed=None)
        votes = {ranking: int(times) for ranking, times in in_their_form(profile).items()}
        pairwise = RankedToCondorcetVotes().convert(votes)
        paths = Schulze.widest_paths(pairwise)
        # votelib has only the options that somebody named; all others are behind each of them.
        named = sorted({option for ranking in profile for rank in ranking for option in rank})
        pairs = [(i, j) for i in named for j in named if i != j]
        for i, j in pairs:
            assert result.matrix[i - 1][j - 1] == pairwise.get((i, j), 0)
            assert result.paths[i - 1][j - 1] == paths.get((i, j), 0)
        defeated = {j for i, j in pairs if paths.get((i, j), 0) > paths.get((j, i), 0)}
        undefeated = set(named) - defeated
        assert undefeated == set(result.winners or result.tied)
        best = Schulze().evaluate(pairwise)
        theirs = set().union(*(one if isinstance(one, Tie) else {one} for one in best))
        if theirs == undefeated:
            found[None] += 1
        else:
            assert len(undefeated) > 1
            beaten = Counter(i for i, j in pairs if paths.get((i, j), 0) > paths.get((j, i), 0))
            most = max(beaten.values(), default=-1)  # nobody at all where nobody is ahead
            assert theirs == {option for option in named if beaten[option] == most}
            found[Why.PATHS] += 1
    assert found == {None: 958, Why.PATHS: 42}
