"""Platforms are complete, and their patterns fit the lines that the services log."""

from __future__ import annotations

import re

import pytest

from components.platforms import PLATFORMS, Daemon, Platform

DAEMONS = [pytest.param(one, id=one.unit) for platform in PLATFORMS.values() for one in platform.daemons]

LOGGED = {
    "glance": ["Starting single process server", "Starting 2 workers"],
    "cinder-volume": [
        "Starting volume driver RBDDriver (1.2.0)",
        "Driver initialization completed successfully.",
    ],
    "cinder-backup": ["Backup driver was successfully initialized."],
    "nova": ["Starting compute node (version 26.2.2)"],
}
"""What the sources of Zed log when all is well (read in glance 25.1, cinder 21.3, nova 26.2)."""


@pytest.mark.parametrize("daemon", DAEMONS)
def test_patterns_fit_what_the_service_logs(daemon: Daemon) -> None:
    lines = next(lines for name, lines in LOGGED.items() if name in daemon.unit)
    for pattern in daemon.ready:
        assert any(re.search(pattern, line) for line in lines), pattern
    for pattern in daemon.failures:
        assert not any(re.search(pattern, line) for line in lines), pattern


@pytest.mark.parametrize("daemon", DAEMONS)
def test_paths_are_absolute(daemon: Daemon) -> None:
    assert all(path.startswith("/") for path in (daemon.conf, daemon.log, *daemon.later_files))


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=list(PLATFORMS))
def test_a_platform_has_each_unit_once(platform: Platform) -> None:
    assert len({one.unit for one in platform.daemons}) == 4


def test_debian_reads_nova_compute_conf_last() -> None:
    assert PLATFORMS["debian"].nova_compute.later_files == ("/etc/nova/nova-compute.conf",)
