"""Trap 20: an organiser shows trustees alone a closing, so that they open votes too early.

The service and the trustees' program are the real ones. The organiser holds the community's key and
answers the trustees, and only them, with another log.
"""

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

from client.commands.evidence import check_evidence
from client.commands.trustee import open_poll
from client.errors import ClientError, TrusteeError
from client.evidence import EvidenceRefused
from client.trustee.sharing import read_share
from credentials.errors import CheckpointRefused, PolicyError
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot
from credentials.formats.poll_event import Kind, PollEvent
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.log.witness import cosign_next
from credentials.sealing import combine, open_sealed, share_of
from server.problems import OperatorError
from tests.attacks.city import City, slug
from tests.attacks.published import Published, failed, honest
from tests.attacks.two_faced import (
    OtherFace,
    cosign,
    keys_of,
    leaves_of,
    new_witnesses,
    two_faced,
)
from tests.attacks.wallet import Wallet, cast
from tests.unit.client.trustees import PASSPHRASE, Trustees

REASON = "Everybody has voted."
SHORT = 3  # seconds


@pytest.fixture
def trustees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trustees:
    """Three honest trustees, of whom two open a poll."""
    monkeypatch.setenv("SYMBOLON_TRUSTEE_PASSPHRASE", PASSPHRASE)
    return Trustees(tmp_path)


@pytest.fixture
def face(city: City) -> Iterator[OtherFace]:
    with two_faced(city) as face:
        yield face


def begin(city: City, trustees: Trustees, **draft: Any) -> Manifest:
    """A poll that the trustees open."""
    poll = f"trap-20-{secrets.token_hex(4)}"
    return city.open_poll(poll, options=("red", "green"), sealing=trustees.sealing, **draft)


def early(reason: str = REASON) -> PollEvent:
    return PollEvent(kind=Kind.CLOSING, at=int(time.time()) - 1, reason=reason)


class Attack:
    """What the organiser gets out of two honest trustees."""

    def __init__(self, face: OtherFace, trustees: Trustees, manifest: Manifest) -> None:
        self.face, self.trustees, self.manifest = face, trustees, manifest
        self.refused: list[Exception] = []

    def shares(self, **how: Any) -> dict[int, bytes]:
        """The shares that they hand out, by number."""
        found = {}
        self.refused.clear()
        for folder in self.trustees.folders[:2]:
            out = folder / f"share-{secrets.token_hex(4)}.json"
            try:
                open_poll(target=self.face.link(self.manifest), folder=folder, out=out, **how)
            except (ClientError, typer.Exit) as error:
                self.refused.append(error)
            if out.exists():
                share = read_share(out.read_text())
                found[share.trustee] = share.share
        return found

    def read(self, ballot: Ballot, shares: dict[int, bytes]) -> tuple[int, ...] | None:
        """What a ballot says, if the shares are enough to open it."""
        if len(shares) < 2:
            return None
        plaintext = open_sealed(
            ballot.content,
            opening=combine(shares, threshold=2),
            digest=self.manifest.manifest_hash,
            pseudonym=ballot.pseudonym,
            sequence=ballot.sequence,
        )
        return self.manifest.paper.unpadded(plaintext)


def voted(city: City, wallet: Wallet, manifest: Manifest, choice: int) -> Ballot:
    ballot = honest(wallet, manifest, choice)
    assert cast(city, manifest.poll, ballot.to_cbor()).status_code == 201
    return ballot


# --- an early closing


def test_trap_20_two_trustees_who_are_shown_an_early_closing_alone_open_nothing(
    city: City, face: OtherFace, trustees: Trustees, mia: Wallet, leo: Wallet
) -> None:
    manifest = begin(city, trustees)
    ballot = voted(city, mia, manifest, 2)
    attack = Attack(face, trustees, manifest)
    for closing in (early(), PollEvent(kind=Kind.CLOSING, at=manifest.closes_at)):
        face.end_voting(manifest, closing, time=int(time.time()))
        for how in ({}, {"early": manifest.poll}):
            assert attack.read(ballot, attack.shares(**how)) is None
        for folder in trustees.folders:
            # Each is a fork of the one before, which a trustee would tell from memory alone.
            for kept in folder.glob("polls/*/*"):
                kept.unlink()
    assert all(isinstance(error, TrusteeError) for error in attack.refused)
    voted(city, leo, manifest, 1)  # voting goes on


def test_trap_20_a_closing_without_the_pinned_witnesses_opens_nothing(
    city: City, face: OtherFace, trustees: Trustees, mia: Wallet, leo: Wallet
) -> None:
    witnesses = new_witnesses("ada", "ben", "cy")
    manifest = begin(city, trustees, witnesses=keys_of(witnesses), witnesses_needed=2)
    ballot = voted(city, mia, manifest, 2)
    attack = Attack(face, trustees, manifest)
    false = new_witnesses("ada", "ben", "cy")
    closing = early()
    for seen in ((), witnesses[:1], false, (*witnesses[:1], *false[1:])):
        face.end_voting(manifest, closing, time=int(time.time()), witnesses=seen)
        assert attack.read(ballot, attack.shares(early=manifest.poll)) is None
        assert len(attack.refused) == 2
    voted(city, leo, manifest, 1)


def test_trap_20_an_early_closing_that_all_see_needs_the_word_of_each_trustee(
    city: City, face: OtherFace, trustees: Trustees, mia: Wallet
) -> None:
    witnesses = new_witnesses("ada", "ben", "cy")
    manifest = begin(city, trustees, witnesses=keys_of(witnesses), witnesses_needed=2)
    ballot = voted(city, mia, manifest, 2)
    city.close_poll(manifest.poll)
    share = share_of(1, digest=manifest.manifest_hash)
    body = {"trustee": 1, "share": base64url.encode(share)}
    assert slug(city.post(f"/polls/{manifest.poll}/shares", body)) == "share-refused"
    attack = Attack(face, trustees, manifest)
    assert attack.shares(early=manifest.poll) == {}, "no witness has seen it yet"
    cosign(city, manifest, *witnesses[:2], time=int(time.time()))
    for how in ({}, {"early": ""}, {"early": "yes"}, {"early": "another-poll"}):
        assert attack.shares(**how) == {}
    shares = attack.shares(early=manifest.poll)
    assert attack.read(ballot, shares) == (2,)
    for number, share in shares.items():
        body = {"trustee": number, "share": base64url.encode(share)}
        assert city.post(f"/polls/{manifest.poll}/shares", body).status_code == 200
    assert city.certify(manifest.poll).winners == (2,)
    published = Published.of(city, manifest.poll)
    assert published.audited().sound
    bare = published.with_head(closing=unsigned_by(published.head.closing, witnesses))
    assert set(failed(bare.audited())) == {"witnesses of the closing"}
    # The final checkpoint is no closing, whoever cosigned it.
    moved = published.with_head(closing=published.head.checkpoint)
    assert set(failed(moved.audited())) == {"witnesses of the closing"}


def unsigned_by(note: bytes, witnesses: tuple[WitnessKey, ...]) -> bytes:
    """A note without the lines of these witnesses."""
    signed = SignedCheckpoint.parse(note.decode())
    names = {witness.name for witness in witnesses}
    kept = tuple(line for line in signed.note.signatures if line.name not in names)
    return SignedCheckpoint(note=replace(signed.note, signatures=kept)).to_text().encode()


def test_trap_20_nobody_closes_early_where_trustees_open_and_no_witness_is_pinned(
    city: City, trustees: Trustees
) -> None:
    manifest = begin(city, trustees)
    with pytest.raises(OperatorError, match="closes at its time and not before"):
        city.close_poll(manifest.poll)
    done = city.command("poll", "close", manifest.poll, f"--reason={REASON}")
    assert (done.returncode, city.is_over(manifest.poll)) == (1, False)
    assert "pins no witness" in done.stderr


def test_trap_20_the_audit_refuses_an_early_closing_that_no_witness_could_see(
    city: City, trustees: Trustees, mia: Wallet
) -> None:
    """The organiser ran another server, and signs what it did."""
    manifest = begin(city, trustees)
    voted(city, mia, manifest, 2)
    with city.session.database.write() as connection:
        poll = city.session.polls.life.hold(connection, manifest.poll)
        city.session.polls.life.close(connection, poll, reason=REASON)
    for number, folder in enumerate(trustees.folders[:2], start=1):
        share = opened_by_force(folder, manifest)
        city.session.polls.life.take_share(manifest.poll, trustee=number, share=share)
    city.session.polls.office.certify(manifest.poll)
    report = Published.of(city, manifest.poll).audited()
    assert "before its time" in failed(report)["order of the log"]


def opened_by_force(folder: Path, manifest: Manifest) -> bytes:
    """The share of a trustee who asks for nothing."""
    from client.trustee.folder import Folder

    kept, _ = Folder.open(folder, passphrase=lambda: PASSPHRASE).result()
    return share_of(kept.secret, digest=manifest.manifest_hash)


# --- an extension that trustees are not shown


def extended(city: City, trustees: Trustees, **draft: Any) -> Manifest:
    """A poll that goes on for an hour after its first closing time, which has come."""
    manifest = begin(city, trustees, seconds=SHORT, **draft)
    city.session.polls.office.extend(
        manifest.poll, closes_at=manifest.closes_at + 3600, reason="The network was down."
    )
    return manifest


def wait_for(moment: int) -> None:
    while time.time() < moment + 1:
        time.sleep(0.1)


def test_trap_20_an_extended_poll_is_not_opened_before_it_ends(
    city: City, face: OtherFace, trustees: Trustees, mia: Wallet
) -> None:
    manifest = extended(city, trustees)
    ballot = voted(city, mia, manifest, 1)
    wait_for(manifest.closes_at)
    attack = Attack(face, trustees, manifest)
    assert attack.read(ballot, attack.shares(early=manifest.poll)) is None


def test_trap_20_a_fork_without_the_extension_finds_no_witness(
    city: City, face: OtherFace, trustees: Trustees, mia: Wallet
) -> None:
    witnesses = new_witnesses("ada", "ben", "cy")
    manifest = extended(city, trustees, witnesses=keys_of(witnesses), witnesses_needed=2)
    ballot = voted(city, mia, manifest, 1)
    wait_for(manifest.closes_at)
    seen = SignedCheckpoint.parse(city.get(f"/polls/{manifest.poll}/log/checkpoint").text)
    fork = face.end_voting(
        manifest,
        PollEvent(kind=Kind.CLOSING, at=manifest.closes_at),
        leaves=leaves_of(city, manifest)[:1],
        time=int(time.time()),
        witnesses=witnesses[:1],  # one of them lies
    )
    attack = Attack(face, trustees, manifest)
    assert attack.read(ballot, attack.shares()) is None
    key = city.metadata.metadata_key
    with pytest.raises(CheckpointRefused):
        cosign_next(
            fork,
            last=seen.open(origin=manifest.origin, key=key),
            proof=(),
            origin=manifest.origin,
            key=key,
            witness=witnesses[1],
            time=int(time.time()),
        )


def test_trap_20_without_witnesses_the_trustees_hold_what_convicts_the_organiser(
    city: City,
    face: OtherFace,
    trustees: Trustees,
    mia: Wallet,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing tells a trustee that voting goes on, but the organiser has signed the opposite."""
    manifest = extended(city, trustees)
    wait_for(manifest.closes_at)
    face.end_voting(
        manifest,
        PollEvent(kind=Kind.CLOSING, at=manifest.closes_at),
        leaves=leaves_of(city, manifest)[:1],
        time=int(time.time()),
    )
    assert len(Attack(face, trustees, manifest).shares()) == 2
    voted(city, mia, manifest, 1)  # voting goes on
    (kept,) = trustees.folders[0].glob("polls/*/closing.json")
    pin = base64url.encode(city.metadata.community_id)
    with pytest.raises(EvidenceRefused, match="proves nothing yet"):
        check_evidence(file=kept, fingerprint=pin)
    whole = kept.with_name("fork.json")
    link = f"{city.address}/polls/{manifest.poll}"
    check_evidence(file=kept, against=link, out=whole, fingerprint=pin)
    assert "signed two logs of one poll" in " ".join(capsys.readouterr().out.split())
    # Anyone can check the file alone; and after its end the poll's bundle says the same.
    check_evidence(file=whole, fingerprint=pin)
    with pytest.raises(EvidenceRefused, match="another community"):
        check_evidence(file=whole, fingerprint=base64url.encode(bytes(32)))
    city.session.polls.office.cancel(manifest.poll, reason="It was opened too early.")
    bundle = kept.with_name("poll.symbolon")
    bundle.write_bytes(city.get(f"/polls/{manifest.poll}/bundle").content)
    check_evidence(file=kept, against=str(bundle), fingerprint=pin)
    note = kept.with_name("checkpoint.note").read_bytes()
    report = Published.of(city, manifest.poll).audited(checkpoints={"kept": note})
    assert set(failed(report)) == {"checkpoints"}


def test_trap_20_an_honest_closing_convicts_nobody(
    city: City, face: OtherFace, trustees: Trustees, mia: Wallet
) -> None:
    manifest = begin(city, trustees, seconds=SHORT)
    wait_for(manifest.closes_at)
    shares = Attack(face, trustees, manifest).shares()
    for number, share in shares.items():
        body = {"trustee": number, "share": base64url.encode(share)}
        assert city.post(f"/polls/{manifest.poll}/shares", body).status_code == 200
    city.certify(manifest.poll)
    (kept,) = trustees.folders[1].glob("polls/*/closing.json")
    with pytest.raises(EvidenceRefused, match="goes on from the one that was kept"):
        check_evidence(file=kept, against=f"{city.address}/polls/{manifest.poll}")


# --- who the witnesses are


def test_trap_20_half_of_the_witnesses_are_never_enough(city: City, trustees: Trustees) -> None:
    """Otherwise one half is shown one log, the other half another, and no witness lies."""
    witnesses = new_witnesses("ada", "ben", "cy", "dora")
    for needed in (0, 1, 2, 5):
        with pytest.raises(OperatorError, match=r"cannot be made"):
            begin(city, trustees, witnesses=keys_of(witnesses), witnesses_needed=needed)
    manifest = begin(city, trustees, witnesses=keys_of(witnesses), witnesses_needed=3)
    with pytest.raises(PolicyError, match="no more than half"):
        replace(manifest, witnesses_needed=2)


def test_trap_20_one_witness_under_two_names_counts_once(city: City, trustees: Trustees) -> None:
    ada, ben = new_witnesses("ada", "ben")
    twice = WitnessKey(name="adam.example", private_key=ada.private_key)
    with pytest.raises(OperatorError, match="pins a witness twice"):
        begin(city, trustees, witnesses=keys_of((ada, twice, ben)), witnesses_needed=2)
