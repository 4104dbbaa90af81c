"""What holds for all wire objects: one encoding, strict reading, no error but our own."""

import dataclasses
import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import EncodingError, SymbolonError
from credentials.formats import cbor
from tests.unit.formats.samples import OBJECTS, SIGNED

EACH = pytest.mark.parametrize("name", OBJECTS)
WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    2**70,
    "",
    "\ud800",
    "x" * 300,
    b"",
    bytes(31),
    bytes(9000),
    [],
    (),
    {},
)


def assert_refused_or_itself(name: str, octets: bytes, *, original: Any) -> None:
    try:
        other = type(original).from_cbor(octets)
    except SymbolonError:
        return
    assert other != original, name
    assert other.to_cbor() == octets


@EACH
def test_an_object_comes_back_as_it_was(name: str) -> None:
    original: Any = OBJECTS[name]
    octets = original.to_cbor()
    assert type(original).from_cbor(octets) == original
    assert type(original).from_cbor(octets).to_cbor() == octets


@EACH
def test_every_changed_octet_is_refused_or_gives_another_object(name: str) -> None:
    original: Any = OBJECTS[name]
    octets = original.to_cbor()
    for at in range(len(octets)):
        for change in (0x01, 0x20, 0x80, 0xFF):
            changed = bytearray(octets)
            changed[at] ^= change
            assert_refused_or_itself(name, bytes(changed), original=original)


@EACH
def test_every_shortened_or_lengthened_encoding_is_refused(name: str) -> None:
    original: Any = OBJECTS[name]
    octets = original.to_cbor()
    for end in range(len(octets)):
        with pytest.raises(EncodingError):
            type(original).from_cbor(octets[:end])
    for more in (b"\0", b"\xff", octets):
        with pytest.raises(EncodingError):
            type(original).from_cbor(octets + more)


@EACH
@settings(max_examples=50)
@given(octets=st.binary(max_size=200))
def test_arbitrary_octets_raise_nothing_but_encoding_error(name: str, octets: bytes) -> None:
    with pytest.raises(EncodingError):
        type(OBJECTS[name]).from_cbor(octets)  # type: ignore[attr-defined]


FIELDS = st.recursive(
    st.integers(0, 2**64 - 1) | st.binary(max_size=50) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=6).map(tuple),
    max_leaves=12,
)


@EACH
@settings(max_examples=100)
@given(data=st.data())
def test_a_field_of_any_value_is_refused_with_our_error_or_fits(
    name: str, data: st.DataObject
) -> None:
    original: Any = OBJECTS[name]
    value = cbor.decode(original.to_cbor(), limit=10**6)
    assert isinstance(value, tuple)
    fields = list(value)
    at = data.draw(st.integers(1, len(fields) - 1))
    fields[at] = data.draw(FIELDS)
    if tuple(fields) == value:
        return
    try:
        octets = cbor.encode(fields)
    except EncodingError:
        return
    assert_refused_or_itself(name, octets, original=original)


@EACH
def test_an_object_cannot_be_built_with_a_wrong_field(name: str) -> None:
    original: Any = OBJECTS[name]
    refused = 0
    for field in dataclasses.fields(original):
        if not field.init:
            continue
        for wrong in WRONG:
            try:
                built = dataclasses.replace(original, **{field.name: wrong})
            except SymbolonError:
                refused += 1
                continue
            assert type(original).from_cbor(built.to_cbor()) == built
    assert refused > 10


@EACH
def test_an_object_cannot_be_changed(name: str) -> None:
    original: Any = OBJECTS[name]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(original, dataclasses.fields(original)[0].name, b"")


def test_objects_are_told_apart_by_their_label() -> None:
    for name, original in OBJECTS.items():
        for other in OBJECTS.values():
            if type(other) is not type(original):
                with pytest.raises(EncodingError):
                    type(original).from_cbor(other.to_cbor())  # type: ignore[attr-defined]
        assert name


def test_no_repr_shows_octets_of_proofs_signatures_or_pseudonyms() -> None:
    shown = repr([*OBJECTS.values(), SIGNED])
    for secret in ("NNNN", "pppp", "vvvv", "aaaa", "CCCC", "resident', 1", "Ana"):
        assert secret not in shown


def test_the_sample_encodings_stay_as_they_are() -> None:
    """A change here changes hashes and signatures that are already out: it needs a new label."""
    assert {name: digest(original) for name, original in OBJECTS.items()} == {
        "schema": "89b9d7de0da6f172",
        "header": "23ff8dbd98e1760d",
        "issued": "5e73e98374c4d462",
        "witness": "eeb4d2a8ff7e9018",
        "head": "3a3a1e0070809a08",
        "metadata": "68861663a3c3e803",
        "request": "9f0de844cbc7d103",
        "presentation": "46aabef0b056500a",
        "manifest": "b4c14b115080e620",
        "sealed manifest": "52b1b577894d465f",
        "beacon manifest": "a5567ad050c7b09f",
        "manifest with equal ranks": "d6ef5cab2841a7e6",
        "ballot": "72306a1e421882f2",
        "event": "ac180d8c7254ea6e",
        "extension with a round": "a5b21c8e66cb7d03",
        "withdrawal": "007ef02d2996d595",
        "end of a batch": "383c6c33ebf351f0",
        "beacon's round": "933edcd3e52c8d2a",
        "promise": "e1104d995f64ef0c",
        "abstention": "1a6c7940cb924c22",
        "bundle": "2c0095c9c1865e02",
    }


def digest(original: Any) -> str:
    return hashlib.sha256(original.to_cbor()).hexdigest()[:16]
