"""The thread of each worker that looks whether everything agrees, and says so when that changes."""

import threading
import time

from server.agreement.finding import Finding
from server.agreement.guard import Guard
from server.event_log import event_log

CHECK_SECONDS = 2


def keep_looking(guard: Guard) -> None:
    """Look now, and every other second in a thread that ends with the process."""
    known = tell(guard.look(), before=None)
    threading.Thread(target=_watch, args=(guard, known), daemon=True).start()


def tell(finding: Finding | None, *, before: Finding | None) -> Finding | None:
    """Write into the log what has changed; gives `finding` back."""
    if finding is not None and (before is None or before.part != finding.part):
        event_log.record("on_hold", kind=finding.part.value, seconds=finding.seconds)
    if finding is None and before is not None:
        event_log.record("on_hold_ended", kind=before.part.value)
    return finding


def _watch(guard: Guard, known: Finding | None) -> None:
    while True:
        time.sleep(CHECK_SECONDS)
        try:
            known = tell(guard.look(), before=known)
        except Exception as error:  # such as a busy database: the thread lives, and looks again
            event_log.record("fault", kind=type(error).__name__, place="guard-watch")
