"""Many calls at the same moment, from threads of several processes that share one SQLite file."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from server.community.service import CommunityService
from server.database import Database
from server.doors.movements import Direction
from server.doors.service import DoorService
from server.issuance.enrolments import Enrolments
from server.keystore import Keystore
from server.polls.assembly import assemble_polls
from server.presentations.service import PresentationService
from server.problems import Refusal
from server.registry.publisher import Publisher
from server.registry.service import RegistryService
from tests.flows.standing import Standing

THREADS = 5

Call = Callable[["Worker"], str]


class Worker:
    """The services in a process of their own, at the time `now`, with the keys in `keystore`."""

    def __init__(self, file: Path, *, now: int, keystore: bytes) -> None:
        keys = Keystore.from_octets(keystore)
        database = Database(f"sqlite:///{file}")
        community = CommunityService(database, signing_key=lambda: keys.metadata_key)
        registry = RegistryService(database, community)
        self.doors = DoorService(database, community, registry, clock=lambda: now)
        polls = assemble_polls(
            database,
            community=community,
            registry=registry,
            publisher=Publisher(
                database,
                community=community,
                registry=registry,
                enrolments=Enrolments(registry),
                secret_key=lambda: keys.issuer,
                signing_key=lambda: keys.metadata_key,
                clock=lambda: now,
            ),
            keystore=lambda: keys,
            clock=lambda: now,
        )
        self.polls, self.poll_life = polls.service, polls.life
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


def move_on(worker: Worker) -> str:
    """What the watching thread of a worker does: how many polls it found due."""
    return f"moved {worker.poll_life.look_after_all()}"


def all_at_once(city: Standing, calls: Sequence[Call], *, processes: int = 3) -> list[str]:
    """What the calls came to, sorted: their words, or the slug of what refused them."""
    context = multiprocessing.get_context("spawn")
    outcomes = context.SimpleQueue()
    start = context.Barrier(processes)
    workers = [
        context.Process(
            target=_work,
            args=(
                partial(Worker, city.file, now=city.clock.now, keystore=city.keystore.to_octets()),
                list(calls[number::processes]),
                start,
                outcomes,
            ),
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


def _work(make: Callable[[], Worker], calls: list[Call], start: Barrier, outcomes: Any) -> None:
    words: list[str] = []
    try:
        worker = make()
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
