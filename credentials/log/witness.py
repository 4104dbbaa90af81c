"""What a witness decides: cosign a log's next checkpoint, or refuse it and say why.

Source: C2SP tlog-witness, add-checkpoint. Pure functions: whoever calls them keeps the last
checkpoint that was cosigned, and writes the new one down before the cosignature leaves the house.
"""

from collections.abc import Sequence
from enum import StrEnum

from credentials.errors import CheckpointRefused, LogRefused
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.log.note import KeyKind, NoteSignature, VerifierKey
from credentials.merkle import check_consistency


class Reason(StrEnum):
    """Why a checkpoint is refused."""

    MALFORMED = "malformed"
    OTHER_ORIGIN = "other_origin"
    WRONG_SIGNATURE = "wrong_signature"
    SMALLER = "smaller"
    FORK = "fork"
    INCONSISTENT = "inconsistent"

    @property
    def accuses_the_log(self) -> bool:
        """Whether the log signed two things that it cannot show to belong together."""
        return self in (Reason.SMALLER, Reason.FORK, Reason.INCONSISTENT)


def judge_checkpoint(
    signed: SignedCheckpoint,
    *,
    last: Checkpoint | None,
    proof: Sequence[bytes],
    origin: str,
    key: bytes,
) -> Checkpoint:
    """The checkpoint, if a witness whose last one of that log was `last` may cosign it.

    `key` is the community's metadata key, 32 octets; `proof` the consistency proof from `last`,
    hashes of 32 octets, none where there is no last one. Raises CheckpointRefused with its reason.
    """
    try:
        found = Checkpoint.parse(signed.note.text)
    except LogRefused as error:
        raise _refused(str(error), Reason.MALFORMED) from None
    if found.origin != origin:
        raise _refused("the checkpoint is of another log", Reason.OTHER_ORIGIN)
    try:
        signed.note.check(key=VerifierKey(name=origin, kind=KeyKind.ED25519, public_key=key))
    except LogRefused as error:
        raise _refused(str(error), Reason.WRONG_SIGNATURE) from None
    if last is None:
        if proof:
            raise _refused("nothing was cosigned yet that could be proven", Reason.MALFORMED)
        return found
    if last.origin != origin:
        raise _refused("the last checkpoint was of another log", Reason.OTHER_ORIGIN)
    if found.size < last.size:
        raise _refused("the log is smaller than it was", Reason.SMALLER)
    if found.size == last.size and found.root != last.root:
        raise _refused("the log has two roots at one size", Reason.FORK)
    try:
        check_consistency(
            first=last.size,
            first_root=last.root,
            second=found.size,
            second_root=found.root,
            proof=proof,
        )
    except LogRefused as error:
        raise _refused(str(error), Reason.INCONSISTENT) from None
    return found


def cosign_next(
    signed: SignedCheckpoint,
    *,
    last: Checkpoint | None,
    proof: Sequence[bytes],
    origin: str,
    key: bytes,
    witness: WitnessKey,
    time: int,
) -> NoteSignature:
    """Cosign a checkpoint at `time` (Unix seconds) after judge_checkpoint let it through.

    Raises CheckpointRefused.
    """
    judge_checkpoint(signed, last=last, proof=proof, origin=origin, key=key)
    return witness.cosign(signed.note.text, time=time)


def _refused(message: str, reason: Reason) -> CheckpointRefused:
    return CheckpointRefused(message, reason=reason)
