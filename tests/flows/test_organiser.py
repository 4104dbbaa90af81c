"""An organiser at the terminal: lists in, links out, and one sentence for each mistake."""

import csv
import json
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from credentials.formats.claim_link import ClaimLink
from server.commands.main import run
from tests.flows.service import PASSPHRASE, Organiser, Served, Wallet

PLAIN = (
    "name,email,pass\nAna,ana@example.org,member\nBo,bo@example.org,guest\n"
    "=cmd,cy@example.org,staff\nDi,nowhere,guest\n"
)


@pytest.fixture
def attendees_file(tmp_path: Path) -> Path:
    path = tmp_path / "attendees.csv"
    path.write_text(PLAIN)
    return path


def test_a_list_goes_in_once_and_links_come_out(
    organiser: Organiser, attendees_file: Path, tmp_path: Path
) -> None:
    first = organiser.ask("attendees", "import", str(attendees_file))
    assert (first["imported"], first["already_there"]) == (3, 0)
    assert first["not_imported"] == [
        {"line": 5, "reason": "the e-mail address does not have one @"}
    ]
    second = organiser.ask("attendees", "import", str(attendees_file))
    assert (second["imported"], second["already_there"]) == (0, 3)

    listed = organiser.run("attendees", "list")
    assert "Ana" in listed.stdout
    assert "invited" in listed.stdout
    assert "@" not in listed.stdout

    out, pictures = tmp_path / "links.csv", tmp_path / "qr"
    told = organiser.ask("attendees", "links", "--out", str(out), "--qr", str(pictures))
    assert told["links"] == 3
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with out.open(newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"Ana", "Bo", "'=cmd"}  # no spreadsheet takes the name for a formula
    assert rows["Ana"]["email"] == "ana@example.org"
    link = ClaimLink.parse(rows["Ana"]["link"])
    assert link.address == organiser.address
    (code,) = zxingcpp.read_barcodes(Image.open(pictures / f"{rows['Ana']['id']}.png"))
    assert code.text == rows["Ana"]["link"]


def test_changed_rows_are_reported_and_change_nothing(
    organiser: Organiser, attendees_file: Path
) -> None:
    organiser.ask("attendees", "import", str(attendees_file))
    links = organiser.claim_links()
    attendees_file.write_text(PLAIN.replace("ana@example.org,member", "ana@example.org,staff"))
    report = organiser.ask("attendees", "import", str(attendees_file))
    assert (report["imported"], report["already_there"]) == (0, 2)
    assert [row["line"] for row in report["not_imported"]] == [2, 5]
    assert organiser.claim_links() == links


def test_only_unclaimed_links_are_written_unless_all_are_asked_for(
    organiser: Organiser,
    attendees_file: Path,
    tmp_path: Path,
    serve: Callable[..., Served],
) -> None:
    organiser.ask("attendees", "import", str(attendees_file))
    served = serve(organiser, workers=1)
    Wallet(served).claim(organiser.claim_links()["Ana"].code)
    states = {one["name"]: one["state"] for one in organiser.ask("attendees", "list")}
    assert states == {"Ana": "claimed", "Bo": "invited", "=cmd": "invited"}
    out = str(tmp_path / "links.csv")
    assert organiser.ask("attendees", "links", "--out", out)["links"] == 2
    assert organiser.ask("attendees", "links", "--out", out, "--all")["links"] == 3
    organiser.ask("attendees", "reissue", "ana@example.org", "--yes")
    assert organiser.ask("attendees", "links", "--out", out)["links"] == 3


def test_events_are_published(organiser: Organiser) -> None:
    organiser.ask("event", "add", "night", "--name", "Night", "--timezone", "Europe/Lisbon")
    assert [one["id"] for one in organiser.ask("event", "list")] == ["main", "night"]
    again = organiser.run("event", "add", "night", "--name", "Night")
    assert again.returncode == 1
    nowhere = organiser.run("event", "add", "day", "--name", "Day", "--timezone", "Atlantis")
    assert "no time zone 'Atlantis'" in nowhere.stderr


def test_pages_and_description_load_nothing_from_elsewhere(
    organiser: Organiser, serve: Callable[..., Served]
) -> None:
    served = serve(organiser, workers=1)
    for path in ("/", "/claim", "/docs"):
        page = served.http.get(path)
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "://" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "/issuance/credential" in served.http.get("/docs").text
    assert served.http.get("/openapi.json").json()["info"]["title"] == "Symbolon"
    assert "server" not in served.http.get("/health").headers
    assert served.http.get("/metrics").status_code == 401
    token = (organiser.data / "metrics-token").read_text().strip()
    counters = served.http.get("/metrics", headers={"authorization": f"Bearer {token}"})
    assert 'symbolon_requests_total{method="GET",route="/docs",status="200"} 2.0' in counters.text
    assert served.stop() == 0


def test_a_lost_worker_is_replaced(organiser: Organiser, serve: Callable[..., Served]) -> None:
    import os
    import signal
    import time

    served = serve(organiser, workers=1)
    time.sleep(3.2)

    def worker_ids() -> set[int]:
        found = set()
        for process in Path("/proc").glob("[0-9]*"):
            try:
                # After the name in brackets: state, then the parent's id.
                parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
                command = (process / "cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
            if int(parent) == served.process.pid and b"spawn_main" in command:
                found.add(int(process.name))
        return found

    (first,) = worker_ids()
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while worker_ids() in (set(), {first}) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert served.http.get("/health", timeout=30).status_code == 200
    assert '"event":"worker_lost"' in served.log.read_text()


@dataclass
class Mistakes:
    """Runs the command in this process, as its script does, and expects one sentence."""

    data: Path
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]

    def tell(self, *arguments: str, words: str, passphrase: str = PASSPHRASE) -> None:
        self.patch.setenv("SYMBOLON_PASSPHRASE", passphrase)
        self.patch.setattr("sys.argv", ["symbolon-server", *arguments, "--data", str(self.data)])
        self.capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            run()
        told = self.capture.readouterr()
        assert ended.value.code == 1, told.err
        assert told.out == ""
        assert told.err.count("\n") == 1, told.err
        assert told.err.rstrip().endswith("."), told.err
        assert words in told.err


def test_every_mistake_is_one_sentence_and_loses_nothing(
    organiser: Organiser,
    attendees_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    organiser.ask("attendees", "import", str(attendees_file))
    kept = {name: (organiser.data / name).read_bytes() for name in ("keystore.json",)}
    here = Mistakes(organiser.data, monkeypatch, capsys)
    nowhere = Mistakes(tmp_path / "nowhere", monkeypatch, capsys)

    links = ("attendees", "links", "--out", str(tmp_path / "links"))
    here.tell(*links, words="passphrase does not open the keystore", passphrase="wrong")
    assert not (tmp_path / "links").exists()
    here.tell("serve", words="passphrase is empty", passphrase="")
    here.tell("init", "--name", "Agora", words="already")
    nowhere.tell("attendees", "list", words="There is no community in")
    nowhere.tell("serve", words="There is no community in")
    nowhere.tell("init", "--name", "A", "--address", "ftp://x", words="address")
    assert not nowhere.data.exists()
    here.tell("attendees", "import", "nowhere.csv", words="cannot be read")
    here.tell("attendees", "import", str(tmp_path), words="cannot be read")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfa")
    here.tell("attendees", "import", str(tmp_path / "bad.csv"), words="not UTF-8")
    here.tell("attendees", "reissue", "zoe", "--yes", words="no attendee")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        here.tell("serve", "--port", port, words=f"Port {port}")

    assert kept == {name: (organiser.data / name).read_bytes() for name in kept}
    assert len(organiser.ask("attendees", "list")) == 3


def test_a_wrong_passphrase_ends_serve_and_its_workers(organiser: Organiser) -> None:
    done = organiser.run("serve", "--port", "0", passphrase="wrong")
    assert done.returncode == 1
    assert done.stderr == "The passphrase does not open the keystore.\n"


def test_a_wrong_option_is_told_by_the_command_with_status_2(organiser: Organiser) -> None:
    assert organiser.run("attendees", "list", "--nothing").returncode == 2
    assert organiser.run("serve", "--port", "99999999").returncode == 2


def test_a_pretix_export_is_reported_row_by_row(organiser: Organiser, tmp_path: Path) -> None:
    titles = "Event slug,Order code,Position ID,Status,Email,Product,Variation,Attendee name"
    path = tmp_path / "orders.csv"
    path.write_text(
        f"{titles}\nagora,A1,1,paid,a@example.org,Member,,Ana\n"
        "agora,A1,2,canceled,a@example.org,Guest,,Bo\n"
    )
    done = organiser.run("attendees", "import", str(path))
    assert done.returncode == 0, done.stderr
    assert "Imported: 1. Already there: 0. Not imported: 1." in done.stdout
    assert "its status is 'canceled'" in done.stdout
    assert json.loads(organiser.run("attendees", "import", str(path), "--json").stdout) == {
        "form": "pretix",
        "imported": 0,
        "already_there": 1,
        "not_imported": [{"line": 3, "reason": "its status is 'canceled'"}],
    }
