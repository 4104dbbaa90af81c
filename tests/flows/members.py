"""What members and doors run in flow tests: the real `symbolon` command, and a network that fails.

Nothing of it runs in this process; tests see what a person at a terminal sees.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

PASSPHRASE = "an owl in the agora"


def run(
    *arguments: str | Path, passphrase: str | None = PASSPHRASE, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `symbolon` with these arguments."""
    environment = {**os.environ, "COLUMNS": "120"}
    environment.pop("SYMBOLON_WALLET_PASSPHRASE", None)
    if passphrase is not None:
        environment["SYMBOLON_WALLET_PASSPHRASE"] = passphrase
    return subprocess.run(
        [sys.executable, "-m", "client.commands.main", *map(str, arguments)],
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str], *, status: int = 1) -> str:
    """The one sentence with which a command failed."""
    assert done.returncode == status, done
    assert "Traceback" not in done.stderr
    sentence = done.stderr.strip().splitlines()[-1]
    assert sentence[0].isupper() or sentence[0] == "/"
    assert sentence.endswith((".", "?", ")")), sentence
    return sentence


@dataclass
class Wallet:
    """A member's wallet file and the command that works on it."""

    file: Path

    def run(self, *arguments: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run `symbolon wallet …` on this file."""
        command, *rest = arguments
        return run("wallet", command, *rest, "--wallet", self.file, typed=typed)

    def ask(self, *arguments: str | Path) -> Any:
        """The JSON that a command prints; it must succeed."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@dataclass
class Door:
    """A door's file and the command that works on it."""

    file: Path

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run `symbolon door …` on this file."""
        return run("door", *arguments, "--door-file", self.file)

    def ask(self, *arguments: str | Path) -> Any:
        """The JSON that a command prints."""
        done = self.run(*arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def verdict(self, *arguments: str | Path) -> tuple[str, int]:
        """The verdict of a scan, and the exit status."""
        done = self.run("scan", *arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)["verdict"], done.returncode


@dataclass
class Relay:
    """Stands between a wallet and the service, and loses answers when told to.

    `lose` names the ends of paths; the answer to the next request there is thrown away, after the
    service has given it.
    """

    lose: list[str] = field(default_factory=list)

    def loses(self, path: str) -> bool:
        for ending in self.lose:
            if path.endswith(ending):
                self.lose.remove(ending)
                return True
        return False


@contextmanager
def relaying(*, port: int, to: str) -> Iterator[Relay]:
    """Listen on a port and pass everything on to the address `to`."""
    relay = Relay()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on(httpx.get(to + self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {"content-type": "application/json"}
            self._pass_on(httpx.post(to + self.path, content=body, headers=headers))

        def _pass_on(self, answer: httpx.Response) -> None:
            if relay.loses(self.path):
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers["content-type"])
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
