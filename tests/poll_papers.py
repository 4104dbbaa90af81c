"""Manifests of polls of a tests.community.Community, and ways to seal them."""

import secrets
from collections.abc import Sequence
from typing import Any

from credentials import domain_tags
from credentials.curve.scalars import ORDER
from credentials.formats.ceremony_result import CeremonyResult, Trustee
from credentials.formats.lot import BY_BEACON, BY_OPENING, Beacon
from credentials.formats.manifest import Manifest
from credentials.formats.sealing import Sealing
from credentials.log.checkpoint import log_origin
from credentials.sealing import ServerOpener
from credentials.sealing.cards import TrusteeKeys
from tests.community import Community

OPENS_AT, CLOSES_AT = 1_790_100_000, 1_790_200_000
OPTIONS = ("Soup", "Salad", "Stew")


def open_manifest(community: Community, **changes: Any) -> Manifest:
    """The manifest of a poll at the community's newest head: lunch, one choice, not sealed."""
    metadata = community.metadata
    poll = changes.get("poll", "lunch")
    values: dict[str, Any] = {
        "community_id": metadata.community_id,
        "issuer_id": metadata.keys.issuer_id,
        "registry_id": metadata.keys.registry_id,
        "schema_id": metadata.schema.schema_id,
        "poll": poll,
        "question": "What is for lunch?",
        "options": OPTIONS,
        "opens_at": OPENS_AT,
        "closes_at": CLOSES_AT,
        "origin": log_origin(community.address, poll=poll),
        "head": community.heads.newest.hash,
    }
    if getattr(changes.get("sealing"), "trustees", ()):
        values["tie_rule"] = BY_OPENING
    values |= changes
    if values.get("tie_rule") == BY_BEACON:
        values.setdefault("batch_seconds", 300)
        after = Beacon.after(values["closes_at"], batch_seconds=values["batch_seconds"])
        values.setdefault("beacon", after)
    return Manifest(**values)


def sealed_by_server(secret: int) -> Sealing:
    """Sealing by whoever holds this secret."""
    return Sealing(key=ServerOpener(secret=secret).key)


def sealed_by_trustees(secret: int, *, threshold: int, names: tuple[str, ...]) -> Sealing:
    """Sealing by trustees, whose shares of the secret lie on one random polynomial."""
    factors = [secret, *(secrets.randbelow(ORDER - 1) + 1 for _ in range(threshold - 1))]
    shares = [
        sum(factor * number**power for power, factor in enumerate(factors)) % ORDER
        for number in range(1, len(names) + 1)
    ]
    return signed_sealing(secret, shares=shares, threshold=threshold, names=names)


def signed_sealing(
    secret: int, *, shares: Sequence[int], threshold: int, names: tuple[str, ...]
) -> Sealing:
    """Sealing to a secret and shares of one's choice, signed by keys that are made for these
    names: what an organiser can make alone."""
    keys = [TrusteeKeys.generate(name) for name in names]
    result = CeremonyResult(
        ceremony=bytes(32),
        deals=bytes(32),
        threshold=threshold,
        key=ServerOpener(secret=secret).key,
        trustees=tuple(
            Trustee(
                name=key.name,
                verification_key=key.card.verification_key,
                key=ServerOpener(secret=share).key,
            )
            for key, share in zip(keys, shares, strict=True)
        ),
    )
    octets = result.to_cbor()
    signatures = tuple(key.sign(octets, tag=domain_tags.CEREMONY_SIGNATURE) for key in keys)
    return Sealing.by_trustees(result, signatures=signatures)
