"""What a witness cosigns, and each reason for which it does not."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import CheckpointRefused
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.cosignature import check_cosignature
from credentials.log.note import NoteSignature, sign_note
from credentials.log.witness import Reason, cosign_next
from tests.unit.log.a_log import (
    ANNA,
    COMMUNITY,
    FORK,
    NOW,
    ORIGIN,
    STRANGER,
    TREE,
    checkpoint,
    public,
    signed,
)


def asked(
    new: SignedCheckpoint, *, last: Checkpoint | None, proof: Sequence[bytes] = ()
) -> NoteSignature:
    return cosign_next(
        new,
        last=last,
        proof=proof,
        origin=ORIGIN,
        key=public(COMMUNITY),
        witness=ANNA,
        time=NOW,
    )


def refused(
    new: SignedCheckpoint, *, last: Checkpoint | None, proof: Sequence[bytes] = ()
) -> Reason:
    with pytest.raises(CheckpointRefused) as caught:
        asked(new, last=last, proof=proof)
    return Reason(caught.value.reason)


@settings(max_examples=60, deadline=None)
@given(first=st.integers(0, 40), second=st.integers(0, 40))
def test_growth_is_cosigned_and_nothing_else(first: int, second: int) -> None:
    new, last = signed(second), checkpoint(first)
    if second < first:
        assert refused(new, last=last) is Reason.SMALLER
        return
    line = asked(new, last=last, proof=TREE.consistency_proof(first, second))
    assert check_cosignature(line, text=new.note.text, key=ANNA.verifier_key) == NOW


def test_the_first_checkpoint_needs_no_proof_and_takes_none() -> None:
    assert asked(signed(7), last=None).name == ANNA.name
    assert refused(signed(7), last=None, proof=[bytes(32)]) is Reason.MALFORMED


def test_a_fork_at_the_same_size() -> None:
    assert refused(signed(30, tree=FORK), last=checkpoint(30)) is Reason.FORK


def test_a_fork_at_another_size() -> None:
    proofs = ((), FORK.consistency_proof(30, 35), TREE.consistency_proof(30, 35))
    for proof in proofs:
        new = signed(35, tree=FORK)
        assert refused(new, last=checkpoint(30), proof=proof) is Reason.INCONSISTENT
    # Up to entry 19 the two are one.
    asked(signed(35, tree=FORK), last=checkpoint(20), proof=FORK.consistency_proof(20, 35))


def test_a_proof_of_something_else() -> None:
    for proof in ((), TREE.consistency_proof(8, 9), [b"short"]):
        assert refused(signed(20), last=checkpoint(9), proof=proof) is Reason.INCONSISTENT
    assert refused(signed(9), last=checkpoint(9), proof=[bytes(32)]) is Reason.INCONSISTENT


def test_another_log() -> None:
    other = "city.example:8443/polls/dinner"
    assert refused(signed(9, origin=other), last=None) is Reason.OTHER_ORIGIN
    assert refused(signed(9), last=checkpoint(9, origin=other)) is Reason.OTHER_ORIGIN


def test_another_signature() -> None:
    false = SignedCheckpoint.sign(checkpoint(9), private_key=STRANGER)
    assert refused(false, last=None) is Reason.WRONG_SIGNATURE
    moved = signed(9).note.signatures
    altered = SignedCheckpoint.parse(signed(9).to_text().replace(f"time {NOW + 9}", "time 1"))
    assert altered.note.signatures == moved
    assert refused(altered, last=None) is Reason.WRONG_SIGNATURE


def test_what_is_no_checkpoint() -> None:
    note = sign_note("some text\n", name=ORIGIN, private_key=COMMUNITY)
    assert refused(SignedCheckpoint(note=note), last=None) is Reason.MALFORMED


def test_which_reasons_accuse_the_log() -> None:
    accusing = {reason for reason in Reason if reason.accuses_the_log}
    assert accusing == {Reason.FORK, Reason.SMALLER, Reason.INCONSISTENT}
