"""Trap 28: a challenge that lacks the key, and a rushing last dealer.

Where a challenge lacks the key, a proof can be made first and a key that fits it afterwards.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest

from credentials.bbs import blind, interface, pseudonym, pseudonym_proof
from credentials.bbs.signature import sk_to_pk
from credentials.curve import curve
from credentials.curve.scalars import random_scalar
from credentials.errors import CeremonyRefused, CommitmentRefused, DealRefused, OpeningRefused
from credentials.issuance import IssuerSecret, commit
from credentials.keys import VerifierKeys
from credentials.presentation.composition import challenge_of
from credentials.sealing.deals import make_deal
from credentials.sealing.opening import check_opening, combine, share_of
from tests.community import SCHEMA, Community
from tests.unit.sealing.circle import Circle, read_without_checks

ONE, OTHER = (interface.key_gen(key_material=bytes([at]) * 32) for at in (1, 2))
KEY, OTHER_KEY = sk_to_pk(sk=ONE), sk_to_pk(sk=OTHER)
NYM, ENTROPY = (1).to_bytes(32, "big"), (2).to_bytes(32, "big")
MESSAGES = (b"one", b"two")
DIGEST = bytes(range(32))


# --- proofs of the drafts: one key in the challenge, another in the pairing


def core_proof(sk: bytes, pk: bytes) -> Callable[..., bool]:
    signature = interface.sign(sk=sk, pk=pk, messages=MESSAGES)
    proof = interface.proof_gen(pk=pk, signature=signature, messages=MESSAGES)
    return lambda pk: interface.proof_verify(pk=pk, proof=proof)


def blind_proof(sk: bytes, pk: bytes) -> Callable[..., bool]:
    commitment, secret_prover_blind = blind.commit()
    signature = blind.blind_sign(sk=sk, pk=pk, commitment_with_proof=commitment, messages=MESSAGES)
    proof = blind.blind_proof_gen(
        pk=pk,
        signature=signature,
        messages=MESSAGES,
        secret_prover_blind=secret_prover_blind,
    )
    return lambda pk: blind.blind_proof_verify(pk=pk, proof=proof, l=len(MESSAGES))


def pseudonym_proof_of(sk: bytes, pk: bytes) -> Callable[..., bool]:
    commitment, secret_prover_blind = pseudonym.commit_with_nym(prover_nyms=[NYM])
    signature = pseudonym.blind_sign_with_nym(
        sk=sk,
        pk=pk,
        commitment_with_proof=commitment,
        length_nym_vector=1,
        signer_nym_entropy=ENTROPY,
        messages=MESSAGES,
    )
    proof, nym = pseudonym_proof.proof_gen_with_nym(
        pk=pk,
        signature=signature,
        nym_secrets=[(3).to_bytes(32, "big")],
        context_id=b"context",
        messages=MESSAGES,
        secret_prover_blind=secret_prover_blind,
    )
    return lambda pk: pseudonym_proof.proof_verify_with_nym(
        pk=pk,
        proof=proof,
        pseudonym=nym,
        context_id=b"context",
        length_nym_vector=1,
        l=len(MESSAGES),
    )


@pytest.mark.parametrize("make", [core_proof, blind_proof, pseudonym_proof_of])
def test_trap_28_a_proof_whose_pairing_fits_another_key_than_its_challenge_is_refused(
    make: Callable[[bytes, bytes], Callable[..., bool]],
):
    assert make(ONE, KEY)(pk=KEY)
    mixed = make(OTHER, KEY)  # signed by the other key, under the name of this one
    assert not mixed(pk=KEY)
    assert not mixed(pk=OTHER_KEY)


# --- presentations and commitments


def others_by_one_key(community: Community) -> dict[str, Community]:
    """Communities that differ from this one by one key, or by the schema."""
    fresh = IssuerSecret.generate()
    secret, signing_key = community.secret, community.signing_key
    return {
        "issuer": Community(secret=replace(secret, x=fresh.x), signing_key=signing_key),
        "registry": Community(secret=replace(secret, alpha=fresh.alpha), signing_key=signing_key),
        "digits": Community(secret=replace(secret, xi=fresh.xi), signing_key=signing_key),
        "metadata": Community(secret=secret),
        "schema": Community(
            secret=secret, signing_key=signing_key, schema=replace(SCHEMA, name="another-pass")
        ),
    }


def test_trap_28_the_challenge_of_a_presentation_holds_every_key(community: Community):
    """By the domain, which stands in every challenge; the metadata key is in every scope."""
    found = {"own": community, **others_by_one_key(community)}
    del found["metadata"]
    domains = [VerifierKeys.from_metadata(each.metadata).domain for each in found.values()]
    assert len(set(domains)) == len(domains) == 5
    challenges = {
        challenge_of(bytes(248), [], domain=domain, presentation_header=bytes(32))
        for domain in domains
    }
    assert len(challenges) == 5


def test_trap_28_the_challenge_of_a_commitment_holds_every_key(community: Community):
    """Also that of the metadata, and with them the community."""
    own, nonce = community.enrol().secrets, secrets.token_bytes(32)
    honest = commit(own, metadata=community.metadata, nonce=nonce)
    community.issuer.check_commitment(honest, nonce=nonce)
    for name, other in others_by_one_key(community).items():
        foreign = commit(own, metadata=other.metadata, nonce=nonce)
        with pytest.raises(CommitmentRefused):
            community.issuer.check_commitment(foreign, nonce=nonce)
        with pytest.raises(CommitmentRefused):
            other.issuer.check_commitment(honest, nonce=nonce)
        assert name


# --- the ceremony


@pytest.fixture(scope="module")
def circle() -> Circle:
    return Circle.of(3, threshold=2)


def test_trap_28_a_proof_of_possession_is_for_one_key_one_place_and_one_ceremony(circle: Circle):
    """The dealer's own constant and proof, carried into a ceremony with another card in it."""
    ana = circle.trustees[0]
    first = read_without_checks(make_deal(circle.participants, keys=ana))
    other = Circle.with_trustees(
        (*circle.trustees[:2], *Circle.of(3, threshold=2).trustees[2:]), threshold=2
    )
    deals = other.deals()
    carried = other.tampered(
        deals[0],
        lambda deal: replace(deal, commitments=first.commitments, possession=first.possession),
    )
    with pytest.raises(DealRefused, match="does not prove to know"):
        other.finish([carried, *deals[1:]], at=1)
    verbatim = other.signed(first, by=ana)
    with pytest.raises((DealRefused, CeremonyRefused)):
        other.finish([verbatim, *deals[1:]], at=1)


def test_trap_28_a_rushing_last_dealer_chooses_among_keys_and_knows_none(circle: Circle):
    """It sees all other deals, and deals again and again until the key pleases.

    It gets what docs/protocol.md concedes, a key that begins as it likes, and nothing more: what it
    holds opens nothing, and two others open without it.
    """
    first, second, _ = circle.deals()
    last = circle.trustees[2]

    def key_with(deal: str) -> bytes:
        return circle.finish([first, second, deal], at=2)[1].key

    chosen = min((make_deal(circle.participants, keys=last) for _ in range(6)), key=key_with)
    deals = [first, second, chosen]
    outcomes = [circle.finish(deals, at=at) for at in range(3)]
    results = {result.to_cbor() for _, result in outcomes}
    assert len(results) == 1
    key = outcomes[0][1].key
    shares = {share.number: share_of(share.secret, digest=DIGEST) for share, _ in outcomes}
    with pytest.raises(OpeningRefused):
        combine({3: shares[3]}, threshold=2)
    for alone in (shares[3], share_of(random_scalar(), digest=DIGEST)):
        with pytest.raises(OpeningRefused):
            check_opening(alone, key=key, digest=DIGEST)
    opening = combine({1: shares[1], 2: shares[2]}, threshold=2)
    check_opening(opening, key=key, digest=DIGEST)


def test_trap_28_a_rushing_last_dealer_cannot_take_the_others_away(circle: Circle):
    """Z would be a key of its own, if it could prove to know its constant; nobody can."""
    first, second, third = circle.deals()
    wanted = curve.multiply_g2(curve.g2_generator, random_scalar())
    for text in (first, second):
        wanted = wanted + -curve.decode_g2(read_without_checks(text).commitments[0])
    constant = curve.encode_g2(wanted)
    for copied in (first, second, third):
        possession = read_without_checks(copied).possession
        rogue = circle.tampered(
            third,
            lambda deal, possession=possession: replace(
                deal, commitments=(constant, *deal.commitments[1:]), possession=possession
            ),
        )
        with pytest.raises(DealRefused, match="does not prove to know"):
            circle.finish([first, second, rogue])
