"""A host that was renamed keeps what is there, also when the run that renamed it was cut off before its deletions.

The journal's entries name their host. An entry of an earlier version names none, until the run that renames the host.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from providers.on_host import KindOnHost
from providers.reach import machines as current_machines
from providers.reach.host_access import HostAccess
from providers.reach.machines import Machines
from tests.sim.host import Killed
from tests.sim.site import Managed, SimSettings, Site
from tests.unit.examples import EXAMPLES
from tests.unit.examples.example import Example
from tests.unit.examples.taken_over import TAKEN_OVER

NEW = "controller1"
JOURNALLED = [
    example
    for example in [*EXAMPLES, *TAKEN_OVER]
    if isinstance(example.provider.kind, KindOnHost) and example.provider.kind.entry_kinds() and example.has_entry
]
MADE = [example for example in JOURNALLED if example not in TAKEN_OVER]
each = pytest.mark.parametrize("example", JOURNALLED, ids=lambda example: example.name)


def entries(site: Site) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in site.root.rglob("var/lib/ceph-openstack/*/*.json")]


def without_names(site: Site) -> None:
    """Let the journal be one of an earlier version."""
    for path in site.root.rglob("var/lib/ceph-openstack/*/*.json"):
        entry = json.loads(path.read_text())
        del entry["host"]
        path.write_text(json.dumps(entry))


def rename(site: Site, monkeypatch: pytest.MonkeyPatch, old: str) -> None:
    """Give a host another name in the settings. Its old name is only in what the state keeps of it."""
    host = site.hosts[old]
    site.hosts[NEW] = host

    def new_run() -> None:
        access = {name: HostAccess(name, one.access.address) for name, one in site.hosts.items() if name != old}
        settings = SimSettings(access, "ceph1", machines=site.hosts)
        current_machines.replace_current(Machines(settings, lambda _place: site.cloud, site.clock))

    monkeypatch.setattr(site, "new_run", new_run)


def made(site: Site, example: Example) -> Managed:
    example.prepare(site)
    resource = example.resource(site)
    if example in TAKEN_OVER:
        assert example.foreign is not None
        example.foreign(site)
        resource.change(adopt=True)
    resource.up()
    return resource


def under_its_new_name(site: Site, old: Managed) -> Managed:
    return Managed(site, old.provider, {**old.props, "host": NEW})


@each
def test_each_entry_names_its_host(site: Site, example: Example) -> None:
    made(site, example)
    assert [entry["host"] for entry in entries(site)] == [example.props["host"]]


@each
@pytest.mark.parametrize("nameless", [False, True], ids=["named", "of an earlier version"])
def test_the_deletion_that_a_cut_left_to_a_later_run_leaves_what_the_new_name_has(
    site: Site, example: Example, nameless: bool, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    old = made(site, example)
    if nameless:
        without_names(site)
    rename(site, monkeypatch, example.props["host"])
    new = under_its_new_name(site, old)
    assert new.up() == "create"
    assert [entry["host"] for entry in entries(site)] == [NEW]
    # The run is cut off here, and the next run has nothing to do but the deletion.
    before = site.everything()
    site.steps()
    old.destroy()
    assert site.everything() == before
    assert site.steps() == []
    warning = f"warning: {example.props['host']} is called {NEW} now, so what {NEW} has there is left\n"
    assert warning in capfd.readouterr().err
    if example not in TAKEN_OVER:
        assert new.drift() == {}
    new.destroy()
    assert entries(site) == []


@each
def test_a_cut_create_under_the_new_name_is_finished_by_the_next_run(
    site: Site, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = made(site, example)
    without_names(site)
    rename(site, monkeypatch, example.props["host"])
    new = under_its_new_name(site, old)
    for after in range(20):
        site.cut_after(after)
        try:
            new.up()
        except Killed:
            continue
        break
    site.cut_after(None)
    before = site.everything()
    old.destroy()
    assert site.everything() == before
    assert [entry["host"] for entry in entries(site)] == [NEW]


@pytest.mark.parametrize("example", MADE, ids=lambda example: example.name)
def test_an_entry_of_an_earlier_version_is_no_change_by_itself(site: Site, example: Example) -> None:
    resource = made(site, example)
    without_names(site)
    before = site.everything()
    assert resource.drift() == {}
    assert not resource.wants()
    kind = resource.provider.kind
    site.new_run()
    desired = kind.desired.model_validate(resource.props).as_stored()
    assert kind.plan(desired, kind.read(desired, current_machines.current())) == []
    assert site.everything() == before
    resource.destroy()
    assert entries(site) == []


@each
def test_a_name_that_was_taken_back_is_put_back_as_ever(
    site: Site, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings have the old name again after a cut, and the entry names a host that is in no settings."""
    example.prepare(site)
    before, old = site.everything(), example.resource(site)
    if example in TAKEN_OVER:
        assert example.foreign is not None
        example.foreign(site)
        before = site.everything()
        old.change(adopt=True)
    old.up()
    with monkeypatch.context() as renamed:
        rename(site, renamed, example.props["host"])
        under_its_new_name(site, old).up()
    del site.hosts[NEW]
    old.destroy()
    assert {**site.everything(), "active": None} == {**before, "active": None}
