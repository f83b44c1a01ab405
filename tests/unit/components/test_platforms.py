"""Platforms are complete, and their patterns fit the lines that the services log."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.services import SERVICES
from components.services.daemon import Daemon
from components.services.glance import GLANCE
from components.services.nova import NOVA
from components.services.platform import PLATFORMS
from components.services.service import AnyService


def test_a_release_has_what_its_packages_have_since_then() -> None:
    glance, nova = GLANCE.daemons["debian"], NOVA.daemons["debian"]
    assert [glance.of(release).later_files for release in ("zed", "2026.1")] == [(), ()]
    assert "/etc/glance/glance-api.conf.d" in glance.of("2026.2").later_files
    assert GLANCE.daemons["rhel"].of("2026.2") == GLANCE.daemons["rhel"].of("zed")
    assert [nova.of(release).steady_s for release in ("havana", "zed", "2023.1", "2026.2", "")] == [1, 1, 10, 10, 1]


def daemons(platform: str) -> list[Daemon]:
    return [service.daemons[platform] for service in SERVICES]


DAEMONS = [pytest.param(daemon, id=daemon.unit) for platform in PLATFORMS for daemon in daemons(platform)]

LOGGED = {
    "glance": ["Starting 2 workers", "glance.common.wsgi [-] Started child 417"],
    "cinder-volume": [
        "Starting volume driver RBDDriver (1.2.0)",
        "Driver initialization completed successfully.",
    ],
    "cinder-backup": ["Starting cinder-backup node (version 21.3.1)"],
    "nova": ["Starting compute node (version 26.2.2)", "Looking for unclaimed instances stuck in BUILDING status"],
}
"""By a part of the unit's name, what Zed logs when all is well (docs/lab.md; glance 25.1, cinder 21.3, nova 26.2).

A daemon without `ready` needs no lines here.
"""


@pytest.mark.parametrize("daemon", DAEMONS)
def test_patterns_fit_what_the_service_logs(daemon: Daemon) -> None:
    lines = next((lines for name, lines in LOGGED.items() if name in daemon.unit), [])
    for pattern in daemon.ready_lines:
        assert any(re.search(pattern, line) for line in lines), pattern
    for pattern in daemon.failure_lines:
        assert not any(re.search(pattern, line) for line in lines), pattern


FAILED = {
    "glance": [
        "ERROR glance_store._drivers.rbd [-] Error connecting to ceph cluster.: rados.PermissionDeniedError: [errno 13]"
    ],
    "cinder-backup": [
        "ERROR oslo.service.loopingcall [-] Fixed interval looping call "
        "'cinder.backup.manager.BackupManager._setup_backup_driver' failed: rados.ObjectNotFound: …",
    ],
    "cinder-volume": [
        'ERROR cinder.volume.manager   File "/usr/lib/python3/dist-packages/cinder/volume/drivers/rbd.py", line 603, '
        "in "
        "_do_conn",
    ],
    "nova": ["ERROR nova.compute.manager [None req-1] Error updating resources for node compute1."],
}


@pytest.mark.parametrize("daemon", DAEMONS)
def test_patterns_fit_what_the_service_logs_when_it_cannot(daemon: Daemon) -> None:
    for line in next((lines for name, lines in FAILED.items() if name in daemon.unit), []):
        assert any(re.search(pattern, line) for pattern in daemon.failure_lines)


@pytest.mark.parametrize("daemon", DAEMONS)
def test_a_back_end_that_is_not_ours_may_be_broken(daemon: Daemon) -> None:
    foreign = ['File "/usr/lib/python3/dist-packages/cinder/volume/drivers/lvm.py", line 3, in check_for_setup_error']
    if "volume" in daemon.unit:
        foreign.append("ERROR cinder.volume.manager [None req-1] Failed to initialize driver.")
    assert not any(re.search(pattern, line) for pattern in daemon.failure_lines for line in foreign)


@pytest.mark.parametrize("daemon", DAEMONS)
def test_paths_are_absolute(daemon: Daemon) -> None:
    logs = [] if daemon.log == "journal" else [daemon.log]
    assert all(path.startswith("/") for path in (daemon.conf, *logs, *daemon.later_files))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_has_each_unit_once(platform: str) -> None:
    assert len({daemon.unit for daemon in daemons(platform)}) == len(SERVICES)


def test_debian_reads_nova_compute_conf_last() -> None:
    assert NOVA.daemons["debian"].later_files == ("/etc/nova/nova-compute.conf",)


RDO: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "rdo.yaml").read_text())


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_rhel_is_as_rdo_packages_it(service: AnyService) -> None:
    """No host of RDO's was ever wired, so what is known of one is held to the packaging itself."""
    daemon, packaged = service.daemons["rhel"], RDO[service.name]
    words = packaged["command"].split()
    assert (daemon.unit, daemon.user, daemon.group) == (
        packaged["unit"].removesuffix(".service"),
        packaged["user"],
        packaged["user"],
    )
    assert daemon.log == _log(words, packaged.get("dist_conf", {}))
    named = [after for word, after in pairwise(words) if word == "--config-file"]
    # What the command line names is read last to first; without it oslo.config takes the program's own file.
    assert daemon.conf == (named[-1] if named else f"/etc/{packaged['user']}/{daemon.conf.rpartition('/')[2]}")
    assert not set(named[:-1]) & set(daemon.later_files), "a file that is read before is no later file"


def _log(words: list[str], dist_conf: dict[str, str]) -> str:
    if "--logfile" in words:
        return words[words.index("--logfile") + 1]
    program = words[0].rpartition("/")[2]
    return dist_conf.get("log_file") or f"{dist_conf['log_dir']}/{program}.log"
