"""One tag, several hashes: no input of one can be an input of another."""

import secrets

import pytest

from credentials import issuance
from credentials.bbs import ciphersuite, commitment
from credentials.bbs.ciphersuite import calculate_domain
from credentials.curve import curve
from credentials.curve.scalars import random_scalar
from credentials.issuance import commit, derive_secrets
from credentials.presentation import composition
from tests.community import Community

NONCE = bytes(range(32))


def test_nothing_hashed_under_one_tag_can_be_taken_for_another(community: Community):
    """Challenge, commitment challenge, domain, nym entropy and e share the tag H2S_.

    Their inputs differ at the start or in length, whatever is in them: counts begin with a zero
    octet, points with a set bit, the entropy with its label, and e has 80 octets, fewer than any.
    """
    inputs: dict[str, list[bytes]] = {
        "challenge": [],
        "commitment": [],
        "domain": [],
        "entropy": [],
    }

    def record(kind: str):
        def hashed(octets: bytes, api_id: bytes) -> int:
            inputs[kind].append(octets)
            return random_scalar()

        return hashed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composition, "hash_to_challenge", record("challenge"))
        patch.setattr(commitment, "hash_to_challenge", record("commitment"))
        patch.setattr(ciphersuite, "hash_to_challenge", record("domain"))
        patch.setattr(issuance, "hash_to_challenge", record("entropy"))
        own = derive_secrets(secrets.token_bytes(16), metadata=community.metadata, count=0)
        commit(own, metadata=community.metadata, nonce=NONCE)
        issuance.signer_nym_entropy(pk=community.verifier.pk, commitment=bytes(48))
        keys = community.verifier
        calculate_domain(
            pk=keys.pk, q_1=curve.g1_generator, h_points=keys.generators, header=b"", api_id=b""
        )
        composition.challenge_of(
            bytes(8 + 240), [], domain=keys.domain, presentation_header=bytes(32)
        )
    assert all(len(found) == 1 for found in inputs.values())
    first = {kind: found[0] for kind, found in inputs.items()}
    assert first["domain"][0] >= 0x80
    assert first["entropy"].startswith(b"symbolon/nym-entropy/1")
    assert first["challenge"][:7] == first["commitment"][:7] == bytes(7)
    # After its count of 1 a challenge has an index, the commitment's a point, which begins higher.
    assert first["commitment"][8] >= 0x80
    assert min(map(len, first.values())) > 80
