"""Check-ins over HTTP with one worker and with two, a worker's memory, and how soon it answers.

Codes are drawn before the clock starts. Each check-in parses, verifies, decides and commits to
disk. The client runs on the same cores as the service, so the figure is a lower bound.
"""

import json
import os
import statistics
import subprocess
import sys
import time

from benchmarks.measure import WALL, Row, show, take_turns
from benchmarks.service import (
    enrol,
    first_answer,
    founded,
    http_request,
    resident,
    send,
    served,
    workers_of,
)
from credentials.doors import door_policy
from credentials.formats.qr import to_qr_text
from credentials.holder import Credential
from credentials.presentation import present
from credentials.scope import door_scope, time_slot
from tests.attacks.city import EVENT, PASSPHRASE, REPOSITORY, City

MEMBERS = 400
CONNECTIONS = 8
STARTS = 5
START_SECONDS = 60
MEMORY_AIM = "at most 150 MB"


def main() -> None:
    """Print the tables."""
    rows = []
    for workers in (1, 2):
        rows += _check_ins(workers)
    show(f"Check-ins over HTTP, {MEMBERS} members, {CONNECTIONS} connections", rows)
    show("Starting", [_start()])


def _check_ins(workers: int) -> list[Row]:
    with founded(workers=workers) as city:
        members = enrol(city, members=MEMBERS)
        with served(city):
            before = max(map(resident, workers_of(city)))
            requests = _codes(city, members)
            _warm(city)
            units = [_reference()]
            seconds, answers = send(city, requests, connections=CONNECTIONS)
            units.append(_reference())
            after = max(map(resident, workers_of(city)))
    verdicts = [json.loads(answer)["verdict"] for answer in answers]
    assert verdicts == ["admitted"] * MEMBERS, set(verdicts)
    each = seconds / MEMBERS
    unit = statistics.mean(units)
    title = f"{workers} worker{'s' if workers > 1 else ''}"
    return [
        Row(
            name=f"{title}: check-ins per second",
            figure=f"{1 / each:8.0f}   {each * 1000:6.2f} ms each {each / unit:6.2f} R",
        ),
        Row(
            name=f"{title}: resident memory of one, before and after",
            figure=f"{before:8.0f} MB {after:6.0f} MB",
            aim=MEMORY_AIM,
        ),
    ]


def _codes(city: City, members: list[Credential]) -> list[bytes]:
    metadata = city.metadata
    door = metadata.door("gate")
    assert door is not None
    slot = time_slot(int(time.time()))
    policy = door_policy(door, schema=metadata.schema)
    scope = door_scope(metadata.community_id, EVENT, door.mode, slot)
    codes = [
        to_qr_text(present(member, policy=policy, scope=scope, freshness=slot).to_cbor())
        for member in members
    ]
    return [
        http_request(city, "/doors/gate/checkins", {"code": code, "direction": "in"}, bearer="gate")
        for code in codes
    ]


def _reference() -> float:
    """R in seconds, now: other work on the machine changes it from minute to minute."""
    return take_turns({}, rounds=100, clock=WALL)["R"]


def _warm(city: City) -> None:
    """Let every worker open its database and answer once; the codes are invalid."""
    invalid = http_request(city, "/doors/gate/checkins", {"code": "SYM1:"}, bearer="gate")
    for _ in range(4):
        send(city, [invalid] * 16, connections=CONNECTIONS)


def _start() -> Row:
    with founded() as city:
        taken = []
        for _ in range(STARTS):
            started = time.perf_counter()
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "server.commands.main", "serve"),
                    *(f"--data={city.data}", f"--port={city.port}"),
                ],
                cwd=REPOSITORY,
                env={**os.environ, "SYMBOLON_PASSPHRASE": PASSPHRASE},
                stderr=subprocess.DEVNULL,
            )
            try:
                first_answer(city.port, deadline=started + START_SECONDS)
                taken.append(time.perf_counter() - started)
            finally:
                process.terminate()
                process.wait(START_SECONDS)
    return Row(
        name="from `serve` to the first answer, keystore opened and tables built",
        figure=f"{statistics.median(taken):8.2f} s",
    )


if __name__ == "__main__":
    main()
