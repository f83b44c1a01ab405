"""What verify makes of the answers of OpenStack's APIs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from commands.verify.in_apis import looks_in_apis
from commands.verify.link import Link
from components.services.finding import FindingState
from components.stack.wire import wire
from providers.errors import HostError
from tests.golden.variants import CHANGES
from tests.unit.components.graph import FSID, settings

UP = {"state": "up", "status": "enabled", "disabled_reason": None}
IMAGE = {"id": "i1", "disk_format": "raw", "stores": "file_before_ceph,rbd"}
URL = f"rbd://{FSID}/images/i1/snap"


class FakeApi:
    """Answers by (service, path without its query, interface)."""

    def __init__(self) -> None:
        hosts = ["controller1@ceph", "controller1@nfs-1"]
        volume = [{"binary": "cinder-volume", "host": host, **UP} for host in hosts]
        backup = {"binary": "cinder-backup", "host": "controller1", **UP}
        scheduler = {"binary": "cinder-scheduler", "host": "controller1", **UP, "state": "down"}
        computes = [
            {"binary": "nova-compute", "host": host, **UP} for host in ("compute1.example.org", "compute2", "compute10")
        ]
        detail = {"id": "rbd", "type": "rbd", "properties": {"pool": "images", "fsid": FSID}}
        self.answers: dict[tuple[str, str, str], Any] = {
            ("volume", "/os-services", ""): {"services": [*volume, backup, scheduler]},
            ("compute", "/os-services", ""): {"services": computes},
            ("image", "/info/stores/detail", ""): {"stores": [{"id": "file_before_ceph"}, detail]},
            ("image", "/images", ""): {"images": [{"id": "i0", "stores": "rbd", "disk_format": "qcow2"}, IMAGE]},
            ("image", "/images/i1", "internal"): {**IMAGE, "direct_url": URL},
            ("image", "/images/i1", "public"): dict(IMAGE),
        }

    def get(self, service: str, path: str, interface: str = "") -> Any:
        found = self.answers[service, path.partition("?")[0], interface]
        if isinstance(found, Exception):
            raise found
        return copy.deepcopy(found)

    def service(self, binary: str, **change: Any) -> None:
        for answer in (self.answers["volume", "/os-services", ""], self.answers["compute", "/os-services", ""]):
            for row in answer["services"]:
                if row["binary"] == binary:
                    row.update(change)

    def store(self) -> Any:
        return self.answers["image", "/info/stores/detail", ""]["stores"][1]["properties"]


def look(api: FakeApi, **changes: Any) -> dict[str, Link]:
    wanted = settings(**(changes or {"glance__show_image_direct_url": True}))
    links = [look() for look in looks_in_apis(wire(wanted, "dev").api_looks, api)]
    return {f"{link.kind} {link.name}".strip(): link for link in links}


def states(links: dict[str, Link]) -> dict[str, FindingState]:
    return {name: link.state for name, link in links.items() if link.state is not FindingState.OK}


def test_all_is_well() -> None:
    found = look(FakeApi())
    assert states(found) == {}
    assert list(found) == [
        "volume service @ceph",
        "backup service",
        "compute service compute1",
        "compute service compute2",
        "store rbd",
        "direct URL rbd",
        "public endpoint",
    ]
    assert "raw" not in found["direct URL rbd"].finding.text
    assert found["compute service compute1"].finding.text == "compute1.example.org is up"


def test_nothing_is_asked_of_what_is_not_wired() -> None:
    found = look(FakeApi(), glance=None, cinder_backup=None, nova__hosts=["compute1"])
    assert list(found) == ["volume service @ceph", "compute service compute1"]


def test_each_store_and_back_end_of_a_further_cluster_is_asked_for() -> None:
    api = FakeApi()
    stores = api.answers["image", "/info/stores/detail", ""]["stores"]
    stores.append({"id": "west", "type": "rbd", "properties": {"pool": "west-images", "fsid": "0e57"}})
    rows = api.answers["volume", "/os-services", ""]["services"]
    rows.append({"binary": "cinder-volume", "host": "controller1@fast", **UP})
    found = look(api, **CHANGES["several_clusters"])
    assert states(found) == {}
    assert found["store west"].finding.text == "pool west-images of cluster 0e57"
    assert "volume service @fast" in found
    stores[-1]["properties"]["pool"] = "images"
    assert states(look(api, **CHANGES["several_clusters"])) == {"store west": FindingState.BROKEN}


def without_stores(api: FakeApi) -> None:
    api.answers["image", "/info/stores/detail", ""] = None


def without_images(api: FakeApi) -> None:
    api.answers["image", "/images", ""] = {"images": [{"id": "i9", "stores": "file_before_ceph"}, {"id": "i8"}]}


BREAKS: list[tuple[Callable[[FakeApi], Any], dict[str, tuple[FindingState, str]]]] = [
    (
        lambda api: api.service("cinder-volume", state="down"),
        {"volume service @ceph": (FindingState.BROKEN, "controller1@ceph is down")},
    ),
    (
        lambda api: api.service("cinder-volume", host="controller1@other"),
        {"volume service @ceph": (FindingState.BROKEN, "no such cinder-volume")},
    ),
    (
        lambda api: api.service("cinder-volume", status="disabled", disabled_reason="new disks"),
        {"volume service @ceph": (FindingState.WARNING, "new disks")},
    ),
    (
        lambda api: api.service("cinder-backup", state="down"),
        {"backup service": (FindingState.BROKEN, "controller1 is down")},
    ),
    (
        lambda api: api.service("nova-compute", state="down"),
        {
            "compute service compute1": (FindingState.BROKEN, "compute1.example.org is down"),
            "compute service compute2": (FindingState.BROKEN, "compute2 is down"),
        },
    ),
    (
        lambda api: api.service("nova-compute", host="node7"),
        {
            "compute service compute1": (FindingState.UNSEEN, "no compute of this name, but node7"),
            "compute service compute2": (FindingState.UNSEEN, "no compute of this name"),
        },
    ),
    (without_stores, {"store rbd": (FindingState.BROKEN, "shows no stores")}),
    (lambda api: api.store().update(pool="other"), {"store rbd": (FindingState.BROKEN, "its pool is other")}),
    (lambda api: api.store().update(fsid="x"), {"store rbd": (FindingState.BROKEN, "its cluster is x")}),
    (
        without_images,
        {
            "direct URL rbd": (FindingState.SKIPPED, "no image in this store"),
            "public endpoint": (FindingState.SKIPPED, "no image"),
        },
    ),
    (
        lambda api: api.answers["image", "/images/i1", "internal"].pop("direct_url"),
        {"direct URL rbd": (FindingState.BROKEN, "shows none for image i1")},
    ),
    (
        lambda api: api.answers["image", "/images/i1", "internal"].update(direct_url="file:///x"),
        {"direct URL rbd": (FindingState.UNSEEN, "is not in pool images")},
    ),
    (
        lambda api: api.answers["image", "/images/i1", "public"].update(direct_url=URL),
        {"public endpoint": (FindingState.WARNING, "OSSN-0065")},
    ),
    (
        lambda api: api.answers["image", "/images/i1", "public"].update(locations=[], direct_url=URL),
        {"public endpoint": (FindingState.BROKEN, "show_multiple_locations")},
    ),
    (
        lambda api: api.answers.update({("image", "/images/i1", "public"): HostError("no route")}),
        {"public endpoint": (FindingState.UNSEEN, "no route")},
    ),
]


@pytest.mark.parametrize(("act", "expected"), BREAKS)
def test_a_broken_link_is_its_own_row(
    act: Callable[[FakeApi], Any], expected: dict[str, tuple[FindingState, str]]
) -> None:
    api = FakeApi()
    act(api)
    found = look(api)
    assert states(found) == {name: state for name, (state, _) in expected.items()}
    for name, (_, text) in expected.items():
        assert text in found[name].finding.text


def test_a_release_without_the_fsid_says_so() -> None:
    api = FakeApi()
    del api.store()["fsid"]
    assert "not shown by this release" in look(api)["store rbd"].finding.text


def test_a_cloud_that_does_not_answer_was_not_looked_at() -> None:
    api = FakeApi()
    api.answers = dict.fromkeys(api.answers, HostError("refused, password=AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="))
    found = look(api)
    assert set(states(found).values()) == {FindingState.UNSEEN}
    assert len(states(found)) == len(found)
    assert not any("AQDdZz1o" in link.finding.text for link in found.values())
