"""A plan can be printed, logged and quoted: no key is in it."""

from __future__ import annotations

import pytest

from providers.host.restart import Restart
from providers.plan import Step
from providers.reach.steps import (
    ABSENT,
    HostStep,
    KeyOf,
    MakeDirectory,
    MonCommand,
    PoolInit,
    PutFile,
    PutLines,
    RemoveDirectory,
    RemoveFile,
    Run,
    SetAttributes,
    mon,
    resolved,
)

KEY = "AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="
TEMPLATE = ("[client.a]\n\tkey = ", KeyOf("client.a"), "\n")


def key_of(entity: str) -> str:
    return {"client.a": KEY}[entity]


def test_a_key_stands_in_what_is_sent_only() -> None:
    steps: list[HostStep] = [
        PutFile("/k", TEMPLATE, if_digest=ABSENT),
        PutFile("/k", f"key = {KEY}"),
        PutLines("/k", 0, 1, (TEMPLATE, f"# key = {KEY}"), "0"),
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
        (PutFile("/etc/f", "x", "root", "ceph", "0640"), "write /etc/f (root:ceph 0640)"),
        (PutFile("/etc/f", "x", mode="0640"), "write /etc/f (0640)"),
        (
            PutLines("/etc/f", 1, 2, (("\tkey = ", KeyOf("client.a"), ""),), "0", "root", "ceph", "0640"),
            "write 'key = <key of client.a>' to line 2 of /etc/f (root:ceph 0640)",
        ),
        (
            PutLines("/etc/f", 4, 6, ("", "[client.a]", "key = x"), "0"),
            "write '[client.a]; key = x' to line 5 of /etc/f",
        ),
        (PutLines("/etc/f", 4, 6, (), "0"), "remove lines 5 to 6 of /etc/f"),
        (RemoveFile("/etc/a b"), "rm '/etc/a b'"),
        (SetAttributes("/etc/f", "glance", "ceph", "0640"), "chown glance:ceph /etc/f; chmod 0640 /etc/f"),
        (SetAttributes("/etc/f", owner="glance"), "chown glance /etc/f"),
        (SetAttributes("/etc/f", group="ceph"), "chown :ceph /etc/f"),
        (SetAttributes("/etc/f", mode="0640"), "chmod 0640 /etc/f"),
        (MakeDirectory("/etc/d", group="ceph", mode="0750"), "mkdir /etc/d (root:ceph 0750)"),
        (RemoveDirectory("/etc/d"), "rmdir /etc/d"),
        (Run(("virsh", "a b; reboot")), "virsh 'a b; reboot'"),
        (Run(("cat",), ("key = ", KeyOf("client.a"), "\n")), "cat <<< 'key = <key of client.a>\n'"),
        (mon("osd pool create", pool="images", pg_num=None), "ceph osd pool create images"),
        (
            mon("osd pool create", pool="images", pg_num=32, size=3, autoscale_mode="warn"),
            "ceph osd pool create images 32 --size 3 --autoscale-mode warn",
        ),
        (mon("osd pool set", pool="images", var="size", val="3"), "ceph osd pool set images size 3"),
        (
            mon("osd pool set", pool="images", var="size", val="1", yes_i_really_mean_it=True),
            "ceph osd pool set images size 1 --yes-i-really-mean-it",
        ),
        (
            mon("auth caps", entity="client.glance", caps=["mon", "profile rbd", "osd", "allow r, allow w"]),
            "ceph auth caps client.glance mon 'profile rbd' osd 'allow r, allow w'",
        ),
        (mon("config-key set", key="k", val="{\n}"), "ceph config-key set k '…'"),
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
