"""credentials.formats.head: one epoch of the registry, and who may say what it is."""

import dataclasses
import hashlib
from typing import Any

import pytest

from credentials.errors import EncodingError, HeadRefused
from credentials.formats import cbor
from credentials.formats.head import Head, SignedHead
from tests.unit.formats.samples import HEAD, METADATA, METADATA_KEY, OTHER_KEY, SIGNED_HEAD

KEY = METADATA.metadata_key


def test_a_head_is_named_by_the_hash_of_its_octets() -> None:
    assert HEAD.hash == hashlib.sha256(HEAD.to_cbor()).digest()
    assert cbor.decode(HEAD.to_cbor()) == (
        "symbolon/head/1",
        HEAD.registry_id,
        7,
        b"V" * 48,
        12,
        b"t" * 32,
        300,
        b"h" * 32,
        1_790_000_000,
        1_790_086_400,
        3600,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"registry_id": b""},
        {"epoch": -1},
        {"epoch": 2**32},
        {"epoch": 0},
        {"value": b"V" * 47},
        {"removals": -1},
        {"removals": 2**32},
        {"root": b""},
        {"highest_serial": 2**24},
        {"previous": b""},
        {"previous": b"h" * 31},
        {"published_at": 2**40 + 1},
        {"published_at": HEAD.next_at + 1},
        {"next_at": HEAD.published_at - 1},
        {"grace": -1},
        {"grace": True},
    ],
)
def test_a_malformed_head_does_not_exist(changes: dict[str, Any]) -> None:
    with pytest.raises(EncodingError):
        dataclasses.replace(HEAD, **changes)


def test_only_the_first_head_has_none_before_it() -> None:
    first = dataclasses.replace(HEAD, epoch=0, previous=b"")
    assert Head.from_cbor(first.to_cbor()) == first
    with pytest.raises(EncodingError):
        dataclasses.replace(first, previous=b"h" * 32)


def test_a_signed_head_opens_under_its_key_and_no_other() -> None:
    assert SIGNED_HEAD.open(metadata_key=KEY) == HEAD
    for key in (OTHER_KEY.public_key().public_bytes_raw(), b"", bytes(31), bytes(32)):
        with pytest.raises(HeadRefused, match="signature"):
            SIGNED_HEAD.open(metadata_key=key)
    unlabelled = dataclasses.replace(SIGNED_HEAD, signature=METADATA_KEY.sign(SIGNED_HEAD.octets))
    with pytest.raises(HeadRefused, match="signature"):
        unlabelled.open(metadata_key=KEY)


def test_every_changed_octet_of_octets_or_signature_is_refused() -> None:
    for name in ("octets", "signature"):
        original = getattr(SIGNED_HEAD, name)
        for at in range(len(original)):
            changed = bytearray(original)
            changed[at] ^= 1
            with pytest.raises(HeadRefused):
                dataclasses.replace(SIGNED_HEAD, **{name: bytes(changed)}).open(metadata_key=KEY)


def test_the_envelope_and_the_fields_come_back_as_they_were() -> None:
    assert SignedHead.from_json(SIGNED_HEAD.to_json()) == SIGNED_HEAD
    assert SignedHead.from_fields(SIGNED_HEAD.to_fields()) == SIGNED_HEAD


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"head": "AA"},
        {"head": "AA", "signature": "AA"},
        {"head": 1, "signature": "A" * 86},
        {"head": "AA==", "signature": "A" * 86},
        {"head": "A" * 700, "signature": "A" * 86},
        {"head": "AA", "signature": "A" * 86, "more": 1},
    ],
)
def test_a_damaged_envelope_is_refused(value: object) -> None:
    with pytest.raises(EncodingError):
        SignedHead.from_json(value)
