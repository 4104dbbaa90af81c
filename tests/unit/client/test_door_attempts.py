"""A verdict is never lost: what nobody saw is shown again, and lets one person in."""

import json
import multiprocessing
from pathlib import Path
from typing import Any

import pytest
import typer

from client.answers import CheckIn
from client.commands import door_scan
from client.commands.door_verdict import show
from client.door.scanning import DoorDesk, Scanned
from client.door.store import DoorStore
from client.doors import DoorClient
from client.errors import ServerUnreachable
from client.transport import Transport
from credentials.doors import Verdict
from tests.community import Community, Member
from tests.unit.client.door_file import NOON, code, desk, prepared


class Crash(Exception):
    """The terminal could not show it, somebody pressed Ctrl-C, the battery was flat."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "door"


def scan(
    door: DoorDesk, shown: str, *, now: int = NOON, direction: str = "in", crash: bool = False
) -> tuple[Verdict, bool]:
    """One scan as the command does it; the verdict, and whether one before was not shown."""
    with door.attempt(shown, direction=direction, now=now) as attempt:
        scanned = door.scan_offline(shown, direction=direction, now=now, scan_id=attempt.scan_id)
        if crash:
            raise Crash
    return scanned.verdict, attempt.again


@pytest.mark.parametrize("mode", ["once", "once-per-day", "re-entry", "members-only"])
def test_an_entry_that_was_not_shown_is_shown_again_once(
    file: Path, community: Community, ana: Member, mode: str
) -> None:
    door = desk(file, community=community, door=mode)
    shown = code(ana, community=community, door=mode)
    refused = Verdict.REPLAYED if mode == "members-only" else Verdict.ALREADY_IN
    for _ in range(2):
        with pytest.raises(Crash):
            scan(door, shown, crash=True)
    # Another process, after the crash.
    again = DoorDesk(DoorStore.open(file))
    assert scan(again, shown, now=NOON + 8) == (Verdict.ADMITTED, True)
    assert scan(again, shown, now=NOON + 9) == (refused, False)
    waiting, _ = DoorStore.open(file).queue.counts()
    assert waiting == (0 if mode == "members-only" else 1)


def test_a_refusal_that_was_not_shown_lets_nobody_in(
    file: Path, community: Community, ana: Member
) -> None:
    for mode, refused in (("once", Verdict.ALREADY_IN), ("members-only", Verdict.REPLAYED)):
        door = desk(file.with_name(mode), community=community, door=mode)
        shown = code(ana, community=community, door=mode)
        assert scan(door, shown) == (Verdict.ADMITTED, False)
        with pytest.raises(Crash):
            scan(door, shown, now=NOON + 1, crash=True)
        assert scan(door, shown, now=NOON + 2) == (refused, True)


def test_another_code_of_the_member_is_another_scan(
    file: Path, community: Community, ana: Member
) -> None:
    door = desk(file, community=community, door="once")
    with pytest.raises(Crash):
        scan(door, code(ana, community=community, door="once"), crash=True)
    other = code(ana, community=community, door="once")
    assert scan(door, other) == (Verdict.ALREADY_IN, False)


def test_another_device_shows_nothing_again(file: Path, community: Community, ana: Member) -> None:
    door = desk(file, community=community, door="once")
    shown = code(ana, community=community, door="once")
    with pytest.raises(Crash):
        scan(door, shown, crash=True)
    elsewhere = desk(file.with_name("other"), community=community, door="once")
    with elsewhere.attempt(shown, direction="in", now=NOON) as attempt:
        assert not attempt.again


def test_it_is_shown_again_only_while_the_code_is_good(
    file: Path, community: Community, ana: Member
) -> None:
    door = desk(file, community=community, door="once")
    shown = code(ana, community=community, door="once")
    with pytest.raises(Crash):
        scan(door, shown, crash=True)
    assert scan(door, shown, now=NOON + 61) == (Verdict.CODE_TOO_OLD, True)
    with door.attempt(shown, direction="in", now=NOON + 200) as attempt:
        assert not attempt.again


def test_the_way_out_is_a_scan_of_its_own(file: Path, community: Community, ana: Member) -> None:
    door = desk(file, community=community, door="re-entry")
    shown = code(ana, community=community, door="re-entry")
    with pytest.raises(Crash):
        scan(door, shown, crash=True)
    leaving = code(ana, community=community, door="re-entry", at=NOON + 30)
    with pytest.raises(Crash):
        scan(door, leaving, now=NOON + 30, direction="out", crash=True)
    assert scan(door, leaving, now=NOON + 31, direction="out") == (Verdict.CHECKED_OUT, True)
    assert [queued.direction for queued in DoorStore.open(file).queue.waiting()] == ["in", "out"]


def test_the_server_is_asked_under_the_same_id_again(
    file: Path, community: Community, ana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server admits once for each id: so its lost answer is the same answer."""
    monkeypatch.setattr("time.time", lambda: float(NOON))
    asked: list[bytes] = []

    def check_in(*_: object, scan_id: bytes, **__: object) -> CheckIn:
        first = scan_id in asked or not asked
        asked.append(scan_id)
        verdict = "admitted" if first else "already_in"
        return CheckIn(verdict=verdict, first_at=None, first_door=None, disclosed={})

    monkeypatch.setattr(DoorClient, "check_in", check_in)
    monkeypatch.setattr(DoorDesk, "_learn_heads", lambda *_, **__: None)
    door = desk(file, community=community, door="once")
    service = DoorClient(community.address, transport=Transport())
    shown = code(ana, community=community, door="once")
    verdicts = []
    for crash in (True, False, False):
        try:
            with door.attempt(shown, direction="in") as attempt:
                scanned = door.scan_online(
                    shown,
                    direction="in",
                    service=service,
                    scan_id=attempt.scan_id,
                )
                verdicts.append(scanned.verdict.value)
                if crash:
                    raise Crash
        except Crash:
            continue
    assert verdicts == ["admitted", "admitted", "already_in"]
    assert asked[0] == asked[1] != asked[2]
    # Without network the door knows that it was its own scan.
    with door.attempt(shown, direction="in") as attempt:
        alone = door.scan_offline(shown, direction="in", scan_id=asked[0])
        other = door.scan_offline(shown, direction="in", scan_id=attempt.scan_id)
    assert (alone.verdict, other.verdict) == (Verdict.ADMITTED, Verdict.ALREADY_IN)


def _scan_slowly(file: Path, shown: str, start: Any, verdicts: Any) -> None:
    door = DoorDesk(DoorStore.open(file))
    start.wait()
    with door.attempt(shown, direction="in", now=NOON) as attempt:
        scanned = door.scan_offline(shown, direction="in", now=NOON, scan_id=attempt.scan_id)
        verdicts.put(scanned.verdict.value)


def test_two_processes_with_one_code_let_one_in(
    file: Path, community: Community, ana: Member
) -> None:
    prepared(file, community=community, door="once").close()
    spawn = multiprocessing.get_context("spawn")
    verdicts, start = spawn.Queue(), spawn.Barrier(3)
    shown = code(ana, community=community, door="once")
    scanners = [
        spawn.Process(target=_scan_slowly, args=(file, shown, start, verdicts)) for _ in range(3)
    ]
    for scanner in scanners:
        scanner.start()
    found = sorted(verdicts.get(timeout=60) for _ in scanners)
    for scanner in scanners:
        scanner.join()
    assert found == ["admitted", "already_in", "already_in"]


# --- the command


def test_the_command_shows_again_what_its_terminal_could_not(
    file: Path,
    community: Community,
    ana: Member,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("time.time", lambda: float(NOON))
    prepared(file, community=community, door="once").close()
    shown = code(ana, community=community, door="once")

    def command() -> Any:
        door_scan.scan(door_file=file, text=shown, offline=True, as_json=True)
        return json.loads(capsys.readouterr().out)

    def cannot(*_: object, **__: object) -> None:
        raise UnicodeEncodeError("charmap", "\u2713", 0, 1, "no such sign")

    monkeypatch.setattr(door_scan, "show", cannot)
    with pytest.raises(UnicodeEncodeError):
        command()
    monkeypatch.setattr(door_scan, "show", show)
    told = command()
    assert (told["verdict"], told["again"]) == ("admitted", True)
    with pytest.raises(typer.Exit):
        command()
    assert json.loads(capsys.readouterr().out)["verdict"] == "already_in"


def test_what_is_shown_again_is_said_so(
    file: Path, community: Community, capsys: pytest.CaptureFixture[str]
) -> None:
    door = desk(file, community=community, door="once")
    show(Scanned(verdict=Verdict.ADMITTED, online=True, again=True), desk=door, as_json=False)
    out = capsys.readouterr().out
    assert "ADMITTED, SHOWN AGAIN" in out
    assert "unless somebody has just gone in" in out


def test_a_claim_letter_is_never_called_an_invalid_code(
    file: Path,
    community: Community,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(DoorClient, "check_in", lambda *_, **__: pytest.fail("was sent"))
    prepared(file, community=community, door="once").close()
    letter = f"https://agora.example/claim#{'A' * 26}.{'A' * 43}"
    for offline in (True, False):
        with pytest.raises(typer.Exit):
            door_scan.scan(door_file=file, text=letter, offline=offline)
        out = capsys.readouterr().out
        assert "This is a claim letter: its owner must claim it first." in out
        assert "INVALID" not in out
        assert "valid code" not in out
    with pytest.raises(typer.Exit):
        door_scan.scan(door_file=file, text=letter, offline=True, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["explanation"]) == ("invalid", told["instruction"])


def test_of_several_lines_one_that_fails_keeps_the_others_from_nothing(
    file: Path,
    community: Community,
    ana: Member,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("time.time", lambda: float(NOON))
    prepared(file, community=community, door="once").close()
    shown = code(ana, community=community, door="once")
    monkeypatch.setattr(
        DoorDesk,
        "scan_online",
        lambda *_, **__: (_ for _ in ()).throw(ServerUnreachable("No answer came")),
    )
    typed = iter([shown, "https://example.org", shown])
    monkeypatch.setattr(door_scan, "scanned_codes", lambda: typed)
    with pytest.raises(typer.Exit) as ended:
        door_scan.scan(door_file=file)
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err.count("No answer came.") == 3
