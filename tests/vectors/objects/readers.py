"""How each object is read and checked, by the name of its file; a browser has the same of its own.

A reader takes the value of a case and what was given beside it, and returns what it `gives`, or
nothing to compare; it raises the error whose class a refused case names.
"""

import hashlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from client.wallet.sealed_file import key_for, unseal

from client.wallet.encoding import decode_contents, encode_contents
from client.wallet.phrase import from_words
from credentials.bbs.signature import octets_to_signature
from credentials.curve.scalars import encode_scalar
from credentials.doors import door_policy
from credentials.formats import cbor
from credentials.formats.addresses import origin_part, take_address
from credentials.formats.claim_link import ClaimLink
from credentials.formats.credential import CredentialHeader, IssuedCredential, IssuedWitness
from credentials.formats.head import Head, SignedHead
from credentials.formats.metadata import Door, Metadata, SignedMetadata
from credentials.formats.names import (
    take_attribute_name,
    take_identifier,
    take_shown_text,
    take_timezone,
)
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.qr import from_qr_text
from credentials.formats.request import PresentationRequest
from credentials.formats.requirement import Requirement
from credentials.formats.schema import Schema
from credentials.issuance import commitment_nonce, derive_secrets
from credentials.registry.log import read_entries, split_entries
from tests.vectors.objects.of_scopes import scope_of
from tests.vectors.objects.poll_readers import LOGS, POLLS, TRUSTEES
from tests.vectors.objects.reader import Given, Reader, community, octets, parsed


def _commitment(value: bytes, given: Given) -> dict[str, str]:
    nonce = octets(given, "nonce")
    community().issuer.check_commitment(value, nonce=nonce)
    bound = commitment_nonce(
        nonce, community_id=octets(given, "communityId"), header=octets(given, "header")
    )
    return {"boundNonce": bound.hex()}


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


def _secrets(value: bytes, given: Given) -> dict[str, str]:
    metadata: Any = SimpleNamespace(  # all that the derivation takes of it
        community_id=octets(given, "communityId"),
        keys=SimpleNamespace(issuer_id=octets(given, "issuerId")),
    )
    made = derive_secrets(value, metadata=metadata, count=given["count"])
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
