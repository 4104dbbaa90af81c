"""A witness at a served log: it cosigns what was only added to, and raises the alarm otherwise."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client.errors import ClientError, ForkFound, ServerRefused
from client.transport import Transport
from client.witness.following import Follower, meet
from client.witness.key_file import make_key, read_key
from client.witness.record import Record
from client.witness.service import LogClient
from credentials.errors import LogRefused, MetadataRefused
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.merkle import Tree, check_consistency
from tests.community import Community
from tests.served_log import START, Problem, ServedLog, leaves, serving_log
from tests.unit.log.a_log import STRANGER

NOW = START + 1000


@pytest.fixture
def served() -> Iterator[ServedLog]:
    with serving_log() as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path, served: ServedLog) -> Path:
    """A witness's folder; the organiser knows its key."""
    made = make_key(tmp_path / "witness", name="observer.example")
    served.witnesses.append(made.verifier_key)
    return tmp_path / "witness"


@pytest.fixture
def transport() -> Iterator[Transport]:
    with Transport() as transport:
        yield transport


def follower(served: ServedLog, folder: Path, transport: Transport) -> Follower:
    """A new process of the witness."""
    client, record = LogClient(served.link, transport=transport), Record(folder)
    community = meet(client, record=record, fingerprint=None)
    return Follower(
        client=client,
        record=record,
        witness=read_key(folder),
        metadata_key=community.published.metadata.metadata_key,
        time=lambda: NOW,
    )


def without_last_signature(signed: SignedCheckpoint) -> SignedCheckpoint:
    """A checkpoint as it was before it was cosigned."""
    return SignedCheckpoint.parse(signed.to_text().rsplit("\u2014", 1)[0])


def alarm(follower: Follower) -> tuple[str, Path]:
    """The reason of the alarm, and the folder of its evidence."""
    known = set(follower.record.folder.glob("alarm-*"))
    with pytest.raises(ForkFound, match="Nothing was cosigned"):
        follower.look()
    (folder,) = set(follower.record.folder.glob("alarm-*")) - known
    found = json.loads((folder / "found.json").read_text())
    return found["reason"], folder


def test_it_cosigns_each_step(served: ServedLog, folder: Path, transport: Transport) -> None:
    witness = follower(served, folder, transport)
    for size in (1, 2, 11, 12, 64):
        served.size = size
        look = witness.look()
        assert (look.checkpoint.size, look.cosigned) == (size, True)
        assert served.cosigned[size].cosigned_by(served.witnesses) == [("observer.example", NOW)]
        assert witness.record.last(served.origin) == without_last_signature(served.cosigned[size])
        assert not witness.look().cosigned
    assert served.asked.count("log/cosignatures") == 5


def test_it_goes_on_after_a_pause(served: ServedLog, folder: Path, transport: Transport) -> None:
    served.size = 5
    follower(served, folder, transport).look()
    again = follower(served, folder, transport)
    assert again.look().cosigned, "the one before may have stopped before sending"
    served.size = 9
    assert follower(served, folder, transport).look().cosigned


@pytest.mark.parametrize(
    ("size", "forged_from", "reason"),
    [(20, 15, "fork"), (20, 0, "fork"), (30, 19, "inconsistent"), (19, None, "smaller")],
)
def test_a_log_that_contradicts_itself(
    *,
    served: ServedLog,
    folder: Path,
    transport: Transport,
    size: int,
    forged_from: int | None,
    reason: str,
) -> None:
    served.size = 20
    follower(served, folder, transport).look()
    served.size, served.tree = size, Tree.over(leaves(forged_from=forged_from))
    for _ in range(2):
        found, evidence = alarm(follower(served, folder, transport))
        assert found == reason
        for file in evidence.iterdir():
            file.unlink()
        evidence.rmdir()
    assert served.cosigned.keys() == {20}


def test_the_evidence_convinces_others(
    served: ServedLog, folder: Path, transport: Transport
) -> None:
    served.size = 20
    witness = follower(served, folder, transport)
    witness.look()
    served.size, served.tree = 30, Tree.over(leaves(forged_from=19))
    _, evidence = alarm(witness)
    key = served.community.metadata.metadata_key
    points = [
        SignedCheckpoint.parse((evidence / f"{name}.note").read_text()).open(
            origin=served.origin, key=key
        )
        for name in ("earlier", "later")
    ]
    assert [point.size for point in points] == [20, 30]
    with pytest.raises(LogRefused):
        check_consistency(
            first=20,
            first_root=points[0].root,
            second=30,
            second_root=points[1].root,
            proof=served.tree.consistency_proof(20, 30),
        )


@pytest.mark.parametrize("proof", [[], ["AAAA"], ["A" * 43 + "="] * 3, ["A" * 43 + "="] * 90])
def test_a_bad_proof(
    served: ServedLog, folder: Path, transport: Transport, proof: list[str]
) -> None:
    served.size = 20
    witness = follower(served, folder, transport)
    witness.look()
    served.size, served.proof = 30, proof
    with pytest.raises(ClientError):
        witness.look()
    assert 30 not in served.cosigned
    served.proof = None
    assert witness.look().cosigned, "the log was sound; its server gave a bad answer"


def test_a_checkpoint_of_someone_else(
    served: ServedLog, folder: Path, transport: Transport
) -> None:
    witness = follower(served, folder, transport)
    served.signing_key = STRANGER
    with pytest.raises(LogRefused, match="not signed by that key"):
        witness.look()
    served.signing_key, served.poll = None, "dinner"
    with pytest.raises(LogRefused, match="not signed by that key"):
        witness.look()
    assert witness.record.last(witness.origin) is None


def test_a_community_with_another_key_is_refused(
    served: ServedLog, folder: Path, transport: Transport
) -> None:
    follower(served, folder, transport).look()
    served.community = Community(address=served.community.address)
    with pytest.raises(MetadataRefused):
        follower(served, folder, transport)


def test_it_is_on_disk_before_it_is_sent(
    served: ServedLog, folder: Path, transport: Transport
) -> None:
    seen: list[Any] = []
    origin = served.origin
    served.before["log/cosignatures"] = lambda _: seen.append(Record(folder).last(origin))
    served.size = 7
    follower(served, folder, transport).look()
    assert seen == [without_last_signature(served.cosigned[7])]


def test_an_unknown_witness_is_told_and_goes_on_later(
    served: ServedLog, folder: Path, transport: Transport
) -> None:
    witnesses, served.witnesses = served.witnesses, []
    witness = follower(served, folder, transport)
    with pytest.raises(ServerRefused) as refused:
        witness.look()
    assert refused.value.slug == "witness-unknown"
    served.witnesses = witnesses
    assert witness.look().cosigned


def test_a_log_that_grows_in_between_is_looked_at_again(
    served: ServedLog, folder: Path, transport: Transport
) -> None:
    def grow(served: ServedLog) -> None:
        served.size = 12

    served.size = 11
    served.before["log/cosignatures"] = grow
    look = follower(served, folder, transport).look()
    assert look.checkpoint.size == 12
    assert served.cosigned.keys() == {12}


def test_two_processes_of_one_witness_raise_no_false_alarm(
    served: ServedLog, folder: Path, transport: Transport
) -> None:
    """While the one asks for a proof, the other cosigns a later checkpoint."""
    served.size = 5
    one, other = (follower(served, folder, transport) for _ in range(2))
    one.look()
    other.look()
    served.size = 8

    def overtake(served: ServedLog) -> None:
        served.size = 11
        assert other.look().checkpoint.size == 11
        served.before["log/cosignatures"] = remember

    def remember(served: ServedLog) -> None:
        last = one.record.last(served.origin)
        seen.append(None if last is None else last.open(origin=one.origin, key=one.metadata_key))

    seen: list[Checkpoint | None] = []
    served.before["log/consistency"] = overtake
    assert one.look().checkpoint.size == 11
    assert [point.size for point in seen if point is not None] == [11], "no step back on disk"
    assert not list(folder.glob("alarm-*"))


def test_a_broken_server_is_no_alarm(served: ServedLog, folder: Path, transport: Transport) -> None:
    witness = follower(served, folder, transport)
    for name in ("poll", "log/checkpoint", "log/cosignatures"):
        served.problems = {name: Problem("server-error", 500)}
        with pytest.raises(ServerRefused):
            witness.look()
    served.problems = {}
    assert witness.look().cosigned
    assert not list(folder.glob("alarm-*"))
