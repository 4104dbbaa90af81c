"""The BBS interface with pseudonyms: one stable, unlinkable name for each context.

Source: draft-irtf-cfrg-bbs-per-verifier-linkability-03. The interface id is
`H2G_HM2S_PSEUDONYM_` everywhere and `"BLIND_" || api_id` for the blind generators: the two other
ids that the text names for ProofGen and ProofVerify fail the draft's own vectors.
"""

from collections.abc import Sequence

from credentials.bbs.blind import (
    blind_generators_of,
    optional_scalar,
    prepare_scalars,
)
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
from credentials.bbs.proof import (
    RandomScalars,
    calculate_random_scalars,
)
from credentials.bbs.signature import (
    calculate_b,
    check_public_key,
    core_verify,
    finalize_blind_sign,
)
from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, encode_scalar, i2osp
from credentials.errors import CredentialRefused, EncodingError

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
        generators=all_generators(len(messages), len(committed_messages) + len(nym_secrets)),
        header=header + i2osp(len(nym_secrets), 8),
        scalars=(*scalars, *nym_secrets),
        api_id=API_ID,
    )
    if not valid:
        raise CredentialRefused("the signature does not verify")
    return [encode_scalar(secret) for secret in nym_secrets]


def all_generators(messages: int, committed: int) -> tuple[G1, ...]:
    """(Q_1, H_1, ..., H_L, Q_2, J_1, ..., J_M)."""
    return create_generators(messages + 1, API_ID) + blind_generators_of(committed + 1, API_ID)
