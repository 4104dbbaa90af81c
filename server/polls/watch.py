"""The thread of each worker that moves polls on: batches, closing, opening."""

import threading
import time

from server.event_log import event_log
from server.polls.life import PollLife

CHECK_SECONDS = 2


def keep_moving(life: PollLife) -> None:
    """Look every other second which polls are due, in a thread that ends with the process."""
    threading.Thread(target=_watch, args=(life,), daemon=True).start()


def _watch(life: PollLife) -> None:
    while True:
        try:
            life.look_after_all()
        except Exception as error:  # such as a busy database: the thread lives, and looks again
            event_log.record("fault", kind=type(error).__name__, place="poll-watch")
        time.sleep(CHECK_SECONDS)
