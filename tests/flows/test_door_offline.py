"""A volunteer's story: a door with and without network, and a merge that names its conflicts."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from tests.flows.conftest import make_organiser
from tests.flows.members import Door, Wallet, refused, run
from tests.flows.service import Organiser, Served


@dataclass
class Festival:
    """A community with members who claimed; the service is started and stopped by the tests."""

    organiser: Organiser
    folder: Path
    running: ExitStack

    def start(self) -> None:
        self.running.enter_context(Served(self.organiser, workers=1))

    def stop(self) -> None:
        self.running.close()

    def wallet(self, name: str) -> Wallet:
        return Wallet(self.folder / name)

    def code(self, name: str, *, door: str) -> Path:
        """A picture of a member's fresh code."""
        picture = self.folder / f"{name}.png"
        self.wallet(name).ask("present", "--at-once", "--door", door, "--qr", picture, "--yes")
        return picture

    def door(self, door_id: str, *, file: Path) -> Door:
        """A door's device, prepared while the service runs."""
        door = Door(file)
        door.ask(
            *("prepare", f"{self.organiser.address}/doors/{door_id}"),
            *("--token-file", self.folder / f"{door_id}.token"),
        )
        return door


MEMBERS = ("Ana", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal")


@pytest.fixture(scope="module")
def festival(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Festival]:
    folder = tmp_path_factory.mktemp("festival")
    organiser = make_organiser(folder)
    attendees = folder / "attendees.csv"
    rows = [f"{name},{name.lower()}@example.org,member" for name in MEMBERS]
    attendees.write_text("\n".join(["name,email,pass", *rows]) + "\n")
    organiser.ask("attendees", "import", str(attendees))
    for door, mode in (("main", "once"), ("side", "once"), ("hall", "re_entry")):
        made = organiser.ask("door", "add", f"The {door} door", "--id", door, "--mode", mode)
        (folder / f"{door}.token").write_text(made["token"] + "\n")
    links = organiser.claim_links()
    with ExitStack() as running:
        made_festival = Festival(organiser=organiser, folder=folder, running=running)
        made_festival.start()
        for name in MEMBERS:
            made_festival.wallet(name).ask("claim", links[name].format())
        yield made_festival


@pytest.fixture(autouse=True)
def _served_again_afterwards(festival: Festival) -> Iterator[None]:
    yield
    festival.stop()
    festival.start()


def test_a_door_goes_on_when_the_network_goes(festival: Festival, tmp_path: Path) -> None:
    door = festival.door("main", file=tmp_path / "main")
    ana = festival.code("Ana", door="main")
    assert door.verdict("--image", ana) == ("admitted", 0)
    festival.stop()
    bo = festival.code("Bo", door="main")
    fell_back = door.run("scan", "--image", bo)
    assert fell_back.returncode == 0
    assert "ADMITTED" in fell_back.stdout
    assert "cannot be reached" in fell_back.stderr
    assert door.verdict("--image", bo) == ("already_in", 3)
    # Ana came in while there was a network; the door knows it without one.
    assert door.verdict("--image", ana) == ("already_in", 3)
    assert "cannot be reached" in refused(door.run("scan", "--image", bo, "--online-only"))
    assert "cannot be reached" in refused(door.run("sync"))
    assert door.ask("status")["queued"] == 1
    festival.start()
    assert door.ask("sync") == {"scans": 1, "conflicts": []}
    assert door.ask("sync") == {"scans": 0, "conflicts": []}
    assert door.verdict("--image", festival.code("Bo", door="main")) == ("already_in", 3)


def test_what_is_queued_is_handed_in_before_the_server_decides(
    festival: Festival, tmp_path: Path
) -> None:
    door = festival.door("main", file=tmp_path / "main")
    code = festival.code("Cy", door="main")
    assert door.verdict("--image", code, "--offline") == ("admitted", 0)
    assert door.verdict("--image", code) == ("already_in", 3)
    assert door.ask("status")["queued"] == 0


def test_p6_two_doors_without_network_admit_twice_and_the_merge_says_so(
    festival: Festival, tmp_path: Path
) -> None:
    main = festival.door("main", file=tmp_path / "main")
    side = festival.door("side", file=tmp_path / "side")
    festival.stop()
    for name in ("Dee", "Hal"):
        assert main.verdict("--image", festival.code(name, door="main")) == ("admitted", 0)
        time.sleep(1.1)  # the merge decides by whole seconds, and by chance within one
        assert side.verdict("--image", festival.code(name, door="side")) == ("admitted", 0)
    festival.start()
    assert main.ask("sync") == {"scans": 2, "conflicts": []}
    merged = side.ask("sync")
    assert merged["scans"] == 2
    assert [conflict["door"] for conflict in merged["conflicts"]] == ["main", "main"]
    assert side.verdict("--image", festival.code("Dee", door="side")) == ("already_in", 3)


def test_p6_three_scanners_at_once_admit_one(festival: Festival, tmp_path: Path) -> None:
    door = festival.door("main", file=tmp_path / "main")
    code = festival.code("Eli", door="main")
    command = [sys.executable, "-m", "client.commands.main", "door", "scan", "--image", str(code)]
    scanners = [
        subprocess.Popen(
            [*command, "--offline", "--json", "--door-file", str(door.file)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    verdicts = [json.loads(scanner.communicate(timeout=60)[0])["verdict"] for scanner in scanners]
    assert sorted(verdicts) == ["admitted", "already_in", "already_in"]


def test_a_re_entry_door_agrees_with_the_server_on_who_is_inside(
    festival: Festival, tmp_path: Path
) -> None:
    door = festival.door("hall", file=tmp_path / "hall")

    def scan(*arguments: str) -> str:
        return door.verdict("--image", festival.code("Fay", door="hall"), *arguments)[0]

    assert scan() == "admitted"
    assert scan("--offline") == "already_in"
    assert scan("--offline", "--direction", "out") == "checked_out"
    assert scan("--direction", "out") == "not_inside"
    assert scan() == "admitted"
    assert door.ask("status")["queued"] == 0


def test_a_code_comes_as_text_too_and_from_a_hand_scanner(
    festival: Festival, tmp_path: Path
) -> None:
    door = festival.door("main", file=tmp_path / "main")
    code = festival.wallet("Gus").ask("present", "--at-once", "--door", "main", "--yes")["code"]
    lines = run("door", "scan", "--offline", "--door-file", door.file, typed=f"{code}\n{code}\n")
    assert "ADMITTED" in lines.stdout
    assert "ALREADY IN" in lines.stdout
    one = run("door", "scan", "--text", "-", "--door-file", door.file, typed=f"{code}\n")
    assert one.returncode == 3


def test_what_is_no_code_is_said_so(festival: Festival, tmp_path: Path) -> None:
    door = festival.door("main", file=tmp_path / "main")
    Image.new("L", (300, 300), 255).save(tmp_path / "white.png")
    assert "No QR code" in refused(door.run("scan", "--image", tmp_path / "white.png"))
    assert door.verdict("--text", "https://example.org/menu") == ("invalid", 3)
    nowhere = Door(tmp_path / "none")
    assert "door prepare" in refused(nowhere.run("scan", "--text", "SYM1:"))


def test_a_door_file_keeps_to_its_door_and_its_community(
    festival: Festival, tmp_path: Path
) -> None:
    door = festival.door("main", file=tmp_path / "main")
    other = door.run(
        *("prepare", f"{festival.organiser.address}/doors/side"),
        *("--token-file", festival.folder / "side.token"),
    )
    assert "choose another" in refused(other)
    pinned = Door(tmp_path / "pinned").run(
        *("prepare", f"{festival.organiser.address}/doors/main"),
        *("--token-file", festival.folder / "main.token", "--fingerprint", "A" * 43),
    )
    assert "another community" in refused(pinned)
    wrong = Door(tmp_path / "wrong").run(
        *("prepare", f"{festival.organiser.address}/doors/main"),
        *("--token-file", festival.folder / "side.token"),
    )
    assert "token" in refused(wrong)
