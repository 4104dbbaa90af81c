"""What a poll came to, or stands at, as JSON."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from pydantic import BaseModel

from credentials.formats.poll_event import PollEvent
from credentials.polls import Withdrawal
from credentials.tally import Round, TallyResult, outcome_in_words
from server.polls.poll import Poll
from server.polls.results import Result
from server.polls.service import Roll


class WinnerBody(BaseModel):
    """An option, numbered from 1."""

    option: int
    text: str


class RoundBody(BaseModel):
    """One round: scores by option (fractions as text "n/d"; null for those out of the count).

    elected: in this round; who was elected in an earlier one is so in it.
    """

    title: str
    scores: list[int | str | None]
    elected: list[int]
    eliminated: list[int]
    by_lot: list[int]
    tied: list[int]
    exhausted: int | str

    @classmethod
    def of(cls, one: Round) -> "RoundBody":
        """The exact numbers."""
        return cls(
            title=one.title,
            scores=[None if score is None else _exact(score) for score in one.scores],
            elected=list(one.elected),
            eliminated=list(one.eliminated),
            by_lot=list(one.by_lot),
            tied=list(one.tied),
            exhausted=_exact(one.exhausted),
        )


class WithdrawnBody(BaseModel):
    """An option that does not stand any more, when and why; `late`: the result could be seen."""

    option: int
    text: str
    at: int
    reason: str
    late: bool

    @classmethod
    def of(cls, one: Withdrawal, *, options: Sequence[str]) -> "WithdrawnBody":
        """With the option's text."""
        return cls(
            option=one.option,
            text=options[one.option - 1],
            at=one.at,
            reason=one.reason,
            late=one.is_late,
        )


class CountBody(BaseModel):
    """The count without the options that were withdrawn, which stands beside the result."""

    outcome: str
    winners: list[WinnerBody]
    tied: list[WinnerBody]
    ahead: list[WinnerBody]
    rounds: list[RoundBody] | None
    sentence: str

    @classmethod
    def counted(
        cls, tally: TallyResult, *, options: Sequence[str], so_far: bool, told: bool
    ) -> "CountBody":
        """`so_far` while voting goes on; `told`: enough voted for the rounds to be given."""
        elected, tied = tally.winners, tally.tied
        return cls(
            outcome="open" if so_far else tally.outcome.value,
            winners=_named(() if so_far else elected, options=options),
            tied=_named(() if so_far else tied, options=options),
            ahead=_named((elected or tied) if so_far else (), options=options),
            rounds=[RoundBody.of(one.without_election if so_far else one) for one in tally.rounds]
            if told
            else None,
            sentence=outcome_in_words(tally, options=options, so_far=so_far),
        )


class ObjectionBody(BaseModel):
    """What the organiser objects to the result, and when."""

    at: int
    reason: str


class ResultBody(CountBody):
    """The count. While voting goes on the outcome is `open`, nobody has won or is tied, and `ahead`
    names who would. `tied`: the options between which nothing decides, if the outcome is `tie`;
    until the lot is drawn, those between which it will decide. `superseded`: ballots that a later
    one of the same voter replaced. With fewer than ten voters `suppressed` is true, and neither
    rounds nor other breakdowns are given; the bundle has everything. `roll`: members who could vote
    at most, `roll_least` at least. `beside`: the count without `withdrawn`, none if it is empty.
    """

    id: str
    question: str
    state: str
    method: str
    options: list[str]
    ballots: int
    abstentions: int | None
    invalid: int | None
    superseded: int | None
    voters: int
    roll: int
    roll_least: int
    suppressed: bool
    provisional: bool
    withdrawn: list[WithdrawnBody]
    beside: CountBody | None
    objections: list[ObjectionBody]

    @classmethod
    def of(
        cls,
        poll: Poll,
        result: Result,
        *,
        roll: Roll,
        objections: Sequence[PollEvent],
        withdrawn: Sequence[Withdrawal] = (),
    ) -> "ResultBody":
        """The result with the texts of the options."""
        tally, options = result.tally, poll.manifest.options
        told = not result.is_suppressed
        count = partial(CountBody.counted, options=options, so_far=result.so_far, told=told)
        return cls(
            **count(tally).model_dump(),
            id=poll.id,
            question=poll.manifest.question,
            state=poll.state.value,
            method=tally.method,
            options=list(options),
            ballots=tally.ballots,
            abstentions=tally.abstentions if told else None,
            invalid=tally.invalid if told else None,
            superseded=result.ballots - result.voters if told else None,
            voters=result.voters,
            roll=roll.most,
            roll_least=roll.least,
            suppressed=result.is_suppressed,
            provisional=result.provisional,
            withdrawn=[WithdrawnBody.of(one, options=options) for one in withdrawn],
            beside=None if result.beside is None else count(result.beside),
            objections=[ObjectionBody(at=one.at, reason=one.reason) for one in objections],
        )


def _named(chosen: Sequence[int], *, options: Sequence[str]) -> list[WinnerBody]:
    return [WinnerBody(option=option, text=options[option - 1]) for option in chosen]


def _exact(value: int | Fraction) -> int | str:
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else str(fraction)
