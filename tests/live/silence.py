"""An address that answers no connection, as if its machine had no power: a listening socket with a full queue."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

ADDRESS = "127.0.2.99"


@contextmanager
def silent_port() -> Iterator[int]:
    with socket.create_server((ADDRESS, 0), backlog=0) as server:
        port = server.getsockname()[1]
        waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((ADDRESS, port))
            waiting.append(client)
        yield port
        for client in waiting:
            client.close()
