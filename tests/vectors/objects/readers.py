"""How each object is read and checked here, by the name of its file: what a browser does in its own.

A reader takes the value of a case and what was given beside it, and returns what it `gives`, or
nothing to compare; it raises the error whose class a refused case names.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from credentials.bbs.signature import octets_to_signature
from credentials.errors import BallotRefused
from credentials.formats import base64url, cbor
from credentials.formats.abstention import Abstention
from credentials.formats.credential import CredentialHeader, IssuedCredential, IssuedWitness
from credentials.formats.head import Head, SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Metadata, SignedMetadata
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot
from credentials.formats.poll_event import PollEvent
from credentials.formats.presentation import Presentation
from credentials.formats.promise import Promise, SignedPromise
from credentials.formats.qr import from_qr_text
from credentials.formats.request import PresentationRequest
from credentials.formats.requirement import Requirement
from credentials.formats.schema import Schema
from credentials.keys import VerifierKeys
from credentials.polls import verify_ballots
from credentials.registry.log import read_entries, split_entries
from credentials.tally.result import TallyResult
from tests.vectors.objects.of_polls import paper_of
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
