"""Single transferable vote ("stv/2"): several seats, filled in proportion to how people ranked.

Every ballot is worth one vote, and counts for the first option in its ranking that is still
running: neither elected nor eliminated. One that ranks several options alike counts for those of
them that are running in equal parts. All values are exact fractions; nothing is rounded.

Quota: votes / (seats + 1), exactly (Droop), from the votes cast, fixed for the whole count. An
option needs more than that, which no more options than seats can have. In each round:
1. The running options that have more than the quota are elected, those with more votes first.
2. If as many options are running as seats are free, they are elected too, those with more votes
   first. The count ends when all seats are taken.
3. Otherwise, if an elected option has more than the quota, the largest such surplus is handed on:
   every ballot of that option goes on to its next running option, at its value times surplus over
   the option's votes (weighted inclusive Gregory method), and the option keeps the quota. One
   surplus a round; of equal ones that of the option that was ahead in earlier rounds, and all of
   them together where none was.
4. If there is no surplus, the running option with fewest votes is eliminated, and its ballots go on
   to their next running options at the value that they have.
A ballot that has no running option left is exhausted, with the value that it then has. Between
equals earlier rounds decide, and then the lot: who is earlier in its order is elected first and
stays longer.

Where nothing decides, options elected in one round are named in the order of the ballot paper,
which means nothing. Of those with fewest votes all are eliminated if that cannot change who is
elected: they have fewer votes together than any other running option has, none of these would be
elected with all of them, and at least as many options stay as seats are free. Otherwise the count
ends there: those with fewest votes are tied, and the seats that are free stay empty.

A round's scores hold for its beginning; an elected option's is what it keeps. In every round the
scores and the exhausted votes sum up to the votes cast. "surplus" is a round after rule 3, "round"
the first one and those after rule 4. There is no threshold.

Each surplus can double the digits of the fractions. Seats are therefore at most MAX_SEATS, with
which no number can have more than `result.MAX_DIGITS` digits: after k surpluses the common
denominator of all values is at most ((seats + 1) * votes)^(2^k - 1), and with equal ranks 64!^(2^k)
times that, so that there are fewer seats then.

"stv/1" differs in one thing: the quota is floor(votes / (seats + 1)) + 1, and whoever has it is
elected. With few voters that is much more than is needed to win, and seats can go by lot to options
that everybody ranked last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Final

from credentials.tally.piles import Piles
from credentials.tally.profile import Count, Rankings, Rules
from credentials.tally.result import ROUND, SURPLUS, Number, Round
from credentials.tally.ties import Choice, choose_first, choose_last, standing

MAX_SEATS: Final = 10
MAX_SEATS_WITH_EQUAL_RANKS: Final = 6


def stv(profile: Rankings, *, rules: Rules) -> Count:
    """Count ranked ballots for as many winners as seats, or all options if they are fewer."""
    quota = _Quota(Fraction(profile.total(), rules.seats + 1), elects=False)
    return _count(profile, rules=rules, quota=quota)


def stv_with_rounded_quota(profile: Rankings, *, rules: Rules) -> Count:
    """The same as "stv/1" has it."""
    quota = _Quota(profile.total() // (rules.seats + 1) + 1, elects=True)
    return _count(profile, rules=rules, quota=quota)


@dataclass(frozen=True, slots=True)
class _Quota:
    """What an elected option keeps; `elects` says whether to have just that is enough."""

    votes: Number
    elects: bool

    def is_passed(self, score: Number) -> bool:
        """Whether an option with this score is elected."""
        return score >= self.votes if self.elects else score > self.votes


def _count(profile: Rankings, *, rules: Rules, quota: _Quota) -> Count:
    count = _Standing(profile, rules=rules, quota=quota)
    while len(count.winners) < count.seats and not count.tied:
        count.next_round()
    return Count(winners=tuple(count.winners), tied=count.tied, rounds=tuple(count.rounds))


class _Standing:
    """Where a count stands, from one round to the next."""

    def __init__(self, profile: Rankings, *, rules: Rules, quota: _Quota) -> None:
        self.seats = min(rules.seats, rules.options)
        self.winners: list[int] = []
        self.tied: tuple[int, ...] = ()
        self.rounds: list[Round] = []
        self._options = rules.options
        self._lot = rules.lot
        self._quota = quota
        self._piles = Piles(profile, options=rules.options)
        self._title = ROUND

    def next_round(self) -> None:
        """Rules 1 to 4, once."""
        piles = self._piles
        scores = {k: piles.score(k) for k in {*piles.running, *self.winners}}
        exhausted = piles.exhausted  # as the scores: at the beginning
        title, level = self._title, _Level()
        elected = self._elect(
            [k for k in piles.running if self._quota.is_passed(scores[k])], scores, level
        )
        if len(piles.running) == self._free:
            elected += self._elect(list(piles.running), scores, level)
        eliminated: tuple[int, ...] = ()
        if self._free:
            most = max((scores[k] for k in self.winners), default=0)
            if most > self._quota.votes:
                self._hand_on_surplus(most, scores)
            else:
                eliminated = self._eliminate(scores, level)
        self.rounds.append(
            Round(
                title=title,
                scores=tuple(scores.get(k) for k in range(1, self._options + 1)),
                elected=elected,
                eliminated=eliminated,
                by_lot=self._lot.sorted(level.by_lot) if self._lot else (),
                tied=tuple(sorted(level.tied)),
                exhausted=exhausted,
            )
        )

    @property
    def _free(self) -> int:
        return self.seats - len(self.winners)

    def _elect(
        self, options: Iterable[int], scores: Mapping[int, Number], level: "_Level"
    ) -> tuple[int, ...]:
        """Elect these, by score, then by earlier rounds, then by lot."""

        def merit(option: int) -> tuple[Number, ...]:
            return (scores[option], *standing(option, self.rounds))

        in_order = self._lot.sorted(options) if self._lot else tuple(sorted(options))
        elected = sorted(in_order, key=merit, reverse=True)
        for one, next_one in pairwise(elected):
            if merit(one) == merit(next_one):
                (level.by_lot if self._lot else level.tied).update((one, next_one))
        self._piles.running.difference_update(elected)
        self.winners += elected
        return tuple(elected)

    def _hand_on_surplus(self, most: Number, scores: Mapping[int, Number]) -> None:
        largest = [k for k in self.winners if scores[k] == most]
        choice = choose_first(largest, rounds=self.rounds, lot=None)
        factor = Fraction(most - self._quota.votes) / most
        for option in choice.tied if choice.option is None else (choice.option,):
            self._piles.hand_on(option, factor=factor, keep=self._quota.votes)
        self._title = SURPLUS

    def _eliminate(self, scores: Mapping[int, Number], level: "_Level") -> tuple[int, ...]:
        """Eliminate one, or all that are level; nobody, and a tie, if that would decide."""
        fewest = min(scores[k] for k in self._piles.running)
        last = tuple(sorted(k for k in self._piles.running if scores[k] == fewest))
        choice = choose_last(last, rounds=self.rounds, lot=self._lot)
        level.note(choice)
        out: tuple[int, ...] = ()
        if choice.option is not None:
            out = (choice.option,)
        elif self._can_all_go(last, scores):
            out = last
        else:
            self.tied = choice.tied
        self._piles.running.difference_update(out)
        for option in out:
            self._piles.hand_on(option)
        self._title = ROUND
        return out

    def _can_all_go(self, last: Sequence[int], scores: Mapping[int, Number]) -> bool:
        """Whether all of these are eliminated next, in whatever order, and nobody is elected."""
        together = sum(scores[k] for k in last)
        others = [scores[k] for k in self._piles.running if k not in last]
        return (
            len(others) >= self._free
            and together < min(others, default=0)
            and not self._quota.is_passed(together + max(others, default=0))
        )


@dataclass(slots=True)
class _Level:
    """Options that were level in a round: between which the lot decided, and nothing."""

    by_lot: set[int] = field(default_factory=set)
    tied: set[int] = field(default_factory=set)

    def note(self, choice: Choice) -> None:
        self.by_lot.update(choice.by_lot)
        self.tied.update(choice.tied)
