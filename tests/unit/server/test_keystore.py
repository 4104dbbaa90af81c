"""The keystore: it opens with its passphrase, and with nothing else in its file."""

import base64
import hashlib
import json
import pickle
import stat
from pathlib import Path

import pytest

from server import keystore as keystores
from server.keystore import Keystore, open_keystore, write_keystore
from server.problems import OperatorError


@pytest.fixture(scope="module")
def keystore() -> Keystore:
    return Keystore.generate()


@pytest.fixture(scope="module")
def keystore_file(tmp_path_factory: pytest.TempPathFactory, keystore: Keystore) -> Path:
    path: Path = tmp_path_factory.mktemp("keystore") / "keystore.json"
    write_keystore(path, keystore=keystore, passphrase="right")
    return path


def test_a_keystore_opens_with_its_passphrase_only(keystore: Keystore, keystore_file: Path) -> None:
    opened = open_keystore(keystore_file, passphrase="right")
    assert opened.to_octets() == keystore.to_octets()
    with pytest.raises(OperatorError, match="The passphrase does not open the keystore"):
        open_keystore(keystore_file, passphrase="wrong")


def test_a_keystore_is_for_its_owner_and_never_overwritten(
    keystore: Keystore, keystore_file: Path
) -> None:
    assert stat.S_IMODE(keystore_file.stat().st_mode) == 0o600
    with pytest.raises(OperatorError, match="never overwritten"):
        write_keystore(keystore_file, keystore=keystore, passphrase="other")


def test_a_changed_keystore_does_not_open(keystore_file: Path, tmp_path: Path) -> None:
    fields = json.loads(keystore_file.read_text())
    for name, value in (("p", 2), ("n", 2**20), ("format", "x"), ("sealed", "AAAA"), ("salt", "?")):
        changed = tmp_path / f"{name}.json"
        changed.write_text(json.dumps({**fields, name: value}))
        with pytest.raises(OperatorError):
            open_keystore(changed, passphrase="right")
    with pytest.raises(OperatorError, match="There is no keystore"):
        open_keystore(tmp_path / "missing.json", passphrase="right")


WEAK_OR_GREEDY = [
    *({"n": n} for n in (0, 1, 2, 2**14, 2**16, 2**18, 2**20, 2**40, -(2**17))),
    *({"r": r} for r in (0, 1, 7, 9, 2**20, -8)),
    *({"p": p} for p in (0, 2, 2**16, 2**30, -1)),
    *({"n": n} for n in (1.5, True, None, "131072", [131072])),
]


@pytest.mark.parametrize("changes", WEAK_OR_GREEDY, ids=str)
def test_a_keystore_with_other_parameters_of_scrypt_is_refused_before_it_is_tried(
    keystore_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]
) -> None:
    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("scrypt was run with parameters from a file")

    monkeypatch.setattr(hashlib, "scrypt", never)
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps({**json.loads(keystore_file.read_text()), **changes}))
    with pytest.raises(OperatorError, match="another version"):
        open_keystore(changed, passphrase="right")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "[" * 10_000,
        '{"a":' * 3_000,
        "\xff",
        " " * keystores.FILE_LIMIT + "{}",
    ],
    ids=lambda text: text[:8],
)
def test_a_file_that_is_no_keystore_is_one_clear_refusal(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keystore.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(OperatorError, match="cannot be read as a keystore"):
        open_keystore(file, passphrase="right")


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": ""},
        {"salt": base64.b64encode(bytes(15)).decode()},
        {"nonce": base64.b64encode(bytes(8)).decode()},
        {"salt": 7},
        {"sealed": None},
        {"more": 1},
    ],
    ids=str,
)
def test_a_keystore_with_other_fields_is_refused(
    keystore_file: Path, tmp_path: Path, changes: dict[str, object]
) -> None:
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps({**json.loads(keystore_file.read_text()), **changes}))
    with pytest.raises(OperatorError, match="cannot be read as a keystore"):
        open_keystore(changed, passphrase="right")


def test_secrets_are_not_shown_and_not_pickled(keystore: Keystore) -> None:
    assert repr(keystore) == "Keystore(…)"
    with pytest.raises(TypeError):
        pickle.dumps(keystore)
    assert keystores.SCRYPT_N >= 2**17
