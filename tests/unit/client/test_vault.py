"""The wallet file: sealed, whole, and safe from two commands at once."""

import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from client.errors import WalletError, WrongPassphrase
from client.sealed_file import key_for, new_key, seal, unseal
from client.wallet.contents import (
    MISSING,
    REMOVED,
    Claim,
    Enrolment,
    Membership,
    SeenLog,
    Vote,
    WalletContents,
)
from client.wallet.vault import WALLET_FORM, Vault
from tests.community import Community

PASSPHRASE = "an owl in the agora"
SEED = bytes(range(16))
MAGIC, HEADER_LENGTH = WALLET_FORM.magic, WALLET_FORM.header_length


def full_contents(community: Community) -> WalletContents:
    return WalletContents(
        seed=SEED,
        memberships=(
            Membership(
                address=community.metadata.address,
                fingerprint=community.metadata.community_id,
                metadata_octets=community.signed.octets,
                metadata_signature=community.signed.signature,
                next_count=3,
                claims=(Claim(code_hash=b"c" * 32, count=2),),
                enrolments=(
                    Enrolment(
                        count=0,
                        code_hash=b"d" * 32,
                        issued=b"issued octets",
                        witness=b"w" * 48,
                        epoch=7,
                        ended=REMOVED,
                        ended_at=1_790_000_000,
                    ),
                ),
                heads=community.heads.signed,
                digits=community.digits,
                named_at=1_790_000_001,
                shown_at=1_790_000_002,
                renew_at=1_790_000_003,
                update_at=1_790_000_004,
                votes=(
                    Vote(
                        poll="lunch",
                        manifest_hash=b"m" * 32,
                        count=0,
                        question="What is for lunch?",
                        marks=(1,),
                        sequence=3,
                        answer="Soup",
                        ballot=b"ballot octets",
                        leaf_hash=b"h" * 32,
                        state=MISSING,
                        promise=b"promise octets",
                        signature=b"s" * 64,
                        missed="a note",
                    ),
                ),
                logs=(
                    SeenLog(
                        manifest_hash=b"m" * 32, manifest=b"manifest octets", checkpoint="a note"
                    ),
                ),
            ),
        ),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "wallet"


def test_what_was_stored_comes_back_exactly(path: Path, community: Community) -> None:
    contents = full_contents(community)
    Vault.create(path, passphrase=PASSPHRASE, contents=contents)
    assert Vault.open(path, passphrase=PASSPHRASE).read() == contents


def test_a_wallet_is_readable_by_its_owner_only(path: Path) -> None:
    vault = Vault.create(path, passphrase=PASSPHRASE, contents=WalletContents(seed=SEED))
    vault.change(lambda contents: contents)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_wrong_passphrase_is_one_sentence(path: Path) -> None:
    Vault.create(path, passphrase=PASSPHRASE, contents=WalletContents(seed=SEED))
    with pytest.raises(WrongPassphrase, match=r"^The passphrase does not open this wallet\.$"):
        Vault.open(path, passphrase="another passphrase")


def test_a_passphrase_typed_on_another_keyboard_opens_the_wallet(path: Path) -> None:
    Vault.create(path, passphrase="caf\u00e9 au lait", contents=WalletContents(seed=SEED))
    assert Vault.open(path, passphrase="cafe\u0301 au lait").read().seed == SEED


def test_a_short_passphrase_is_refused(path: Path) -> None:
    with pytest.raises(WalletError, match="at least 8"):
        Vault.create(path, passphrase="short", contents=WalletContents(seed=SEED))
    assert not path.exists()


def test_a_missing_wallet_says_what_to_do(path: Path) -> None:
    with pytest.raises(WalletError, match="wallet claim LINK"):
        Vault.open(path, passphrase=PASSPHRASE)


def test_a_wallet_is_never_overwritten_by_a_new_one(path: Path) -> None:
    Vault.create(path, passphrase=PASSPHRASE, contents=WalletContents(seed=SEED))
    with pytest.raises(WalletError, match="already"):
        Vault.create(path, passphrase=PASSPHRASE, contents=WalletContents(seed=b"x" * 16))
    assert Vault.open(path, passphrase=PASSPHRASE).read().seed == SEED


@pytest.mark.parametrize("place", range(HEADER_LENGTH + 20))
def test_no_changed_octet_of_the_header_or_the_body_is_accepted(place: int) -> None:
    key = new_key(PASSPHRASE, form=WALLET_FORM)
    sealed = bytearray(seal(b"contents", key=key))
    sealed[place] ^= 1
    # The right key is given, so only the seal itself can refuse.
    with pytest.raises(WalletError):
        unseal(bytes(sealed), key=key)


@pytest.mark.parametrize(
    "octets",
    [b"", b"PK\x03\x04", MAGIC, MAGIC + bytes(47), b"symbolon/wallet/2\n" + bytes(90)],
)
def test_what_is_no_wallet_is_refused_clearly(octets: bytes) -> None:
    with pytest.raises(WalletError):
        key_for(octets, passphrase=PASSPHRASE, form=WALLET_FORM)


def test_a_file_cannot_ask_for_all_the_memory() -> None:
    key = new_key(PASSPHRASE, form=WALLET_FORM)
    sealed = bytearray(seal(b"contents", key=key))
    sealed[len(MAGIC)] = 30
    with pytest.raises(WalletError, match="damaged"):
        key_for(bytes(sealed), passphrase=PASSPHRASE, form=WALLET_FORM)


def test_two_seals_of_the_same_contents_share_nothing_but_the_header() -> None:
    key = new_key(PASSPHRASE, form=WALLET_FORM)
    assert seal(b"contents", key=key)[HEADER_LENGTH:] != seal(b"contents", key=key)[HEADER_LENGTH:]


def test_a_copy_opens_with_the_same_passphrase_and_replaces_nothing(
    path: Path, tmp_path: Path, community: Community
) -> None:
    contents = full_contents(community)
    vault = Vault.create(path, passphrase=PASSPHRASE, contents=contents)
    copy = tmp_path / "copy"
    vault.copy(copy)
    assert Vault.open(copy, passphrase=PASSPHRASE).read() == contents
    assert list(tmp_path.glob("copy*")) == [copy]
    with pytest.raises(WalletError, match="exists already"):
        vault.copy(copy)


def test_a_change_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    vault = Vault.create(path, passphrase=PASSPHRASE, contents=WalletContents(seed=SEED))
    before = path.read_bytes()

    def fail(contents: WalletContents) -> WalletContents:
        raise WalletError("no")

    with pytest.raises(WalletError):
        vault.change(fail)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()].count("wallet") == 1


def test_a_symbolic_link_keeps_pointing_to_the_wallet(path: Path, tmp_path: Path) -> None:
    Vault.create(path, passphrase=PASSPHRASE, contents=WalletContents(seed=SEED))
    link = tmp_path / "link"
    os.symlink(path, link)
    Vault.open(link, passphrase=PASSPHRASE).change(lambda contents: contents)
    assert link.is_symlink()


def _add_claims(path: Path, first: int, community_octets: tuple[bytes, bytes, bytes]) -> None:
    fingerprint, _, _ = community_octets
    vault = Vault.open(path, passphrase=PASSPHRASE)
    for number in range(first, first + 10):
        claim = Claim(code_hash=number.to_bytes(32, "big"), count=number)
        vault.change(
            lambda now, one=claim: now.changed(
                fingerprint,
                lambda m: Membership(
                    address=m.address,
                    fingerprint=m.fingerprint,
                    metadata_octets=m.metadata_octets,
                    metadata_signature=m.metadata_signature,
                    claims=(*m.claims, one),
                ),
            )
        )


def test_two_commands_at_once_lose_nothing(path: Path, community: Community) -> None:
    place = (community.metadata.community_id, community.signed.octets, community.signed.signature)
    membership = Membership(
        address=community.metadata.address,
        fingerprint=place[0],
        metadata_octets=place[1],
        metadata_signature=place[2],
    )
    Vault.create(
        path,
        passphrase=PASSPHRASE,
        contents=WalletContents(seed=SEED, memberships=(membership,)),
    )
    spawn = multiprocessing.get_context("spawn")
    workers = [
        spawn.Process(target=_add_claims, args=(path, first, place)) for first in (0, 100, 200)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    stored = Vault.open(path, passphrase=PASSPHRASE).read().memberships[0].claims
    assert {claim.count for claim in stored} == {
        first + number for first in (0, 100, 200) for number in range(10)
    }


def test_no_secret_shows_in_a_representation(community: Community) -> None:
    contents = full_contents(community)
    shown = repr(contents) + repr(new_key(PASSPHRASE, form=WALLET_FORM))
    assert "Soup" not in shown
    assert repr(SEED)[2:-1] not in shown
    assert "issued octets" not in shown
