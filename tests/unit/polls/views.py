"""Every view of a result that people or programs read, and whom it says is elected, or ahead."""

import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

from client.commands.result import outcome_json, result_json, say_result
from credentials.formats.manifest import Manifest
from credentials.polls import State, count_votes
from credentials.tally import TallyResult
from server.commands.poll_views import show_rounds
from server.polls.chart import chart
from server.polls.poll import Poll
from server.polls.result_bodies import ResultBody
from server.polls.results import Result
from server.polls.service import Roll
from server.polls.shown_result import shown_result
from tests.unit.formats.samples import MANIFEST, SIGNED_HEAD

SEED = bytes(32)
NAME = re.compile(r"Option-(\d+)")


def manifest(options: int, **changes: Any) -> Manifest:
    """A poll of so many options, called Option-1, Option-2, …"""
    plain = {"quorum": 0, "threshold": (0, 1), "require": ()}
    names = tuple(f"Option-{number}" for number in range(1, options + 1))
    return replace(MANIFEST, options=names, **(plain | changes))


def poll_in(state: State, paper: Manifest) -> Poll:
    """The poll where nothing but its state matters."""
    return Poll(
        id="budget",
        state=state,
        manifest=paper,
        octets=b"",
        closes_at=paper.closes_at,
        closed_at=None if state is State.OPEN else paper.closes_at,
        size=2,
        frontier=b"",
        waiting=0,
        batch_at=0,
    )


def counted(
    votes: Mapping[tuple[int, ...], int], *, paper: Manifest, state: State, seed: bytes | None
) -> Result:
    """The result as the server shows it, of a poll in which enough voted for everything to be."""
    return Result(
        tally=count_votes(votes, manifest=paper, seed=seed),
        ballots=100,
        voters=100,
        provisional=state is not State.CERTIFIED,
        so_far=state is State.OPEN,
    )


def said(result: Result, *, poll: Poll, word: str) -> Iterator[tuple[str, set[int]]]:
    """(view, the options that it says are `word`) for everything that shows rounds."""
    for view, rounds in rounds_said(result, poll=poll, word=word):
        yield view, set(rounds)


def _shown(result: Result, *, poll: Poll) -> Iterator[tuple[str, str]]:
    """(view, its text with a line for each option in each round)."""
    paper, tally = poll.manifest, result.tally
    yield "the organiser's terminal", _printed(lambda: show_rounds(poll, result))
    drawn = chart(tally, question="?", options=paper.options, so_far=result.so_far)
    described = re.findall("<desc>(.*)</desc>", drawn)[0]
    yield "the picture in words", re.sub("[,;] (?=Option)", "\n", described)
    rows = re.sub('(?=<text x="0" y="[0-9]+">Option)', "\n", drawn.split("</desc>")[1])
    yield "the picture", rows
    page = shown_result(poll, result, roll=ROLL, drawn=drawn)
    assert result.sentence(paper.options) in page
    if not result.so_far:
        told = _printed(lambda: say_result(tally, options=paper.options))
        yield "the auditor's terminal", told


def rounds_said(result: Result, *, poll: Poll, word: str) -> Iterator[tuple[str, Counter[int]]]:
    """(view, in how many rounds each option is said to be `word`) for all that shows rounds."""
    for view, text in _shown(result, poll=poll):
        yield view, _lines_with(text, word)


def in_last_round(result: Result, *, poll: Poll) -> set[int]:
    """Whom the short form of the result at a terminal says is elected."""
    options = poll.manifest.options
    return set(
        _lines_with(
            _printed(lambda: say_result(result.tally, options=options, every_round=False)),
            "elected",
        )
    )


def named_in_json(result: Result, *, poll: Poll) -> Iterator[tuple[str, set[int]]]:
    """(view, the options that it says are elected) for programs."""
    body = ResultBody.of(poll, result, roll=ROLL, objections=())
    yield "winners of the service", {winner.option for winner in body.winners}
    yield "rounds of the service", {k for one in body.rounds or () for k in one.elected}
    if not result.so_far:
        told = result_json(result.tally, options=poll.manifest.options)
        yield "winners of the audit", {winner["option"] for winner in told["winners"]}
        yield "rounds of the audit", {k for one in told["rounds"] for k in one["elected"]}
        came_to = outcome_json(result.tally, options=poll.manifest.options)
        yield "the audit's outcome", {winner["option"] for winner in came_to["winners"]}


def elected(result: TallyResult) -> set[int]:
    """Whom the outcome names."""
    return set(result.winners)


def rounds_as_elected(result: TallyResult) -> Counter[int]:
    """In how many rounds each of them is elected: in that of the election, and all after it."""
    rounds = result.rounds
    return Counter({k: len(rounds) - at for at, one in enumerate(rounds) for k in one.elected})


ROLL = Roll(head=SIGNED_HEAD, least=200, most=200)


def _lines_with(text: str, word: str) -> Counter[int]:
    """The options on whose lines a word stands that is not part of a sentence, and how often."""
    return Counter(
        int(found[1])
        for line in text.splitlines()
        if "“" not in line and re.search(rf"\b{word}\b", line) and (found := NAME.search(line))
    )


def _printed(say: Any) -> str:
    with redirect_stdout(io.StringIO()) as told:
        say()
    return told.getvalue()
