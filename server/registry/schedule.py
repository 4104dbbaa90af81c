"""When registry heads come by themselves: every so often, counted from a time of the day in UTC."""

import re
from dataclasses import dataclass

from credentials.days import SECONDS_PER_DAY
from server.problems import OperatorError

SHORTEST_PERIOD = 60
LONGEST_PERIOD = 31 * SECONDS_PER_DAY

_PERIOD = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNIT_SECONDS = {"m": 60, "h": 3600, "d": SECONDS_PER_DAY}
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """A head every `period` seconds, one of them `offset` seconds after midnight UTC."""

    period: int = SECONDS_PER_DAY
    offset: int = 3 * 3600

    def next_after(self, unix_seconds: int) -> int:
        """The first time of the schedule that is later."""
        since = (unix_seconds - self.offset) // self.period
        return self.offset + (since + 1) * self.period

    @classmethod
    def parse(cls, *, every: str, at: str) -> "Schedule":
        """From `30m`, `6h` or `1d`, and a time such as `03:00`; raises OperatorError."""
        period, time = _PERIOD.fullmatch(every.strip()), _TIME.fullmatch(at.strip())
        if period is None:
            raise OperatorError("--every takes a period such as 30m, 6h or 1d.")
        if time is None:
            raise OperatorError("--at takes a time of the day in UTC, such as 03:00.")
        seconds = int(period[1]) * _UNIT_SECONDS[period[2]]
        if not SHORTEST_PERIOD <= seconds <= LONGEST_PERIOD:
            raise OperatorError("Heads come every minute at the most, and at least every 31 days.")
        return cls(period=seconds, offset=int(time[1]) * 3600 + int(time[2]) * 60)

    def __str__(self) -> str:
        for unit in ("d", "h", "m"):
            count, rest = divmod(self.period, _UNIT_SECONDS[unit])
            if rest == 0:
                break
        return f"every {count}{unit} at {self.offset // 3600:02}:{self.offset // 60 % 60:02} UTC"
