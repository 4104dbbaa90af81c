"""Pseudonyms with each input changed: refused. The draft's figures bring no rejections."""

from collections.abc import Iterator
from typing import Any

import pytest

from credentials import bbs
from credentials.curve import curve
from credentials.curve.scalars import ORDER
from credentials.errors import CredentialRefused, EncodingError, SymbolonError
from tests.vectors.changes import (
    NOT_POINTS,
    flipped,
    other_lists,
    other_octets,
    other_public_keys,
    other_scalars,
    spoilt,
)
from tests.vectors.test_nym import PROOFS, SIGNATURES
from tests.vectors.test_refusals_blind import named, other_indexes

SIGNED = SIGNATURES[3]  # ten messages, five committed, one nym secret
TEN_NYMS = SIGNATURES[5]  # the same with ten nym secrets
SHOWN = PROOFS[3]  # half of each disclosed

TO_SIGN = {
    "sk": SIGNED.octets_of("signerKeyPair", "secretKey"),
    "pk": SIGNED.octets_of("signerKeyPair", "publicKey"),
    "commitment_with_proof": SIGNED.octets("commitmentWithProof"),
    "length_nym_vector": 1,
    "signer_nym_entropy": SIGNED.octets("signer_nym_entropy"),
    "header": SIGNED.octets("header"),
    "messages": SIGNED.octet_list("messages"),
}
TO_FINALIZE = {
    "pk": TO_SIGN["pk"],
    "signature": SIGNED.octets("signature"),
    "header": SIGNED.octets("header"),
    "messages": SIGNED.octet_list("messages"),
    "committed_messages": SIGNED.octet_list("committedMessages"),
    "prover_nyms": SIGNED.scalars("proverNyms"),
    "signer_nym_entropy": SIGNED.octets("signer_nym_entropy"),
    "secret_prover_blind": SIGNED.octets("proverBlind"),
}
TO_PROVE = {
    "pk": TO_SIGN["pk"],
    "signature": SIGNED.octets("signature"),
    "header": SIGNED.octets("header"),
    "ph": SHOWN.octets("presentationHeader"),
    "nym_secrets": SIGNED.scalars("nym_secrets"),
    "context_id": SHOWN.octets("context_id"),
    "messages": SIGNED.octet_list("messages"),
    "committed_messages": SIGNED.octet_list("committedMessages"),
    "disclosed_indexes": SHOWN.indexed("revealedMessages")[0],
    "disclosed_commitment_indexes": SHOWN.indexed("revealedCommittedMessages")[0],
    "secret_prover_blind": SIGNED.octets("proverBlind"),
}
TO_CHECK = {
    "pk": SHOWN.octets("signerPublicKey"),
    "proof": SHOWN.octets("proof"),
    "header": SHOWN.octets("header"),
    "ph": SHOWN.octets("presentationHeader"),
    "pseudonym": SHOWN.octets("pseudonym"),
    "context_id": SHOWN.octets("context_id"),
    "length_nym_vector": 1,
    "l": SHOWN.fields["L"],
    "disclosed_messages": SHOWN.indexed("revealedMessages")[1],
    "disclosed_committed_messages": SHOWN.indexed("revealedCommittedMessages")[1],
    "disclosed_indexes": SHOWN.indexed("revealedMessages")[0],
    "disclosed_committed_indexes": SHOWN.indexed("revealedCommittedMessages")[0],
}


def changes_to_finalize() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, octets in other_public_keys():
        yield f"public key: {name}", {"pk": octets}
    for name, octets in spoilt(TO_FINALIZE["signature"], points=1):
        yield f"signature: {name}", {"signature": octets}
    for name, octets in other_octets(TO_FINALIZE["header"]):
        yield f"header: {name}", {"header": octets}
    for field in ("messages", "committed_messages"):
        for name, messages in other_lists(TO_FINALIZE[field]):
            yield f"{field}: {name}", {field: messages}
    for name, octets in other_scalars(TO_FINALIZE["prover_nyms"][0]):
        yield f"prover nym: {name}", {"prover_nyms": [octets]}
    yield "prover nyms: none", {"prover_nyms": []}
    yield "prover nyms: one more", {"prover_nyms": TO_FINALIZE["prover_nyms"] * 2}
    for field in ("signer_nym_entropy", "secret_prover_blind"):
        for name, octets in other_scalars(TO_FINALIZE[field]):
            yield f"{field}: {name}", {field: octets}


def changes_to_check() -> Iterator[tuple[str, dict[str, Any]]]:
    indexes, committed = TO_CHECK["disclosed_indexes"], TO_CHECK["disclosed_committed_indexes"]
    for name, octets in other_public_keys():
        yield f"public key: {name}", {"pk": octets}
    for name, octets in spoilt(TO_CHECK["proof"], points=3):
        yield f"proof: {name}", {"proof": octets}
    for name, octets in {
        **NOT_POINTS,
        "another point": curve.encode_g1(curve.g1_generator),
        "its negative": curve.encode_g1(-curve.decode_g1(TO_CHECK["pseudonym"])),
        "its sign changed": flipped(TO_CHECK["pseudonym"], 0),
        "that of another member": PROOFS[8].octets("pseudonym"),
        "too short": TO_CHECK["pseudonym"][:-1],
        "too long": TO_CHECK["pseudonym"] + b"\x00",
        "nothing": b"",
    }.items():
        yield f"pseudonym: {name}", {"pseudonym": octets}
    for field in ("header", "ph", "context_id"):
        for name, octets in other_octets(TO_CHECK[field]):
            yield f"{field}: {name}", {field: octets}
    yield (
        "context and presentation header exchanged",
        {
            "context_id": TO_CHECK["ph"],
            "ph": TO_CHECK["context_id"],
        },
    )
    for length in (-1, 0, 2, 6, 7, 10**9):
        yield f"length of the nym vector: {length}", {"length_nym_vector": length}
    for count in (-1, 0, 9, 11, 15, 10**9):
        yield f"l: {count}", {"l": count}
    for field in ("disclosed_messages", "disclosed_committed_messages"):
        for name, messages in other_lists(TO_CHECK[field]):
            yield f"{field}: {name}", {field: messages}
    for name, others in other_indexes(indexes):
        yield f"disclosed indexes: {name}", {"disclosed_indexes": others}
    for name, others in other_indexes(committed):
        yield f"disclosed committed indexes: {name}", {"disclosed_committed_indexes": others}
    yield (
        "the index of the blind is disclosed",
        {"disclosed_indexes": [*indexes[:-1], TO_CHECK["l"]]},
    )
    yield "the nym secret is disclosed", {"disclosed_committed_indexes": [*committed[:-1], 5]}
    yield (
        "nothing is disclosed",
        {
            "disclosed_messages": [],
            "disclosed_committed_messages": [],
            "disclosed_indexes": [],
            "disclosed_committed_indexes": [],
        },
    )


def test_the_unchanged_inputs_are_accepted() -> None:
    assert bbs.blind_sign_with_nym(**TO_SIGN) == TO_FINALIZE["signature"]
    assert bbs.verify_finalize_with_nym(**TO_FINALIZE) == TO_PROVE["nym_secrets"]
    assert bbs.proof_verify_with_nym(**TO_CHECK)
    proof, pseudonym = bbs.proof_gen_with_nym(**TO_PROVE)
    assert pseudonym == TO_CHECK["pseudonym"]
    assert proof != TO_CHECK["proof"]
    assert bbs.proof_verify_with_nym(**{**TO_CHECK, "proof": proof})


@named(spoilt(TO_SIGN["commitment_with_proof"], points=1))
def test_invalid_commitment_is_not_signed(change: bytes) -> None:
    with pytest.raises(SymbolonError):
        bbs.blind_sign_with_nym(**{**TO_SIGN, "commitment_with_proof": change})


def test_invalid_commitment_with_any_one_octet_changed_is_not_signed() -> None:
    commitment = TO_SIGN["commitment_with_proof"]
    for at in range(len(commitment)):
        with pytest.raises(SymbolonError):
            bbs.blind_sign_with_nym(**{**TO_SIGN, "commitment_with_proof": flipped(commitment, at)})


def test_invalid_commitment_of_the_blind_interface_is_not_signed() -> None:
    from tests.vectors.test_blind import COMMITS

    with pytest.raises(SymbolonError):
        bbs.blind_sign_with_nym(
            **{**TO_SIGN, "commitment_with_proof": COMMITS[1].octets("commitmentWithProof")}
        )


@pytest.mark.parametrize("length", [-1, 0, 7, 10**9])
def test_invalid_length_of_the_nym_vector_is_not_signed(length: int) -> None:
    with pytest.raises(EncodingError):
        bbs.blind_sign_with_nym(**{**TO_SIGN, "length_nym_vector": length})


@pytest.mark.parametrize("entropy", [ORDER.to_bytes(32, "big"), b"\xff" * 32, b"\x01", bytes(33)])
def test_invalid_entropy_is_not_signed(entropy: bytes) -> None:
    with pytest.raises(EncodingError):
        bbs.blind_sign_with_nym(**{**TO_SIGN, "signer_nym_entropy": entropy})


@pytest.mark.parametrize("field", ["header", "messages", "signer_nym_entropy", "length_nym_vector"])
def test_invalid_signature_over_other_inputs_is_refused_by_the_member(field: str) -> None:
    other = {
        "header": b"another header",
        "messages": [*TO_SIGN["messages"][:-1], b"another message"],
        "signer_nym_entropy": (5).to_bytes(32, "big"),
        "length_nym_vector": 2,
    }[field]
    signature = bbs.blind_sign_with_nym(**{**TO_SIGN, field: other})
    with pytest.raises(CredentialRefused):
        bbs.verify_finalize_with_nym(**{**TO_FINALIZE, "signature": signature})


@named(changes_to_finalize())
def test_invalid_signature_or_inputs_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SymbolonError):
        bbs.verify_finalize_with_nym(**{**TO_FINALIZE, **change})


def test_invalid_order_of_ten_nym_secrets_is_refused() -> None:
    nyms = TEN_NYMS.scalars("proverNyms")
    arguments = {
        **TO_FINALIZE,
        "signature": TEN_NYMS.octets("signature"),
        "secret_prover_blind": TEN_NYMS.octets("proverBlind"),
    }
    bbs.verify_finalize_with_nym(**{**arguments, "prover_nyms": nyms})
    for wrong in (nyms[::-1], [nyms[1], nyms[0], *nyms[2:]], nyms[:-1], nyms[1:], [*nyms, nyms[0]]):
        with pytest.raises(CredentialRefused):
            bbs.verify_finalize_with_nym(**{**arguments, "prover_nyms": wrong})


@named(changes_to_check())
def test_invalid_proof_or_inputs_are_refused(change: dict[str, Any]) -> None:
    assert not bbs.proof_verify_with_nym(**{**TO_CHECK, **change})


def test_invalid_proof_with_any_one_octet_changed_is_refused() -> None:
    proof = TO_CHECK["proof"]
    for at in range(len(proof)):
        assert not bbs.proof_verify_with_nym(**{**TO_CHECK, "proof": flipped(proof, at)}), at


def test_invalid_pseudonym_with_any_one_octet_changed_is_refused() -> None:
    pseudonym = TO_CHECK["pseudonym"]
    for at in range(len(pseudonym)):
        changed = flipped(pseudonym, at)
        assert not bbs.proof_verify_with_nym(**{**TO_CHECK, "pseudonym": changed}), at


@pytest.mark.parametrize("length", [1, 9, 11])
def test_invalid_length_of_a_vector_of_ten_nyms_is_refused(length: int) -> None:
    """Ten secrets give another pseudonym than nine and one committed message."""
    shown = PROOFS[10]
    arguments = {
        **TO_CHECK,
        "proof": shown.octets("proof"),
        "pseudonym": shown.octets("pseudonym"),
    }
    assert bbs.proof_verify_with_nym(**{**arguments, "length_nym_vector": 10})
    assert not bbs.proof_verify_with_nym(**{**arguments, "length_nym_vector": length})


def test_invalid_pseudonym_and_proof_of_different_contexts_are_refused() -> None:
    other = bbs.proof_gen_with_nym(**{**TO_PROVE, "context_id": b"another context"})
    here = bbs.proof_gen_with_nym(**TO_PROVE)
    for proof, pseudonym in ((here[0], other[1]), (other[0], here[1]), other):
        change = {"proof": proof, "pseudonym": pseudonym}
        assert not bbs.proof_verify_with_nym(**{**TO_CHECK, **change})


def test_invalid_nym_secret_gives_no_proof_that_verifies() -> None:
    """Another secret gives another pseudonym, but the signature is not over it."""
    proof, pseudonym = bbs.proof_gen_with_nym(
        **{**TO_PROVE, "nym_secrets": [(7).to_bytes(32, "big")]}
    )
    assert pseudonym != TO_CHECK["pseudonym"]
    change = {"proof": proof, "pseudonym": pseudonym}
    assert not bbs.proof_verify_with_nym(**{**TO_CHECK, **change})


def test_invalid_proof_of_the_blind_interface_is_refused() -> None:
    from tests.vectors.test_refusals_blind import TO_CHECK as BLIND

    assert bbs.blind_proof_verify(**BLIND)
    assert not bbs.proof_verify_with_nym(**{**TO_CHECK, "proof": BLIND["proof"]})
    assert not bbs.blind_proof_verify(**{**BLIND, "proof": TO_CHECK["proof"]})


@pytest.mark.parametrize(
    "change",
    [
        {"disclosed_indexes": [0, 0]},
        {"disclosed_indexes": [2, 1]},
        {"disclosed_indexes": [-1]},
        {"disclosed_indexes": [10]},
        {"disclosed_commitment_indexes": [0, 0]},
        {"disclosed_commitment_indexes": [2, 1]},
        {"disclosed_commitment_indexes": [-1]},
        {"disclosed_commitment_indexes": [5]},  # the nym secret
        {"nym_secrets": []},
        {"nym_secrets": [b"\x01"]},
        {"nym_secrets": [bytes(32)]},  # its pseudonym would be the identity
        {"nym_secrets": [ORDER.to_bytes(32, "big")]},
        {"secret_prover_blind": b"\xff" * 32},
        {"signature": b""},
    ],
    ids=str,
)
def test_invalid_inputs_are_refused_before_proving(change: dict[str, Any]) -> None:
    with pytest.raises(EncodingError):
        bbs.proof_gen_with_nym(**{**TO_PROVE, **change})
