"""Blind BBS with each input changed: refused. The draft's figures bring no rejections."""

from collections.abc import Iterator
from typing import Any

import pytest

from credentials import bbs
from credentials.errors import EncodingError, SymbolonError
from tests.vectors.changes import (
    flipped,
    other_lists,
    other_octets,
    other_public_keys,
    other_scalars,
    spoilt,
)
from tests.vectors.test_blind import PROOFS, SIGNATURES

SIGNED = SIGNATURES[3]  # ten messages, five committed
SHOWN = PROOFS[3]  # half of each disclosed

TO_SIGN = {
    "sk": SIGNED.octets_of("signerKeyPair", "secretKey"),
    "pk": SIGNED.octets_of("signerKeyPair", "publicKey"),
    "commitment_with_proof": SIGNED.octets("commitmentWithProof"),
    "header": SIGNED.octets("header"),
    "messages": SIGNED.octet_list("messages"),
}
TO_VERIFY = {
    "pk": TO_SIGN["pk"],
    "signature": SIGNED.octets("signature"),
    "header": SIGNED.octets("header"),
    "messages": SIGNED.octet_list("messages"),
    "committed_messages": SIGNED.octet_list("committedMessages"),
    "secret_prover_blind": SIGNED.octets("proverBlind"),
}
TO_PROVE = {
    **TO_VERIFY,
    "ph": SHOWN.octets("presentationHeader"),
    "disclosed_indexes": SHOWN.indexed("revealedMessages")[0],
    "disclosed_commitment_indexes": SHOWN.indexed("revealedCommittedMessages")[0],
}
TO_CHECK = {
    "pk": SHOWN.octets("signerPublicKey"),
    "proof": SHOWN.octets("proof"),
    "header": SHOWN.octets("header"),
    "ph": SHOWN.octets("presentationHeader"),
    "l": SHOWN.fields["L"],
    "disclosed_messages": SHOWN.indexed("revealedMessages")[1],
    "disclosed_committed_messages": SHOWN.indexed("revealedCommittedMessages")[1],
    "disclosed_indexes": SHOWN.indexed("revealedMessages")[0],
    "disclosed_committed_indexes": SHOWN.indexed("revealedCommittedMessages")[0],
}


def changes_to_verify() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, octets in other_public_keys():
        yield f"public key: {name}", {"pk": octets}
    for name, octets in spoilt(TO_VERIFY["signature"], points=1):
        yield f"signature: {name}", {"signature": octets}
    for name, octets in other_octets(TO_VERIFY["header"]):
        yield f"header: {name}", {"header": octets}
    for name, messages in other_lists(TO_VERIFY["messages"]):
        yield f"messages: {name}", {"messages": messages}
    for name, messages in other_lists(TO_VERIFY["committed_messages"]):
        yield f"committed messages: {name}", {"committed_messages": messages}
    for name, octets in other_scalars(TO_VERIFY["secret_prover_blind"]):
        yield f"prover blind: {name}", {"secret_prover_blind": octets}
    yield (
        "a committed message passed as the signer's",
        {
            "messages": TO_VERIFY["messages"] + TO_VERIFY["committed_messages"][:1],
            "committed_messages": TO_VERIFY["committed_messages"][1:],
        },
    )


def changes_to_check() -> Iterator[tuple[str, dict[str, Any]]]:
    indexes, committed = TO_CHECK["disclosed_indexes"], TO_CHECK["disclosed_committed_indexes"]
    for name, octets in other_public_keys():
        yield f"public key: {name}", {"pk": octets}
    for name, octets in spoilt(TO_CHECK["proof"], points=3):
        yield f"proof: {name}", {"proof": octets}
    for field in ("header", "ph"):
        for name, octets in other_octets(TO_CHECK[field]):
            yield f"{field}: {name}", {field: octets}
    yield (
        "header and presentation header exchanged",
        {
            "header": TO_CHECK["ph"],
            "ph": TO_CHECK["header"],
        },
    )
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
    yield (
        "nothing is disclosed",
        {
            "disclosed_messages": [],
            "disclosed_committed_messages": [],
            "disclosed_indexes": [],
            "disclosed_committed_indexes": [],
        },
    )
    yield (
        "a disclosed message is withheld",
        {
            "disclosed_messages": TO_CHECK["disclosed_messages"][1:],
            "disclosed_indexes": indexes[1:],
        },
    )
    yield (
        "a committed message is shown as the signer's",
        {
            "disclosed_messages": TO_CHECK["disclosed_messages"]
            + TO_CHECK["disclosed_committed_messages"][:1],
            "disclosed_indexes": [*indexes, 9],
            "disclosed_committed_messages": TO_CHECK["disclosed_committed_messages"][1:],
            "disclosed_committed_indexes": committed[1:],
        },
    )


def other_indexes(indexes: list[int]) -> Iterator[tuple[str, list[int]]]:
    yield "the first is another", [indexes[0] + 1, *indexes[1:]]
    yield "the last is another", [*indexes[:-1], indexes[-1] - 1]
    yield "the last is far out", [*indexes[:-1], 10**9]
    yield "the first is negative", [-1, *indexes[1:]]
    yield "one twice", [*indexes[:-1], indexes[0]]
    yield "another order", indexes[::-1]
    yield "one missing", indexes[1:]
    yield "one more", [*indexes, indexes[-1] + 1]
    yield "none", []


def named(changes: Iterator[tuple[str, Any]]) -> pytest.MarkDecorator:
    every = list(changes)
    return pytest.mark.parametrize(
        "change", [value for _, value in every], ids=[name for name, _ in every]
    )


def test_the_unchanged_inputs_are_accepted() -> None:
    assert bbs.blind_sign(**TO_SIGN) == TO_VERIFY["signature"]
    assert bbs.verify_blind_sign(**TO_VERIFY)
    assert bbs.blind_proof_verify(**TO_CHECK)


@named(change for change in spoilt(TO_SIGN["commitment_with_proof"], points=1) if change[1])
def test_invalid_commitment_is_not_signed(change: bytes) -> None:
    with pytest.raises(SymbolonError):
        bbs.blind_sign(**{**TO_SIGN, "commitment_with_proof": change})


def test_invalid_commitment_of_the_pseudonym_interface_is_not_signed() -> None:
    from tests.vectors.test_nym import COMMITS

    with pytest.raises(SymbolonError):
        bbs.blind_sign(
            **{**TO_SIGN, "commitment_with_proof": COMMITS[1].octets("commitmentWithProof")}
        )


@named(other_public_keys())
def test_invalid_public_key_does_not_sign(change: bytes) -> None:
    try:
        signature = bbs.blind_sign(**{**TO_SIGN, "pk": change})
    except SymbolonError:
        return
    assert not bbs.verify_blind_sign(**{**TO_VERIFY, "signature": signature})


@named(other_scalars(TO_SIGN["sk"]))
def test_invalid_secret_key_does_not_sign(change: bytes) -> None:
    try:
        signature = bbs.blind_sign(**{**TO_SIGN, "sk": change})
    except SymbolonError:
        return
    assert not bbs.verify_blind_sign(**{**TO_VERIFY, "signature": signature})


@named(changes_to_verify())
def test_invalid_signature_or_inputs_are_refused(change: dict[str, Any]) -> None:
    assert not bbs.verify_blind_sign(**{**TO_VERIFY, **change})


@named(changes_to_check())
def test_invalid_proof_or_inputs_are_refused(change: dict[str, Any]) -> None:
    assert not bbs.blind_proof_verify(**{**TO_CHECK, **change})


def test_invalid_proof_with_any_one_octet_changed_is_refused() -> None:
    proof = TO_CHECK["proof"]
    for at in range(len(proof)):
        assert not bbs.blind_proof_verify(**{**TO_CHECK, "proof": flipped(proof, at)}), at


@named(changes_to_verify())
def test_invalid_credential_gives_no_proof_that_verifies(change: dict[str, Any]) -> None:
    """A prover with any wrong part fails at once, or at the verifier."""
    try:
        proof = bbs.blind_proof_gen(**{**TO_PROVE, **change})
    except SymbolonError:
        return
    assert not bbs.blind_proof_verify(**{**TO_CHECK, "proof": proof})


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
        {"disclosed_commitment_indexes": [5]},
    ],
    ids=str,
)
def test_invalid_indexes_are_refused_before_proving(change: dict[str, Any]) -> None:
    with pytest.raises(EncodingError):
        bbs.blind_proof_gen(**{**TO_PROVE, **change})
