"""Manifests: not sealed, sealed by the server, sealed by trustees."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.formats.lot import Beacon
from credentials.formats.manifest import Manifest
from credentials.formats.sealing import Sealing
from credentials.log.cosignature import WitnessKey
from credentials.sealing import ServerOpener
from tests.vectors.objects.fixed_ceremony import Ceremony
from tests.vectors.objects.object_file import (
    Changes,
    ObjectFile,
    Refused,
    of_objects,
    spoilt,
)
from tests.vectors.objects.sealings_and_lots import (
    spoilt_lots,
    spoilt_sealings,
    spoilt_witnesses,
)
from tests.vectors.vector_community import VectorCommunity
from tests.vectors.vector_presentations import manifest_of
from tests.vectors.vector_randomness import fixed_octets, fixed_scalar


def files(community: VectorCommunity, held: Ceremony) -> dict[str, ObjectFile]:
    return {"poll": _poll(community, held)}


ROLL = 2  # the epoch of the head that the vectors' poll pins


def opener() -> ServerOpener:
    """The server's own key of the vectors' sealed poll."""
    return ServerOpener(secret=fixed_scalar("agora/sealing/a0"))


def sealed_manifest(community: VectorCommunity) -> Manifest:
    """The vectors' poll, sealed by the server."""
    return replace(manifest_of(community), sealing=Sealing(key=opener().key))


def witness_key(name: str) -> WitnessKey:
    """A witness of the vectors."""
    key = b"\0" + fixed_octets(f"the key of the witness {name}", 31)
    return WitnessKey(name=name, private_key=Ed25519PrivateKey.from_private_bytes(key))


def _poll(community: VectorCommunity, held: Ceremony) -> ObjectFile:
    own = manifest_of(community)
    widest = replace(
        own,
        poll="budget",
        origin="agora.example/polls/budget",
        options=tuple(f"Option {n}" for n in range(1, 65)),
        ballot_type="ranked",
        tally="stv/2",
        seats=10,
        quorum=10,
        require=(("reissued", 0), ("pass", "été")),
    )
    alike = replace(
        own,
        ballot_type="ranked",
        equal_ranks=True,
        tally="schulze/1",
        timezone="Europe/Athens",
    )
    threshold = replace(
        own, ballot_type="score", limit=5, tally="score/1", threshold=(2, 3), live=True
    )
    trusted = replace(own, sealing=held.sealing, tie_rule="opening/1")
    watched = replace(
        trusted,
        tie_rule="beacon/1",
        beacon=Beacon.after(own.closes_at, batch_seconds=own.batch_seconds),
        witnesses=tuple(
            witness_key(name).verifier_key.to_text()
            for name in ("anna.example/w1", "bert.example/w", "d\u00f3ra")
        ),
        witnesses_needed=2,
    )
    return ObjectFile(
        about="a poll's manifest, read; its hash is the poll",
        rule="poll",
        form="cbor",
        accepted=of_objects(
            the_vectors_own=own,
            sealed_by_trustees_with_a_beacon_and_witnesses=watched,
            sealed_by_the_server=sealed_manifest(community),
            scores_a_threshold_and_a_live_count=threshold,
            sixty_four_options_and_ten_seats=widest,
            equal_ranks_and_times_in_athens=alike,
            sealed_by_trustees=trusted,
        ),
        refused=[
            *spoilt(own.to_cbor()),
            *_spoilt_polls(own),
            *spoilt_sealings(trusted),
            *spoilt_lots(watched, by_server=sealed_manifest(community)),
            *spoilt_witnesses(watched),
        ],
    )


def _spoilt_polls(own: Manifest) -> Iterator[Refused]:
    change = Changes(own.to_cbor(), "poll")

    def poll(name: str, at: str, value: Any, *inner: int, why: str) -> Refused:
        return change(name, at, value, *inner, why=why, refusal="PolicyError")

    yield change("a short community id", "community-id", bytes(31), why="a hash has 32 octets")
    yield change("an id with a capital", "id", "Next-year", why="ids are of a-z, 0-9 and -")
    yield change("no question", "question", "", why="shown text is not empty")
    yield change("a question of 1001", "question", "x" * 1001, why="at most 1,000 characters")
    yield change("one option", "options", ("Athens",), why="two at least")
    yield change("65 options", "options", tuple(map(str, range(65))), why="at most 64")
    yield poll("an option twice", "options", ("Athens", "Athens"), why="options differ")
    yield change(
        "an option with a space at its end", "options", ("Athens ", "Rome"), why="none around it"
    )
    yield poll("an unknown type", "ballot-type", "dictated", why="there are five types")
    yield poll("a limit that the type lacks", "limit", 1, why="single choice has none")
    yield poll("equal ranks without ranks", "equal-ranks", 1, why="only rankings have some")
    yield change("equal ranks that are 2", "equal-ranks", 2, why="flags are 0 or 1")
    yield change("a time zone with a space", "timezone", "Europe/New Athens", why="an IANA name")
    yield poll("a method of another type", "tally", "irv/1", why="each counts one type")
    yield poll("an unknown method", "tally", "borda/1", why="there are eight")
    yield change("two seats", "seats", 2, why="only stv has several")
    yield change("no seats", "seats", 0, why="one at least")
    yield poll("an unknown tie rule", "tie-rule", "coin/1", why="the rules are fixed")
    yield poll(
        "a lot from an opening that there is none of",
        "tie-rule",
        "opening/1",
        why="trustees alone give one",
    )
    yield change("a quorum of 2^24", "quorum", 2**24, why="below 2^24")
    yield poll("a threshold of 1", "threshold", (1, 1), why="below 1")
    yield poll("a threshold not in lowest terms", "threshold", (2, 4), why="in lowest terms")
    yield poll("no threshold, otherwise", "threshold", (0, 2), why="none is (0, 1)")
    yield poll("closes when it opens", "closes-at", own.opens_at, why="it opens before")
    yield change("no batch interval", "batch-seconds", 0, why="1 to 86,400")
    yield poll(
        "the origin of another poll", "origin", "city.example/polls/other", why="it ends in the id"
    )
    yield poll(
        "an origin with a plus", "origin", "city+1.example/polls/next-year", why="names have none"
    )
    yield change("live that is 2", "live", 2, why="flags are 0 or 1")
    yield change("no roll", "roll", b"", why="a hash has 32 octets")
    yield poll(
        "an attribute required twice",
        "require",
        (("reissued", 0), ("reissued", 1)),
        why="each once",
    )
    yield change("a required value of octets", "require", (("pass", b""),), why="text or number")
