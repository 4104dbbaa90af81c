"""What the exit status of a command says; documented in docs/operations.md, "Exit statuses"."""

from typing import Final

FAILED: Final = 1
"""Nothing was done, or not what was asked; one sentence says why."""

ALARM: Final = 2
"""Somebody broke their word, and there is evidence."""

NOT_ADMITTED: Final = 3
"""A door's verdict lets nobody pass."""

KEPT: Final = 4
"""A part was not accepted or could not be fetched; it was kept, and waits to be tried again."""
