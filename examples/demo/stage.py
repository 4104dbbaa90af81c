"""What the story is played on: a throw-away directory, processes, and a record of what came out.

Every step runs the real command in a process of its own, and is shown with the time it took.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

PATIENCE_SECONDS = 30
WALLET_PASSPHRASE = "a wallet of the demonstration"  # noqa: S105 - protects nothing
TRUSTEE_PASSPHRASE = "a trustee of the demonstration"  # noqa: S105 - protects nothing
COMMANDS = Path(sys.executable).parent

IN_A_HURRY = ("--yes", "--at-once")
"""Nobody in the story waits a quarter of an hour after claiming, as members should."""


class StoryFailed(Exception):
    """A step without which the story cannot go on."""


class Stage:
    """Runs commands and servers, and keeps count of steps that came out as they must."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        self.folder = Path(tempfile.mkdtemp(prefix="symbolon-demo-"))
        self.data = self.folder / "city"
        self.passphrase_file = self.folder / "organiser.passphrase"
        self.passphrase_file.write_text("only a demonstration\n")
        self.address = f"http://127.0.0.1:{free_port()}"
        self.failed: list[str] = []
        self.passed = 0
        self._began = time.monotonic()
        self._step_began = self._began
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    # --- telling

    def act(self, title: str) -> None:
        """Begin a part of the story."""
        self.console.print(f"\n[bold]{title}[/bold]")

    def check(self, what: str, *, holds: bool, seen: object = "") -> None:
        """Show one step with its time, and remember whether it came out as it must."""
        took = time.monotonic() - self._step_began
        mark = "[green]✓[/green]" if holds else "[red]✗[/red]"
        self.console.print(f"  {mark} {what} [dim]{took:5.1f} s[/dim]")
        if holds:
            self.passed += 1
        else:
            self.failed.append(what)
            self.console.print(f"      [red]instead:[/red] {seen}", markup=True)
        self._step_began = time.monotonic()

    def tell(self, text: str) -> None:
        """A line without a check."""
        self.console.print(f"    [dim]{text}[/dim]")

    @property
    def seconds(self) -> float:
        """How long the story has gone on."""
        return time.monotonic() - self._began

    # --- commands

    def organiser(self, *arguments: str | Path, as_json: bool = True) -> Any:
        """Run symbolon-server in the city's data directory; its JSON. Raises StoryFailed."""
        done = self._run("symbolon-server", *arguments, "--data", self.data, as_json=as_json)
        return self._json_of(done) if as_json else done.stdout

    def try_organiser(self, *arguments: str | Path) -> tuple[int, Any]:
        """The same, whatever comes out; exit status and JSON."""
        done = self._run("symbolon-server", *arguments, "--data", self.data)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def wallet_file(self, name: str) -> Path:
        """Where a member keeps the wallet."""
        return self.folder / "wallets" / f"{name.lower()}.wallet"

    def wallet(self, name: str, *arguments: str | Path) -> Any:
        """Run `symbolon wallet …` of a member; its JSON. Raises StoryFailed."""
        return self._json_of(self.try_wallet(name, *arguments))

    def try_wallet(self, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """The same, whatever comes out."""
        self.wallet_file(name).parent.mkdir(exist_ok=True)
        return self._run("symbolon", "wallet", *arguments, "--wallet", self.wallet_file(name))

    def door(self, *arguments: str | Path) -> tuple[int, Any]:
        """Run `symbolon door …`; exit status and JSON."""
        done = self._run("symbolon", "door", *arguments, "--door-file", self.folder / "main-door")
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def symbolon(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run `symbolon …` as people do, with its output in words."""
        return self._run("symbolon", *arguments, as_json=False)

    def must(self, *arguments: str | Path) -> str:
        """The same for a step without which the story cannot go on. Raises StoryFailed."""
        return self._output_of(self.symbolon(*arguments)).strip()

    def poll(self, poll: str) -> str:
        """A poll's link."""
        return f"{self.address}/polls/{poll}"

    def _run(
        self, command: str, *arguments: str | Path, as_json: bool = True
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMANDS / command, *arguments, *(["--json"] if as_json else [])],
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS * 2,
            check=False,
        )

    @classmethod
    def _json_of(cls, done: subprocess.CompletedProcess[str]) -> Any:
        return json.loads(cls._output_of(done))

    @staticmethod
    def _output_of(done: subprocess.CompletedProcess[str]) -> str:
        if done.returncode != 0:
            command = " ".join(map(str, done.args[:3]))
            raise StoryFailed(f"{command}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SYMBOLON_PASSPHRASE": self.passphrase_file.read_text().strip(),
            "SYMBOLON_WALLET_PASSPHRASE": WALLET_PASSPHRASE,
            "SYMBOLON_TRUSTEE_PASSPHRASE": TRUSTEE_PASSPHRASE,
        }

    # --- servers

    def serve(self) -> None:
        """Start the city's server with two workers, and wait until it answers."""
        port = self.address.rpartition(":")[2]
        self._start(
            "server",
            [
                COMMANDS / "symbolon-server",
                "serve",
                *("--port", port, "--workers", "2", "--data", self.data),
            ],
            address=f"{self.address}/health",
        )

    def start_app(self, name: str, *, address: str, fingerprint: str) -> None:
        """Start the sample app under an origin of its own."""
        self._start(
            name,
            [sys.executable, "-m", "examples.app.main"],
            address=f"{address}/",
            environment={
                "COMMUNITY": self.address,
                "FINGERPRINT": fingerprint,
                "APP_ID": name,
                "PORT": address.rpartition(":")[2],
            },
        )

    def stop(self, name: str) -> None:
        """End one of the processes that this stage started."""
        process = self._processes.pop(name, None)
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _start(
        self,
        name: str,
        command: list[Any],
        *,
        address: str,
        environment: dict[str, str] | None = None,
    ) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env={**self._environment(), **(environment or {})},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes[name] = process
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            try:
                httpx.get(address, timeout=2)
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        last = (self.folder / f"{name}.log").read_text()[-400:]
        raise StoryFailed(f"{name} does not answer. {last}")

    def close(self) -> None:
        """End everything that is still running, and leave nothing behind."""
        for name in list(self._processes):
            self.stop(name)
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def stage() -> Iterator[Stage]:
    """A stage that is cleared whatever happens on it."""
    made = Stage()
    try:
        yield made
    finally:
        made.close()


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
