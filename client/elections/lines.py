"""The text of a file in whatever a spreadsheet or an editor wrapped it, line by line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from client.errors import BallotsRefused

SIZE_LIMIT: Final = 2**28  # octets

_NO_BALLOTS: Final = (
    (b"PK\x03\x04", "The file is a spreadsheet or an archive; save the sheet as CSV."),
    (b"%PDF", "The file is a PDF; ballots are read from BLT, ABIF, PrefLib, CVR JSON and CSV."),
)
_BUNDLE: Final = b"symbolon/poll-bundle/"

_BREAK: Final = re.compile("\r\n|\n|\r")
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_octets(path: Path) -> bytes:
    """A whole file of bounded size. Raises BallotsRefused."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise BallotsRefused(f"{path} has more than {SIZE_LIMIT // 2**20} MiB.")
        return path.read_bytes()
    except OSError as error:
        raise BallotsRefused(f"{path} cannot be read: {error.strerror}.") from None


def decoded(octets: bytes) -> str:
    """Text in UTF-8 or UTF-16, with or without a mark before it, else Windows-1252.

    Raises BallotsRefused for anything that is no text.
    """
    for begins, why in _NO_BALLOTS:
        if octets.startswith(begins):
            raise BallotsRefused(why)
    if _BUNDLE in octets[:64]:
        raise BallotsRefused(
            "The file is the bundle of a poll: `symbolon audit` recounts it, and `symbolon poll "
            "export` takes the ballots out of it."
        )
    encoding = next((name for mark, name in _MARKS if octets.startswith(mark)), None)
    if encoding is None and b"\0" in octets[:256]:
        encoding = "utf-16-be" if octets[:1] == b"\0" else "utf-16-le"
    for attempt in [encoding] if encoding else ["utf-8", "cp1252"]:
        try:
            return octets.decode(attempt)
        except UnicodeDecodeError:
            continue
    raise BallotsRefused("The file is no text, or not in UTF-8, UTF-16 or Windows-1252.")


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line that is not empty, with its number from 1, without white space around it."""
    for number, line in enumerate(_BREAK.split(text), start=1):
        if stripped := line.strip():
            yield number, stripped


def refused(number: int, why: str) -> BallotsRefused:
    """The error of a line."""
    return BallotsRefused(f"Line {number}: {why}")


def whole(text: str, *, line: int, what: str, most: int = 2**24 - 1) -> int:
    """A whole number of ASCII digits. Raises BallotsRefused."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= most):
        raise refused(line, f"“{text[:20]}” is not {what}, a whole number up to {most}.")
    return int(text)
