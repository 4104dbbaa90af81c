"""Heads of the registry, alone and signed, and segments of its log."""

from dataclasses import replace

from credentials.curve.scalars import ORDER
from credentials.domain_tags import HEAD_SIGNATURE
from credentials.formats.head import Head, SignedHead
from tests.vectors.changes import IDENTITY, flipped
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    of_objects,
    spoilt,
)
from tests.vectors.vector_community import VectorCommunity


def files(community: VectorCommunity) -> dict[str, ObjectFile]:
    return {
        "head": _head(community),
        "signed-head": _signed_head(community),
        "log-segment": _segment(community),
    }


def _head(community: VectorCommunity) -> ObjectFile:
    first, second, third = community.heads[:3]
    change = Changes(third.to_cbor(), "head")
    first_change = Changes(first.to_cbor(), "head")
    largest = replace(
        third,
        epoch=2**32 - 1,
        removals=2**32 - 1,
        highest_serial=2**24 - 1,
        published_at=2**40,
        next_at=2**40,
        grace=2**40,
    )
    return ObjectFile(
        about="one epoch of a registry, read; how heads follow is asked in rejections/heads",
        rule="head",
        form="cbor",
        accepted=of_objects(
            the_first=first, the_second=second, after_a_removal=third, the_largest_numbers=largest
        ),
        refused=[
            *spoilt(third.to_cbor()),
            first_change(
                "the first names another before it",
                "previous",
                bytes(32),
                why="there is none before epoch 0",
            ),
            change("a later one names none", "previous", b"", why="each names the one before"),
            change("the epoch is 2^32", "epoch", 2**32, why="epochs are below 2^32"),
            change("a value of G2", "value", bytes(96), why="V is a point of G1"),
            change("N is 2^24", "highest-serial", 2**24, why="serials are below 2^24"),
            change("a time after 2^40", "published-at", 2**40 + 1, why="times are at most 2^40"),
            change(
                "the next one is due before it was published",
                "next-at",
                third.published_at - 1,
                why="next-at is not before published-at",
            ),
        ],
    )


def _signed_head(community: VectorCommunity) -> ObjectFile:
    signed = community.signed_heads
    stranger = VectorCommunity(name="stoa")

    def json(octets: bytes, signature: bytes) -> dict[str, str]:
        return SignedHead(octets=octets, signature=signature).to_json()

    def resigned(octets: bytes, *, label: bytes = HEAD_SIGNATURE) -> dict[str, str]:
        return json(octets, community.signing_key.sign(label + octets))

    own = signed[1]
    honest = own.to_json()

    def refused(name: str, why: str, value: object, refusal: str = "HeadRefused") -> Refused:
        return Refused(name=name, why=why, value=value, refusal=refusal)

    return ObjectFile(
        about="a head with its signature, as it is served, opened under the community's key",
        rule="signed-head-json",
        form="json",
        given={"metadataKey": community.metadata.metadata_key.hex()},
        accepted=[
            Accepted(
                name=f"of epoch {epoch}",
                value=one.to_json(),
                gives={"hash": _head_hash(one, community)},
            )
            for epoch, one in enumerate(signed[:3])
        ],
        refused=[
            refused(
                "a changed signature", "it is another", json(own.octets, flipped(own.signature))
            ),
            refused(
                "the signature of another head",
                "it is another",
                json(own.octets, signed[2].signature),
            ),
            refused(
                "signed by another community",
                "the key is the community's own",
                json(own.octets, stranger.signing_key.sign(HEAD_SIGNATURE + own.octets)),
            ),
            refused(
                "signed without the label", "a label is in front", resigned(own.octets, label=b"")
            ),
            refused(
                "octets that are no head, signed",
                "they are malformed",
                resigned(own.octets + b"\0"),
            ),
            refused("no signature", "both are there", {"head": honest["head"]}, "EncodingError"),
            refused(
                "something besides",
                "nothing else is there",
                {**honest, "epoch": 1},
                "EncodingError",
            ),
            refused(
                "padded base64url",
                "octets have one spelling",
                {**honest, "signature": honest["signature"] + "=="},
                "EncodingError",
            ),
            refused(
                "a short signature",
                "it has 64 octets",
                {**honest, "signature": "AAAA"},
                "EncodingError",
            ),
        ],
    )


def _head_hash(signed: SignedHead, community: VectorCommunity) -> str:
    head: Head = signed.open(metadata_key=community.metadata.metadata_key)
    return head.hash.hex()


def _segment(community: VectorCommunity) -> ObjectFile:
    whole = b"".join(community.entries)
    entry = community.entries[0]

    def refused(name: str, why: str, value: bytes, refusal: str) -> Refused:
        return Refused(name=name, why=why, value=value, refusal=refusal)

    return ObjectFile(
        about="removals one after the other: handle and the value after it",
        rule="log-segment",
        form="octets",
        accepted=[
            Accepted(name="none", value=b"", gives={"handles": []}),
            Accepted(name="one", value=entry, gives={"handles": [entry[:32].hex()]}),
            Accepted(
                name="four",
                value=whole,
                gives={"handles": [one[:32].hex() for one in community.entries]},
            ),
        ],
        refused=[
            refused("an octet is missing", "a removal has 80 octets", whole[:-1], "EncodingError"),
            refused("an octet too many", "a removal has 80 octets", whole + b"\0", "EncodingError"),
            refused(
                "a handle that is zero",
                "handles are in [1, r)",
                bytes(32) + entry[32:],
                "InvalidScalar",
            ),
            refused(
                "a handle that is r",
                "handles are in [1, r)",
                ORDER.to_bytes(32, "big") + entry[32:],
                "InvalidScalar",
            ),
            refused(
                "a value that is the identity", "no point is", entry[:32] + IDENTITY, "InvalidPoint"
            ),
            refused(
                "a value of order 3",
                "every point is in the group",
                entry[:32] + b"\x80" + bytes(47),
                "InvalidPoint",
            ),
        ],
    )
