"""P7: a community that shows different logs to different people is caught by comparing what it
signed: two checkpoints of one size, or of one log that did not only grow.

Voters, a witness and an auditor each catch it with what they kept.
"""

import json
import secrets
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.errors import ForkFound
from client.transport import Transport
from client.witness.following import Follower, meet
from client.witness.key_file import make_key, read_key
from client.witness.record import Record
from client.witness.service import LogClient
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from tests.attacks.city import City, slug
from tests.attacks.published import Published, checkpoint_over, failed
from tests.attacks.tampering import drop_entry, person, reverse_ballots, vote_of
from tests.attacks.wallet import Wallet
from tests.flows.members import run
from tests.unit.client.looking import looked
from tests.unit.client.member import PASSPHRASE


@pytest.fixture
def lunch(city: City, crowd: tuple[Wallet, ...]) -> Manifest:
    """An open poll with a batch of ten in its log."""
    manifest = city.open_poll(f"lunch-{secrets.token_hex(4)}", batch_seconds=1)
    for wallet in crowd[:10]:
        assert wallet.vote(manifest, 1).status_code == 201
    fill(city, manifest)
    return manifest


def note_of(city: City, manifest: Manifest) -> str:
    return city.get(f"/polls/{manifest.poll}/log/checkpoint").text


def size_of(city: City, manifest: Manifest) -> int:
    return int(note_of(city, manifest).split("\n")[1])


def fill(city: City, manifest: Manifest) -> None:
    """Wait until there is a batch in the log."""
    deadline = time.monotonic() + 10
    while size_of(city, manifest) < 12:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def witness(city: City, lunch: Manifest, tmp_path: Path) -> Follower:
    """A witness whom the community lists, and who has not looked yet."""
    name = f"witness-{secrets.token_hex(4)}.example"
    key = make_key(tmp_path / "witness", name=name).verifier_key
    city.session.polls.witnesses.add(name, key.to_text())
    client = LogClient(f"{city.address}/polls/{lunch.poll}", transport=Transport())
    record = Record(tmp_path / "witness")
    community = meet(client, record=record, fingerprint=city.metadata.community_id)
    return Follower(
        client=client,
        record=record,
        witness=read_key(tmp_path / "witness"),
        metadata_key=community.published.metadata.metadata_key,
        time=lambda: int(time.time()),
    )


def test_p7_a_witness_refuses_a_second_log_of_the_same_size(
    city: City, lunch: Manifest, witness: Follower
) -> None:
    assert witness.look().cosigned
    reverse_ballots(city, lunch, time=int(time.time()) + 1)
    with pytest.raises(ForkFound, match="two roots at one size"):
        witness.look()
    (folder,) = witness.record.folder.glob("alarm-*")
    assert json.loads((folder / "found.json").read_text())["reason"] == "fork"
    # Anyone sees from the two notes that the community signed both.
    key = city.metadata.metadata_key
    first, second = (
        SignedCheckpoint.parse((folder / name).read_text()).open(origin=lunch.origin, key=key)
        for name in ("earlier.note", "later.note")
    )
    assert (first.size, first.root != second.root) == (second.size, True)


def test_p7_a_witness_refuses_a_smaller_log_and_one_that_did_not_only_grow(
    city: City, lunch: Manifest, witness: Follower, crowd: tuple[Wallet, ...]
) -> None:
    assert witness.look().cosigned
    octets = city.get(f"/polls/{lunch.poll}/log/leaves").content
    drop_entry(city, lunch, octets[32:64], time=int(time.time()) + 1)
    with pytest.raises(ForkFound, match="smaller than it was"):
        witness.look()
    for wallet in crowd[10:]:
        assert wallet.vote(lunch, 2).status_code == 201
    city.certify(lunch.poll)
    with pytest.raises(ForkFound):
        witness.look()
    report = Published.of(city, lunch.poll).audited(witnesses=(witness.witness.verifier_key,))
    assert "did not cosign" in failed(report)["cosignatures"]


def test_p7_what_the_witness_cosigned_is_seen_by_the_audit(
    city: City, lunch: Manifest, witness: Follower
) -> None:
    city.certify(lunch.poll)
    published = Published.of(city, lunch.poll)
    key = witness.witness.verifier_key
    assert set(failed(published.audited(witnesses=(key,)))) == {"cosignatures"}
    assert witness.look().cosigned
    report = Published.of(city, lunch.poll).audited(witnesses=(key,))
    assert report.sound
    line = report.check("cosignatures")
    assert line is not None
    assert key.name in line.reason


def test_p7_a_forged_cosignature_is_taken_neither_by_the_service_nor_by_the_audit(
    city: City, lunch: Manifest, witness: Follower
) -> None:
    note = note_of(city, lunch)
    text = SignedCheckpoint.parse(note).note.text
    mine = witness.witness
    impostor = WitnessKey(name=mine.name, private_key=city.session.keystore.metadata_key)
    other_text = text.replace("\n12\n", "\n13\n")
    now = int(time.time())
    good = mine.cosign(text, time=now).to_line()
    moved = mine.cosign(other_text, time=now).to_line()
    path = f"/polls/{lunch.poll}/log/cosignatures"

    def sent(lines: str) -> tuple[int, str]:
        headers = {"content-type": "text/plain"}
        answer = city.client.post(path, content=lines.encode(), headers=headers)
        return answer.status_code, "" if answer.status_code == 204 else slug(answer)

    assert sent(impostor.cosign(text, time=now).to_line()) == (403, "witness-unknown")
    assert sent(moved) == (422, "cosignature-refused")
    assert sent(good[:-10] + "A" * 9 + "\n")[0] == 422
    assert note_of(city, lunch) == note
    assert sent(good) == (204, "")
    # The organiser puts another time, or a cosignature of another log, under the final note.
    city.certify(lunch.poll)
    published = Published.of(city, lunch.poll)
    final = published.head.checkpoint.decode()
    old_line = SignedCheckpoint.parse(final + good).to_text()
    forged = published.with_head(checkpoint=old_line.encode())
    assert "wrong" in failed(forged.audited(witnesses=(mine.verifier_key,)))["cosignatures"]
    forged = published.with_head(
        checkpoint=old_line.encode(), witnesses=(mine.verifier_key.to_text(),)
    )
    assert "wrong" in failed(forged.audited())["cosignatures"]


def test_p7_nobody_else_signs_the_final_checkpoint(city: City, lunch: Manifest) -> None:
    city.certify(lunch.poll)
    published = Published.of(city, lunch.poll)
    honest = Checkpoint.parse(SignedCheckpoint.parse(published.head.checkpoint.decode()).note.text)
    forged = SignedCheckpoint.sign(honest, private_key=Ed25519PrivateKey.generate()).to_text()
    found = failed(published.with_head(checkpoint=forged.encode()).audited())
    assert set(found) == {"checkpoint's signature"}


def test_p7_two_checkpoints_of_one_size_are_told_apart_by_the_audit(
    city: City, lunch: Manifest
) -> None:
    """One voter was shown a log with the ballots in another order; the voter kept the note."""
    shown = note_of(city, lunch)
    reverse_ballots(city, lunch, time=int(time.time()) + 1)
    other = note_of(city, lunch)
    assert shown.split("\n")[1] == other.split("\n")[1]
    city.certify(lunch.poll)
    published = Published.of(city, lunch.poll)
    alone = failed(published.audited(checkpoints={"other": other.encode()}))
    assert set(alone) == {"order of the log"}, "an order that no batch has"
    found = failed(published.audited(checkpoints={"shown": shown.encode()}))
    assert "split view" in found["checkpoints"]
    longer = checkpoint_over(city, lunch, [*published.entries, b"more"]).to_text()
    found = failed(published.audited(checkpoints={"longer": longer.encode()}))
    assert "entries were dropped" in found["checkpoints"]


def test_p7_the_wallet_of_the_one_voter_raises_the_alarm(
    city: City,
    crowd: tuple[Wallet, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)

    def told() -> Any:
        return json.loads(capsys.readouterr().out)

    eve = person(city, tmp_path, seed=secrets.token_bytes(16))
    manifest = city.open_poll(f"split-{secrets.token_hex(4)}", batch_seconds=1)
    vote_of(eve, manifest, choice=1)
    told()
    for wallet in crowd[:10]:
        assert wallet.vote(manifest, 1).status_code == 201
    fill(city, manifest)
    looked(eve, told)
    reverse_ballots(city, manifest, time=int(time.time()) + 1)
    shown = looked(eve, told, alarm=True)
    pin = base64url.encode(city.metadata.community_id)
    done = run("poll", "check-evidence", shown["evidence"][0], "--fingerprint", pin)
    assert done.returncode == 0
    assert "signed two logs of one poll" in done.stdout
    stranger = base64url.encode(bytes(32))
    done = run("poll", "check-evidence", shown["evidence"][0], "--fingerprint", stranger)
    assert done.returncode == 1, "evidence names one community and no other"
