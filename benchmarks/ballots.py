"""Ballots over HTTP, with one worker and with two; and what a vote weighs.

Ballots are made before the clock starts. Each is decoded, verified with its place on the roll,
given its number, committed to disk and answered with a signed promise; every ten enter the log. The
client runs on the same cores as the service, so the figure is a lower bound.
"""

import json
import statistics

from benchmarks.measure import WALL, Row, show, take_turns
from benchmarks.service import founded, http_request, send, served
from credentials.formats import base64url
from credentials.formats.poll_bundle import FRAME_HEAD
from credentials.log.receipt import Receipt
from tests.attacks.city import City
from tests.attacks.wallet import Wallet, enrol

VOTERS = 400
CONNECTIONS = 8
POLL = "budget"
MORE = {"volunteer": 0, "points": 70_000, "valid_until": 22_280}


def main() -> None:
    """Print the tables."""
    rows: list[Row] = []
    for workers in (1, 2):
        rows.append(_ballots(workers))
    show(f"Ballots over HTTP, {VOTERS} voters, {CONNECTIONS} connections", rows)


def _ballots(workers: int) -> Row:
    with founded(workers=workers) as city, served(city):
        voters = [enrol(city, **MORE) for _ in range(VOTERS)]
        manifest = city.open_poll(POLL, batch_seconds=1)
        requests = [
            http_request(
                city,
                f"/polls/{POLL}/ballots",
                {"ballot": base64url.encode(voter.ballot_octets(manifest, 1 + number % 2))},
            )
            for number, voter in enumerate(voters)
        ]
        _warm(city)
        units = [_reference()]
        seconds, answers = send(city, requests, connections=CONNECTIONS)
        units.append(_reference())
        assert all("promise" in json.loads(answer) for answer in answers)
        assert city.votes(manifest) == ([VOTERS // 2, VOTERS // 2], 0)
        if workers == 1:
            show("What a vote weighs, octets", _octets(city, voters[0]))
    each = seconds / VOTERS
    return Row(
        name=f"{workers} worker{'s' if workers > 1 else ''}: ballots per second",
        figure=f"{1 / each:8.0f}   {each * 1000:6.2f} ms each "
        f"{each / statistics.mean(units):6.2f} R",
    )


def _octets(city: City, voter: Wallet) -> list[Row]:
    leaves = city.get(f"/polls/{POLL}/log/leaves").content
    leaf = base64url.encode(leaves[32:64])
    receipt = city.get(f"/polls/{POLL}/log/proof/{leaf}").text
    Receipt.parse(receipt)
    ballot = next(entry for entry in city.log_entries(POLL) if b"symbolon/ballot/" in entry)
    bundle = len(city.get(f"/polls/{POLL}/bundle").content)
    return [
        Row(name="ballot, single choice, not sealed", figure=f"{len(ballot):8}"),
        Row(name="the same in the bundle", figure=f"{len(ballot) + FRAME_HEAD:8}"),
        Row(name="receipt (tlog-proof)", figure=f"{len(receipt.encode()):8}"),
        Row(name=f"bundle, {VOTERS} ballots", figure=f"{bundle:8}"),
        Row(name="leaf hashes that a wallet fetches, each ballot", figure=f"{32:8}"),
    ]


def _reference() -> float:
    return take_turns({}, rounds=100, clock=WALL)["R"]


def _warm(city: City) -> None:
    """Let every worker open its database and answer once."""
    nothing = http_request(city, f"/polls/{POLL}/ballots", {"ballot": ""})
    for _ in range(4):
        send(city, [nothing] * 16, connections=CONNECTIONS)


if __name__ == "__main__":
    main()
