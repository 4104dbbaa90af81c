"""credentials.formats.qr: the text of a code, and the room that a door presentation has in it."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import EncodingError
from credentials.formats.presentation import Presentation
from credentials.formats.qr import MAX_OCTETS, from_qr_text, to_qr_text


@given(st.binary(min_size=1, max_size=MAX_OCTETS))
def test_octets_come_back_as_they_were(octets: bytes) -> None:
    assert from_qr_text(to_qr_text(octets)) == octets


@given(
    st.text(max_size=20)
    | st.text(alphabet="0A%:$ \nZ", max_size=12).map(lambda text: "SYM1:" + text)
)
def test_arbitrary_text_is_the_one_encoding_or_refused(text: str) -> None:
    try:
        octets = from_qr_text(text)
    except EncodingError:
        return
    assert to_qr_text(octets) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SYM1:",
        "sym1:BB8",
        "SYM2:BB8",
        "SYM1:bb8",
        "SYM1:BB8\n",
        " SYM1:BB8",
        "SYM1:B",
        "SYM1:BB8B",
        "SYM1:GGW:",
        "SYM1:GGX",
        "SYM1:V5",
        "SYM1:\uff22B8",
        "SYM1:" + "0" * 1245,
    ],
)
def test_invalid_text_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        from_qr_text(text)


@pytest.mark.parametrize("text", [None, b"SYM1:BB8", 1])
def test_only_text_is_read(text: str) -> None:
    with pytest.raises(EncodingError):
        from_qr_text(text)


@pytest.mark.parametrize("octets", [b"", bytes(MAX_OCTETS + 1), "a", None])
def test_what_does_not_fit_is_refused(octets: bytes) -> None:
    with pytest.raises(EncodingError):
        to_qr_text(octets)


def test_the_largest_code_is_version_20_at_level_l() -> None:
    code = segno.make_qr(to_qr_text(b"\xff" * MAX_OCTETS), error="L", boost_error=False)
    assert (code.version, code.error, code.mode) == (20, "L", "alphanumeric")


@pytest.mark.parametrize(
    ("instance", "disclosed"),
    [
        ("e" * 32, ((2, 1),)),
        ("e" * 32 + "/2026-09-21", ((2, 1),)),
        ("e" * 32 + "/2026-09-21", ((2, 1), (3, 1))),
    ],
)
def test_the_largest_door_presentation_fits(
    instance: str, disclosed: tuple[tuple[int, int], ...]
) -> None:
    """Signature, pseudonym and not revoked, four hidden attributes: 704 octets with pseudonym.

    Beside them the longest event id, the day, a head hash, and a time slot of the next centuries.
    """
    points, hidden = 5, 2 + 4 + 2  # handle and serial, attributes, blind and nym secret
    scalars = 3 + hidden + 1 + 1
    presentation = Presentation(
        purpose="door",
        instance=instance,
        freshness=2**32 - 1,
        removals=12,
        disclosed=disclosed,
        pseudonym=b"N" * 48,
        proof=b"p" * (points * 48 + scalars * 32),
    )
    assert len(presentation.pseudonym + presentation.proof) == 704
    octets = presentation.to_cbor()
    assert len(octets) <= MAX_OCTETS
    assert Presentation.from_cbor(from_qr_text(to_qr_text(octets))) == presentation
