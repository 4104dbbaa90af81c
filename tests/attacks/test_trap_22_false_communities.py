"""Trap 22: a community with another's keys and schema relays what wallets send it to the true one.

Over real HTTP, with the wallet's own code. The true community must hand out nothing for a proof
that was made for another, and a wallet must send none to an address that its community does not
name.
"""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from client.community import pinned
from client.errors import ClientError, WalletError
from client.issuance import IssuanceClient
from client.published import PublishedClient
from client.transport import Transport
from client.wallet.claim import claim
from client.wallet.contents import Membership, WalletContents
from client.wallet.restore import restore
from client.wallet.vault import Vault
from credentials.curve.scalars import random_scalar
from credentials.errors import CommitmentRefused, SymbolonError
from credentials.formats import base64url
from credentials.formats.claim_link import ClaimLink
from credentials.issuance import IssuerSecret, commit, commitment_of, derive_secrets
from tests.attacks.city import City, slug
from tests.attacks.false_community import FalseCommunity, false_community
from tests.attacks.wallet import Wallet
from tests.community import SCHEMA, Community

FAILS = (ClientError, SymbolonError)
"""How it ends for the wallet, which finds out afterwards, is beside the point."""


@pytest.fixture
def false(city: City) -> Iterator[FalseCommunity]:
    with false_community(city) as made:
        yield made


def restore_at(address: str, seed: bytes) -> Membership:
    """What `symbolon wallet restore --phrase --community ADDRESS` does, nothing known before."""
    with Transport() as transport:
        service = PublishedClient(address, transport=transport)
        issuance = IssuanceClient(address, transport=transport)
        published = pinned(service.metadata(), fingerprint=None)
        return restore(seed, service=service, issuance=issuance, published=published)


def claim_with(link: ClaimLink, vault: Vault) -> None:
    """What `symbolon wallet claim LINK` does."""
    with Transport() as transport:
        service = PublishedClient(link.address, transport=transport)
        issuance = IssuanceClient(link.address, transport=transport)
        published = pinned(service.metadata(), fingerprint=link.fingerprint)
        claim(vault, link=link, service=service, issuance=issuance, published=published)


def assert_got_nothing(false: FalseCommunity) -> None:
    """Something was sent on, and the true community took no proof for one of its own."""
    assert not false.got_a_credential
    assert {slug(answer) for answer in false.credentials} == {"commitment-invalid"}


def new_vault(folder: Path) -> Vault:
    contents = WalletContents(seed=secrets.token_bytes(16))
    return Vault.create(folder / "wallet", passphrase="an owl in the agora", contents=contents)


def link_of(false: FalseCommunity, code: str) -> ClaimLink:
    fingerprint = false.signed.open_unpinned().community_id
    return ClaimLink(address=false.address, code=code, fingerprint=fingerprint)


def link_to(city: City, code: str) -> ClaimLink:
    fingerprint = city.metadata.community_id
    return ClaimLink(address=city.address, code=code, fingerprint=fingerprint)


def test_trap_22_a_restore_at_the_true_community_brings_the_credential(city: City, mia: Wallet):
    (found,) = restore_at(city.address, mia.seed).enrolments
    assert found.issued == mia.issued.to_cbor()


def test_trap_22_a_restore_at_a_false_community_gives_it_nothing(
    false: FalseCommunity, mia: Wallet
):
    with suppress(*FAILS):
        restore_at(false.address, mia.seed)
    assert_got_nothing(false)


def test_trap_22_a_claim_at_a_false_community_gives_it_nothing_and_uses_no_code_up(
    city: City, false: FalseCommunity, tmp_path: Path
):
    code = city.invite().code
    vault = new_vault(tmp_path)
    with suppress(*FAILS):
        claim_with(link_of(false, code), vault)
    assert_got_nothing(false)
    claim_with(link_to(city, code), vault)
    assert vault.read().memberships[-1].enrolments


def test_trap_22_a_member_of_the_true_community_can_be_led_no_further(
    city: City, false: FalseCommunity, tmp_path: Path
):
    """The wallet holds the true credential number 0, and proves its number 0 to the false one."""
    vault = new_vault(tmp_path)
    claim_with(link_to(city, city.invite().code), vault)
    with suppress(*FAILS):
        claim_with(link_of(false, city.invite().code), vault)
    assert_got_nothing(false)


@pytest.mark.parametrize("changed", ["schema", "registry", "issuer"])
def test_trap_22_a_false_community_with_a_header_of_its_own_gets_nothing(
    city: City, false: FalseCommunity, mia: Wallet, changed: str
):
    """Whatever of the header it takes over, and whatever it exchanges."""
    own, true = IssuerSecret.generate().public_keys(), city.metadata.keys
    if changed == "schema":
        false.publish(schemas=(replace(city.metadata.schema, name="another-pass"),))
    elif changed == "registry":
        false.publish(keys=replace(own, issuer_key=true.issuer_key))
    else:
        false.publish(keys=replace(true, issuer_key=own.issuer_key))
    with suppress(*FAILS):
        restore_at(false.address, mia.seed)
    assert_got_nothing(false)


def test_trap_22_a_nonce_of_one_community_makes_no_proof_for_it_at_another(
    city: City, false: FalseCommunity, mia: Wallet
):
    """The nonce was drawn by the true community long before the wallet came."""
    false.nonce = base64url.decode(city.post("/issuance/nonce", {}).json()["nonce"])
    with suppress(*FAILS):
        restore_at(false.address, mia.seed)
    assert_got_nothing(false)


def test_trap_22_a_false_address_with_the_true_metadata_is_sent_no_proof(
    city: City, false: FalseCommunity, mia: Wallet
):
    """It publishes what the true community signed, octet by octet, and hands on everything."""
    false.signed = city.session.community.signed()
    with suppress(WalletError):
        restore_at(false.address, mia.seed)
    assert not false.credentials
    with pytest.raises(WalletError, match="says that it is at"):
        restore_at(false.address, mia.seed)


def test_trap_22_seed_and_count_are_not_enough_to_meet_again(city: City, false: FalseCommunity):
    """No common point: the two cannot compare lists and find one wallet in both."""
    seed = secrets.token_bytes(16)
    one, other = city.metadata, false.signed.open_unpinned()
    assert one.keys == other.keys
    here, there = (derive_secrets(seed, metadata=each, count=0) for each in (one, other))
    assert {here.prover_nym, here.secret_prover_blind}.isdisjoint(
        {there.prover_nym, there.secret_prover_blind}
    )
    assert commitment_of(here) != commitment_of(there)


@pytest.mark.parametrize("changed", ["metadata_key", "schemas", "keys"])
def test_trap_22_community_and_header_are_each_bound_by_themselves(
    changed: str,
):
    """The proof of one point C, for two communities that differ in one thing only."""
    true = Community()
    own, nonce = true.enrol().secrets, secrets.token_bytes(32)
    others = {
        "metadata_key": Community(secret=true.secret),
        "schemas": Community(
            secret=true.secret,
            signing_key=true.signing_key,
            schema=replace(SCHEMA, name="another-pass"),
        ),
        "keys": Community(
            secret=replace(true.secret, xi=random_scalar()), signing_key=true.signing_key
        ),
    }
    other = others[changed].metadata
    true.issuer.check_commitment(commit(own, metadata=true.metadata, nonce=nonce), nonce=nonce)
    with pytest.raises(CommitmentRefused):
        true.issuer.check_commitment(commit(own, metadata=other, nonce=nonce), nonce=nonce)
