"""Guests first: no run takes a grant, a secret or a monitor away from a running guest that uses it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.stack import names
from components.stack.wire import wire
from providers.ceph import work
from providers.errors import Refused
from providers.models import Desired, PoolDesired, UserDesired
from providers.resources import CephxUserProvider, GuardProvider, PoolProvider
from tests.sim.site import FSID, Managed, Site
from tests.unit.components.graph import settings
from tests.unit.examples.example import STACK
from tests.unit.examples.secret import SECRET, UUID
from tests.unit.examples.user import USER

SHARED = {
    "mon": "profile rbd",
    "osd": "profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images",
}
NARROW = {**SHARED, "osd": "profile rbd pool=volumes, profile rbd-read-only pool=images"}


@pytest.fixture
def user(site: Site) -> Managed:
    """client.cinder on a running cloud: its caps also hold Nova's pool."""
    for pool in ("volumes", "vms", "images"):
        site.ceph.do_osd_pool_create(pool)
        site.ceph.do_osd_pool_application_enable(pool, "rbd")
    managed = USER.resource(site).change(caps=SHARED)
    managed.up()
    return managed


def refused(user: Managed, words: str, caps: dict[str, str] = NARROW) -> None:
    before = user.site.everything()
    with pytest.raises(Refused, match=words):
        user.change(caps=caps).up()
    assert user.site.everything() == before


def test_a_pool_is_not_taken_from_a_user_whose_guests_write_there(user: Managed) -> None:
    """This is what `nova: {user: {name: nova}}` did on a running stack."""
    ceph = user.site.ceph
    for image, host in (("a", "compute1"), ("b", "compute1"), ("c", "compute2")):
        ceph.opened("client.cinder", "vms", image, host)
    refused(user, r"client\.cinder would lose pool vms, where 3 images are open from compute1 \(2\), compute2 \(1\)")
    refused(user, r"keep_pools: \[vms\].*python -m commands guests --stack dev")


def test_a_data_pool_is_not_taken_from_a_user_whose_guests_have_their_data_there(user: Managed) -> None:
    """The images themselves are in a pool that the user keeps."""
    ceph = user.site.ceph
    ceph.do_osd_pool_create("data", pool_type="erasure")
    ceph.do_osd_pool_application_enable("data", "rbd")
    with_data = {**SHARED, "osd": f"{SHARED['osd']}, profile rbd pool=data"}
    user.change(caps=with_data).up()
    ceph.opened("client.cinder", "volumes", "a", "compute1", data_pool="data")
    ceph.opened("client.cinder", "volumes", "b", "compute2")
    told = r"client\.cinder would lose pool data, which has the data of 1 image that is open from compute1 \(1\)"
    refused(user, told, SHARED)
    ceph.closed("volumes", "a")
    user.change(caps=SHARED).up()


def test_a_pool_on_which_nobody_ran_rbd_pool_init_is_looked_at_too(user: Managed) -> None:
    """Most guides never ran it. A pool of another application has no images."""
    ceph = user.site.ceph
    ceph.do_osd_pool_create("rgw")
    ceph.do_osd_pool_application_enable("rgw", "rgw")
    ceph.pools["vms"]["application_metadata"].clear()
    ceph.opened("client.cinder", "vms", "a", "compute1")
    user.site.cut.done.clear()
    refused(user, r"would lose pool vms, where 1 image is open")
    assert sum("pool_images" in what for what in user.site.cut.done) == 6  # three pools, twice


def test_it_is_taken_once_the_last_guest_has_moved(user: Managed) -> None:
    user.site.ceph.opened("client.cinder", "vms", "a", "compute1")
    refused(user, r"where 1 image is open from compute1 \(1\)")
    user.site.ceph.closed("vms", "a")
    user.up()
    assert user.site.ceph.users["client.cinder"]["caps"] == NARROW


def test_a_guest_of_another_user_on_the_same_host_keeps_nothing(user: Managed) -> None:
    """Address and nonce together tell a client, because all clients of a host have the host's address."""
    user.site.ceph.opened("client.nova", "vms", "a", "compute1")
    user.site.ceph.opened("client.cinder", "volumes", "b", "compute1")
    user.change(caps=NARROW).up()
    assert user.site.ceph.users["client.cinder"]["caps"] == NARROW


def test_a_guest_in_a_pool_that_stays_keeps_nothing(user: Managed) -> None:
    user.site.ceph.opened("client.cinder", "volumes", "a", "compute1")
    user.change(caps=NARROW).up()


def test_the_parents_of_clones_stay_readable(user: Managed) -> None:
    """A guest on a clone has no watcher in the parent's pool, and reads the parent all the same."""
    user.site.ceph.opened("client.cinder", "vms", "a", "compute1", parent="images")
    caps = {**SHARED, "osd": "profile rbd pool=volumes, profile rbd pool=vms"}
    refused(user, r"client\.cinder would lose pool images, of which 1 clone is open from compute1 \(1\)", caps)


def test_losing_only_the_right_to_write_is_refused_too(user: Managed) -> None:
    user.site.ceph.opened("client.cinder", "vms", "a", "compute1", parent="images")
    caps = {**SHARED, "osd": SHARED["osd"].replace("rbd pool=vms", "rbd-read-only pool=vms")}
    refused(user, r"client\.cinder would lose writing to pool vms, where 1 image is open", caps)


def test_an_image_that_a_service_has_open_for_a_moment_keeps_nothing(user: Managed) -> None:
    site = user.site
    site.ceph.opened("client.cinder", "vms", "a", "controller1")
    site.clock.meanwhile = lambda: site.ceph.closed("vms", "a")
    user.change(caps=NARROW).up()
    assert site.clock.waits == [work.AGAIN_S]


def test_the_host_is_named_though_a_client_has_a_session_that_names_none(user: Managed) -> None:
    """A client that asks a manager has such a session, with the same address and nonce."""
    ceph = user.site.ceph
    ceph.opened("client.cinder", "vms", "a", "compute1")
    ceph.sessions.append({**ceph.sessions[0], "host": "", "id": "client.1 77"})
    refused(user, r"where 1 image is open from compute1 \(1\)")


@pytest.mark.parametrize("change", [{"id": "client.1 1"}, {"instance": ""}])
def test_a_client_is_told_by_its_address_and_nonce_or_by_its_number(user: Managed, change: dict[str, str]) -> None:
    ceph = user.site.ceph
    ceph.opened("client.cinder", "vms", "a", "compute1")
    ceph.sessions[0].update(change)
    refused(user, r"where 1 image is open from compute1 \(1\)")


def test_widening_asks_nobody(user: Managed) -> None:
    user.change(caps=NARROW).up()
    user.site.ceph.opened("client.cinder", "volumes", "a", "compute1")
    user.site.cut.done.clear()
    user.change(caps=SHARED).up()
    assert not [what for what in user.site.cut.done if "watchers" in what or "sessions" in what]


def test_raw_caps_become_profiles_under_running_guests(site: Site, user: Managed) -> None:
    raw = (
        "allow class-read object_prefix rbd_children, allow rwx pool=volumes, allow rwx pool=vms, allow rx pool=images"
    )
    site.ceph.do_auth_caps("client.cinder", ["mon", "allow r", "osd", raw])
    site.ceph.opened("client.cinder", "vms", "a", "compute1", parent="images")
    user.refresh()
    user.up()
    assert site.ceph.users["client.cinder"]["caps"] == SHARED


def test_a_destroy_gives_no_adopted_user_narrower_caps_under_its_guests(site: Site) -> None:
    for pool in ("volumes", "vms"):
        site.ceph.do_osd_pool_create(pool)
        site.ceph.do_osd_pool_application_enable(pool, "rbd")
    site.ceph.add_user("client.cinder", NARROW)
    user = Managed(site, USER.provider(), {"stack": STACK, "fsid": FSID, "entity": "client.cinder", "caps": SHARED})
    user.change(adopt=True).up()
    user.up()
    assert site.ceph.users["client.cinder"]["caps"] == SHARED
    site.ceph.opened("client.cinder", "vms", "a", "compute1")
    with pytest.raises(Refused, match="would lose pool vms"):
        user.destroy()
    site.ceph.closed("vms", "a")
    user.destroy()
    assert site.ceph.users["client.cinder"]["caps"] == NARROW


HOSTS: dict[str, Any] = {
    "hosts": {"ceph1": {}, "api1": {}, "compute1": {}, "compute2": {}},
    "cluster__mon_hosts": ["192.0.2.1:6789", "192.0.2.2:6789"],
    "glance__hosts": ["api1"],
    "cinder__hosts": ["api1"],
    "cinder_backup__hosts": ["api1"],
}
CINDER, NOVA = "/etc/cinder/cinder.conf", "/etc/nova/nova.conf"


class Stack:
    """The gate, pools and users of a whole stack, as the settings wire them."""

    def __init__(self, site: Site) -> None:
        self.site, self.made = site, dict[str, Managed]()

    def up(self, **changes: Any) -> None:
        """Bring up the gate, and then pools and users, as the engine does."""
        nodes = wire(settings(**HOSTS, **changes), STACK).nodes
        for name, node in nodes.items():
            if name == names.GATE or isinstance(node.model, PoolDesired | UserDesired):
                assert isinstance(node.model, Desired)
                resource = self.made.setdefault(name, Managed(self.site, provider(node.model)(), {}))
                resource.props = node.model.as_given()
                resource.up()


def provider(model: Desired) -> Any:
    if isinstance(model, PoolDesired):
        return PoolProvider
    return CephxUserProvider if isinstance(model, UserDesired) else GuardProvider


@pytest.fixture
def stack(site: Site) -> Stack:
    return Stack(site)


def looking_at(gate: Managed, **changes: Any) -> Managed:
    """Change what the gate looks at."""
    return gate.change(looks_at={**gate.props["looks_at"], **changes})


def refused_at_the_gate(stack: Stack, words: str, **changes: Any) -> None:
    before = stack.site.everything()
    stack.site.steps()
    with pytest.raises(Refused, match=words):
        stack.up(**changes)
    assert stack.site.everything() == before
    assert stack.site.steps() == []


def test_a_user_of_its_own_for_nova_takes_no_pool_from_running_guests(stack: Stack) -> None:
    """In the run that made client.nova, client.cinder lost vms, and every guest would have lost its disk."""
    stack.up()
    for image, host in (("a", "compute1"), ("b", "compute1"), ("c", "compute2")):
        stack.site.ceph.opened("client.cinder", "vms", image, host)
    refused_at_the_gate(
        stack,
        re.escape(
            "stack dev: nothing was changed: client.cinder would lose pool vms, where 3 images are open from compute1"
            " (2), compute2 (1): keep the grant with `keep_pools: [vms]` under ceph-openstack:cinder.user until these"
            " guests are hard-rebooted (`python -m commands guests --stack dev` lists them); then run again"
        ),
        nova__user={"name": "nova"},
    )
    assert "client.nova" not in stack.site.ceph.users
    for image in "abc":
        stack.site.ceph.closed("vms", image)
    stack.up(nova__user={"name": "nova"})
    assert "pool=vms" not in stack.site.ceph.users["client.cinder"]["caps"]["osd"]
    assert "pool=vms" in stack.site.ceph.users["client.nova"]["caps"]["osd"]


def test_a_user_of_novas_own_is_taken_out_by_way_of_former_user(stack: Stack) -> None:
    stack.up(nova__user={"name": "nova"})
    ceph = stack.site.ceph
    ceph.opened("client.nova", "vms", "a", "compute1")
    words = re.escape(
        "keep client.nova as `former_user` under ceph-openstack:nova until the guests of that user are hard-rebooted"
        " (`python -m commands guests --stack dev` lists them), or move or remove what is in use, then run again"
    )
    reason = r"refusing to take this out, nothing was changed: user client\.nova has open sessions from .*; "
    refused_at_the_gate(stack, reason + words)
    caps = ceph.users["client.nova"]["caps"]
    stack.up(nova__former_user={"name": "nova"})
    assert ceph.users["client.nova"]["caps"] == caps
    assert "pool=vms" in ceph.users["client.cinder"]["caps"]["osd"]
    refused_at_the_gate(stack, reason + words)
    ceph.closed("vms", "a")
    stack.up()


def test_a_domain_with_the_secret_of_a_user_that_is_taken_out_is_kept_by_former_user(stack: Stack) -> None:
    stack.up(nova__user={"name": "nova"})
    gate = stack.made[names.GATE]
    site, uuid = stack.site, list(gate.props["looks_at"]["secrets"]["compute2"])[-1]
    secret = Managed(site, SECRET.provider(), {**SECRET.props, "host": "compute2", "uuid": uuid})
    secret.up()
    site.hosts["compute2"].libvirt.domains = {"instance-1": [uuid]}
    refused_at_the_gate(stack, f"secret {uuid} on compute2 is named by domain instance-1; keep client.nova as `former")


def test_former_user_is_not_named_where_it_keeps_nothing(stack: Stack) -> None:
    """A pool with data is not in the way of a user. A service that leaves the stack has no setting left."""
    stack.up(nova__user={"name": "nova"})
    stack.site.ceph.images["vms"]["a"] = 0
    with pytest.raises(Refused, match="pool vms holds 1 image") as refusal:
        stack.up(nova__pool={"name": "others"})
    assert "former_user" not in str(refusal.value)
    stack.site.ceph.opened("client.nova", "vms", "a", "compute1")
    with pytest.raises(Refused, match=r"user client\.nova has open sessions") as refusal:
        stack.up(nova=None)
    assert "former_user" not in str(refusal.value)


def test_former_user_is_not_named_for_a_former_generation(stack: Stack) -> None:
    stack.up(cinder__user={"name": "cinder", "generation": 2})
    stack.site.ceph.opened("client.cinder", "volumes", "a", "compute1")
    with pytest.raises(Refused, match=r"user client\.cinder has open sessions") as refusal:
        stack.up(cinder__user={"name": "cinder", "generation": 2, "keep_previous": False})
    assert "former_user" not in str(refusal.value)


def test_the_gate_only_looks_at_users_that_the_stack_has_already(stack: Stack) -> None:
    """A user that is taken over keeps its caps in that run. A user that is not ours is refused by its own name."""
    ceph = stack.site.ceph
    for pool in ("theirs", "volumes"):
        ceph.do_osd_pool_create(pool)
        ceph.do_osd_pool_application_enable(pool, "rbd")
    ceph.add_user("client.cinder", {"mon": "allow r", "osd": "allow *"})
    ceph.opened("client.cinder", "theirs", "a", "compute1")
    with pytest.raises(Refused, match="pool volumes exists"):
        stack.up()


def test_narrower_caps_for_the_monitors_are_a_warning_under_open_sessions(
    stack: Stack, capfd: pytest.CaptureFixture[str]
) -> None:
    stack.up()
    stack.site.ceph.sessions = [{"entity": "client.cinder", "address": "192.0.2.9:0", "id": "client.1 1"}]
    gate = stack.made[names.GATE]
    caps = gate.props["looks_at"]["caps"]
    looking_at(gate, caps={**caps, "client.cinder": {**caps["client.cinder"], "mon": "allow r"}}).up()
    assert "client.cinder has open sessions and loses `profile rbd` on the monitors" in capfd.readouterr().err


def test_an_admin_host_out_of_reach_stops_no_change_that_needs_no_cluster(
    stack: Stack, capfd: pytest.CaptureFixture[str]
) -> None:
    stack.up()
    stack.site.hosts["ceph1"].reachable = False
    gate = stack.made[names.GATE]
    assert looking_at(gate, places={}).up() == "update"
    assert "whether a user would lose a pool that guests need was not looked at" in capfd.readouterr().err


def written(site: Site, host: str, path: str, text: str) -> None:
    file = site.hosts[host].path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_a_first_run_refuses_another_pool_user_and_secret_in_a_file_before_it_makes_anything(stack: Stack) -> None:
    written(stack.site, "api1", CINDER, "[ceph]\nrbd_pool = theirs\n")
    written(stack.site, "compute2", NOVA, f"[libvirt]\nrbd_user = them\nrbd_secret_uuid = {UUID}\n")
    refused_at_the_gate(
        stack,
        r"stack dev: nothing was changed: api1 \(192\.0\.2\.1\): /etc/cinder/cinder\.conf sets \[ceph\] rbd_pool ="
        r" theirs,.*compute2 .*/etc/nova/nova\.conf sets \[libvirt\] rbd_secret_uuid ="
        rf" {UUID}, \[libvirt\] rbd_user = them,.*`nova: {{user: {{name: them}}}}`.*first; then run again$",
    )
    assert list(stack.site.ceph.pools) == []


def test_a_file_that_is_read_later_is_looked_at_too(stack: Stack) -> None:
    written(stack.site, "compute1", NOVA, "[libvirt]\nimages_rbd_pool = vms\n")
    written(stack.site, "compute1", "/etc/nova/nova-compute.conf", "[libvirt]\nimages_rbd_pool = theirs\n")
    refused_at_the_gate(stack, r"sets \[libvirt\] images_rbd_pool = theirs, which no stack wrote")


def test_a_host_out_of_reach_is_named_and_the_others_are_looked_at(
    stack: Stack, capfd: pytest.CaptureFixture[str]
) -> None:
    stack.site.hosts["compute1"].reachable = False
    written(stack.site, "compute2", NOVA, "[libvirt]\nrbd_user = them\n")
    refused_at_the_gate(stack, r"compute2 .*rbd_user = them")
    written(stack.site, "compute2", NOVA, "")
    stack.up()
    said = capfd.readouterr().err
    assert said.count("whether services there keep data elsewhere was not looked at") == 1
    assert "compute1 (192.0.2.1): cannot connect" in said


def test_files_as_the_settings_have_them_and_files_that_are_not_there_are_let_through(stack: Stack) -> None:
    written(stack.site, "api1", CINDER, "[ceph]\nrbd_pool = volumes\n[lvm]\nvolume_driver = x\n")
    written(stack.site, "compute1", NOVA, "no section\n")
    stack.up()


def guest(name: str, *monitors: str) -> dict[str, Any]:
    disk = {"pool": "vms", "image": name, "user": "cinder", "secret": UUID, "usage": "", "monitors": list(monitors)}
    return {"name": name, "uuid": name, "started": 0.0, "disks": [disk]}


def test_monitors_that_are_all_that_a_guest_knows_stay(stack: Stack) -> None:
    stack.up()
    libvirt = stack.site.hosts["compute2"].libvirt
    libvirt.guests = [guest("i-1", "192.0.2.2:6789"), guest("i-2", "192.0.2.1:6789", "192.0.2.2:6789"), guest("i-3")]
    words = r"monitor 192\.0\.2\.2 is the only one that guest i-1 on compute2 knows"
    gate = stack.made[names.GATE]
    with pytest.raises(Refused, match=words):
        looking_at(gate, monitors={"192.0.2.1:6789": True}).up()
    both = {"192.0.2.1:6789": True, "[v2:192.0.2.2:3300/0,v1:192.0.2.2:6789/0]": True}
    looking_at(gate, monitors=both).up()
    libvirt.guests = libvirt.guests[1:]
    looking_at(gate, monitors={"192.0.2.1:6789": True}).up()


def test_a_secret_that_was_adopted_stays_under_its_guests_when_it_is_taken_out(site: Site) -> None:
    assert SECRET.foreign is not None
    SECRET.prepare(site)
    SECRET.foreign(site)
    secret = SECRET.resource(site).change(adopt=True)
    secret.up()
    host = secret.props["host"]
    site.hosts[host].libvirt.domains = {"instance-1": [secret.props["uuid"]]}
    before = site.hosts[host].libvirt.state()
    gate = Managed(
        site,
        GuardProvider(),
        {
            "stack": STACK,
            "fsid": FSID,
            "guards": "change",
            "looks_at": {"secrets": {host: {secret.props["uuid"]: True}}},
        },
    )
    gate.up()
    gate.change(looks_at={}).up()
    secret.destroy()
    assert site.hosts[host].libvirt.state() == before
