"""Settings that defer restarts: what a run sends, what it says, and the maintenance run."""

from __future__ import annotations

import json

import pulumi
import pytest
from pulumi.runtime.config import set_all_config

from components.stack.load import load
from components.stack.maintenance import SWITCH, for_this_run
from components.stack.parse import parse
from components.stack.wire import wire

from .graph import built, raw, settings


def test_only_the_restart_after_a_change_of_that_service_is_deferred() -> None:
    graph = built(nova__restart="deferred")
    assert {name for name, one in graph.items() if one.inputs.get("restart") == "deferred"} == {
        "nova-compute-compute1",
        "nova-compute-compute2",
    }
    assert graph["gate"].inputs["deferred"] == {"nova": True}


def test_now_is_what_is_sent_without_the_setting() -> None:
    assert built(nova__restart="now") == built()


def test_each_run_says_what_it_defers_and_how_it_is_done() -> None:
    told = {
        notice.setting: notice for notice in wire(settings(nova__restart="deferred", nova__hosts=[]), "test").notices
    }
    assert "nova.restart" not in told
    (said,) = (
        notice
        for notice in wire(settings(nova__restart="deferred"), "test").notices
        if notice.setting == "nova.restart"
    )
    assert (said.level, said.text) == (
        "info",
        "deferred: files are written, and no process is restarted to read them until a run with "
        "CEPH_OPENSTACK_RESTART=now",
    )


def test_a_maintenance_run_is_as_if_nothing_was_deferred() -> None:
    wanted = settings(nova__restart="deferred", cinder__restart="deferred", nova__rollout={"batch": 1})
    assert for_this_run(wanted, {}) == for_this_run(wanted, {SWITCH: ""}) == wanted
    assert for_this_run(wanted, {SWITCH: "now"}) == settings(nova__rollout={"batch": 1})


def test_another_word_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SWITCH, "yes")
    text = {name: value if isinstance(value, str) else json.dumps(value) for name, value in raw().items()}
    set_all_config({f"ceph-openstack:{name}": value for name, value in text.items()})
    try:
        with pytest.raises(pulumi.RunError) as failure:
            load(pulumi.Config("ceph-openstack"))
    finally:
        set_all_config({})
    assert str(failure.value) == "CEPH_OPENSTACK_RESTART must be `now`, or not be set; correct it, then run again"


def test_another_value_is_refused() -> None:
    assert parse(raw(nova__restart="later")) == [
        "ceph-openstack:nova.restart: must be 'now' or 'deferred'; it is: When a changed file restarts the service: "
        "now, in the same run; deferred, in a run with CEPH_OPENSTACK_RESTART=now, until which the process goes on "
        "with what it has read. Default now"
    ]
