"""What stands before the entries of a poll's bundle, and the whole file."""

from dataclasses import replace

from credentials.formats.poll_bundle import BundleHead, write_bundle
from credentials.merkle import leaf_hash
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    changed,
    of_objects,
    spoilt,
)
from tests.vectors.objects.of_polls import ROLL
from tests.vectors.objects.poll_log import PollLog


def files(log: PollLog) -> dict[str, ObjectFile]:
    return {"poll-bundle": _bundle_head(log), "bundle-file": _bundle_file(log)}


def _bundle(log: PollLog) -> BundleHead:
    return BundleHead(
        metadata=log.community.signed,
        head=log.community.signed_heads[ROLL],
        checkpoint=log.cosigned(4).to_text().encode(),
        witnesses=(log.witness.verifier_key.to_text(),),
        entries=4,
    )


def _bundle_head(log: PollLog) -> ObjectFile:
    own = _bundle(log)
    octets = own.to_cbor()
    change = Changes(octets, "poll-bundle")
    return ObjectFile(
        about="what stands before the entries of a bundle, read; nothing in it is verified",
        rule="poll-bundle",
        form="cbor",
        accepted=of_objects(
            the_vectors_own=own,
            without_witnesses=replace(own, witnesses=()),
            of_the_manifest_alone=replace(
                own, checkpoint=log.checkpoint(1).to_text().encode(), entries=1
            ),
        ),
        refused=[
            *spoilt(octets),
            change("no entries", "entries", 0, why="the manifest is there"),
            change("2^24 entries and one", "entries", 2**24 + 1, why="at most 2^24"),
            change("a short signature", "metadata", bytes(63), 1, why="it has 64 octets"),
            change("a head of 513 octets", "roll", bytes(513), 0, why="at most 512"),
            change("65 witnesses", "witnesses", ("w",) * 65, why="at most 64"),
            change("a checkpoint of text", "checkpoint", "note", why="it stands as octets"),
        ],
    )


def _bundle_file(log: PollLog) -> ObjectFile:
    own = _bundle(log)
    frames = list(write_bundle(own, log.entries))
    whole = b"".join(frames)

    def refused(name: str, why: str, value: bytes) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="EncodingError")

    def framed(octets: bytes) -> bytes:
        return len(octets).to_bytes(4, "big") + octets

    more = changed(own.to_cbor(), "poll-bundle", "entries", 5)
    shorter = {
        size: b"".join(write_bundle(replace(own, entries=size), log.entries[:size]))
        for size in (1, 3)
    }
    return ObjectFile(
        about="a bundle as a file of frames; `gives` the leaf hashes of its entries",
        rule="bundle-file",
        form="octets",
        accepted=[
            Accepted(name=name, value=value, gives={"leaves": _leaves(log, size)})
            for name, value, size in (
                ("the whole log", whole, 4),
                ("the manifest alone", shorter[1], 1),
                ("without the closing", shorter[3], 3),
            )
        ],
        refused=[
            refused("an empty file", "the first frame is there", b""),
            refused("cut off inside a frame", "a frame is whole", whole[:-1]),
            refused("cut off inside a length", "a length has 4 octets", frames[0] + b"\0\0"),
            refused("an entry too few", "as many as it says", framed(more) + b"".join(frames[1:])),
            refused("an entry too many", "nothing follows the last", whole + frames[1]),
            refused(
                "a frame that says 2^32 - 1",
                "no frame is longer than its object may be",
                frames[0] + b"\xff" * 4,
            ),
            refused("a first frame that is no bundle", "it is a poll-bundle", b"".join(frames[1:])),
        ],
    )


def _leaves(log: PollLog, size: int) -> list[str]:
    return [leaf_hash(entry).hex() for entry in log.entries[:size]]
