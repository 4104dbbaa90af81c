"""The thread of each worker that moves polls on: batches, closing, opening, the beacon's round."""

import threading
import time
from collections.abc import Callable

from server.event_log import event_log
from server.polls.beacon_source import BeaconSource
from server.polls.life import PollLife
from server.polls.lots import Lots

CHECK_SECONDS = 2


def keep_moving(life: PollLife, lots: Lots, *, source: BeaconSource | None) -> None:
    """Look every other second which polls are due, in a thread that ends with the process.

    Rounds of the beacon are fetched only where the settings name a source.
    """
    threading.Thread(target=_watch, args=(life, lots, source), daemon=True).start()


def _watch(life: PollLife, lots: Lots, source: BeaconSource | None) -> None:
    while True:
        _look(life.look_after_all, place="poll-watch")
        if source is not None:
            # Also where a poll could not be moved: others wait for their rounds.
            _look(lambda: lots.fetch_due(source), place="beacon-watch")
        time.sleep(CHECK_SECONDS)


def _look(look: Callable[[], object], *, place: str) -> None:
    try:
        look()
    except Exception as error:  # such as a busy database: the thread lives, and looks again
        event_log.record("fault", kind=type(error).__name__, place=place)
