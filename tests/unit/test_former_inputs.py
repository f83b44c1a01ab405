"""Inputs of the last version, with lists and digests, are no change under this version, and hide no change.

`tests/golden/former` holds what commits cbe6189 and 6d5c7e0 stored as inputs for some golden stacks, of the types whose
inputs were lists then.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from providers.base import ManagedProvider
from providers.host.watched_file import NOT_RECORDED, digest_of
from providers.kind import Kind
from providers.old_inputs import OLD_INPUTS
from providers.resources import PROVIDERS, ManagedResource
from tests.golden.store import declared
from tests.golden.variants import variants
from tests.sim.site import Managed, Site, wire
from tests.unit.examples.config_sections import CONF
from tests.unit.examples.service import SERVICE

FORMER = Path(__file__).parents[1] / "golden" / "former"
PROVIDER_OF: dict[str, type[ManagedProvider]] = {
    f"pulumi-python:{made._resource_type_name}": made.provider for made in ManagedResource.__subclasses__()
}
Inputs = dict[str, Any]


def kind_of(urn: str) -> Kind[Any, Any]:
    return provider_of(urn).kind


def provider_of(urn: str) -> ManagedProvider:
    return PROVIDER_OF[urn.split("::")[2].rpartition("$")[2]]()


@cache
def stored(name: str) -> dict[str, Inputs]:
    """Return the inputs of the last version by URN, as the engine's protocol has them."""
    rows: dict[str, Inputs] = json.loads((FORMER / f"{name}.json").read_text())
    return {urn: wire(row) for urn, row in rows.items()}


def checked(urn: str, olds: Inputs, given: Inputs) -> Inputs:
    result = provider_of(urn).check(copy.deepcopy(olds), wire(given))
    assert not result.failures
    inputs: Inputs = wire(result.inputs)
    return inputs


def raw_of(name: str, change: dict[str, Any]) -> dict[str, Any]:
    raw = copy.deepcopy(variants()[name])
    for path, value in change.items():
        *above, last = path.split(".")
        at = raw
        for step in above:
            at = at[step]
        at[last] = value
    return raw


def changed(name: str, change: dict[str, Any], *, with_inputs: bool) -> set[str]:
    """Return the resources that a preview of the changed settings shows as an update of the last version's state."""
    graph, found = declared(raw_of(name, change)), set()
    for urn, olds in stored(name).items():
        news = checked(urn, olds, graph[urn]["inputs"])
        outs = {**olds, "pending": [], **({OLD_INPUTS: copy.deepcopy(olds)} if with_inputs else {})}
        changes = provider_of(urn).diff("x", outs, news).changes
        if olds != news if changes is None else changes:
            found.add(urn)
    return found


NAMES = sorted(path.stem for path in FORMER.glob("*.json"))


def test_the_states_have_the_former_shapes() -> None:
    text = json.dumps([stored(name) for name in NAMES])
    assert all(words in text for words in ('"reads": {"', '"watch": [{"', '"optional": true', '"secrets": [{"'))
    assert all(words in text for words in ('"expected": [{"', '"mon_hosts": ["', '"enabled_backends": ["'))


@pytest.mark.parametrize("with_inputs", [True, False], ids=["old inputs known", "outputs only"])
@pytest.mark.parametrize("name", NAMES)
def test_a_preview_of_the_last_version_s_state_is_empty(name: str, with_inputs: bool) -> None:
    assert changed(name, {}, with_inputs=with_inputs) == set()


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("two_back_ends", {"cinder.backends": {"ceph": {"pool": {"name": "volumes"}}}}),
    ("two_back_ends", {"glance.options": {"rbd": {"rbd_thin_provisioning": True}}}),
    ("two_back_ends", {"cluster.mon_hosts": ["192.0.2.9:6789"]}),
    ("two_back_ends", {"cluster.client_options": {"rbd cache": True}}),
    ("generation_2_own_nova_user", {"nova.user": {"name": "nova", "generation": 3}}),
    ("generation_2_own_nova_user", {"nova.user": {"name": "nova", "generation": 2, "keep_previous": False}}),
    ("generation_2_own_nova_user", {"nova.disk_cachemodes": "network=none"}),
    ("keyrings", {"glance.keyrings": {"client.glance": {"path": "/etc/glance/rbd.keyring", "mode": "0640"}}}),
    ("keyrings", {"cinder.user": {"name": "cinder", "keep_pools": ["images"]}}),
    ("openstack", {"openstack.volume_types": {"ceph": {}}}),
    ("single_store", {"glance.pool": {"name": "images", "size": 2}}),
    ("rhel", {"nova.options": {"workarounds": {"never_download_image_if_on_rbd": True}}}),
    ("adopt_stack", {"cinder_backup.options": {"DEFAULT": {"backup_ceph_chunk_size": 1}}}),
]


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_what_changes_is_shown_and_nothing_else(name: str, change: dict[str, Any]) -> None:
    """The same change under this version's own state says what has to be shown."""
    before, after = declared(raw_of(name, {})), declared(raw_of(name, change))
    wanted = {urn for urn in stored(name) if before[urn]["inputs"] != after[urn]["inputs"]}
    assert changed(name, change, with_inputs=True) == wanted
    assert changed(name, change, with_inputs=False) == wanted


@pytest.mark.parametrize("name", NAMES)
def test_what_is_upgraded_once_is_the_present_shape(name: str) -> None:
    for urn, olds in stored(name).items():
        kind = kind_of(urn)
        once = kind.upgraded(copy.deepcopy(olds), {})
        assert once != olds
        assert kind.upgraded(copy.deepcopy(once), {}) == once
        kind.desired.model_validate({name: value for name, value in once.items() if name in kind.desired.model_fields})
        assert once.keys() - kind.desired.model_fields.keys() == set()


JUNK: list[Any] = [None, 1.0, "x", [], {}, [None], [{}], {"a": None}, {"a": [None]}, [{"path": None, "options": None}]]


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.__name__)
def test_a_diff_raises_for_no_state(provider: type[ManagedProvider]) -> None:
    kind = provider.kind
    names = [*kind.desired.model_fields, *kind.former]
    for name in names:
        for junk in JUNK:
            for other in ({}, {name: junk}, {"looks_at": junk, "watch": junk, "reads": junk, "ready": {"lines": junk}}):
                provider().diff("x", {name: junk}, dict(other))
                provider().diff("x", dict(other), {name: junk})


def as_before(inputs: Inputs) -> Inputs:
    """Return a service's inputs as the last version sent them."""
    watch, reads = [], {}
    for path, file in inputs["watch"].items():
        options = {section: list(values) for section, values in file["options"].items()}
        watch.append({"path": path, "dialect": file["dialect"], "options": options, "optional": False})
        reads[f"label-{path}"] = digest_of(path, file)
    ready = {**inputs["ready"], "lines": list(inputs["ready"]["lines"]), "failures": list(inputs["ready"]["failures"])}
    return {**inputs, "watch": watch, "reads": reads, "ready": ready}


@pytest.fixture
def former(site: Site) -> Managed:
    """A service that the last version has restarted."""
    SERVICE.prepare(site)
    service = SERVICE.resource(site)
    service.up()
    service.inputs, service.outs = as_before(service.inputs), as_before(service.outs or {})
    site.steps()
    return service


def test_a_service_of_the_last_version_is_not_restarted(site: Site, former: Managed) -> None:
    starts = site.hosts["api1"].systemd.units["cinder-volume.service"].starts
    assert not former.wants()
    assert former.up() == "same"
    assert former.up() == "same"
    former.change(watch={CONF: {"dialect": "oslo", "options": {"DEFAULT": {"debug": "other"}}}})
    assert former.up() == "update"
    assert site.steps() == []
    assert site.hosts["api1"].systemd.units["cinder-volume.service"].starts == starts


def test_a_refresh_of_a_service_of_the_last_version_shows_drift_alone_and_loses_no_digest(former: Managed) -> None:
    assert former.drift() == {}
    assert not former.wants()
    former.site.hosts["api1"].systemd.units["cinder-volume.service"].stop()
    assert former.drift() == {"active": False}
    former.change(watch={CONF: {"dialect": "oslo", "options": {"DEFAULT": {"debug": "other"}}}})
    assert former.wants()
    former.change(watch=SERVICE.props["watch"])
    assert former.up() == "update"
    assert former.drift() == {}
    assert not former.wants()


def test_a_host_out_of_reach_keeps_the_inputs_of_the_last_version(former: Managed) -> None:
    former.site.hosts["api1"].reachable = False
    assert former.drift() == {}
    assert former.inputs["reads"]


def test_a_service_of_the_last_version_leaves_no_trace(site: Site) -> None:
    SERVICE.prepare(site)
    before = site.everything()
    service = SERVICE.resource(site)
    service.up()
    service.outs = as_before(service.outs or {})
    service.destroy()
    assert site.everything() == before


def test_values_that_no_digest_confirms_are_marked_as_unknown() -> None:
    service = PROVIDER_OF["pulumi-python:dynamic/host:Service"].kind
    now = {"watch": {CONF: {"dialect": "oslo", "options": {"DEFAULT": {"debug": "true"}}}}}
    before = as_before({**now, "ready": {"lines": {}, "failures": {}}})
    assert service.upgraded(before, now)["watch"] == now["watch"]
    other = {"watch": {CONF: {"dialect": "oslo", "options": {"DEFAULT": {"debug": "false"}}}}}
    shown = service.upgraded(before, other)["watch"][CONF]["options"]
    assert shown == {"DEFAULT": {"debug": NOT_RECORDED}}


DIGESTS: dict[tuple[str, ...], str] = {
    ("cinder", "cinder-backup"): "7625b84c19755debf55d469fb6871fe0e1ba8701e6ef3bf9f9b86683b9345a18",
    ("cinder-backup", "cinder"): "293b1e7516242e6c260dceb6655b6191e27b9b8bb1c6ede1fb21460d96e8f6b1",
}
"""What commits 8a0fb58 and cbe6189 record of the site below, by the order in which they look at the keyrings."""


@pytest.mark.parametrize("order", DIGESTS)
def test_what_the_last_version_recorded_on_the_host_restarts_nothing(site: Site, order: tuple[str, ...]) -> None:
    """With another way to compute the digest of what a process has read, every service would be stale."""
    host, watch = cinder_backup(site)
    service = SERVICE.resource(site).change(watch=watch)
    service.up()
    starts = host.systemd.units["cinder-volume.service"].starts
    record = host.path("/run/ceph-openstack/dev/cinder-volume.service.json")
    found = json.loads(record.read_text())
    assert found["digest"] in DIGESTS.values()
    record.write_text(json.dumps({**found, "digest": DIGESTS[order]}))
    entry = host.path("/var/lib/ceph-openstack/dev/service-change-cinder-volume.service.json")
    kept = json.loads(entry.read_text())
    assert kept["record"]["digest"] == found["digest"]
    entry.write_text(json.dumps({**kept, "record": {**kept["record"], "digest": DIGESTS[order]}}))
    assert service.drift() == {}
    other = {**watch[CONF], "options": {**watch[CONF]["options"], "DEFAULT": {"debug": "y", "enabled_backends": "y"}}}
    service.change(watch={**watch, CONF: other})
    site.steps()
    assert service.up() == "update"
    assert site.steps() == []
    assert host.systemd.units["cinder-volume.service"].starts == starts


def cinder_backup(site: Site) -> tuple[Any, dict[str, Any]]:
    """Return a host with ceph.conf, two keyrings, a file and what is read later; and all of them as an input."""
    SERVICE.prepare(site)
    host, folder = site.hosts["api1"], "/etc/cinder/cinder.conf.d"
    host.path(folder).mkdir()
    host.path(f"{folder}/x.conf").write_text("[DEFAULT]\ndebug = yes\n")
    keyrings = {name: f"/etc/ceph/ceph.client.{name}.keyring" for name in ("cinder", "cinder-backup")}
    for name, path in keyrings.items():
        key = site.ceph.add_user(f"client.{name}", {"mon": "profile rbd"})
        host.path(path).write_text(f"[client.{name}]\n\tkey = {key}\n")
    conf = "[global]\n fsid = x\nmon host = 1.2.3.4 \n[client.cinder]\nrbd_cache = true # c\n"
    host.path("/etc/ceph/ceph.conf").write_text(conf)
    options = {"DEFAULT": {"debug": "x", "enabled_backends": "x"}, "lvm": {"volume_group": "x"}}
    in_ceph_conf = {"global": {"fsid": "x", "mon_host": "x"}, "client.cinder": {"rbd cache": "x", "keyring": "x"}}
    return host, {
        CONF: {"dialect": "oslo", "options": options, "later_files": ["/etc/cinder/none.conf", folder]},
        **{path: {"dialect": "keyring", "entity": f"client.{name}"} for name, path in keyrings.items()},
        "/etc/ceph/ceph.conf": {"dialect": "ceph", "options": in_ceph_conf},
    }
