"""systemd: the state of units over the system bus, restarts, and what a unit logged since."""

import ctypes
import errno
import os
import re
import threading
import time

from providers.remote.agent.failed import Failed
from providers.remote.agent.programs import run
from providers.remote.agent.singles import single

STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}")
LARGEST_LOG = 262144


class Systemd:
    """Properties of units over the system bus (0.3 ms instead of the 10 ms of one `systemctl show`)."""

    TYPES = {"LoadState": "s", "ActiveState": "s", "SubState": "s", "InvocationID": "ay"}

    def __init__(self):
        self.lock = threading.Lock()
        self.library = ctypes.CDLL("libsystemd.so.0")
        self.bus = ctypes.c_void_p()
        self.checked(self.library.sd_bus_open_system(ctypes.byref(self.bus)))

    @staticmethod
    def checked(result):
        if result < 0:
            raise Failed(
                errno.errorcode.get(-result, ""), "systemd does not answer on the system bus: " + os.strerror(-result)
            )

    def read(self, path, interface, member, kind):
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
                self.library.sd_bus_message_read_array(
                    reply, ctypes.c_char(b"y"), ctypes.byref(value), ctypes.byref(size)
                )
                return ctypes.string_at(value, size.value).hex() if size.value else ""
            if kind == "t":
                number = ctypes.c_uint64()
                self.library.sd_bus_message_read_basic(reply, ctypes.c_char(b"t"), ctypes.byref(number))
                return number.value
            self.library.sd_bus_message_read_basic(reply, ctypes.c_char(b"s"), ctypes.byref(value))
            return ctypes.string_at(value).decode()
        finally:
            self.library.sd_bus_message_unref(reply)

    def unit(self, unit):
        with self.lock:
            path = ctypes.c_void_p()
            self.library.sd_bus_path_encode(b"/org/freedesktop/systemd1/unit", unit.encode(), ctypes.byref(path))
            encoded = ctypes.string_at(path)
            state = {name: self.read(encoded, b"Unit", name, kind) for name, kind in self.TYPES.items()}
            state["StartedUsec"] = self.read(encoded, b"Service", "ExecMainStartTimestamp", "t")
        return state


def unit_state(unit):
    """Return LoadState, ActiveState, SubState, InvocationID and StartedUsec (microseconds since 1970) of a unit."""
    try:
        return single("systemd", Systemd).unit(unit)
    except OSError:
        wanted = "LoadState,ActiveState,SubState,InvocationID,ExecMainStartTimestamp"
        shown = run(["systemctl", "show", unit, "--timestamp=unix", "--property=" + wanted], "", 20)
        state = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        state["StartedUsec"] = int(float(state.pop("ExecMainStartTimestamp", "").lstrip("@") or 0) * 1e6)
        return state


def restart_unit(unit, log, timeout_s):
    """Restart a unit and return where its log ended before."""
    where = log_end(log)
    run(["systemctl", "restart", unit], "", timeout_s)
    return where


def log_end(log):
    try:
        return os.stat(log).st_size if log != "journal" else 0
    except FileNotFoundError:
        return 0


def log_since(unit, log, start, invocation, since_usec):
    """Return what the unit logged since this start: of a log file the lines from `since_usec` on, of the journal its invocation's.

    A log file is read from byte `start`; the last words of the process before, which may follow it, are left out by their time.
    """
    if log == "journal":
        words = ["journalctl", "--no-pager", "--quiet", "--output=cat", "_SYSTEMD_INVOCATION_ID=" + invocation]
        return run(words, "", 20)[-LARGEST_LOG:]
    try:
        with open(log, "rb") as source:
            size = os.fstat(source.fileno()).st_size
            source.seek(max(start if size >= start else 0, size - LARGEST_LOG))
            lines = source.read(LARGEST_LOG).decode("utf-8", "replace").splitlines(True)
    except FileNotFoundError:
        return ""
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(since_usec // 1000000)) + ".%03d" % (
        since_usec // 1000 % 1000
    )
    for number, line in enumerate(lines):
        if STAMP.match(line) and line[:23] >= since:
            return "".join(lines[number:])
    return "" if any(STAMP.match(line) for line in lines) else "".join(lines)
