"""The lot of a running poll: what its manifest says, and the beacon's round from the organiser."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.beacon import CHAIN_HASH
from credentials.formats.lot import BY_BEACON, BY_NONE, BY_OPENING, FINAL_SECONDS
from credentials.formats.manifest import Manifest
from credentials.formats.poll_bundle import read_bundle
from credentials.formats.poll_event import Kind
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.polls import State, tie_seed
from credentials.tally import Outcome, lot_order
from server.polls.poll import Draft
from server.problems import BeaconMissing, OperatorError
from tests.beacons import OwnBeacon
from tests.community import Member
from tests.flows.beacon_poll import (
    DRAFT,
    audited,
    city,
    closed,
    crowd,
    due,
    kinds,
    manifest,
    network,
)
from tests.flows.standing import Standing
from tests.poll_papers import sealed_by_server, sealed_by_trustees

__all__ = ["city", "crowd", "manifest", "network"]


# --- what a manifest says


def test_ties_are_left_to_trustees_where_they_open_and_to_nothing_else(city: Standing) -> None:
    plain = replace(DRAFT, tie_rule=None)
    trustees = sealed_by_trustees(5, threshold=1, names=("Ada",))
    assert plain.rule == BY_NONE
    assert replace(plain, sealing=sealed_by_server(5)).rule == BY_NONE
    assert replace(plain, sealing=trustees).rule == BY_OPENING
    assert replace(DRAFT, sealing=trustees).rule == BY_BEACON
    assert Draft.from_json(DRAFT.to_json()) == DRAFT
    for sealing in (None, sealed_by_server(5)):
        with pytest.raises(OperatorError, match="without trustees"):
            city.poll_office.create("x", replace(plain, tie_rule=BY_OPENING, sealing=sealing))


def test_the_manifest_names_the_first_round_after_the_last_batch_and_a_margin(
    city: Standing, manifest: Manifest
) -> None:
    assert manifest.beacon is not None
    assert manifest.beacon.chain == CHAIN_HASH
    least = manifest.closes_at + manifest.batch_seconds + FINAL_SECONDS
    assert least <= manifest.beacon.due_at < least + 3


# --- the organiser hands it in


def test_a_beacon_poll_is_certified_with_its_round_and_not_before(
    city: Standing, manifest: Manifest, network: OwnBeacon
) -> None:
    poll = closed(city, manifest)
    assert poll.beacon is not None
    provisional = city.polls.result(poll).tally
    assert (provisional.outcome, provisional.tied) == (Outcome.TIE, (1, 2))
    due(city)
    with pytest.raises(OperatorError, match="no round of the beacon"):
        city.poll_office.certify("place")
    with pytest.raises(BeaconMissing):
        city.poll_life.certify("place")
    signature = network.signature(poll.beacon)
    drawn = city.poll_office.draw("place", signature)
    assert (drawn.state, drawn.awaited) == (State.CLOSED, None)
    _, result = city.poll_office.certify("place")
    seed = tie_seed(manifest, beacon=poll.beacon, signature=signature)
    assert seed is not None
    order = tuple(option for option in lot_order(seed, 3) if option != 3)
    assert (result.winners, result.rounds[0].by_lot) == (order[:1], order)
    assert kinds(city) == [Kind.CLOSING, Kind.BEACON, Kind.CERTIFICATION]
    report = audited(city)
    assert report.sound
    assert report.result == result


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda network, number: network.signature(number + 1), "not the signature"),
        (lambda network, number: network.signature(number - 1), "not the signature"),
        (lambda _network, number: OwnBeacon().signature(number), "not the signature"),
        (lambda _network, _number: b"\xc0" + bytes(47), "not the signature"),
        (lambda network, number: network.signature(number)[:-1], "not the signature"),
    ],
    ids=["next", "before", "another network", "identity", "short"],
)
def test_a_wrong_round_is_refused_and_changes_nothing(
    city: Standing,
    manifest: Manifest,
    network: OwnBeacon,
    wrong: Callable[[OwnBeacon, int], bytes],
    said: str,
) -> None:
    poll = closed(city, manifest)
    assert poll.beacon is not None
    due(city)
    with pytest.raises(OperatorError, match=said):
        city.poll_office.draw("place", wrong(network, poll.beacon.number))
    assert kinds(city) == [Kind.CLOSING]


def test_a_round_is_taken_once_after_the_close_and_only_where_one_is_asked_for(
    city: Standing, manifest: Manifest, network: OwnBeacon
) -> None:
    assert manifest.beacon is not None
    signature = network.signature(manifest.beacon)
    with pytest.raises(OperatorError, match="is open"):
        city.poll_office.draw("place", signature)
    closed(city, manifest)
    due(city)
    city.poll_office.draw("place", signature)
    with pytest.raises(OperatorError, match="has its round"):
        city.poll_office.draw("place", signature)
    city.open_poll("plain", replace(DRAFT, tie_rule=None))
    with pytest.raises(OperatorError, match="no lot from a beacon"):
        city.poll_office.draw("plain", signature)


def test_trap_24_an_early_closing_keeps_the_round_and_an_extension_names_the_next(
    city: Standing, manifest: Manifest, network: OwnBeacon
) -> None:
    assert manifest.beacon is not None
    city.poll_office.extend("place", closes_at=manifest.closes_at + 900, reason="More time.")
    longer = city.polls.poll("place").beacon
    assert longer == manifest.beacon_at(manifest.closes_at + 900) != manifest.beacon
    city.poll_office.close("place", reason="Everybody has voted.")
    assert city.polls.poll("place").beacon == longer
    due(city)
    with pytest.raises(OperatorError, match="not the signature"):
        city.poll_office.draw("place", network.signature(manifest.beacon))
    city.poll_office.draw("place", network.signature(longer))
    city.poll_office.certify("place")
    assert audited(city).sound


def test_trap_24_a_poll_is_not_cancelled_once_its_result_and_its_lot_can_be_known(
    city: Standing, manifest: Manifest
) -> None:
    poll = closed(city, manifest)
    assert poll.beacon is not None
    for now in (poll.beacon.due_at - 1, poll.beacon.due_at):
        city.clock.now = now
        with pytest.raises(OperatorError, match="Everybody can see the result"):
            city.poll_office.cancel("place", reason="It went wrong.")


def test_a_sealed_poll_takes_its_round_after_the_opening(
    city: Standing, crowd: list[Member], network: OwnBeacon
) -> None:
    sealing = sealed_by_server(city.keystore.opening_secret)
    manifest = city.open_poll("place", replace(DRAFT, sealing=sealing))
    for number, member in enumerate(crowd):
        city.vote(member, 1 + number % 2, manifest=manifest)
    poll = closed(city, manifest)
    assert poll.beacon is not None
    due(city)
    city.poll_office.draw("place", network.signature(poll.beacon))
    _, result = city.poll_office.certify("place")
    assert len(result.winners) == 1
    assert kinds(city) == [Kind.CLOSING, Kind.OPENING, Kind.BEACON, Kind.CERTIFICATION]
    assert audited(city).sound


def test_trap_24_the_bundle_shows_which_witness_saw_the_closing_before_the_lot(
    city: Standing, manifest: Manifest, network: OwnBeacon
) -> None:
    owl = WitnessKey(name="owl.example/w", private_key=Ed25519PrivateKey.generate())
    city.witnesses.add("Owl", owl.verifier_key.to_text())

    def look(at: int) -> None:
        note = SignedCheckpoint.parse(city.polls.logs.checkpoint(city.polls.poll("place"))).note
        city.polls.logs.cosign(city.polls.poll("place"), owl.cosign(note.text, time=at).to_line())

    poll = closed(city, manifest)
    assert poll.beacon is not None
    look(manifest.closes_at + 30)
    look(poll.beacon.due_at + 30)  # the same state again; when it was seen first is kept
    due(city)
    city.poll_office.draw("place", network.signature(poll.beacon))
    city.poll_office.certify("place")
    look(poll.beacon.due_at + 60)
    report = audited(city, witnesses=(owl.verifier_key,))
    told = report.check("closed before the lot")
    assert report.sound
    assert told is not None
    assert told.reason == "witnessed in time"
    octets = b"".join(city.polls.bundle(city.polls.poll("place")))
    head, _ = read_bundle(BytesIO(octets))
    assert len(head.earlier) == 1
