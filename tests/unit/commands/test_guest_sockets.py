"""guests --socket: each guest with what its sockets say, or why it has none, on the simulated site."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest

from commands.exit_status import exit_status
from commands.guests.asked_guest import AskedHost
from commands.guests.asking import ask_guests, exit_counts
from commands.guests.socket_command import SocketCommand
from commands.guests.socket_report import as_json, as_text
from components.stack.wire import wire
from providers.errors import Refused
from providers.reach import machines as current_machines
from tests.sim.admin_socket import admin_socket, in_ceph_s_form
from tests.sim.site import Site
from tests.unit.commands.conftest import STACK
from tests.unit.commands.test_guests import HOSTS, disk, guest
from tests.unit.components.graph import settings

SOCKET = {"nova__client_options": {"admin socket": "/var/run/ceph-guests/$name.$pid.asok"}}
FOLDER = "/run/ceph-guests"


@pytest.fixture
def guests(site: Site) -> list[dict[str, Any]]:
    """The guests of compute1, where the folder is made and ceph.conf was written an hour ago."""
    host = site.hosts["compute1"]
    host.path(FOLDER).mkdir()
    host.path("/etc/ceph/ceph.conf").write_text("")
    return host.libvirt.guests


def ask(site: Site, *words: str, **changes: Any) -> list[AskedHost]:
    site.steps()
    graph = wire(settings(**HOSTS, **{**SOCKET, **changes}), STACK)
    found = ask_guests(graph, SocketCommand.of(words), current_machines.current())
    assert site.steps() == []
    return found


def with_disk(name: str, **more: Any) -> dict[str, Any]:
    return {**guest(disk("vms", "cinder", "s"), name=name, started=time.time() + 86400), "pid": 0, **more}


def test_a_guest_says_what_it_is_asked(site: Site, guests: list[dict[str, Any]]) -> None:
    guests.append(with_disk("a", pid=os.getpid()))
    folder = site.hosts["compute1"].path(FOLDER)
    with admin_socket(folder / "x.asok", lambda asked: in_ceph_s_form({"asked": asked["prefix"]})):
        asked = ask(site, "perf", "dump")
    text = as_text(asked)
    assert text.splitlines()[0] == f"compute1 a uuid-of-a: {FOLDER}/x.asok"
    assert '"asked": "perf dump"' in text
    assert text.splitlines()[-1] == "1 running guest: 0 silent"
    assert exit_status(**exit_counts(asked)) == 0
    (host, _) = json.loads(as_json(asked))["hosts"]
    assert host["guests"][0]["sockets"] == [
        {"path": f"{FOLDER}/x.asok", "answer": {"asked": "perf dump"}, "problem": ""}
    ]


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        (with_disk("a"), "no client of the guest listens in /run/ceph-guests; see its log file, and whether AppArmor"),
        (with_disk("a", started=1.0), "it was started before ceph.conf was changed last: hard-reboot it"),
        (with_disk("a", disks=[]), "no disk in Ceph"),
    ],
)
def test_a_guest_without_a_socket_is_a_line_with_the_reason(
    site: Site, guests: list[dict[str, Any]], seen: dict[str, Any], why: str
) -> None:
    guests.append(seen)
    asked = ask(site)
    line, _, count = as_text(asked).splitlines()
    assert line.startswith(f"compute1 a uuid-of-a: {why}")
    is_silent = bool(seen["disks"])
    assert count == f"1 running guest: {int(is_silent)} silent"
    assert exit_status(**exit_counts(asked)) == (2 if is_silent else 0)


def test_a_folder_that_is_not_there_is_the_reason(site: Site, guests: list[dict[str, Any]]) -> None:
    guests.append(with_disk("a"))
    site.hosts["compute1"].path(FOLDER).rmdir()
    assert "there is no folder /run/ceph-guests; run `pulumi up`" in as_text(ask(site))


def test_a_host_that_does_not_answer_is_said(site: Site, guests: list[dict[str, Any]]) -> None:
    site.hosts["compute2"].reachable = False
    asked = ask(site)
    assert "compute2: could not ask: compute2 (192.0.2.1): cannot connect" in as_text(asked)
    assert exit_status(**exit_counts(asked)) == 3


def test_a_stack_without_a_socket_is_refused_with_the_setting(site: Site) -> None:
    with pytest.raises(Refused, match=r"set nova.client_options, such as {admin socket: /run/ceph-guests/"):
        ask(site, nova__client_options={"rbd cache": True})


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["config", "set", "rbd_cache", "false"], "config set rbd_cache false: is not asked, because only what reads"),
        (["perf dmup"], 'did you mean "perf dump"'),
        (["config get"], "name the option"),
    ],
)
def test_a_command_that_does_more_than_read_is_refused(words: list[str], text: str) -> None:
    with pytest.raises(Refused, match=text):
        SocketCommand.of(words)


def test_words_make_one_command() -> None:
    assert SocketCommand.of([]) == SocketCommand("help")
    assert SocketCommand.of(["perf dump"]) == SocketCommand.of(["perf", "dump"]) == SocketCommand("perf dump")
    assert SocketCommand.of(["config", "get", "rbd_cache"]) == SocketCommand("config get", "rbd_cache")
