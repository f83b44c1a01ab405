"""Which options a release reads."""

from __future__ import annotations

from typing import Any

import pytest

from components.services import SERVICES
from components.services.option import NEVER_EXISTED, Option
from components.settings.releases import RELEASES, unknown_release
from components.stack.checks.options import rows_of_file, unread

ROWS: list[Option[Any]] = [row for service in SERVICES for row in service.options]


def option_problem(release: str, service: str, section: str, option: str, *, backend: bool) -> str | None:
    """Return what is wrong with an option that an operator writes for a service."""
    rows = rows_of_file(next(known for known in SERVICES if known.name == service), SERVICES)
    return unread(release, rows, section, option, backend=backend)


def test_zed_and_the_current_release_are_known() -> None:
    assert {"zed", "2025.1"} <= set(RELEASES)
    assert all(unknown_release(release) is None for release in RELEASES)


@pytest.mark.parametrize(
    ("name", "guess"), [("Zed", '"zed"'), ("2025.3", '"2025.'), ("queen", '"queens"'), ("essex", "choose one of them")]
)
def test_an_unknown_release_is_refused_with_the_list(name: str, guess: str) -> None:
    problem = unknown_release(name)
    assert problem
    assert all(release in problem for release in RELEASES)
    assert guess in problem


@pytest.mark.parametrize(
    ("service", "section", "option", "words"),
    [
        ("cinder", "DEFAULT", "glance_api_version", "removed in Queens"),
        ("cinder", "ceph", "rbd_keyring_conf", "removed in Victoria"),
        ("cinder", "DEFAULT", "volume_driver", "removed in Ocata"),
        ("cinder_backup", "DEFAULT", "glance_api_version", "removed in Queens"),
        ("nova", "libvirt", "live_migration_flag", "removed in Newton"),
        ("nova", "DEFAULT", "libvirt_images_type", "its name is images_type in [libvirt]"),
        ("nova", "libvirt", "libvirt_disk_cachemodes", "no release ever had this option"),
        ("nova", "DEFAULT", "disk_cachemodes", "set nova.disk_cachemodes"),
        ("glance", "DEFAULT", "rbd_store_pool", "see glance.backend"),
    ],
)
def test_options_of_old_guides_are_refused(service: str, section: str, option: str, words: str) -> None:
    problem = option_problem("zed", service, section, option, backend=section == "ceph")
    assert problem
    assert words in problem


def test_an_option_that_comes_later_is_refused_until_then() -> None:
    def ask(release: str) -> str | None:
        return option_problem(release, "cinder", "ceph", "rbd_concurrent_flatten_operations", backend=True)

    assert ask("zed") == "appeared in 2023.1, zed ignores it; leave it out until the cloud runs that release"
    assert ask("2023.1") is None


def test_a_live_option_is_let_through() -> None:
    assert option_problem("zed", "cinder", "ceph", "rbd_max_clone_depth", backend=True) is None
    assert option_problem("zed", "nova", "libvirt", "rbd_connect_timeout", backend=False) is None


def test_the_tables_name_known_releases() -> None:
    named = {release for row in ROWS for release in (row.since, row.superseded_in, row.until) if release}
    assert len(named) > 10
    assert named <= {*RELEASES, NEVER_EXISTED}
    for row in ROWS:
        order = [release for release in (row.since, row.superseded_in, row.until) if release in RELEASES]
        assert order == sorted(order, key=RELEASES.index), row.name
        assert len(set(order)) == len(order), row.name
