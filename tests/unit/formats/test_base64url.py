"""credentials.formats.base64url: no padding, no second spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import EncodingError
from credentials.formats import base64url


@given(st.binary(max_size=100))
def test_octets_come_back_as_they_were(octets: bytes) -> None:
    text = base64url.encode(octets)
    assert "=" not in text
    assert base64url.decode(text) == octets


@given(st.text(max_size=20) | st.text(alphabet="AQgw_-=+/ \n", max_size=8))
def test_arbitrary_text_is_the_one_encoding_or_refused(text: str) -> None:
    try:
        octets = base64url.decode(text)
    except EncodingError:
        return
    assert base64url.encode(octets) == text


@pytest.mark.parametrize(
    "text",
    ["A", "AA==", "AB", "AAB", "AA\n", " AA", "A+A", "A/A", "AAAAA", "Aé", "\uff21\uff21"],
)
def test_invalid_text_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        base64url.decode(text)


@pytest.mark.parametrize("text", [b"AA", None, 0])
def test_only_text_is_decoded(text: str) -> None:
    with pytest.raises(EncodingError):
        base64url.decode(text)


def test_size_is_limited() -> None:
    assert base64url.decode("AAAA", limit=3) == bytes(3)
    with pytest.raises(EncodingError, match="more than 2 octets"):
        base64url.decode("AAAA", limit=2)
