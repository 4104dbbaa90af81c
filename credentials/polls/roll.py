"""How many may vote, as far as a signed registry head says. Source: docs/protocol.md, "Polls"."""

from credentials.formats.head import Head


def roll_bounds(head: Head) -> tuple[int, int]:
    """The fewest and the most members that can be on the roll of a poll that pins this head.

    Every serial up to the highest one was given once. A removal takes one member off the roll, or
    none: whose attributes are changed keeps the serial and gets a new handle, and the old one is
    removed.
    """
    return max(0, head.highest_serial - head.removals), head.highest_serial
