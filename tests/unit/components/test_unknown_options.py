"""`options` that the release does not know: refused with the nearest name, unless the operator means them."""

from __future__ import annotations

from typing import Any

import pytest

from components.services import SERVICES
from components.stack.parse import parse
from docs.examples.gnocchi import GNOCCHI

from .graph import raw, settings

OWN = "If a plug-in or a patch of yours reads it, list [{}] {} in {}.unchecked_options, too"


def refused(**changes: Any) -> list[str]:
    found = parse(raw(**changes))
    assert isinstance(found, list)
    return [line.removeprefix("ceph-openstack:") for line in found]


@pytest.mark.parametrize(
    ("service", "section", "option", "advice"),
    [
        ("nova", "libvirt", "images_rbd_poool", 'did you mean "images_rbd_pool"?'),
        ("nova", "libvirt", "force_raw_images", "it is one of [DEFAULT]; move it there"),
        ("nova", "workarounds", "zzz", "take it out"),
        ("cinder", "ceph", "rbd_max_clone_deepth", 'did you mean "rbd_max_clone_depth"?'),
        ("cinder", "DEFAULT", "rbd_exclusive_cinder_pool", "it is one of a section of a back end or store and "),
        ("cinder_backup", "DEFAULT", "backup_ceph_chunksize", 'did you mean "backup_ceph_chunk_size"?'),
        ("glance", "rbd", "rbd_thin_provisoning", 'did you mean "rbd_thin_provisioning"?'),
        ("glance", "DEFAULT", "log_fille", 'did you mean "log_file"?'),
    ],
)
def test_a_misspelt_option_is_refused_with_the_nearest(service: str, section: str, option: str, advice: str) -> None:
    (line,) = refused(**{f"{service}__options": {section: {option: "1"}}})
    assert line.startswith(f"{service}.options.{section}.{option}: is no option of [{section}] in zed; {advice}")
    assert line.endswith(OWN.format(section, option, service))


@pytest.mark.parametrize(
    ("release", "service", "section", "option", "line"),
    [
        (
            "zed",
            "nova",
            "DEFAULT",
            "vncserver_listen",
            "removed in Yoga, zed ignores it; its name is server_listen",
        ),
        ("zed", "nova", "DEFAULT", "firewall_driver", "removed in Ussuri, zed ignores it; leave it out"),
        ("zed", "nova", "libvirt", "tb_cache_size", "appeared in 2023.2, zed ignores it; leave it out until the cloud"),
        ("zed", "glance", "DEFAULT", "registry_host", "removed in "),
        ("2026.2", "nova", "libvirt", "live_migration_flag", "removed in Newton, 2026.2 ignores it"),
        ("queens", "nova", "libvirt", "rbd_connect_timeout", "appeared in Train, queens ignores it"),
        ("icehouse", "nova", "libvirt", "hw_disk_discard", "appeared in Juno, icehouse ignores it"),
        ("havana", "nova", "libvirt", "images_type", "appeared in Icehouse, havana ignores it"),
        ("rocky", "cinder", "ceph", "enable_deferred_deletion", "appeared in Stein, rocky ignores it"),
    ],
)
def test_an_option_of_another_time_is_refused_with_that_time(
    release: str, service: str, section: str, option: str, line: str
) -> None:
    (found,) = refused(release=release, **{f"{service}__options": {section: {option: "1"}}})
    assert found.startswith(f"{service}.options.{section}.{option}: {line}")


@pytest.mark.parametrize(
    "options",
    [
        {"cinder__options": {"DEFAULT": {"transport_url": "x", "debug": True, "log-file": "/x", "host": "a"}}},
        {"cinder__options": {"ceph": {"image_volume_cache_enabled": True, "backend_host": "x"}}},
        {"cinder__options": {"backend_defaults": {"rbd_max_clone_depth": 3}}},
        {"cinder__options": {"nova": {"auth_type": "password", "username": "x", "region_name": "x"}}},
        {"nova__options": {"glance": {"enable_rbd_download": True}, "DEFAULT": {"reserved_host_memory_mb": 1}}},
        {"glance__options": {"file_before_ceph": {"filesystem_store_file_perm": "0640"}}},
        {"glance__options": {"paste_deploy": {"flavor": "keystone"}, "rbd": {"store_description": "x"}}},
        {"release": "kilo", "nova__options": {"DEFAULT": {"verbose": True, "rpc_backend": "rabbit"}}},
        {"release": "havana", "nova__options": {"DEFAULT": {"verbose": True, "rabbit_host": "x"}}},
    ],
)
def test_options_that_operators_set_are_let_through(options: dict[str, Any]) -> None:
    settings(**options)


def test_an_unknown_option_that_is_meant_is_written() -> None:
    options = {"DEFAULT": {"our_driver_url": "x"}, "our_driver": {"key_path": "/x"}}
    given = {"cinder__options": options, "cinder__unchecked_options": ["[DEFAULT] our_driver_url"]}
    (line,) = refused(**given)
    assert line.startswith("cinder.options.our_driver: is no section of this service's options")
    given["cinder__unchecked_options"] = ["[DEFAULT] our_driver_url", "[our_driver] key_path"]
    mine = settings(**given).services["cinder"]
    assert mine.options == options


def test_an_option_that_a_patched_service_still_reads_may_be_meant_too() -> None:
    lines = ["[libvirt] live_migration_flag"]
    options = {"libvirt": {"live_migration_flag": "x"}}
    settings(nova__options=options, nova__unchecked_options=lines)


def test_a_value_that_does_harm_may_be_meant_too() -> None:
    options = {"libvirt": {"inject_password": True}}
    (line,) = refused(nova__options=options)
    assert line.endswith("nova.unchecked_options lets it through")
    mine = settings(nova__options=options, nova__unchecked_options=["[libvirt] inject_password"]).services["nova"]
    assert mine.options == {"libvirt": {"inject_password": "true"}}
    (line,) = refused(
        nova__options={"libvirt": {"inject_password": False}}, nova__unchecked_options=["[libvirt] inject_password"]
    )
    assert "has no effect" in line


@pytest.mark.parametrize("section", ["libvirt", "DEFAULT"])
def test_what_is_written_from_a_setting_is_refused_even_when_it_is_meant(section: str) -> None:
    option = {"libvirt": "images_type", "DEFAULT": "libvirt_images_type"}[section]
    release = {"libvirt": "zed", "DEFAULT": "havana"}[section]
    given = {"nova__options": {section: {option: "x"}}, "nova__unchecked_options": [f"[{section}] {option}"]}
    line, no_effect = refused(release=release, **given)
    assert "has no effect" in no_effect
    assert line == f"nova.options.{section}.{option}: is written from nova.pool; set that instead"


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["[libvirt] x"], 'names no option of nova.options; did you mean "[libvirt] cpu_mode"?'),
        (["[libvirt] cpu_mode"], "has no effect, because zed reads the option; take the line out"),
        (["cpu_mode"], 'must name a section and an option, such as "[libvirt] disk_cachemodes"'),
    ],
)
def test_a_line_without_effect_is_refused(lines: list[str], what: str) -> None:
    found = refused(nova__options={"libvirt": {"cpu_mode": "none"}}, nova__unchecked_options=lines)
    assert found == [f"nova.unchecked_options[0]: {what}"]


def test_a_file_without_a_table_has_no_unknown_option() -> None:
    gnocchi = {"hosts": ["controller1"], "pool": {"name": "metrics"}, "options": {"storage": {"whatever": "1"}}}
    settings((*SERVICES, GNOCCHI), gnocchi=gnocchi)
