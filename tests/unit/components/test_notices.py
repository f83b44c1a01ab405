"""What an operator is told in each run: once, only where it applies, and no longer once it is acknowledged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.services import SERVICES
from components.stack.environment import environment_notices
from components.stack.parse import parse
from components.stack.wire import wire

from .graph import built, raw, settings

ROOT = Path(__file__).parents[3]
KNOWN = (
    "glance-left-out, glance-full-copies, glance-only-raw, glance-multi-store-experimental, glance-locations, "
    "glance-no-blocklist, glance-no-read, glance-no-clones, glance-rollout, glance-restarts-deferred, "
    "cinder-no-blocklist, cinder-no-read, cinder-no-clones, cinder-rollout, cinder-restarts-deferred, "
    "cinder-backup-earlier, cinder-backup-no-blocklist, cinder-backup-no-read, cinder-backup-no-clones, "
    "cinder-backup-rollout, cinder-backup-restarts-deferred, nova-attaches-as-its-own-user, nova-no-blocklist, "
    "nova-no-read, nova-no-clones, nova-rollout, nova-restarts-deferred, cluster-too-old, "
    "old-key-type, client-files, environment"
)


EVERY: dict[str, dict[str, Any]] = {
    "glance-left-out": {"glance": None},
    "glance-full-copies": {},
    "glance-only-raw": {"glance__show_image_direct_url": True},
    "glance-locations": {"glance__show_image_direct_url": True},
    "glance-multi-store-experimental": {"release": "stein", "glance__layout": "multi_store"},
    "nova-attaches-as-its-own-user": {"release": "newton", "nova__user": {"name": "nova"}},
    "cluster-too-old": {"cluster__release": "mimic"},
    "cinder-backup-earlier": {},
    "nova-restarts-deferred": {"nova__restart": "deferred"},
    "nova-rollout": {"nova__rollout": {"batch": 1}},
    "cinder-no-blocklist": {"cinder__user": {"name": "cinder", "caps": {"mon": "allow r", "osd": "allow *"}}},
    "old-key-type": {"cluster__key_type": "aes"},
    "client-files": {"cluster__client_options": {"log file": "/var/log/ceph/$name.log"}},
    "cinder-no-read": {
        "cinder__user": {
            "name": "cinder",
            "caps": {"mon": "profile rbd", "osd": "allow rwx pool=volumes, allow rwx pool=vms"},
        }
    },
    "glance-no-clones": {"glance__user": {"name": "g", "caps": {"mon": "profile rbd", "osd": "allow rwx pool=images"}}},
}


def test_without_the_places_of_images_no_image_is_cloned(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda text, **_: said.append(text))
    built()
    assert len(said) == 1
    assert said[0].startswith(
        "ceph-openstack:glance.show_image_direct_url (acknowledge: glance-full-copies):\nno image"
    )
    built(nova__direct_snapshots=True)
    assert "only raw images are cloned" in said[1]


@pytest.mark.parametrize("name", EVERY)
def test_each_notice_is_said_once_until_it_is_acknowledged(name: str) -> None:
    told = wire(settings(**EVERY[name]), "test").notices
    names = [notice.name for notice in told]
    assert names.count(name) == 1
    assert len(names) == len(set(names))
    left = wire(settings(**EVERY[name], acknowledge=[name]), "test").notices
    assert list(left) == [notice for notice in told if notice.name != name]


def test_every_notice_of_a_service_has_a_name_of_that_service_and_a_situation_here() -> None:
    named = {service.label: service.notice_names for service in SERVICES}
    for label, names in named.items():
        assert all(name.startswith(f"{label}-") for name in names), label
    assert {name for names in named.values() for name in names} <= EVERY.keys()


def variables() -> dict[str, str]:
    """Return what bin/env.sh sets."""
    return dict(re.findall(r"^export (\w+)=(\w+)", (ROOT / "bin" / "env.sh").read_text(), re.MULTILINE))


def test_each_variable_of_env_sh_that_is_missing_is_named_with_what_happens_without_it() -> None:
    assert len(variables()) == 3
    for name in variables():
        (told,) = environment_notices(settings(), {other: "x" for other in variables() if other != name})
        assert told.text.startswith(f"not set: {name} (")
        assert not any(other in told.text for other in variables() if other != name)
        assert "; run `. bin/env.sh`" in told.text
        assert str(told).startswith("ceph-openstack (acknowledge: environment):\nnot set: ")
    (told,) = environment_notices(settings(), {"PATH": "/bin"})
    assert all(name in told.text for name in variables())


def test_an_environment_that_is_whole_or_acknowledged_is_not_spoken_of() -> None:
    assert list(environment_notices(settings(), variables())) == []
    assert list(environment_notices(settings(), dict.fromkeys(variables(), "false"))) == []
    assert list(environment_notices(settings(acknowledge=["environment"]), {})) == []


def test_what_is_no_notice_cannot_be_acknowledged() -> None:
    assert parse(raw(acknowledge=["glance-locations", "glance-location", "x"])) == [
        'ceph-openstack:acknowledge[1]: is no notice; did you mean "glance-locations"? Known are ' + KNOWN,
        "ceph-openstack:acknowledge[2]: is no notice; a notice prints its name. Known are " + KNOWN,
    ]
