"""QR codes as pictures, drawn for a screen, a terminal or a PNG; `qr_reading` reads them.

The text inside is `credentials.formats.qr`'s. Level L, whole pixels per module and the white border
of four modules: what soft cameras read best from a screen.
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from client.errors import ClientError

if TYPE_CHECKING:
    from segno import QRCode

BORDER_MODULES = 4
PIXELS_PER_MODULE = 6


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
