"""The processes that answer, and the one that watches over them.

Each worker is a process of its own with a listening socket from the watching one, which keeps it
open too: what waits there when a worker dies waits for its successor. A worker receives the opened
keystore through a pipe, so that no secret is in an environment or a command line; when the pipe
closes because the watching process is gone, the worker stops too. One that dies is replaced.
"""

import contextlib
import multiprocessing
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import NoReturn

from server.event_log import event_log
from server.problems import OperatorError
from server.settings import Settings

READY = b"ready"
SHORTEST_LIFE_SECONDS = 3.0
"""A worker that ends on its own before this age is not started again."""
STOP_SECONDS = 10.0
"""How long a worker may take to finish what it is answering."""


def run_workers(
    settings: Settings,
    *,
    listeners: Sequence[socket.socket],
    open_all: Callable[[], tuple[bytes, str]],
) -> None:
    """Run a worker for each listening socket until SIGINT or SIGTERM; say so when all answer.

    `open_all` opens keystore and database while the workers load; it gives what Keystore.to_octets
    gives, and the greeting to print. What it raises ends the workers. Raises OperatorError if
    workers cannot start.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    workers: list[_Worker] = []
    try:
        for listener in listeners:
            workers.append(_Worker(settings, listener=listener))
        keystore, greeting = open_all()
        for worker in workers:
            worker.hand_over(keystore)
        for worker in workers:
            worker.await_ready()
        sys.stderr.write(greeting + "\n")
        sys.stderr.flush()
        while True:
            wait([worker.process.sentinel for worker in workers])
            for position, worker in enumerate(workers):
                if not worker.process.is_alive():
                    event_log.record("worker_lost", count=1)
                    if time.monotonic() - worker.started < SHORTEST_LIFE_SECONDS:
                        raise OperatorError("A worker ended as soon as it was started.")
                    workers[position] = _Worker(settings, listener=listeners[position])
                    workers[position].hand_over(keystore)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.join()


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


class _Worker:
    """One worker process, seen from the watching one."""

    def __init__(self, settings: Settings, *, listener: socket.socket) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other_end = context.Pipe()
        self.started = time.monotonic()
        self.process: SpawnProcess = context.Process(
            target=answer_requests, args=(settings, listener, other_end), daemon=True
        )
        # A worker is born ignoring Ctrl-C, which reaches the whole group: this process decides.
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.process.start()
        signal.signal(signal.SIGINT, previous)
        other_end.close()

    def hand_over(self, keystore: bytes) -> None:
        """Give the worker the opened keystore."""
        with contextlib.suppress(OSError):  # it ended already, which await_ready tells
            self._pipe.send_bytes(keystore)

    def await_ready(self) -> None:
        """Wait until the worker answers; raises OperatorError if it ends instead."""
        try:
            self._pipe.recv_bytes()
        except (EOFError, OSError):
            raise OperatorError("A worker could not start; see the lines above.") from None

    def stop(self) -> None:
        """Ask the worker to finish what it is answering and end."""
        self._pipe.close()

    def join(self) -> None:
        """Wait for the end of the worker, and end it by force if it takes too long."""
        self.process.join(STOP_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def answer_requests(settings: Settings, listener: socket.socket, pipe: Connection) -> None:
    """The worker's whole life; runs in its own process."""
    import uvicorn

    from server.app import create_app
    from server.keystore import Keystore

    try:
        keystore = Keystore.from_octets(pipe.recv_bytes())
    except EOFError:
        return
    config = uvicorn.Config(
        create_app(settings, keystore, publishing=True),
        access_log=False,
        log_config=None,
        log_level="critical",
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=int(STOP_SECONDS) - 2,
    )
    server = uvicorn.Server(config)

    def stop_with_pipe() -> None:
        try:
            pipe.recv_bytes()
        except (EOFError, OSError):
            server.should_exit = True

    threading.Thread(target=stop_with_pipe, daemon=True).start()
    pipe.send_bytes(READY)
    server.run(sockets=[listener])
