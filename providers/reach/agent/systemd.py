"""systemd: the state of units over the system bus, restarts, and what a unit logged since."""

import ctypes
import io
import os
import re
import stat
import threading
import time
from typing import IO, Any, Dict, List

from providers.reach.agent.failed import Failed
from providers.reach.agent.folders import OpenedFolder
from providers.reach.agent.opened_once import forget, opened_once
from providers.reach.agent.programs import run

STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}")
LARGEST_LOG = 262144
PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Systemd:
    """Properties of units over the system bus (0.3 ms instead of the 10 ms of one `systemctl show`)."""

    TYPES = {"LoadState": "s", "ActiveState": "s", "InvocationID": "ay"}

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.library = ctypes.CDLL("libsystemd.so.0")
        self.bus = ctypes.c_void_p()
        self.checked(self.library.sd_bus_open_system(ctypes.byref(self.bus)))

    @staticmethod
    def checked(result: int) -> None:
        if result < 0:
            raise OSError(-result, os.strerror(-result), "system bus")

    def read(self, path: bytes, interface: bytes, member: str, kind: str) -> Any:
        reply, value = ctypes.c_void_p(), ctypes.c_void_p()
        self.checked(
            self.library.sd_bus_get_property(
                self.bus,
                b"org.freedesktop.systemd1",
                path,
                b"org.freedesktop.systemd1." + interface,
                member.encode(),
                None,
                ctypes.byref(reply),
                kind.encode(),
            )
        )
        try:
            if kind == "ay":
                size = ctypes.c_size_t()
                self.checked(
                    self.library.sd_bus_message_read_array(
                        reply, ctypes.c_char(b"y"), ctypes.byref(value), ctypes.byref(size)
                    )
                )
                return ctypes.string_at(value, size.value).hex() if size.value else ""
            if kind == "t":
                number = ctypes.c_uint64()
                self.checked(self.library.sd_bus_message_read_basic(reply, ctypes.c_char(b"t"), ctypes.byref(number)))
                return number.value
            self.checked(self.library.sd_bus_message_read_basic(reply, ctypes.c_char(b"s"), ctypes.byref(value)))
            return ctypes.string_at(value).decode()
        finally:
            self.library.sd_bus_message_unref(reply)

    def unit(self, unit: str) -> Dict[str, Any]:
        name = "".join(c if c in PLAIN else "_%02x" % ord(c) for c in unit)
        path = b"/org/freedesktop/systemd1/unit/" + name.encode()
        with self.lock:
            state = {name: self.read(path, b"Unit", name, kind) for name, kind in self.TYPES.items()}
            service = unit.endswith(".service")
            state["StartedUsec"] = self.read(path, b"Service", "ExecMainStartTimestamp", "t") if service else 0
        return state


def unit_state(unit: str) -> Dict[str, Any]:
    """Return LoadState, ActiveState, InvocationID and StartedUsec (microseconds since 1970) of a unit."""
    systemd = None
    try:
        systemd = opened_once("systemd", Systemd)
        return dict(systemd.unit(unit))
    except OSError:
        # No bus or no libsystemd, or the bus was restarted: systemctl has other ways, and the next call tries a new connection.
        forget("systemd", systemd)
        wanted = "LoadState,ActiveState,InvocationID,ExecMainStartTimestampMonotonic"
        shown = run(["systemctl", "show", unit, "--property=" + wanted], "", 20)
        state: Dict[str, Any] = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        since_boot = int(state.pop("ExecMainStartTimestampMonotonic", "") or 0)
        booted = int((time.time() - time.clock_gettime(time.CLOCK_MONOTONIC)) * 1e6)
        state["StartedUsec"] = booted + since_boot if since_boot else 0
        return state


def restart_unit(unit: str, log: str, timeout_s: float) -> int:
    """Restart a unit and return where its log ended before."""
    where = log_end(log)
    try:
        # A service that failed five times in a row is not started again before this.
        run(["systemctl", "reset-failed", unit], "", 20)
    except Failed:
        pass
    run(["systemctl", "restart", unit], "", timeout_s)
    return where


def log_end(log: str) -> int:
    if log == "journal":
        return 0
    try:
        with OpenedFolder(log) as folder:
            found = folder.stat_entry()
    except FileNotFoundError:
        return 0
    return found.st_size if found is not None else 0


def log_lines(log: str, start: int) -> List[str]:
    """Return the lines from byte `start` on, or of the whole file if it is a new one by now; of a long log the last lines."""
    try:
        with OpenedFolder(log) as folder, os.fdopen(folder.open_entry(), "rb") as source:
            found = os.fstat(source.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise Failed("EINVAL", "%s is not a plain file" % log)
            source.seek(start if found.st_size >= start else 0)
            return last_lines(source)
    except FileNotFoundError:
        return []


def last_lines(source: IO[bytes]) -> List[str]:
    """Return the lines that follow, or the last whole ones where there are more than LARGEST_LOG bytes.

    A line that is not whole would begin with the end of a key, which no longer looks like a key.
    """
    start = source.tell()
    limit = source.seek(0, os.SEEK_END) - LARGEST_LOG
    if limit > start:
        source.seek(limit - 1)
        source.readline()
    else:
        source.seek(start)
    return source.read(LARGEST_LOG).decode("utf-8", "replace").splitlines(True)


def log_since(unit: str, log: str, start: int, invocation: str, since_usec: int) -> str:
    """Return what the unit logged since this start: of a log file the lines from `since_usec` on, of the journal its invocation's.

    A log file is read from byte `start`; the last words of the process before, which may follow it, are left out by their time.
    """
    if log == "journal":
        words = ["journalctl", "--no-pager", "--quiet", "--output=cat", "_SYSTEMD_INVOCATION_ID=" + invocation]
        return "".join(last_lines(io.BytesIO(run(words, "", 20).encode()))) if invocation else ""
    lines = log_lines(log, start)
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(since_usec // 1000000))
    since += ".%03d" % (since_usec // 1000 % 1000)
    for number, line in enumerate(lines):
        if STAMP.match(line) and line[:23] >= since:
            return "".join(lines[number:])
    return "" if any(STAMP.match(line) for line in lines) else "".join(lines)
