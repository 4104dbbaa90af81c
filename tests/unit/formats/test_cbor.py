"""credentials.formats.cbor: one encoding per value, and one error for everything else."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import EncodingError
from credentials.formats import cbor

VALUES = st.recursive(
    st.integers(0, cbor.MAX_UINT) | st.binary(max_size=300) | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=30).map(tuple),
    max_leaves=20,
)


def depth(value: object) -> int:
    return 1 + max(map(depth, value), default=0) if isinstance(value, tuple) else 0


@given(VALUES.filter(lambda value: depth(value) <= cbor.MAX_DEPTH))
def test_every_value_comes_back_as_it_was(value: cbor.Decoded) -> None:
    assert cbor.decode(cbor.encode(value)) == value


@given(st.binary(max_size=64))
def test_arbitrary_octets_raise_nothing_but_encoding_error(octets: bytes) -> None:
    try:
        value = cbor.decode(octets)
    except EncodingError:
        return
    assert cbor.encode(value) == octets


@given(VALUES.filter(lambda value: depth(value) <= cbor.MAX_DEPTH), st.data())
def test_a_changed_octet_is_refused_or_gives_another_value(
    value: cbor.Decoded, data: st.DataObject
) -> None:
    octets = bytearray(cbor.encode(value))
    at = data.draw(st.integers(0, len(octets) - 1))
    octets[at] ^= data.draw(st.integers(1, 255))
    try:
        other = cbor.decode(bytes(octets))
    except EncodingError:
        return
    assert other != value
    assert cbor.encode(other) == octets


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_whatever_cbor2_writes_is_read_the_same_or_refused(value: object) -> None:
    octets = cbor2.dumps(value)
    try:
        read = cbor.decode(octets)
    except EncodingError:
        return
    assert cbor2.dumps(read) == octets


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        ("", "empty"),
        ("1801", "1 in two octets"),
        ("1817", "23 in two octets"),
        ("190018", "24 in three octets"),
        ("1a00000018", "24 in five octets"),
        ("1b00000000ffffffff", "32 bits in nine octets"),
        ("5801aa", "length of octets not in shortest form"),
        ("780161", "length of text not in shortest form"),
        ("980100", "count not in shortest form"),
        ("5f41aaff", "indefinite octets"),
        ("7f6161ff", "indefinite text"),
        ("9f00ff", "indefinite array"),
        ("ff", "break"),
        ("20", "negative"),
        ("a0", "map"),
        ("a10001", "map with an entry"),
        ("c074323032362d30312d30315430303a30303a30305a", "tagged date"),
        ("c249010000000000000000", "big number"),
        ("c24101", "big number that is small"),
        ("d81c80", "shareable"),
        ("d81d00", "reference"),
        ("f4", "false"),
        ("f6", "null"),
        ("f7", "undefined"),
        ("f90000", "half float"),
        ("fb0000000000000000", "double"),
        ("f820", "simple value"),
        ("1c", "reserved"),
        ("42aa", "octets cut off"),
        ("6261", "text cut off"),
        ("8200", "array cut off"),
        ("19", "head cut off"),
        ("0000", "trailing"),
        ("8000", "trailing after an array"),
        ("61ff", "not UTF-8"),
        ("62c080", "overlong UTF-8"),
        ("63eda080", "surrogate"),
        ("5bffffffffffffffff", "more octets than there are"),
        ("9b7fffffffffffffff", "more elements than there are"),
    ],
)
def test_invalid_octets_are_refused(octets: str, why: str) -> None:
    with pytest.raises(EncodingError):
        cbor.decode(bytes.fromhex(octets))


@pytest.mark.parametrize(
    "value",
    [True, False, None, -1, 2**64, 1.0, {}, {"a": 1}, {1}, bytearray(b"a"), "\ud800", (1, None)],
)
def test_values_without_an_encoding_are_refused(value: cbor.Value) -> None:
    with pytest.raises(EncodingError):
        cbor.encode(value)


def test_nesting_is_bounded_the_same_way_on_both_sides() -> None:
    deepest = b"\x81" * (cbor.MAX_DEPTH - 1) + b"\x80"
    assert cbor.encode(cbor.decode(deepest)) == deepest
    too_deep: cbor.Value = ()
    for _ in range(cbor.MAX_DEPTH):
        too_deep = (too_deep,)
    with pytest.raises(EncodingError, match="nested"):
        cbor.encode(too_deep)
    with pytest.raises(EncodingError, match="nested"):
        cbor.decode(b"\x81" * 60_000 + b"\x80")


def test_an_array_that_holds_itself_is_refused() -> None:
    endless: list[cbor.Value] = []
    endless.append(endless)
    with pytest.raises(EncodingError, match="nested"):
        cbor.encode(endless)


def test_size_is_limited() -> None:
    octets = cbor.encode(b"x" * 97)
    assert cbor.decode(octets, limit=99) == b"x" * 97
    with pytest.raises(EncodingError, match="larger than 98"):
        cbor.decode(octets, limit=98)


@pytest.mark.parametrize("octets", ["00", bytearray(b"\0"), memoryview(b"\0"), None, 0])
def test_only_octets_are_decoded(octets: bytes) -> None:
    with pytest.raises(EncodingError):
        cbor.decode(octets)


def test_a_labelled_object_gives_its_fields() -> None:
    octets = cbor.encode_labelled("symbolon/test/1", 1, b"a", ("x",))
    assert cbor.decode_labelled(octets, label="symbolon/test/1", fields=3) == (1, b"a", ("x",))


@pytest.mark.parametrize(
    "value",
    [
        ("symbolon/test/2", 1),
        (b"symbolon/test/1", 1),
        ("symbolon/test/1",),
        ("symbolon/test/1", 1, 2),
        (),
        "symbolon/test/1",
        1,
    ],
)
def test_another_label_or_number_of_fields_is_refused(value: cbor.Value) -> None:
    with pytest.raises(EncodingError):
        cbor.decode_labelled(cbor.encode(value), label="symbolon/test/1", fields=1)


def test_readers_give_what_fits() -> None:
    assert cbor.take_uint(5, max=5) == 5
    assert cbor.take_flag(1) is True
    assert cbor.take_octets(b"ab", length=2) == b"ab"
    assert cbor.take_octets(b"", length=2, or_empty=True) == b""
    assert cbor.take_text("é", max=1) == "é"
    assert cbor.take_array((1,), min=1, max=1) == (1,)


def test_readers_refuse_what_does_not() -> None:
    wrong: object
    with pytest.raises(EncodingError, match="a quorum is not an integer from 1 to 5"):
        cbor.take_uint(6, min=1, max=5, name="a quorum")
    for wrong in (True, "1", 1.0, -1, None):
        with pytest.raises(EncodingError):
            cbor.take_uint(wrong)
    for wrong in (2, True, b""):
        with pytest.raises(EncodingError):
            cbor.take_flag(wrong)
    for wrong in ("ab", bytearray(b"ab"), b"abc", b"", None):
        with pytest.raises(EncodingError):
            cbor.take_octets(wrong, length=2)
    with pytest.raises(EncodingError):
        cbor.take_octets(b"abc", max=2)
    for wrong in (b"a", "ab", "\udc00", None):
        with pytest.raises(EncodingError):
            cbor.take_text(wrong, max=1)
    for wrong in ([1], (), (1, 2), "a", None):
        with pytest.raises(EncodingError):
            cbor.take_array(wrong, length=1)
