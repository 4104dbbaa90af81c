"""A real service to measure: `symbolon-server serve` on 127.0.0.1 with a throw-away data directory.

Members are enrolled in this process with the community's own keys, as blind issuance is measured
elsewhere; everything else goes over HTTP. Reads memory from /proc, so it runs on Linux only.
"""

import asyncio
import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from credentials.holder import Credential, accept
from credentials.issuance import Issuer, commit, derive_secrets, draw_handle
from tests.attacks.city import City
from tests.community import SCHEMA

MEGABYTE = 2**20
COMMAND_SECONDS = 600


@contextmanager
def founded(*, workers: int = 1) -> Iterator[City]:
    """A community with the credential of 8 signed messages, and a door that admits once."""
    with TemporaryDirectory(prefix="symbolon-bench-") as folder:
        city = City(Path(folder), workers=workers).found(schema=SCHEMA.to_json())
        try:
            city.add_door("gate", "once")
            yield city
        finally:
            city.client.close()
            city.session.database.close()


@contextmanager
def served(city: City) -> Iterator[None]:
    """The community's service, until the end of the block."""
    city.serve()
    try:
        yield
    finally:
        city.stop()


def enrol(city: City, *, members: int) -> list[Credential]:
    """Credentials with witnesses for so many members, issued blindly to wallets of their own."""
    metadata = city.metadata
    head = city.session.registry.chain().newest
    issuer = Issuer(city.session.keystore.issuer, metadata=metadata)
    credentials = []
    for serial in range(1, members + 1):
        own = derive_secrets(secrets.token_bytes(16), metadata=metadata, count=0)
        nonce = secrets.token_bytes(32)
        issued = issuer.issue(
            commit(own, metadata=metadata, nonce=nonce),
            nonce=nonce,
            handle=draw_handle(),
            serial=serial,
            attributes={
                "reissued": 0,
                "pass": "resident",
                "volunteer": 0,
                "nickname": "owl",
                "points": 70_000,
                "valid_until": 22_280,
            },
        )
        credential = accept(issued, secrets=own, metadata=metadata)
        witness = issuer.witness(head, handle=issued.handle)
        credentials.append(credential.at(head, witness=witness.point))
    return credentials


def command(module: str, *arguments: str, environment: dict[str, str]) -> tuple[float, str]:
    """Run a command; seconds from its start to its end, and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=True,
    )
    return time.perf_counter() - started, done.stdout


def workers_of(city: City) -> list[int]:
    """Process ids of the workers: the children that answer, not the one that tracks resources."""
    parent = city.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [
        int(child)
        for child in children
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
        and b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def resident(process: int) -> float:
    """Resident memory of a process in MB (2^20 octets), what it shares with others included."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / MEGABYTE


def http_request(city: City, path: str, body: object, *, bearer: str = "") -> bytes:
    """The octets of a POST over HTTP/1.1, ready to be sent; `bearer` names whose token it has."""
    octets = json.dumps(body).encode()
    token = f"Authorization: Bearer {city.tokens[bearer]}\r\n" if bearer else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{city.port}\r\n"
        f"{token}Content-Type: application/json\r\n"
        f"Content-Length: {len(octets)}\r\n\r\n"
    )
    return head.encode() + octets


async def _send_all(port: int, requests: Iterator[bytes], answers: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        answers.append(await reader.readexactly(length))
    writer.close()
    await writer.wait_closed()


def send(city: City, requests: Sequence[bytes], *, connections: int) -> tuple[float, list[bytes]]:
    """Send prepared requests over so many lasting connections: seconds, and the answers' bodies.

    The client is as small as it can be, because it shares the machine with what it measures.
    """
    answers: list[bytes] = []
    waiting = iter(requests)

    async def run() -> None:
        await asyncio.gather(*(_send_all(city.port, waiting, answers) for _ in range(connections)))

    started = time.perf_counter()
    asyncio.run(run())
    return time.perf_counter() - started, answers


def first_answer(port: int, *, deadline: float) -> None:
    """Wait until a GET of /health is answered with 200."""
    while time.perf_counter() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                if connection.recv(64).startswith(b"HTTP/1.1 200"):
                    return
        except OSError:
            time.sleep(0.005)
    raise TimeoutError("the service does not answer")
