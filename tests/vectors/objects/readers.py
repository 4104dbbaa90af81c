"""How each object is read and checked, by the name of its file; a browser has the same of its own.

A reader takes the value of a case and what was given beside it, and returns what it `gives`, or
nothing to compare; it raises the error whose class a refused case names.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any

from client.evidence import Evidence
from client.trustee.sharing import read_share
from client.wallet.encoding import decode_contents, encode_contents
from client.wallet.phrase import from_words
from client.wallet.sealed_file import key_for, unseal
from credentials.bbs.signature import octets_to_signature
from credentials.curve.scalars import encode_scalar
from credentials.doors import door_policy
from credentials.errors import BallotRefused
from credentials.formats import base64url, cbor
from credentials.formats.abstention import Abstention
from credentials.formats.addresses import origin_part, take_address
from credentials.formats.claim_link import ClaimLink
from credentials.formats.credential import CredentialHeader, IssuedCredential, IssuedWitness
from credentials.formats.head import Head, SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Door, Metadata, SignedMetadata
from credentials.formats.names import (
    take_attribute_name,
    take_identifier,
    take_shown_text,
    take_timezone,
)
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot
from credentials.formats.poll_bundle import BundleHead, read_bundle
from credentials.formats.poll_event import PollEvent
from credentials.formats.presentation import Presentation
from credentials.formats.promise import Promise, SignedPromise
from credentials.formats.qr import from_qr_text
from credentials.formats.request import PresentationRequest
from credentials.formats.requirement import Requirement
from credentials.formats.schema import Schema
from credentials.issuance import derive_secrets
from credentials.keys import VerifierKeys
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.note import VerifierKey
from credentials.log.receipt import Receipt
from credentials.merkle import leaf_hash
from credentials.polls import verify_ballots
from credentials.registry.log import read_entries, split_entries
from credentials.sealing import check_opening, check_share, open_sealed
from credentials.sealing.cards import Card, read_card
from credentials.sealing.ceremony import read_ceremony, read_part
from credentials.sealing.deals import Deal, read_deal
from credentials.sealing.participants import Participants
from credentials.sealing.result import CeremonyResult
from credentials.tally.result import TallyResult
from tests.vectors.objects.of_polls import paper_of
from tests.vectors.objects.of_scopes import scope_of
from tests.vectors.vector_community import VectorCommunity

Given = Mapping[str, Any]
Reader = Callable[[Any, Given], Any]


def parsed(kind: Any) -> Reader:
    """An object of its own: read, and the same when it is written again."""

    def read(octets: bytes, _: Given) -> None:
        assert kind.from_cbor(octets).to_cbor() == octets

    return read


@cache
def community() -> VectorCommunity:
    return VectorCommunity()


def octets(given: Given, name: str) -> bytes:
    return bytes.fromhex(given[name])


def _commitment(value: bytes, given: Given) -> None:
    community().issuer.check_commitment(value, nonce=octets(given, "nonce"))


def _signed_head(value: Any, given: Given) -> dict[str, str]:
    head = SignedHead.from_json(value).open(metadata_key=octets(given, "metadataKey"))
    return {"hash": head.hash.hex()}


def _signed_metadata(value: Any, given: Given) -> dict[str, str]:
    signed = SignedMetadata.from_json(value)
    signed.open(fingerprint=octets(given, "fingerprint"))
    return {"hash": signed.hash.hex()}


def _segment(value: bytes, _: Given) -> dict[str, Any]:
    entries = split_entries(value)
    read_entries(entries)
    return {"handles": [entry[:32].hex() for entry in entries]}


def _policy(value: bytes, _: Given) -> dict[str, object]:
    policy = Policy.from_fields(cbor.decode(value))
    assert cbor.encode(policy.to_fields()) == value
    assert Policy.from_json(policy.to_json()) == policy
    return policy.to_json()


def _requirement(value: str, _: Given) -> list[Any]:
    requirement = Requirement.parse(value)
    requirement.check(community().metadata.schema)
    return list(requirement.to_fields())  # type: ignore[arg-type]


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


def _door(value: bytes, given: Given) -> dict[str, object]:
    door = Door.from_fields(cbor.decode(value))
    return door_policy(door, schema=Schema.from_cbor(octets(given, "schema"))).to_json()


def _scope(value: bytes, given: Given) -> dict[str, str]:
    context_id = scope_of(octets(given, "communityId"), given).context_id
    assert hashlib.sha256(value).digest() == context_id
    return {"contextId": context_id.hex()}


CREDENTIALS: dict[str, Reader] = {
    "schema": parsed(Schema),
    "schema-json": lambda value, _: {"schemaId": Schema.from_json(value).schema_id.hex()},
    "credential-header": parsed(CredentialHeader),
    "issued": parsed(IssuedCredential),
    "witness": parsed(IssuedWitness),
    "commitment": _commitment,
    "credential-signature": lambda value, _: octets_to_signature(value) and None,
    "head": parsed(Head),
    "signed-head": _signed_head,
    "log-segment": _segment,
    "metadata": parsed(Metadata),
    "signed-metadata": _signed_metadata,
    "policy": _policy,
    "requirement": _requirement,
    "request": parsed(PresentationRequest),
    "showing": parsed(Presentation),
    "qr-text": lambda value, _: {"octets": from_qr_text(value).hex()},
}

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
    "trustee-card-json": _card,
    "trustee-deal-json": _deal,
    "ceremony-part-json": _part,
    "ceremony-json": _ceremony,
    "poll-share-json": _poll_share,
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


def _secrets(value: bytes, given: Given) -> dict[str, str]:
    made = derive_secrets(value, issuer_id=octets(given, "issuerId"), count=given["count"])
    return {
        "proverNym": encode_scalar(made.prover_nym).hex(),
        "secretProverBlind": encode_scalar(made.secret_prover_blind).hex(),
    }


def _contents(value: bytes, _: Given) -> None:
    assert encode_contents(decode_contents(value)) == value


def _wallet(value: bytes, given: Given) -> dict[str, str]:
    contents = unseal(value, key=key_for(value, passphrase=given["passphrase"]))
    decode_contents(contents)
    return {"contents": hashlib.sha256(contents).hexdigest()}


def _claim_link(value: str, _: Given) -> dict[str, str]:
    link = ClaimLink.parse(value)
    return {
        "address": link.address,
        "code": link.code,
        "fingerprint": link.fingerprint.hex(),
    }


WALLETS: dict[str, Reader] = {
    "phrase": lambda value, _: {"seed": from_words(value).hex()},
    "wallet-secrets": _secrets,
    "wallet-contents": _contents,
    "wallet-file": _wallet,
    "claim-link": _claim_link,
}


def taken(take: Callable[[Any], str]) -> Reader:
    """A text that is taken as it is."""

    def read(value: str, _: Given) -> None:
        assert take(value) == value

    return read


TEXTS: dict[str, Reader] = {
    "shown-text": taken(take_shown_text),
    "identifier": taken(take_identifier),
    "attribute-name": taken(take_attribute_name),
    "timezone": taken(take_timezone),
    "address": lambda value, _: {"origin": origin_part(take_address(value))},
    "door": _door,
    "scope": _scope,
}

READERS: dict[str, Reader] = {**CREDENTIALS, **POLLS, **TRUSTEES, **LOGS, **WALLETS, **TEXTS}
