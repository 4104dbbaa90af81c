"""`symbolon verify` on a single proof: offline, at the heads and the moment that it is given."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from client.commands.verify import verify
from client.errors import ClientError
from tests.community import Community, Member
from tests.served_community import heads_json
from tests.unit.client.door_file import NOON, code
from tests.unit.client.test_verifier import answer, verifier_of

LATER = NOON + 10_000  # when the second head is published


@dataclass
class Files:
    """A community with a removed member, and what it publishes, in files."""

    folder: Path
    community: Community
    ana: Member

    def check(self, capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
        """What the command says of the proof in `proof`."""
        arguments: dict[str, Any] = {
            "metadata": str(self.folder / "community.json"),
            "heads": self.folder / "heads.json",
            "at": None,
            "as_json": True,
            **options,
        }
        with suppress(typer.Exit):
            verify(file=self.folder / "proof", **arguments)
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found


@pytest.fixture
def files(tmp_path: Path) -> Files:
    community = Community()
    ana = community.enrol()
    (tmp_path / "community.json").write_text(json.dumps(community.signed.to_json()))
    return Files(folder=tmp_path, community=community, ana=ana)


def remove(files: Files, **how: Any) -> None:
    files.community.publish(files.ana.issued.handle, **how)


def write_heads(files: Files) -> None:
    heads = heads_json(files.community.heads.signed)
    (files.folder / "heads.json").write_text(json.dumps(heads))


def test_a_door_code_is_judged_by_the_heads_of_its_moment(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    remove(files, grace=60)
    write_heads(files)
    for at, verdict in ((NOON, None), (LATER + 30, None), (LATER + 60, "not_current")):
        shown = code(files.ana, community=files.community, door="once", at=at)
        (files.folder / "proof").write_text(shown)
        assert files.check(capsys, door="once", at=at)["verdict"] == verdict


def test_an_answer_is_judged_at_the_time_of_its_request(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    served = verifier_of(files.community).request({"purpose": "login"})
    (files.folder / "request.json").write_text(json.dumps(served))
    shown = answer(files.ana, community=files.community, served=served)
    (files.folder / "proof").write_text(json.dumps(shown))
    request = files.folder / "request.json"
    remove(files, at=2**34, grace=0)  # removed long after
    write_heads(files)
    assert files.check(capsys, request=request)["genuine"]
    found = files.check(capsys, request=request, at=2**34)
    assert "removed" in found["reason"]


def test_metadata_from_a_file_needs_heads_too(files: Files) -> None:
    with pytest.raises(ClientError, match="--heads"):
        verify(
            file=files.folder / "proof",
            metadata=str(files.folder / "community.json"),
            door="once",
        )
