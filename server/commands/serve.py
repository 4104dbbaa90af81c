"""`symbolon-server serve`: take the port, open the keystore, and run the workers."""

import os
import shutil
import socket
import sys
import warnings
from typing import Annotated

import typer

from server.agreement.guard import Role
from server.commands.asking import YesOption
from server.commands.session import DEFAULT_DATA, DataOption, PassphraseFileOption, open_unchecked
from server.commands.starting import Start, only_one
from server.polls.beacon_source import PUBLIC_RELAY, BeaconSource
from server.problems import OperatorError
from server.settings import Settings
from server.workers import run_workers

BACKLOG = 2048
"""Connections that may wait to be accepted."""


def serve(
    *,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")
    ] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="Processes that answer.")
    ] = 1,
    beacon: Annotated[
        str | None,
        typer.Option(
            "--beacon",
            envvar="SYMBOLON_BEACON",
            metavar="URL",
            help="Fetch the beacon's round for polls whose ties it decides, from a drand relay "
            f"such as {PUBLIC_RELAY}. Without it: symbolon-server poll beacon.",
        ),
    ] = None,
    clock_is_right: Annotated[
        bool,
        typer.Option("--clock-is-right", help="Believe the clock, whatever was known before."),
    ] = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
) -> None:
    """Serve the community until Ctrl-C.

    Put a reverse proxy with TLS in front, and keep its access log free of addresses.
    """
    session = open_unchecked(data, passphrase_file=passphrase_file, role=Role.STARTER)
    with only_one(session.settings):
        start = Start(session, clock_is_right=clock_is_right, yes=yes)
        start.look()
        _refuse_slow_curve()
        if beacon is not None:
            BeaconSource(beacon)  # raises OperatorError for what is no address
        listeners = take_ports(host, port=port, workers=workers)
        port = listeners[0].getsockname()[1]
        settings = Settings(data_directory=data.absolute(), host=host, port=port, beacon=beacon)
        _prepare_metrics(settings)

        def open_all() -> tuple[bytes, str]:
            keystore = session.keystore.to_octets()
            held = start.make_ready()
            session.publisher.publish_due()
            name = session.community.metadata().name
            session.database.close()
            return keystore, (
                f"{name} is served at http://{host}:{settings.port} "
                f"by {workers} worker{'s' if workers > 1 else ''}. Stop with Ctrl-C.{held}"
            )

        run_workers(settings, listeners=listeners, open_all=open_all)


def take_ports(host: str, *, port: int, workers: int) -> list[socket.socket]:
    """A listening socket for each worker, all on one host and port; OperatorError if it is taken.

    On Linux every worker has a queue of its own, among which the system shares connections out:
    from a queue in common the worker that wakes first takes all that wait, and keeps them where
    they last. Elsewhere the workers share one socket.
    """
    try:
        with _bound(host, port=port, shared=False) as alone:  # so a port in use is never shared
            port = alone.getsockname()[1]
            if workers == 1 or sys.platform != "linux":
                listener = alone.dup()
                listener.listen(BACKLOG)
                return [listener] * workers
        listeners = [_bound(host, port=port, shared=True) for _ in range(workers)]
        for listener in listeners:
            listener.listen(BACKLOG)
    except OSError as error:
        raise OperatorError(
            f"Port {port} on {host} cannot be used: {(error.strerror or 'unknown').lower()}."
        ) from None
    return listeners


def _bound(host: str, *, port: int, shared: bool) -> socket.socket:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    # The protocol is named because asyncio turns TCP_NODELAY on only where it is; without it every
    # answer over a lasting connection would wait 40 ms for the client's delayed ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _refuse_slow_curve() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        from credentials.curve import curve
    if curve.name == "py_ecc" and os.environ.get("SYMBOLON_CURVE") != "py_ecc":
        raise OperatorError(
            "pyblst is not installed, and py_ecc is slow and not constant-time: "
            "install pyblst, or say SYMBOLON_CURVE=py_ecc to serve with it nevertheless."
        )


def _prepare_metrics(settings: Settings) -> None:
    shutil.rmtree(settings.metrics_directory, ignore_errors=True)
    settings.metrics_directory.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.metrics_directory)
