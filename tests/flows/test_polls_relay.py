"""The beacon's round, fetched from a relay: never believed, never waited for long."""

import json
import time
from collections.abc import Callable

import pytest

from credentials.beacon import CHAIN_HASH
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind
from server.polls.beacon_source import BeaconSource, round_address
from server.polls.lots import RETRY_SECONDS
from server.problems import BeaconRefused, OperatorError
from tests.beacons import OwnBeacon
from tests.flows.beacon_poll import audited, city, closed, crowd, due, kinds, manifest, network
from tests.flows.relay import Relay, honest, relay
from tests.flows.standing import Standing

__all__ = ["city", "crowd", "manifest", "network", "relay"]


def test_a_round_is_fetched_when_it_is_due_and_once(
    city: Standing, manifest: Manifest, network: OwnBeacon, relay: Relay
) -> None:
    relay.answer = honest(network)
    source = BeaconSource(relay.address + "/")
    assert city.lots.fetch_due(source) == 0
    poll = closed(city, manifest)
    assert (city.lots.fetch_due(source), relay.asked) == (0, [])
    due(city)
    assert (city.lots.fetch_due(source), city.lots.fetch_due(source)) == (1, 0)
    assert poll.beacon is not None
    assert relay.asked == [f"/{CHAIN_HASH.hex()}/public/{poll.beacon.number}"]
    assert round_address(poll.beacon, relay=relay.address) == relay.address + relay.asked[0]
    city.poll_office.certify("place")
    assert audited(city).sound


WRONG: dict[str, Callable[[OwnBeacon, int], tuple[int, bytes]]] = {
    "another round": lambda n, r: (
        200,
        json.dumps({"signature": n.signature(r + 1).hex()}).encode(),
    ),
    "another network": lambda _n, r: (
        200,
        json.dumps({"signature": OwnBeacon().signature(r).hex()}).encode(),
    ),
    "an error": lambda n, r: (500, json.dumps({"signature": n.signature(r).hex()}).encode()),
    "sent on": lambda _n, _r: (302, b""),
    "no JSON": lambda _n, _r: (200, b"<html>"),
    "no object": lambda _n, _r: (200, b"[]"),
    "no signature": lambda _n, _r: (200, b'{"round": 1}'),
    "a number": lambda _n, _r: (200, b'{"signature": 7}'),
    "no hex": lambda _n, _r: (200, b'{"signature": "' + b"x" * 96 + b'"}'),
    "short": lambda n, r: (200, json.dumps({"signature": n.signature(r).hex()[2:]}).encode()),
    "endless": lambda _n, _r: (200, b" " * 100_000),
    "deep": lambda _n, _r: (200, b"[" * 4000),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_is_noted_does_no_harm_and_is_asked_for_again_later(
    city: Standing,
    manifest: Manifest,
    relay: Relay,
    capsys: pytest.CaptureFixture[str],
    wrong: str,
) -> None:
    relay.answer = lambda number: WRONG[wrong](relay.network, number)
    source = BeaconSource(relay.address)
    closed(city, manifest)
    due(city)
    now = 1000.0
    assert city.lots.fetch_due(source, elapsed=lambda: now) == 0
    assert kinds(city) == [Kind.CLOSING]
    said = capsys.readouterr().err
    assert said.count('"fault"') == said.count('"beacon"') == 1
    relay.answer = honest(relay.network)
    assert city.lots.fetch_due(source, elapsed=lambda: now + RETRY_SECONDS - 1) == 0
    assert len(relay.asked) == 1
    assert city.lots.fetch_due(source, elapsed=lambda: now + RETRY_SECONDS) == 1


def test_a_relay_that_is_gone_or_trickles_does_not_hold_the_service_up(
    city: Standing,
    manifest: Manifest,
    network: OwnBeacon,
    relay: Relay,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("server.polls.beacon_source.ANSWER_SECONDS", 0.5)
    relay.answer, relay.slow = honest(network), 0.1
    closed(city, manifest)
    due(city)
    began = time.monotonic()
    assert city.lots.fetch_due(BeaconSource(relay.address), elapsed=lambda: 0) == 0
    assert city.lots.fetch_due(BeaconSource("http://127.0.0.1:9"), elapsed=lambda: 100) == 0
    assert time.monotonic() - began < 5
    assert kinds(city) == [Kind.CLOSING]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.drand.sh",
        "file:///etc/passwd",
        "ftp://drand.example",
        "http://",
        "https://user:word@drand.example",
        "https://drand.example/?key=1",
        "https://drand.example/#x",
        "https://drand.example:port",
    ],
)
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(OperatorError, match="The beacon's address"):
        BeaconSource(address)


def test_another_worker_that_was_faster_is_no_fault(
    city: Standing,
    manifest: Manifest,
    network: OwnBeacon,
    capsys: pytest.CaptureFixture[str],
) -> None:
    poll = closed(city, manifest)
    assert poll.beacon is not None
    due(city)
    signature = network.signature(poll.beacon)

    class Overtaken:
        def fetch(self, _beacon: object) -> bytes:
            city.lots.take("place", signature)
            return signature

    assert city.lots.fetch_due(Overtaken()) == 0  # type: ignore[arg-type]
    assert "fault" not in capsys.readouterr().err
    with pytest.raises(BeaconRefused):
        city.lots.take("place", signature)
