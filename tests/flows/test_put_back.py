"""A community that is put back from a backup, or from an older copy, and goes on."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from credentials.registry.chain import HeadChain
from server.commands.session import open_community
from server.files import FileLock
from server.problems import OperatorError
from server.sealed_keystore import WrongPassphrase
from server.settings import Settings
from tests.flows.terminal import Terminal

PASSPHRASE = "correct horse"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A community with three members and an open poll."""
    data: Path = tmp_path_factory.mktemp("city") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMBOLON_PASSPHRASE", PASSPHRASE)
        city = Terminal(data)
        city.text("init", "--name", "Agora", "--event", "main=Main")
        for _ in range(3):
            city.enrol(**{"pass": "member"})
        city.text(
            *("poll", "create", "Where?", "--id", "place", "--closes", "2d", "--open"),
            *("--option", "Garden", "--option", "Roof"),
        )
    return data


@pytest.fixture
def city(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", PASSPHRASE)
    shutil.copytree(founded, tmp_path / "data")
    return Terminal(tmp_path / "data")


def copy_of(city: Terminal) -> Path:
    """A copy of the database as an organiser would make one."""
    copy = city.data.with_name("copy.db")
    with closing(sqlite3.connect(city.data / "symbolon.db")) as original:
        original.execute("VACUUM INTO ?", (str(copy),))
    return copy


def put_back(city: Terminal, copy: Path) -> None:
    for name in ("symbolon.db", "symbolon.db-wal", "symbolon.db-shm"):
        (city.data / name).unlink(missing_ok=True)
    shutil.copy(copy, city.data / "symbolon.db")


def heads(city: Terminal) -> HeadChain:
    return open_community(city.data).registry.chain()


# --- backup and restore


def test_a_backup_is_one_private_file_from_which_all_goes_on(
    city: Terminal, tmp_path: Path
) -> None:
    asked = city.json("attendees", "list")
    known = heads(city)
    written = city.json("backup", "--out", str(tmp_path))
    file = Path(written["file"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert b"@example.org" not in file.read_bytes()
    assert city.json("status")["backup"] is not None
    elsewhere = Terminal(tmp_path / "elsewhere")
    elsewhere.text("restore", str(file))
    for name in ("symbolon.db", "keystore.json", "anchor.json", "published.jsonl", "metrics-token"):
        assert stat.S_IMODE((elsewhere.data / name).stat().st_mode) == 0o600, name
    assert elsewhere.json("attendees", "list") == asked
    assert [one["state"] for one in elsewhere.json("poll", "list")] == ["open"]
    elsewhere.text("registry", "publish")
    elsewhere.enrol(**{"pass": "guest"})
    elsewhere.text("poll", "close", "place", "--reason", "Rain.")
    metadata = open_community(elsewhere.data).community.metadata()
    gone_on = known.extended(heads(elsewhere).signed, metadata=metadata)  # as a wallet does
    assert gone_on.newest.epoch == known.newest.epoch + 1


def test_a_backup_that_is_not_what_was_written_puts_nothing_in_place(
    city: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(city.json("backup", "--out", str(tmp_path / "b.backup"))["file"])
    with pytest.raises(OperatorError, match="exists already"):
        city.text("backup", "--out", str(file))
    (tmp_path / "link").symlink_to(city.data)
    inside = city.data / "backups"
    inside.mkdir()
    before = sorted(city.data.rglob("*.backup"))
    for out in (city.data, city.data / "b.backup", inside, tmp_path / "link" / "b.backup"):
        with pytest.raises(OperatorError, match="is in the data directory itself"):
            city.text("backup", "--out", str(out))
    assert sorted(city.data.rglob("*.backup")) == before
    inside.rmdir()
    whole = file.read_bytes()
    elsewhere = Terminal(tmp_path / "elsewhere")

    def refused(octets: bytes, words: str) -> None:
        bad = tmp_path / "bad.backup"
        bad.write_bytes(octets)
        with pytest.raises(OperatorError, match=words):
            elsewhere.text("restore", str(bad))
        assert not elsewhere.data.exists()
        assert not list(tmp_path.glob(".*"))

    refused(whole[:-1], "damaged or cut short")
    refused(whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:], "damaged or cut short")
    refused(whole.replace(b'"epoch": 1', b'"epoch": 9'), "damaged or cut short")
    refused(whole[:1000], "damaged")
    refused(whole.replace(b"backup/1", b"backup/2", 1), "later version")
    refused(b"PK" + whole, "no backup of symbolon-server")
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", "a wrong one")
    with pytest.raises(WrongPassphrase):
        elsewhere.text("restore", str(file))
    assert not elsewhere.data.exists()


def test_a_community_that_is_there_is_put_aside_and_only_when_that_is_meant(
    city: Terminal, tmp_path: Path
) -> None:
    file = city.json("backup", "--out", str(tmp_path / "b.backup"))["file"]
    ana = city.json("attendees", "list")[0]["id"]
    city.text("attendees", "remove", ana, "--now", "--yes")
    after = heads(city)
    with pytest.raises(OperatorError, match="Nothing was changed"):
        city.text("restore", file)
    lock = FileLock(Settings(data_directory=city.data).serve_lock)
    assert lock.take()
    with pytest.raises(OperatorError, match="stop it first"):
        city.text("restore", file, "--yes")
    lock.release()
    told = city.json("restore", file, "--yes")
    assert Path(told["moved"]).is_dir()
    # The head that removed Ana was seen by others: it came in again, and she stays out.
    assert told["removed"] == [ana]
    assert heads(city).newest == after.newest
    assert {one["id"]: one["state"] for one in city.json("attendees", "list")}[ana] == "removed"
    city.text("registry", "publish")
    assert heads(city).newest.epoch == after.newest.epoch + 1


def test_a_restore_says_what_nobody_here_can_know(
    city: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = city.json("backup", "--out", str(tmp_path / "b.backup"))["file"]
    city.text("registry", "publish")
    after = heads(city)
    published = tmp_path / "published.jsonl"
    shutil.copy(city.data / "published.jsonl", published)
    elsewhere = Terminal(tmp_path / "elsewhere")
    later = 40 * 86_400 + int(city.data.stat().st_mtime)
    monkeypatch.setattr("server.commands.backing_up.time.time", lambda: later)
    with pytest.raises(OperatorError, match="Nothing was changed"):
        elsewhere.text("restore", file)
    elsewhere.text("restore", file, "--published", str(published))
    assert heads(elsewhere).newest == after.newest


# --- an older copy of the database


def test_an_older_database_signs_nothing_and_is_brought_up_by_what_was_published(
    city: Terminal,
) -> None:
    copy = copy_of(city)
    ana = city.json("attendees", "list")[0]["id"]
    city.text("event", "add", "night", "--name", "Night")
    city.text("attendees", "remove", ana, "--now", "--yes")
    city.enrol(**{"pass": "guest"})
    city.text("registry", "publish")
    after = heads(city)
    put_back(city, copy)
    for words in (("registry", "publish"), ("attendees", "list"), ("serve", "--port", "0")):
        with pytest.raises(OperatorError, match="older than what others have seen") as refused:
            city.text(*words)
        assert "symbolon-server registry catch-up" in str(refused.value)
    (city.data / "anchor.json").unlink()  # what was published remembers too
    with pytest.raises(OperatorError, match="older than what others have seen"):
        city.text("registry", "publish")
    told = city.json("registry", "catch-up")
    assert (told["versions"], told["heads"], told["removed"]) == (1, 2, [ana])
    assert heads(city).newest == after.newest
    city.text("registry", "publish")
    city.enrol(**{"pass": "guest"})
    city.text("registry", "publish")
    metadata = open_community(city.data).community.metadata()
    gone_on = after.extended(heads(city).signed, metadata=metadata)  # as a wallet does
    assert gone_on.newest.epoch == after.newest.epoch + 2
    assert gone_on.newest.highest_serial == after.newest.highest_serial + 1


def test_what_a_polls_log_lost_is_asked_about(city: Terminal) -> None:
    copy = copy_of(city)
    city.text("poll", "extend", "place", "--until", "3d", "--reason", "Rain.")
    put_back(city, copy)
    with pytest.raises(OperatorError, match=r"lacks entries .* place \(1\)"):
        city.text("poll", "list")
    with pytest.raises(OperatorError, match="Nothing was changed"):
        city.text("registry", "catch-up")
    city.text("registry", "catch-up", "--yes")
    assert city.json("poll", "list")[0]["state"] == "open"


def test_what_was_published_by_somebody_else_does_not_come_in(
    city: Terminal, tmp_path: Path
) -> None:
    copy = copy_of(city)
    city.text("registry", "publish")
    file = city.data / "published.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    put_back(city, copy)
    forged = tmp_path / "forged.jsonl"
    forged.write_bytes(lines[0] + lines[-1].replace(b'"signature":"', b'"signature":"A'))
    with pytest.raises(OperatorError):
        city.text("registry", "catch-up", "--from", str(forged))
    with pytest.raises(OperatorError, match="older than what others have seen"):
        city.text("poll", "list")


# --- passphrase, status, one service


def test_the_passphrase_is_changed_and_the_old_one_opens_nothing(
    city: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYMBOLON_NEW_PASSPHRASE", "short")
    with pytest.raises(OperatorError, match="at least 8 characters"):
        city.text("passphrase", "change")
    monkeypatch.setenv("SYMBOLON_NEW_PASSPHRASE", PASSPHRASE)
    before = (city.data / "keystore.json").read_bytes()
    with pytest.raises(OperatorError, match="has this passphrase already; nothing was changed"):
        city.text("passphrase", "change")
    assert (city.data / "keystore.json").read_bytes() == before
    earlier = city.data.with_name("earlier.json")
    shutil.copy(city.data / "keystore.json", earlier)
    monkeypatch.setenv("SYMBOLON_NEW_PASSPHRASE", "another horse")
    city.text("passphrase", "change")
    with pytest.raises(WrongPassphrase):
        city.text("registry", "publish")
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", "another horse")
    city.text("registry", "publish")
    shutil.copy(earlier, city.data / "keystore.json")  # of another time, with the same keys
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", PASSPHRASE)
    city.text("registry", "publish")


def test_status_tells_all_without_a_passphrase(
    city: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYMBOLON_PASSPHRASE")
    told = city.json("status")
    assert told["community"] == "Agora"
    assert told["fingerprint"]
    assert told["polls"] == {"open": 1}
    assert told["attendees"] == {"claimed": 3}
    assert told["head"]["epoch"] == 1
    assert (told["keystore"], told["served"], told["backup"], told["wrong"]) == (
        "whole",
        False,
        None,
        [],
    )
    assert "All is well." in city.text("status")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: (data / "keystore.json").write_text("{}"), "keystore .* is damaged"),
        (lambda data: (data / "keystore.json").unlink(), "no keystore"),
        (lambda data: (data / "symbolon.db").write_bytes(b"x" * 9000), "database is damaged"),
        (lambda data: (data / "anchor.json").write_text("{"), "anchor.json is damaged"),
    ],
    ids=["keystore damaged", "keystore gone", "database damaged", "anchor damaged"],
)
def test_status_tells_what_it_can_whatever_is_wrong(
    city: Terminal,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], Any],
    words: str,
) -> None:
    for name in ("symbolon.db-wal", "symbolon.db-shm"):
        (city.data / name).unlink(missing_ok=True)
    spoil(city.data)
    with pytest.raises(AssertionError, match=words):
        city.text("status")


def test_a_second_service_on_one_directory_is_refused(city: Terminal) -> None:
    lock = FileLock(Settings(data_directory=city.data).serve_lock)
    assert lock.take()
    with pytest.raises(OperatorError, match="is served already"):
        city.text("serve", "--port", "0")
    city.text("poll", "list")  # commands go on beside it
    city.text("registry", "publish")
    lock.release()


def test_files_are_private_from_their_first_moment_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", PASSPHRASE)
    before = os.umask(0)
    try:
        city = Terminal(tmp_path / "open")
        city.text("init", "--name", "Agora")
        city.text("backup", "--out", str(tmp_path / "b.backup"))
    finally:
        os.umask(before)
    written = [*city.data.iterdir(), tmp_path / "b.backup"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in written if file.is_file()} == {0o600}


def test_a_new_keystore_takes_no_short_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", "short")
    with pytest.raises(OperatorError, match="at least 8 characters"):
        Terminal(tmp_path / "new").text("init", "--name", "Agora")
    assert not (tmp_path / "new").exists()
