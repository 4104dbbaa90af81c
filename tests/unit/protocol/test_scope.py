"""Scopes and presentation headers."""

import hashlib

import pytest

from credentials.errors import MetadataRefused
from credentials.formats import cbor
from credentials.formats.metadata import Event
from credentials.scope import (
    SLOT_SECONDS,
    Scope,
    app_scope,
    door_scope,
    origin_of,
    poll_scope,
    presentation_header,
    time_slot,
)

COMMUNITY = bytes(range(32))
EVENT = Event(id="agora-2026", name="Agora", timezone="Europe/Athens")


def test_a_context_id_is_the_hash_of_the_scopes_cbor():
    scope = Scope(verifier="https://cafe.example", purpose="visit", instance=b"")
    octets = cbor.encode(("symbolon/scope/1", "https://cafe.example", "visit", b""))
    assert scope.context_id == hashlib.sha256(octets).digest()


def test_every_part_of_a_scope_makes_another_context():
    scopes = [
        poll_scope(COMMUNITY, bytes(32)),
        poll_scope(COMMUNITY, b"\x01" * 32),
        poll_scope(bytes(32), bytes(32)),
        app_scope("visit", "https://cafe.example/answer"),
        app_scope("login", "https://cafe.example/answer"),
        app_scope("visit", "https://www.cafe.example/answer"),
        app_scope("visit", "https://cafe.example:8443/answer"),
        door_scope(COMMUNITY, EVENT, "once", 0),
    ]
    assert len({scope.context_id for scope in scopes}) == len(scopes)


def test_two_addresses_of_one_origin_share_one_scope():
    first = app_scope("visit", "https://cafe.example/answer")
    second = app_scope("visit", "https://cafe.example/other/path")
    assert first.context_id == second.context_id


def test_a_once_per_day_door_has_the_day_of_its_own_time_zone():
    # 2026-07-01 22:30 UTC is 01:30 of the next day in Athens.
    slot = time_slot(1_782_945_000)
    assert door_scope(COMMUNITY, EVENT, "once_per_day", slot).instance == "agora-2026/2026-07-02"
    utc = Event(id="agora-2026", name="Agora", timezone="UTC")
    assert door_scope(COMMUNITY, utc, "once_per_day", slot).instance == "agora-2026/2026-07-01"
    assert door_scope(COMMUNITY, EVENT, "once", slot).instance == "agora-2026"


def test_a_slot_has_thirty_seconds():
    assert SLOT_SECONDS == 30
    assert [time_slot(t) for t in (0, 29, 30, 59, 60)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    "address",
    ["", "cafe.example", "ftp://cafe.example", "https://user@cafe.example", "https://CAFE.example"],
)
def test_an_origin_comes_only_from_a_canonical_address(address: str):
    with pytest.raises(MetadataRefused):
        origin_of(address)


def test_every_part_of_a_header_changes_it():
    base = {
        "context_id": COMMUNITY,
        "purpose": "visit",
        "freshness": bytes(32),
        "action": b"",
        "value": b"",
    }
    changes = [
        {},
        {"context_id": bytes(32)},
        {"purpose": "login"},
        {"freshness": b"\x01" * 32},
        {"freshness": 0},
        {"action": bytes(32)},
        {"value": bytes(32)},
    ]
    assert len({presentation_header(**{**base, **change}) for change in changes}) == len(changes)
