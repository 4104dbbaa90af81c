"""Verifier keys, checkpoints and receipts."""

from dataclasses import replace
from typing import Any

from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.note import KeyKind, VerifierKey
from credentials.log.receipt import Receipt
from credentials.merkle import Tree, leaf_hash
from tests.vectors.objects.object_file import (
    Accepted,
    ObjectFile,
    Refused,
)
from tests.vectors.objects.poll_log import PollLog
from tests.vectors.vector_community import VectorCommunity


def files(log: PollLog) -> dict[str, ObjectFile]:
    return {
        "verifier-key": _verifier_key(log),
        "signed-checkpoint": _checkpoint(log),
        "receipt": _receipt(log),
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
