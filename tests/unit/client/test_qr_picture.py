"""QR pictures: what is drawn is read again, and what is no code is said so."""

import io
from pathlib import Path

import pytest
import segno
from PIL import Image

from client.errors import ClientError
from client.qr_picture import BORDER_MODULES, PIXELS_PER_MODULE, for_terminal, write_png
from client.qr_reading import read_text
from credentials.formats.qr import MAX_OCTETS, to_qr_text

LARGEST = to_qr_text(bytes(range(256)) * 3 + bytes(MAX_OCTETS - 768))


def test_the_largest_code_is_version_20_and_reads_back(tmp_path: Path) -> None:
    picture = tmp_path / "code.png"
    write_png(picture, text=LARGEST)
    assert read_text(picture) == LARGEST
    modules = 17 + 4 * 20
    with Image.open(picture) as drawn:
        assert drawn.size == ((modules + 2 * BORDER_MODULES) * PIXELS_PER_MODULE,) * 2


def test_a_photograph_of_the_code_still_reads(tmp_path: Path) -> None:
    picture = tmp_path / "code.png"
    write_png(picture, text=LARGEST)
    with Image.open(picture) as drawn:
        photo = drawn.convert("RGB").rotate(7, expand=True, fillcolor="white").resize((900, 900))
    photo.save(tmp_path / "photo.jpg", quality=80)
    assert read_text(tmp_path / "photo.jpg") == LARGEST


def test_the_terminal_shows_every_row_of_the_code() -> None:
    drawn = for_terminal("SYM1:ABC").rstrip("\n").split("\n")
    size = segno.make_qr("SYM1:ABC", error="l", boost_error=False).symbol_size(border=4)[1]
    assert len(drawn) == (size + 1) // 2


def test_a_picture_without_a_code_is_said_so(tmp_path: Path) -> None:
    Image.new("L", (200, 200), 255).save(tmp_path / "white.png")
    with pytest.raises(ClientError, match="No QR code was found"):
        read_text(tmp_path / "white.png")


def test_two_codes_in_one_picture_are_refused(tmp_path: Path) -> None:
    sheet = Image.new("L", (800, 400), 255)
    for place, text in ((20, "SYM1:ONE"), (420, "SYM1:TWO")):
        buffer = io.BytesIO()
        segno.make_qr(text).save(buffer, kind="png", scale=8, border=4)
        with Image.open(buffer) as code:
            sheet.paste(code.convert("L"), (place, 20))
    sheet.save(tmp_path / "two.png")
    with pytest.raises(ClientError, match="more than one"):
        read_text(tmp_path / "two.png")


@pytest.mark.parametrize("octets", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_picture_is_said_so(tmp_path: Path, octets: bytes) -> None:
    file = tmp_path / "file.png"
    file.write_bytes(octets)
    with pytest.raises(ClientError, match="not a picture"):
        read_text(file)


def test_a_missing_picture_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="cannot be read"):
        read_text(tmp_path / "none.png")
