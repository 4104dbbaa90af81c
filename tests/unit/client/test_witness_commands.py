"""`symbolon witness` as typed: a key that is never shown, exit statuses that a script can use."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from client.commands import witness as command
from client.commands.main import app
from client.errors import ClientError
from credentials.errors import MetadataRefused
from credentials.log.note import VerifierKey
from credentials.merkle import Tree
from tests.served_log import ServedLog, leaves, serving_log


@pytest.fixture
def served() -> Iterator[ServedLog]:
    with serving_log() as served:
        yield served


def ran(folder: Path, *words: str) -> Result:
    """What a command does; raises what it ends with."""
    result = CliRunner().invoke(app, ["witness", *words, "--dir", str(folder)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def init(folder: Path) -> VerifierKey:
    return VerifierKey.parse(ran(folder, "init", "--name", "observer.example").stdout.strip())


def test_a_key_is_made_once_and_its_public_half_is_printed(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "witness"
    made = init(folder)
    assert made.name == "observer.example"
    assert ran(folder, "key").stdout.strip() == made.to_text()
    with pytest.raises(ClientError, match="left as it is"):
        init(folder)
    assert ran(folder, "key").stdout.strip() == made.to_text()


def test_the_private_key_is_for_its_owner_only_and_never_shown(tmp_path: Path) -> None:
    shown = ran(tmp_path, "init", "--name", "observer.example").output + ran(tmp_path, "key").output
    seed = (tmp_path / "key").read_text().split("\n")[2]
    assert len(seed) == 43
    assert seed not in shown
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
        (tmp_path / "key").chmod(0o644)
        with pytest.raises(ClientError, match="Others can read"):
            ran(tmp_path, "key")


@pytest.mark.parametrize("name", ["", "two words", "a+b", "x" * 401])
def test_names_that_no_witness_has(tmp_path: Path, name: str) -> None:
    with pytest.raises(ClientError, match="like a web address"):
        ran(tmp_path, "init", "--name", name)
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "symbolon/witness-key/2\nobserver.example\n" + "A" * 43,
        "symbolon/witness-key/1\nobserver.example\nAAAA\n",
        "symbolon/witness-key/1\nob server\n" + "A" * 43 + "\n",
    ],
)
def test_a_damaged_key_file_is_said_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(ClientError, match="no witness in"):
        ran(tmp_path, "key")
    (tmp_path / "key").write_text(text)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(ClientError, match="does not hold a witness's key"):
        ran(tmp_path, "key")


def test_following_once(served: ServedLog, tmp_path: Path) -> None:
    served.witnesses.append(init(tmp_path))
    first = ran(tmp_path, "follow", served.link, "--once")
    assert first.exit_code == 0
    assert f"Cosigned {served.origin} with 1 entries." in first.stdout
    assert "No fingerprint was given; Agora has" in first.stderr
    shown = re.search(r"has ([\w-]{43})", first.stderr)
    assert shown is not None
    served.size = 12
    again = ran(tmp_path, "follow", served.link, "--once", "--fingerprint", shown[1])
    assert "No fingerprint" not in again.stderr
    assert 12 in served.cosigned


def test_another_fingerprint_is_refused(served: ServedLog, tmp_path: Path) -> None:
    served.witnesses.append(init(tmp_path))
    with pytest.raises(MetadataRefused):
        ran(tmp_path, "follow", served.link, "--once", "--fingerprint", "A" * 43)
    assert not served.cosigned


def test_following_until_the_end(
    served: ServedLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.witnesses.append(init(tmp_path))
    steps = iter([("open", 11), ("closed", 12), ("unsealed", 13), ("certified", 14)])

    def wait(_seconds: float) -> None:
        served.state, served.size = next(steps)

    monkeypatch.setattr(command.time, "sleep", wait)
    result = ran(tmp_path, "follow", served.link)
    assert result.exit_code == 0
    assert served.cosigned.keys() == {1, 11, 12, 13, 14}
    assert "The poll is certified; this was its final checkpoint." in result.stdout


def test_with_every_it_goes_on_after_the_end(
    served: ServedLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.witnesses.append(init(tmp_path))
    served.state = "cancelled"
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(command.time, "sleep", wait)
    ran(tmp_path, "follow", served.link, "--every", "5")
    assert waits == [5, 5, 5]
    with pytest.raises(ClientError, match="not both"):
        ran(tmp_path, "follow", served.link, "--every", "5", "--once")


def test_an_alarm_ends_with_status_two(
    served: ServedLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.witnesses.append(init(tmp_path))
    served.size = 20

    def fork(_seconds: float) -> None:
        served.size, served.tree = 20, Tree.over(leaves(forged_from=3))

    monkeypatch.setattr(command.time, "sleep", fork)
    result = ran(tmp_path, "follow", served.link)
    assert result.exit_code == 2
    assert "ALARM" in result.stderr
    assert "two roots at one size" in result.stderr
    (folder,) = tmp_path.glob("alarm-*")
    assert str(folder) in result.stderr
    assert {file.name for file in folder.iterdir()} == {"earlier.note", "later.note", "found.json"}


def test_an_unknown_witness_is_told_its_verifier_key(served: ServedLog, tmp_path: Path) -> None:
    key = init(tmp_path)
    with pytest.raises(ClientError, match="does not know this witness yet") as told:
        ran(tmp_path, "follow", served.link, "--once")
    assert key.to_text() in str(told.value)


def test_while_following_an_unreachable_server_is_waited_for(
    served: ServedLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witnesses = [init(tmp_path)]
    served.state = "certified"

    def register(_seconds: float) -> None:
        served.witnesses = witnesses

    monkeypatch.setattr(command.time, "sleep", register)
    result = ran(tmp_path, "follow", served.link)
    assert "does not know this witness yet" in result.stderr
    assert result.exit_code == 0
    assert 1 in served.cosigned


@pytest.mark.parametrize("link", ["https://agora.example", "https://agora.example/polls/a/b"])
def test_what_is_no_link_of_a_poll(tmp_path: Path, link: str) -> None:
    init(tmp_path)
    with pytest.raises(ClientError, match="A poll's link looks like"):
        ran(tmp_path, "follow", link, "--once")
