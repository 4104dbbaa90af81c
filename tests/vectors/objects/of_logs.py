"""Checkpoints, receipts and verifier keys; a poll's bundle; evidence against a community."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.evidence import Evidence
from credentials.formats.poll import Ballot
from credentials.formats.poll_bundle import BundleHead, write_bundle
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.promise import Promise, SignedPromise
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.log.note import KeyKind, VerifierKey
from credentials.log.receipt import Receipt
from credentials.merkle import Tree, leaf_hash, root_of
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    changed,
    of_objects,
    spoilt,
)
from tests.vectors.objects.of_polls import ROLL, ballots_of
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_presentations import manifest_of
from tests.vectors.vector_randomness import fixed_octets


class PollLog:
    """The log of the vectors' poll: manifest, a ballot, the one that replaces it, the closing."""

    def __init__(self, community: VectorCommunity, holder: Holder) -> None:
        self.community = community
        self.manifest = manifest_of(community)
        ballots = ballots_of(community, holder)
        self.ballots = [ballots["a vote"], ballots["a later vote"]]
        closing = PollEvent(kind=Kind.CLOSING, at=self.manifest.closes_at)
        self.closing = closing.to_cbor()
        self.entries = [
            self.manifest.to_cbor(),
            *(ballot.to_cbor() for ballot in self.ballots),
            self.closing,
        ]
        self.witness = WitnessKey(
            name="anna.example/w1",
            private_key=Ed25519PrivateKey.from_private_bytes(
                b"\0" + fixed_octets("a witness's key", 31)
            ),
        )

    @property
    def key(self) -> bytes:
        return self.community.metadata.metadata_key

    def checkpoint(
        self, size: int, *, entries: list[bytes] | None = None, after: int = 0
    ) -> SignedCheckpoint:
        """The community's, over the first entries, `after` seconds after the poll closes."""
        entries = self.entries if entries is None else entries
        checkpoint = Checkpoint(
            origin=self.manifest.origin,
            size=size,
            root=root_of(entries[:size]),
            time=self.manifest.closes_at + after,
        )
        return SignedCheckpoint.sign(checkpoint, private_key=self.community.signing_key)

    def cosigned(self, size: int) -> SignedCheckpoint:
        signed = self.checkpoint(size)
        line = self.witness.cosign(signed.note.text, time=self.manifest.closes_at + 60)
        return signed.with_cosignature(line, key=self.witness.verifier_key)

    def leaves(self, size: int) -> bytes:
        return b"".join(map(leaf_hash, self.entries[:size]))

    def promise(self, ballot: Ballot) -> SignedPromise:
        promise = Promise(
            manifest_hash=ballot.manifest_hash,
            leaf_hash=ballot.leaf_hash,
            merged_by=self.manifest.closes_at + 300,
        )
        return SignedPromise.sign(promise, private_key=self.community.signing_key)


def files(community: VectorCommunity, holder: Holder) -> dict[str, ObjectFile]:
    log = PollLog(community, holder)
    return {
        "verifier-key": _verifier_key(log),
        "signed-checkpoint": _checkpoint(log),
        "receipt": _receipt(log),
        "poll-bundle": _bundle_head(log),
        "bundle-file": _bundle_file(log),
        "poll-evidence": _evidence(log),
    }


def _text(name: str, why: str, value: str) -> Refused:
    return Refused(name=name, why=why, value=value, refusal="LogRefused")


def _verifier_key(log: PollLog) -> ObjectFile:
    witness = log.witness.verifier_key
    community = VerifierKey(name=log.manifest.origin, kind=KeyKind.ED25519, public_key=log.key)
    other = replace(witness, name="bela.example/w1")
    text = witness.to_text()
    name, key_id, key = text.split("+", 2)
    return ObjectFile(
        about="a key of a log or of a witness, as people hand it on; `gives` name and kind",
        rule="verifier-key",
        form="text",
        accepted=[
            Accepted(
                name=label, value=one.to_text(), gives={"name": one.name, "kind": int(one.kind)}
            )
            for label, one in (
                ("of a witness", witness),
                ("of the same under another name", other),
                ("of a community's log", community),
            )
        ],
        refused=[
            _text("another id", "the id is of name and key", f"{name}+00000000+{key}"),
            _text("an id in capitals", "small letters", f"{name}+{key_id.upper()}+{key}"),
            _text("another name", "the id is of name and key", f"x{text}"),
            _text("a name with a space", "names have none", f"a {text}"),
            _text("an unknown kind", "two kinds", f"{name}+{key_id}+Ag{key[2:]}"),
            _text("no key", "it is there", f"{name}+{key_id}"),
            _text("a key without padding", "one spelling", text.rstrip("=")[:-1]),
        ],
    )


def _checkpoint(log: PollLog) -> ObjectFile:
    signed = {
        "of the manifest alone": log.checkpoint(1),
        "of the whole log": log.checkpoint(4),
        "of the whole log, cosigned": log.cosigned(4),
    }
    text = signed["of the whole log"].to_text()
    body, _, lines = text.partition("\n\n")
    stranger = VectorCommunity(name="stoa").signing_key
    parsed = Checkpoint.parse(signed["of the whole log"].note.text)
    return ObjectFile(
        about="a signed note over size and root of a log, opened; `gives` them",
        rule="signed-checkpoint",
        form="text",
        given={"origin": log.manifest.origin, "metadataKey": log.key.hex()},
        accepted=[
            Accepted(name=name, value=one.to_text(), gives=_size_and_root(one))
            for name, one in signed.items()
        ],
        refused=[
            _text("another size", "it is signed", text.replace("\n4\n", "\n5\n", 1)),
            _text(
                "a size with a zero in front", "one spelling", text.replace("\n4\n", "\n04\n", 1)
            ),
            _text(
                "signed by another",
                "the key is the community's",
                SignedCheckpoint.sign(parsed, private_key=stranger).to_text(),
            ),
            _text(
                "of another log",
                "the origin is the poll's",
                SignedCheckpoint.sign(
                    replace(parsed, origin="city.example/polls/other"),
                    private_key=log.community.signing_key,
                ).to_text(),
            ),
            _text("no signature", "one at least", f"{body}\n\n"),
            _text("no empty line", "one before the signatures", f"{body}\n{lines}"),
            _text("no newline at the end", "every line has one", text[:-1]),
            _text("a line more", "four lines", text.replace("\ntime ", "\nmore\ntime ", 1)),
            _text("a hyphen for the dash", "EM DASH", text.replace("\u2014", "-")),
        ],
    )


def _size_and_root(signed: SignedCheckpoint) -> dict[str, Any]:
    checkpoint = Checkpoint.parse(signed.note.text)
    return {"size": checkpoint.size, "root": checkpoint.root.hex(), "time": checkpoint.time}


def _receipt(log: PollLog) -> ObjectFile:
    tree = Tree.over([leaf_hash(entry) for entry in log.entries])
    signed = log.cosigned(4)
    receipts = [Receipt.make(tree, index=index, signed=signed) for index in range(4)]
    own = receipts[1].to_text()
    lines = own.split("\n")
    leaf = {"leaf": leaf_hash(log.entries[1]).hex()}

    def without(at: int) -> str:
        return "\n".join([*lines[:at], *lines[at + 1 :]])

    return ObjectFile(
        about="that an entry is in the log, checked for a leaf hash; `gives` where",
        rule="receipt",
        form="text",
        given={"origin": log.manifest.origin, "metadataKey": log.key.hex(), **leaf},
        accepted=[
            Accepted(
                name=f"of entry {index}",
                value=one.to_text(),
                gives={"index": index, "size": 4},
                given={"leaf": leaf_hash(log.entries[index]).hex()},
            )
            for index, one in enumerate(receipts)
        ],
        refused=[
            _text("of another entry", "the path leads to the root", receipts[2].to_text()),
            _text(
                "another index", "the path is that of the index", own.replace("index 1", "index 0")
            ),
            _text("a hash too few", "the path is whole", without(2)),
            _text("two hashes in another order", "from the leaf up", _swapped(lines)),
            _text("no first line", "it says what it is", without(0)),
            _text("no index", "it is there", without(1)),
            _text("no checkpoint", "it is there", own.partition("\n\n")[0] + "\n\n"),
        ],
    )


def _swapped(lines: list[str]) -> str:
    return "\n".join([*lines[:2], lines[3], lines[2], *lines[4:]])


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


def _evidence(log: PollLog) -> ObjectFile:
    base = {"metadata": log.community.signed, "manifest": log.manifest.to_cbor()}
    missing = log.ballots[1]
    lacking = [log.entries[0], log.entries[1], log.closing]
    short = b"".join(map(leaf_hash, lacking))
    broken = Evidence(
        **base,
        checkpoint=log.checkpoint(3, entries=lacking, after=300).to_text(),
        leaves=short,
        promise=log.promise(missing),
    )
    ended = replace(
        broken,
        checkpoint=log.checkpoint(3, entries=lacking).to_text(),
        ending=log.closing,
    )
    forked = Evidence(
        **base,
        checkpoint=log.checkpoint(4).to_text(),
        leaves=log.leaves(4),
        other=log.checkpoint(3, entries=lacking).to_text(),
    )
    tree = Tree.over([leaf_hash(entry) for entry in (*lacking, missing.to_cbor())])
    grown = log.checkpoint(4, entries=[*lacking, missing.to_cbor()], after=600)
    late = replace(broken, receipt=Receipt.make(tree, index=3, signed=grown).to_text())
    honest = json.loads(broken.to_json())
    return ObjectFile(
        about="evidence against a community, proven for whoever has its fingerprint",
        rule="poll-evidence-json",
        form="json",
        given={"fingerprint": log.community.metadata.community_id.hex()},
        accepted=[
            Accepted(name=name, value=json.loads(one.to_json()))
            for name, one in (
                ("a promise that was broken", broken),
                ("a poll that ended without the ballot", ended),
                ("two logs of one poll", forked),
                ("a ballot that was added too late", late),
            )
        ],
        refused=[
            *_no_evidence(log, broken, ended, forked),
            *(
                Refused(name=name, why=why, value=value, refusal="EvidenceRefused")
                for name, why, value in (
                    ("another form", "it says what it is", {**honest, "form": "symbolon/x/1"}),
                    (
                        "no leaves",
                        "every member is there",
                        {key: value for key, value in honest.items() if key != "leaves"},
                    ),
                    ("a promise that is a list", "octets are text", {**honest, "promise": []}),
                )
            ),
        ],
    )


def _no_evidence(
    log: PollLog, broken: Evidence, ended: Evidence, forked: Evidence
) -> Iterator[Refused]:
    stranger = VectorCommunity(name="stoa")
    for name, why, evidence in (
        (
            "a promise that was kept",
            "the ballot is in the log",
            replace(
                broken,
                checkpoint=log.checkpoint(4, after=300).to_text(),
                leaves=log.leaves(4),
            ),
        ),
        (
            "the promised time is not over",
            "the checkpoint is not before merged-by",
            replace(ended, ending=b""),
        ),
        ("leaves of another log", "their root is signed", replace(broken, leaves=log.leaves(3))),
        (
            "two checkpoints that agree",
            "a log may grow",
            replace(forked, other=log.checkpoint(3).to_text()),
        ),
        (
            "against another community",
            "the fingerprint is pinned",
            replace(broken, metadata=stranger.signed),
        ),
        (
            "a promise that nobody signed",
            "the community's key signs it",
            replace(
                broken,
                promise=SignedPromise.sign(
                    Promise(
                        manifest_hash=log.manifest.manifest_hash,
                        leaf_hash=bytes(32),
                        merged_by=log.manifest.closes_at,
                    ),
                    private_key=stranger.signing_key,
                ),
            ),
        ),
    ):
        value = json.loads(evidence.to_json())
        yield Refused(name=name, why=why, value=value, refusal="EvidenceRefused")
