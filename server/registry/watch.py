"""The thread of each worker that publishes heads when they are due, and the first crowd table."""

import threading
import time

from server.event_log import event_log
from server.registry.publisher import Publisher

CHECK_SECONDS = 15


def keep_publishing(publisher: Publisher) -> None:
    """Look every few seconds whether something is due, in a thread that ends with the process."""
    threading.Thread(target=_watch, args=(publisher,), daemon=True).start()


def _watch(publisher: Publisher) -> None:
    while True:
        try:
            head = publisher.publish_due()
            if head is not None:
                event_log.record("registry_head", epoch=head.epoch, removals=head.removals)
            publisher.publish_first_crowd()
        except Exception as error:  # such as a busy database: the thread lives, and asks again
            event_log.record("fault", kind=type(error).__name__, place="registry-watch")
        time.sleep(CHECK_SECONDS)
