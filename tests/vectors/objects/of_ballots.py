"""Ballots and proofs of abstention, read and verified."""

from dataclasses import replace
from typing import Any

from credentials.formats.poll import Ballot
from credentials.polls import make_abstention, make_ballot
from tests.vectors.changes import flipped
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    of_objects,
    spoilt,
)
from tests.vectors.objects.of_polls import ROLL, sealed_manifest
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_presentations import manifest_of
from tests.vectors.vector_randomness import randomness


def files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    ballots = ballots_of(community, holder)
    return {
        "ballot": _ballot(ballots),
        "cast-ballot": _cast_ballot(community, ballots),
        "abstention": _abstention(community, holder),
    }


def ballots_of(community: VectorCommunity, holder: Holder) -> dict[str, Ballot]:
    """A ballot, the one that replaces it, an abstention, and one of a sealed poll."""
    credential = community.at(holder.credential, ROLL)
    open_poll, sealed_poll = manifest_of(community), sealed_manifest(community)
    made = {}
    for name, manifest, marks, sequence in (
        ("a vote", open_poll, (2,), 1),
        ("a later vote", open_poll, (1,), 2),
        ("an abstention", open_poll, (), 1),
        ("a sealed vote", sealed_poll, (2,), 1),
    ):
        with randomness(f"ballot/{name}"):
            made[name] = make_ballot(
                credential,
                manifest=manifest,
                head=community.heads[ROLL],
                marks=marks,
                sequence=sequence,
            )
    return made


def _ballot(ballots: dict[str, Ballot]) -> ObjectFile:
    own, sealed = ballots["a vote"], ballots["a sealed vote"]
    octets = own.to_cbor()
    change = Changes(octets, "ballot")
    shown = own.presentation

    def around(name: str, why: str, **other: Any) -> Refused:
        return change(
            name,
            "presentation",
            replace(shown, **other).to_cbor(),
            why=why,
            refusal="BallotRefused",
        )

    return ObjectFile(
        about="a ballot, read; its proof is not looked at",
        rule="ballot",
        form="cbor",
        accepted=of_objects(**ballots),
        refused=[
            *spoilt(octets),
            change("the sequence number 0", "sequence", 0, why="they begin at 1"),
            change("the sequence number 2^24", "sequence", 2**24, why="they are below 2^24"),
            change("a content of 178 octets", "content", bytes(178), why="at most 177"),
            change("a text as content", "content", "2", why="the content is octets"),
            change(
                "an array in place of the presentation's octets",
                "presentation",
                ("symbolon",),
                why="it stands as octets",
            ),
            change(
                "a presentation with an octet after its end",
                "presentation",
                shown.to_cbor() + b"\0",
                why="nested objects are read as strictly",
            ),
            change(
                "around the presentation of another poll",
                "presentation",
                sealed.presentation.to_cbor(),
                why="instance and nonce are the poll",
                refusal="BallotRefused",
            ),
            around("without a pseudonym", "a ballot has one", pseudonym=b""),
            around("made for a visit", "its purpose is poll", purpose="visit"),
            around("with another nonce", "the poll is the nonce", freshness=bytes(32)),
            around("with a time slot", "the poll is the nonce", freshness=7),
        ],
    )


def _cast_ballot(community: VectorCommunity, ballots: dict[str, Ballot]) -> ObjectFile:
    own, later, sealed = (ballots[n] for n in ("a vote", "a later vote", "a sealed vote"))
    open_poll, sealed_poll = manifest_of(community), sealed_manifest(community)
    given = {"manifest": open_poll.to_cbor().hex(), "epoch": ROLL}
    of_sealed = {**given, "manifest": sealed_poll.to_cbor().hex()}

    def refused(name: str, why: str, ballot: Ballot, **other: Any) -> Refused:
        return Refused(
            name=name, why=why, value=ballot.to_cbor(), refusal="BallotRefused", given=other
        )

    return ObjectFile(
        about="a ballot in the poll whose manifest is given, its proof verified at the roll",
        rule="ballot",
        form="cbor",
        given=given,
        accepted=[
            Accepted(
                name=name,
                value=one.to_cbor(),
                gives={"leafHash": one.leaf_hash.hex(), "pseudonym": one.pseudonym.hex()},
                given=of_sealed if one is sealed else {},
            )
            for name, one in ballots.items()
        ],
        refused=[
            refused("another vote", "the vote is in the action", replace(own, content=b"\1")),
            refused("another number", "the number is in the action", replace(own, sequence=2)),
            refused(
                "the proof of another",
                "the action differs",
                replace(own, presentation=later.presentation),
            ),
            refused("an option too many", "it is a vote of the paper", replace(own, content=b"\3")),
            refused("in another poll", "the ballot names its poll", own, **of_sealed),
            refused("sealed, in a poll that is not", "the ballot names its poll", sealed),
            refused(
                "a sealed vote that is too short",
                "all sealed votes of a poll have one length",
                replace(sealed, content=sealed.content[:-1]),
                **of_sealed,
            ),
            refused(
                "a changed proof",
                "the challenge differs",
                replace(
                    own,
                    presentation=replace(
                        own.presentation, proof=flipped(own.presentation.proof, at=500)
                    ),
                ),
            ),
        ],
    )


def _abstention(community: VectorCommunity, holder: Holder) -> ObjectFile:
    credential = community.at(holder.credential, ROLL)
    head = community.heads[ROLL]
    polls = {
        "in the vectors' poll": manifest_of(community),
        "in a sealed one": sealed_manifest(community),
        "in one without requirements": replace(manifest_of(community), require=()),
    }
    made = {}
    for name, manifest in polls.items():
        with randomness(f"abstention/{name}"):
            made[name] = make_abstention(credential, manifest=manifest, head=head)
    own, other = made["in the vectors' poll"], made["in a sealed one"]
    change = Changes(own.to_cbor(), "abstention")

    def around(name: str, why: str, **instead: Any) -> Refused:
        shown = replace(own.presentation, **instead).to_cbor()
        return change(name, "presentation", shown, why=why, refusal="BallotRefused")

    return ObjectFile(
        about="a member's proof of having cast nothing, read; its proof is not looked at",
        rule="abstention",
        form="cbor",
        accepted=of_objects(**made),
        refused=[
            *spoilt(own.to_cbor()),
            change("a short hash", "poll", bytes(31), why="a hash has 32 octets"),
            change(
                "of another poll",
                "presentation",
                other.presentation.to_cbor(),
                why="instance and nonce are the poll",
                refusal="BallotRefused",
            ),
            around("without a pseudonym", "it has one", pseudonym=b""),
            around("made for a door", "its purpose is poll", purpose="door"),
        ],
    )
