"""Promises about ballots, alone and signed."""

from dataclasses import replace

from credentials.domain_tags import PROMISE_SIGNATURE
from credentials.formats import base64url
from credentials.formats.poll import Ballot
from credentials.formats.promise import Promise, SignedPromise
from tests.vectors.changes import flipped
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    of_objects,
    spoilt,
)
from tests.vectors.objects.of_ballots import ballots_of
from tests.vectors.vector_community import OPENED, Holder, VectorCommunity


def files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    ballots = ballots_of(community, holder)
    return {"promise": _promise(ballots), "signed-promise": _signed_promise(community, ballots)}


def _promise(ballots: dict[str, Ballot]) -> ObjectFile:
    promises = {name: _promise_of(one) for name, one in ballots.items()}
    octets = promises["a vote"].to_cbor()
    change = Changes(octets, "promise")
    last = 2**40 + 86_400
    return ObjectFile(
        about="that a ballot will be in the log, and by when; read",
        rule="promise",
        form="cbor",
        accepted=of_objects(**promises, the_latest=replace(promises["a vote"], merged_by=last)),
        refused=[
            *spoilt(octets),
            change("a short leaf hash", "leaf", bytes(31), why="a hash has 32 octets"),
            change("no poll", "poll", b"", why="a hash has 32 octets"),
            change("later than any poll", "merged-by", last + 1, why="a time and an interval"),
        ],
    )


def _promise_of(ballot: Ballot) -> Promise:
    return Promise(
        manifest_hash=ballot.manifest_hash,
        leaf_hash=ballot.leaf_hash,
        merged_by=OPENED + 4 * 86_400 + 300,
    )


def signed_promise(community: VectorCommunity, ballot: Ballot) -> SignedPromise:
    """What the community promises about a ballot."""
    return SignedPromise.sign(_promise_of(ballot), private_key=community.signing_key)


def _signed_promise(community: VectorCommunity, ballots: dict[str, Ballot]) -> ObjectFile:
    signed = {name: signed_promise(community, one) for name, one in ballots.items()}
    own, other = signed["a vote"], signed["a later vote"]
    stranger = VectorCommunity(name="stoa").signing_key

    def refused(name: str, why: str, octets: bytes, signature: bytes, refusal: str) -> Refused:
        return Refused(name=name, why=why, value=_json(octets, signature), refusal=refusal)

    def signature(octets: bytes, label: bytes = PROMISE_SIGNATURE) -> bytes:
        return community.signing_key.sign(label + octets)

    broken = own.octets + b"\0"
    return ObjectFile(
        about="a promise with its signature, as the answer to a ballot, opened",
        rule="signed-promise-json",
        form="json",
        given={"metadataKey": community.metadata.metadata_key.hex()},
        accepted=[
            Accepted(name=name, value=_json(one.octets, one.signature))
            for name, one in signed.items()
        ],
        refused=[
            refused(
                "a changed signature",
                "it is another",
                own.octets,
                flipped(own.signature),
                "PromiseRefused",
            ),
            refused(
                "the signature of another",
                "it is another",
                own.octets,
                other.signature,
                "PromiseRefused",
            ),
            refused(
                "signed by another community",
                "the key is the community's",
                own.octets,
                stranger.sign(PROMISE_SIGNATURE + own.octets),
                "PromiseRefused",
            ),
            refused(
                "signed without the label",
                "a label is in front",
                own.octets,
                signature(own.octets, b""),
                "PromiseRefused",
            ),
            refused(
                "octets that are no promise, signed",
                "they are malformed",
                broken,
                signature(broken),
                "PromiseRefused",
            ),
            refused(
                "a short signature", "it has 64 octets", own.octets, bytes(63), "EncodingError"
            ),
            refused("257 octets", "at most 256", bytes(257), own.signature, "EncodingError"),
        ],
    )


def _json(octets: bytes, signature: bytes) -> dict[str, str]:
    return {
        "leaf_hash": base64url.encode(bytes(32)),
        "promise": base64url.encode(octets),
        "signature": base64url.encode(signature),
    }
