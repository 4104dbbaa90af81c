"""Many calls at the same moment, from threads of several processes that share one SQLite file."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, NoReturn

from server.community.service import CommunityService
from server.database import Database
from server.doors.movements import Direction
from server.doors.service import DoorService
from server.polls.service import PollService
from server.presentations.service import PresentationService
from server.problems import Refusal
from server.registry.service import RegistryService

THREADS = 5

Call = Callable[["Worker"], str]


class Worker:
    """The services in a process of their own, at the time `now`."""

    def __init__(self, file: Path, *, now: int) -> None:
        database = Database(f"sqlite:///{file}")
        community = CommunityService(database, signing_key=_no_key)
        registry = RegistryService(database, community)
        self.doors = DoorService(database, community, registry, clock=lambda: now)
        self.polls = PollService(database, community, registry, clock=lambda: now)
        self.apps = PresentationService(database, community, registry, clock=lambda: now)
        community.verifier().warm()


def check_in(
    worker: Worker,
    *,
    door: str,
    token_hash: bytes,
    code: str,
    direction: Direction = "in",
    scan_id: bytes | None = None,
) -> str:
    """The verdict's word."""
    return worker.doors.check_in(
        door, token_hash=token_hash, code=code, direction=direction, scan_id=scan_id
    ).verdict.value


def cast(worker: Worker, *, poll: str, octets: bytes) -> str:
    """`new`, or `known` for a ballot that was counted before."""
    return "new" if worker.polls.cast(poll, octets).new else "known"


def answer(worker: Worker, *, request: str, token_hash: bytes, octets: bytes) -> str:
    """The verdict's word."""
    return worker.apps.answer(request, octets, token_hash=token_hash).word


def all_at_once(file: Path, calls: Sequence[Call], *, now: int, processes: int = 3) -> list[str]:
    """What the calls came to, sorted: their words, or the slug of what refused them."""
    context = multiprocessing.get_context("spawn")
    outcomes = context.SimpleQueue()
    start = context.Barrier(processes)
    workers = [
        context.Process(
            target=_work, args=(file, now, list(calls[number::processes]), start, outcomes)
        )
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    words: list[str] = []
    for _ in workers:
        words += outcomes.get()
    for worker in workers:
        worker.join()
    return sorted(words)


def _work(file: Path, now: int, calls: list[Call], start: Barrier, outcomes: Any) -> None:
    words: list[str] = []
    try:
        worker = Worker(file, now=now)
        with ThreadPoolExecutor(THREADS) as threads:
            start.wait(timeout=60)
            words = list(threads.map(partial(_word, worker), calls))
    finally:
        outcomes.put(words)


def _word(worker: Worker, call: Call) -> str:
    try:
        return call(worker)
    except Refusal as refusal:
        return refusal.slug


def _no_key() -> NoReturn:
    raise AssertionError("nothing is published here")
