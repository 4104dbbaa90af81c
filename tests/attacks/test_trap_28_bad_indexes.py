"""Trap 28: verifiers elsewhere crashed on a bad disclosed index, or on empty lists of messages.

The verify functions of the three drafts, with true proofs and with anything else: they say True to
the one right call, and False to everything else; they raise nothing.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from credentials.bbs import blind, interface, pseudonym, pseudonym_proof
from credentials.bbs.signature import sk_to_pk

SK = interface.key_gen(key_material=bytes(range(32)))
PK = sk_to_pk(sk=SK)
MESSAGES = (b"", b"one", b"two", b"three")
COMMITTED = (b"c zero", b"c one")
NYM, ENTROPY = (1).to_bytes(32, "big"), (2).to_bytes(32, "big")

Call = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A verify function, and a call that it says True to."""

    verify: Callable[..., bool]
    right: Call


def core_signature() -> Draft:
    signature = interface.sign(sk=SK, pk=PK, messages=MESSAGES)
    return Draft(interface.verify, {"pk": PK, "signature": signature, "messages": MESSAGES})


def core(*shown: int) -> Draft:
    signature = interface.sign(sk=SK, pk=PK, messages=MESSAGES)
    proof = interface.proof_gen(
        pk=PK, signature=signature, messages=MESSAGES, disclosed_indexes=shown
    )
    right = {
        "pk": PK,
        "proof": proof,
        "disclosed_messages": tuple(MESSAGES[at] for at in shown),
        "disclosed_indexes": shown,
    }
    return Draft(interface.proof_verify, right)


def core_of_nothing() -> Draft:
    signature = interface.sign(sk=SK, pk=PK)
    return Draft(
        interface.proof_verify, {"pk": PK, "proof": interface.proof_gen(pk=PK, signature=signature)}
    )


def with_commitment(*, shown: tuple[int, ...], committed: tuple[int, ...]) -> Draft:
    commitment, secret_prover_blind = blind.commit(committed_messages=COMMITTED)
    signature = blind.blind_sign(sk=SK, pk=PK, commitment_with_proof=commitment, messages=MESSAGES)
    proof = blind.blind_proof_gen(
        pk=PK,
        signature=signature,
        messages=MESSAGES,
        committed_messages=COMMITTED,
        disclosed_indexes=shown,
        disclosed_commitment_indexes=committed,
        secret_prover_blind=secret_prover_blind,
    )
    right = {
        "pk": PK,
        "proof": proof,
        "l": len(MESSAGES),
        "disclosed_messages": tuple(MESSAGES[at] for at in shown),
        "disclosed_committed_messages": tuple(COMMITTED[at] for at in committed),
        "disclosed_indexes": shown,
        "disclosed_committed_indexes": committed,
    }
    return Draft(blind.blind_proof_verify, right)


def blind_signature() -> Draft:
    commitment, secret_prover_blind = blind.commit(committed_messages=COMMITTED)
    signature = blind.blind_sign(sk=SK, pk=PK, commitment_with_proof=commitment, messages=MESSAGES)
    right = {
        "pk": PK,
        "signature": signature,
        "messages": MESSAGES,
        "committed_messages": COMMITTED,
        "secret_prover_blind": secret_prover_blind,
    }
    return Draft(blind.verify_blind_sign, right)


def with_pseudonym(*, shown: tuple[int, ...], committed: tuple[int, ...]) -> Draft:
    commitment, secret_prover_blind = pseudonym.commit_with_nym(
        committed_messages=COMMITTED, prover_nyms=[NYM]
    )
    signature = pseudonym.blind_sign_with_nym(
        sk=SK,
        pk=PK,
        commitment_with_proof=commitment,
        length_nym_vector=1,
        signer_nym_entropy=ENTROPY,
        messages=MESSAGES,
    )
    secrets = pseudonym.verify_finalize_with_nym(
        pk=PK,
        signature=signature,
        messages=MESSAGES,
        committed_messages=COMMITTED,
        prover_nyms=[NYM],
        signer_nym_entropy=ENTROPY,
        secret_prover_blind=secret_prover_blind,
    )
    proof, nym = pseudonym_proof.proof_gen_with_nym(
        pk=PK,
        signature=signature,
        nym_secrets=secrets,
        context_id=b"context",
        messages=MESSAGES,
        committed_messages=COMMITTED,
        disclosed_indexes=shown,
        disclosed_commitment_indexes=committed,
        secret_prover_blind=secret_prover_blind,
    )
    right = {
        "pk": PK,
        "proof": proof,
        "pseudonym": nym,
        "context_id": b"context",
        "length_nym_vector": 1,
        "l": len(MESSAGES),
        "disclosed_messages": tuple(MESSAGES[at] for at in shown),
        "disclosed_committed_messages": tuple(COMMITTED[at] for at in committed),
        "disclosed_indexes": shown,
        "disclosed_committed_indexes": committed,
    }
    return Draft(pseudonym_proof.proof_verify_with_nym, right)


DRAFTS = {
    "signature": core_signature(),
    "proof of nothing": core_of_nothing(),
    "proof, none shown": core(),
    "proof, two shown": core(0, 2),
    "proof, all shown": core(0, 1, 2, 3),
    "blind signature": blind_signature(),
    "blind, none shown": with_commitment(shown=(), committed=()),
    "blind, two shown": with_commitment(shown=(1,), committed=(1,)),
    "blind, all shown": with_commitment(shown=(0, 1, 2, 3), committed=(0, 1)),
    "pseudonym, none shown": with_pseudonym(shown=(), committed=()),
    "pseudonym, three shown": with_pseudonym(shown=(0, 3), committed=(0,)),
    "pseudonym, all shown": with_pseudonym(shown=(0, 1, 2, 3), committed=(0, 1)),
}
EVERY = pytest.mark.parametrize("name", DRAFTS)
WITH_INDEXES = [name for name, draft in DRAFTS.items() if "disclosed_indexes" in draft.right]
LISTS = ("disclosed_indexes", "disclosed_committed_indexes")
STRANGE = (-1, -(2**63), 4, 5, 6, 7, 8, 255, 2**31, 2**63, 2**64 - 1, 2**64, 2**200)
INDEX = st.one_of(st.integers(-2, 9), st.sampled_from(STRANGE))
INDEXES = st.lists(INDEX, max_size=6).map(tuple)
SOME = st.lists(st.sampled_from((b"", *MESSAGES, *COMMITTED)), max_size=6).map(tuple)
NUMBER = st.one_of(st.integers(-3, 12), st.sampled_from(STRANGE))
OCTETS = st.one_of(st.binary(max_size=200), st.sampled_from((b"", bytes(48), bytes(96), b"\xc0")))


@EVERY
def test_trap_28_the_right_call_is_true(name: str):
    draft = DRAFTS[name]
    assert draft.verify(**draft.right) is True


@EVERY
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_trap_28_whatever_else_is_false_and_nothing_is_raised(name: str, data: st.DataObject):
    """Some of a right call's arguments are replaced: by lists, numbers and octets of all kinds."""
    draft = DRAFTS[name]
    kinds = {tuple: INDEXES, int: NUMBER, bytes: OCTETS}
    changes: Call = {}
    for argument in data.draw(st.sets(st.sampled_from(sorted(draft.right)), min_size=1)):
        messages = argument.endswith("messages")
        kind = SOME if messages else kinds[type(draft.right[argument])]
        changes[argument] = data.draw(kind, label=argument)
    call = {**draft.right, **changes}
    assert draft.verify(**call) is (call == draft.right)


@pytest.mark.parametrize("name", WITH_INDEXES)
def test_trap_28_out_of_range_doubled_disordered_or_empty_indexes_are_false(name: str):
    """Also with as many messages as there are indexes, so that the numbers agree."""
    draft = DRAFTS[name]
    own = {key: draft.right[key] for key in LISTS if key in draft.right}
    for key, right in own.items():
        messages = key.replace("indexes", "messages")
        wrong = [(), (0, 0), (1, 0), (3, 2, 1, 0), (*right, *right), (*right, 0), right[1:]]
        wrong += [(*right[:-1], strange) for strange in STRANGE]
        wrong += [(strange, *right) for strange in STRANGE]
        wrong += [*itertools.product(range(-1, 5), repeat=2)]
        for indexes in wrong:
            if indexes == right:
                continue
            for shown in (draft.right[messages], (b"one",) * len(indexes), ()):
                call = {**draft.right, key: indexes, messages: shown}
                assert draft.verify(**call) is False, (key, indexes)


@pytest.mark.parametrize("name", WITH_INDEXES)
@pytest.mark.parametrize("index", [None, "0", 0.0, 1.5, b"0", (), True, False])
def test_trap_28_an_index_that_is_no_whole_number_is_false(name: str, index: object):
    draft = DRAFTS[name]
    for key in LISTS:
        if key in draft.right:
            messages = key.replace("indexes", "messages")
            call = {**draft.right, key: (index,), messages: (b"one",)}
            assert draft.verify(**call) is False


@EVERY
@settings(deadline=None, max_examples=30)
@given(octets=st.binary(max_size=700))
@example(octets=b"")
@example(octets=bytes(272))
@example(octets=b"\xc0" + bytes(271))
def test_trap_28_octets_that_are_no_proof_are_false(name: str, octets: bytes):
    draft = DRAFTS[name]
    (argument,) = {"proof", "signature"} & draft.right.keys()
    assert draft.verify(**{**draft.right, argument: octets}) is False


@pytest.mark.parametrize("name", WITH_INDEXES)
def test_trap_28_a_long_list_of_indexes_costs_no_generators(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    """A list that cannot be right is refused before a generator is made for each of its members."""
    draft = DRAFTS[name]
    counts: list[int] = []

    def counted(count: int, api_id: bytes) -> tuple[object, ...]:
        counts.append(count)
        raise AssertionError("generators are made")

    for module in (interface, blind, pseudonym):
        monkeypatch.setattr(module, "create_generators", counted)
    for key in LISTS:
        if key in draft.right:
            call = {**draft.right, key: (0,) * 100_000}
            assert draft.verify(**call) is False
    assert counts == []
