"""The QR code in a picture: a screenshot, a scan, a photograph of a screen at an angle.

Cheap attempts come first; what is pale, blurred, noisy or unevenly lit is stretched, smoothed,
enlarged and sharpened, within a bounded time and memory. Where other codes stand beside ours, such
as that of a Wi-Fi network, ours is taken. The same reader serves doors, wallets and `verify`.
"""

import io
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from client.errors import ClientError
from credentials.domain_tags import QR_PREFIX

if TYPE_CHECKING:
    from PIL.Image import Image

BUDGET_SECONDS: Final = 1.5
"""Time of the processor after which no further attempt begins; one takes 0.4 s at most."""

PIXELS_MAX: Final = 40_000_000
"""More than cameras of phones give, but for those that can be read at a smaller scale (JPEG)."""

_LONG_SIDE: Final = 1600
_OCTETS_MAX: Final = 64 * 1024 * 1024


def is_member_code(text: str) -> bool:
    """Whether a text is meant as a code of a wallet."""
    return text[: len(QR_PREFIX)].upper() == QR_PREFIX


def read_text(source: Path, *, ours: Callable[[str], bool] = is_member_code) -> str:
    """The text of the one QR code in a picture file (`-` is standard input) that is `ours`.

    Where none is, the text of another one, so that it can be named. Raises ClientError if it is no
    picture, or holds no code, or several of ours.
    """
    others: dict[str, None] = {}
    begun = time.process_time()
    for picture in _attempts(_open(source)):
        texts = _codes(picture)
        found = [text for text in texts if ours(text)]
        if len(found) > 1:
            raise ClientError("There is more than one QR code in the picture; show one at a time.")
        if found:
            return found[0]
        others |= dict.fromkeys(texts)
        if time.process_time() - begun > BUDGET_SECONDS:
            break
    if not others:
        raise ClientError("No QR code was found in the picture; hold it still and closer.")
    return next(iter(others))


def _codes(picture: "Image") -> list[str]:
    import zxingcpp

    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return list(dict.fromkeys(code.text for code in found if code.text))


def _open(source: Path) -> "list[Image]":
    """The picture in grey; twice, on white and on black, where it lets something shine through."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        if str(source) == "-":
            octets = sys.stdin.buffer.read(_OCTETS_MAX + 1)
        else:
            with source.open("rb") as file:
                octets = file.read(_OCTETS_MAX + 1)
    except OSError as error:
        raise ClientError(f"{source} cannot be read: {error.strerror}.") from None
    if len(octets) > _OCTETS_MAX:
        raise ClientError("That picture is too large.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(octets)) as picture:
                picture.draft("RGB", (4 * _LONG_SIDE, 4 * _LONG_SIDE))
                if picture.width * picture.height > PIXELS_MAX:
                    raise ClientError("That picture is too large.")
                return _in_grey(ImageOps.exif_transpose(picture))
    except Image.DecompressionBombError:
        raise ClientError("That picture is too large.") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise ClientError(f"{source} is not a picture that can be read.") from None


def _in_grey(picture: "Image") -> "list[Image]":
    from PIL import Image

    if picture.mode.startswith(("I", "F")):
        least, most = picture.getextrema()
        scale = 255 / ((most - least) or 1)  # type: ignore[operator]
        deep = picture.convert("F")
        return [deep.point(lambda value: value * scale - least * scale).convert("L")]  # type: ignore[operator]
    if "A" in picture.getbands() or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        views = []
        for ground in ("white", "black"):
            page = Image.new("RGBA", clear.size, ground)
            views.append(Image.alpha_composite(page, clear).convert("L"))
        return views
    return [picture.convert("RGB").convert("L") if picture.mode == "CMYK" else picture.convert("L")]


def _attempts(views: "list[Image]") -> "Iterator[Image]":
    """What to look at, the cheapest first."""
    small = [_fitting(view) for view in views]
    yield from small
    for view, fitting in zip(views, small, strict=True):
        if fitting.size != view.size:
            yield view
    for attempt in (_stretched, _sharpened, _smoothed, _enlarged, _evened, _enlarged_more):
        yield from map(attempt, small)
    for view, fitting in zip(views, small, strict=True):
        if fitting.size != view.size:
            yield _smoothed(_middle(view))


def _fitting(view: "Image") -> "Image":
    """At most so large that it can be enlarged; a code fills a good part of most pictures."""
    factor = -(-max(view.size) // _LONG_SIDE)
    return view if factor <= 1 else view.reduce(factor)


def _middle(view: "Image") -> "Image":
    """The middle of a large picture, as sharp as it is."""
    across, down = (min(side, _LONG_SIDE) for side in view.size)
    left, top = (view.width - across) // 2, (view.height - down) // 2
    return view.crop((left, top, left + across, top + down))


def _stretched(view: "Image") -> "Image":
    """For pale pictures."""
    from PIL import ImageOps

    return ImageOps.autocontrast(view, cutoff=1)


def _sharpened(view: "Image", *, radius: int = 3, percent: int = 200) -> "Image":
    """For blurred ones."""
    from PIL import ImageFilter

    return view.filter(ImageFilter.UnsharpMask(radius, percent, 0))


def _smoothed(view: "Image") -> "Image":
    """For noise, the squares of JPEG, and modules that stand across the pixels.

    Read all of sixty photographs at angles with noise, of which `_sharpened` read half.
    """
    return _sharpened(_stretched(_larger(_blurred(view, 1), 2)), radius=5, percent=400)


def _enlarged(view: "Image") -> "Image":
    """For small modules."""
    return _sharpened(_stretched(_larger(view, 2)), radius=4, percent=300)


def _enlarged_more(view: "Image") -> "Image":
    """For small modules and noise."""
    return _sharpened(_stretched(_larger(_blurred(view, 1), 3)), radius=7, percent=400)


def _evened(view: "Image") -> "Image":
    """For shadows and reflections: each place is held against its surroundings."""
    from PIL import ImageChops

    smooth = _larger(_blurred(view, 0.7), 2)
    around = _larger(_blurred(view, 20), 2)
    return _sharpened(ImageChops.subtract(smooth, around, 0.5, 128), radius=4)


def _blurred(view: "Image", radius: float) -> "Image":
    from PIL import ImageFilter

    return view.filter(ImageFilter.GaussianBlur(radius))


def _larger(view: "Image", times: int) -> "Image":
    from PIL import Image

    side = max(view.size)
    times = max(1, min(times, 2 * _LONG_SIDE // side))
    return view.resize((view.width * times, view.height * times), Image.Resampling.BICUBIC)
