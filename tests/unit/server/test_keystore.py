"""The keystore: it opens with its passphrase, and with nothing else in its file."""

import base64
import hashlib
import json
import pickle
import stat
from pathlib import Path

import pytest

from server import sealed_keystore
from server.keystore import Keystore
from server.problems import OperatorError
from server.sealed_keystore import (
    KeystoreDamaged,
    KeystoreMissing,
    SealedKeystore,
    WrongPassphrase,
    change_passphrase,
    open_keystore,
    write_keystore,
)


@pytest.fixture(scope="module")
def keystore() -> Keystore:
    return Keystore.generate()


@pytest.fixture(scope="module")
def keystore_file(tmp_path_factory: pytest.TempPathFactory, keystore: Keystore) -> Path:
    path: Path = tmp_path_factory.mktemp("keystore") / "keystore.json"
    write_keystore(path, keystore=keystore, passphrase="the right one")
    return path


def test_a_keystore_opens_with_its_passphrase_only(keystore: Keystore, keystore_file: Path) -> None:
    opened = open_keystore(keystore_file, passphrase="the right one")
    assert opened.to_octets() == keystore.to_octets()
    with pytest.raises(WrongPassphrase, match="The passphrase does not open the keystore"):
        open_keystore(keystore_file, passphrase="a wrong one")


def test_a_keystore_is_for_its_owner_and_never_overwritten(
    keystore: Keystore, keystore_file: Path
) -> None:
    assert stat.S_IMODE(keystore_file.stat().st_mode) == 0o600
    with pytest.raises(OperatorError, match="never overwritten"):
        write_keystore(keystore_file, keystore=keystore, passphrase="some other")


def with_changes(file: Path, changes: dict[str, object], *, folder: Path) -> Path:
    """A copy with other fields, and a checksum that holds."""
    fields = {**json.loads(file.read_text()), **changes}
    fields.pop("checksum")
    changed = folder / "changed.json"
    changed.write_bytes(SealedKeystore(fields=fields, name="x").to_octets())
    return changed


def test_a_damaged_keystore_is_no_wrong_passphrase(keystore_file: Path, tmp_path: Path) -> None:
    whole = keystore_file.read_bytes()
    damaged = tmp_path / "damaged.json"
    for at in range(0, len(whole), 7):
        for octets in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            damaged.write_bytes(octets)
            with pytest.raises(KeystoreDamaged, match="damaged: no passphrase opens it"):
                open_keystore(damaged, passphrase="the right one")
    with pytest.raises(KeystoreMissing, match="There is no keystore"):
        open_keystore(tmp_path / "missing.json", passphrase="the right one")


def test_what_stands_in_the_clear_is_sealed_with_the_rest(
    keystore_file: Path, tmp_path: Path
) -> None:
    changed = with_changes(keystore_file, {"community": "00" * 32}, folder=tmp_path)
    with pytest.raises(WrongPassphrase):
        open_keystore(changed, passphrase="the right one")


def test_a_keystore_says_whose_keys_it_holds_before_it_is_opened(
    keystore: Keystore, keystore_file: Path
) -> None:
    sealed = SealedKeystore.read(keystore_file)
    assert sealed.community_id == keystore.community_id
    assert sealed.open("the right one").community_id == keystore.community_id


def test_the_passphrase_is_changed_in_place(keystore: Keystore, tmp_path: Path) -> None:
    file = tmp_path / "keystore.json"
    write_keystore(file, keystore=keystore, passphrase="the right one")
    with pytest.raises(OperatorError, match="at least 8 characters"):
        change_passphrase(file, keystore=keystore, passphrase="short")
    change_passphrase(file, keystore=keystore, passphrase="another one")
    assert open_keystore(file, passphrase="another one").to_octets() == keystore.to_octets()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(WrongPassphrase):
        open_keystore(file, passphrase="the right one")
    assert [each.name for each in tmp_path.iterdir()] == ["keystore.json"]


def test_a_passphrase_is_the_same_however_a_keyboard_writes_its_accents(
    keystore: Keystore, tmp_path: Path
) -> None:
    file = tmp_path / "keystore.json"
    write_keystore(file, keystore=keystore, passphrase="cr\u00e8me br\u00fbl\u00e9e")
    opened = open_keystore(file, passphrase="cre\u0300me bru\u0302le\u0301e")
    assert opened.to_octets() == keystore.to_octets()


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
    changed = with_changes(keystore_file, changes, folder=tmp_path)
    with pytest.raises(OperatorError, match="another version"):
        open_keystore(changed, passphrase="the right one")


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
        " " * sealed_keystore.FILE_LIMIT + "{}",
    ],
    ids=lambda text: text[:8],
)
def test_a_file_that_is_no_keystore_is_one_clear_refusal(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keystore.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(KeystoreDamaged):
        open_keystore(file, passphrase="the right one")


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
    changed = with_changes(keystore_file, changes, folder=tmp_path)
    with pytest.raises(KeystoreDamaged):
        open_keystore(changed, passphrase="the right one")


def test_secrets_are_not_shown_and_not_pickled(keystore: Keystore) -> None:
    assert repr(keystore) == "Keystore(…)"
    with pytest.raises(TypeError):
        pickle.dumps(keystore)
    assert sealed_keystore.SCRYPT_N >= 2**17
