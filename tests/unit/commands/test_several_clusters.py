"""A stack with two clusters on a simulated site: applied whole, looked at by each command, and taken out of use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from commands.drift.gate import with_gate
from commands.lint.looking import look_for_flaws
from commands.look_at_all import look_at_all
from commands.looked_at import LookedAt
from commands.verify.on_hosts import looks_on_hosts
from components.services import SERVICES
from components.services.finding import FindingState
from components.stack.inventory import take_inventory
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.errors import Refused
from providers.models import GuardDesired
from providers.reach import machines as current_machines
from providers.resources import GuardProvider
from tests.golden.variants import CHANGES
from tests.sim.ceph import FSID
from tests.sim.site import WEST_FSID, Managed, Site
from tests.unit.commands.conftest import STACK, apply, install
from tests.unit.components.graph import settings
from tests.unit.prepared import Prepared

HOSTS: dict[str, Any] = {"hosts": {"ceph1": {}, "west1": {}, "api1": {}, "compute1": {}, "compute2": {}}}
ON_API1: dict[str, Any] = {f"{service}__hosts": ["api1"] for service in ("glance", "cinder", "cinder_backup")}
WEST = {
    "clusters": {
        "west": {"fsid": WEST_FSID, "mon_hosts": ["[v2:192.0.2.9:3300/0,v1:192.0.2.9:6789/0]"], "admin_host": "west1"}
    }
}
ONE = {**HOSTS, **ON_API1}
TWO = {**CHANGES["several_clusters"], **ONE, **WEST}


@pytest.fixture
def two() -> StackSettings:
    return settings(**TWO)


@pytest.fixture
def site(prepared: Prepared, platform: None, two: StackSettings) -> Iterator[Site]:
    def up(site: Site) -> None:
        site.add_west()
        install(site)
        log = site.hosts["api1"].systemd.units["cinder-volume.service"].log
        log += [line.replace(" 7 INFO ", " 8 INFO ") for line in log]  # the process of the second back end
        apply(site, two)

    with prepared.copy("two clusters", up) as made:
        yield made


def drift(site: Site, wanted: StackSettings) -> list[LookedAt]:
    site.new_run()
    machines = current_machines.current()
    return with_gate(look_at_all(wire(wanted, STACK), machines), machines)


def test_each_cluster_has_what_is_on_it(site: Site) -> None:
    assert sorted(site.ceph.pools) == ["images", "vms", "volumes"]
    assert sorted(site.west.pools) == ["backups", "fast", "west-images", "west-vms"]
    api1 = site.hosts["api1"]
    for ceph, name in ((site.ceph, "ceph"), (site.west, "west")):
        keyring = api1.path(f"/etc/ceph/{name}.client.cinder.keyring").read_text()
        assert ceph.users["client.cinder"]["key"] in keyring
    assert site.ceph.users["client.cinder"]["key"] != site.west.users["client.cinder"]["key"]


def test_every_link_works(site: Site, two: StackSettings) -> None:
    site.new_run()
    links = [look() for look in looks_on_hosts(wire(two, STACK), current_machines.current())]
    found = {(link.kind, link.name, link.where): link.finding for link in links}
    assert {key: finding.text for key, finding in found.items() if finding.state is not FindingState.OK} == {}
    assert ("cluster", "of west", "west1") in found
    assert ("rbd ls by", "root as client.cinder of west", "compute2") in found
    site.west.users["client.cinder"]["caps"]["osd"] = "profile rbd pool=fast"
    site.new_run()
    looks = looks_on_hosts(wire(two, STACK), current_machines.current())
    links = [look() for look in looks]
    broken = {(link.kind, link.name) for link in links if link.finding.state is FindingState.BROKEN}
    assert broken == {("caps", "client.cinder of west"), ("rbd ls by", "root as client.cinder of west")}


def test_nothing_drifts_and_a_drift_names_the_cluster(site: Site, two: StackSettings) -> None:
    assert [one.name for one in drift(site, two) if one.differences or one.refusal or one.unseen or one.steps] == []
    site.west.users["client.cinder"]["caps"]["osd"] = "profile rbd pool=fast"
    assert [(one.name, one.where) for one in drift(site, two) if one.differences] == [("west.cinder-user", "west1")]


def test_a_silent_cluster_is_unseen_and_hides_nothing_of_the_other(site: Site, two: StackSettings) -> None:
    site.hosts["west1"].reachable = False
    unseen = {one.name for one in drift(site, two) if one.unseen}
    assert "west.cinder-user" in unseen
    assert not {name for name in unseen if name in ("cinder-user", "cinder-pool", "gate")}


def test_lint_looks_at_both(site: Site, two: StackSettings) -> None:
    site.new_run()
    found = look_for_flaws(take_inventory(two, STACK, SERVICES), current_machines.current())
    assert {("west1", "caps"), ("ceph1", "caps"), ("api1", "/etc/ceph/west.conf")} <= set(found.looked_at)
    assert not found.flaws
    assert not found.unseen


@pytest.fixture
def gates(site: Site, two: StackSettings) -> dict[str, Managed]:
    """The gates, as the last run left them."""
    nodes = wire(two, STACK).nodes
    made = {}
    for name in ("west.gate", "gate"):
        model = nodes[name].model
        assert isinstance(model, GuardDesired)
        made[name] = Managed(site, GuardProvider(), model.as_given())
        made[name].up()
    return made


def change(gates: dict[str, Managed], wanted: StackSettings) -> None:
    nodes = wire(wanted, STACK).nodes
    for name, gate in gates.items():
        if name in nodes:
            model = nodes[name].model
            assert isinstance(model, GuardDesired)
            gate.props = model.as_given()
            gate.up()


def test_a_cluster_is_not_taken_out_of_use_while_it_holds_data(gates: dict[str, Managed]) -> None:
    site = gates["gate"].site
    site.west.images["fast"]["volume-1"] = 1
    before = site.everything()
    with pytest.raises(Refused, match="pool fast holds"):
        change(gates, settings(**{**ONE, **WEST}))
    assert site.everything() == before
    site.west.images["fast"].clear()
    change(gates, settings(**{**ONE, **WEST}))


def test_its_entry_goes_out_one_run_later(gates: dict[str, Managed]) -> None:
    site = gates["gate"].site
    del site.hosts["west1"]  # as the settings are then: nothing says how the cluster is reached
    with pytest.raises(Refused, match=r"clusters\.west: is taken out while .* take out the entry in a later run"):
        change(gates, settings(**ONE))


def test_its_entry_is_not_renamed(gates: dict[str, Managed]) -> None:
    """All would be found under the new names, and then be taken away under the old ones."""
    site = gates["gate"].site
    site.west_name = "east"
    changed = json.loads(json.dumps(TWO).replace('"west"', '"east"'))
    before = site.everything()
    words = r"clusters\.east: is cluster .*, which the stack has as west, .*: call the entry west again"
    for wanted in (settings(**changed), settings(**{**ONE, "clusters": changed["clusters"]})):
        with pytest.raises(Refused, match=words):
            change(gates, wanted)
    assert site.everything() == before


def test_guards_of_a_cluster_out_of_use_are_deleted_without_a_way_to_it(site: Site, two: StackSettings) -> None:
    """Nobody speaks for the cluster then, and the guard must not take the other cluster's admin host for its own."""
    model = wire(two, STACK).nodes["west.guard"].model
    empty = wire(settings(**{**ONE, **WEST}), STACK).nodes["west.guard"].model
    assert isinstance(model, GuardDesired)
    assert isinstance(empty, GuardDesired)
    guard = Managed(site, GuardProvider(), model.as_given())
    guard.up()
    guard.props = empty.as_given()
    guard.up()
    del site.hosts["west1"]
    guard.destroy()


def test_a_compute_is_not_moved_to_another_cluster_under_its_guests(gates: dict[str, Managed]) -> None:
    site = gates["gate"].site
    disk = {"pool": "vms", "image": "a_disk", "user": "cinder", "secret": "", "usage": "", "monitors": []}
    site.hosts["compute1"].libvirt.guests = [{"name": "instance-1", "uuid": "a", "started": 0.0, "disks": [disk]}]
    moved = {"west": {"hosts": ["compute1", "compute2"], "pool": {"name": "west-vms"}}}
    wanted = settings(**{**TWO, "nova__clusters": moved, "nova__pool": None})
    with pytest.raises(Refused, match=r"compute1: guest instance-1 has its disk in pool vms"):
        change(gates, wanted)


@pytest.mark.parametrize("broken", ["libvirt", "host"])
def test_a_compute_that_does_not_tell_of_its_guests_is_not_moved(
    gates: dict[str, Managed], capfd: pytest.CaptureFixture[str], broken: str
) -> None:
    """The options of a host that does not answer stay as they are; with libvirt down they would be written."""
    host = gates["gate"].site.hosts["compute1"]
    moved = {"west": {"hosts": ["compute1", "compute2"], "pool": {"name": "west-vms"}}}
    wanted = settings(**{**TWO, "nova__clusters": moved, "nova__pool": None})
    if broken == "libvirt":
        host.libvirt.answers = False
        with pytest.raises(Refused, match="compute1 leaves pool vms, which servers there may need: see that libvirt"):
            change(gates, wanted)
    else:
        host.reachable = False
        change(gates, wanted)
        assert "whether a server there has its disk in pool vms was not looked at" in capfd.readouterr().err


def test_a_rotated_key_of_one_cluster_is_seen_there(site: Site, two: StackSettings) -> None:
    site.west.users["client.cinder"]["key"] = site.west.add_user("client.x", {})
    del site.west.users["client.x"]
    differing = {one.name for one in drift(site, two) if one.differences}
    assert "west.cinder-keyring-api1" in differing
    assert "cinder-keyring-api1" not in differing
    assert FSID != WEST_FSID


def test_a_back_end_does_not_get_another_name_with_its_pool(gates: dict[str, Managed]) -> None:
    """Its volumes have the old name in their host, and the pool would go with the old resource."""
    site = gates["gate"].site
    before = site.everything()
    west = {"pool": {"name": "fast"}, "cluster": "west"}
    renamed = {"cinder__backends": {"ceph": {"pool": {"name": "volumes"}}, "quick": west}}
    with pytest.raises(Refused, match=r"back end fast goes, and quick gets its pool fast: .* keep the name fast"):
        change(gates, settings(**{**TWO, **renamed}))
    assert site.everything() == before
    other = {"cinder__backends": {"ceph": {"pool": {"name": "volumes"}}, "quick": {**west, "pool": {"name": "new"}}}}
    change(gates, settings(**{**TWO, **other}))
