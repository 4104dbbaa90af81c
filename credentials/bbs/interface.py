"""The core BBS interface: keys, signatures, selective disclosure.

Source: draft-irtf-cfrg-bbs-signatures-09, sections 3.4 and 3.5, under the draft's names in lower
case. Octets in and out: secret keys 32, public keys 96, signatures 80. Operations that return
octets raise a SymbolonError where the draft returns INVALID; `verify` functions return a bool.
"""

from collections.abc import Sequence
from functools import partial

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
from credentials.bbs.proof import (
    ProofRandomness,
    RandomScalars,
    calculate_random_scalars,
    octets_to_proof,
    proof_finalize,
    proof_init,
    proof_to_octets,
    proof_verify_init,
)
from credentials.bbs.signature import calculate_b, core_sign, core_verify, octets_to_signature
from credentials.curve import G1, curve
from credentials.curve.scalars import encode_scalar, hash_to_scalar, i2osp
from credentials.errors import EncodingError, SymbolonError

API_ID = CIPHERSUITE_ID + b"H2G_HM2S_"


def key_gen(*, key_material: bytes, key_info: bytes = b"", key_dst: bytes = b"") -> bytes:
    """A secret key from at least 32 octets of key material; section 3.4.1. Raises EncodingError."""
    # 1. if length(key_material) < 32, return INVALID
    if len(key_material) < 32:
        raise EncodingError("key material has at least 32 octets")
    # 2. if length(key_info) > 65535, return INVALID
    if len(key_info) > 65535:
        raise EncodingError("key info has at most 65535 octets")
    # 3. derive_input = key_material || I2OSP(length(key_info), 2) || key_info
    derive_input = key_material + i2osp(len(key_info), 2) + key_info
    # 4. SK = hash_to_scalar(derive_input, key_dst)
    sk = hash_to_scalar(derive_input, dst=key_dst or API_ID + b"KEYGEN_DST_")
    # 5. if SK is INVALID, return INVALID
    if sk == 0:
        raise EncodingError("the key material gives the zero key")
    return encode_scalar(sk)


def sign(*, sk: bytes, pk: bytes, header: bytes = b"", messages: Sequence[bytes] = ()) -> bytes:
    """Sign, section 3.5.1: 80 octets."""
    scalars = messages_to_scalars(messages, API_ID)
    generators = create_generators(len(messages) + 1, API_ID)
    return core_sign(
        sk=sk, pk=pk, generators=generators, header=header, scalars=scalars, api_id=API_ID
    )


def verify(
    *, pk: bytes, signature: bytes, header: bytes = b"", messages: Sequence[bytes] = ()
) -> bool:
    """Verify, section 3.5.2."""
    scalars = messages_to_scalars(messages, API_ID)
    generators = create_generators(len(messages) + 1, API_ID)
    try:
        return core_verify(
            pk=pk,
            signature=signature,
            generators=generators,
            header=header,
            scalars=scalars,
            api_id=API_ID,
        )
    except SymbolonError:
        return False


def proof_gen(
    *,
    pk: bytes,
    signature: bytes,
    header: bytes = b"",
    ph: bytes = b"",
    messages: Sequence[bytes] = (),
    disclosed_indexes: Sequence[int] = (),
    random_scalars: RandomScalars | None = None,
) -> bytes:
    """ProofGen, section 3.5.3: 272 + 32 * (hidden messages) octets."""
    return core_proof_gen(
        pk=pk,
        signature=signature,
        generators=create_generators(len(messages) + 1, API_ID),
        header=header,
        ph=ph,
        scalars=messages_to_scalars(messages, API_ID),
        disclosed_indexes=disclosed_indexes,
        random_scalars=random_scalars,
        api_id=API_ID,
    )


def proof_verify(
    *,
    pk: bytes,
    proof: bytes,
    header: bytes = b"",
    ph: bytes = b"",
    disclosed_messages: Sequence[bytes] = (),
    disclosed_indexes: Sequence[int] = (),
) -> bool:
    """ProofVerify, section 3.5.4."""
    try:
        count = len(octets_to_proof(proof).m_hats) + len(disclosed_indexes)
        check_disclosure(count, disclosed_indexes, messages=len(disclosed_messages))
        return core_proof_verify(
            pk=pk,
            proof=proof,
            generators=create_generators(count + 1, API_ID),
            header=header,
            ph=ph,
            disclosed_scalars=messages_to_scalars(disclosed_messages, API_ID),
            disclosed_indexes=disclosed_indexes,
            api_id=API_ID,
        )
    except SymbolonError:
        return False


def check_disclosure(count: int, disclosed_indexes: Sequence[int], *, messages: int) -> None:
    """Raise EncodingError unless each of so many disclosed messages has an index of its own.

    `count` is the number of all messages. It comes before generators are made for them.
    """
    hidden_indexes(count, disclosed_indexes)
    if messages != len(disclosed_indexes):
        raise EncodingError("each disclosed message has one index")


def check_numbers(indexes: Sequence[int]) -> None:
    """Raise EncodingError unless all indexes are whole numbers."""
    if any(type(index) is not int for index in indexes):
        raise EncodingError("an index is not a whole number")


def hidden_indexes(count: int, disclosed_indexes: Sequence[int]) -> list[int]:
    """(0, ..., count - 1) without the disclosed; raises EncodingError unless they ascend."""
    check_numbers(disclosed_indexes)
    if list(disclosed_indexes) != sorted(set(disclosed_indexes)):
        raise EncodingError("disclosed indexes ascend and do not repeat")
    if any(not 0 <= index < count for index in disclosed_indexes):
        raise EncodingError("a disclosed index is not that of a message")
    return sorted(set(range(count)) - set(disclosed_indexes))


def core_proof_gen(
    *,
    pk: bytes,
    signature: bytes,
    generators: Sequence[G1],
    header: bytes,
    ph: bytes,
    scalars: Sequence[int],
    disclosed_indexes: Sequence[int],
    random_scalars: RandomScalars | None,
    api_id: bytes,
) -> bytes:
    """CoreProofGen, section 3.6.3."""
    point_a, e = octets_to_signature(signature)
    hidden = hidden_indexes(len(scalars), disclosed_indexes)
    q_1, *h_points = generators
    domain = calculate_domain(pk=pk, q_1=q_1, h_points=h_points, header=header, api_id=api_id)
    point_b = calculate_b(generators=generators, scalars=scalars, domain=domain)
    # 1. random_scalars = calculate_random_scalars(5+U)
    randomness = ProofRandomness.draw(len(hidden), random_scalars or calculate_random_scalars)
    # 2. init_res = ProofInit(...)
    points = proof_init(
        point_a=point_a,
        point_b=point_b,
        difference=point_b + -curve.multiply_g1(point_a, e),
        hidden_generators=[h_points[j] for j in hidden],
        randomness=randomness,
    )
    # 3. challenge = ProofChallengeCalculate(init_res, disclosed_indexes, disclosed_messages, ph)
    disclosed = [(index, scalars[index]) for index in disclosed_indexes]
    octets = disclosed_octets(disclosed) + points.octets() + encode_scalar(domain)
    challenge = hash_to_challenge(octets + length_prefixed(ph), api_id)
    # 4. proof = ProofFinalize(init_res, challenge, e, random_scalars, undisclosed_messages)
    proof = proof_finalize(
        points,
        challenge=challenge,
        e=e,
        randomness=randomness,
        hidden_scalars=[scalars[j] for j in hidden],
    )
    return proof_to_octets(proof)


def core_proof_verify(
    *,
    pk: bytes,
    proof: bytes,
    generators: Sequence[G1],
    header: bytes,
    ph: bytes,
    disclosed_scalars: Sequence[int],
    disclosed_indexes: Sequence[int],
    api_id: bytes,
) -> bool:
    """CoreProofVerify, section 3.6.4; raises SymbolonError for malformed input."""
    proof_result = octets_to_proof(proof)
    point_w = curve.decode_g2(pk)
    q_1, *h_points = generators
    check_disclosure(len(h_points), disclosed_indexes, messages=len(disclosed_scalars))
    hidden = hidden_indexes(len(h_points), disclosed_indexes)
    domain = calculate_domain(pk=pk, q_1=q_1, h_points=h_points, header=header, api_id=api_id)
    # 1. init_res = ProofVerifyInit(...)
    points = proof_verify_init(
        proof_result,
        constant=partial(curve.multiply_g1, P1 + curve.multiply_g1(q_1, domain)),
        disclosed=[
            (partial(curve.multiply_g1, h_points[index]), scalar)
            for index, scalar in zip(disclosed_indexes, disclosed_scalars, strict=True)
        ],
        hidden=[partial(curve.multiply_g1, h_points[j]) for j in hidden],
    )
    # 2. challenge = ProofChallengeCalculate(...)
    disclosed = list(zip(disclosed_indexes, disclosed_scalars, strict=True))
    octets = disclosed_octets(disclosed) + points.octets() + encode_scalar(domain)
    challenge = hash_to_challenge(octets + length_prefixed(ph), api_id)
    # 3. if cp != challenge, return INVALID
    if proof_result.challenge != challenge:
        return False
    # 4. if h(Abar, W) * h(Bbar, -BP2) != Identity_GT, return INVALID
    return curve.pairing_check(
        [(proof_result.Abar, point_w), (-proof_result.Bbar, curve.g2_generator)]
    )
