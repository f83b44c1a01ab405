"""What may be shown: no key, nothing a terminal obeys, nothing the engine's protocol cannot carry."""

from __future__ import annotations

import time

import pytest
from google.protobuf import struct_pb2

from providers import resources
from providers.base import _sendable
from providers.errors import StepFailed
from providers.formats.keyring import CEPHX_KEY
from providers.host.ready import LONGEST_LINE, Ready, wait_until_ready
from providers.reach.answers.file_state import FileState
from providers.reach.answers.unit_state import UnitState
from providers.redaction import redacted_line
from tests.sim.ceph import cephx_key
from tests.sim.clock import SimulatedClock
from tests.sim.site import Managed, Site

KEY = cephx_key(5)


@pytest.mark.parametrize("text", [KEY, f"key={KEY}", f'"{KEY}"', f"\x1b[1m{KEY}", f"xx{KEY}xx", "Ag" + KEY[2:]])
def test_a_key_is_hidden_whatever_is_around_it(text: str) -> None:
    assert KEY[4:] not in redacted_line(text)
    assert CEPHX_KEY.search(text)  # what is hidden is also refused in the settings


def test_a_terminal_is_told_nothing_and_the_line_can_be_sent() -> None:
    shown = redacted_line("a\x1b]0;title\x07 b\udcff\u202e c\r\nd")
    assert shown == "a?]0;title? b?? c d"
    shown.encode()


def test_bytes_that_are_no_text_reach_the_engine_as_a_mark() -> None:
    sent = _sendable({"sections": {"DEFAULT": {"pool": "a\udcff", "ä": "ok"}}, "items": ("\udc80", 3, None)})
    assert sent == {"sections": {"DEFAULT": {"pool": "a\ufffd", "ä": "ok"}}, "items": ["\ufffd", 3, None]}
    assert _sendable("\ud800") == "\ufffd"


def test_a_broken_character_on_one_host_does_not_end_the_refresh_of_all(site: Site) -> None:
    file = site.hosts["api1"].path("/etc/x.conf")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("[a]\nb = c\n")
    props = {
        "stack": "dev",
        "host": "api1",
        "fsid": "",
        "component": "x",
        "path": "/etc/x.conf",
        "sections": {"a": {"b": "d"}},
    }
    managed = Managed(site, resources.ConfigSectionsProvider(), props)
    managed.up()
    file.write_bytes(file.read_bytes().replace(b"= d", b"= \xff"))
    drift = managed.drift()
    assert "\ufffd" in str(drift)
    struct_pb2.Struct().update(drift)


def test_a_files_content_is_in_no_repr() -> None:
    assert KEY not in repr(FileState("file", "root", "root", "0640", "0", 1, f"#key = {KEY}"))


class Logging:
    """A host whose service logs this text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.access = type("Access", (), {"where": "api1"})()

    def unit_state(self, unit: str) -> UnitState:
        return UnitState(load_state="loaded", active_state="failed", invocation_id="1", started_usec=1)

    def log_since(self, unit: str, log: str, **since: object) -> str:
        return self.text


@pytest.mark.parametrize("cut", range(30, 44))
def test_the_end_of_a_key_is_not_shown_either(cut: int) -> None:
    text = f"said {KEY} " + "y" * (199 - cut)
    with pytest.raises(StepFailed) as raised:
        wait_until_ready(Logging(text), "x.service", Ready(timeout_s=1), 0, SimulatedClock())  # type: ignore[arg-type]
    assert KEY[-12:] not in str(raised.value)


@pytest.mark.parametrize("shown", range(1, 40, 3))
def test_the_start_of_a_key_is_not_shown_where_a_long_line_is_cut(shown: int) -> None:
    host = Logging("x" * (LONGEST_LINE - shown) + KEY)
    with pytest.raises(StepFailed) as raised:
        wait_until_ready(host, "x.service", Ready(timeout_s=1), 0, SimulatedClock())  # type: ignore[arg-type]
    assert f"x{KEY[:shown]}" not in str(raised.value)


def test_a_long_line_keeps_no_expression_busy() -> None:
    ready = Ready(lines=[r"WSGI app 0 .*ready in"], timeout_s=1)
    host, start = Logging("WSGI app 0 " * 60000), time.thread_time()
    with pytest.raises(StepFailed, match="failed to start"):
        wait_until_ready(host, "x.service", ready, 0, SimulatedClock())  # type: ignore[arg-type]
    assert time.thread_time() - start < 2
