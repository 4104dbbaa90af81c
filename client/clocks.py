"""This machine's clock beside those of servers: what was read, whose is wrong, and by how much.

Every answer over HTTP says when it was made (Date, RFC 9110, section 6.6.1; what lay in a cache
says for how long, Age). A clock that stands before the time of something that was published is
wrong as well. Nothing here sets a clock or decides anything; it names what is wrong.
"""

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from credentials.times import how_long, in_words

TOLERANCE_SECONDS: Final = 15
"""A code is good in its 30 seconds and the neighbouring ones: half of that may be lost unseen."""

SAME_RUN_SECONDS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """Two clocks at one moment, in Unix seconds: this machine's own, and a server's."""

    own: int
    server: int

    @property
    def ahead(self) -> int:
        """By how many seconds this machine's clock is ahead of the server's; below 0: behind."""
        return self.own - self.server

    @property
    def agree(self) -> bool:
        """Whether codes drawn by one of them are good by the other."""
        return abs(self.ahead) <= TOLERANCE_SECONDS

    @classmethod
    def of_answer(
        cls, *, date: str, age: str = "", sent: float, received: float
    ) -> "ClockReading | None":
        """From the headers of an answer, and when it was asked for and came; None without a date.

        The moment of the answer is taken to lie in the middle.
        """
        try:
            server = int(parsedate_to_datetime(date).timestamp())
        except (ValueError, OverflowError):
            return None
        waited = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0
        return cls(own=int((sent + received) / 2), server=max(0, server) + waited)


def beside(seconds: int) -> str:
    """ "42 minutes behind" for -2520, "1 hour ahead of" for 3600."""
    return f"{how_long(seconds)} {'ahead of' if seconds > 0 else 'behind'}"


def wrong_clock(
    reading: ClockReading | None, *, now: int, published: int, device: str = "device"
) -> str:
    """What is wrong with this device's clock or the server's, in a sentence; empty if nothing is.

    `published` is the newest time in what is known of a community; `reading` the last comparison.
    """
    if reading is not None and reading.server < published - TOLERANCE_SECONDS:
        behind = how_long(published - reading.server)
        if reading.agree:
            return (
                f"The server has published something that is dated {behind} later than its clock "
                f"and this {device}'s: its clock was wrong then. Tell the organiser."
            )
        if reading.own >= published - TOLERANCE_SECONDS:
            return (
                f"The server's clock is wrong: it stands {behind} before the time of what it has "
                "published itself, and will refuse good codes. Tell the organiser."
            )
    if reading is not None and not reading.agree:
        fresh = abs(now - reading.own) <= SAME_RUN_SECONDS
        when = "is" if fresh else f"was, when last compared on {in_words(reading.own)},"
        return f"This {device}'s clock {when} {beside(reading.ahead)} the server's."
    known = max(published, 0 if reading is None else reading.server)
    if now < known - TOLERANCE_SECONDS:
        return (
            f"This {device}'s clock is wrong: it stands {how_long(known - now)} before the time of "
            f"what was fetched with it, {in_words(known)}."
        )
    return ""
