"""The guard: refuses before anything is touched, and only for what would really go."""

from __future__ import annotations

from typing import Any

import pytest

from providers.ceph import work
from providers.errors import HostError, Refused
from providers.old_inputs import OLD_INPUTS
from providers.stack.guard import GuardKind
from tests.sim.site import FSID, Managed, Site
from tests.unit.examples.example import STACK
from tests.unit.examples.guard import GUARD, LOOKS_AT
from tests.unit.examples.pool import POOL
from tests.unit.examples.secret import SECRET, UUID
from tests.unit.examples.user import USER
from tests.unit.examples.volume_type import CLOUD, VOLUME_TYPE

OTHER = UUID.replace("2", "3")


class Stack:
    """A pool, a user, two secrets, a volume type and two guards: one for what is taken out, one for a destroy."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.pool, self.user = POOL.resource(site), USER.resource(site)
        self.secrets = [
            Managed(site, SECRET.provider(), {**SECRET.props, "host": host, "uuid": UUID})
            for host in ("compute1", "compute2")
        ]
        secrets = {host: {UUID: True} for host in ("compute1", "compute2")}
        self.type = VOLUME_TYPE.resource(site)
        looks_at = {**LOOKS_AT, "secrets": secrets, "volume_types": {"ceph": True}}
        self.guard = Managed(site, GUARD.provider(), {**GUARD.props, "looks_at": looks_at, "cloud": CLOUD})
        self.gate = Managed(site, GUARD.provider(), {**self.guard.props, "guards": "change"})
        self.parts = [self.gate, self.pool, self.user, *self.secrets, self.type]

    def up(self) -> None:
        for part in [*self.parts, self.guard]:
            part.up()


@pytest.fixture
def stack(site: Site) -> Stack:
    made = Stack(site)
    made.up()
    return made


def refused(stack: Stack, reason: str) -> None:
    before = stack.site.everything()
    stack.site.steps()
    with pytest.raises(Refused, match=f"refusing to destroy it, nothing was changed: .*{reason}.*then run again"):
        stack.guard.destroy()
    assert stack.site.everything() == before
    assert stack.site.steps() == []


def test_an_idle_stack_may_go(stack: Stack) -> None:
    stack.guard.destroy()


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        (lambda ceph: ceph.images["volumes"].update(a=0), r"pool volumes holds 1 image \(a\)"),
        (lambda ceph: ceph.images["volumes"].update(a=2, b=1), r"pool volumes holds 2 images and 3 snapshots \(a, b\)"),
        (lambda ceph: ceph.trash.update(volumes=2), "pool volumes holds 2 images in the trash"),
        (lambda ceph: ceph.objects.update(volumes=1), "pool volumes holds 1 object that is not RBD's"),
    ],
)
def test_a_full_pool_is_refused_by_name_and_count(stack: Stack, fill: object, words: str) -> None:
    fill(stack.site.ceph)  # type: ignore[operator]
    refused(stack, words)


def test_a_full_pool_is_refused_by_its_own_deletion_too(stack: Stack) -> None:
    stack.site.ceph.images["volumes"]["a"] = 0
    before = stack.site.everything()
    with pytest.raises(Refused, match="refusing to delete pool volumes: it holds 1 image"):
        stack.pool.destroy()
    assert stack.site.everything() == before


def test_a_session_that_lasts_is_refused(stack: Stack) -> None:
    stack.site.ceph.sessions = [{"entity": "client.cinder", "address": "192.0.2.9:0", "id": "client.1 1"}]
    refused(stack, "user client.cinder has open sessions from 192.0.2.9:0")


def test_a_session_that_comes_and_goes_is_fine(stack: Stack) -> None:
    ceph, clock = stack.site.ceph, stack.site.clock
    ceph.sessions = [{"entity": "client.cinder", "address": "192.0.2.9:0", "id": "client.1 1"}]

    def later() -> None:
        ceph.sessions = [{"entity": "client.cinder", "address": "192.0.2.9:0", "id": "client.2 2"}]

    clock.meanwhile = later
    clock.waits.clear()
    stack.guard.destroy()
    assert clock.waits == [work.AGAIN_S]


def test_a_session_that_stays_is_looked_at_until_it_counts(stack: Stack) -> None:
    stack.site.ceph.sessions = [{"entity": "client.cinder", "address": "192.0.2.9:0", "id": "client.1 1"}]
    stack.site.clock.waits.clear()
    with pytest.raises(Refused, match=r"user client\.cinder has open sessions from 192\.0\.2\.9:0"):
        stack.guard.destroy()
    assert sum(stack.site.clock.waits) == work.LASTING_S


def test_a_domain_that_names_the_secret_is_refused(stack: Stack) -> None:
    stack.site.hosts["compute2"].libvirt.domains = {"instance-1": [UUID], "instance-2": [OTHER]}
    refused(stack, f"secret {UUID} on compute2 is named by domain instance-1")


def volumes(stack: Stack, *types: str) -> None:
    stack.site.cloud.volumes = [{"volume_type": name} for name in types]


def test_a_volume_type_in_use_is_refused_by_count(stack: Stack) -> None:
    volumes(stack, "ceph", "other", "ceph")
    refused(stack, "there are 2 volumes of type ceph")


def test_a_volume_type_in_use_is_refused_by_its_own_deletion_too(stack: Stack) -> None:
    volumes(stack, "ceph")
    before = stack.site.everything()
    with pytest.raises(Refused, match="refusing to delete volume type ceph: there is 1 volume of it"):
        stack.type.destroy()
    assert stack.site.everything() == before


def test_volumes_of_an_adopted_type_do_not_count(site: Site) -> None:
    VOLUME_TYPE.foreign(site)  # type: ignore[misc]
    made = Stack(site)
    made.type.change(adopt=True)
    made.up()
    volumes(made, "ceph")
    made.guard.destroy()
    made.type.destroy()
    assert site.cloud.type_named("ceph")


def test_an_unreachable_cloud_stops_the_destroy(stack: Stack) -> None:
    stack.site.cloud.reachable = False
    with pytest.raises(HostError, match="cannot connect"):
        stack.guard.destroy()


def test_an_unreachable_compute_is_named_and_the_others_are_looked_at(
    stack: Stack, capfd: pytest.CaptureFixture[str]
) -> None:
    stack.site.hosts["compute1"].reachable = False
    stack.site.hosts["compute2"].libvirt.domains = {"instance-1": [UUID]}
    refused(stack, "on compute2 is named by domain instance-1")
    stack.site.hosts["compute2"].libvirt.domains = {}
    stack.guard.destroy()
    assert "compute1 (192.0.2.1): cannot connect" in capfd.readouterr().err


def test_an_unreachable_cluster_stops_the_destroy(stack: Stack) -> None:
    stack.site.hosts["ceph1"].reachable = False
    with pytest.raises(HostError, match="cannot connect"):
        stack.guard.destroy()


def test_what_was_adopted_does_not_count(site: Site) -> None:
    POOL.foreign(site)  # type: ignore[misc]
    made = Stack(site)
    made.pool.change(adopt=True)
    made.up()
    site.ceph.images["volumes"]["a"] = 0
    made.guard.destroy()


def test_what_another_stack_made_does_not_count(stack: Stack) -> None:
    other = Managed(stack.site, GUARD.provider(), {**stack.guard.props, "stack": "prod"})
    other.up()
    stack.site.ceph.images["volumes"]["a"] = 0
    other.destroy()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pools": {}}, "pool volumes holds 1 image"),
        ({"entities": {}}, "user client.cinder has open sessions"),
        ({"secrets": {"compute1": {UUID: True}}}, "on compute2 is named by domain"),
        ({"volume_types": {}}, "there is 1 volume of type ceph"),
        ({"volume_types": {}, "cloud": None}, "there is 1 volume of type ceph"),
    ],
)
def test_the_gate_guards_what_was_taken_out(stack: Stack, change: dict[str, Any], words: str) -> None:
    change = {
        **({"cloud": change.pop("cloud")} if "cloud" in change else {}),
        "looks_at": {**stack.gate.props["looks_at"], **change},
    }
    stack.site.ceph.images["volumes"]["a"] = 0
    stack.site.ceph.sessions = [{"entity": "client.cinder", "address": "192.0.2.9:0", "id": "client.1 1"}]
    stack.site.hosts["compute2"].libvirt.domains = {"instance-1": [UUID]}
    volumes(stack, "ceph")
    before = stack.site.everything()
    with pytest.raises(Refused, match=f"refusing to take this out, nothing was changed: .*{words}"):
        stack.gate.change(**change).up()
    assert stack.site.everything() == before
    stack.guard.change(**change).up()
    stack.gate.destroy()


def test_the_gate_says_what_was_not_looked_at(stack: Stack, capfd: pytest.CaptureFixture[str]) -> None:
    stack.site.hosts["compute2"].reachable = False
    stack.gate.change(looks_at={**stack.gate.props["looks_at"], "secrets": {}}).up()
    assert "compute2 (192.0.2.1): cannot connect" in capfd.readouterr().err


def test_a_change_is_told_without_a_difference_by_name_because_all_of_it_is_hidden(stack: Stack) -> None:
    inputs, outs = stack.gate.inputs, stack.gate.outs or {}
    diff = stack.gate.provider.diff
    assert diff("x", {**outs, OLD_INPUTS: inputs}, dict(inputs)).changes is False
    assert diff("x", {**outs, OLD_INPUTS: inputs}, {**inputs, "looks_at": {}}).changes is True


def test_nothing_is_asked_where_nothing_was_taken_out(stack: Stack) -> None:
    stack.site.cut.done.clear()
    stack.gate.change(looks_at={**stack.gate.props["looks_at"], "pools": {"volumes": True, "more": True}}).up()
    assert stack.site.cut.done == []


def test_the_gate_logs_in_to_a_cloud_before_anything_is_changed(site: Site) -> None:
    """Otherwise services would be restarted before a wrong clouds.yaml is found."""
    site.cloud.reachable = False
    new = Managed(site, GUARD.provider(), {**GUARD.props, "guards": "change", "cloud": CLOUD})
    with pytest.raises(HostError, match="cannot connect"):
        new.up()
    gate = Managed(site, GUARD.provider(), {**GUARD.props, "guards": "change"})
    gate.up()
    with pytest.raises(HostError, match="cannot connect"):
        gate.change(cloud=CLOUD).up()
    site.cloud.reachable = True
    gate.up()
    site.cloud.reachable = False
    gate.change(looks_at={**LOOKS_AT, "pools": {"volumes": True, "more": True}}).up()
    with pytest.raises(HostError, match="cannot connect"):
        gate.change(cloud={**CLOUD, "region": "two"}).up()


def test_what_was_removed_is_no_input() -> None:
    desired = GuardKind.desired.model_validate({"stack": STACK, "fsid": FSID, "guards": "change"})
    carried = GuardKind().with_old_state(desired, {"looks_at": {"pools": {"a": True}}})
    assert carried.removed.looked_at.pools == ["a"]
    assert "removed" not in carried.model_dump()


def test_objects_that_are_being_trimmed_are_waited_for(stack: Stack) -> None:
    """Snapshot data of a removed image is still listed for some seconds, and is no reason to refuse."""
    ceph, name = stack.site.ceph, POOL.props["name"]
    ceph.objects[name] = 2
    stack.site.clock.meanwhile = lambda: ceph.objects.pop(name, None)
    stack.guard.destroy()
    assert name not in ceph.objects
