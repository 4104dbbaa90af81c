"""credentials.sealing: what is sealed to a poll, a voter and a number opens for no others."""

from itertools import combinations

import py_arkworks_bls12381 as arkworks
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py_ecc.optimized_bls12_381 import FQ12, G1, G2, field_modulus, pairing

from credentials.curve import curve
from credentials.curve.gt import GT_LENGTH, pairing_octets
from credentials.curve.scalars import ORDER, random_scalar
from credentials.errors import InvalidPoint, OpeningRefused, SealBroken, ShareRefused
from credentials.sealing import (
    check_opening,
    check_share,
    combine,
    key_of,
    open_sealed,
    opening_of,
    seal,
)

SECRET = random_scalar()
KEY = key_of(SECRET)
DIGEST, NYM = b"d" * 32, b"N" * 48
OPENING = opening_of(SECRET, digest=DIGEST)
VOTE = b"\3\2\1\0"
BOUND = {"digest": DIGEST, "pseudonym": NYM, "sequence": 3}
SEALED = seal(VOTE, key=KEY, **BOUND)


def test_a_vote_comes_back() -> None:
    assert len(SEALED) == len(VOTE) + 112
    assert open_sealed(SEALED, opening=OPENING, **BOUND) == VOTE
    check_opening(OPENING, key=KEY, digest=DIGEST)


def test_no_two_sealed_votes_are_alike() -> None:
    assert seal(VOTE, key=KEY, **BOUND) != SEALED


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": b"e" * 32},
        {"pseudonym": b"M" * 48},
        {"sequence": 4},
        {"opening": opening_of(SECRET, digest=b"e" * 32)},
        {"opening": opening_of(random_scalar(), digest=DIGEST)},
    ],
)
def test_a_copied_vote_does_not_open_elsewhere(changes: dict[str, object]) -> None:
    with pytest.raises(SealBroken):
        open_sealed(SEALED, **{"opening": OPENING, **BOUND, **changes})  # type: ignore[arg-type]


def test_every_changed_octet_is_noticed() -> None:
    for at in range(len(SEALED)):
        changed = bytearray(SEALED)
        changed[at] ^= 1
        with pytest.raises(SealBroken):
            open_sealed(bytes(changed), opening=OPENING, **BOUND)


@settings(max_examples=50)
@given(octets=st.binary(max_size=200))
def test_octets_that_are_no_sealed_vote_raise_our_error(octets: bytes) -> None:
    with pytest.raises(SealBroken):
        open_sealed(octets, opening=OPENING, **BOUND)


IDENTITY = b"\xc0" + bytes(95)


@pytest.mark.parametrize("point", [IDENTITY, b"\xc0" + bytes(94) + b"\1", b"\xe0" + bytes(95)])
def test_trap_8_the_identity_is_no_point_of_a_vote(point: bytes) -> None:
    with pytest.raises(SealBroken, match="no point"):
        open_sealed(point + SEALED[96:], opening=OPENING, **BOUND)
    with pytest.raises(InvalidPoint):
        seal(VOTE, key=point, **BOUND)


def test_trap_9_a_point_outside_the_subgroup_is_refused() -> None:
    outside = next(
        octets
        for x in range(1, 1000)
        if (octets := _on_curve(b"\x80" + bytes(94) + bytes([x]))) is not None
    )
    with pytest.raises(SealBroken, match="no point"):
        open_sealed(outside + SEALED[96:], opening=OPENING, **BOUND)


def _on_curve(octets: bytes) -> bytes | None:
    try:
        point = arkworks.G2Point.from_compressed_bytes_unchecked(octets)
    except ValueError:
        return None
    return None if point.is_in_subgroup() else octets


def test_an_opening_is_checked_by_a_pairing() -> None:
    others = (
        opening_of(SECRET, digest=b"e" * 32),
        opening_of(random_scalar(), digest=DIGEST),
        b"\xc0" + bytes(47),
        bytes(48),
        OPENING[:47],
    )
    for other in others:
        with pytest.raises(OpeningRefused):
            check_opening(other, key=KEY, digest=DIGEST)


@pytest.mark.parametrize(("threshold", "trustees"), [(1, 1), (2, 3), (3, 5), (5, 5)])
def test_as_many_shares_as_are_needed_open_and_fewer_do_not(threshold: int, trustees: int) -> None:
    coefficients = [SECRET, *(random_scalar() for _ in range(threshold - 1))]
    secrets = {
        i: sum(value * pow(i, power, ORDER) for power, value in enumerate(coefficients)) % ORDER
        for i in range(1, trustees + 1)
    }
    shares = {i: opening_of(secret, digest=DIGEST) for i, secret in secrets.items()}
    for i, share in shares.items():
        check_share(share, key=key_of(secrets[i]), digest=DIGEST, trustee=i)
        for other, secret in secrets.items():
            if other != i:
                with pytest.raises(ShareRefused, match=f"trustee {other}"):
                    check_share(share, key=key_of(secret), digest=DIGEST, trustee=other)
    for some in combinations(shares, threshold):
        assert combine({i: shares[i] for i in some}) == OPENING
    for few in combinations(shares, threshold - 1):
        if few:
            with pytest.raises(OpeningRefused):
                check_opening(combine({i: shares[i] for i in few}), key=KEY, digest=DIGEST)


def test_no_shares_open_nothing() -> None:
    with pytest.raises(OpeningRefused):
        combine({})


def test_gt_octets_are_those_of_py_ecc_to_the_power_of_minus_three() -> None:
    """The order of coefficients and the final exponent that docs/protocol.md fixes."""
    ours = pairing_octets(curve.encode_g1(curve.g1_generator), curve.encode_g2(curve.g2_generator))
    assert len(ours) == GT_LENGTH
    theirs = pairing(G2, G1)
    assert _octets((theirs**3).inv()) == ours


def _octets(element: FQ12) -> bytes:
    """py_ecc writes Fp12 over w with w^12 = 2w^6 - 2, so that u = w^6 - 1."""
    at = [int(coefficient) for coefficient in element.coeffs]
    pairs = [((at[i] + at[i + 6]) % field_modulus, at[i + 6]) for i in (0, 2, 4, 1, 3, 5)]
    return b"".join(value.to_bytes(48, "little") for pair in pairs for value in pair)


def test_pairing_octets_are_bilinear() -> None:
    a, b = random_scalar(), random_scalar()
    g1, g2 = curve.g1_generator, curve.g2_generator
    left = pairing_octets(
        curve.encode_g1(curve.multiply_g1(g1, a)), curve.encode_g2(curve.multiply_g2(g2, b))
    )
    product = curve.multiply_g1(g1, a * b % ORDER)
    assert left == pairing_octets(curve.encode_g1(product), curve.encode_g2(g2))
