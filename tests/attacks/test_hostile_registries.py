"""P1 against an issuer that shows one member another registry, key, schema or digit table."""

from dataclasses import replace
from pathlib import Path

import pytest

from client.answers import IssuanceAnswer
from client.community import pinned
from client.wallet.claim import claim
from credentials.curve import curve
from credentials.errors import (
    CredentialRefused,
    DigitsRefused,
    HeadRefused,
    SymbolonError,
    WitnessRefused,
)
from credentials.formats.claim_link import ClaimLink
from credentials.formats.head import SignedHead
from credentials.issuance import Issuer, draw_handle
from tests.attacks.hostile_issuer import CODE, HostileIssuer, claim_from, new_vault
from tests.community import SCHEMA, Community


class TwoFacedIssuer(HostileIssuer):
    """An issuer that is honest to everybody but one: `changes` is what that one is told."""

    def __init__(self, community: Community, **changes: object) -> None:
        super().__init__(community)
        self.changes = changes

    def issue(self, commitment: bytes, *, nonce: bytes, claim_code: str | None) -> IssuanceAnswer:
        answer = super().issue(commitment, nonce=nonce, claim_code=claim_code)
        named = {"credential", "witness", "head"} & self.changes.keys()
        return replace(answer, **{name: self.changes[name] for name in named})

    def heads(self) -> tuple[SignedHead, ...]:
        return self.changes.get("heads", super().heads())

    def digits(self) -> bytes:
        return self.changes.get("digits", super().digits())


HOUR = 3600


def another_head(community: Community, **changes: object) -> SignedHead:
    """The newest head with changes, signed as properly as the one that all others see."""
    other = replace(community.heads.newest, **changes)
    return SignedHead.sign(other, private_key=community.signing_key)


def refused_to(folder: Path, issuer: TwoFacedIssuer, *, first: bool) -> SymbolonError:
    """Why a wallet refuses what one issuer tells it, at its first claim or at a later one.

    Nothing that it was told is stored.
    """
    community, vault = issuer.community, new_vault(folder)
    if not first:
        claim_from(vault, HostileIssuer(community))
    before = [m.enrolments for m in vault.read().memberships]
    with pytest.raises(SymbolonError) as refused:
        claim_from(vault, issuer)
    after = [m.enrolments for m in vault.read().memberships]
    assert after == (before or [()])
    return refused.value


@pytest.mark.parametrize("first", [True, False])
def test_p1_a_witness_at_a_value_of_one_s_own_is_refused(tmp_path: Path, first: bool):
    """At another V a proof verifies for nobody, or tells an accomplice who it is."""
    community = Community()
    value = Community().heads.newest.value
    other = another_head(community, value=value)
    issuer = TwoFacedIssuer(community, head=other, heads=(other,))
    expected = WitnessRefused if first else HeadRefused
    assert isinstance(refused_to(tmp_path, issuer, first=first), expected)


@pytest.mark.parametrize(
    "changes", [{"published_at": 1_790_000_001}, {"highest_serial": 5}, {"grace": HOUR}]
)
def test_p1_a_second_head_of_a_known_epoch_is_refused(tmp_path: Path, changes: dict[str, int]):
    community = Community()
    other = another_head(community, **changes)
    refused = refused_to(
        tmp_path, TwoFacedIssuer(community, head=other, heads=(other,)), first=False
    )
    assert "two different heads" in str(refused)


def test_p1_a_head_beside_the_credential_that_is_not_published_is_refused(tmp_path: Path):
    community = Community()
    other = another_head(community, grace=HOUR)
    for first in (True, False):
        folder = tmp_path / str(first)
        folder.mkdir()
        refused = refused_to(folder, TwoFacedIssuer(community, head=other), first=first)
        assert isinstance(refused, HeadRefused)


def test_p1_a_head_that_another_key_signed_is_refused(tmp_path: Path):
    community = Community()
    forged = SignedHead.sign(community.heads.newest, private_key=Community().signing_key)
    refused = refused_to(tmp_path, TwoFacedIssuer(community, head=forged), first=True)
    assert "signature of a registry head" in str(refused)


def test_p1_a_step_back_after_a_removal_is_refused(tmp_path: Path):
    community = Community()
    stale = community.heads.signed
    vault = new_vault(tmp_path)
    community.publish(draw_handle())
    claim_from(vault, HostileIssuer(community))
    community.publish()
    with pytest.raises(HeadRefused, match="older"):
        claim_from(vault, TwoFacedIssuer(community, heads=stale))


@pytest.mark.parametrize("place", [0, 7, 255])
def test_p1_a_digit_table_that_tags_one_member_is_refused(tmp_path: Path, place: int):
    """One sigma that differs from everybody's would show in the pairing of each S made of it."""
    community = Community()
    tagged = bytearray(community.digits)
    tagged[48 * place : 48 * place + 48] = Community().digits[48 * place : 48 * place + 48]
    issuer = TwoFacedIssuer(community, digits=bytes(tagged))
    assert isinstance(refused_to(tmp_path, issuer, first=True), DigitsRefused)


def test_p1_a_credential_under_another_key_or_schema_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What is signed names issuer, schema and registry: no member gets a world of its own."""
    # The other world takes a proof that was made for this one.
    monkeypatch.setattr(
        Issuer, "check_commitment", lambda _, commitment, *, nonce: curve.decode_g1(commitment[:48])
    )
    community = Community()
    worlds = [
        Community(signing_key=community.signing_key),
        Community(
            secret=community.secret,
            signing_key=community.signing_key,
            schema=replace(SCHEMA, name="city-pass-of-one"),
        ),
    ]
    for at, world in enumerate(worlds):
        folder = tmp_path / str(at)
        folder.mkdir()

        class Elsewhere(HostileIssuer):
            """Signs in the other world, and publishes the registry of this one."""

            def heads(self) -> tuple[SignedHead, ...]:
                return community.heads.signed

        issuer = Elsewhere(world)
        link = ClaimLink(
            address=community.metadata.address,
            code=CODE,
            fingerprint=community.metadata.community_id,
        )
        published = pinned(community.signed, fingerprint=community.metadata.community_id)
        with pytest.raises(CredentialRefused):
            claim(
                new_vault(folder),
                link=link,
                service=issuer,
                issuance=issuer,
                published=published,
            )
