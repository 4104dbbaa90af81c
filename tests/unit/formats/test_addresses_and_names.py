"""credentials.formats.addresses and names: one spelling of what scopes hold and people read."""

from collections.abc import Callable
from typing import Any

import pytest

from credentials.errors import EncodingError, PolicyError
from credentials.formats.addresses import canonical_address, take_address, take_origin
from credentials.formats.names import take_identifier, take_shown_text, take_timezone

ORIGINS = [
    "https://city.example",
    "https://city.example:8443",
    "https://xn--stdte-hra.example",
    "https://10.0.0.7",
    "https://[2001:db8::1]:8443",
    "http://127.0.0.1:8000",
    "http://localhost",
    "http://[::1]:1",
]


@pytest.mark.parametrize("address", ORIGINS)
def test_a_canonical_origin_is_taken(address: str) -> None:
    assert take_origin(address) == address
    assert take_address(address) == address
    assert take_address(f"{address}/a/b.c-d_e~f") == f"{address}/a/b.c-d_e~f"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "city.example",
        "ftp://city.example",
        "HTTPS://city.example",
        "https://City.example",
        "https://städte.example",
        "https://city.example.",
        "https://.city.example",
        "https://city..example",
        "https://-city.example",
        "https://city_.example",
        "https://" + "a" * 64 + ".example",
        "https://user@city.example",
        "https://user:word@city.example",
        "https://city.example:443",
        "http://localhost:80",
        "https://city.example:0",
        "https://city.example:08443",
        "https://city.example:65536",
        "https://city.example:",
        "https://127.1",
        "https://0x7f.1",
        "https://2130706433",
        "https://127.0.0.01",
        "https://256.0.0.1",
        "https://city.1",
        "https://[::0001]",
        "https://[::1",
        "https://[1.2.3.4]",
        "http://city.example",
        "http://127.0.0.2",
        "http://localhost.example",
        "https://city.example?x",
        "https://city.example#x",
        "https://city.example\\x",
        "https://city.example\n",
        " https://city.example",
        "https://city.example/%2e%2e",
        "https://city.example/a b",
        "https://city.example/../a",
        "https://city.example/./a",
        "https://city.example/a?b=c",
        "https://city.example/" + "a" * 300,
        "javascript:alert(1)",
    ],
)
def test_any_other_spelling_is_refused(address: str) -> None:
    for take in (take_origin, take_address):
        with pytest.raises(EncodingError):
            take(address)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://City.Example/", "https://city.example"),
        ("city.example", "https://city.example"),
        ("localhost:8000", "http://localhost:8000"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example"),
        ("https://MÜNCHEN.example:443/", "https://xn--mnchen-3ya.example"),
        ("https://例え.example", "https://xn--r8jz45g.example"),
        ("https://city.example.", "https://city.example"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        (" https://city.example/Answer/\n", "https://city.example/Answer"),
    ],
)
def test_what_a_person_types_becomes_the_one_address(typed: str, meant: str) -> None:
    assert canonical_address(typed) == meant
    assert canonical_address(meant) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ftp://city.example",
        "http://city.example",
        "https://a..example",
        "https://ö_.example",
        "https://user@city.example",
        "https://city.example?x",
        "https://city.example:x",
        "a b.example",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(EncodingError):
        canonical_address(typed)


def test_an_origin_has_no_path() -> None:
    for address in ("https://city.example/", "https://city.example/a"):
        assert take_address(address) == address
        with pytest.raises(EncodingError, match="path"):
            take_origin(address)


@pytest.mark.parametrize("take", [take_origin, take_identifier, take_shown_text, take_timezone])
def test_only_text_is_taken(take: Callable[[Any], str]) -> None:
    wrong: Any
    for wrong in (None, 1, b"a", ["a"], ("a",), {}):
        with pytest.raises(EncodingError):
            take(wrong)


@pytest.mark.parametrize("text", ["", "-a", "A", "a_b", "a/b", "a" * 33, "a\n", "é"])
def test_an_identifier_is_plain(text: str) -> None:
    with pytest.raises(EncodingError):
        take_identifier(text)


@pytest.mark.parametrize("text", ["a", "0", "a-b", "2026-summer-", "a" * 32])
def test_a_plain_identifier_is_taken(text: str) -> None:
    assert take_identifier(text) == text


@pytest.mark.parametrize(
    "text", ["Zoë", "東京", "👩‍🚀 crew", "a b", "O'Neill & Søn", "x" * 200, "שלום"]
)
def test_text_of_any_language_is_shown(text: str) -> None:
    assert take_shown_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 201,
        "a\nb",
        "a\tb",
        "\x00",
        "\x7f",
        "\x1b[2J",
        "\u2028",
        "\u202egpj",
        "\u2066",
        "\u200f",
        "a\u200bb",
        "a\u00adb",
        "a\ufeff",
        " a",
        "a ",
        "\u3000a",
    ],
)
def test_text_that_could_deceive_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        take_shown_text(text)


def test_the_error_is_the_one_asked_for_and_names_the_thing() -> None:
    with pytest.raises(PolicyError, match="a door's name"):
        take_shown_text("", name="a door's name", error=PolicyError)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Athens", "America/Argentina/Salta", "Etc/GMT+3"])
def test_names_of_time_zones_are_taken(zone: str) -> None:
    assert take_timezone(zone) == zone


@pytest.mark.parametrize(
    "zone", ["", "/etc/passwd", "../UTC", "Europe//Athens", "a b", "a/", "a" * 65]
)
def test_paths_are_no_time_zones(zone: str) -> None:
    with pytest.raises(EncodingError):
        take_timezone(zone)
