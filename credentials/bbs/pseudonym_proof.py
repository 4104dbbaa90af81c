"""Proofs of a signature together with a pseudonym: the second half of the pseudonym interface.

Source: draft-irtf-cfrg-bbs-per-verifier-linkability-03, sections "Proof Generation with Pseudonym",
"Proof Verification with Pseudonym", "Core Operations" and "Challenge Calculation".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from credentials.bbs.blind import joint_indexes, optional_scalar, prepare_scalars
from credentials.bbs.ciphersuite import (
    P1,
    calculate_domain,
    disclosed_octets,
    hash_to_challenge,
    length_prefixed,
    messages_to_scalars,
)
from credentials.bbs.interface import check_disclosure, check_numbers, hidden_indexes
from credentials.bbs.proof import (
    ProofPoints,
    ProofRandomness,
    RandomScalars,
    calculate_random_scalars,
    octets_to_proof,
    proof_finalize,
    proof_init,
    proof_to_octets,
    proof_verify_init,
)
from credentials.bbs.pseudonym import API_ID, all_generators
from credentials.bbs.signature import calculate_b, octets_to_signature
from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, encode_scalar, hash_to_scalar, i2osp
from credentials.errors import EncodingError, SymbolonError


def proof_gen_with_nym(
    *,
    pk: bytes,
    signature: bytes,
    header: bytes = b"",
    ph: bytes = b"",
    nym_secrets: Sequence[bytes],
    context_id: bytes,
    messages: Sequence[bytes] = (),
    committed_messages: Sequence[bytes] = (),
    disclosed_indexes: Sequence[int] = (),
    disclosed_commitment_indexes: Sequence[int] = (),
    secret_prover_blind: bytes = b"",
    random_scalars: RandomScalars | None = None,
) -> tuple[bytes, bytes]:
    """ProofGenWithNym: (proof, pseudonym of 48 octets)."""
    point_a, e = octets_to_signature(signature)
    check_numbers(disclosed_commitment_indexes)
    if any(not 0 <= index < len(committed_messages) for index in disclosed_commitment_indexes):
        raise EncodingError("a disclosed index is not that of a committed message")
    secrets = [optional_scalar(secret) for secret in nym_secrets]
    scalars = prepare_scalars(
        messages=messages,
        committed_messages=committed_messages,
        secret_prover_blind=secret_prover_blind,
        api_id=API_ID,
    )
    scalars += secrets
    indexes = joint_indexes(
        l=len(messages),
        disclosed_indexes=disclosed_indexes,
        disclosed_committed_indexes=disclosed_commitment_indexes,
    )
    hidden = hidden_indexes(len(scalars), indexes)
    generators = all_generators(len(messages), len(committed_messages) + len(secrets))
    q_1, *h_points = generators
    # 2. combined_header = header || I2OSP(length_nym_vector, 8)
    domain = calculate_domain(
        pk=pk,
        q_1=q_1,
        h_points=h_points,
        header=header + i2osp(len(secrets), 8),
        api_id=API_ID,
    )
    point_b = calculate_b(generators=generators, scalars=scalars, domain=domain)
    # 1. random_scalars = calculate_random_scalars(5+U)
    randomness = ProofRandomness.draw(len(hidden), random_scalars or calculate_random_scalars)
    # 3. init_res = BBS.ProofInit(...)
    points = proof_init(
        point_a=point_a,
        point_b=point_b,
        difference=point_b + -curve.multiply_g1(point_a, e),
        hidden_generators=[h_points[j] for j in hidden],
        randomness=randomness,
    )
    # 5. pseudonym_init_res = PseudonymProofInit(context_id, nym_secrets, random_scalars)
    context = _Context.of(context_id)
    nym = curve.multiply_g1(context.point, context.evaluate(secrets))
    tildes = randomness.m_tildes[-len(secrets) :]
    u_tilde = curve.multiply_g1(context.point, context.evaluate(tildes))
    if nym == curve.g1_identity:
        raise EncodingError("these nym secrets give no pseudonym in this context")
    # 8. challenge = ProofWithPseudonymChallengeCalculate(...)
    challenge = _challenge(
        disclosed=[(index, scalars[index]) for index in indexes],
        points=points,
        nym=nym,
        u_point=u_tilde,
        domain=domain,
        ph=ph,
        context_id=context_id,
    )
    # 9. proof = BBS.ProofFinalize(...)
    proof = proof_finalize(
        points,
        challenge=challenge,
        e=e,
        randomness=randomness,
        hidden_scalars=[scalars[j] for j in hidden],
    )
    return proof_to_octets(proof), curve.encode_g1(nym)


def proof_verify_with_nym(
    *,
    pk: bytes,
    proof: bytes,
    header: bytes = b"",
    ph: bytes = b"",
    pseudonym: bytes,
    context_id: bytes,
    length_nym_vector: int,
    l: int = 0,
    disclosed_messages: Sequence[bytes] = (),
    disclosed_committed_messages: Sequence[bytes] = (),
    disclosed_indexes: Sequence[int] = (),
    disclosed_committed_indexes: Sequence[int] = (),
) -> bool:
    """ProofVerifyWithNym; `l` is the number of the signer's messages."""
    try:
        return _core_proof_verify_with_nym(
            pk=pk,
            proof=proof,
            header=header,
            ph=ph,
            pseudonym=pseudonym,
            context_id=context_id,
            length_nym_vector=length_nym_vector,
            messages=l,
            disclosed_scalars=messages_to_scalars(
                (*disclosed_messages, *disclosed_committed_messages), API_ID
            ),
            indexes=joint_indexes(
                l=l,
                disclosed_indexes=disclosed_indexes,
                disclosed_committed_indexes=disclosed_committed_indexes,
            ),
        )
    except SymbolonError:
        return False


def _core_proof_verify_with_nym(
    *,
    pk: bytes,
    proof: bytes,
    header: bytes,
    ph: bytes,
    pseudonym: bytes,
    context_id: bytes,
    length_nym_vector: int,
    messages: int,
    disclosed_scalars: Sequence[int],
    indexes: Sequence[int],
) -> bool:
    proof_result = octets_to_proof(proof)
    point_w = curve.decode_g2(pk)
    nym = curve.decode_g1(pseudonym)
    count = len(proof_result.m_hats) + len(indexes)
    committed = count - messages - 1
    if messages < 0 or not 1 <= length_nym_vector <= committed:
        return False
    check_disclosure(count, indexes, messages=len(disclosed_scalars))
    q_1, *h_points = all_generators(messages, committed)
    hidden = hidden_indexes(count, indexes)
    # The nym secrets are the last messages and are never disclosed.
    if any(index >= len(h_points) - length_nym_vector for index in indexes):
        return False
    # 1. combined_header = header || I2OSP(length_nym_vector, 8)
    domain = calculate_domain(
        pk=pk,
        q_1=q_1,
        h_points=h_points,
        header=header + i2osp(length_nym_vector, 8),
        api_id=API_ID,
    )
    disclosed = list(zip(indexes, disclosed_scalars, strict=True))
    # 2. init_res = BBS.ProofVerifyInit(...)
    points = proof_verify_init(
        proof_result,
        constant=partial(curve.multiply_g1, P1 + curve.multiply_g1(q_1, domain)),
        disclosed=[
            (partial(curve.multiply_g1, h_points[index]), scalar) for index, scalar in disclosed
        ],
        hidden=[partial(curve.multiply_g1, h_points[j]) for j in hidden],
    )
    # 3. pseudonym_init_res = PseudonymProofVerifyInit(...)
    context = _Context.of(context_id)
    hats = proof_result.m_hats[-length_nym_vector:]
    u_point = curve.multiply_g1(context.point, context.evaluate(hats))
    u_point = u_point + curve.multiply_g1(-nym, proof_result.challenge)
    if u_point == curve.g1_identity:
        return False
    # 5. challenge = ProofWithPseudonymChallengeCalculate(...)
    challenge = _challenge(
        disclosed=disclosed,
        points=points,
        nym=nym,
        u_point=u_point,
        domain=domain,
        ph=ph,
        context_id=context_id,
    )
    # 6. if cp != challenge, return INVALID
    if proof_result.challenge != challenge:
        return False
    # 7. if e(Abar, W) * e(Bbar, -BP2) != Identity_GT, return INVALID
    return curve.pairing_check(
        [(proof_result.Abar, point_w), (-proof_result.Bbar, curve.g2_generator)]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """OP and z of a context identifier."""

    point: G1
    z: int

    @classmethod
    def of(cls, context_id: bytes) -> "_Context":
        # 1. OP = hash_to_curve_g1(context_id, api_id)
        # 2. z = hash_to_scalar(context_id, api_id || 'VECT_NYM_SECRETS')
        return cls(
            point=curve.hash_to_g1(context_id, dst=API_ID),
            z=hash_to_scalar(context_id, dst=API_ID + b"VECT_NYM_SECRETS"),
        )

    def evaluate(self, coefficients: Sequence[int]) -> int:
        """sum coefficients[i] * z^i, by Horner's rule."""
        total = 0
        for coefficient in reversed(coefficients):
            total = (total * self.z + coefficient) % ORDER
        return total


def _challenge(
    *,
    disclosed: Sequence[tuple[int, int]],
    points: ProofPoints,
    nym: G1,
    u_point: G1,
    domain: int,
    ph: bytes,
    context_id: bytes,
) -> int:
    """ProofWithPseudonymChallengeCalculate: ... T1, T2, Nym, U, domain, |ph|, ph, |ctx|, ctx."""
    octets = disclosed_octets(disclosed) + points.octets()
    octets += curve.encode_g1(nym) + curve.encode_g1(u_point) + encode_scalar(domain)
    return hash_to_challenge(octets + length_prefixed(ph) + length_prefixed(context_id), API_ID)
