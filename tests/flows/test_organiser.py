"""An organiser at the terminal: lists in, links out, and one sentence for each mistake."""

import csv
import json
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from credentials.formats.claim_link import ClaimLink
from tests.flows.service import Organiser, Served, Wallet

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
    assert first["not_imported"] == [{"line": 5, "reason": "the e-mail address is not valid"}]
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
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not list a process's children")

    def worker_ids() -> set[int]:
        ids = {int(one) for one in children.read_text().split()}
        return {one for one in ids if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()}

    (first,) = worker_ids()
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while worker_ids() in (set(), {first}) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert served.http.get("/health", timeout=30).status_code == 200
    assert '"event":"worker_lost"' in served.log.read_text()


def one_sentence(done: "object", *, words: str) -> None:
    stderr, stdout, status = done.stderr, done.stdout, done.returncode  # type: ignore[attr-defined]
    assert status == 1, stderr
    assert stdout == ""
    assert stderr.count("\n") == 1, stderr
    assert stderr.rstrip().endswith("."), stderr
    assert words in stderr, stderr


def test_every_mistake_is_one_sentence_and_loses_nothing(
    organiser: Organiser, attendees_file: Path, tmp_path: Path
) -> None:
    organiser.ask("attendees", "import", str(attendees_file))
    before = {path.name: path.read_bytes() for path in organiser.data.iterdir() if path.is_file()}

    wrong = organiser.run("attendees", "links", "--out", str(tmp_path / "l"), passphrase="wrong")
    one_sentence(wrong, words="passphrase does not open the keystore")
    assert not (tmp_path / "l").exists()
    one_sentence(organiser.run("serve", passphrase="wrong"), words="passphrase")
    one_sentence(organiser.run("serve", passphrase=""), words="passphrase is empty")
    one_sentence(organiser.run("init", "--name", "Agora"), words="already")
    missing = Organiser(data=tmp_path / "nowhere", port=organiser.port)
    one_sentence(missing.run("attendees", "list"), words="There is no community in")
    one_sentence(missing.run("serve"), words="There is no community in")
    one_sentence(organiser.run("attendees", "import", "nowhere.csv"), words="cannot be read")
    one_sentence(organiser.run("attendees", "import", str(tmp_path)), words="cannot be read")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe")
    bad = organiser.run("attendees", "import", str(tmp_path / "bad.csv"))
    one_sentence(bad, words="not UTF-8")
    one_sentence(organiser.run("attendees", "reissue", "zoe", "--yes"), words="no attendee")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        one_sentence(organiser.run("serve", "--port", port), words=f"Port {port}")
    one_sentence(
        Organiser(data=tmp_path / "new", port=1).run("init", "--name", "A", "--address", "ftp://x"),
        words="address",
    )
    assert not (tmp_path / "new").exists()

    after = {path.name: path.read_bytes() for path in organiser.data.iterdir() if path.is_file()}
    assert {name: before[name] for name in ("keystore.json", "metrics-token")} == {
        name: after[name] for name in ("keystore.json", "metrics-token")
    }
    assert len(organiser.ask("attendees", "list")) == 3


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
