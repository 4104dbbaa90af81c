"""drand's quicknet: the chain's parameters and published rounds, on every backend.

The figures and where they were found are in drand/quicknet.json.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from credentials import beacon, domain_tags
from credentials.curve import Backend, curve, gt
from credentials.errors import BeaconRefused
from tests.unit.curve import odd_points
from tests.unit.curve.conftest import BACKENDS

FILE = Path(__file__).parent / "drand" / "quicknet.json"
FOUND: dict[str, Any] = json.loads(FILE.read_text())
CHAIN: dict[str, Any] = FOUND["chain"]
ROUNDS: list[dict[str, Any]] = FOUND["rounds"]
ONE, OTHER = ROUNDS[2], ROUNDS[1]


def signature_of(one: dict[str, Any]) -> bytes:
    return bytes.fromhex(one["signature"])


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """The beacon over one backend after the other."""
    monkeypatch.setattr(beacon, "curve", BACKENDS[request.param])
    return BACKENDS[request.param]


@pytest.mark.parametrize("one", ROUNDS, ids=lambda one: str(one["round"]))
def test_a_published_round_verifies_and_gives_the_published_randomness(
    backend: Backend, one: dict[str, Any]
) -> None:
    randomness = beacon.verify(one["round"], signature_of(one))
    assert randomness == hashlib.sha256(signature_of(one)).digest()
    assert randomness.hex() == one.get("randomness", randomness.hex())


def test_arkworks_is_of_the_same_opinion() -> None:
    message = hashlib.sha256(ONE["round"].to_bytes(8, "big")).digest()
    hashed = curve.encode_g1(curve.hash_to_g1(message, dst=domain_tags.BEACON))
    base = gt.decode_g2(curve.encode_g2(curve.g2_generator))
    left = gt.pairing_octets(gt.decode_g1(signature_of(ONE)), base)
    assert left == gt.pairing_octets(gt.decode_g1(hashed), gt.decode_g2(beacon.PUBLIC_KEY))


def test_the_chain_hash_stands_for_exactly_these_parameters() -> None:
    """drand/drand, chain info: period, genesis, key, the group's hash, and the beacon's id."""
    assert (CHAIN["period"], CHAIN["genesisTime"]) == (beacon.PERIOD, beacon.GENESIS)
    assert CHAIN["publicKey"] == beacon.PUBLIC_KEY.hex()
    octets = beacon.PERIOD.to_bytes(4, "big") + beacon.GENESIS.to_bytes(8, "big")
    octets += beacon.PUBLIC_KEY + bytes.fromhex(CHAIN["groupHash"]) + CHAIN["beaconId"].encode()
    assert hashlib.sha256(octets).digest() == beacon.CHAIN_HASH == bytes.fromhex(CHAIN["hash"])


def test_the_signature_of_another_round_is_refused(backend: Backend) -> None:
    with pytest.raises(BeaconRefused, match="not that of round 1000"):
        beacon.verify(ONE["round"], signature_of(OTHER))


@pytest.mark.parametrize("number", [0, -1, beacon.MAX_ROUND + 1])
def test_a_round_that_there_is_not_is_refused(number: int) -> None:
    with pytest.raises(BeaconRefused, match="no round"):
        beacon.verify(number, signature_of(ONE))


WRONG = {
    "empty": b"",
    "short": signature_of(ONE)[:-1],
    "long": signature_of(ONE) + b"\0",
    "the other sign": bytes([signature_of(ONE)[0] ^ 0x20]) + signature_of(ONE)[1:],
    "a flipped bit": signature_of(ONE)[:-1] + bytes([signature_of(ONE)[-1] ^ 1]),
    "the identity": b"\xc0" + bytes(47),
    "another spelling of the identity": b"\xc0" + bytes(46) + b"\1",
    "uncompressed": bytes([signature_of(ONE)[0] & 0x7F]) + signature_of(ONE)[1:],
    "x above the prime": bytes([0x9F]) + b"\xff" * 47,
    "outside the subgroup": odd_points.g1_octets(odd_points.g1_of_full_order()),
    "of order 3": odd_points.g1_octets(odd_points.g1_of_order(3)),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_octets_that_are_not_the_one_signature_are_refused(backend: Backend, wrong: str) -> None:
    with pytest.raises(BeaconRefused):
        beacon.verify(ONE["round"], WRONG[wrong])


def test_rounds_and_times() -> None:
    assert beacon.time_of(1) == beacon.GENESIS
    assert beacon.time_of(1000) == 1_692_806_364
    assert [beacon.round_at(beacon.GENESIS + after) for after in range(-2, 5)] == [
        *(1, 1, 1),
        *(2, 2, 2),
        3,
    ]
    for time in range(1_800_000_000, 1_800_000_010):
        number = beacon.round_at(time)
        assert beacon.time_of(number - 1) < time <= beacon.time_of(number)
