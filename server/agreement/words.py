"""Times and durations in words."""

from datetime import UTC, datetime


def in_words(unix_seconds: int) -> str:
    """Such as `Friday, 12 March 2033, 14:03 UTC`."""
    try:
        then = datetime.fromtimestamp(unix_seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return "a time beyond the year 9999"
    return f"{then:%A}, {then.day} {then:%B %Y, %H:%M} UTC"


def duration(seconds: int) -> str:
    """Such as `2,300 days`, `3 hours` or `7 minutes`: the largest unit of which there are two."""
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:,} {unit}s"
    return f"{seconds} seconds"


def amount(count: int, one: str, many: str | None = None) -> str:
    """Such as `1 poll` or `3 polls`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
