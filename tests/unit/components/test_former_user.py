"""`nova.former_user`: the way back from a user of Nova's own to Cinder's, while guests run as Nova's."""

from __future__ import annotations

from typing import Any

import pytest

from components.services import SERVICES
from components.stack.parse import parse
from components.stack.wire import wire

from .graph import Declared, built, raw, settings

NOVA = {"name": "nova"}
KEPT = {"nova-user"} | {f"nova-{what}-{host}" for what in ("keyring", "secret") for host in ("compute1", "compute2")}
COMPUTES = ("compute1", "compute2")


def differing(one: dict[str, Declared], other: dict[str, Declared]) -> set[str]:
    """Return the resources of which a preview shows a change."""
    assert set(one) == set(other)
    return {name for name in one if one[name].inputs != other[name].inputs}


@pytest.mark.parametrize(
    "user",
    [
        NOVA,
        {**NOVA, "generation": 3},
        {**NOVA, "generation": 2, "keep_previous": False},
        {**NOVA, "secret_usage": "client.nova secret", "adopt": True, "keep_pools": ["elsewhere"]},
    ],
)
def test_only_nova_compute_and_cinders_caps_change_when_user_becomes_former_user(user: dict[str, Any]) -> None:
    """User, keyrings, secrets and ceph.conf stay, so running guests lose nothing, in either direction."""
    apart, back = built(nova__user=user), built(nova__former_user=user)
    assert differing(apart, back) == {
        "gate",  # it judges Cinder's caps
        "cinder-user",
        *(f"{name}-{host}" for name in ("nova-config", "nova-compute") for host in COMPUTES),
    }


def test_nova_s_options_name_cinders_user_and_secret_again() -> None:
    back, shared = built(nova__former_user=NOVA), built()
    for host in COMPUTES:
        assert back[f"nova-config-{host}"].inputs == shared[f"nova-config-{host}"].inputs
    assert back["cinder-user"].inputs == shared["cinder-user"].inputs
    assert back["gate"].inputs["looks_at"]["settings"]["client.nova"] == "nova.former_user"


def test_verify_looks_at_the_keyrings_that_nova_compute_reads_again() -> None:
    """A keyring that only guests' user has is left out there, and nova-compute works as Cinder's user."""
    back, shared = (wire(settings(**changes), "test").accounts for changes in ({"nova__former_user": NOVA}, {}))
    assert back == shared
    assert {account.for_guests for account in back} == {False}


def test_taking_the_former_user_out_restarts_nothing() -> None:
    back, shared = built(nova__former_user=NOVA), built()
    assert set(back) - set(shared) == KEPT
    changed = differing({name: back[name] for name in shared}, shared)
    assert changed == {"gate", "guard", *(f"ceph-conf-{host}" for host in COMPUTES)}


def test_what_is_said_of_the_former_user_s_keyring_still_holds() -> None:
    said = {"client.nova": {"mode": "0600"}}
    apart, back = (built(**{f"nova__{setting}": NOVA}, nova__keyrings=said) for setting in ("user", "former_user"))
    assert back["nova-keyring-compute1"].inputs == apart["nova-keyring-compute1"].inputs
    assert back["nova-keyring-compute1"].inputs["mode"] == "0600"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"nova__user": NOVA, "nova__former_user": NOVA},
            "nova.former_user: contradicts nova.user: Nova either has a user of its own or had one; leave one of the "
            "two out",
        ),
        (
            {"nova__attach_only": list(COMPUTES), "nova__pool": None, "nova__former_user": NOVA},
            "nova.former_user: is of no use without nova.pool: volumes are attached as Cinder's user; leave it out",
        ),
        (
            {"cinder": None, "cinder_backup": None, "nova__former_user": NOVA},
            "nova.user: is missing: without `cinder` there is no user to share; add {name: nova}",
        ),
        (
            {"nova__former_user": {"name": "cinder"}},
            "nova.former_user.name: client.cinder is already the user of cinder: caps are per user; choose another "
            "name",
        ),
        (
            {
                "cinder__user": {"name": "cinder", "secret_usage": "x"},
                "nova__former_user": {**NOVA, "secret_usage": "x"},
            },
            "nova.former_user.secret_usage: is Cinder's too, and libvirt keeps usage names unique; leave it out",
        ),
        (
            {"nova__former_user": {**NOVA, "caps": {"mon": "profile rbd", "osd": "profile rbd pool=other"}}},
            "nova.former_user.caps.osd: grants too little: client.nova may not read pool vms, so servers' own disks "
            "cannot be opened; `profile rbd pool=vms` lets it; or name the pool that the user has",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_the_setting_that_says_it(changes: dict[str, Any], said: str) -> None:
    assert parse(raw(**changes)) == [f"ceph-openstack:{said}"]


def test_every_service_that_may_share_a_user_has_the_way_back() -> None:
    """The gate names `former_user` when such a service's user is taken out under running guests."""
    fields = [service.settings.model_fields for service in SERVICES]
    optional = [field for field in fields if "user" in field and field["user"].default is None]
    assert optional
    assert all("former_user" in field for field in optional)
