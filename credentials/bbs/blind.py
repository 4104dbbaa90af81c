"""The Blind BBS interface: signatures over messages of which some are only committed.

Source: draft-irtf-cfrg-bbs-blind-signatures-03. Proofs are in the format of the draft's vectors
(core layout and core challenge); the newer text on committed disclosure has no vectors and is left
out. `e` follows the vectors, not the text (see `finalize_blind_sign`).
"""

from collections.abc import Sequence

from credentials.bbs.ciphersuite import (
    CIPHERSUITE_ID,
    P1,
    calculate_domain,
    create_generators,
    messages_to_scalars,
)
from credentials.bbs.commitment import (
    committed_scalars_count,
    deserialize_and_validate_commit,
    draw_commitment,
)
from credentials.bbs.interface import (
    check_disclosure,
    check_numbers,
    core_proof_gen,
    core_proof_verify,
)
from credentials.bbs.proof import RandomScalars, calculate_random_scalars, octets_to_proof
from credentials.bbs.signature import (
    calculate_b,
    check_public_key,
    core_verify,
    finalize_blind_sign,
)
from credentials.curve import G1
from credentials.curve.scalars import ORDER
from credentials.errors import EncodingError, InvalidScalar, SymbolonError

API_ID = CIPHERSUITE_ID + b"BLIND_H2G_HM2S_"


def blind_generators_of(count: int, api_id: bytes) -> tuple[G1, ...]:
    """(Q_2, J_1, ...): `count` blind generators of the interface."""
    return create_generators(count, b"BLIND_" + api_id)


def optional_scalar(octets: bytes) -> int:
    """A scalar in 32 octets, below r; nothing stands for 0. Raises InvalidScalar."""
    scalar = int.from_bytes(octets, "big")
    if len(octets) not in (0, 32) or scalar >= ORDER:
        raise InvalidScalar("a scalar has 32 octets and is below the group order")
    return scalar


def prepare_scalars(
    *,
    messages: Sequence[bytes],
    committed_messages: Sequence[bytes],
    secret_prover_blind: bytes,
    api_id: bytes,
) -> list[int]:
    """(messages, secret_prover_blind, committed messages) as scalars, in the order signed."""
    return [
        *messages_to_scalars(messages, api_id),
        optional_scalar(secret_prover_blind),
        *messages_to_scalars(committed_messages, api_id),
    ]


def joint_indexes(
    *, l: int, disclosed_indexes: Sequence[int], disclosed_committed_indexes: Sequence[int]
) -> list[int]:
    """Indexes among all scalars: committed message j stands at j + L + 1, after the blind."""
    check_numbers([*disclosed_indexes, *disclosed_committed_indexes])
    if any(not 0 <= index < l for index in disclosed_indexes):
        raise EncodingError("a disclosed index is not that of a signer's message")
    if any(index < 0 for index in disclosed_committed_indexes):
        raise EncodingError("a disclosed index is negative")
    return [*disclosed_indexes, *(index + l + 1 for index in disclosed_committed_indexes)]


def commit(
    *, committed_messages: Sequence[bytes] = (), random_scalars: RandomScalars | None = None
) -> tuple[bytes, bytes]:
    """Commit: (commitment_with_proof of 112 + 32 * M octets, secret_prover_blind of 32)."""
    return draw_commitment(
        blind_generators=blind_generators_of(len(committed_messages) + 1, API_ID),
        scalars=messages_to_scalars(committed_messages, API_ID),
        random_scalars=random_scalars or calculate_random_scalars,
        api_id=API_ID,
    )


def blind_sign(
    *,
    sk: bytes,
    pk: bytes,
    commitment_with_proof: bytes = b"",
    header: bytes = b"",
    messages: Sequence[bytes] = (),
) -> bytes:
    """BlindSign: 80 octets; raises EncodingError or CommitmentRefused."""
    # 1. generators = BBS.create_generators(L + 1, api_id)
    generators = create_generators(len(messages) + 1, API_ID)
    # 2. blind_generators = BBS.create_generators(M + 1, "BLIND_" || api_id)
    blind_generators = blind_generators_of(
        committed_scalars_count(commitment_with_proof) + 1, API_ID
    )
    # 3. commit = deserialize_and_validate_commit(commitment_with_proof, blind_generators, api_id)
    commitment = deserialize_and_validate_commit(
        commitment_with_proof, blind_generators=blind_generators, api_id=API_ID
    )
    domain = calculate_domain(
        pk=check_public_key(pk),
        q_1=generators[0],
        h_points=(*generators[1:], *blind_generators),
        header=header,
        api_id=API_ID,
    )
    # 5. message_scalars = BBS.messages_to_scalars(messages, api_id)
    # 6. res = B_calculate(generators, commit, message_scalars)
    point_b = calculate_b(
        generators=generators,
        scalars=messages_to_scalars(messages, API_ID),
        domain=domain,
        start=P1 + commitment,
    )
    # 9. blind_sig = FinalizeBlindSign(...)
    return finalize_blind_sign(sk=sk, point_b=point_b, api_id=API_ID)


def verify_blind_sign(
    *,
    pk: bytes,
    signature: bytes,
    header: bytes = b"",
    messages: Sequence[bytes] = (),
    committed_messages: Sequence[bytes] = (),
    secret_prover_blind: bytes = b"",
) -> bool:
    """VerifyBlindSign, with the signer's and the committed messages as two vectors."""
    try:
        return core_verify(
            pk=pk,
            signature=signature,
            generators=_all_generators(len(messages), len(committed_messages)),
            header=header,
            scalars=prepare_scalars(
                messages=messages,
                committed_messages=committed_messages,
                secret_prover_blind=secret_prover_blind,
                api_id=API_ID,
            ),
            api_id=API_ID,
        )
    except SymbolonError:
        return False


def blind_proof_gen(
    *,
    pk: bytes,
    signature: bytes,
    header: bytes = b"",
    ph: bytes = b"",
    messages: Sequence[bytes] = (),
    committed_messages: Sequence[bytes] = (),
    disclosed_indexes: Sequence[int] = (),
    disclosed_commitment_indexes: Sequence[int] = (),
    secret_prover_blind: bytes = b"",
    random_scalars: RandomScalars | None = None,
) -> bytes:
    """BlindProofGen: 272 + 32 * (hidden scalars, the blind among them) octets."""
    return core_proof_gen(
        pk=pk,
        signature=signature,
        generators=_all_generators(len(messages), len(committed_messages)),
        header=header,
        ph=ph,
        scalars=prepare_scalars(
            messages=messages,
            committed_messages=committed_messages,
            secret_prover_blind=secret_prover_blind,
            api_id=API_ID,
        ),
        disclosed_indexes=joint_indexes(
            l=len(messages),
            disclosed_indexes=disclosed_indexes,
            disclosed_committed_indexes=disclosed_commitment_indexes,
        ),
        random_scalars=random_scalars,
        api_id=API_ID,
    )


def blind_proof_verify(
    *,
    pk: bytes,
    proof: bytes,
    header: bytes = b"",
    ph: bytes = b"",
    l: int = 0,
    disclosed_messages: Sequence[bytes] = (),
    disclosed_committed_messages: Sequence[bytes] = (),
    disclosed_indexes: Sequence[int] = (),
    disclosed_committed_indexes: Sequence[int] = (),
) -> bool:
    """BlindProofVerify; `l` is the number of the signer's messages."""
    try:
        indexes = joint_indexes(
            l=l,
            disclosed_indexes=disclosed_indexes,
            disclosed_committed_indexes=disclosed_committed_indexes,
        )
        count = len(octets_to_proof(proof).m_hats) + len(indexes)
        committed = count - l - 1
        if l < 0 or committed < 0:
            return False
        disclosed = (*disclosed_messages, *disclosed_committed_messages)
        check_disclosure(count, indexes, messages=len(disclosed))
        return core_proof_verify(
            pk=pk,
            proof=proof,
            generators=_all_generators(l, committed),
            header=header,
            ph=ph,
            disclosed_scalars=messages_to_scalars(disclosed, API_ID),
            disclosed_indexes=indexes,
            api_id=API_ID,
        )
    except SymbolonError:
        return False


def _all_generators(messages: int, committed: int) -> tuple[G1, ...]:
    """(Q_1, H_1, ..., H_L, Q_2, J_1, ..., J_M)."""
    return create_generators(messages + 1, API_ID) + blind_generators_of(committed + 1, API_ID)
