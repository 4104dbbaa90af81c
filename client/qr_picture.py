"""QR codes as pictures: drawn for a screen, a terminal or a PNG, and read from a picture.

The text inside is `credentials.formats.qr`'s. Level L, whole pixels per module and the white border
of four modules: what soft cameras read best from a screen.
"""

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from client.errors import ClientError

if TYPE_CHECKING:
    from segno import QRCode

BORDER_MODULES = 4
PIXELS_PER_MODULE = 6
# More than any phone takes; a picture that claims to be larger would eat the memory.
_PIXELS_MAX = 120_000_000


def _code(text: str) -> "QRCode":
    import segno

    return segno.make_qr(text, error="l", boost_error=False)


def write_png(path: Path, *, text: str) -> None:
    """Draw into a PNG file. Raises ClientError if it cannot be written."""
    buffer = io.BytesIO()
    _code(text).save(buffer, kind="png", scale=PIXELS_PER_MODULE, border=BORDER_MODULES)
    try:
        path.write_bytes(buffer.getvalue())
    except OSError as error:
        raise ClientError(f"{path} cannot be written: {error.strerror}.") from None


def for_terminal(text: str) -> str:
    """Draw with half blocks, two modules to a character, white on black made black on white."""
    buffer = io.StringIO()
    _code(text).terminal(buffer, border=BORDER_MODULES, compact=True)
    return buffer.getvalue()


def fits_terminal(text: str, *, columns: int) -> bool:
    """Whether the drawing is no wider than the terminal."""
    return _code(text).symbol_size(border=BORDER_MODULES)[0] <= columns


def read_text(source: Path) -> str:
    """Return the text of the one QR code in a picture file (`-` is standard input).

    Raises ClientError if it is no picture, or holds no code, or more than one.
    """
    import zxingcpp
    from PIL import Image, UnidentifiedImageError

    try:
        octets = sys.stdin.buffer.read() if str(source) == "-" else source.read_bytes()
    except OSError as error:
        raise ClientError(f"{source} cannot be read: {error.strerror}.") from None
    try:
        with Image.open(io.BytesIO(octets)) as picture:
            if picture.width * picture.height > _PIXELS_MAX:
                raise ClientError("That picture is too large.")
            grey: Any = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ClientError(f"{source} is not a picture that can be read.") from None
    found = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    texts = {code.text for code in found if code.text}
    if not texts:
        raise ClientError("No QR code was found in the picture; hold it still and closer.")
    if len(texts) > 1:
        raise ClientError("There is more than one QR code in the picture; show one at a time.")
    return texts.pop()
