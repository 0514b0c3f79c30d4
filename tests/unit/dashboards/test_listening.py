"""A port that cannot be listened at is told in one line, and nothing of it is held."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from threading import Thread

import pytest

from dashboards import listening


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other


def test_a_busy_port_is_said_with_what_to_do(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    said = rf"127\.0\.0\.1, port {port}: another program listens there; end it, or choose another PORT="
    for _ in range(2):
        with pytest.raises(listening.PortError, match=said) as told:
            listening.sockets("127.0.0.1", port)
    assert told.value.exit_code == 2


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 0)])
def test_an_address_that_is_none_here_is_said(host: str, port: int) -> None:
    with pytest.raises(listening.PortError, match=rf"^{host}, port {port}: .*; choose another PORT=$"):
        listening.sockets(host, port)


def test_a_free_port_is_listened_at() -> None:
    (held,) = listening.sockets("127.0.0.1", 0)

    def answer() -> None:
        caller, _ = held.accept()
        caller.recv(4096)
        caller.sendall(b"HTTP/1.0 200 OK\r\n\r\nwell")
        caller.close()

    serving = Thread(target=answer)
    serving.start()
    with urllib.request.urlopen(f"http://127.0.0.1:{held.getsockname()[1]}") as got:
        assert got.read() == b"well"
    serving.join()
    held.close()
