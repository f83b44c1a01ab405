"""Preflight: refuses to change a host that lacks a package or has servers on local disks; never on the way down."""

from __future__ import annotations

import pytest

from providers import resources
from providers.errors import Refused
from tests.sim.site import Managed, Site

PACKAGES = {"python3-rbd": "/usr/lib/python3/dist-packages/rbd-*", "ceph-common": "/usr/bin/ceph"}


@pytest.fixture
def preflight(site: Site) -> Managed:
    folder = site.hosts["compute1"].path("/usr/lib/python3/dist-packages/rbd-2.0.0.egg-info")
    folder.mkdir(parents=True)
    program = site.hosts["compute1"].path("/usr/bin/ceph")
    program.parent.mkdir(parents=True)
    program.touch()
    props = {"stack": "dev", "host": "compute1", "packages": PACKAGES, "refuse_local_disks": True}
    return Managed(site, resources.PreflightProvider(), props)


def test_a_host_that_is_fit_is_left_alone(site: Site, preflight: Managed) -> None:
    before = site.everything()
    assert preflight.up() == "create"
    assert preflight.up() == "same"
    assert preflight.drift() == {}
    preflight.destroy()
    assert site.everything() == before


def test_missing_packages_are_named_with_what_to_do(site: Site, preflight: Managed) -> None:
    site.hosts["compute1"].path("/usr/bin/ceph").unlink()
    site.hosts["compute1"].path("/usr/lib/python3/dist-packages/rbd-2.0.0.egg-info").rmdir()
    with pytest.raises(Refused) as refused:
        preflight.up()
    text = str(refused.value)
    assert text.startswith("compute1 (192.0.2.1): python3-rbd, ceph-common not installed")
    assert "nothing was changed on this host: install" in text
    assert "\n" not in text


def test_servers_with_local_disks_are_named_with_what_to_do(site: Site, preflight: Managed) -> None:
    site.hosts["compute1"].libvirt.local_disks = {
        f"instance-{number}": [f"/var/lib/nova/instances/u{number}/disk", "/x"] for number in range(5)
    }
    with pytest.raises(Refused) as refused:
        preflight.up()
    text = str(refused.value)
    assert "instance-0 (/var/lib/nova/instances/u0/disk), " in text
    assert "instance-2" in text
    assert "and 2 more lie on this host" in text
    assert "ceph-openstack:nova.attach_only" in text
    preflight.change(refuse_local_disks=False)
    assert preflight.up() == "create"
    # An attach-only compute that is to get images_type rbd is looked at again.
    preflight.change(refuse_local_disks=True)
    with pytest.raises(Refused, match="instance-0"):
        preflight.up()
    assert preflight.drift() == {}
    preflight.destroy()
