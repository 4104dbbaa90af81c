"""Events in a poll's log, and the result that a certification holds."""

from dataclasses import replace
from fractions import Fraction

from credentials.formats.lot import Beacon
from credentials.formats.poll_event import BATCH_END, Kind, PollEvent
from credentials.tally.result import Outcome, TallyResult
from credentials.tally.round import Round
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


SIGNATURE = bytes.fromhex(  # of quicknet's round 42, as docs.drand.love shows it
    "95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce4"
    "30a91b811fbfaf763900bc998b5d686a"
)
LAST = 4  # the last element of an event: its value


def _event() -> ObjectFile:
    at = OPENED + 300_000
    extension = PollEvent.extension(at=at, reason="The network was down.", closes_at=at + 3600)
    closing = PollEvent(kind=Kind.CLOSING, at=at)
    extended, closed = extension.to_cbor(), closing.to_cbor()
    change, of_closing = Changes(extended, "poll-event"), Changes(closed, "poll-event")
    withdrawal = PollEvent.withdrawal(at=at, reason="Ana moved away.", option=2)
    withdrawn = Changes(withdrawal.to_cbor(), "poll-event")
    of_batch = Changes(BATCH_END.to_cbor(), "poll-event")
    opening = bytes(48)
    return ObjectFile(
        about="what a poll's log holds beside the manifest and ballots",
        rule="poll-event",
        form="cbor",
        accepted=of_objects(
            an_extension=extension,
            the_end_of_a_batch=BATCH_END,
            an_extension_with_a_beacon=PollEvent.extension(
                at=at,
                reason="The network was down.",
                closes_at=at + 3600,
                beacon=Beacon.after(at + 3600, batch_seconds=300),
            ),
            a_withdrawal=PollEvent.withdrawal(at=at, reason="Ana moved away.", option=64),
            a_beacon=PollEvent(kind=Kind.BEACON, at=at, value=SIGNATURE),
            an_objection=PollEvent(kind=Kind.OBJECTION, at=at, reason="Ana could not vote."),
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
            change("an extension with half a round", LAST, bytes(12), why="8 octets, or 16"),
            withdrawn("a withdrawal without a reason", 3, "", why="it gives one"),
            withdrawn("a withdrawal of nothing", LAST, b"", why="an option's number"),
            withdrawn(
                "a withdrawal of option 0",
                LAST,
                b"\0",
                why="options count from 1",
                refusal="PolicyError",
            ),
            withdrawn(
                "a withdrawal of option 65",
                LAST,
                b"\x41",
                why="there are at most 64",
                refusal="PolicyError",
            ),
            of_batch("a batch with a time", 2, at, why="nothing tells when ballots came"),
            of_batch("a batch with a reason", 3, "Lunch", why="its octets are always the same"),
            of_batch("a batch with a value", LAST, bytes(8), why="it has none"),
            of_closing("a beacon without a signature", 1, "beacon", why="a point of G1"),
            of_closing("an objection without a reason", 1, "objection", why="it gives one"),
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
        "a tie": TallyResult(
            method="stv/1",
            ballots=8,
            abstentions=0,
            invalid=0,
            outcome=Outcome.TIE,
            winners=(2,),
            tied=(1, 3),
            rounds=(Round(title="round", scores=(2, 4, 2), elected=(2,), tied=(1, 3)),),
        ),
        "without an option": TallyResult(
            method="plurality/1",
            ballots=12,
            abstentions=5,
            invalid=0,
            withdrawn=(2,),
            outcome=Outcome.WINNER,
            winners=(1,),
            rounds=(Round(title="count", scores=(4, None, 3), elected=(1,)),),
        ),
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
    tie = Changes(results["a tie"].to_cbor(), "tally")
    without = Changes(results["without an option"].to_cbor(), "tally")
    matrix = Changes(results["each against each"].to_cbor(), "tally")
    return ObjectFile(
        about="what a poll comes to, read; whether it is right shows by counting",
        rule="tally",
        form="cbor",
        accepted=of_objects(**results),
        refused=[
            *spoilt(octets),
            change("more abstentions than ballots", "abstentions", 11, why="they are among them"),
            change("an unknown outcome", "outcome", "draw", why="there are five"),
            change("winners that did not win", "outcome", "no_votes", why="only a winner has some"),
            change("a winner and none", "winners", (), why="a winner has one"),
            tie("a tie between one", "tied", (1,), why="between two or more"),
            tie("a tie that is none", "tied", (), why="it names the options"),
            tie("a tie in another order", "tied", (3, 1), why="ascending"),
            tie("a winner in the tie", "tied", (1, 2), why="who has won is not in it"),
            tie("a winner with a tie", "outcome", "winner", why="nothing is left open then"),
            tie("a round's tie between one", "rounds", (1,), 0, 5, why="between two or more"),
            change(
                "a round that elects another", "rounds", (2,), 0, 2, why="whom the outcome names"
            ),
            without(
                "an option with votes that was withdrawn", "withdrawn", (1,), why="it has none"
            ),
            without("withdrawn options in another order", "withdrawn", (2, 2), why="ascending"),
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
