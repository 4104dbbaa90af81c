"""The BBS interface with pseudonyms: one stable, unlinkable name for each context.

Source: draft-irtf-cfrg-bbs-per-verifier-linkability-03. The interface id is
`H2G_HM2S_PSEUDONYM_` everywhere and `"BLIND_" || api_id` for the blind generators: the two other
ids that the text names for ProofGen and ProofVerify fail the draft's own vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from credentials.bbs.blind import (
    blind_generators_of,
    joint_indexes,
    optional_scalar,
    prepare_scalars,
)
from credentials.bbs.ciphersuite import (
    CIPHERSUITE_ID,
    P1,
    calculate_domain,
    create_generators,
    disclosed_octets,
    hash_to_challenge,
    length_prefixed,
    messages_to_scalars,
)
from credentials.bbs.commitment import (
    committed_scalars_count,
    deserialize_and_validate_commit,
    draw_commitment,
)
from credentials.bbs.interface import hidden_indexes
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
from credentials.bbs.signature import (
    calculate_b,
    check_public_key,
    core_verify,
    finalize_blind_sign,
    octets_to_signature,
)
from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, encode_scalar, hash_to_scalar, i2osp
from credentials.errors import CredentialRefused, EncodingError, SymbolonError

API_ID = CIPHERSUITE_ID + b"H2G_HM2S_PSEUDONYM_"


def commit_with_nym(
    *,
    committed_messages: Sequence[bytes] = (),
    prover_nyms: Sequence[bytes],
    random_scalars: RandomScalars | None = None,
) -> tuple[bytes, bytes]:
    """CommitWithNym: (commitment_with_proof, secret_prover_blind); nyms of 32 octets each."""
    scalars = messages_to_scalars(committed_messages, API_ID)
    scalars += map(optional_scalar, prover_nyms)
    return draw_commitment(
        blind_generators=blind_generators_of(len(scalars) + 1, API_ID),
        scalars=scalars,
        random_scalars=random_scalars or calculate_random_scalars,
        api_id=API_ID,
    )


def blind_sign_with_nym(
    *,
    sk: bytes,
    pk: bytes,
    commitment_with_proof: bytes,
    length_nym_vector: int,
    signer_nym_entropy: bytes,
    header: bytes = b"",
    messages: Sequence[bytes] = (),
) -> bytes:
    """BlindSignWithNym: 80 octets; raises EncodingError or CommitmentRefused."""
    # 1. generators = BBS.create_generators(L + 1, api_id)
    generators = create_generators(len(messages) + 1, API_ID)
    # 2. blind_generators = BBS.create_generators(M, "BLIND_" || api_id)
    committed = committed_scalars_count(commitment_with_proof)
    if not 1 <= length_nym_vector <= committed:
        raise EncodingError("the commitment holds fewer nym secrets than that")
    blind_generators = blind_generators_of(committed + 1, API_ID)
    # 3. commit = Blind.deserialize_and_validate_commit(...)
    commitment = deserialize_and_validate_commit(
        commitment_with_proof, blind_generators=blind_generators, api_id=API_ID
    )
    # 9. combined_header = header || I2OSP(length_nym_vector, 8)
    domain = calculate_domain(
        pk=check_public_key(pk),
        q_1=generators[0],
        h_points=(*generators[1:], *blind_generators),
        header=header + i2osp(length_nym_vector, 8),
        api_id=API_ID,
    )
    # 8. B = B + blind_generators[-1] * signer_nym_entropy
    entropy = curve.multiply_g1(blind_generators[-1], optional_scalar(signer_nym_entropy))
    # 6. B = Blind.B_calculate(generators, commit, message_scalars)
    point_b = calculate_b(
        generators=generators,
        scalars=messages_to_scalars(messages, API_ID),
        domain=domain,
        start=P1 + commitment + entropy,
    )
    # 10. blind_sig = Blind.FinalizeBlindSign(...)
    return finalize_blind_sign(sk=sk, point_b=point_b, api_id=API_ID)


def verify_finalize_with_nym(
    *,
    pk: bytes,
    signature: bytes,
    header: bytes = b"",
    messages: Sequence[bytes] = (),
    committed_messages: Sequence[bytes] = (),
    prover_nyms: Sequence[bytes],
    signer_nym_entropy: bytes = b"",
    secret_prover_blind: bytes = b"",
) -> list[bytes]:
    """VerifyFinalizeWithNym: the nym secrets, 32 octets each; raises CredentialRefused."""
    if not prover_nyms:
        raise EncodingError("there is at least one nym secret")
    # 2. nym_secrets = prover_nym.copy()
    nym_secrets = [optional_scalar(nym) for nym in prover_nyms]
    # 3. nym_secrets[-1] = prover_nyms[-1] + signer_nym_entropy
    nym_secrets[-1] = (nym_secrets[-1] + optional_scalar(signer_nym_entropy)) % ORDER
    # 1. and 4. message_scalars, then nym_secrets
    scalars = prepare_scalars(
        messages=messages,
        committed_messages=committed_messages,
        secret_prover_blind=secret_prover_blind,
        api_id=API_ID,
    )
    # 6. res = BBS.CoreVerify(PK, signature, generators, combined_header, message_scalars, api_id)
    valid = core_verify(
        pk=pk,
        signature=signature,
        generators=_all_generators(len(messages), len(committed_messages) + len(nym_secrets)),
        header=header + i2osp(len(nym_secrets), 8),
        scalars=(*scalars, *nym_secrets),
        api_id=API_ID,
    )
    if not valid:
        raise CredentialRefused("the signature does not verify")
    return [encode_scalar(secret) for secret in nym_secrets]


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
    generators = _all_generators(len(messages), len(committed_messages) + len(secrets))
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
    committed = len(proof_result.m_hats) + len(indexes) - messages - 1
    if messages < 0 or not 1 <= length_nym_vector <= committed:
        return False
    if len(disclosed_scalars) != len(indexes):
        return False
    q_1, *h_points = _all_generators(messages, committed)
    hidden = hidden_indexes(len(h_points), indexes)
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


def _all_generators(messages: int, committed: int) -> tuple[G1, ...]:
    """(Q_1, H_1, ..., H_L, Q_2, J_1, ..., J_M)."""
    return create_generators(messages + 1, API_ID) + blind_generators_of(committed + 1, API_ID)
