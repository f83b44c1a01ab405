"""A plan can be printed, logged and quoted: no key is in it."""

from __future__ import annotations

import pytest

from providers.reach.steps import (
    ABSENT,
    KeyOf,
    MakeDirectory,
    MonCommand,
    PoolInit,
    PutFile,
    RemoveDirectory,
    RemoveFile,
    Restart,
    Run,
    SetAttributes,
    Step,
    mon,
    resolved,
)

KEY = "AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="
TEMPLATE = ("[client.a]\n\tkey = ", KeyOf("client.a"), "\n")


def key_of(entity: str) -> str:
    return {"client.a": KEY}[entity]


def test_a_key_stands_in_what_is_sent_only() -> None:
    steps: list[Step] = [
        PutFile("/k", TEMPLATE, if_digest=ABSENT),
        PutFile("/k", f"key = {KEY}"),
        Run(("virsh", "secret-set-value"), (KeyOf("client.a"),)),
        Run(("cat",), KEY),
        MonCommand((("prefix", "auth import"),), input=KEY),
        mon("config-key set", key="k", val=KEY),
    ]
    for step in steps:
        assert KEY in str(step.wire(key_of))
        for shown in (str(step), f"{step}"):
            assert KEY not in shown
    for step in steps:
        assert KEY not in repr(step)
        assert KEY not in repr([step])


def test_templates() -> None:
    assert resolved(TEMPLATE, key_of) == f"[client.a]\n\tkey = {KEY}\n"
    assert resolved("plain", key_of) == "plain"
    assert KEY not in repr(TEMPLATE)
    with pytest.raises(KeyError, match=r"client\.b"):
        resolved((KeyOf("client.b"),), key_of)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (PutFile("/etc/f", "x"), "write /etc/f"),
        (RemoveFile("/etc/f"), "remove /etc/f"),
        (SetAttributes("/etc/f", owner="glance", mode="0640"), "set owner=glance mode=0640 on /etc/f"),
        (MakeDirectory("/etc/d"), "make directory /etc/d"),
        (RemoveDirectory("/etc/d"), "remove directory /etc/d if empty"),
        (Run(("virsh", "a b; reboot")), "virsh 'a b; reboot'"),
        (mon("osd pool create", pool="images", pg_num=None), "ceph osd pool create pool=images"),
        (PoolInit("images"), "rbd pool init images"),
        (Restart("glance-api.service", "x"), "systemctl restart glance-api.service"),
    ],
)
def test_how_a_step_is_told(step: Step, said: str) -> None:
    assert str(step) == said


def test_arguments_that_are_none_are_not_sent() -> None:
    assert mon("osd pool create", pool="p", size=None).wire(key_of)["command"] == {
        "prefix": "osd pool create",
        "pool": "p",
    }


def test_a_restart_is_more_than_one_call() -> None:
    with pytest.raises(TypeError):
        Restart("u", "w").wire(key_of)
