"""Notes, verifier keys, cosignatures and growing checkpoints against figures of others."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.errors import LogRefused
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.cosignature import check_cosignature
from credentials.log.note import KeyKind, Note, VerifierKey, sign_note
from credentials.merkle import check_consistency

FOLDER = Path(__file__).parent / "c2sp"


def _read(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return value


def _named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case.get("name", case.get("key"))) for case in cases]


NOTES = _read("notes")
COSIGNED = _read("cosignatures")
GROWTH = _read("growth")


@pytest.mark.parametrize("case", _named(NOTES["signed"]))
def test_signed_notes(case: dict[str, Any]) -> None:
    note = Note.parse(case["note"])
    assert note.to_text() == case["note"]
    for key in case["keys"]:
        note.check(key=VerifierKey.parse(key))
        altered = Note(text=note.text.replace("e", "a", 1), signatures=note.signatures)
        with pytest.raises(LogRefused, match="wrong"):
            altered.check(key=VerifierKey.parse(key))


@pytest.mark.parametrize("case", _named(NOTES["made"]))
def test_a_note_is_signed_octet_by_octet(case: dict[str, Any]) -> None:
    private_key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["private_key"]))
    key = VerifierKey.parse(case["key"])
    note = sign_note(case["text"], name=key.name, private_key=private_key)
    assert note.to_text() == case["text"] + "\n" + case["line"]
    assert key.to_text() == case["key"]


@pytest.mark.parametrize("case", _named(NOTES["refused"]))
def test_notes_that_are_none(case: dict[str, Any]) -> None:
    key = VerifierKey.parse(NOTES["made"][0]["key"])
    with pytest.raises(LogRefused):
        Note.parse(case["note"]).check(key=key)


def test_a_note_of_a_hundred_signatures_and_more() -> None:
    text, line = NOTES["made"][0]["text"], NOTES["made"][0]["line"]
    assert len(Note.parse(f"{text}\n{line * 100}").signatures) == 100
    with pytest.raises(LogRefused, match="more than 100"):
        Note.parse(f"{text}\n{line * 101}")


@pytest.mark.parametrize("case", _named(NOTES["keys"]))
def test_verifier_keys(case: dict[str, Any]) -> None:
    key = VerifierKey.parse(case["key"])
    assert key.to_text() == case["key"]
    assert key.kind is KeyKind(case["kind"])


@pytest.mark.parametrize("case", _named(NOTES["refused_keys"]))
def test_verifier_keys_that_are_none(case: dict[str, Any]) -> None:
    with pytest.raises(LogRefused):
        VerifierKey.parse(case["key"])


def test_no_part_of_a_verifier_key_and_no_altered_one_is_taken() -> None:
    text = NOTES["made"][0]["key"]
    parts = [text[:end] for end in range(len(text))] + [text[start:] for start in range(1, 50)]
    altered = [text[:at] + chr(ord(text[at]) + 1) + text[at + 1 :] for at in range(len(text))]
    for wrong in parts + altered:
        with pytest.raises(LogRefused):
            VerifierKey.parse(wrong)


def test_public_witnesses_cosigned_a_public_log() -> None:
    signed = SignedCheckpoint.parse(COSIGNED["note"])
    witnesses = [VerifierKey.parse(text) for text in COSIGNED["witnesses"]]
    others = [VerifierKey.parse(text) for text in COSIGNED["others"]]
    assert signed.cosigned_by(others + witnesses) == [
        (witness.name, COSIGNED["time"]) for witness in witnesses
    ]
    lines = signed.note.signatures[2:]
    for witness, line in zip(witnesses, lines, strict=True):
        assert check_cosignature(line, text=signed.note.text, key=witness) == COSIGNED["time"]
        with pytest.raises(LogRefused):
            check_cosignature(line, text=signed.note.text + "one more line\n", key=witness)
        with pytest.raises(LogRefused):
            check_cosignature(line, text=signed.note.text, key=others[0])


def test_a_log_grows_from_checkpoint_to_checkpoint() -> None:
    key = VerifierKey(
        name=GROWTH["origin"], kind=KeyKind.ED25519, public_key=bytes.fromhex(GROWTH["key"])
    )
    roots = {point["size"]: base64.b64decode(point["root"]) for point in GROWTH["checkpoints"]}
    for point in GROWTH["checkpoints"]:
        note = Note.parse(point["note"])
        note.check(key=key)
        assert note.text == f"{GROWTH['origin']}\n{point['size']}\n{point['root']}\n"
        if "proof" in point:
            check_consistency(
                first=point["from"],
                first_root=roots[point["from"]],
                second=point["size"],
                second_root=roots[point["size"]],
                proof=[base64.b64decode(value) for value in point["proof"]],
            )
