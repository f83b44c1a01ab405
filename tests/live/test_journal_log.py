"""A service that logs to the journal alone: `up` waits for what it says there, and fails where it cannot work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live import lab
from tests.live.stack import Stack

HOST, UNIT, LOG = "compute1", "nova-compute", "/var/log/nova/nova-compute.log"
DEFAULTS = "/etc/default/nova-compute"


@pytest.fixture(scope="module")
def journal_only(lab_is_up: None) -> Iterator[None]:
    """nova-compute of compute1 without a log file, as where a unit of one's own starts the service."""
    assert not lab.exists(HOST, DEFAULTS)
    lab.shell(HOST, f"echo USE_LOGFILE=no > {DEFAULTS}; systemctl restart {UNIT}")
    yield
    lab.shell(HOST, f"rm {DEFAULTS} && systemctl restart {UNIT}")


@pytest.fixture(scope="module")
def journal(journal_only: None, stack: Stack) -> Stack:
    for service in ("glance", "cinder_backup"):
        del stack.settings[service]
    stack.settings["nova"] |= {"hosts": [HOST], "daemon": {"log": "journal"}}
    stack.write()
    return stack


def test_it_is_ready_by_what_the_journal_says(journal: Stack) -> None:
    size = lab.on(HOST, "stat", "-c", "%s", LOG)
    journal.up().ok()
    assert lab.on(HOST, "stat", "-c", "%s", LOG) == size, "the service still writes its file"
    invocation = lab.unit(HOST, UNIT).invocation
    said = lab.on(HOST, "journalctl", "--output=cat", f"_SYSTEMD_INVOCATION_ID={invocation}")
    assert "Starting compute node" in said
    journal.preview("--expect-no-changes").ok()


def test_a_failure_is_read_there_too(journal: Stack) -> None:
    """Without the pool nova-compute goes on running, and says so in its log only."""
    lab.on("ceph1", "ceph", "osd", "pool", "rename", "vms", "elsewhere")
    try:
        journal.settings["nova"]["options"] = {"libvirt": {"rbd_destroy_volume_retries": 13}}
        journal.write()
        run = journal.up()
    finally:
        lab.on("ceph1", "ceph", "osd", "pool", "rename", "elsewhere", "vms")
    assert run.status != 0
    assert "compute1 (127.0.2.21): nova-compute.service says" in run.output
    journal.up().ok()


def test_a_destroy_leaves_it_running(journal: Stack) -> None:
    journal.destroy().ok()
    assert lab.unit(HOST, UNIT).active == "active"
