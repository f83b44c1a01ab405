"""`keyrings`: how a user's keyring lies on a service's hosts, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack.parse import parse
from components.stack.wire import wire

from .graph import built, raw, settings


def test_a_keyring_is_made_as_the_service_says_and_ceph_conf_names_its_path() -> None:
    declared = built(glance__keyrings={"client.glance": {"path": "/etc/glance/key", "group": "root", "mode": "0644"}})
    made = declared["glance-keyring-controller1"].inputs
    assert [made[part] for part in ("path", "owner", "group", "mode")] == ["/etc/glance/key", "glance", "root", "0644"]
    sections = declared["ceph-conf-controller1"].inputs["sections"]
    assert sections["client.glance"] == {"keyring": "/etc/glance/key"}
    assert sections["client.cinder"] == {"keyring": "/etc/ceph/ceph.client.cinder.keyring"}


def test_it_holds_on_the_service_s_hosts_only() -> None:
    declared = built(nova__keyrings={"client.cinder": {"mode": "0644"}})
    assert declared["cinder-keyring-compute1"].inputs["mode"] == "0644"
    assert declared["cinder-keyring-controller1"].inputs["mode"] == "0640"


def test_a_keyring_that_is_not_managed_is_not_made_nor_named_nor_waited_for() -> None:
    declared = built(nova__keyrings={"client.cinder": {"managed": False}})
    assert "cinder-keyring-compute1" not in declared
    assert "cinder-keyring-controller1" in declared
    assert list(declared["ceph-conf-compute1"].inputs["sections"]) == ["global"]
    assert set(declared["nova-compute-compute1"].inputs["watch"]) == {"/etc/ceph/ceph.conf", "/etc/nova/nova.conf"}


def test_a_later_generation_s_keyring_is_another_one() -> None:
    user = {"name": "cinder", "generation": 2}
    declared = built(cinder__user=user, cinder__keyrings={"client.cinder-g2": {"mode": "0600"}})
    assert declared["cinder-keyring-controller1"].inputs["mode"] == "0640"
    assert declared["cinder-keyring-g2-controller1"].inputs["mode"] == "0600"


def test_what_one_service_says_holds_for_another_that_reads_the_same_keyring() -> None:
    said = {"nova__hosts": ["controller1"], "nova__keyrings": {"client.cinder": {"mode": "0644"}}}
    assert built(**said)["cinder-keyring-controller1"].inputs["mode"] == "0644"
    both = built(**said, cinder__keyrings={"client.cinder": {"mode": "0644", "owner": "root"}})
    made = both["cinder-keyring-controller1"].inputs
    assert (made["mode"], made["owner"]) == ("0644", "root")


def test_whoever_looks_as_the_service_knows_where_the_keyring_lies() -> None:
    keyrings = {"client.glance": {"path": "/etc/glance/key"}}
    graph = wire(settings(glance__keyrings=keyrings, nova__keyrings={"client.cinder": {"managed": False}}), "test")
    found = {(account.host, account.entity): account.keyring for account in graph.accounts}
    assert found["controller1", "client.glance"] == "/etc/glance/key"
    assert found["controller1", "client.cinder"] == "/etc/ceph/ceph.client.cinder.keyring"
    assert found["compute1", "client.cinder"] is None


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "a user that the service does not read",
        {"nova__keyrings": {"client.cindr": {"mode": "0644"}}},
        ['nova.keyrings.client.cindr: is no user whose keyring this service reads; did you mean "client.cinder"?'],
    ),
    (
        "a user of another service",
        {"glance__keyrings": {"client.volumes-elsewhere": {"mode": "0644"}}},
        [
            "glance.keyrings.client.volumes-elsewhere: is no user whose keyring this service reads; it reads "
            "those of client.glance"
        ],
    ),
    (
        "two services that say different things",
        {
            "cinder__keyrings": {"client.cinder": {"mode": "0600"}},
            "cinder_backup__keyrings": {"client.cinder": {"mode": "0644", "owner": "root"}},
        },
        [
            "cinder_backup.keyrings.client.cinder.mode: is another one in cinder.keyrings, and both are one keyring on "
            "controller1; say the same in both"
        ],
    ),
    (
        "two users' keys in one file",
        {"glance__keyrings": {"client.glance": {"path": "/etc/ceph/ceph.client.cinder.keyring"}}},
        [
            "glance.keyrings.client.glance.path: is the keyring of client.cinder, too, on controller1, and a keyring "
            "is one user's; choose another path, or set managed to false for one of them"
        ],
    ),
    (
        "a mode that YAML reads as a number",
        {"glance__keyrings": {"client.glance": {"mode": 420}}},
        ['glance.keyrings.client.glance.mode: must be text; it is: Mode of the keyring, in quotes. Default "0640"'],
    ),
]


@pytest.mark.parametrize(("changes", "lines"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(changes: dict[str, Any], lines: list[str]) -> None:
    assert parse(raw(**changes)) == [f"ceph-openstack:{line}" for line in lines]


def test_two_keyrings_in_one_file_are_left_alone_together() -> None:
    same = "/etc/ceph/keyring"
    declared = built(
        glance__keyrings={"client.glance": {"path": same, "managed": False}},
        cinder__keyrings={"client.cinder": {"path": same}},
    )
    assert "glance-keyring-controller1" not in declared
