"""What no decoder may accept, on either backend."""

from collections.abc import Callable

import py_arkworks_bls12381 as arkworks
import pytest

from credentials.curve import Backend
from credentials.curve.scalars import ORDER
from credentials.errors import EncodingError, InvalidPoint, SymbolonError
from tests.unit.curve.odd_points import (
    FIELD,
    G1_SMALL_ORDERS,
    G2_SMALL_ORDERS,
    g1_octets,
    g1_of_full_order,
    g1_of_order,
    g2_octets,
    g2_of_full_order,
    g2_of_order,
    on_g1_curve,
    on_g2_curve,
)

G1_IDENTITY = bytes.fromhex("c0") + bytes(47)
G2_IDENTITY = bytes.fromhex("c0") + bytes(95)


def refuse_g1(backend: Backend, octets: bytes) -> None:
    with pytest.raises(InvalidPoint):
        backend.decode_g1(octets)


def refuse_g2(backend: Backend, octets: bytes) -> None:
    with pytest.raises(InvalidPoint):
        backend.decode_g2(octets)


def with_first_octet(octets: bytes, change: Callable[[int], int]) -> bytes:
    return bytes([change(octets[0])]) + octets[1:]


# The identity, in every encoding.


def test_invalid_the_canonical_identity_is_refused(backend: Backend) -> None:
    refuse_g1(backend, G1_IDENTITY)
    refuse_g2(backend, G2_IDENTITY)


@pytest.mark.parametrize("first", range(0x40, 0x100, 0x20), ids=hex)
@pytest.mark.parametrize("last", [0, 1], ids=["zeros", "ending-in-01"])
def test_invalid_every_other_encoding_of_infinity_is_refused(
    backend: Backend, first: int, last: int
) -> None:
    refuse_g1(backend, bytes([first, *bytes(46), last]))
    refuse_g2(backend, bytes([first, *bytes(94), last]))


def test_invalid_infinity_flag_on_a_finite_point_is_refused(backend: Backend) -> None:
    g1, g2 = backend.encode_g1(backend.g1_generator), backend.encode_g2(backend.g2_generator)
    refuse_g1(backend, with_first_octet(g1, lambda octet: octet | 0x40))
    refuse_g2(backend, with_first_octet(g2, lambda octet: octet | 0x40))


def test_arkworks_reads_many_infinities_so_comparing_octets_would_not_find_the_identity(
    backend: Backend,
) -> None:
    for octets in (bytes.fromhex("c0") + bytes(46) + b"\x01", bytes.fromhex("e0") + bytes(47)):
        assert octets != G1_IDENTITY
        try:
            read = arkworks.G1Point.from_compressed_bytes(octets)
        except ValueError:
            pass  # a later arkworks may refuse them, too
        else:
            assert read == arkworks.G1Point.identity()
        refuse_g1(backend, octets)


def test_the_identity_is_found_by_value_however_it_was_computed(backend: Backend) -> None:
    point = backend.multiply_g1(backend.g1_generator, 5)
    for identity in (
        point + (-point),
        backend.multiply_g1(point, 0),
        backend.multiply_g1(point, ORDER),
        backend.multiply_g1(backend.g1_identity, 12345),
        -backend.g1_identity,
    ):
        assert identity == backend.g1_identity
        assert identity != point
        assert backend.encode_g1(identity) == G1_IDENTITY
    twice_doubled = backend.g1_identity + backend.g1_identity
    assert twice_doubled + twice_doubled != backend.g1_generator


# Points outside the subgroup, small orders above all.


def test_invalid_the_point_of_order_3_with_x_zero_is_refused(backend: Backend) -> None:
    refuse_g1(backend, bytes.fromhex("80") + bytes(47))
    refuse_g1(backend, bytes.fromhex("a0") + bytes(47))


@pytest.mark.parametrize("order", G1_SMALL_ORDERS)
def test_invalid_g1_point_of_small_order_is_refused(backend: Backend, order: int) -> None:
    small = g1_of_order(order)
    assert not small.is_identity
    assert small.times(order).is_identity
    refuse_g1(backend, g1_octets(small))
    refuse_g1(backend, g1_octets(-small))


@pytest.mark.parametrize("order", G2_SMALL_ORDERS)
def test_invalid_g2_point_of_small_order_is_refused(backend: Backend, order: int) -> None:
    small = g2_of_order(order)
    assert not small.is_identity
    assert small.times(order).is_identity
    refuse_g2(backend, g2_octets(small))


def test_invalid_a_good_point_with_a_small_order_part_added_is_refused(
    backend: Backend, py_ecc: Backend
) -> None:
    for order in G1_SMALL_ORDERS[:2]:
        refuse_g1(backend, g1_octets(py_ecc.g1_generator + g1_of_order(order)))
    refuse_g2(backend, g2_octets(py_ecc.g2_generator + g2_of_order(13)))


def test_invalid_two_points_whose_small_order_parts_cancel_are_each_refused(
    backend: Backend, py_ecc: Backend
) -> None:
    """A subgroup check of the sum alone would pass."""
    small = g1_of_order(11)
    first, second = py_ecc.g1_generator + small, py_ecc.g1_generator + (-small)
    assert first + second == py_ecc.multiply_g1(py_ecc.g1_generator, 2)
    refuse_g1(backend, g1_octets(first))
    refuse_g1(backend, g1_octets(second))


def test_invalid_point_of_full_order_is_refused(backend: Backend) -> None:
    refuse_g1(backend, g1_octets(g1_of_full_order()))
    refuse_g2(backend, g2_octets(g2_of_full_order()))


# Octets that are no encoding of a point.


@pytest.mark.parametrize("x", [x for x in range(12) if on_g1_curve(x) is None])
def test_invalid_x_without_a_point_of_g1_is_refused(backend: Backend, x: int) -> None:
    refuse_g1(backend, with_first_octet(x.to_bytes(48, "big"), lambda octet: octet | 0x80))


@pytest.mark.parametrize("x", [x for x in range(16) if on_g2_curve(x) is None])
def test_invalid_x_without_a_point_of_g2_is_refused(backend: Backend, x: int) -> None:
    octets = (1).to_bytes(48, "big") + x.to_bytes(48, "big")
    refuse_g2(backend, with_first_octet(octets, lambda octet: octet | 0x80))


def test_invalid_coordinate_not_below_the_field_modulus_is_refused(backend: Backend) -> None:
    limit = 2**381
    for coordinate in (FIELD, FIELD + 4, limit - 1):  # x = 4 would be on the curve E1
        refuse_g1(backend, (coordinate + 2**383).to_bytes(48, "big"))
        refuse_g2(backend, (coordinate + 2**383).to_bytes(48, "big") + bytes(48))
    for coordinate in (FIELD, FIELD + 1, limit - 1, limit, 2**384 - 1):
        refuse_g2(backend, (2**383).to_bytes(48, "big") + coordinate.to_bytes(48, "big"))


def test_invalid_a_good_point_written_with_x_plus_the_modulus_is_refused(backend: Backend) -> None:
    """The same point must not have a second encoding."""
    point = backend.hash_to_g1(b"0", dst=b"a point with a small x")
    octets = backend.encode_g1(point)
    for salt in range(64):
        x = int.from_bytes(octets, "big") % 2**381
        if x + FIELD < 2**381:
            break
        point = backend.hash_to_g1(b"%d" % salt, dst=b"a point with a small x")
        octets = backend.encode_g1(point)
    assert backend.decode_g1(octets) == point
    refuse_g1(backend, (int.from_bytes(octets, "big") + FIELD).to_bytes(48, "big"))


def test_invalid_flags_are_refused(backend: Backend) -> None:
    g1, g2 = backend.encode_g1(backend.g1_generator), backend.encode_g2(backend.g2_generator)
    for flags in (0x00, 0x20, 0x40, 0x60, 0xC0, 0xE0):
        refuse_g1(backend, with_first_octet(g1, lambda octet, flags=flags: octet & 0x1F | flags))
        refuse_g2(backend, with_first_octet(g2, lambda octet, flags=flags: octet & 0x1F | flags))
    for flag in (0x20, 0x40, 0x80):  # the second coordinate has none
        refuse_g2(
            backend, g2[:48] + with_first_octet(g2[48:], lambda octet, flag=flag: octet ^ flag)
        )


@pytest.mark.parametrize("length", [0, 1, 32, 47, 49, 95, 97, 144, 192])
def test_invalid_length_is_refused(backend: Backend, length: int) -> None:
    g1, g2 = backend.encode_g1(backend.g1_generator), backend.encode_g2(backend.g2_generator)
    refuse_g1(backend, (g1 * 5)[:length])
    refuse_g2(backend, (g2 * 3)[:length])


def test_invalid_g1_octets_are_refused_as_g2_and_the_other_way(backend: Backend) -> None:
    refuse_g1(backend, backend.encode_g2(backend.g2_generator))
    refuse_g2(backend, backend.encode_g1(backend.g1_generator))


def test_invalid_uncompressed_octets_are_refused(backend: Backend) -> None:
    generator = arkworks.G1Point()
    refuse_g1(backend, generator.to_xy_bytes_be())
    refuse_g2(backend, arkworks.G2Point().to_xy_bytes_be())


def test_the_error_is_ours_and_names_no_octets(backend: Backend) -> None:
    octets = bytes.fromhex("80") + bytes(46) + b"\x01"
    with pytest.raises(InvalidPoint) as refused:
        backend.decode_g1(octets)
    assert isinstance(refused.value, EncodingError | SymbolonError)
    assert octets.hex() not in str(refused.value)
