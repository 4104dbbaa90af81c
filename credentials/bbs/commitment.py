"""Commitments to messages that the signer must not see, with their proofs of correctness.

Source: draft-irtf-cfrg-bbs-blind-signatures-03, sections "Core Commitment Computation" and
"Core Commitment Verification". The product adds a nonce of 32 octets to the challenge; without one
the challenge is the draft's.
"""

from collections.abc import Sequence

from credentials.bbs.ciphersuite import hash_to_challenge, length_prefixed
from credentials.bbs.proof import Multiplier, RandomScalars
from credentials.curve import G1, OCTET_POINT_LENGTH, curve
from credentials.curve.scalars import (
    OCTET_SCALAR_LENGTH,
    ORDER,
    decode_scalars,
    encode_scalar,
    i2osp,
)
from credentials.errors import CommitmentRefused, EncodingError


def calculate_blind_challenge(
    *, commit: G1, cbar: G1, blind_generators: Sequence[G1], api_id: bytes, nonce: bytes | None
) -> int:
    """hash_to_scalar(M, Q_2, J_1, ..., J_M, C, Cbar[, len8(nonce), nonce]); M counts the J."""
    points = (*blind_generators, commit, cbar)
    octets = i2osp(len(blind_generators) - 1, 8) + b"".join(map(curve.encode_g1, points))
    if nonce is not None:
        octets += length_prefixed(nonce)
    return hash_to_challenge(octets, api_id)


def commit_point(
    *, blind_generators: Sequence[G1], secret_prover_blind: int, scalars: Sequence[int]
) -> G1:
    """C = Q_2 * secret_prover_blind + J_1 * msg_1 + ... + J_M * msg_M."""
    total = curve.g1_identity
    for generator, scalar in zip(blind_generators, (secret_prover_blind, *scalars), strict=True):
        total = total + curve.multiply_g1(generator, scalar)
    return total


def core_commit(
    *,
    blind_generators: Sequence[G1],
    scalars: Sequence[int],
    secret_prover_blind: int,
    tildes: Sequence[int],
    api_id: bytes,
    nonce: bytes | None = None,
) -> bytes:
    """CoreCommit: 48 + 32 * (M + 2) octets; `tildes` are s~, m~_1, ..., m~_M, drawn anew."""
    # 2. C = J_1 * msg_1 + ... + J_M * msg_M + Q_2 * secret_prover_blind
    commit = commit_point(
        blind_generators=blind_generators,
        secret_prover_blind=secret_prover_blind,
        scalars=scalars,
    )
    # 3. Cbar = J_1 * m~_1 + ... + J_M * m~_M + Q_2 * s~
    cbar = commit_point(
        blind_generators=blind_generators, secret_prover_blind=tildes[0], scalars=tildes[1:]
    )
    # 4. challenge = calculate_blind_challenge(C, Cbar, blind_generators, api_id)
    challenge = calculate_blind_challenge(
        commit=commit, cbar=cbar, blind_generators=blind_generators, api_id=api_id, nonce=nonce
    )
    # 5. s^ = s~ + secret_prover_blind * challenge
    # 6. for i in (1, 2, ..., M): m^_i = m~_i + msg_i * challenge
    hats = [
        (tilde + secret * challenge) % ORDER
        for tilde, secret in zip(tildes, (secret_prover_blind, *scalars), strict=True)
    ]
    # 7. proof = (s^, (m^_1, ..., m^_M), challenge)
    # 8. commit_with_proof = commitment_with_proof_to_octets(C, proof)
    return curve.encode_g1(commit) + b"".join(map(encode_scalar, (*hats, challenge)))


def draw_commitment(
    *,
    blind_generators: Sequence[G1],
    scalars: Sequence[int],
    random_scalars: RandomScalars,
    api_id: bytes,
) -> tuple[bytes, bytes]:
    """CoreCommit with its own blinding: (commitment_with_proof, secret_prover_blind)."""
    # 1. (secret_prover_blind, s~, m~_1, ..., m~_M) = BBS.get_random_scalars(M + 2)
    secret_prover_blind, *tildes = random_scalars(len(scalars) + 2)
    octets = core_commit(
        blind_generators=blind_generators,
        scalars=scalars,
        secret_prover_blind=secret_prover_blind,
        tildes=tildes,
        api_id=api_id,
    )
    return octets, encode_scalar(secret_prover_blind)


def committed_scalars_count(commitment_with_proof: bytes) -> int:
    """M of a commitment's octets, 0 for none; raises EncodingError for an impossible length."""
    if not commitment_with_proof:
        return 0
    rest = len(commitment_with_proof) - OCTET_POINT_LENGTH - 2 * OCTET_SCALAR_LENGTH
    if rest < 0 or rest % OCTET_SCALAR_LENGTH:
        raise EncodingError("a commitment has 112 octets and 32 for each committed message")
    return rest // OCTET_SCALAR_LENGTH


def deserialize_and_validate_commit(
    commitment_with_proof: bytes,
    *,
    blind_generators: Sequence[G1],
    api_id: bytes,
    nonce: bytes | None = None,
    multipliers: Sequence[Multiplier] = (),
) -> G1:
    """The point C of a commitment whose proof verifies, the identity for no commitment.

    Raises EncodingError, or CommitmentRefused where the proof is wrong. `multipliers` are tables
    of the blind generators, where the caller has them; everything here is public.
    """
    # 1. if commitment_with_proof is the empty string (""), return Identity_G1
    if not commitment_with_proof:
        return curve.g1_identity
    # 2. com_res = octets_to_commitment_with_proof(commitment_with_proof)
    if committed_scalars_count(commitment_with_proof) + 1 != len(blind_generators):
        raise EncodingError("the commitment holds another number of messages")
    commit = curve.decode_g1(commitment_with_proof[:OCTET_POINT_LENGTH])
    *hats, cp = decode_scalars(commitment_with_proof[OCTET_POINT_LENGTH:])
    # CoreCommitVerify
    # 1. Cbar = J_1 * m^_1 + ... + J_M * m^_M + Q_2 * s^ + commitment * (-cp)
    cbar = curve.multiply_g1(-commit, cp)
    if multipliers:
        for multiplier, hat in zip(multipliers, hats, strict=True):
            cbar = cbar + multiplier(hat)
    else:
        cbar = cbar + commit_point(
            blind_generators=blind_generators, secret_prover_blind=hats[0], scalars=hats[1:]
        )
    # 2. cv = calculate_blind_challenge(commitment, Cbar, blind_generators, api_id)
    cv = calculate_blind_challenge(
        commit=commit, cbar=cbar, blind_generators=blind_generators, api_id=api_id, nonce=nonce
    )
    # 3. if cv != cp, return INVALID
    if cv != cp:
        raise CommitmentRefused("the proof of the commitment does not verify")
    return commit
