"""Admin sockets of Ceph clients: asked for what they tell of themselves, and for nothing that changes anything."""

import json
import os
import socket
import stat
import struct
import time
from typing import Any, Dict, List

from providers.reach.agent.failed import Failed
from providers.reach.agent.folders import OpenedFolder
from providers.reach.agent.redaction import digest, type_of_key

READING = (
    "help",
    "version",
    "perf dump",
    "perf schema",
    "config show",
    "config diff",
    "objecter_requests",
    "dump_mempools",
    "config get",
)
LONGEST_S = 5.0
ALL_S = 60.0
LARGEST = 8 * 1024 * 1024


def ask_sockets(folder: str, pids: List[int], command: str, option: str = "") -> List[Dict[str, Any]]:
    """Ask the sockets of a folder that belong to these processes; see `SocketAnswer` for the fields.

    A socket is the process's that listens on it, as the kernel says, whatever the socket is called, and nothing is sent
    to anybody else. A socket on which nobody listens any more is left out.

    Args:
        folder: The folder.
        pids: The processes.
        command: One of `READING`.
        option: The option's name for `config get`.
    """
    if command not in READING or bool(option) != (command == "config get"):
        raise Failed("EPERM", "%s is no command that only reads" % command)
    request = dict({"prefix": command, "format": "json"}, **({"var": option} if option else {}))
    answers, limit = [], time.monotonic() + ALL_S
    with OpenedFolder(folder + "/x") as opened:
        for name in sorted(os.listdir(opened.handle)):
            if is_socket(opened.handle, name):
                place = "/proc/self/fd/%d/%s" % (opened.handle, name)
                answers.append(asked(place, pids, request, min(limit, time.monotonic() + LONGEST_S)))
                answers[-1].update(path=os.path.join(folder, name))
    return [answer for answer in answers if "pid" in answer]


def is_socket(folder: int, name: str) -> bool:
    """Return whether an entry of a folder is a socket; an entry that went away meanwhile is none."""
    try:
        return stat.S_ISSOCK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def asked(place: str, pids: List[int], request: Dict[str, str], limit: float) -> Dict[str, Any]:
    """Return the answer of one socket; without a `pid` when the socket is nobody's whom the request is about."""
    found = {}  # type: Dict[str, Any]
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.settimeout(left(limit))
            client.connect(place)
            credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            pid = struct.unpack("3i", credentials)[0]
            if pid not in pids:
                return {}
            found = {"pid": pid, "answer": None, "problem": ""}
            client.sendall(json.dumps(request).encode() + b"\0")
            size = struct.unpack(">I", received(client, 4, limit))[0]
            if size > LARGEST:
                raise ValueError("the answer has %d bytes" % size)
            found["answer"] = without_keys(json.loads(received(client, size, limit).decode("utf-8", "replace")))
        except (OSError, ValueError) as problem:
            if found:
                found["problem"] = str(problem) or type(problem).__name__
    return found


def left(limit: float) -> float:
    """Return the seconds that are left, for a call that must not wait for ever."""
    return max(0.01, limit - time.monotonic())


def received(client: socket.socket, size: int, limit: float) -> bytes:
    """Return so many bytes; raise when the other side ends before, or takes too long."""
    data = b""
    while len(data) < size:
        client.settimeout(left(limit))
        more = client.recv(min(size - len(data), 65536))
        if not more:
            raise ValueError("it said nothing" if not data else "it ended in the middle of its answer")
        data += more
    return data


def without_keys(value: Any, is_secret: bool = False) -> Any:
    """Return an answer with SHA-256 in place of each cephx key.

    qemu hands its key to the client as the option `key`, which `config show` and `config diff` tell.
    """
    if isinstance(value, dict):
        return {name: without_keys(field, is_secret or name == "key") for name, field in value.items()}
    if isinstance(value, list):
        return [without_keys(item, is_secret) for item in value]
    if isinstance(value, str) and value and (is_secret or type_of_key(value)):
        return "sha256:" + digest(value.encode("utf-8", "surrogateescape"))
    return value
