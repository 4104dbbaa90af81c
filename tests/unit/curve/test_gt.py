"""Pairings as octets: arkworks and py_ecc agree, and no bad point comes in."""

import random

import pytest

from credentials.curve import Backend, gt
from credentials.errors import InvalidPoint
from tests.unit.curve import odd_points
from tests.vectors.second_sealing import pairing

SCALARS = [(1, 1), *((random.Random(f"gt {n}").getrandbits(250), 2**200 + n) for n in range(2))]  # noqa: S311 (figures for tests)


@pytest.mark.parametrize(("left", "right"), SCALARS)
def test_arkworks_and_py_ecc_write_the_same_octets(
    blst: Backend, py_ecc: Backend, left: int, right: int
) -> None:
    g1 = blst.encode_g1(blst.multiply_g1(blst.g1_generator, left))
    g2 = blst.encode_g2(blst.multiply_g2(blst.g2_generator, right))
    octets = gt.pairing_octets(gt.decode_g1(g1), gt.decode_g2(g2))
    assert len(octets) == gt.OCTET_GT_LENGTH
    second = pairing(py_ecc.decode_g1(g1).coordinates, py_ecc.decode_g2(g2).coordinates)  # type: ignore[attr-defined]
    assert octets == second


def test_a_scalar_can_stand_on_either_side(blst: Backend) -> None:
    g1 = blst.encode_g1(blst.multiply_g1(blst.g1_generator, 12345))
    g2 = blst.encode_g2(blst.multiply_g2(blst.g2_generator, 12345))
    base_g1 = gt.decode_g1(blst.encode_g1(blst.g1_generator))
    base_g2 = gt.decode_g2(blst.encode_g2(blst.g2_generator))
    left = gt.pairing_octets(gt.decode_g1(g1), base_g2)
    assert left == gt.pairing_octets(base_g1, gt.decode_g2(g2))
    assert left != gt.pairing_octets(base_g1, base_g2)


def test_points_outside_the_subgroups_are_refused() -> None:
    outside_g1 = [odd_points.g1_of_full_order()]
    outside_g1 += [odd_points.g1_of_order(prime) for prime in odd_points.G1_SMALL_ORDERS]
    outside_g2 = [odd_points.g2_of_full_order()]
    outside_g2 += [odd_points.g2_of_order(prime) for prime in odd_points.G2_SMALL_ORDERS]
    for g1 in outside_g1:
        with pytest.raises(InvalidPoint):
            gt.decode_g1(odd_points.g1_octets(g1))
    for g2 in outside_g2:
        with pytest.raises(InvalidPoint):
            gt.decode_g2(odd_points.g2_octets(g2))


@pytest.mark.parametrize("flags", [0xC0, 0xE0, 0x40, 0x60, 0x00, 0xFF])
@pytest.mark.parametrize("last", [0, 1])
def test_every_spelling_of_the_identity_is_refused(flags: int, last: int) -> None:
    for decode, length in ((gt.decode_g1, 48), (gt.decode_g2, 96)):
        with pytest.raises(InvalidPoint):
            decode(bytes([flags]) + bytes(length - 2) + bytes([last]))


@pytest.mark.parametrize("octets", [b"", bytes(47), bytes(49), bytes(95), bytes(97), "text", None])
def test_other_lengths_and_types_are_refused(octets: bytes) -> None:
    for decode in (gt.decode_g1, gt.decode_g2):
        with pytest.raises(InvalidPoint):
            decode(octets)


def test_another_library_that_writes_pairings_otherwise_is_not_used(
    monkeypatch: pytest.MonkeyPatch, blst: Backend
) -> None:
    class Otherwise:
        @staticmethod
        def pairing(_left: object, _right: object) -> str:
            return "00" * gt.OCTET_GT_LENGTH

    point = gt.decode_g1(blst.encode_g1(blst.g1_generator))
    under = gt.decode_g2(blst.encode_g2(blst.g2_generator))
    monkeypatch.setattr(gt, "GT", Otherwise)
    gt._check_library.cache_clear()
    with pytest.raises(RuntimeError):
        gt.pairing_octets(point, under)
