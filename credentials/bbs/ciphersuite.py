"""The ciphersuite BLS12-381-SHA-256 and the operations that every BBS interface shares.

Source: draft-irtf-cfrg-bbs-signatures-09, sections 4.1, 4.2 and 7.2.2. Every operation takes the
`api_id` of the interface, so that one code serves the drafts' interfaces and the product's own.
"""

from collections.abc import Sequence
from functools import lru_cache

from credentials.curve import G1, curve
from credentials.curve.scalars import (
    EXPAND_LEN,
    encode_scalar,
    expand_message_xmd,
    hash_to_scalar,
    i2osp,
)

CIPHERSUITE_ID = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_"

# P1 of the ciphersuite, section 7.2.2.
P1 = curve.decode_g1(
    bytes.fromhex(
        "a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd22"
        "5e7c59698588e70d11406d161b4e28c9"
    )
)


@lru_cache(maxsize=32)
def create_generators(count: int, api_id: bytes) -> tuple[G1, ...]:
    """`count` generators of G1 for the interface; section 4.1.1."""
    seed_dst = api_id + b"SIG_GENERATOR_SEED_"
    generator_dst = api_id + b"SIG_GENERATOR_DST_"
    generator_seed = api_id + b"MESSAGE_GENERATOR_SEED"

    # 1. v = expand_message(generator_seed, seed_dst, expand_len)
    v = expand_message_xmd(generator_seed, dst=seed_dst, length=EXPAND_LEN)
    generators = []
    # 2. for i in (1, 2, ..., count):
    for i in range(1, count + 1):
        # 3. v = expand_message(v || I2OSP(i, 8), seed_dst, expand_len)
        v = expand_message_xmd(v + i2osp(i, 8), dst=seed_dst, length=EXPAND_LEN)
        # 4. generator_i = hash_to_curve_g1(v, generator_dst)
        generators.append(curve.hash_to_g1(v, dst=generator_dst))
    # 5. return (generator_1, ..., generator_count)
    return tuple(generators)


def map_message_to_scalar(message: bytes, api_id: bytes) -> int:
    """One message as a scalar; section 4.1.2."""
    return hash_to_scalar(message, dst=api_id + b"MAP_MSG_TO_SCALAR_AS_HASH_")


def messages_to_scalars(messages: Sequence[bytes], api_id: bytes) -> list[int]:
    """Messages as scalars, each by itself; section 4.1.2."""
    return [map_message_to_scalar(message, api_id) for message in messages]


def hash_to_challenge(octets: bytes, api_id: bytes) -> int:
    """hash_to_scalar under the interface's own tag, `api_id || "H2S_"`; section 4.2.2."""
    return hash_to_scalar(octets, dst=api_id + b"H2S_")


def calculate_domain(
    *, pk: bytes, q_1: G1, h_points: Sequence[G1], header: bytes, api_id: bytes
) -> int:
    """The scalar that binds key, generators and header into a signature; section 4.2.3."""
    # 1. dom_array = (L, Q_1, H_1, ..., H_L)
    # 2. dom_octs = serialize(dom_array) || api_id
    points = b"".join(curve.encode_g1(point) for point in (q_1, *h_points))
    dom_octs = i2osp(len(h_points), 8) + points + api_id
    # 3. dom_input = PK || dom_octs || I2OSP(length(header), 8) || header
    dom_input = pk + dom_octs + i2osp(len(header), 8) + header
    # 4. return hash_to_scalar(dom_input, hash_to_scalar_dst)
    return hash_to_challenge(dom_input, api_id)


def disclosed_octets(disclosed: Sequence[tuple[int, int]]) -> bytes:
    """(R, i1, msg_i1, ..., iR, msg_iR), the beginning of every proof challenge."""
    pairs = (i2osp(index, 8) + encode_scalar(scalar) for index, scalar in disclosed)
    return i2osp(len(disclosed), 8) + b"".join(pairs)


def length_prefixed(octets: bytes) -> bytes:
    """I2OSP(length(octets), 8) || octets."""
    return i2osp(len(octets), 8) + octets
