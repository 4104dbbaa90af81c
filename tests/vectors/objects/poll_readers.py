"""How polls, their logs and the files of trustees are read and checked; see readers."""

import json
from io import BytesIO
from typing import Any

from client.evidence import Evidence
from client.trustee.sharing import read_share
from credentials.errors import BallotRefused
from credentials.formats import base64url
from credentials.formats.abstention import Abstention
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.poll_bundle import BundleHead, read_bundle
from credentials.formats.poll_event import PollEvent
from credentials.formats.promise import Promise, SignedPromise
from credentials.keys import VerifierKeys
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.note import VerifierKey
from credentials.log.receipt import Receipt
from credentials.merkle import leaf_hash
from credentials.polls import verify_ballots
from credentials.sealing import check_opening, check_share, open_sealed
from credentials.sealing.cards import Card, read_card
from credentials.sealing.ceremony import read_ceremony, read_part
from credentials.sealing.deals import Deal, read_deal
from credentials.sealing.participants import Participants
from credentials.sealing.result import CeremonyResult
from credentials.tally.result import TallyResult
from tests.vectors.objects.of_votes import paper_of
from tests.vectors.objects.reader import Given, Reader, community, octets, parsed


def _cast_ballot(value: bytes, given: Given) -> dict[str, str]:
    manifest = Manifest.from_cbor(octets(given, "manifest"))
    keys = VerifierKeys.from_metadata(community().metadata).at(community().heads[given["epoch"]])
    (verdict,) = verify_ballots([Ballot.from_cbor(value)], manifest=manifest, verifier=keys)
    if isinstance(verdict, BallotRefused):
        raise verdict
    return {"leafHash": verdict.leaf_hash.hex(), "pseudonym": verdict.pseudonym.hex()}


def _signed_promise(value: Any, given: Given) -> None:
    signed = SignedPromise(
        octets=base64url.decode(value["promise"]), signature=base64url.decode(value["signature"])
    )
    signed.open(metadata_key=octets(given, "metadataKey"))


POLLS: dict[str, Reader] = {
    "poll": parsed(Manifest),
    "vote": lambda value, given: {"marks": list(paper_of(given).decode(value))},
    "padded-vote": lambda value, given: {"marks": list(paper_of(given).unpadded(value))},
    "ballot": parsed(Ballot),
    "cast-ballot": _cast_ballot,
    "abstention": parsed(Abstention),
    "poll-event": parsed(PollEvent),
    "promise": parsed(Promise),
    "signed-promise": _signed_promise,
    "tally": parsed(TallyResult),
}


def _card(value: Any, _: Given) -> dict[str, str]:
    return {"fingerprint": read_card(json.dumps(value)).fingerprint.hex()}


def _deal(value: Any, given: Given) -> dict[str, int]:
    cards = [read_card(json.dumps(card)) for card in given["cards"]]
    participants = Participants.of(cards, threshold=given["threshold"])
    return {"dealer": read_deal(json.dumps(value), participants=participants).deal.dealer}


def _part(value: Any, _: Given) -> dict[str, str]:
    return {"trustee": read_part(json.dumps(value))[1].name}


def _ceremony(value: Any, _: Given) -> dict[str, str]:
    return {"fingerprint": read_ceremony(json.dumps(value)).fingerprint.hex()}


def _poll_share(value: Any, _: Given) -> dict[str, str]:
    return {"share": read_share(json.dumps(value)).share.hex()}


def _opening_share(value: bytes, given: Given) -> None:
    check_share(
        value,
        trustee=given["trustee"],
        key=octets(given, "key"),
        digest=octets(given, "digest"),
    )


def _sealed_vote(value: bytes, given: Given) -> dict[str, str]:
    opened = open_sealed(
        value,
        opening=octets(given, "opening"),
        digest=octets(given, "digest"),
        pseudonym=octets(given, "pseudonym"),
        sequence=given["sequence"],
    )
    return {"vote": opened.hex()}


def _opening(value: bytes, given: Given) -> None:
    check_opening(value, key=octets(given, "key"), digest=octets(given, "digest"))


TRUSTEES: dict[str, Reader] = {
    "trustee-card": parsed(Card),
    "trustee-deal": parsed(Deal),
    "ceremony-result": parsed(CeremonyResult),
    "trustee-card-file": _card,
    "trustee-deal-file": _deal,
    "ceremony-part-file": _part,
    "ceremony-file": _ceremony,
    "poll-share-file": _poll_share,
    "opening-share": _opening_share,
    "opening": _opening,
    "sealed-vote": _sealed_vote,
}


def _checkpoint(value: str, given: Given) -> dict[str, Any]:
    found = SignedCheckpoint.parse(value).open(
        origin=given["origin"], key=octets(given, "metadataKey")
    )
    return {"size": found.size, "root": found.root.hex(), "time": found.time}


def _receipt(value: str, given: Given) -> dict[str, int]:
    receipt = Receipt.parse(value)
    found = receipt.check(
        octets(given, "leaf"), origin=given["origin"], key=octets(given, "metadataKey")
    )
    return {"index": receipt.index, "size": found.size}


def _verifier_key(value: str, _: Given) -> dict[str, Any]:
    key = VerifierKey.parse(value)
    assert key.to_text() == value
    return {"name": key.name, "kind": int(key.kind)}


def _bundle(value: bytes, _: Given) -> dict[str, list[str]]:
    _, entries = read_bundle(BytesIO(value))
    return {"leaves": [leaf_hash(entry).hex() for entry in entries]}


def _evidence(value: Any, given: Given) -> None:
    evidence = Evidence.from_json(json.dumps(value).encode())
    evidence.prove(fingerprint=octets(given, "fingerprint"))


LOGS: dict[str, Reader] = {
    "verifier-key": _verifier_key,
    "signed-checkpoint": _checkpoint,
    "receipt": _receipt,
    "poll-bundle": parsed(BundleHead),
    "bundle-file": _bundle,
    "poll-evidence": _evidence,
}
