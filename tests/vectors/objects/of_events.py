"""Events in a poll's log, and the result that a certification holds."""

from dataclasses import replace
from fractions import Fraction

from credentials.formats.poll_event import Kind, PollEvent
from credentials.tally.result import Outcome, Round, TallyResult
from tests.vectors.objects.object_file import (
    Changes,
    ObjectFile,
    of_objects,
    spoilt,
)
from tests.vectors.objects.of_polls import opener
from tests.vectors.vector_community import OPENED


def files() -> dict[str, ObjectFile]:
    return {"poll-event": _event(), "tally": _tally()}


LAST = 4  # the last element of an event: its value


def _event() -> ObjectFile:
    at = OPENED + 300_000
    extension = PollEvent.extension(at=at, reason="The network was down.", closes_at=at + 3600)
    closing = PollEvent(kind=Kind.CLOSING, at=at)
    extended, closed = extension.to_cbor(), closing.to_cbor()
    change, of_closing = Changes(extended, "poll-event"), Changes(closed, "poll-event")
    opening = bytes(48)
    return ObjectFile(
        about="what a poll's log holds beside the manifest and ballots",
        rule="poll-event",
        form="cbor",
        accepted=of_objects(
            an_extension=extension,
            a_cancellation=PollEvent(kind=Kind.CANCELLATION, at=at, reason="Nobody came."),
            a_closing=closing,
            an_early_closing=replace(closing, reason="All have voted."),
            an_opening=PollEvent(kind=Kind.OPENING, at=at, value=opener().opening(bytes(32))),
            a_certification=PollEvent(
                kind=Kind.CERTIFICATION, at=at, value=_results()["a plurality"].to_cbor()
            ),
        ),
        refused=[
            *spoilt(extended),
            change("an unknown kind", 1, "reopening", why="the kinds are fixed"),
            change("a kind that is a number", 1, 1, why="it is text"),
            change("a time after 2^40", 2, 2**40 + 1, why="times are at most 2^40"),
            change("an extension without a reason", 3, "", why="it gives one"),
            change("a reason on two lines", 3, "a\nb", why="shown text is on one line"),
            change("a reason of 501", 3, "x" * 501, why="at most 500 characters"),
            change("an extension without a time", LAST, b"", why="the new closing time"),
            change(
                "an extension beyond 2^40",
                LAST,
                (2**40 + 1).to_bytes(8, "big"),
                why="times are at most 2^40",
                refusal="PolicyError",
            ),
            of_closing("a closing with a value", LAST, opening, why="it has none"),
            of_closing("an opening without a value", 1, "opening", why="a point of G1"),
        ],
    )


def _results() -> dict[str, TallyResult]:
    plurality = TallyResult(
        method="plurality/1",
        ballots=12,
        abstentions=1,
        invalid=0,
        outcome=Outcome.WINNER,
        winners=(2,),
        rounds=(Round(title="count", scores=(4, 7), elected=(2,)),),
    )
    return {
        "a plurality": plurality,
        "no votes": TallyResult(
            method="irv/1",
            ballots=0,
            abstentions=0,
            invalid=3,
            outcome=Outcome.NO_VOTES,
            winners=(),
            rounds=(),
        ),
        "two seats": TallyResult(
            method="stv/1",
            ballots=10,
            abstentions=0,
            invalid=0,
            outcome=Outcome.WINNER,
            winners=(1, 3),
            rounds=(
                Round(title="round", scores=(5, 2, 3), elected=(1,)),
                Round(title="surplus", scores=(None, Fraction(8, 3), 4), eliminated=(2,)),
                Round(
                    title="round",
                    scores=(None, None, Fraction(20, 3)),
                    elected=(3,),
                    by_lot=(3, 2),
                    exhausted=Fraction(1, 3),
                ),
            ),
        ),
        "each against each": TallyResult(
            method="schulze/1",
            ballots=3,
            abstentions=0,
            invalid=0,
            outcome=Outcome.WINNER,
            winners=(1,),
            rounds=(Round(title="paths", scores=(1, 0), elected=(1,)),),
            matrix=((0, 2), (1, 0)),
            paths=((0, 2), (0, 0)),
        ),
    }


def _tally() -> ObjectFile:
    results = _results()
    octets = results["two seats"].to_cbor()
    change = Changes(octets, "tally")
    matrix = Changes(results["each against each"].to_cbor(), "tally")
    return ObjectFile(
        about="what a poll comes to, read; whether it is right shows by counting",
        rule="tally",
        form="cbor",
        accepted=of_objects(**results),
        refused=[
            *spoilt(octets),
            change("more abstentions than ballots", "abstentions", 11, why="they are among them"),
            change("an unknown outcome", "outcome", "tie", why="there are four"),
            change("winners that did not win", "outcome", "no_votes", why="only a winner has some"),
            change("a winner and none", "winners", (), why="a winner has one"),
            change("a winner twice", "winners", (1, 1), why="each once"),
            change("an option that there is not", "winners", (1, 4), why="three options"),
            change(
                "a fraction not in lowest terms", "rounds", "16/6", 1, 1, 1, why="in lowest terms"
            ),
            change("a fraction that is whole", "rounds", "8/1", 1, 1, 1, why="an integer"),
            change(
                "a fraction with a zero in front", "rounds", "08/3", 1, 1, 1, why="one spelling"
            ),
            change("rounds of different options", "rounds", (5, 2), 0, 1, why="all have as many"),
            matrix("a row too few", "matrix", ((0, 2),), why="a row for each option"),
        ],
    )
