"""Pseudonyms against every figure of draft-irtf-cfrg-bbs-per-verifier-linkability."""

import pytest

from credentials import bbs
from credentials.bbs.blind import prepare_scalars
from credentials.bbs.ciphersuite import P1, calculate_domain, create_generators
from credentials.bbs.pseudonym import API_ID
from credentials.bbs.signature import calculate_b
from credentials.curve import curve
from credentials.curve.scalars import decode_scalars, encode_scalar, i2osp
from tests.vectors.figures import SUITE, Case, cases, each, load

COMMITS = cases("nym", "nymCommit")
SIGNATURES = cases("nym", "nymSignature")
PROOFS = cases("nym", "nymProof")


@pytest.mark.py_ecc
@pytest.mark.parametrize("group", ["generators", "blindGenerators"])
def test_generators(group: str) -> None:
    figures = load(f"nym/{SUITE}/generators.json")[group]
    api_id = figures["api_id"].encode()
    assert api_id == {"generators": API_ID, "blindGenerators": b"BLIND_" + API_ID}[group]
    points = create_generators(len(figures["MsgGenerators"]) + 1, api_id)
    octets = [curve.encode_g1(point).hex() for point in points]
    assert octets == [figures["Q1"], *figures["MsgGenerators"]]
    assert curve.encode_g1(P1).hex() == figures["P1"]


def test_the_shared_messages_are_those_of_the_signatures() -> None:
    figures = load("nym/messages.json")
    assert figures["messages"] == SIGNATURES[3].fields["messages"]
    assert figures["committedMessages"] == SIGNATURES[3].fields["committedMessages"]


@each(COMMITS, py_ecc=("nymCommit001", "nymCommit003"))
def test_commit_with_nym_gives_the_commitment_octet_by_octet(case: Case) -> None:
    drawn: list[int] = []

    def random_scalars(count: int) -> list[int]:
        drawn.extend(case.mocked("commit")(count))
        return list(drawn)

    commitment_with_proof, secret_prover_blind = bbs.commit_with_nym(
        committed_messages=case.octet_list("committedMessages"),
        prover_nyms=case.scalars("proverNyms"),
        random_scalars=random_scalars,
    )
    assert commitment_with_proof == case.octets("commitmentWithProof")
    assert secret_prover_blind == case.octets("proverBlind")
    assert drawn[1:] == case.traced_scalars()


@each(SIGNATURES, py_ecc=("nymSignature001", "nymSignature006"))
def test_blind_sign_with_nym_gives_the_signature_octet_by_octet(case: Case) -> None:
    signature = bbs.blind_sign_with_nym(
        sk=case.octets_of("signerKeyPair", "secretKey"),
        pk=case.octets_of("signerKeyPair", "publicKey"),
        commitment_with_proof=case.octets("commitmentWithProof"),
        length_nym_vector=len(case.fields["proverNyms"]),
        signer_nym_entropy=case.octets("signer_nym_entropy"),
        header=case.octets("header"),
        messages=case.octet_list("messages"),
    )
    assert signature == case.octets("signature")


@each(SIGNATURES, py_ecc=("nymSignature004", "nymSignature005"))
def test_verify_finalize_with_nym_gives_the_nym_secrets(case: Case) -> None:
    assert case.valid
    nym_secrets = bbs.verify_finalize_with_nym(
        pk=case.octets_of("signerKeyPair", "publicKey"),
        signature=case.octets("signature"),
        header=case.octets("header"),
        messages=case.octet_list("messages"),
        committed_messages=case.octet_list("committedMessages"),
        prover_nyms=case.scalars("proverNyms"),
        signer_nym_entropy=case.octets("signer_nym_entropy"),
        secret_prover_blind=case.octets("proverBlind"),
    )
    assert nym_secrets == case.scalars("nym_secrets")


@each(SIGNATURES)
def test_domain_and_b_are_those_of_the_trace(case: Case) -> None:
    nym_secrets = case.scalars("nym_secrets")
    scalars = prepare_scalars(
        messages=case.octet_list("messages"),
        committed_messages=case.octet_list("committedMessages"),
        secret_prover_blind=case.octets("proverBlind"),
        api_id=API_ID,
    ) + decode_scalars(b"".join(nym_secrets))
    signer = len(case.octet_list("messages")) + 1
    generators = create_generators(signer, API_ID) + create_generators(
        len(scalars) + 1 - signer, b"BLIND_" + API_ID
    )
    domain = calculate_domain(
        pk=case.octets_of("signerKeyPair", "publicKey"),
        q_1=generators[0],
        h_points=generators[1:],
        header=case.octets("header") + i2osp(len(nym_secrets), 8),
        api_id=API_ID,
    )
    assert encode_scalar(domain) == case.trace.octets("domain")
    point_b = calculate_b(generators=generators, scalars=scalars, domain=domain)
    assert curve.encode_g1(point_b) == case.trace.octets("B")


@each(PROOFS, py_ecc=("nymProof001", "nymProof006", "nymProof104"))
def test_proof_gen_with_nym_gives_proof_and_pseudonym_octet_by_octet(case: Case) -> None:
    drawn: list[int] = []

    def random_scalars(count: int) -> list[int]:
        drawn.extend(case.mocked("proof")(count))
        return list(drawn)

    proof, pseudonym = bbs.proof_gen_with_nym(
        pk=case.octets("signerPublicKey"),
        signature=case.octets("signature"),
        header=case.octets("header"),
        ph=case.octets("presentationHeader"),
        nym_secrets=case.scalars("nym_secrets"),
        context_id=case.octets("context_id"),
        messages=case.octet_list("messages"),
        committed_messages=case.octet_list("committedMessages"),
        disclosed_indexes=case.indexed("revealedMessages")[0],
        disclosed_commitment_indexes=case.indexed("revealedCommittedMessages")[0],
        secret_prover_blind=case.octets("proverBlind"),
        random_scalars=random_scalars,
    )
    assert proof == case.octets("proof")
    assert pseudonym == case.octets("pseudonym") == case.trace.octets("pseudonym")
    assert drawn == case.traced_scalars()


@each(PROOFS, py_ecc=("nymProof002", "nymProof005", "nymProof102"))
def test_proof_verify_with_nym_accepts_the_proof(case: Case) -> None:
    assert case.valid
    disclosed_indexes, disclosed_messages = case.indexed("revealedMessages")
    committed_indexes, committed_messages = case.indexed("revealedCommittedMessages")
    assert bbs.proof_verify_with_nym(
        pk=case.octets("signerPublicKey"),
        proof=case.octets("proof"),
        header=case.octets("header"),
        ph=case.octets("presentationHeader"),
        pseudonym=case.octets("pseudonym"),
        context_id=case.octets("context_id"),
        length_nym_vector=len(case.fields["nym_secrets"]),
        l=case.fields["L"],
        disclosed_messages=disclosed_messages,
        disclosed_committed_messages=committed_messages,
        disclosed_indexes=disclosed_indexes,
        disclosed_committed_indexes=committed_indexes,
    )


@each(SIGNATURES)
def test_commit_with_nym_gives_the_commitments_that_were_signed(case: Case) -> None:
    """The signature files do not repeat the mocked scalars; the commitment files have them."""
    (commit,) = (
        one
        for one in COMMITS
        if one.fields["commitmentWithProof"] == case.fields["commitmentWithProof"]
    )
    assert commit.scalars("proverNyms") == case.scalars("proverNyms")
    assert commit.octet_list("committedMessages") == case.octet_list("committedMessages")
    assert commit.octets("proverBlind") == case.octets("proverBlind")
