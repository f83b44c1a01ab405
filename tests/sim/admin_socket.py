"""AdminSocket: a socket that answers as a Ceph client's does: a command that ends in NUL, a length, and JSON."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Answers = Callable[[dict[str, Any]], bytes]


def in_ceph_s_form(answer: Any) -> bytes:
    """Return an answer as it is sent."""
    text = json.dumps(answer).encode()
    return struct.pack(">I", len(text)) + text


@contextlib.contextmanager
def admin_socket(path: Path, answers: Answers) -> Iterator[None]:
    """Listen on a path as this process, and answer each connection with what `answers` makes of the request."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        thread = threading.Thread(target=_serve, args=(server, answers), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server: socket.socket, answers: Answers) -> None:
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return
        with client, contextlib.suppress(OSError):
            request = b""
            while not request.endswith(b"\0"):
                more = client.recv(4096)
                if not more:
                    break
                request += more
            if request:
                client.sendall(answers(json.loads(request[:-1])))
