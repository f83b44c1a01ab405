"""Batches of hosts: what waits for what, on the way up and, in reverse, on the way down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components.stack.held_back import held_back
from components.stack.parse import parse
from components.stack.restart_notices import batches_text
from components.stack.service_rollout import ServiceRollout
from components.stack.wire import wire
from providers.models import OnHost, ServiceDesired

from .graph import Declared, before, built, raw, settings

HOSTS = [f"compute{number}" for number in range(1, 8)]
SITE: dict[str, Any] = {"hosts": {name: {} for name in ("ceph1", "controller1", *HOSTS)}, "nova__hosts": HOSTS}


def rolled_out(**rollout: Any) -> dict[str, Declared]:
    return built(**SITE, nova__rollout=rollout)


def host_of(one: Declared) -> str:
    return str(one.inputs.get("host", ""))


def changed_on(graph: dict[str, Declared], host: str) -> set[str]:
    """Return all that may be changed on a host; the check of the host changes nothing."""
    return {name for name, one in graph.items() if host_of(one) == host and one.kind != "Preflight"}


def restarts_on(graph: dict[str, Declared], host: str) -> set[str]:
    return {name for name in changed_on(graph, host) if graph[name].inputs.get("restart_on") == "change"}


@pytest.mark.parametrize(
    ("rollout", "batches"),
    [
        ({"canary": ["compute3"]}, ["3", "124567"]),
        ({"batch": 3}, ["123", "456", "7"]),
        ({"canary": ["compute2"], "batch": 4}, ["2", "1345", "67"]),
        ({"canary": ["compute5", "compute1", "compute2"], "batch": 2}, ["12", "5", "34", "67"]),
        ({"canary": HOSTS, "batch": 7}, ["1234567"]),
        ({"batch": 1}, list("1234567")),
    ],
)
def test_nothing_on_a_host_is_changed_before_every_restart_of_the_former_batch(
    rollout: dict[str, Any], batches: list[str]
) -> None:
    graph = rolled_out(**rollout)
    done: set[str] = set()
    for batch in batches:
        hosts = [f"compute{number}" for number in batch]
        for host in hosts:
            assert len(changed_on(graph, host)) == 7
            for name in changed_on(graph, host):
                assert done <= before(graph, name), name
                others = {other for other in before(graph, name) if host_of(graph[other]) in {*HOSTS} - {host}}
                assert {host_of(graph[other]) for other in others} & set(hosts) == set(), name
        done |= {name for host in hosts for name in restarts_on(graph, host)}


def test_every_host_is_looked_at_before_the_canary_is_changed() -> None:
    graph = rolled_out(batch=1)
    assert graph["preflight-compute7"].needs == {"gate"}


def test_without_a_rollout_hosts_do_not_wait_for_each_other() -> None:
    graph = built(**SITE)
    assert {host_of(graph[name]) for name in before(graph, "nova-compute-compute7")} <= {"compute7", ""}


def test_other_services_on_the_hosts_of_a_rollout_go_with_it() -> None:
    """ceph.conf is everybody's, so a host is changed wholly or not at all."""
    three = ["controller1", "compute1", "compute2"]
    graph = built(glance__hosts=three, cinder__hosts=three, cinder__rollout={"canary": ["compute1"]})
    waits = before(graph, "glance-config-controller1")
    assert {"cinder-volume-compute1", "glance-api-compute1", "nova-compute-compute1"} <= waits
    assert "cinder-backup-controller1" not in before(graph, "cinder-volume-compute1")


@pytest.mark.filterwarnings("ignore:This resource is deprecated:DeprecationWarning")
def test_an_operators_commands_go_with_their_host(tmp_path: Path) -> None:
    """One that drains a host waits for the former batch, and one that tests the canary holds the next batch back."""
    (tmp_path / "known_hosts").write_text("127.0.2.11,compute1,compute2 ssh-ed25519 AAAA\n")
    commands = {"drain": {"before": "nova", "create": "drain"}, "try": {"after": "nova", "create": "boot-a-guest"}}
    known = {"ssh__known_hosts": str(tmp_path / "known_hosts")}
    rollout = {"canary": ["compute2"]}
    graph = built(**known, commands=commands, nova__rollout=rollout)
    assert {"nova-compute-compute2", "command-try-compute2"} <= graph["command-drain-compute1"].needs
    assert {"command-drain-compute1", "command-try-compute2"} <= graph["nova-compute-removal-compute1"].needs
    assert graph["command-drain-compute2"].needs == {"preflight-compute2"}
    wanted = wire(settings(**known, commands=commands, nova__rollout=rollout), "test")
    assert held_back(wanted, ["command-try-compute2"]) == [
        "ceph-openstack:nova.rollout: batch 1 of 2 failed on compute2, therefore nothing was changed on compute1"
    ]


def test_nodes_come_after_all_that_they_need_canary_first() -> None:
    wanted = settings(**SITE, nova__rollout={"canary": ["compute3"], "batch": 2}, openstack={"cloud": "c"})
    graph, made, order = wire(wanted, "test"), set[str](), list[str]()
    for name, node in graph.nodes.items():
        assert node.needs <= made, name
        assert not node.parent or node.parent in made, name
        made.add(name)
        if isinstance(node.model, ServiceDesired) and node.model.restart_on == "change":
            order.append(node.model.host)
    assert [host for host in order if host.startswith("compute")] == [f"compute{number}" for number in "3124567"]


def test_a_rollout_changes_no_input_but_what_the_gate_is_told_of_this_run() -> None:
    with_rollout, without = rolled_out(canary=["compute2"], batch=2), built(**SITE)
    assert with_rollout["gate"].inputs.pop("batches") == {"nova": True}
    assert {name: one.inputs for name, one in with_rollout.items()} == {
        name: one.inputs for name, one in without.items()
    }


REFUSED: list[tuple[dict[str, Any], list[str]]] = [
    (
        {"nova__rollout": {"canary": ["compute"]}},
        ['nova.rollout.canary[0]: "compute" is not in nova.hosts; did you mean "compute2"?'],
    ),
    (
        {"nova__rollout": {"canary": ["controller1"]}},
        ['nova.rollout.canary[0]: "controller1" is not in nova.hosts; add it there'],
    ),
    (
        {"nova__rollout": {"canary": ["compute1", "compute1"]}},
        ['nova.rollout.canary[1]: "compute1" is listed twice; remove one'],
    ),
    (
        {"nova__rollout": {"batch": 0}},
        [
            "nova.rollout.batch: must be greater than or equal to 1; it is: How many hosts are changed at a time, "
            "canaries included, in the order of the service's hosts. Default: all at once, after the canaries"
        ],
    ),
    ({"nova__rollout": {"canary": []}}, ["nova.rollout: needs canary or batch; add one, or leave rollout out"]),
    (
        {"nova__rollout": {"batches": 2}},
        ['nova.rollout.batches: is not a setting; did you mean "batch"?'],
    ),
    (
        {
            "cinder__hosts": ["compute2", "compute1"],
            "cinder__rollout": {"batch": 1},
            "nova__rollout": {"batch": 1},
        },
        [
            "nova.rollout: cannot be kept together with cinder.rollout: a host is changed wholly or not at all, and "
            "here one would wait for itself (compute1 → compute2 → compute1); put the hosts and canaries of these "
            "services into one order"
        ],
    ),
]


@pytest.mark.parametrize(("changes", "refused"), REFUSED)
def test_what_is_refused(changes: dict[str, Any], refused: list[str]) -> None:
    assert parse(raw(**changes)) == [f"ceph-openstack:{line}" for line in refused]


def test_what_an_operator_reads_of_the_order() -> None:
    graph = wire(settings(**SITE, nova__rollout={"canary": ["compute1"], "batch": 2}), "test")
    assert [notice.text for notice in graph.notices if notice.setting == "nova.rollout"] == [
        "compute1, then compute2, compute3, then compute4, compute5, then 1 more batch; "
        "a batch that fails stops the next"
    ]
    many = ServiceRollout("nova", (("a",), ("b", "c", "d", "e", "f", "g"), ("h",)))
    assert batches_text(many) == "a, then b, c, d and 3 more, then h"


def test_a_failed_run_says_which_batch_kept_which_hosts() -> None:
    graph = wire(settings(**SITE, nova__rollout={"canary": ["compute1"], "batch": 3}), "test")
    said = "ceph-openstack:nova.rollout: batch {} of 3 failed on {}, therefore nothing was changed on {}"
    assert held_back(graph, ["nova-compute-compute1"]) == [
        said.format(1, "compute1", "compute2, compute3, compute4 and 3 more")
    ]
    assert held_back(graph, ["ceph-conf-compute3", "preflight-compute4", "ceph-openstack-test"]) == [
        said.format(2, "compute3, compute4", "compute5, compute6, compute7")
    ]
    assert held_back(graph, ["nova-compute-compute7"]) == []
    assert held_back(graph, ["glance-pool", "preflight-controller1"]) == []
    assert all(isinstance(node.model, OnHost) for name, node in graph.nodes.items() if name.endswith("compute1"))
