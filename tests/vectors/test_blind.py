"""Blind BBS against every figure of draft-irtf-cfrg-bbs-blind-signatures."""

import pytest

from credentials import bbs
from credentials.bbs.blind import API_ID, prepare_scalars
from credentials.bbs.ciphersuite import P1, calculate_domain, create_generators
from credentials.bbs.signature import calculate_b
from credentials.curve import curve
from credentials.curve.scalars import encode_scalar
from tests.vectors.figures import SUITE, Case, cases, each, load

COMMITS = cases("blind", "commit")
SIGNATURES = cases("blind", "signature")
PROOFS = cases("blind", "proof")


def signed(case: Case) -> Case:
    """The signature case that a proof case shows: proof files do not repeat the messages."""
    (match,) = (one for one in SIGNATURES if one.fields["signature"] == case.fields["signature"])
    return match


@pytest.mark.py_ecc
@pytest.mark.parametrize("group", ["generators", "blindGenerators"])
def test_generators(group: str) -> None:
    figures = load(f"blind/{SUITE}/generators.json")[group]
    api_id = figures["api_id"].encode()
    assert api_id == {"generators": API_ID, "blindGenerators": b"BLIND_" + API_ID}[group]
    points = create_generators(len(figures["MsgGenerators"]) + 1, api_id)
    octets = [curve.encode_g1(point).hex() for point in points]
    assert octets == [figures["Q1"], *figures["MsgGenerators"]]
    assert curve.encode_g1(P1).hex() == figures["P1"]


def test_the_shared_messages_are_those_of_the_signatures() -> None:
    figures = load("blind/messages.json")
    assert figures["messages"] == SIGNATURES[3].fields["messages"]
    assert figures["committedMessages"] == SIGNATURES[3].fields["committedMessages"]


@each(COMMITS, py_ecc=("commit001", "commit002"))
def test_commit_gives_the_commitment_octet_by_octet(case: Case) -> None:
    drawn: list[int] = []

    def random_scalars(count: int) -> list[int]:
        drawn.extend(case.mocked("commit")(count))
        return list(drawn)

    commitment_with_proof, secret_prover_blind = bbs.commit(
        committed_messages=case.octet_list("committedMessages"), random_scalars=random_scalars
    )
    assert commitment_with_proof == case.octets("commitmentWithProof")
    assert secret_prover_blind == case.octets("proverBlind")
    assert drawn[1:] == case.traced_scalars()


@each(SIGNATURES, py_ecc=("signature002", "signature005"))
def test_blind_sign_gives_the_signature_octet_by_octet(case: Case) -> None:
    signature = bbs.blind_sign(
        sk=case.octets_of("signerKeyPair", "secretKey"),
        pk=case.octets_of("signerKeyPair", "publicKey"),
        commitment_with_proof=case.octets("commitmentWithProof"),
        header=case.octets("header"),
        messages=case.octet_list("messages"),
    )
    assert signature == case.octets("signature")


@each(SIGNATURES, py_ecc=("signature001", "signature004"))
def test_verify_blind_sign_accepts_the_signature(case: Case) -> None:
    assert case.valid
    assert bbs.verify_blind_sign(
        pk=case.octets_of("signerKeyPair", "publicKey"),
        signature=case.octets("signature"),
        header=case.octets("header"),
        messages=case.octet_list("messages"),
        committed_messages=case.octet_list("committedMessages"),
        secret_prover_blind=case.octets("proverBlind"),
    )


@each([case for case in SIGNATURES if not case.trace_is_stale])
def test_domain_and_b_are_those_of_the_trace(case: Case) -> None:
    scalars = prepare_scalars(
        messages=case.octet_list("messages"),
        committed_messages=case.octet_list("committedMessages"),
        secret_prover_blind=case.octets("proverBlind"),
        api_id=API_ID,
    )
    signer = len(case.octet_list("messages")) + 1
    generators = create_generators(signer, API_ID) + create_generators(
        len(scalars) + 1 - signer, b"BLIND_" + API_ID
    )
    domain = calculate_domain(
        pk=case.octets_of("signerKeyPair", "publicKey"),
        q_1=generators[0],
        h_points=generators[1:],
        header=case.octets("header"),
        api_id=API_ID,
    )
    assert encode_scalar(domain) == case.trace.octets("domain")
    point_b = calculate_b(generators=generators, scalars=scalars, domain=domain)
    assert curve.encode_g1(point_b) == case.trace.octets("B")


@each(PROOFS, py_ecc=("proof002", "proof008"))
def test_blind_proof_gen_gives_the_proof_octet_by_octet(case: Case) -> None:
    drawn: list[int] = []

    def random_scalars(count: int) -> list[int]:
        drawn.extend(case.mocked("proof")(count))
        return list(drawn)

    proof = bbs.blind_proof_gen(
        pk=case.octets("signerPublicKey"),
        signature=case.octets("signature"),
        header=case.octets("header"),
        ph=case.octets("presentationHeader"),
        messages=signed(case).octet_list("messages"),
        committed_messages=signed(case).octet_list("committedMessages"),
        disclosed_indexes=case.indexed("revealedMessages")[0],
        disclosed_commitment_indexes=case.indexed("revealedCommittedMessages")[0],
        secret_prover_blind=case.octets("proverBlind"),
        random_scalars=random_scalars,
    )
    assert proof == case.octets("proof")
    assert drawn == case.traced_scalars()


@each(PROOFS, py_ecc=("proof001", "proof005"))
def test_blind_proof_verify_accepts_the_proof(case: Case) -> None:
    assert case.valid
    disclosed_indexes, disclosed_messages = case.indexed("revealedMessages")
    committed_indexes, committed_messages = case.indexed("revealedCommittedMessages")
    assert bbs.blind_proof_verify(
        pk=case.octets("signerPublicKey"),
        proof=case.octets("proof"),
        header=case.octets("header"),
        ph=case.octets("presentationHeader"),
        l=case.fields["L"],
        disclosed_messages=disclosed_messages,
        disclosed_committed_messages=committed_messages,
        disclosed_indexes=disclosed_indexes,
        disclosed_committed_indexes=committed_indexes,
    )


@each(PROOFS)
def test_the_proofs_are_over_the_commitment_of_their_signature(case: Case) -> None:
    assert case.octets("commitmentWithProof") == signed(case).octets("commitmentWithProof")


@each([case for case in SIGNATURES if case.fields["commitmentWithProof"]])
def test_commit_gives_the_commitments_that_were_signed(case: Case) -> None:
    commitment_with_proof, secret_prover_blind = bbs.commit(
        committed_messages=case.octet_list("committedMessages"),
        random_scalars=case.mocked("commit"),
    )
    assert commitment_with_proof == case.octets("commitmentWithProof")
    assert secret_prover_blind == case.octets("proverBlind")
