"""An sshd of the test's own on 127.0.0.1: paramiko's server side, with real programs behind it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, cast

import paramiko
from paramiko import common


class Sshd:
    """A server that listens until `close`, and counts connections and sessions.

    Attributes:
        authorized: Public keys that may log in.
        shell: Text before each command, in the place of a user's login shell and profile.
        drop: How many connections are dropped before a word, as sshd does beyond MaxStartups.
    """

    def __init__(self, host_key: paramiko.PKey, *authorized: paramiko.PKey, address: str = "127.0.0.1") -> None:
        self.host_key, self.authorized = host_key, authorized
        self.shell, self.drop, self.mute = "", 0, False
        self.refuse_sessions = self.refuse_forwarding = False
        self.connections, self.commands, self.forwarded = 0, list[str](), list[tuple[str, int]]()
        self.transports: list[paramiko.Transport] = []
        self._programs: list[subprocess.Popen[bytes]] = []
        self._open = True
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.create_server((address, 0), family=family)
        self.address, self.port = address, self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def known_hosts_line(self, key: paramiko.PKey | None = None) -> str:
        key = key or self.host_key
        return f"[{self.address}]:{self.port} {key.get_name()} {key.get_base64()}\n"

    def cut(self) -> None:
        """Cut every connection, as a network that fails."""
        for transport in self.transports:
            transport.close()

    def close(self) -> None:
        self._open = False
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.cut()
        for program in self._programs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(5)
            for stream in (program.stdin, program.stdout, program.stderr):
                with contextlib.suppress(OSError, ValueError):
                    cast(Any, stream).close()

    def _accept(self) -> None:
        while self._open:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            if self.drop:
                self.drop -= 1
                client.close()
            elif self.mute:
                self.transports.append(cast(Any, client))
            else:
                transport = paramiko.Transport(client)
                transport.add_server_key(self.host_key)
                self.transports.append(transport)
                with contextlib.suppress(Exception):
                    transport.start_server(threading.Event(), server=_Server(self))

    def run(self, channel: paramiko.Channel, command: str) -> None:
        pipe = subprocess.PIPE
        program = subprocess.Popen(
            ["sh", "-c", f"{self.shell}\n{command}"], stdin=pipe, stdout=pipe, stderr=pipe, bufsize=0
        )
        self._programs.append(program)
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stderr is not None

        def inwards(stdin: Any = program.stdin) -> None:
            with contextlib.suppress(OSError, ValueError, EOFError):
                while data := channel.recv(65536):
                    view = memoryview(data)
                    while view:
                        view = view[stdin.write(view) :]
            with contextlib.suppress(OSError):
                stdin.close()

        def outwards(source: Any, send: Any) -> None:
            with contextlib.suppress(OSError, ValueError, EOFError):
                while data := os.read(source.fileno(), 65536):
                    send(data)

        threads = [
            threading.Thread(target=outwards, args=words, daemon=True)
            for words in ((program.stderr, channel.sendall_stderr), (program.stdout, channel.sendall))
        ]
        for thread in [threading.Thread(target=inwards, daemon=True), *threads]:
            thread.start()

        def end() -> None:
            for thread in threads:
                thread.join()
            with contextlib.suppress(Exception):
                channel.send_exit_status(program.wait())
                channel.close()

        threading.Thread(target=end, daemon=True).start()


class _Server(paramiko.ServerInterface):
    def __init__(self, sshd: Sshd) -> None:
        self.sshd = sshd
        self.targets: dict[int, tuple[str, int]] = {}

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = any(key.get_base64() == accepted.get_base64() for accepted in self.sshd.authorized)
        return common.AUTH_SUCCESSFUL if known and username == "deploy" else common.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if self.sshd.refuse_sessions:
            return common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        return common.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self.sshd.commands.append(command.decode())
        # As sshd does: the request is granted first, even if the program ends at once.
        threading.Timer(0.02, self.sshd.run, (channel, command.decode())).start()
        return True

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        if self.sshd.refuse_forwarding:
            return common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        try:
            onwards = socket.create_connection(destination, timeout=5)
        except OSError:
            return common.OPEN_FAILED_CONNECT_FAILED
        onwards.settimeout(None)
        self.sshd.forwarded.append(destination)
        threading.Thread(target=self._forward, args=(chanid, onwards), daemon=True).start()
        return common.OPEN_SUCCEEDED

    def _forward(self, chanid: int, onwards: socket.socket) -> None:
        transport = next(opened for opened in self.sshd.transports if getattr(opened, "server_object", None) is self)
        while (channel := transport.accept(0.1)) is None or channel.chanid != chanid:
            time.sleep(0.01)

        def copy(receive: Any, send: Any, end: Any) -> None:
            with contextlib.suppress(OSError, EOFError):
                while data := receive(65536):
                    send(data)
            with contextlib.suppress(OSError, EOFError):
                end()

        def both() -> None:
            back = threading.Thread(target=copy, args=(onwards.recv, channel.sendall, channel.close), daemon=True)
            back.start()
            copy(channel.recv, onwards.sendall, lambda: onwards.shutdown(socket.SHUT_RDWR))
            back.join(5)
            onwards.close()

        both()


def private_key(path: Path) -> paramiko.PKey:
    """Write a new key as `ssh-keygen` does, and return it."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return paramiko.Ed25519Key(filename=str(path))
