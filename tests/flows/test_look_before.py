"""The two accidents: another community's keystore, and a clock that is years ahead for seconds.

Found by trying the product: the first signed a head that every wallet refuses for good, the second
closed the poll, ended every pass, and put the next head off until 2033.
"""

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from credentials.issuance import IssuerSecret
from server.problems import OperatorError
from server.sealed_keystore import SealedKeystore, change_passphrase
from tests.flows.conftest import make_organiser
from tests.flows.service import PASSPHRASE, Served
from tests.flows.shifted_clock import ShiftedClock
from tests.flows.terminal import Terminal

DAYS = 86_400
PATIENCE = 60.0  # seconds


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
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShiftedClock:
    """The clock of all processes that a test starts; that of the test itself is right."""
    shifted = ShiftedClock(tmp_path / "clock")
    for name, value in shifted.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", PASSPHRASE)
    return shifted


def health(served: Served, *, until: str) -> dict[str, Any]:
    """What the service says of itself, once its state is this one."""
    limit = time.monotonic() + PATIENCE
    while True:
        told: dict[str, Any] = served.http.get("/health").json()
        if told["status"] == until:
            return told
        assert time.monotonic() < limit, told
        time.sleep(0.2)


def test_a_clock_that_is_years_ahead_for_seconds_ends_nothing(
    tmp_path: Path, clock: ShiftedClock
) -> None:
    organiser = make_organiser(tmp_path)
    here = Terminal(organiser.data)
    here.enrol(**{"pass": "member"})
    here.text(
        *("poll", "create", "Where?", "--id", "place", "--closes", "2d", "--open"),
        *("--option", "Garden", "--option", "Roof"),
    )
    before = here.json("registry", "status")
    with Served(organiser, workers=2) as served:
        clock.set(2300 * DAYS)
        assert "2,300 days" in health(served, until="on hold")["hold"]
        time.sleep(5)
        assert served.http.get("/polls/place").json()["state"] == "open"
        refused = organiser.run("registry", "publish")
        assert refused.returncode == 1
        assert "symbolon-server clock confirm" in refused.stderr
        clock.set(0)
        health(served, until="ok")
        assert here.json("registry", "status") == before
        here.text("registry", "publish")
    assert '"event":"on_hold","kind":"clock"' in served.log.read_text()


def test_a_service_started_with_a_clock_that_is_years_ahead_ends_nothing(
    tmp_path: Path, clock: ShiftedClock
) -> None:
    organiser = make_organiser(tmp_path)
    here = Terminal(organiser.data)
    before = here.json("registry", "status")
    clock.set(2300 * DAYS)
    with Served(organiser, workers=1) as served:
        assert served.http.get("/registry/heads").status_code == 200
        assert "2,300 days" in health(served, until="on hold")["hold"]
        assert here.json("registry", "status") == before
        confirmed = organiser.run("clock", "confirm", "--yes")
        assert confirmed.returncode == 0, confirmed.stderr
        assert "A head will be published" in confirmed.stderr
        health(served, until="ok")
    assert "On hold: The clock says" in served.log.read_text()


def test_a_keystore_of_the_same_community_with_another_issuer_key_signs_nothing(
    two: tuple[Terminal, Terminal],
) -> None:
    agora, _ = two
    file = agora.data / "keystore.json"
    opened = SealedKeystore.read(file).open("correct horse")
    mixed = replace(opened, issuer=IssuerSecret.generate())
    change_passphrase(file, keystore=mixed, passphrase="correct horse")
    with pytest.raises(OperatorError, match="another issuer key and another registry key"):
        agora.text("registry", "publish")
    assert agora.json("registry", "status")["epoch"] == 0
