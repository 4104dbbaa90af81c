"""The service of the festival in a process of its own, with the festival's clock, all recorded.

    python -m tests.attacks.collusion.served DATA PORT CLOCK RECORD

The application is the one that `symbolon-server serve` runs. Around it stands what an organiser
can put there: a recorder that writes down every request with its connection and its answer, as a
line of JSON that is on disk before the answer leaves.
"""

import base64
import json
import os
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, TextIO

from tests.attacks.collusion.clock import Clock

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Recorder:
    """ASGI around an application; writes one line for each request."""

    def __init__(self, app: Any, *, file: TextIO) -> None:
        self._app = app
        self._file = file
        # A connection is known by the one object that tells where it comes from; ports come again.
        self._connections: list[Any] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        line: dict[str, Any] = {
            "at": int(time.time()),
            "connection": self._number(scope["client"]),
            "method": scope["method"],
            "path": scope["path"],
            "query": scope["query_string"].decode("latin-1"),
            "headers": [[k.decode("latin-1"), v.decode("latin-1")] for k, v in scope["headers"]],
        }
        body, answer = bytearray(), bytearray()

        async def received() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                line["status"] = message["status"]
            answer.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                line["body"] = base64.b64encode(body).decode()
                line["answer"] = base64.b64encode(answer).decode()
                self._file.write(json.dumps(line) + "\n")
                self._file.flush()
            await send(message)

        await self._app(scope, received, sent)

    def _number(self, client: Any) -> int:
        for number, known in enumerate(self._connections):
            if known is client:
                return number
        self._connections.append(client)
        return len(self._connections) - 1


def main() -> None:
    """Serve until SIGINT."""
    data, port, clock_file, record_file = sys.argv[1:]
    # Before anything of the service is loaded, so that nothing keeps the true time.
    # The clock that nobody sets goes along: this one moves, and does not jump.
    festival = Clock(Path(clock_file))
    time.time = festival
    time.clock_gettime = festival.running  # type: ignore[assignment]

    import uvicorn

    from server import database
    from server.app import create_app
    from server.sealed_keystore import open_keystore
    from server.settings import Settings

    prepare = database._prepare_sqlite

    def prepare_quickly(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous = OFF")  # no power cut is played here

    database._prepare_sqlite = prepare_quickly
    settings = Settings(data_directory=Path(data), port=int(port))
    keystore = open_keystore(settings.keystore_file, passphrase=os.environ["SYMBOLON_PASSPHRASE"])
    with Path(record_file).open("a", encoding="ascii") as file:
        config = uvicorn.Config(
            Recorder(create_app(settings, keystore), file=file),
            port=settings.port,
            access_log=False,
            log_config=None,
            log_level="critical",
            server_header=False,
            proxy_headers=False,
            lifespan="off",
        )
        uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
