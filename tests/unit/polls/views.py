"""Every view of a result that people or programs read, and whom it says is elected, or ahead."""

import io
import re
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
    paper, tally = poll.manifest, result.tally
    yield "the organiser's terminal", _in_lines(_printed(lambda: show_rounds(poll, result)), word)
    drawn = chart(tally, question="?", options=paper.options, so_far=result.so_far)
    described = re.findall("<desc>(.*)</desc>", drawn)[0]
    yield "the picture in words", _in_lines(re.sub("[,;] (?=Option)", "\n", described), word)
    rows = re.sub('(?=<text x="0" y="[0-9]+">Option)', "\n", drawn.split("</desc>")[1])
    yield "the picture", _in_lines(rows, word)
    page = shown_result(poll, result, roll=ROLL, drawn=drawn)
    assert result.sentence(paper.options) in page
    if not result.so_far:
        yield (
            "the auditor's terminal",
            _in_lines(_printed(lambda: say_result(tally, options=paper.options)), word),
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


ROLL = Roll(head=SIGNED_HEAD, least=200, most=200)


def _in_lines(text: str, word: str) -> set[int]:
    """The options on whose lines a word stands that is not part of a sentence."""
    return {
        int(found[1])
        for line in text.splitlines()
        if "“" not in line and re.search(rf"\b{word}\b", line) and (found := NAME.search(line))
    }


def _printed(say: Any) -> str:
    with redirect_stdout(io.StringIO()) as told:
        say()
    return told.getvalue()
