"""systemd: the state of units over the system bus, and restarts."""

import ctypes
import os
import threading
import time
from typing import Any, Dict

from providers.reach.agent.failed import Failed
from providers.reach.agent.logs import log_end
from providers.reach.agent.opened_once import forget, opened_once
from providers.reach.agent.programs import run

PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Systemd:
    """Properties of units over the system bus.

    The bus is asked and not `systemctl show`, because the bus costs less and says more. On the lab's controller, a
    refresh asks for the state of three units twice: over the bus that takes 5 ms with the connection, one `systemctl
    show` for all three takes 10 ms, and one for each question 45 ms. The bus also has the wall clock of a unit's start,
    which `systemctl` prints in whole seconds or since the boot. A start that is computed from the time since the boot
    is wrong once the clock was set, and a service with stale options would then pass for current.
    """

    TYPES = {"LoadState": "s", "ActiveState": "s", "InvocationID": "ay"}

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.library = ctypes.CDLL("libsystemd.so.0")
        self.bus = ctypes.c_void_p()
        self.checked(self.library.sd_bus_open_system(ctypes.byref(self.bus)))

    @staticmethod
    def checked(result: int) -> None:
        """Raise for a result that sd-bus gives for an error."""
        if result < 0:
            raise OSError(-result, os.strerror(-result), "system bus")

    def read(self, path: bytes, interface: bytes, member: str, kind: str) -> Any:
        """Return a property; `kind` is its D-Bus type: `s` a text, `t` a number, `ay` bytes, which come as hex."""
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
        """Return the state of a unit; see `unit_state`."""
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
        # There is no bus or no libsystemd, or the bus was restarted. systemctl has other ways to ask, and the next call
        # tries a new connection.
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
