"""Scalars: what is decoded, what is refused, and hashing to them."""

import pytest

from credentials.curve.scalars import (
    ORDER,
    decode_scalar,
    decode_scalars,
    encode_scalar,
    expand_message_xmd,
    hash_to_scalar,
    i2osp,
    invert,
    random_scalar,
)
from credentials.errors import InvalidScalar

DST = b"QUUX-V01-CS02-with-expander-SHA256-128"


@pytest.mark.parametrize("scalar", [1, 2, 255, 2**254, ORDER - 1], ids=hex)
def test_scalars_come_back_from_32_octets(scalar: int) -> None:
    octets = encode_scalar(scalar)
    assert len(octets) == 32
    assert decode_scalar(octets) == scalar


@pytest.mark.parametrize("scalar", [0, ORDER, ORDER + 1, 2 * ORDER, 2**256 - 1], ids=hex)
def test_invalid_scalars_out_of_range_are_refused(scalar: int) -> None:
    with pytest.raises(InvalidScalar):
        decode_scalar(scalar.to_bytes(32, "big"))
    with pytest.raises(InvalidScalar):
        decode_scalars(encode_scalar(5) + scalar.to_bytes(32, "big"))


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_invalid_scalars_of_another_length_are_refused(length: int) -> None:
    with pytest.raises(InvalidScalar):
        decode_scalar(bytes(length - 1) + b"\x01" if length else b"")


@pytest.mark.parametrize("length", [1, 31, 33, 63])
def test_invalid_rows_of_scalars_with_octets_over_are_refused(length: int) -> None:
    with pytest.raises(InvalidScalar):
        decode_scalars((encode_scalar(1) * 3)[:length])


def test_rows_of_scalars_come_back_in_order() -> None:
    assert decode_scalars(b"") == []
    assert decode_scalars(encode_scalar(7) + encode_scalar(ORDER - 7)) == [7, ORDER - 7]


def test_the_inverse_times_the_scalar_is_one() -> None:
    for scalar in (1, 2, ORDER - 1, random_scalar()):
        assert invert(scalar) * scalar % ORDER == 1


def test_zero_has_no_inverse() -> None:
    with pytest.raises(ValueError, match="not invertible"):
        invert(0)


def test_random_scalars_are_in_range_and_differ() -> None:
    drawn = {random_scalar() for _ in range(100)}
    assert len(drawn) == 100
    assert all(0 < scalar < ORDER for scalar in drawn)


def test_integers_to_octets_refuse_what_does_not_fit() -> None:
    assert i2osp(258, 8) == bytes(6) + b"\x01\x02"
    with pytest.raises(OverflowError):
        i2osp(256, 1)


@pytest.mark.parametrize(
    ("message", "uniform"),
    [
        (b"", "68a985b87eb6b46952128911f2a4412bbc302a9d759667f87f7a21d803f07235"),
        (b"abc", "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615"),
        (
            b"abcdef0123456789",
            "eff31487c770a893cfb36f912fbfcbff40d5661771ca4b2cb4eafe524333f5c1",
        ),
        (
            b"q128_" + b"q" * 128,
            "b23a1d2b4d97b2ef7785562a7e8bac7eed54ed6e97e29aa51bfe3f12ddad1ff9",
        ),
        (
            b"a512_" + b"a" * 512,
            "4623227bcc01293b8c130bf771da8c298dede7383243dc0993d2d94823958c4c",
        ),
        (
            b"",
            "af84c27ccfd45d41914fdff5df25293e221afc53d8ad2ac06d5e3e29485dadbe"
            "e0d121587713a3e0dd4d5e69e93eb7cd4f5df4cd103e188cf60cb02edc3edf18"
            "eda8576c412b18ffb658e3dd6ec849469b979d444cf7b26911a08e63cf31f9dc"
            "c541708d3491184472c2c29bb749d4286b004ceb5ee6b9a7fa5b646c993f0ced",
        ),
    ],
    ids=["empty", "abc", "16", "q128", "a512", "empty-to-128"],
)
def test_expand_message_gives_the_octets_of_rfc_9380(message: bytes, uniform: str) -> None:
    """RFC 9380, appendix K.1."""
    expected = bytes.fromhex(uniform)
    assert expand_message_xmd(message, dst=DST, length=len(expected)) == expected


def test_expand_message_refuses_too_long_outputs_and_labels() -> None:
    assert len(expand_message_xmd(b"", dst=b"l" * 255, length=255 * 32)) == 255 * 32
    with pytest.raises(ValueError, match="too long"):
        expand_message_xmd(b"", dst=DST, length=255 * 32 + 1)
    with pytest.raises(ValueError, match="too long"):
        expand_message_xmd(b"", dst=b"l" * 256, length=32)


def test_hashing_to_a_scalar_gives_the_figure_of_the_core_draft() -> None:
    message = bytes.fromhex("9872ad089e452c7b6e283dfac2a80d58e8d0ff71cc4d5e310a1debdda4a45f02")
    scalar = hash_to_scalar(message, dst=b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_H2S_")
    assert scalar == 0x0F90CBEE27BEB214E6545BECB8404640D3612DA5D6758DFFECCD77ED7169807C
