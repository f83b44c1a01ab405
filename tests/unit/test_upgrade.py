"""A stack that commit 8a0fb58 wired, or was cut off while wiring, goes on under this version.

`tests/golden/journals` holds what that commit left of each example on the simulated site, after whole runs and after a
cut behind every remote act: the state, and what it had changed by then (files, `config-key` entries, users, pools,
secrets). Each key is written `<key n>`.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from providers.formats.keyring import CEPHX_KEY
from providers.old_inputs import OLD_INPUTS
from providers.resources import GuardProvider
from tests.sim.ceph import cephx_key
from tests.sim.numbers import Numbers
from tests.sim.site import FSID, Managed, Site, wire
from tests.unit.examples import EXAMPLES
from tests.unit.examples.example import STACK, Example
from tests.unit.examples.guard import GUARD, LOOKS_AT
from tests.unit.examples.secret import UUID

JOURNALS = Path(__file__).parents[1] / "golden" / "journals"
BY_NAME = {example.name.replace(" ", "_"): example for example in EXAMPLES}
Situation = dict[str, Any]


def _keys(text: str) -> str:
    for number in range(1, 20):
        text = text.replace(f"<key {number}>", cephx_key(number))
    return text


SITUATIONS = [
    pytest.param(BY_NAME[path.stem], situation, id=f"{path.stem}: {situation['name']}")
    for path in sorted(JOURNALS.glob("*.json"))
    for situation in json.loads(_keys(path.read_text()))
]


def each(holds: Callable[[Situation], object]) -> pytest.MarkDecorator:
    """Return the mark for a test of every situation that `holds` accepts."""
    held = [situation for situation in SITUATIONS if holds(situation.values[1])]  # type: ignore[arg-type]
    return pytest.mark.parametrize(("example", "situation"), held)


def whole(situation: Situation) -> bool:
    return bool(situation["name"].endswith("done"))


def settled(situation: Situation) -> bool:
    """Return whether no adoption has left something to do."""
    return whole(situation) and not situation["outs"]["pending"]


def known(situation: Situation) -> bool:
    """Return whether the state holds the resource."""
    return situation["outs"] is not None


def _put_files(site: Site, files: dict[str, list[Any]], gone: list[str]) -> None:
    for name in sorted(gone, reverse=True):
        path = site.root / name
        path.rmdir() if path.is_dir() else path.unlink()
    for name, (mode, uid, gid, text) in sorted(files.items()):
        path = site.root / name
        if text is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_text(text)
        os.chown(path, uid, gid)
        path.chmod(int(mode, 8))


def _of_today(site: Site, pools: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the pools with the fields that the simulation did not have when the situations were recorded."""
    if not pools:
        return {}
    site.ceph.do_osd_pool_create("usual")
    usual, _ = site.ceph.pools.pop("usual"), site.ceph.images.pop("usual")
    found = {}
    for name, row in pools.items():
        there = site.ceph.pools.get(name, usual)
        found[name] = {**there, **row, "options": {**there["options"], **row["options"]}}
    return found


def _left(site: Site, example: Example, situation: Situation) -> tuple[dict[str, Any], Managed]:
    """Return all that was there before the old version, and the resource as the old version left it."""
    example.prepare(site)
    if situation["name"].startswith("adopt"):
        assert example.foreign is not None
        example.foreign(site)
    before = site.everything()
    changed, gone = situation["changed"], situation["gone"]
    _put_files(site, changed.get("files", {}), gone.get("files", []))
    rows: dict[str, dict[str, Any]] = {"pools": site.ceph.pools, "users": site.ceph.users, "store": {}}
    rows |= {"types": site.cloud.types, "images": site.cloud.images}
    site.ceph.store.update(changed.get("store", {}))
    changed = {**changed, "pools": _of_today(site, changed.get("pools", {}))}
    for name, there in rows.items():
        there.update(changed.get(name, {}))
        for row in gone.get(name, []):
            del there[row]
    for host, secrets in changed.get("secrets", {}).items():
        for uuid, secret in secrets.items():
            value = None if secret["value"] is None else base64.b64decode(secret["value"])
            site.hosts[host].libvirt.secrets[uuid] = {**secret, "value": value}
    site.ceph._numbers, site.cloud._numbers = Numbers(50), Numbers(50)
    # A program of this version asks for the same, in the present shape.
    props = example.provider.kind.upgraded(situation["props"], {})
    managed = Managed(site, example.provider(), props, situation["id"], situation["inputs"])
    managed.outs = situation["outs"]
    return before, managed


def test_no_key_is_kept_with_the_journals() -> None:
    assert len(SITUATIONS) > 200
    assert [path.name for path in JOURNALS.glob("*") if CEPHX_KEY.search(path.read_text())] == []


@each(whole)
def test_a_preview_after_the_upgrade_shows_nothing_to_do(site: Site, example: Example, situation: Situation) -> None:
    _before, managed = _left(site, example, situation)
    wanted = bool(managed.outs and managed.outs["pending"])
    assert managed.wants() == wanted
    managed.refresh()
    assert managed.wants() == wanted


@each(settled)
def test_a_run_after_the_upgrade_changes_nothing_and_a_destroy_leaves_no_trace(
    site: Site, example: Example, situation: Situation
) -> None:
    before, managed = _left(site, example, situation)
    there = site.everything()
    site.new_run()
    managed.outs = wire(managed.provider.update(managed.id, dict(managed.outs or {}), managed.checked()).outs)
    assert site.steps() == []
    there["cluster"]["store"] = site.ceph.store  # an entry may have got fields that this version needs
    assert site.everything() == there
    managed.destroy()
    assert site.everything() == before


@each(lambda _situation: True)
def test_what_the_old_version_left_is_finished_and_taken_off_without_a_trace(
    site: Site, example: Example, situation: Situation
) -> None:
    before, managed = _left(site, example, situation)
    managed.up()
    managed.destroy()
    assert site.everything() == before


@each(known)
def test_what_the_old_version_left_is_taken_off_without_a_trace(
    site: Site, example: Example, situation: Situation
) -> None:
    before, managed = _left(site, example, situation)
    managed.destroy()
    assert site.everything() == before


SINCE: dict[str, Any] = {
    "places": {"api1": {"cinder": {"ceph": {"rbd_pool": "volumes"}}}},
    "files": {"cinder": ["/etc/cinder/cinder.conf"]},
    "caps": {"client.cinder": {"mon": "profile rbd", "osd": "profile rbd pool=volumes, profile rbd pool=vms"}},
    "settings": {"client.cinder": "cinder.user"},
    "monitors": ["192.0.2.1"],
}
"""What the gate is sent since it looks at files, caps and monitors."""
GATE = {**GUARD.props, "guards": "change", "looks_at": {**LOOKS_AT, **SINCE}}


def _gate_of_before(site: Site) -> Managed:
    """Return the gate of 8a0fb58, whose inputs are lists side by side, and which is not sent `SINCE`."""
    gate = Managed(site, GuardProvider(), dict(GATE))
    gate.up()
    before: dict[str, Any] = {
        "stack": STACK,
        "fsid": FSID,
        "guards": "change",
        "pools": ["volumes"],
        "entities": ["client.cinder"],
        "secrets": [{"host": "compute1", "uuid": UUID}],
        "volume_types": [],
    }
    gate.inputs, gate.outs = dict(before), {**before, "pending": [], "reached": {}}
    return gate


def test_a_gate_of_before_previews_without_a_change_and_asks_nobody(site: Site) -> None:
    gate = _gate_of_before(site)
    site.cut.done.clear()
    for _ in range(3):
        assert not gate.wants()
        assert gate.up() == "same"
    assert site.cut.done == []
    assert gate.inputs["looks_at"]["caps"] == SINCE["caps"]  # the engine keeps the inputs of what has no change


def test_a_refresh_shows_no_drift_in_a_gate_of_before(site: Site) -> None:
    """The engine then calls `diff` with what it read as the old side, and the state's inputs as the new one."""
    gate = _gate_of_before(site)
    inputs = dict(gate.inputs)
    assert gate.drift() == {}
    gate.up()
    inputs = dict(gate.inputs)
    gate.refresh()
    assert gate.outs is not None
    assert gate.provider.diff(gate.id, {**gate.outs, OLD_INPUTS: gate.inputs}, inputs).changes is False
    assert not gate.wants()
    assert gate.up() == "same"


@pytest.mark.parametrize(
    "change",
    [
        {"caps": {"client.cinder": {"mon": "profile rbd", "osd": "profile rbd pool=volumes"}}},
        {"places": {}},
        {"monitors": ["192.0.2.2"]},
        {"pools": {}},
        {"entities": {"client.cinder": True, "client.nova": True}},
    ],
)
def test_a_gate_of_before_looks_at_the_first_change(site: Site, change: dict[str, Any]) -> None:
    gate = _gate_of_before(site)
    gate.up()
    assert gate.change(looks_at={**GATE["looks_at"], **change}).wants()
    assert gate.up() == "update"
    assert gate.up() == "same"
    gate.change(looks_at=GATE["looks_at"])
    assert gate.up() == "update"
    assert gate.up() == "same"
