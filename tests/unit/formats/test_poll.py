"""credentials.formats.poll and manifest: what fixes a poll, and what a vote is made for."""

import dataclasses
import hashlib
from typing import Any

import pytest

from credentials.errors import BallotRefused, EncodingError, PolicyError, SchemaError
from credentials.formats import cbor
from credentials.formats.lot import Beacon
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot, action_digest
from credentials.log.note import KeyKind, VerifierKey
from tests.unit.formats.samples import HEAD, MANIFEST, METADATA, SEALING, WITNESSES, ballot

FIRST = VerifierKey.parse(WITNESSES[0])
RENAMED = dataclasses.replace(FIRST, name="other.example").to_text()
NAMESAKE = dataclasses.replace(FIRST, public_key=bytes(32)).to_text()
LOG_KEY = dataclasses.replace(FIRST, kind=KeyKind.ED25519).to_text()

BALLOT = ballot()
BEACON = MANIFEST.beacon_at(MANIFEST.closes_at)
BY_SERVER = dataclasses.replace(SEALING, result=None, signatures=())


def test_hashes_are_over_the_octets() -> None:
    assert MANIFEST.manifest_hash == hashlib.sha256(MANIFEST.to_cbor()).digest()
    assert BALLOT.leaf_hash == hashlib.sha256(b"\0" + BALLOT.to_cbor()).digest()
    expected = cbor.encode(("symbolon/ballot-action/2", MANIFEST.manifest_hash, 1, b"\2"))
    assert BALLOT.action_digest == hashlib.sha256(expected).digest()
    assert BALLOT.action_digest == action_digest(MANIFEST.manifest_hash, 1, b"\2")


def test_each_vote_has_its_own_action() -> None:
    digests = {
        action_digest(poll, sequence, content)
        for poll in (b"a" * 32, b"b" * 32)
        for sequence in (1, 2)
        for content in (b"", b"\1", b"\2", b"\1\2")
    }
    assert len(digests) == 16


def test_the_policy_asks_for_a_place_on_the_roll_and_what_the_manifest_requires() -> None:
    policy = MANIFEST.policy(HEAD)
    assert policy.disclose == ("reissued",)
    assert policy.purpose == "poll"
    assert policy.pseudonym
    assert [str(one) for one in policy.require] == ["serial <= 300"]


def test_the_roll_is_one_head_and_no_other() -> None:
    for other in (
        dataclasses.replace(HEAD, highest_serial=301),
        dataclasses.replace(HEAD, epoch=8),
        dataclasses.replace(HEAD, registry_id=bytes(32)),
    ):
        with pytest.raises(PolicyError, match="another roll"):
            MANIFEST.policy(other)
    elsewhere = dataclasses.replace(HEAD, registry_id=bytes(32))
    with pytest.raises(PolicyError, match="another roll"):
        dataclasses.replace(MANIFEST, head=elsewhere.hash).policy(elsewhere)


def test_a_manifest_belongs_to_its_community() -> None:
    MANIFEST.check(METADATA)
    for name in ("community_id", "issuer_id", "registry_id", "schema_id"):
        other: dict[str, Any] = {name: bytes(32)}
        with pytest.raises(PolicyError, match="another community"):
            dataclasses.replace(MANIFEST, **other).check(METADATA)


def test_the_log_has_one_origin_and_no_other_spelling() -> None:
    MANIFEST.check_origin("https://city.example")
    for address in ("https://www.city.example", "https://city.example:8443", "city.example"):
        with pytest.raises(PolicyError, match="another origin"):
            MANIFEST.check_origin(address)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": b"Z" * 95},
        {"key": b"Y" * 96},
        {"result": None},
        {"result": SEALING},
        {"signatures": ()},
        {"signatures": SEALING.signatures[:2]},
        {"signatures": (*SEALING.signatures, b"4" * 64)},
        {"signatures": (*SEALING.signatures[:2], b"3" * 63)},
        {"signatures": list(SEALING.signatures)},
    ],
)
def test_a_malformed_sealing_does_not_exist(changes: dict[str, Any]) -> None:
    with pytest.raises((EncodingError, PolicyError)):
        dataclasses.replace(SEALING, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 4},
        {"threshold": 0},
        {"trustees": ()},
        {"trustees": (SEALING.trustees[0], SEALING.trustees[0])},
        {
            "trustees": tuple(
                dataclasses.replace(trustee, name="Ana") for trustee in SEALING.trustees
            )
        },
    ],
)
def test_a_malformed_result_of_a_ceremony_does_not_exist(changes: dict[str, Any]) -> None:
    assert SEALING.result is not None
    with pytest.raises(EncodingError):
        dataclasses.replace(SEALING.result, **changes)


def test_a_manifest_requires_only_what_the_schema_can_say() -> None:
    requirement: tuple[str, Any]
    dataclasses.replace(MANIFEST, require=(("reissued", 0), ("pass", "resident"))).check(METADATA)
    for requirement in (("age", 3), ("level", 3), ("nickname", "Ana")):
        with pytest.raises(PolicyError):
            dataclasses.replace(MANIFEST, require=(("reissued", 0), requirement)).check(METADATA)
    with pytest.raises(SchemaError):
        dataclasses.replace(MANIFEST, require=(("reissued", 0), ("pass", "king"))).check(METADATA)


@pytest.mark.parametrize(
    "changes",
    [
        {"options": ("a", "b")},
        {"options": tuple(f"o{i}" for i in range(64))},
        {"threshold": (0, 1)},
        {"threshold": (2, 3)},
        {
            "question": "\U0001f680" * 1000,
            "options": tuple("\U0001f680" * i for i in range(137, 201)),
        },
        {"head": b"h" * 32, "require": ()},
        {"require": (("reissued", 1),)},
        {"require": (("pass", "resident"),)},
        {"ballot_type": "approval", "tally": "approval/1", "limit": 2},
        {"ballot_type": "score", "tally": "score/1", "limit": 255},
        {"ballot_type": "ranked", "tally": "irv/1"},
        {"ballot_type": "ranked", "tally": "schulze/1", "threshold": (0, 1)},
        {"ballot_type": "ranked", "tally": "stv/1", "seats": 3, "threshold": (0, 1)},
        {
            "ballot_type": "quadratic",
            "tally": "quadratic/1",
            "limit": 65025,
            "threshold": (0, 1),
        },
        {"live": True},
        {"sealing": BY_SERVER},
        {"sealing": dataclasses.replace(SEALING, result=None, signatures=())},
        {"witnesses": WITNESSES[:1], "witnesses_needed": 1},
        {"witnesses": WITNESSES, "witnesses_needed": 3},
        {"sealing": SEALING, "tie_rule": "opening/1"},
        {"sealing": SEALING, "tie_rule": "none/1"},
        {"tie_rule": "beacon/1", "beacon": BEACON},
        {"tie_rule": "beacon/1", "beacon": BEACON, "sealing": SEALING},
    ],
)
def test_manifests_within_the_limits_come_back(changes: dict[str, Any]) -> None:
    manifest = dataclasses.replace(MANIFEST, **changes)
    assert Manifest.from_cbor(manifest.to_cbor()) == manifest


@pytest.mark.parametrize(
    "changes",
    [
        {"community_id": b""},
        {"poll": "A"},
        {"question": ""},
        {"question": "a\u202eb"},
        {"question": "x" * 1001},
        {"options": ("a",)},
        {"options": ("a", "a")},
        {"options": ("a", "")},
        {"options": ["a", "b"]},
        {"options": tuple(f"o{i}" for i in range(65))},
        {"ballot_type": "approval"},
        {"ballot_type": "score", "tally": "score/1"},
        {"ballot_type": "score", "tally": "score/1", "limit": 256},
        {"ballot_type": "quadratic", "tally": "quadratic/1", "threshold": (0, 1)},
        {"ballot_type": "ranked", "tally": "schulze/1"},
        {"limit": 1},
        {"tally": "stv/1"},
        {"tally": "plurality/2"},
        {"tally": []},
        {"seats": 0},
        {"seats": 2},
        {"ballot_type": "ranked", "tally": "stv/1", "threshold": (0, 1), "seats": 4},
        {"tie_rule": "random"},
        {"tie_rule": "none"},
        {"tie_rule": "log/1"},
        {"tie_rule": "opening/1"},
        {"tie_rule": "opening/1", "sealing": BY_SERVER},
        {"tie_rule": "opening/1", "sealing": SEALING, "beacon": BEACON},
        {"tie_rule": "none/1", "beacon": BEACON},
        {"tie_rule": "beacon/1"},
        {"tie_rule": "beacon/1", "beacon": Beacon(number=BEACON.number + 1)},
        {"tie_rule": "beacon/1", "beacon": Beacon(number=BEACON.number - 1)},
        {"tie_rule": "beacon/1", "beacon": BEACON, "closes_at": MANIFEST.closes_at + 3},
        {"tie_rule": "beacon/1", "beacon": BEACON, "batch_seconds": 10},
        {"tie_rule": "beacon/1", "beacon": (BEACON.chain, BEACON.number)},
        {"batch_seconds": 0},
        {"batch_seconds": 86_401},
        {"origin": "city.example/polls/other"},
        {"origin": "city example/polls/budget"},
        {"origin": "city.example/polls/budget\n"},
        {"live": 1},
        {"live": True, "sealing": SEALING},
        {"sealing": (SEALING.key,)},
        {"witnesses": WITNESSES},
        {"witnesses_needed": 1},
        {"witnesses": WITNESSES, "witnesses_needed": 5},
        {"witnesses": WITNESSES, "witnesses_needed": 2},
        {"witnesses": WITNESSES[:2], "witnesses_needed": 1},
        {"witnesses": (*WITNESSES, WITNESSES[0]), "witnesses_needed": 5},
        {"witnesses": (WITNESSES[0], RENAMED), "witnesses_needed": 2},
        {"witnesses": (WITNESSES[0], NAMESAKE), "witnesses_needed": 2},
        {"witnesses": (LOG_KEY,), "witnesses_needed": 1},
        {"witnesses": ("w1.example",), "witnesses_needed": 1},
        {"witnesses": (WITNESSES[0] + "\n",), "witnesses_needed": 1},
        {"witnesses": list(WITNESSES), "witnesses_needed": 3},
        {"tie_rule": None},
        {"quorum": -1},
        {"quorum": 2**24},
        {"threshold": (1, 1)},
        {"threshold": (2, 4)},
        {"threshold": (0, 2)},
        {"threshold": (0, 0)},
        {"threshold": (-1, 2)},
        {"threshold": (1,)},
        {"threshold": 0.5},
        {"opens_at": MANIFEST.closes_at},
        {"opens_at": -1},
        {"closes_at": 2**41},
        {"head": b"h"},
        {"head": b""},
        {"require": (("reissued", 0), ("reissued", 0))},
        {"require": (("reissued", 0), ("Pass", "x"))},
        {"require": (("reissued", 0), ("pass", b"x"))},
        {"require": (("reissued", False),)},
        {"require": [("reissued", 0)]},
    ],
)
def test_a_malformed_manifest_does_not_exist(changes: dict[str, Any]) -> None:
    with pytest.raises((EncodingError, PolicyError)):
        dataclasses.replace(MANIFEST, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "door"},
        {"purpose": "login"},
        {"instance": b"o" * 32},
        {"instance": ""},
        {"instance": "budget"},
        {"freshness": b"o" * 32},
        {"freshness": 0},
        {"pseudonym": b""},
    ],
)
def test_a_presentation_for_something_else_makes_no_ballot(changes: dict[str, Any]) -> None:
    with pytest.raises((BallotRefused, EncodingError)):
        dataclasses.replace(
            BALLOT, presentation=dataclasses.replace(BALLOT.presentation, **changes)
        )


def test_a_ballot_cannot_be_moved_to_another_poll() -> None:
    with pytest.raises(BallotRefused, match="another poll"):
        dataclasses.replace(BALLOT, manifest_hash=b"o" * 32)
    fields = cbor.decode(BALLOT.to_cbor())
    assert isinstance(fields, tuple)
    with pytest.raises(BallotRefused, match="another poll"):
        Ballot.from_cbor(cbor.encode((fields[0], b"o" * 32, *fields[2:])))


@pytest.mark.parametrize(
    "changes",
    [
        {"sequence": 0},
        {"sequence": 2**24},
        {"sequence": 2**64 - 1},
        {"sequence": True},
        {"content": None},
        {"content": "\2"},
        {"content": bytes(178)},
        {"presentation": None},
        {"presentation": BALLOT.presentation.to_cbor()},
    ],
)
def test_a_malformed_ballot_does_not_exist(changes: dict[str, Any]) -> None:
    with pytest.raises(EncodingError):
        dataclasses.replace(BALLOT, **changes)
