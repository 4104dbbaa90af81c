"""Bringing a database of an earlier version up: a question, a backup, and the way back."""

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command

from server import migrations
from server.agreement.guard import Role
from server.backup.container import read_header
from server.commands.session import open_community, open_unchecked
from server.commands.starting import Start
from server.database import Database
from server.problems import OperatorError
from server.settings import Settings
from tests.flows.terminal import Terminal


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A community whose database is as the second version made it, with a poll in it."""
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", "correct horse")
    city = Terminal(tmp_path / "data")
    city.text("init", "--name", "Agora")
    settings = Settings(data_directory=city.data)
    database, configuration = Database(settings.database_url), migrations.configuration()
    with database.write() as connection:
        configuration.attributes["connection"] = connection
        command.downgrade(configuration, "0002")
        connection.exec_driver_sql(
            "INSERT INTO polls (id, draft, manifest, manifest_hash, closed_at, created_at) "
            "VALUES ('lunch', '{}', x'00', x'00', NULL, 1790000000)"
        )
    database.close()
    return city


def start(city: Terminal, *, yes: bool) -> Start:
    session = open_unchecked(city.data, role=Role.STARTER)
    return Start(session, clock_is_right=False, yes=yes)


def polls(city: Terminal) -> int:
    with closing(sqlite3.connect(city.data / "symbolon.db")) as database:
        count: int = database.execute("SELECT count(*) FROM polls").fetchone()[0]
        return count


def test_an_update_that_takes_polls_away_is_asked_about_and_backed_up(
    old: Terminal,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(OperatorError, match="Nothing was changed"):
        start(old, yes=False).look()
    assert "1 poll with 0 ballots will be taken away for good" in capsys.readouterr().err
    assert polls(old) == 1
    for words in (("poll", "list"), ("registry", "publish")):
        with pytest.raises(OperatorError, match="made by an earlier version"):
            old.text(*words)
    agreed = start(old, yes=True)
    agreed.look()
    agreed.make_ready()
    assert polls(old) == 0
    assert open_community(old.data).polls.office.polls() == []
    (backup,) = (old.data / "backups").iterdir()
    assert read_header(backup).revision == "0002"
    elsewhere = Terminal(tmp_path / "elsewhere")
    elsewhere.text("restore", str(backup))
    assert polls(elsewhere) == 1


def test_a_later_version_is_left_alone_by_every_command(old: Terminal) -> None:
    with closing(sqlite3.connect(old.data / "symbolon.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    with pytest.raises(OperatorError, match="made by a later version"):
        start(old, yes=True).look()
    with pytest.raises(OperatorError, match="made by a later version"):
        old.text("attendees", "list")
