"""blst, py_ecc and, as a third opinion, arkworks compute the same."""

import random

import py_arkworks_bls12381 as arkworks
import pytest

from credentials.curve import Backend, FixedBase
from credentials.curve.blst import Blst
from credentials.curve.scalars import ORDER

SCALARS = [0, 1, 2, 3, ORDER - 1, ORDER, ORDER + 1, 2**255, 2**256 - 1] + [
    random.Random(f"scalar {number}").getrandbits(256)  # noqa: S311 (figures for tests)
    for number in range(4)
]
MESSAGES = [b"", b"abc", b"\x00" * 64, b"a512_" + b"a" * 512]
LABELS = [b"", b"d", b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_", b"l" * 255]


TABLE = FixedBase(Blst().hash_to_g1(b"base", dst=b"fixed base"), multiply=Blst().multiply_g1)


def third_scalar(scalar: int) -> arkworks.Scalar:
    return arkworks.Scalar.from_be_bytes((scalar % ORDER).to_bytes(32, "big"))


def third_g1(octets: bytes) -> arkworks.G1Point:
    return arkworks.G1Point.from_compressed_bytes(octets)


def third_g2(octets: bytes) -> arkworks.G2Point:
    return arkworks.G2Point.from_compressed_bytes(octets)


def test_generators_are_the_standard_ones(blst: Backend, py_ecc: Backend) -> None:
    g1, g2 = blst.encode_g1(blst.g1_generator), blst.encode_g2(blst.g2_generator)
    assert g1 == py_ecc.encode_g1(py_ecc.g1_generator) == arkworks.G1Point().to_compressed_bytes()
    assert g2 == py_ecc.encode_g2(py_ecc.g2_generator) == arkworks.G2Point().to_compressed_bytes()


@pytest.mark.parametrize("scalar", SCALARS, ids=hex)
def test_multiplication_agrees_for_every_scalar_taken_modulo_r(
    blst: Backend, py_ecc: Backend, scalar: int
) -> None:
    g1 = [one.encode_g1(one.multiply_g1(one.g1_generator, scalar)) for one in (blst, py_ecc)]
    g2 = [one.encode_g2(one.multiply_g2(one.g2_generator, scalar)) for one in (blst, py_ecc)]
    g1.append((arkworks.G1Point() * third_scalar(scalar)).to_compressed_bytes())
    g2.append((arkworks.G2Point() * third_scalar(scalar)).to_compressed_bytes())
    assert len(set(g1)) == len(set(g2)) == 1


def test_addition_negation_and_equality_agree(blst: Backend, py_ecc: Backend) -> None:
    octets = [
        blst.encode_g1(blst.multiply_g1(blst.g1_generator, scalar)) for scalar in (7, 8, ORDER - 7)
    ]
    for left in octets:
        for right in octets:
            sums = []
            for one in (blst, py_ecc):
                first, second = one.decode_g1(left), one.decode_g1(right)
                assert (first == second) == (left == right)
                assert first + second == second + first
                assert first + one.g1_identity == first == one.g1_identity + first
                assert first + (-first) == one.g1_identity
                sums.append((one.encode_g1(first + second), one.encode_g1(-first)))
            sums.append(
                (
                    (third_g1(left) + third_g1(right)).to_compressed_bytes(),
                    (-third_g1(left)).to_compressed_bytes(),
                )
            )
            assert len(set(sums)) == 1


def test_addition_and_negation_agree_in_g2(blst: Backend, py_ecc: Backend) -> None:
    left, right = (
        blst.encode_g2(blst.multiply_g2(blst.g2_generator, scalar)) for scalar in (1234567, 89)
    )
    sums = {
        (
            one.encode_g2(one.decode_g2(left) + one.decode_g2(right)),
            one.encode_g2(-one.decode_g2(left)),
        )
        for one in (blst, py_ecc)
    }
    third = (third_g2(left) + third_g2(right), -third_g2(left))
    assert sums == {tuple(point.to_compressed_bytes() for point in third)}


@pytest.mark.parametrize("number", range(8))
def test_encodings_agree_and_come_back(blst: Backend, py_ecc: Backend, number: int) -> None:
    """Both signs of y occur among eight points and their negatives."""
    scalar = random.Random(number).randrange(1, ORDER)  # noqa: S311
    g1 = blst.encode_g1(blst.multiply_g1(blst.g1_generator, scalar))
    g2 = blst.encode_g2(blst.multiply_g2(blst.g2_generator, scalar))
    for one in (blst, py_ecc):
        assert one.encode_g1(one.decode_g1(g1)) == g1
        assert one.encode_g2(one.decode_g2(g2)) == g2
        negative_g1, negative_g2 = (
            one.encode_g1(-one.decode_g1(g1)),
            one.encode_g2(-one.decode_g2(g2)),
        )
        assert (negative_g1[0] ^ g1[0], negative_g1[1:]) == (0x20, g1[1:])
        assert (negative_g2[0] ^ g2[0], negative_g2[1:]) == (0x20, g2[1:])
    assert third_g1(g1).to_compressed_bytes() == g1
    assert third_g2(g2).to_compressed_bytes() == g2


@pytest.mark.parametrize("dst", LABELS, ids=len)
@pytest.mark.parametrize("message", MESSAGES, ids=len)
def test_hashing_to_g1_agrees(blst: Backend, py_ecc: Backend, message: bytes, dst: bytes) -> None:
    octets = blst.encode_g1(blst.hash_to_g1(message, dst=dst))
    assert octets == py_ecc.encode_g1(py_ecc.hash_to_g1(message, dst=dst))
    if dst:  # arkworks wants a label
        assert octets == arkworks.G1Point.hash_to_curve(message, dst).to_compressed_bytes()
    assert py_ecc.decode_g1(octets) == py_ecc.hash_to_g1(message, dst=dst)


@pytest.mark.parametrize(
    ("message", "x", "larger_y"),
    [
        (
            b"",
            "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
            False,
        ),
        (
            b"abc",
            "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
            False,
        ),
        (
            b"abcdef0123456789",
            "11e0b079dea29a68f0383ee94fed1b940995272407e3bb916bbf268c263ddd57a6a27200a784cbc248e84f357ce82d98",
            False,
        ),
        (
            b"q128_" + b"q" * 128,
            "15f68eaa693b95ccb85215dc65fa81038d69629f70aeee0d0f677cf22285e7bf58d7cb86eefe8f2e9bc3f8cb84fac488",
            True,
        ),
    ],
    ids=lambda value: None if isinstance(value, bool) else str(len(value)),
)
def test_hashing_to_g1_gives_the_points_of_rfc_9380(
    backend: Backend, message: bytes, x: str, larger_y: bool
) -> None:
    """RFC 9380, appendix J.9.1."""
    dst = b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"
    octets = backend.encode_g1(backend.hash_to_g1(message, dst=dst))
    flags = 0xA0 if larger_y else 0x80
    assert octets == bytes([int(x[:2], 16) | flags]) + bytes.fromhex(x[2:])


def test_a_label_of_more_than_255_octets_is_refused(backend: Backend) -> None:
    with pytest.raises(ValueError, match=r"(?i)dst"):
        backend.hash_to_g1(b"", dst=b"l" * 256)


def test_pairing_check_agrees(blst: Backend, py_ecc: Backend) -> None:
    """e(3P, 5Q) * e(-15P, Q) = 1, and wrong by one it is not."""
    for factors, expected in (
        (((3, 5), (-15, 1)), True),
        (((3, 5), (-14, 1)), False),
        (((2, 3), (5, 7), (-41, 1)), True),
        (((2, 3), (5, 7), (-1, 42)), False),
    ):
        octets = [
            (
                blst.encode_g1(blst.multiply_g1(blst.g1_generator, left)),
                blst.encode_g2(blst.multiply_g2(blst.g2_generator, right)),
            )
            for left, right in factors
        ]
        for one in (blst, py_ecc):
            pairs = [(one.decode_g1(g1), one.decode_g2(g2)) for g1, g2 in octets]
            assert one.pairing_check(pairs) is expected
            assert one.pairing_check(pairs[::-1]) is expected
        lists = [third_g1(g1) for g1, _ in octets], [third_g2(g2) for _, g2 in octets]
        assert arkworks.GT.pairing_check(*lists) is expected


def test_pairing_check_of_nothing_and_of_the_identity(backend: Backend) -> None:
    g1, g2 = backend.g1_generator, backend.g2_generator
    no_g2 = g2 + (-g2)
    assert backend.pairing_check([])
    assert backend.pairing_check([(backend.g1_identity, g2)])
    assert backend.pairing_check([(g1, no_g2)])
    assert backend.pairing_check([(g1, g2), (-g1, g2), (backend.g1_identity, g2)])
    assert backend.pairing_check([(g1, no_g2), (g1, g2), (-g1, g2)])
    assert not backend.pairing_check([(g1, g2)])
    assert not backend.pairing_check([(backend.g1_identity, g2), (g1, g2)])
    assert not backend.pairing_check([(g1, g2), (backend.g1_identity, g2)])


@pytest.mark.parametrize("scalar", SCALARS, ids=hex)
def test_a_fixed_base_table_multiplies_like_multiplication(blst: Backend, scalar: int) -> None:
    assert TABLE(scalar) == blst.multiply_g1(TABLE.point, scalar)


def test_a_fixed_base_table_works_over_py_ecc(blst: Backend, py_ecc: Backend) -> None:
    point = py_ecc.hash_to_g1(b"base", dst=b"fixed base")
    table = FixedBase(point, multiply=py_ecc.multiply_g1)
    for scalar in (0, 1, 255, 256, SCALARS[-1]):
        assert table(scalar) == py_ecc.multiply_g1(point, scalar)
    same = blst.hash_to_g1(b"base", dst=b"fixed base")
    assert blst.encode_g1(blst.multiply_g1(same, SCALARS[-1])) == py_ecc.encode_g1(
        table(SCALARS[-1])
    )
