"""The program accepts the settings that discover prints."""

from __future__ import annotations

import yaml

from commands.discover.cluster_contents import ClusterContents, mon_host
from commands.discover.settings_text import settings_text
from components.services.cinder import CINDER
from components.services.glance import GLANCE
from components.services.nova import NOVA
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from providers.reach.answers.mon_map import MonAddress
from providers.reach.host_access import HostAccess

ACCESS = HostAccess("ceph1", "192.0.2.1", user="deploy", identity_file="~/.ssh/id")
FOUND = ClusterContents(
    fsid="f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501",
    release="pacific",
    mon_hosts=["[v2:192.0.2.1:3300/0,v1:192.0.2.1:6789/0]"],
    pools={"images": "3 images", "vms": "empty"},
    users=["client.glance", "client.other"],
    owners={"vms": "prod"},
)


def printed(contents: ClusterContents) -> tuple[str, StackSettings]:
    text = settings_text(contents, ACCESS, "/etc/ceph/ceph.conf", "client.admin", "2025.1")
    config = yaml.safe_load(text)["config"]
    parsed = parse({name.removeprefix("ceph-openstack:"): value for name, value in config.items()})
    assert isinstance(parsed, StackSettings), parsed
    return text, parsed


def test_what_exists_is_marked_to_be_adopted_and_the_rest_is_not() -> None:
    text, parsed = printed(FOUND)
    assert parsed.release == "2025.1"
    glance, cinder = parsed.of(GLANCE), parsed.of(CINDER)
    assert glance is not None
    assert cinder is not None
    assert cinder.pool is not None
    assert (glance.pool.adopt, glance.user.adopt) == (True, True)
    assert (cinder.pool.adopt, cinder.user.adopt) == (None, None)
    assert "images (3 images)" in text
    assert "client.other" in text


def test_what_another_stack_keeps_is_not_for_adoption() -> None:
    text, parsed = printed(FOUND)
    nova = parsed.of(NOVA)
    assert nova is not None
    assert nova.pool is not None
    assert not nova.pool.adopt
    assert "vms (empty, kept by stack prod)" in text


def test_an_empty_cluster() -> None:
    text, parsed = printed(ClusterContents(FOUND.fsid, "reef", FOUND.mon_hosts, {}, [], {}))
    assert "# RBD pools that exist: none" in text
    assert parsed.cluster.mon_hosts == FOUND.mon_hosts


def test_monitors_are_written_as_mon_host_has_them() -> None:
    addresses = [
        MonAddress(type="v2", addr="192.0.2.1:3300"),
        MonAddress(type="v1", addr="192.0.2.1:6789"),
    ]
    assert mon_host(addresses) == FOUND.mon_hosts[0]
