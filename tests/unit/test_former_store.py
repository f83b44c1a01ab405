"""A list that was absent before us: what was in force in its place stays, or the change is refused. No machine."""

from __future__ import annotations

from typing import Any

import pytest

from components.services.glance import GLANCE
from components.services.glance.single_store import expected_store
from providers.errors import Refused
from providers.host.option_file import OptionFileObserved
from providers.openstack.config_sections import ConfigSectionsDesired, ConfigSectionsKind
from providers.reach.answers.file_state import FileState
from providers.reach.steps import PutFile
from tests.unit.components.graph import built, settings

PATH = "/etc/glance/glance-api.conf"
KIND = ConfigSectionsKind()


def desired(**changes: Any) -> ConfigSectionsDesired:
    return ConfigSectionsDesired.model_validate(built(**changes)["glance-config-controller1"].inputs)


def observed(text: str) -> OptionFileObserved:
    state = FileState("file", "root", "glance", "0640", "d", 0, text)
    return OptionFileObserved("controller1", state, None, {}, {})


def written(text: str, **changes: Any) -> str:
    contents = [
        step.content
        for step in KIND.plan(desired(**changes), observed(text))
        if isinstance(step, PutFile) and step.path == PATH
    ]
    assert len(contents) == 1
    assert isinstance(contents[0], str)
    return contents[0]


@pytest.mark.parametrize("folder", ["", "filesystem_store_datadir = /var/lib/glance/images\n", "stores = file,rbd\n"])
def test_a_single_store_becomes_one_of_two(folder: str) -> None:
    text = written(f"[DEFAULT]\n[glance_store]\n{folder}[file]\n")
    assert "enabled_backends = file_before_ceph:file,rbd:rbd\n" in text
    assert "[file_before_ceph]\nfilesystem_store_datadir = /var/lib/glance/images\n" in text
    assert "default_backend = rbd\n" in text


STAYS: dict[str, Any] = {"glance__layout": "single_store"}


def test_a_single_store_that_stays_is_asked_for_as_guides_write_it() -> None:
    text = written("[DEFAULT]\n[glance_store]\nstores = file,http\n", **STAYS)
    assert text == (
        "[DEFAULT]\n[glance_store]\nstores = file,http,rbd\ndefault_store = rbd\n"
        "rbd_store_ceph_conf = /etc/ceph/ceph.conf\nrbd_store_chunk_size = 8\nrbd_store_pool = images\n"
        "rbd_store_user = glance\n"
    )


def test_a_single_store_keeps_the_stores_that_are_read_where_none_is_named() -> None:
    assert "stores = file,http,rbd\n" in written("[DEFAULT]\n[glance_store]\n", **STAYS)


def test_a_single_store_that_stands_there_by_its_class_gets_no_second_name() -> None:
    stores = "stores = glance.store.rbd.Store,http"
    text = written(f"[glance_store]\n{stores}\n", glance__store_item="glance.store.rbd.Store", **STAYS)
    assert f"{stores}\n" in text


def test_a_single_store_is_refused_where_glance_reads_several() -> None:
    with pytest.raises(Refused, match=r"enabled_backends = fast:file: .* leave ceph-openstack:glance.layout"):
        KIND.plan(desired(**STAYS), observed("[DEFAULT]\nenabled_backends = fast:file\n"))


@pytest.mark.parametrize("stores", ["file,http,rbd", "glance.store.rbd.Store"])
def test_a_single_store_that_a_guide_made_becomes_one_of_two_in_one_edit(stores: str) -> None:
    guide = f"[DEFAULT]\n[glance_store]\nstores = {stores}\ndefault_store = rbd\nrbd_store_pool = images\n"
    text = written(guide)
    assert "enabled_backends = file_before_ceph:file,rbd:rbd\n" in text
    assert f"stores = {stores}\n" in text


def test_several_stores_stay_as_they_are_beside_ours() -> None:
    text = written("[DEFAULT]\nenabled_backends = fast:file\n[glance_store]\ndefault_backend = fast\n")
    assert "enabled_backends = fast:file,rbd:rbd\n" in text
    assert "default_backend = rbd\n" in text


def test_nothing_is_kept_when_there_is_nothing_to_keep() -> None:
    text = written("[glance_store]\nfilesystem_store_datadir = /srv\n", glance__file_store="none")
    assert "enabled_backends = rbd:rbd\n" in text
    assert "file_before_ceph" not in text


REFUSED = [
    ("filesystem_store_datadir = /srv/images", "set ceph-openstack:glance.file_store to that folder"),
    ("filesystem_store_datadirs = /srv/a:100", "make them a store in enabled_backends first"),
    ("default_store = swift", "make it a store in enabled_backends first"),
    ("rbd_store_pool = earlier", "name that pool in ceph-openstack:glance.pool with adopt: true"),
]


@pytest.mark.parametrize(("line", "advice"), REFUSED, ids=[line.split()[0] for line, _ in REFUSED])
def test_a_single_store_whose_images_would_be_lost_is_refused(line: str, advice: str) -> None:
    option, _, value = line.partition(" = ")
    with pytest.raises(Refused) as refused:
        KIND.plan(desired(), observed(f"[glance_store]\n{line}\n"))
    assert f"controller1: {PATH} sets [glance_store] {option} = {value}: " in str(refused.value)
    assert "out of reach" in str(refused.value)
    assert advice in str(refused.value)
    # glance-api does not read that line once there are several stores.
    assert KIND.plan(desired(), observed(f"[DEFAULT]\nenabled_backends = x:swift\n[glance_store]\n{line}\n"))


def test_the_folder_may_be_another_one() -> None:
    line = "filesystem_store_datadir = /srv/images/"
    assert "file_before_ceph:file" in written(f"[glance_store]\n{line}\n", glance__file_store="/srv/images/")


def test_refresh_shows_an_item_that_somebody_took_out() -> None:
    here = KIND.actual(desired(), observed("[DEFAULT]\nx = 1\n"))
    assert here["list_items_if_absent"] == {"DEFAULT": {"enabled_backends": ""}}
    elsewhere = KIND.actual(desired(), observed("[DEFAULT]\nenabled_backends = fast:file,rbd:rbd\n"))
    assert elsewhere["list_items_if_absent"] == {"DEFAULT": {"enabled_backends": "file_before_ceph:file"}}


def test_every_refusal_names_an_option_once() -> None:
    glance = settings().of(GLANCE)
    assert glance
    assert [len(options) for options in expected_store(glance).values()] == [len(REFUSED)]
