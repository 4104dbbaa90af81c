"""Taking the port: at once, alone, and so that answers do not wait for the client's ACK."""

import socket
import sys

import pytest

from server.commands.serve import take_ports
from server.problems import OperatorError

HOST = "127.0.0.1"


@pytest.mark.parametrize("mine", [1, 2])
@pytest.mark.parametrize("theirs", [1, 2])
def test_a_port_that_serves_already_is_never_shared(mine: int, theirs: int) -> None:
    listeners = take_ports(HOST, port=0, workers=theirs)
    try:
        port = listeners[0].getsockname()[1]
        with pytest.raises(OperatorError, match=rf"^Port {port} on {HOST} cannot be used: "):
            take_ports(HOST, port=port, workers=mine)
    finally:
        for listener in listeners:
            listener.close()


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_worker_listens_on_the_same_port(workers: int) -> None:
    listeners = take_ports(HOST, port=0, workers=workers)
    try:
        assert len(listeners) == workers
        assert len({listener.getsockname() for listener in listeners}) == 1
        if sys.platform == "linux":
            assert len(set(listeners)) == workers
        with socket.create_connection(listeners[0].getsockname(), timeout=5):
            pass
    finally:
        for listener in listeners:
            listener.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_sockets_name_their_protocol_so_that_asyncio_sends_without_delay(workers: int) -> None:
    for listener in take_ports(HOST, port=0, workers=workers):
        with listener:
            assert listener.proto == socket.IPPROTO_TCP
