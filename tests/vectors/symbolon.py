"""Reads Symbolon's own vectors, as a wallet or verifier in any language would."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from credentials.formats.head import Head, SignedHead
from credentials.formats.metadata import Metadata, SignedMetadata
from credentials.formats.policy import Policy
from credentials.keys import VerifierKeys
from credentials.registry.chain import HeadChain
from credentials.scope import Scope
from tests.vectors.second_opinion import Expected

FOLDER = Path(__file__).parent / "symbolon"
Vector = dict[str, Any]


@cache
def load(path: str) -> Vector:
    """The content of a file below symbolon/."""
    found: Vector = json.loads((FOLDER / path).read_text(encoding="utf-8"))
    return found


def names(folder: str) -> list[str]:
    """The files of a folder, without their endings."""
    return sorted(path.stem for path in (FOLDER / folder).glob("*.json"))


def octets(text: str) -> bytes:
    return bytes.fromhex(text)


def scalar(text: str) -> int:
    return int(text, 16)


@cache
def metadata() -> Metadata:
    found = load("community.json")
    signed = SignedMetadata(
        octets=octets(found["metadata"]), signature=octets(found["metadataSignature"])
    )
    return signed.open(fingerprint=octets(found["communityId"]))


@cache
def verifier_keys() -> VerifierKeys:
    return VerifierKeys.from_metadata(metadata())


def signed_head(found: Vector) -> SignedHead:
    return SignedHead(octets=octets(found["head"]), signature=octets(found["signature"]))


@cache
def chain() -> HeadChain:
    heads = [signed_head(found) for found in load("registry.json")["heads"]]
    return HeadChain.start(heads, metadata=metadata())


def head(epoch: int) -> Head:
    return chain().heads[epoch]


def untagged(found: Vector) -> bytes | str:
    return found["text"] if "text" in found else octets(found["octets"])


def asked_by(found: Vector) -> dict[str, Any]:
    """The arguments of verify_presentation in a vector."""
    scope, freshness = found["scope"], found["freshness"]
    return {
        "verifier": verifier_keys().at(head(found["epoch"])),
        "policy": Policy.from_json(found["policy"]),
        "scope": Scope(
            verifier=untagged(scope["verifier"]),
            purpose=scope["purpose"],
            instance=untagged(scope["instance"]),
        ),
        "freshness": freshness["slot"] if "slot" in freshness else octets(freshness["nonce"]),
        "today": found["today"],
        "action": octets(found["action"]),
    }


def expected_by(found: Vector) -> Expected:
    """The same for the second opinion."""
    asked = asked_by(found)
    policy, scope, day = asked["policy"], asked["scope"], found["today"]
    return Expected(
        metadata=metadata(),
        head=head(found["epoch"]),
        purpose=scope.purpose,
        verifier=scope.verifier,
        instance=scope.instance,
        freshness=asked["freshness"],
        disclose=policy.disclose,
        pseudonym=policy.pseudonym,
        require=tuple(
            (one.attribute, one.operator, day if one.bound == "today" else one.bound)
            for one in policy.require
        ),
        action=asked["action"],
    )
