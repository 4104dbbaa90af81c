"""A community's description as it is served: signed, and its versions that follow each other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from credentials.domain_tags import METADATA_SIGNATURE
from credentials.formats.metadata import SignedMetadata
from credentials.formats.schema import Schema
from tests.vectors.changes import flipped
from tests.vectors.objects.object_file import Accepted, ObjectFile, Refused
from tests.vectors.vector_community import OPENED, VectorCommunity


def files(community: VectorCommunity) -> dict[str, ObjectFile]:
    return {
        "signed-metadata": _signed_metadata(community),
        "metadata-versions": _versions(community),
    }


def _later(
    community: VectorCommunity, *, versions: int, after: int = 0, **changes: Any
) -> list[SignedMetadata]:
    """The versions from 2 on, each after the one before; `after` in seconds tells histories apart.

    `changes` are those of the last one.
    """
    made = [community.signed]
    for version in range(2, versions + 1):
        metadata = replace(
            community.metadata,
            version=version,
            previous=made[-1].hash,
            published_at=OPENED + version + after,
        )
        if version == versions:
            metadata = replace(metadata, **changes)
        made.append(SignedMetadata.sign(metadata, private_key=community.signing_key))
    return made[1:]


def _signed_metadata(community: VectorCommunity) -> ObjectFile:
    own, key = community.signed, community.signing_key
    stranger = VectorCommunity(name="stoa")
    versions = [own, *_later(community, versions=3)]

    def resigned(octets: bytes, label: bytes = METADATA_SIGNATURE) -> dict[str, str]:
        return SignedMetadata(octets=octets, signature=key.sign(label + octets)).to_json()

    def refused(name: str, why: str, value: Any, refusal: str = "MetadataRefused") -> Refused:
        return Refused(name=name, why=why, value=value, refusal=refusal)

    honest = own.to_json()
    return ObjectFile(
        about="metadata as it is served, opened by whoever has the fingerprint",
        rule="signed-metadata-json",
        form="json",
        given={"fingerprint": community.metadata.community_id.hex()},
        accepted=[
            Accepted(name=f"version {number}", value=one.to_json(), gives={"hash": one.hash.hex()})
            for number, one in enumerate(versions[:3], start=1)
        ],
        refused=[
            refused(
                "a changed signature",
                "it is another",
                replace(own, signature=flipped(own.signature)).to_json(),
            ),
            refused("of another community", "the fingerprint is pinned", stranger.signed.to_json()),
            refused("signed without the label", "a label is in front", resigned(own.octets, b"")),
            refused(
                "octets that are no metadata, signed",
                "they are malformed",
                resigned(own.octets + b"\0"),
            ),
            refused("no signature", "both are there", {"metadata": honest["metadata"]}),
            refused("something besides", "nothing else is there", {**honest, "version": 1}),
            refused("a number for a signature", "both are text", {**honest, "signature": 1}),
            refused(
                "a short signature",
                "it has 64 octets",
                {**honest, "signature": "AAAA"},
                "EncodingError",
            ),
            refused(
                "base64 of the other alphabet",
                "octets have one spelling",
                {**honest, "signature": "+" + honest["signature"][1:]},
                "EncodingError",
            ),
        ],
    )


def _versions(community: VectorCommunity) -> ObjectFile:
    first, second, third, fourth = all_four = [community.signed, *_later(community, versions=4)]
    other = _later(community, versions=4, after=60)
    stranger = VectorCommunity(name="stoa")
    schema = Schema(name="other", attributes=community.metadata.schema.attributes)

    def ends(known: SignedMetadata, published: SignedMetadata) -> dict[str, Any]:
        return {"known": known.to_json(), "published": published.to_json()}

    def segment(versions: Sequence[SignedMetadata]) -> dict[str, Any]:
        return {"versions": [one.to_json() for one in versions]}

    def accepted(name: str, versions: Sequence[SignedMetadata], version: int, **given: Any) -> Any:
        return Accepted(name=name, value=segment(versions), gives={"version": version}, given=given)

    def refused(
        name: str, why: str, versions: Sequence[SignedMetadata], given: Mapping[str, Any] = {}
    ) -> Refused:
        value = segment(versions)
        return Refused(name=name, why=why, value=value, refusal="MetadataRefused", given=given)

    changed = {
        name: _later(community, versions=4, **{name: value})
        for name, value in (("schemas", (schema,)), ("keys", stranger.metadata.keys))
    }
    forged = replace(third, signature=flipped(third.signature))
    return ObjectFile(
        about="a segment of metadata's versions, with which `published` follows what is `known`",
        rule="versions-json",
        form="json",
        given=ends(first, fourth),
        accepted=[
            accepted("all of them", all_four, 4),
            accepted("those between", (second, third), 4),
            accepted("more than is asked for", all_four, 2, **ends(first, second)),
            accepted("the same again", all_four, 4, **ends(fourth, fourth)),
        ],
        refused=[
            refused("one is missing", "every version between is there", (first, second, fourth)),
            refused("in another order", "they ascend", all_four[::-1]),
            refused(
                "another history between", "each names the one before", (first, *other[:2], fourth)
            ),
            refused(
                "another history that begins earlier than what is known",
                "there is one version of a number",
                (first, *other),
                ends(second, other[-1]),
            ),
            refused("one that nobody signed", "each is signed", (first, second, forged)),
            refused(
                "one of another community", "the key is the same", (*all_four, stranger.signed)
            ),
            refused("an older one is published", "they ascend", all_four, ends(third, second)),
            refused(
                "another schema",
                "it is the same for ever",
                changed["schemas"],
                ends(first, changed["schemas"][-1]),
            ),
            refused(
                "other keys",
                "they are the same for ever",
                changed["keys"],
                ends(first, changed["keys"][-1]),
            ),
        ],
    )
