"""credentials.formats.credential and claim_link: what passes between issuer and wallet."""

import dataclasses
from typing import Any

import pytest

from credentials.curve.scalars import ORDER
from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.formats.claim_link import ClaimLink
from credentials.formats.credential import IssuedCredential
from tests.unit.formats.samples import CLAIM_LINK, HEADER, ISSUED, METADATA


def test_the_header_is_the_one_of_the_design() -> None:
    assert cbor.decode(HEADER.to_cbor()) == (
        "symbolon/credential/1",
        b"i" * 32,
        b"s" * 32,
        b"r" * 32,
    )


def test_the_community_gives_the_header_of_its_keys_and_schema() -> None:
    assert cbor.decode(METADATA.credential_header)[1:] == (  # type: ignore[index]
        METADATA.keys.issuer_id,
        METADATA.schema.schema_id,
        METADATA.keys.registry_id,
    )


@pytest.mark.parametrize("handle", [0, -1, ORDER, ORDER + 1, 2**256, True, "1", None])
def test_a_handle_outside_its_range_is_refused(handle: Any) -> None:
    with pytest.raises(EncodingError):
        dataclasses.replace(ISSUED, handle=handle)


@pytest.mark.parametrize("octets", [bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32, b"\1" * 31])
def test_an_encoded_handle_outside_its_range_is_refused(octets: bytes) -> None:
    encoded = cbor.encode_labelled("symbolon/issued/1", b"a" * 80, octets, 1, (0,))
    with pytest.raises(EncodingError):
        IssuedCredential.from_cbor(encoded)


@pytest.mark.parametrize("serial", [0, 2**24, -1, True])
def test_a_serial_outside_its_range_is_refused(serial: int) -> None:
    with pytest.raises(EncodingError, match="serial"):
        dataclasses.replace(ISSUED, serial=serial)


@pytest.mark.parametrize(
    "attributes",
    [(), (0,) * 17, [0], (2**24,), (-1,), ("",), (b"x",), (None,), ("e\u0301",), (True,)],
)
def test_attributes_outside_every_domain_are_refused(attributes: Any) -> None:
    with pytest.raises(EncodingError):
        dataclasses.replace(ISSUED, attributes=attributes)


def test_the_limits_themselves_are_allowed() -> None:
    largest = IssuedCredential(
        signature=bytes(80),
        handle=ORDER - 1,
        serial=2**24 - 1,
        attributes=("\U0001f680" * 200,) * 16,
    )
    assert IssuedCredential.from_cbor(largest.to_cbor()) == largest


def test_a_claim_link_comes_back_as_it_was() -> None:
    link = CLAIM_LINK.format()
    assert link.startswith("https://city.example/claim#ABCDEFGHIJKLMNOPQRSTUVWX23.ZmZm")
    assert ClaimLink.parse(link) == CLAIM_LINK
    assert ClaimLink.parse(f"  {link}\n") == CLAIM_LINK


def test_a_claim_link_hides_its_code() -> None:
    assert CLAIM_LINK.code not in repr(CLAIM_LINK)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https", "http"),
        ("https://", ""),
        ("city", "City"),
        ("/claim#", "/claim?"),
        ("/claim#", "/#"),
        ("/claim", "/x/claim"),
        ("ABC", "abc"),
        ("ABC", "AB"),
        ("ABC", "AB1"),
        ("23.", "23"),
        (".Zm", ".Z"),
        (".Zm", "."),
        (".Zm", ".ZmZm"),
        (".Zm", ".+m"),
    ],
)
def test_a_damaged_claim_link_is_refused(old: str, new: str) -> None:
    link = CLAIM_LINK.format()
    assert old in link
    with pytest.raises(EncodingError) as refusal:
        ClaimLink.parse(link.replace(old, new, 1))
    assert "FGHIJK" not in str(refusal.value)


@pytest.mark.parametrize(
    "around",
    [
        "<{}>",
        '"{}"',
        "\ufeff{}\r\n",
        "Dear Ana, here is your link:\n{}\nKeep it to yourself. https://agora.example/help",
        "{}\u200b",
    ],
)
def test_a_link_is_found_in_what_was_pasted(around: str) -> None:
    link = CLAIM_LINK.format()
    assert ClaimLink.find(around.format(link)) == CLAIM_LINK
    broken = link[:40] + "\n " + link[40:]
    assert ClaimLink.find(around.format(broken)) == CLAIM_LINK
    assert ClaimLink.find(around.format(link.replace("#", "%23"))) == CLAIM_LINK


def test_of_two_links_none_is_chosen() -> None:
    other = dataclasses.replace(CLAIM_LINK, code="A" * 26)
    with pytest.raises(EncodingError, match="more than one"):
        ClaimLink.find(f"{CLAIM_LINK.format()} {other.format()}")


@pytest.mark.parametrize("text", ["", "#", "/claim#", "x" * 10000, None, b"", 1])
def test_what_is_no_link_is_refused(text: Any) -> None:
    with pytest.raises(EncodingError):
        ClaimLink.parse(text)


def test_a_claim_link_cannot_be_built_wrong() -> None:
    wrong: Any
    for wrong in ("", "a" * 26, "A" * 25, "A" * 26 + "\n", None, b"A" * 26):
        with pytest.raises(EncodingError):
            dataclasses.replace(CLAIM_LINK, code=wrong)
    for wrong in (b"", b"f" * 31, "f" * 32, None):
        with pytest.raises(EncodingError):
            dataclasses.replace(CLAIM_LINK, fingerprint=wrong)
