"""URNs, inputs, dependencies and providers must survive a move of code, because each state is made of them."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from tests.golden import store
from tests.golden.variants import variants

VARIANTS = variants()


def test_every_variant_has_its_file_and_every_file_its_variant() -> None:
    assert {path.stem for path in store.FOLDER.glob("*.json")} == set(VARIANTS)
    assert len(VARIANTS) >= 27


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_declared_is_golden(name: str) -> None:
    golden, now = store.read(name), store.declared(VARIANTS[name])
    assert sorted(now) == sorted(golden), "a URN changed: Pulumi would make it anew and delete the old one"
    changed = {urn: (golden[urn], now[urn]) for urn in golden if golden[urn] != now[urn]}
    assert changed == {}


def test_a_python_that_pickles_by_another_default_declares_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.14 has another default protocol than 3.13."""
    monkeypatch.setattr(pickle, "DEFAULT_PROTOCOL", 5)
    assert store.declared(VARIANTS["dev"]) == store.read("dev")


def test_a_parents_type_is_part_of_the_urn() -> None:
    """What the golden files are for: a component's type and name are in every URN below it."""
    urns = store.read("whole")
    types = "ceph-openstack:openstack:Glance$pulumi-python:dynamic/openstack:ConfigSections"
    assert f"urn:pulumi:golden::ceph-openstack::{types}::glance-config-controller1" in urns


@pytest.mark.parametrize("change", ["type", "parent"])
def test_a_changed_component_is_seen(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files see a renamed component type and a resource that is moved out of its component."""
    from pulumi import ComponentResource, ResourceOptions
    from pulumi.dynamic import Resource

    if change == "type":
        register: Any = ComponentResource.__init__

        def renamed(self: Any, kind: str, *rest: Any, **words: Any) -> None:
            register(self, kind.replace(":openstack:Glance", ":services:Glance"), *rest, **words)

        monkeypatch.setattr(ComponentResource, "__init__", renamed)
    else:
        make: Any = Resource.__init__

        def moved(self: Any, provider: Any, name: str, inputs: Any, opts: ResourceOptions | None = None) -> None:
            if opts is not None and name.startswith("glance-config"):
                opts.parent = None
            make(self, provider, name, inputs, opts)

        monkeypatch.setattr(Resource, "__init__", moved)
    now = store.declared(VARIANTS["whole"])
    gone = set(store.read("whole")) - set(now)
    assert any(urn.endswith("::glance-config-controller1") for urn in gone)
