"""`pool.shared`: one pool of several services is one resource, granted once. `list_position`: sent only when first."""

from __future__ import annotations

from typing import Any

from components.stack.wire import wire

from .graph import built, settings

SHARED: dict[str, Any] = {
    f"{service}__pool": {"name": "rbd", "shared": True} for service in ("glance", "cinder", "nova")
}


def test_a_shared_pool_is_made_once_as_the_first_service_s() -> None:
    declared = built(**SHARED)
    pools = {name: resource.inputs for name, resource in declared.items() if resource.kind == "Pool"}
    assert set(pools) == {"cinder-backup-pool", "glance-pool"}
    assert pools["glance-pool"]["name"] == "rbd"
    assert "shared" not in pools["glance-pool"]
    assert set(declared["guard"].inputs["looks_at"]["pools"]) == {"rbd", "backups"}


def test_every_user_of_a_shared_pool_waits_for_it_and_is_granted_it_once() -> None:
    declared = built(**SHARED)
    assert declared["cinder-user"].needs == {"cluster", "glance-pool"}
    assert declared["cinder-user"].inputs["caps"]["osd"] == "profile rbd pool=rbd"
    assert declared["glance-user"].inputs["caps"]["osd"] == "profile rbd pool=rbd"


def test_verify_looks_at_a_shared_pool_once_as_each_user() -> None:
    accounts = wire(settings(**SHARED), "test").accounts
    assert {account.pools for account in accounts if account.entity == "client.cinder"} == {("rbd",)}


def test_shared_changes_nothing_of_a_pool_that_one_service_has() -> None:
    assert built(glance__pool={"name": "images", "shared": True}) == built()


def test_a_shared_pool_has_the_settings_that_each_service_says() -> None:
    wanted = {"name": "rbd", "shared": True, "size": 2}
    declared = built(cinder__pool=wanted, nova__pool=wanted)
    assert declared["cinder-pool"].inputs["size"] == 2
    assert "nova-pool" not in declared


def test_a_list_position_is_sent_only_when_it_is_first() -> None:
    declared = built(cinder__list_position="first", glance__list_position="last")
    assert declared["cinder-config-controller1"].inputs["list_position"] == "first"
    assert "list_position" not in declared["glance-config-controller1"].inputs
    unmanaged = built(cinder__list_position="first", cinder__unmanaged_options=["[DEFAULT] enabled_backends"])
    assert "list_position" not in unmanaged["cinder-config-controller1"].inputs
