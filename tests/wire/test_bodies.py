"""Files and bodies in JSON that carry wire objects match the grammar as they are really made."""

import json
from pathlib import Path
from typing import Any

import cbor2
import pytest

from client.sealed_file import unseal
from client.trustee.folder import Folder
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import SignedMetadata
from server.community.routes import SignedMetadataBody, VersionsBody
from server.doors.bodies import (
    CheckInRequest,
    DoorBody,
    EntryBody,
    QueuedScanBody,
    SyncBody,
    SyncRequest,
    SyncResultBody,
)
from server.doors.sync import Entry
from server.issuance.routes import NonceBody
from server.polls.bodies import BallotBody, BallotRequest, EventBody, EventList, ShareRequest
from server.presentations.routes import RequestBody
from server.registry.bodies import SignedHeadBody
from server.registry.routes import DigitsBody, HeadsBody, LogBody
from tests.vectors import symbolon
from tests.vectors.objects.fixed_ceremony import ceremony
from tests.vectors.objects.sealed_files import PASSPHRASE
from tests.wire.grammar import matches

OCTETS = base64url.encode(bytes(48))


def heads() -> list[SignedHeadBody]:
    return [SignedHeadBody.of(signed) for signed in symbolon.chain().signed]


def bodies() -> dict[str, Any]:
    community = symbolon.load("community.json")
    entry = Entry(context_id=bytes(32), pseudonym=bytes(48), n=0, at=1_790_000_000, door="gate")
    event = EventBody(index=4, kind="closing", at=1_790_000_000, reason="", octets=OCTETS)
    scan = QueuedScanBody(scan_id="A" * 22, code="SYM1:ABC", scanned_at=1_790_000_000)
    result = SyncResultBody(
        scan_id=scan.scan_id, outcome="recorded", verdict="admitted", conflict=None, reason=None
    )
    door = DoorBody(
        door="gate",
        name="Gate",
        event="agora-26",
        mode="once",
        disclose=["reissued"],
        day_begins=360,
        admits={"pass": ["week"]},
        metadata=base64url.encode(symbolon.octets(community["metadata"])),
        signature=base64url.encode(symbolon.octets(community["metadataSignature"])),
        heads=heads(),
        now=1_790_000_000,
        entries=[EntryBody.of(entry)],
    )
    signed = SignedMetadata(
        octets=symbolon.octets(community["metadata"]),
        signature=symbolon.octets(community["metadataSignature"]),
    )
    return {
        "signed-metadata-json": SignedMetadataBody.of(signed),
        "versions-json": VersionsBody(versions=[SignedMetadataBody.of(signed)]),
        "signed-head-json": heads()[0],
        "heads-json": HeadsBody(heads=heads()),
        "log-segment-json": LogBody(entries=OCTETS),
        "digits-json": DigitsBody(digits=OCTETS),
        "nonce-json": NonceBody(nonce=OCTETS, expires_at=1_790_000_300),
        "request-json": RequestBody(request=OCTETS, status="waiting"),
        "poll-events-json": EventList(events=[event]),
        "ballot-json": BallotRequest(ballot=OCTETS),
        "signed-promise-json": BallotBody(leaf_hash=OCTETS, promise=OCTETS, signature=OCTETS),
        "share-json": ShareRequest(trustee=1, share=OCTETS),
        "door-json": door,
        "checkin-json": CheckInRequest(code="SYM1:ABC", scan_id=scan.scan_id),
        "sync-json": SyncRequest(scans=[scan]),
        "synced-json": SyncBody(
            results=[result], entries=[EntryBody.of(entry)], heads=heads(), now=1_790_000_000
        ),
        "synced-scan-json": result,
    }


@pytest.mark.parametrize("rule", bodies())
def test_a_body_matches_its_rule_and_not_without_its_first_member(rule: str) -> None:
    body = bodies()[rule].model_dump(mode="json")
    assert matches(rule, cbor2.dumps(body))
    first, *_ = body
    assert not matches(rule, cbor2.dumps({k: v for k, v in body.items() if k != first}))
    assert not matches(rule, cbor2.dumps({**body, first: -1}))


def test_a_trustees_folder_matches(tmp_path: Path) -> None:
    folder = Folder.create(tmp_path / "trustee", name="Chlo\u00eb", passphrase=lambda: PASSPHRASE)
    sealed = (folder.path / "secret").read_bytes()
    assert matches("trustee-file", cbor2.dumps(sealed))
    secret = json.loads(unseal(sealed, key=folder.seal_key))
    own_share = {"number": 3, "share": OCTETS}
    assert matches("trustee-secret-json", cbor2.dumps(secret))
    assert matches("trustee-secret-json", cbor2.dumps({**secret, **own_share}))
    assert not matches("trustee-secret-json", cbor2.dumps({**secret, "number": 3}))
    assert not matches("trustee-secret-json", cbor2.dumps({**secret, "note": ""}))
    assert matches("trustee-fingerprint", cbor2.dumps(folder.keys.card.fingerprint))
    assert matches("trustee-card-json", cbor2.dumps(json.loads(folder.file("card").read_bytes())))
    folder.write_participants(ceremony().cards, threshold=2)
    participants = json.loads((folder.path / "participants.json").read_text(encoding="utf-8"))
    assert matches("participants-json", cbor2.dumps(participants))
    assert not matches("participants-json", cbor2.dumps({**participants, "threshold": 33}))


def test_what_stands_in_the_vectors_of_presentations_matches() -> None:
    found = symbolon.load("presentations/poll.json")
    assert matches("poll", symbolon.octets(found["manifest"]))
    assert matches("ballot", symbolon.octets(found["ballot"]))
    assert Manifest.from_cbor(symbolon.octets(found["manifest"]))
    for name in symbolon.names("presentations"):
        shown = symbolon.load(f"presentations/{name}.json")
        assert matches("showing", symbolon.octets(shown["presentation"]))
        assert matches("proof", cbor2.dumps(symbolon.octets(shown["proof"])))
        assert matches("policy-json", cbor2.dumps(shown["policy"]))
