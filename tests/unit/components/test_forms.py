"""The form in which a release has Glance's store and Cinder's back end, and the forms that it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from components.services import SERVICES
from components.services.cinder import CINDER
from components.services.finding import FindingState
from components.services.glance import GLANCE
from components.stack.inventory import take_inventory
from components.stack.parse import parse
from components.stack.wire import wire
from providers.errors import Refused
from providers.host.option_file import OptionFileObserved
from providers.openstack.config_sections import ConfigSectionsDesired, ConfigSectionsKind
from providers.plan import Step
from providers.reach.answers.file_state import FileState

from .graph import built, raw, settings


@pytest.mark.parametrize(
    ("release", "layout"),
    [("havana", "single_store"), ("queens", "single_store"), ("stein", "single_store"), ("train", None), ("zed", None)],
)
def test_the_release_decides_how_many_stores_there_are(release: str, layout: str | None) -> None:
    glance = settings(release=release).of(GLANCE)
    assert glance
    assert glance.layout == layout
    assert glance.is_single == (layout == "single_store")


def test_what_the_settings_say_of_the_store_is_kept() -> None:
    glance = settings(release="rocky", glance__layout="multi_store").of(GLANCE)
    assert glance
    assert not glance.is_single


def test_several_stores_are_refused_where_there_are_none() -> None:
    assert parse(raw(release="queens", glance__layout="multi_store")) == [
        "ceph-openstack:glance.layout: must not be multi_store: several stores appeared in Rocky, and the cloud runs "
        "queens; leave it out"
    ]


FLAT: dict[str, Any] = {"release": "juno", "cinder__layout": "flat"}


def test_a_flat_back_end_is_in_default_and_in_no_list() -> None:
    config = built(**FLAT)["cinder-config-controller1"].inputs
    assert set(config["sections"]) == {"DEFAULT"}
    assert "volume_backend_name" not in config["sections"]["DEFAULT"]
    assert config["sections"]["DEFAULT"]["rbd_pool"] == "volumes"
    assert not config.get("list_items")
    assert wire(settings(**FLAT), "test").outputs["back_ends"].get("cinder", {}) == {}


def test_a_flat_back_end_is_refused_where_cinder_reads_sections() -> None:
    desired = ConfigSectionsDesired.model_validate(built(**FLAT)["cinder-config-controller1"].inputs)

    def plan(text: str) -> list[Step]:
        state = FileState("file", "root", "cinder", "0640", "d", 0, text)
        return ConfigSectionsKind().plan(desired, OptionFileObserved("controller1", state, None, {}, {}))

    assert plan("[DEFAULT]\nenabled_backends =\n")
    refused = r"cinder.conf sets \[DEFAULT\] enabled_backends = lvm: .*; leave ceph-openstack:cinder.layout at sections"
    with pytest.raises(Refused, match=refused):
        plan("[DEFAULT]\nenabled_backends = lvm\n[lvm]\n")


def test_a_flat_back_end_is_the_service_without_a_name() -> None:
    given = settings(**FLAT)
    mine = given.of(CINDER)
    assert mine
    inventory = take_inventory(given, "test", SERVICES)
    (look,) = CINDER.links(mine, inventory.others, inventory.site)

    def ask(*hosts: str) -> FindingState:
        rows = [{"binary": "cinder-volume", "host": host, "state": "up", "status": "enabled"} for host in hosts]

        class Api:
            def get(self, *_: str) -> dict[str, Any]:
                return {"services": rows}

        return look.ask(Api()).state

    assert ask("controller1", "controller1@lvm") is FindingState.OK
    assert ask("controller1@lvm") is FindingState.BROKEN


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        (
            {"release": "ocata", "cinder__layout": "flat"},
            [
                "cinder.layout: must not be flat: since Ocata no back end starts from [DEFAULT], and the cloud runs "
                "ocata; leave it out"
            ],
        ),
        (
            {**FLAT, "cinder__pool": None, "cinder__backends": {"a": {"pool": {"name": "volumes"}}}},
            ["cinder: has layout flat, which has a single back end without a section: write `pool` instead"],
        ),
        (
            {**FLAT, "openstack": {"cloud": "c", "volume_types": {"ceph": {}}}},
            ["openstack.volume_types.ceph: needs cinder.layout sections, because a type selects a back end by name"],
        ),
        (
            {**FLAT, "cinder__options": {"DEFAULT": {"rbd_pool": "x"}}},
            ["cinder.options.DEFAULT.rbd_pool: is written from cinder.pool.name; set that instead"],
        ),
    ],
)
def test_refused(changes: dict[str, Any], lines: list[str]) -> None:
    assert parse(raw(**changes)) == [f"ceph-openstack:{line}" for line in lines]
