"""P7: no ballot is dropped unnoticed, not even by whoever owns the database and the key.

The member has the real wallet. What it finds becomes evidence, which `symbolon poll check-evidence`
confirms to anyone; and what voters and witnesses keep is held against the bundle by the audit.
"""

import json
import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.wallet.contents import IN_LOG, MISSING, PROMISED, Vote
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.log.receipt import Receipt
from tests.attacks.city import City
from tests.attacks.published import Published, failed, honest
from tests.attacks.tampering import drop_entry, drop_waiting, person, replace_manifest, vote_of
from tests.attacks.wallet import Wallet
from tests.flows.members import run
from tests.unit.client.looking import looked
from tests.unit.client.member import PASSPHRASE, Person


@pytest.fixture
def ana(city: City, tmp_path: Path) -> Person:
    return person(city, tmp_path, seed=secrets.token_bytes(16))


@pytest.fixture
def told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Any:
    """The JSON that a command has just printed; evidence goes into a folder of the test's own."""
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    return lambda: json.loads(capsys.readouterr().out)


@pytest.fixture
def dinner(city: City, ana: Person) -> Manifest:
    """A poll with Ana on its roll, whose batches may follow each other at once."""
    poll = f"dinner-{secrets.token_hex(4)}"
    return city.open_poll(poll, options=("soup", "salad"), batch_seconds=1)


def fill(city: City, manifest: Manifest, crowd: tuple[Wallet, ...]) -> None:
    """Enough ballots for a batch, and wait until it is in the log."""
    for wallet in crowd[:10]:
        assert wallet.vote(manifest, 1).status_code == 201
    deadline = time.monotonic() + 10
    while city.get(f"/polls/{manifest.poll}").json()["ballots"] < 10:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def state(shown: dict[str, Any], vote: Vote) -> str:
    """Where a ballot stands, as `poll receipts` says."""
    name = base64url.encode(vote.leaf_hash)
    return next(each["state"] for each in shown["ballots"] if each["ballot"] == name)


def confirmed(city: City, shown: dict[str, Any]) -> str:
    """What `symbolon poll check-evidence` says of the newest evidence; it must confirm it."""
    file = shown["evidence"][-1]
    pin = base64url.encode(city.metadata.community_id)
    done = run("poll", "check-evidence", file, "--fingerprint", pin, passphrase=None)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_p7_a_ballot_dropped_after_its_promise_is_an_alarm_that_anyone_can_check(
    city: City, ana: Person, dinner: Manifest, told: Any
) -> None:
    kept = vote_of(ana, dinner, choice=1)
    told()
    assert state(looked(ana, told), kept) == PROMISED
    drop_waiting(city, dinner.poll, kept.leaf_hash)
    assert state(looked(ana, told), kept) == PROMISED, "nothing is proven before the time is over"
    city.certify(dinner.poll)
    shown = looked(ana, told, alarm=True)
    assert state(shown, kept) == MISSING
    assert "it ended the poll without it" in confirmed(city, shown)
    # The bundle alone is sound: whoever was cheated has to speak.
    assert Published.of(city, dinner.poll).audited().sound


def test_p7_evidence_that_was_touched_up_is_not_confirmed(
    city: City, ana: Person, dinner: Manifest, told: Any, tmp_path: Path
) -> None:
    """A promise over a ballot that was never promised accuses nobody."""
    kept = vote_of(ana, dinner, choice=2)
    told()
    drop_waiting(city, dinner.poll, kept.leaf_hash)
    city.certify(dinner.poll)
    (file,) = looked(ana, told, alarm=True)["evidence"][-1:]
    value = json.loads(Path(file).read_bytes())
    promise = bytearray(base64url.decode(value["promise"]))
    promise[-40] ^= 1
    value["promise"] = base64url.encode(bytes(promise))
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(value))
    assert run("poll", "check-evidence", forged, passphrase=None).returncode == 1


def test_p7_a_ballot_taken_out_of_the_log_is_a_fork_for_the_wallet_and_a_gap_for_the_audit(
    city: City, ana: Person, dinner: Manifest, crowd: tuple[Wallet, ...], told: Any
) -> None:
    kept = vote_of(ana, dinner, choice=1)
    told()
    fill(city, dinner, crowd)
    assert state(looked(ana, told), kept) == IN_LOG
    name = base64url.encode(kept.leaf_hash)
    receipt = city.get(f"/polls/{dinner.poll}/log/proof/{name}").text
    Receipt.parse(receipt).check(
        kept.leaf_hash, origin=dinner.origin, key=city.metadata.metadata_key
    )
    seen = city.get(f"/polls/{dinner.poll}/log/checkpoint").text
    drop_entry(city, dinner, kept.leaf_hash, time=int(time.time()) + 2)
    city.certify(dinner.poll)
    shown = looked(ana, told, alarm=True)
    assert "not those that it had before" in shown["forks"][-1]["how"]
    assert "signed two logs of one poll" in confirmed(city, shown)
    published = Published.of(city, dinner.poll)
    assert published.audited().sound
    report = published.audited(
        receipts={"ana.tlog-proof": receipt.encode()}, checkpoints={"seen.note": seen.encode()}
    )
    found = failed(report)
    assert set(found) == {"receipts", "checkpoints"}
    assert "split view" in found["receipts"]
    assert "split view" in found["checkpoints"]


def test_p7_a_manifest_replaced_after_the_opening_is_named(
    city: City, ana: Person, dinner: Manifest, crowd: tuple[Wallet, ...], told: Any
) -> None:
    """Its options are swapped, so that votes for the first would count for the second."""
    kept = vote_of(ana, dinner, choice=1)
    told()
    fill(city, dinner, crowd)
    looked(ana, told)
    seen = city.get(f"/polls/{dinner.poll}/log/checkpoint").text
    swapped = replace(dinner, options=dinner.options[::-1])
    replace_manifest(city, dinner, other=swapped, in_log=True)
    assert crowd[10].vote(dinner, 1).status_code == 400, "nobody votes on the old paper now"
    city.certify(dinner.poll)
    assert looked(ana, told, alarm=True)["forks"]
    assert kept.state == PROMISED
    found = failed(Published.of(city, dinner.poll).audited(checkpoints={"a": seen.encode()}))
    assert "another poll" in found["ballots' proofs"]
    assert "split view" in found["checkpoints"]


def test_p7_a_manifest_shown_to_one_voter_and_not_in_the_log_is_an_alarm(
    city: City, ana: Person, dinner: Manifest, told: Any
) -> None:
    """The log keeps its first entry: what the voter was shown is not what the log is about."""
    swapped = replace(dinner, options=dinner.options[::-1])
    replace_manifest(city, dinner, other=swapped, in_log=False)
    vote_of(ana, swapped, choice=1)
    told()
    city.close_poll(dinner.poll)
    shown = looked(ana, told, alarm=True)
    assert "another manifest" in confirmed(city, shown)


def test_p7_a_receipt_or_checkpoint_that_the_community_did_not_sign_is_no_objection(
    city: City, crowd: tuple[Wallet, ...], dinner: Manifest
) -> None:
    for number, wallet in enumerate(crowd[:3]):
        assert wallet.vote(dinner, 1 + number % 2).status_code == 201
    city.certify(dinner.poll)
    published = Published.of(city, dinner.poll)
    leaf = published.leaves[1]
    good = city.get(f"/polls/{dinner.poll}/log/proof/{base64url.encode(leaf)}").text
    note = good[good.index("\n\n") + 2 :]
    assert published.audited(
        receipts={"good": good.encode()}, checkpoints={"good": note.encode()}
    ).sound
    stranger = note.replace(dinner.origin, dinner.origin.replace("dinner", "supper"))
    unsigned = note[:-20] + "A" * 17 + "==\n"
    for bad in (stranger, unsigned, "", "nonsense\n\n— a b\n"):
        found = failed(published.audited(checkpoints={"bad": bad.encode()}))
        assert set(found) == {"checkpoints"}
        assert "split view" not in found["checkpoints"]
    other_place = good.replace("index 1\n", "index 2\n")
    for receipt in (other_place, good.replace(note, unsigned), ""):
        assert set(failed(published.audited(receipts={"bad": receipt.encode()}))) == {"receipts"}


def test_p7_ballots_that_were_never_cast_have_no_receipt(
    city: City, crowd: tuple[Wallet, ...], dinner: Manifest
) -> None:
    leaf = honest(crowd[0], dinner, 1).leaf_hash
    answer = city.get(f"/polls/{dinner.poll}/log/proof/{base64url.encode(leaf)}")
    assert answer.status_code == 404
