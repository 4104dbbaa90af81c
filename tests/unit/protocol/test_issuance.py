"""Blind issuance between an issuer and a wallet."""

import pickle
import secrets
from dataclasses import replace

import pytest

from credentials.curve.scalars import ORDER
from credentials.errors import (
    CommitmentRefused,
    CredentialRefused,
    EncodingError,
    MetadataRefused,
    SchemaError,
)
from credentials.formats.credential import IssuedCredential
from credentials.holder import accept
from credentials.issuance import (
    COMMITMENT_LENGTH,
    Issuer,
    IssuerSecret,
    commit,
    commitment_point,
    derive_secrets,
    draw_handle,
)
from tests.community import Community, Member

NONCE = bytes(range(32))


def test_a_commitment_has_144_octets_and_its_point_comes_from_the_seed_alone(community: Community):
    metadata = community.metadata
    own = derive_secrets(bytes(16), metadata=metadata, count=0)
    same = derive_secrets(bytes(16), metadata=metadata, count=0)
    first = commit(own, metadata=metadata, nonce=NONCE)
    again = commit(same, metadata=metadata, nonce=bytes(32))
    assert len(first) == len(again) == COMMITMENT_LENGTH
    assert commitment_point(first) == commitment_point(again)


def test_first_moves_are_fresh_even_for_the_same_nonce(community: Community):
    own = derive_secrets(bytes(16), metadata=community.metadata, count=0)
    first, second = (commit(own, metadata=community.metadata, nonce=NONCE) for _ in range(2))
    assert first[:48] == second[:48]
    for start in (48, 80, 112):
        assert first[start : start + 32] != second[start : start + 32]


def test_seed_community_issuer_and_count_each_change_the_secrets(community: Community):
    metadata = community.metadata
    communities = [
        metadata,
        replace(metadata, metadata_key=bytes(32)),
        replace(metadata, keys=Community().metadata.keys),
    ]
    derived = [
        derive_secrets(seed, metadata=each, count=count)
        for seed in (bytes(16), b"\x01" * 16)
        for each in communities
        for count in (0, 1)
    ]
    drawn = {(one.prover_nym, one.secret_prover_blind) for one in derived}
    assert len({scalar for pair in drawn for scalar in pair}) == 2 * 12


def test_a_seed_of_another_length_is_refused(community: Community):
    for length in (0, 15, 17):
        with pytest.raises(EncodingError):
            derive_secrets(bytes(length), metadata=community.metadata, count=0)


def test_no_wallet_commits_over_a_nonce_of_another_length(community: Community):
    own = derive_secrets(bytes(16), metadata=community.metadata, count=0)
    for length in (0, 31, 33):
        with pytest.raises(EncodingError):
            commit(own, metadata=community.metadata, nonce=bytes(length))


@pytest.mark.parametrize("octet", range(COMMITMENT_LENGTH))
def test_a_commitment_with_any_octet_changed_is_refused(community: Community, octet: int):
    own = derive_secrets(bytes(16), metadata=community.metadata, count=0)
    changed = bytearray(commit(own, metadata=community.metadata, nonce=NONCE))
    changed[octet] ^= 1
    with pytest.raises(CommitmentRefused):
        community.issuer.check_commitment(bytes(changed), nonce=NONCE)


@pytest.mark.parametrize("length", [0, 48, 112, 143, 145, 176])
def test_a_commitment_of_another_length_is_refused(community: Community, length: int):
    with pytest.raises(CommitmentRefused):
        community.issuer.check_commitment(bytes(length), nonce=NONCE)


def test_a_commitment_for_another_nonce_is_refused(community: Community):
    own = derive_secrets(bytes(16), metadata=community.metadata, count=0)
    octets = commit(own, metadata=community.metadata, nonce=NONCE)
    community.issuer.check_commitment(octets, nonce=NONCE)
    for other in (bytes(32), NONCE[:31], b""):
        with pytest.raises(CommitmentRefused):
            community.issuer.check_commitment(octets, nonce=other)


@pytest.mark.parametrize(
    "changes",
    [
        {"pass": "king"},
        {"volunteer": 2},
        {"points": 2**24},
        {"points": -1},
        {"valid_until": 65536},
        {"nickname": "e\u0301"},
        {"nickname": 3},
    ],
)
def test_the_issuer_signs_no_value_outside_its_domain(community: Community, changes):
    own = derive_secrets(bytes(16), metadata=community.metadata, count=0)
    with pytest.raises(SchemaError):
        community.issuer.issue(
            commit(own, metadata=community.metadata, nonce=NONCE),
            nonce=NONCE,
            handle=draw_handle(),
            serial=1,
            attributes=community.attributes(**changes),
        )


def test_an_issuer_refuses_metadata_with_other_keys(community: Community):
    with pytest.raises(MetadataRefused):
        Issuer(IssuerSecret.generate(), metadata=community.metadata)


def test_a_wallet_accepts_nothing_but_what_was_signed(community: Community, ana: Member):
    issued = ana.issued
    others = [
        {"signature": issued.signature[:48] + secrets.token_bytes(31) + b"\x01"},
        {"handle": issued.handle % (ORDER - 1) + 1},
        {"serial": issued.serial + 1},
        {"attributes": (1, *issued.attributes[1:])},
        {"attributes": issued.attributes[:-1]},
        {"attributes": (*issued.attributes, 0)},
        {"attributes": (0, "king", *issued.attributes[2:])},
    ]
    for change in others:
        fields = {
            "signature": issued.signature,
            "handle": issued.handle,
            "serial": issued.serial,
            "attributes": issued.attributes,
            **change,
        }
        with pytest.raises((CredentialRefused, EncodingError)):
            accept(IssuedCredential(**fields), secrets=ana.secrets, metadata=community.metadata)


def test_a_wallet_refuses_a_credential_for_somebody_elses_commitment(
    community: Community, ana: Member, bo: Member
):
    with pytest.raises(CredentialRefused):
        accept(bo.issued, secrets=ana.secrets, metadata=community.metadata)


def test_a_wallet_refuses_a_credential_of_another_community(
    other_community: Community, ana: Member
):
    with pytest.raises(CredentialRefused):
        accept(ana.issued, secrets=ana.secrets, metadata=other_community.metadata)


def test_secrets_do_not_show_and_are_not_pickled(ana: Member, community: Community):
    shown = repr((ana.secrets, ana.credential, community.secret, community.issuer))
    hidden = [*ana.credential.scalars, ana.secrets.prover_nym, community.secret.x]
    for scalar in hidden:
        if scalar > 2**64:
            assert str(scalar) not in shown
            assert f"{scalar:x}" not in shown
    for secret in (ana.secrets, ana.credential):
        with pytest.raises(TypeError):
            pickle.dumps(secret)
