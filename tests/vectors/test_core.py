"""Core BBS against every figure of draft-irtf-cfrg-bbs-signatures."""

import pytest

from credentials import bbs
from credentials.bbs.ciphersuite import (
    P1,
    calculate_domain,
    create_generators,
    hash_to_challenge,
    map_message_to_scalar,
    messages_to_scalars,
)
from credentials.bbs.interface import API_ID
from credentials.bbs.signature import calculate_b
from credentials.curve import curve
from credentials.curve.scalars import encode_scalar, hash_to_scalar
from tests.vectors.figures import SUITE, Case, cases, each, load, seeded_random_scalars

MOCKED_RNG = load(f"bbs/{SUITE}/mockedRng.json")
SIGNATURES = cases("bbs", "signature")
PROOFS = cases("bbs", "proof")


def mocked_calculate_random_scalars(count: int) -> list[int]:
    seed, dst = bytes.fromhex(MOCKED_RNG["seed"]), bytes.fromhex(MOCKED_RNG["dst"])
    return seeded_random_scalars(seed, dst=dst, count=count)


def disclosed_messages(case: Case) -> list[bytes]:
    messages = case.octet_list("messages")
    return [messages[index] for index in case.fields["disclosedIndexes"]]


@pytest.mark.py_ecc
def test_key_pair() -> None:
    figures = load(f"bbs/{SUITE}/keypair.json")
    material, info, dst = (
        bytes.fromhex(figures[field]) for field in ("keyMaterial", "keyInfo", "keyDst")
    )
    sk = bbs.key_gen(key_material=material, key_info=info, key_dst=dst)
    assert sk.hex() == figures["keyPair"]["secretKey"]
    assert sk == bbs.key_gen(key_material=material, key_info=info)  # the default tag is the same
    assert bbs.sk_to_pk(sk=sk).hex() == figures["keyPair"]["publicKey"]


@pytest.mark.py_ecc
def test_generators() -> None:
    figures = load(f"bbs/{SUITE}/generators.json")
    octets = [curve.encode_g1(point).hex() for point in create_generators(11, API_ID)]
    assert octets == [figures["Q1"], *figures["MsgGenerators"]]
    assert curve.encode_g1(P1).hex() == figures["P1"]


def test_fewer_generators_are_the_first_of_more() -> None:
    assert create_generators(4, API_ID) == create_generators(11, API_ID)[:4]


@pytest.mark.py_ecc
def test_hash_to_scalar() -> None:
    figures = load(f"bbs/{SUITE}/h2s.json")
    message, dst = bytes.fromhex(figures["message"]), bytes.fromhex(figures["dst"])
    assert encode_scalar(hash_to_scalar(message, dst=dst)).hex() == figures["scalar"]
    assert dst == API_ID + b"H2S_"
    assert encode_scalar(hash_to_challenge(message, API_ID)).hex() == figures["scalar"]


@pytest.mark.py_ecc
def test_map_message_to_scalar_as_hash() -> None:
    figures = load(f"bbs/{SUITE}/MapMessageToScalarAsHash.json")
    assert bytes.fromhex(figures["dst"]) == API_ID + b"MAP_MSG_TO_SCALAR_AS_HASH_"
    for one in figures["cases"]:
        scalar = map_message_to_scalar(bytes.fromhex(one["message"]), API_ID)
        assert encode_scalar(scalar).hex() == one["scalar"]


def test_the_shared_messages_are_those_of_the_signatures() -> None:
    assert load("bbs/messages.json") == SIGNATURES[3].fields["messages"]


@pytest.mark.py_ecc
def test_mocked_random_scalars() -> None:
    scalars = mocked_calculate_random_scalars(MOCKED_RNG["count"])
    assert [encode_scalar(scalar).hex() for scalar in scalars] == MOCKED_RNG["mockedScalars"]


@each(cases("bbs", "signature", valid=True), py_ecc=("signature001", "signature004"))
def test_sign_gives_the_signature_octet_by_octet(case: Case) -> None:
    signature = bbs.sign(
        sk=case.octets_of("signerKeyPair", "secretKey"),
        pk=case.octets_of("signerKeyPair", "publicKey"),
        header=case.octets("header"),
        messages=case.octet_list("messages"),
    )
    assert signature == case.octets("signature")


@each(SIGNATURES, py_ecc=("signature001", "signature002", "signature004", "signature008"))
def test_verify_accepts_and_refuses_as_the_draft_does(case: Case) -> None:
    accepted = bbs.verify(
        pk=case.octets_of("signerKeyPair", "publicKey"),
        signature=case.octets("signature"),
        header=case.octets("header"),
        messages=case.octet_list("messages"),
    )
    assert accepted is case.valid


@each(cases("bbs", "signature", valid=True))
def test_domain_and_b_are_those_of_the_trace(case: Case) -> None:
    scalars = messages_to_scalars(case.octet_list("messages"), API_ID)
    generators = create_generators(len(scalars) + 1, API_ID)
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


@each(cases("bbs", "proof", valid=True), py_ecc=("proof001", "proof003"))
def test_proof_gen_gives_the_proof_octet_by_octet(case: Case) -> None:
    drawn: list[int] = []

    def random_scalars(count: int) -> list[int]:
        drawn.extend(mocked_calculate_random_scalars(count))
        return list(drawn)

    proof = bbs.proof_gen(
        pk=case.octets("signerPublicKey"),
        signature=case.octets("signature"),
        header=case.octets("header"),
        ph=case.octets("presentationHeader"),
        messages=case.octet_list("messages"),
        disclosed_indexes=case.fields["disclosedIndexes"],
        random_scalars=random_scalars,
    )
    assert proof == case.octets("proof")
    assert drawn == case.traced_scalars()


@each(PROOFS, py_ecc=("proof001", "proof002", "proof003", "proof004", "proof012"))
def test_proof_verify_accepts_and_refuses_as_the_draft_does(case: Case) -> None:
    accepted = bbs.proof_verify(
        pk=case.octets("signerPublicKey"),
        proof=case.octets("proof"),
        header=case.octets("header"),
        ph=case.octets("presentationHeader"),
        disclosed_messages=disclosed_messages(case),
        disclosed_indexes=case.fields["disclosedIndexes"],
    )
    assert accepted is case.valid


def test_proofs_with_fresh_randomness_verify_and_differ() -> None:
    case = PROOFS[2]
    arguments = {
        "pk": case.octets("signerPublicKey"),
        "header": case.octets("header"),
        "ph": b"some other presentation header",
        "disclosed_indexes": case.fields["disclosedIndexes"],
    }
    proofs = {
        bbs.proof_gen(
            signature=case.octets("signature"), messages=case.octet_list("messages"), **arguments
        )
        for _ in range(3)
    }
    assert len(proofs) == 3
    for proof in proofs:
        assert bbs.proof_verify(
            proof=proof, disclosed_messages=disclosed_messages(case), **arguments
        )


def test_the_draft_brings_17_rejections_here() -> None:
    assert len(SIGNATURES) + len(PROOFS) == 25
    assert sum(not case.valid for case in SIGNATURES + PROOFS) == 17
