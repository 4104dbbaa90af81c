"""Pictures of a code as screens, printers and phones give them, found by trying the product."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from client.errors import ClientError
from client.qr_reading import PIXELS_MAX, read_text
from credentials.formats.qr import to_qr_text

CODE = to_qr_text(bytes(range(256)) * 3)
WIFI = "WIFI:T:WPA;S:Agora;P:an owl;;"


def drawn(text: str = CODE, *, scale: int = 4, border: int = 4) -> Image.Image:
    octets = io.BytesIO()
    segno.make_qr(text, error="l", boost_error=False).save(
        octets, kind="png", scale=scale, border=border
    )
    return Image.open(octets).convert("L")


def noisy(picture: Image.Image, *, sigma: float) -> Image.Image:
    noise = Image.effect_noise(picture.size, sigma)
    return ImageChops.add(picture, noise, 1, -128).convert("L")


def as_jpeg(picture: Image.Image, *, quality: int = 50) -> Image.Image:
    octets = io.BytesIO()
    picture.save(octets, "JPEG", quality=quality)
    return Image.open(octets).copy()


def photographed(*, angle: float = 7, scale: int = 4, sigma: float = 20) -> Image.Image:
    code = drawn(scale=scale)
    page = Image.new("L", (code.width * 3 // 2,) * 2, 255)
    page.paste(code, ((page.width - code.width) // 2,) * 2)
    turned = page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    soft = turned.filter(ImageFilter.GaussianBlur(1.2))
    return as_jpeg(noisy(soft.point(lambda value: 90 + value * 100 // 255), sigma=sigma))


def clear(*, dark: int) -> Image.Image:
    """Only the modules are there, in one grey; the rest is transparent."""
    code = drawn()
    picture = Image.new("RGBA", code.size, (dark, dark, dark, 0))
    picture.putalpha(code.point(lambda value: 255 - value))
    return picture


def palette() -> Image.Image:
    picture = drawn().convert("RGB").quantize(4)
    picture.info["transparency"] = picture.getpixel((0, 0))
    return picture


def in_shadow() -> Image.Image:
    code = drawn()
    light = Image.linear_gradient("L").resize(code.size).point(lambda value: 30 + value * 2 // 3)
    return ImageChops.multiply(code.point(lambda value: 130 + value * 125 // 255), light)


def beside(*others: str) -> Image.Image:
    """A badge: our code, others beside it, and lines like a bar code."""
    page = Image.new("L", (1500, 900), 255)
    page.paste(drawn(), (60, 60))
    for number, text in enumerate(others):
        page.paste(drawn(text, scale=5), (800, 60 + 300 * number))
    bars = ImageDraw.Draw(page)
    for at in range(60, 500, 7):
        bars.rectangle((at, 700, at + at % 4, 800), fill=0)
    return page


def of_phone() -> Image.Image:
    """Twelve megapixels, a screen held at an angle, dim and noisy."""
    page = Image.new("L", (4032, 3024), 190)
    turned = drawn(scale=9).rotate(12, Image.Resampling.BICUBIC, expand=True, fillcolor=190)
    page.paste(turned, (1400, 700))
    return noisy(page.filter(ImageFilter.GaussianBlur(2)), sigma=15)


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "low contrast": lambda: drawn().point(lambda value: 120 + value * 12 // 255),
    "half a module of blur": lambda: drawn().filter(ImageFilter.GaussianBlur(2)),
    "photograph": photographed,
    "photograph at an angle": lambda: photographed(angle=-31, sigma=15),
    "photograph of small modules": lambda: photographed(angle=3, scale=3, sigma=10),
    "transparent, black": lambda: clear(dark=0),
    "transparent, white for a dark page": lambda: clear(dark=255),
    "16 bit": lambda: drawn().convert("I").point(lambda value: value * 3 + 21_000),
    "palette with transparency": palette,
    "CMYK": lambda: drawn().convert("RGB").convert("CMYK"),
    "one bit": lambda: drawn().convert("1"),
    "inverted": lambda: ImageChops.invert(drawn()),
    "in shadow": in_shadow,
    "beside a Wi-Fi code": lambda: beside(WIFI),
    "beside two others": lambda: beside(WIFI, "https://example.org"),
    "small in a screenshot": lambda: _on_screen(drawn(scale=2)),
    "twelve megapixels": of_phone,
}


def _on_screen(code: Image.Image) -> Image.Image:
    page = Image.new("RGB", (1920, 1080), (24, 26, 32))
    page.paste(code.convert("RGB"), (1200, 500))
    return page


@pytest.mark.parametrize("kind", PICTURES)
def test_it_is_read(kind: str, tmp_path: Path) -> None:
    made = PICTURES[kind]()
    ending = "tif" if made.mode in ("CMYK", "I") else "png"
    file = tmp_path / f"picture.{ending}"
    (made.convert("I;16") if made.mode == "I" else made).save(
        file, **({"transparency": made.info["transparency"]} if "transparency" in made.info else {})
    )
    assert read_text(file) == CODE


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_turned_or_mirrored_by_its_exif_is_read(turn: int, tmp_path: Path) -> None:
    code = drawn()
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = code.transpose(back[turn]) if turn in back else code
    exif = Image.Exif()
    exif[0x0112] = turn
    stored.save(tmp_path / "turned.jpg", exif=exif, quality=90)
    assert read_text(tmp_path / "turned.jpg") == CODE


def test_what_is_not_ours_is_read_where_nothing_else_is(tmp_path: Path) -> None:
    drawn(WIFI).save(tmp_path / "wifi.png")
    assert read_text(tmp_path / "wifi.png") == WIFI


def test_another_command_takes_what_is_its_own(tmp_path: Path) -> None:
    letter = "https://agora.example/claim#ABC"
    beside(WIFI, letter).save(tmp_path / "badge.png")
    assert read_text(tmp_path / "badge.png", ours=lambda text: "/claim#" in text) == letter


def test_two_of_ours_are_said_so(tmp_path: Path) -> None:
    beside(to_qr_text(b"another one" * 20)).save(tmp_path / "two.png")
    with pytest.raises(ClientError, match="more than one QR code"):
        read_text(tmp_path / "two.png")


def test_a_hopeless_photograph_of_a_phone_takes_two_seconds_at_most(tmp_path: Path) -> None:
    noisy(Image.new("L", (4032, 3024), 150), sigma=40).save(tmp_path / "grey.jpg", quality=80)
    begun = time.process_time()
    with pytest.raises(ClientError, match="No QR code was found"):
        read_text(tmp_path / "grey.jpg")
    assert time.process_time() - begun < 4, "about 2 s where nothing else runs"


def test_a_picture_that_would_fill_the_memory_is_not_opened(tmp_path: Path) -> None:
    side = int(PIXELS_MAX**0.5) + 100
    Image.new("1", (side, side)).save(tmp_path / "bomb.png")
    Image.new("1", (20_000, 20_000)).save(tmp_path / "larger.png")
    for name in ("bomb.png", "larger.png"):
        with pytest.raises(ClientError, match="too large"):
            read_text(tmp_path / name)
