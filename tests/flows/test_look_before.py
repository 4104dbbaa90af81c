"""The two accidents: another community's keystore, and a clock that is years ahead for seconds.

Found by trying the product: the first signed a head that every wallet refuses for good, the second
closed the poll, ended every pass, and put the next head off until 2033.
"""

import shutil
import time
from pathlib import Path

import pytest

from server.problems import OperatorError
from tests.flows.conftest import make_organiser
from tests.flows.service import Served, Wallet
from tests.flows.shifted_clock import ShiftedClock
from tests.flows.terminal import Terminal

DAYS = 86_400


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Terminal, Terminal]:
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", "correct horse")
    cities = (Terminal(tmp_path / "agora"), Terminal(tmp_path / "stoa"))
    for city in cities:
        city.text("init", "--name", city.data.name, "--event", "main=Main")
    return cities


def test_with_another_communitys_keystore_nothing_is_signed(
    two: tuple[Terminal, Terminal],
) -> None:
    agora, stoa = two
    own = agora.data.with_name("own.json")
    shutil.copy(agora.data / "keystore.json", own)
    for file in stoa.data.glob("keystore.*"):
        shutil.copy(file, agora.data / file.name)
    for words in (
        ("registry", "publish"),
        ("event", "add", "night", "--name", "Night"),
        ("attendees", "list"),
    ):
        with pytest.raises(OperatorError, match=r"keystore\.json belongs to another community"):
            agora.text(*words)
    shutil.copy(own, agora.data / "keystore.json")
    assert agora.json("registry", "status")["epoch"] == 0
    assert agora.json("registry", "publish")["epoch"] == 1


@pytest.fixture
def clock(tmp_path: Path) -> ShiftedClock:
    return ShiftedClock(tmp_path / "clock")


def test_a_clock_that_is_years_ahead_for_seconds_ends_nothing(
    tmp_path: Path, clock: ShiftedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in clock.environment.items():
        monkeypatch.setenv(name, value)
    organiser = make_organiser(tmp_path)
    attendees = tmp_path / "attendees.csv"
    attendees.write_text("name,email,pass\nAna,ana@example.org,member\n")
    organiser.ask("attendees", "import", str(attendees))
    with Served(organiser, workers=2) as served:
        Wallet(served).claim(organiser.claim_links()["Ana"].code)
        organiser.ask(
            *("poll", "create", "Where?", "--id", "place", "--closes", "2d", "--open"),
            *("--option", "Garden", "--option", "Roof"),
        )
        before = organiser.ask("registry", "status")
        clock.set(2300 * DAYS)
        time.sleep(5)
        assert served.http.get("/polls/place").json()["state"] == "open"
        assert served.http.get("/health").json()["status"] == "on hold"
        refused = organiser.run("registry", "publish")
        assert refused.returncode == 1
        assert "symbolon-server clock confirm" in refused.stderr
        clock.set(0)
        time.sleep(3)
        assert served.http.get("/health").json()["status"] == "ok"
        assert organiser.ask("registry", "status") == before
        assert organiser.run("registry", "publish").returncode == 0
    assert '"event":"on_hold","kind":"clock"' in served.log.read_text()


def test_a_service_started_with_a_clock_that_is_years_ahead_ends_nothing(
    tmp_path: Path, clock: ShiftedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in clock.environment.items():
        monkeypatch.setenv(name, value)
    organiser = make_organiser(tmp_path)
    before = organiser.ask("registry", "status")
    clock.set(2300 * DAYS)
    with Served(organiser, workers=1) as served:
        assert served.http.get("/registry/heads").status_code == 200
        told = served.http.get("/health").json()
        assert told["status"] == "on hold"
        assert "2,300 days" in told["hold"]
        confirmed = organiser.run("clock", "confirm", "--yes")
        assert confirmed.returncode == 0, confirmed.stderr
        for _ in range(40):
            if served.http.get("/health").json()["status"] == "ok":
                break
            time.sleep(0.25)
        assert organiser.run("registry", "publish").returncode == 0
    assert organiser.ask("registry", "status")["epoch"] > before["epoch"]
