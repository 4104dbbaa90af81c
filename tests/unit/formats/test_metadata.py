"""credentials.formats.metadata: who may say what a community is, and in which order."""

import dataclasses
import hashlib
from typing import Any

import pytest

from credentials.errors import EncodingError, MetadataRefused, SymbolonError
from credentials.formats.metadata import (
    Admission,
    App,
    Door,
    Event,
    Metadata,
    SignedMetadata,
    check_successor,
)
from credentials.formats.schema import Schema
from tests.unit.formats.samples import KEYS, METADATA, METADATA_KEY, OTHER_KEY, SIGNED

FINGERPRINT = METADATA.community_id
DOOR = METADATA.doors[0]


def signed_version(version: int, *, previous: bytes = b"h" * 32, **changes: Any) -> SignedMetadata:
    metadata = dataclasses.replace(METADATA, version=version, previous=previous, **changes)
    return SignedMetadata.sign(metadata, private_key=METADATA_KEY)


def test_ids_are_hashes_of_keys() -> None:
    assert METADATA.community_id == hashlib.sha256(METADATA.metadata_key).digest()
    assert KEYS.issuer_id == hashlib.sha256(b"W" * 96).digest()
    assert KEYS.registry_id == hashlib.sha256(b"Q" * 96 + b"X" * 96).digest()


def test_lookups_find_by_id_or_give_none() -> None:
    assert METADATA.door("lounge") is METADATA.doors[1]
    assert METADATA.event("summer-2026") is METADATA.events[0]
    assert METADATA.app("forum") is METADATA.apps[0]
    assert (METADATA.door("x"), METADATA.event("x"), METADATA.app("x")) == (None, None, None)


def test_signed_metadata_opens_under_its_fingerprint() -> None:
    assert SIGNED.open(fingerprint=FINGERPRINT) == METADATA
    assert SIGNED.open_unpinned() == METADATA
    assert SignedMetadata.from_json(SIGNED.to_json()) == SIGNED


def test_another_fingerprint_is_refused() -> None:
    for fingerprint in (b"", bytes(32), FINGERPRINT[:31]):
        with pytest.raises(MetadataRefused, match="another community"):
            SIGNED.open(fingerprint=fingerprint)


def test_another_key_cannot_sign() -> None:
    with pytest.raises(MetadataRefused, match="another metadata key"):
        SignedMetadata.sign(METADATA, private_key=OTHER_KEY)
    forged = dataclasses.replace(SIGNED, signature=OTHER_KEY.sign(SIGNED.octets))
    with pytest.raises(MetadataRefused, match="signature"):
        forged.open(fingerprint=FINGERPRINT)


def test_a_signature_without_the_label_does_not_count() -> None:
    unlabelled = dataclasses.replace(SIGNED, signature=METADATA_KEY.sign(SIGNED.octets))
    with pytest.raises(MetadataRefused, match="signature"):
        unlabelled.open(fingerprint=FINGERPRINT)


def test_every_changed_octet_of_octets_or_signature_is_refused() -> None:
    for at in range(len(SIGNED.octets)):
        changed = bytearray(SIGNED.octets)
        changed[at] ^= 1
        with pytest.raises(MetadataRefused):
            dataclasses.replace(SIGNED, octets=bytes(changed)).open(fingerprint=FINGERPRINT)
    for at in range(64):
        changed = bytearray(SIGNED.signature)
        changed[at] ^= 1
        with pytest.raises(MetadataRefused):
            dataclasses.replace(SIGNED, signature=bytes(changed)).open(fingerprint=FINGERPRINT)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"metadata": "AA"},
        {"metadata": "AA", "signature": "AA", "more": ""},
        {"metadata": 1, "signature": "AA"},
        {"metadata": "AA", "signature": None},
        {"metadata": "A", "signature": "A" * 86},
        {"metadata": "AA==", "signature": "A" * 86},
        {"metadata": "AA", "signature": "A" * 85},
        {"metadata": "AA", "signature": "A" * 200},
    ],
)
def test_a_damaged_envelope_is_refused(value: object) -> None:
    with pytest.raises((MetadataRefused, EncodingError)):
        SignedMetadata.from_json(value)


def test_the_next_version_follows_by_hash() -> None:
    second = signed_version(2, previous=SIGNED.hash, name="Popup City II")
    assert check_successor(SIGNED, second).name == "Popup City II"


def test_the_same_version_may_come_again() -> None:
    assert check_successor(SIGNED, SIGNED) == METADATA


def chain_of(length: int) -> list[SignedMetadata]:
    versions = [SIGNED]
    for version in range(2, length + 1):
        versions.append(signed_version(version, previous=versions[-1].hash))
    return versions


def test_missed_versions_are_bridged() -> None:
    versions = chain_of(7)
    for old in range(7):
        for new in range(old, 7):
            # A whole segment does as well, with what came before and after.
            for between in (versions[old + 1 : new], versions):
                found = check_successor(versions[old], versions[new], between=between)
                assert found.version == new + 1


def test_a_jump_over_missed_versions_is_refused() -> None:
    versions = chain_of(7)
    for between in ((), versions[2:6], versions[1:5], [*versions[1:3], *versions[4:6]]):
        with pytest.raises(MetadataRefused, match="missing"):
            check_successor(SIGNED, versions[6], between=between)
    with pytest.raises(MetadataRefused, match="missing"):
        check_successor(SIGNED, signed_version(7))
    with pytest.raises(MetadataRefused, match="missing"):
        check_successor(SIGNED, versions[6], between=versions[5:0:-1])


def test_a_bridge_that_does_not_lead_there_is_refused() -> None:
    versions = chain_of(7)
    own = signed_version(3, previous=versions[1].hash, name="For you")
    with pytest.raises(MetadataRefused, match="two histories"):
        check_successor(own, versions[6], between=versions[3:])
    with pytest.raises(MetadataRefused, match="two different versions"):
        check_successor(own, versions[6], between=versions)
    with pytest.raises(MetadataRefused, match="two histories"):
        check_successor(versions[1], versions[6], between=[own, *versions[3:6]])
    forged = dataclasses.replace(versions[3], signature=versions[4].signature)
    with pytest.raises(MetadataRefused, match="signature"):
        check_successor(SIGNED, versions[6], between=[*versions[1:3], forged, *versions[4:6]])
    keys = dataclasses.replace(KEYS, digit_key=b"Y" * 96)
    other = signed_version(2, previous=SIGNED.hash, keys=keys)
    with pytest.raises(MetadataRefused, match="issuer keys"):
        check_successor(SIGNED, signed_version(3, previous=other.hash), between=[other])


def test_an_older_version_is_refused() -> None:
    with pytest.raises(MetadataRefused, match="older"):
        check_successor(signed_version(5), signed_version(4))
    with pytest.raises(MetadataRefused, match="older"):
        check_successor(signed_version(5), SIGNED)


def test_a_fork_is_refused() -> None:
    with pytest.raises(MetadataRefused, match="two different versions"):
        check_successor(signed_version(5), signed_version(5, name="Other"))
    with pytest.raises(MetadataRefused, match="does not follow"):
        check_successor(SIGNED, signed_version(2))


def test_other_keys_or_another_schema_are_refused() -> None:
    keys = dataclasses.replace(KEYS, digit_key=b"Y" * 96)
    with pytest.raises(MetadataRefused, match="issuer keys"):
        check_successor(SIGNED, signed_version(2, previous=SIGNED.hash, keys=keys))
    schema = Schema.from_json({"name": "popup-city", "attributes": []})
    with pytest.raises(MetadataRefused, match="schema"):
        check_successor(
            SIGNED,
            signed_version(2, previous=SIGNED.hash, schemas=(schema,), doors=(), crowd=None),
        )


def test_another_community_is_no_successor() -> None:
    other = dataclasses.replace(
        METADATA,
        version=9,
        previous=b"h" * 32,
        metadata_key=OTHER_KEY.public_key().public_bytes_raw(),
    )
    with pytest.raises(MetadataRefused, match="another community"):
        check_successor(SIGNED, SignedMetadata.sign(other, private_key=OTHER_KEY))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"version": 0}, "version"),
        ({"version": 2}, "previous"),
        ({"previous": b"h" * 32}, "previous"),
        ({"address": "https://city.example/"}, "path"),
        ({"name": "a\nb"}, "control character"),
        ({"metadata_key": bytes(31)}, "metadata key"),
        ({"keys": None}, "public keys"),
        ({"schemas": ()}, "exactly one schema"),
        ({"schemas": METADATA.schemas * 2}, "exactly one schema"),
        ({"schemas": list(METADATA.schemas)}, "array"),
        ({"events": METADATA.doors}, "something else"),
        ({"events": ()}, "event that is not listed"),
        ({"events": METADATA.events * 2}, "twice"),
        ({"doors": METADATA.doors * 2}, "twice"),
        ({"apps": METADATA.apps * 2}, "twice"),
        ({"doors": (dataclasses.replace(DOOR, disclose=("reissued", "x")),)}, "schema"),
        ({"doors": (dataclasses.replace(DOOR, expires_by="pass"),)}, "not a date"),
        ({"doors": (dataclasses.replace(DOOR, expires_by="x"),)}, "not a date"),
        ({"published_at": -1}, "publishing"),
    ],
)
def test_malformed_metadata_does_not_exist(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(SymbolonError, match=why):
        dataclasses.replace(METADATA, **changes)


@pytest.mark.parametrize("mode", ["once", "once_per_day", "re_entry"])
def test_a_door_that_counts_must_ask_whether_the_credential_is_reissued(mode: str) -> None:
    with pytest.raises(MetadataRefused, match="reissued"):
        dataclasses.replace(DOOR, mode=mode, disclose=("pass",))


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "sometimes"},
        {"mode": None},
        {"id": "Main"},
        {"name": ""},
        {"event": "x y"},
        {"disclose": ["reissued"]},
        {"disclose": ("reissued", "reissued")},
        {"disclose": ("reissued", "Pass")},
        {"expires_by": "Valid"},
        {"expires_by": None},
        {"day_begins": 1440},
        {"day_begins": -1},
        {"day_begins": None},
        {"admits": [Admission(attribute="pass", values=("week",))]},
        {"admits": ("pass",)},
    ],
)
def test_a_malformed_door_does_not_exist(changes: dict[str, Any]) -> None:
    with pytest.raises((EncodingError, MetadataRefused)):
        dataclasses.replace(DOOR, **changes)


def test_malformed_events_and_apps_do_not_exist() -> None:
    with pytest.raises(EncodingError):
        Event(id="a", name="A", timezone="../UTC")
    for address in ("http://app.example/x", "https://app.example/x?y", "https://app.example/../x"):
        with pytest.raises(EncodingError):
            App(id="a", name="A", response_address=address)


def test_many_doors_fit_and_too_many_are_refused() -> None:
    doors = tuple(
        Door(id=f"d{i}", name="x" * 196 + f" {i:03d}", event="summer-2026", mode="once")
        for i in range(512)
    )
    large = dataclasses.replace(METADATA, doors=doors)
    assert Metadata.from_cbor(large.to_cbor()) == large
    with pytest.raises(EncodingError, match="too many"):
        dataclasses.replace(METADATA, doors=(*doors, dataclasses.replace(DOOR, id="one-more")))
    with pytest.raises(MetadataRefused, match="more than 262144 octets"):
        dataclasses.replace(
            METADATA,
            doors=tuple(
                dataclasses.replace(door, name="\U0001f680" * 196 + door.name[-4:])
                for door in doors
            ),
        )
