"""What discover makes of a room's answers, whatever the service: here Gnocchi's room answers what a test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from commands.discover.cluster_contents import ClusterContents
from commands.discover.host_contents import HostContents
from commands.discover.proposal import Proposal
from commands.discover.proposing import Findings, Proposing
from components.services.found import Found
from components.services.neighbours import Neighbours
from components.services.on_host import OnHost
from components.services.service_file import ServiceFile
from docs.examples.gnocchi import Gnocchi
from tests.sim.ceph import FSID

FILE = ServiceFile("/etc/gnocchi/gnocchi.conf", {"/etc/gnocchi/gnocchi.conf": ""})
THERE = Found(place=("metrics",), pools={("pool",): "metrics"}, application="gnocchi", user="gnocchi")
CLUSTER = ClusterContents(FSID, "reef", [], {}, ["client.gnocchi"], {}, {"metrics": "gnocchi"}, {"client.gnocchi": {}})


class Answering(Gnocchi):
    """Gnocchi's room, with given answers by host."""

    def __init__(self, answers: Mapping[str, Found | None]) -> None:
        self.answers = answers

    def found(self, there: OnHost, others: Neighbours) -> Found | None:
        """Return the host's answer."""
        return self.answers[there.name]


def proposed(answers: Mapping[str, Found | None], cluster: ClusterContents = CLUSTER) -> Proposal:
    """Return what is made of the answers of hosts."""
    proposal, hosts = Proposal(), [HostContents(name, files={"gnocchi": FILE}) for name in answers]
    for name in answers:
        proposal.set({}, "hosts", name)
    Proposing(proposal, Findings(cluster, hosts), [Answering(answers)]).propose()
    return proposal


def test_a_setting_holds_where_all_hosts_say_so_and_an_exception_where_one_does() -> None:
    one = replace(THERE, settings={("a",): 1, ("b",): 1, ("c",): 1}, exceptions={("d",): "ignore"})
    other = replace(THERE, settings={("a",): 1, ("b",): 2})
    assert proposed({"h1": one, "h2": other}).get("gnocchi") == {
        "hosts": ["h1", "h2"],
        "pool": {"name": "metrics"},
        "user": {"name": "gnocchi"},
        "d": "ignore",
        "a": 1,
    }


def test_a_host_in_another_place_is_left_out_unless_its_room_lists_it() -> None:
    elsewhere = replace(THERE, place=("other",), pools={("pool",): "other"})
    listed = replace(elsewhere, listed_in=("attach_only",))
    proposal = proposed({"h1": THERE, "h2": THERE, "h3": elsewhere, "h4": listed, "h5": None})
    assert proposal.get("gnocchi", "hosts") == ["h1", "h2", "h4"]
    assert proposal.get("gnocchi", "attach_only") == ["h4"]
    (text,) = proposal.notes[("gnocchi",)]
    assert text.startswith("h3 is left out: its file names another pool, user or secret than that of h1, h2;")
    assert proposal.notes[("hosts", "h5")] == ["gnocchi runs on h5, and is left alone there"]


def test_a_service_whose_files_name_nothing_on_ceph_is_left_alone_and_named() -> None:
    proposal = proposed({"h1": None})
    assert proposal.get("gnocchi") is None
    assert proposal.notes[("hosts", "h1")] == [
        "gnocchi runs on h1, and is left alone there: its files name nothing on Ceph that a release of today reads"
    ]


@pytest.mark.parametrize(
    ("pools", "pool", "note"),
    [
        ({"metrics": "gnocchi"}, {"name": "metrics"}, "pool metrics: gnocchi"),
        (
            {"metrics": "rgw"},
            {"name": "metrics"},
            "pool metrics has the applications rgw, not gnocchi: another pool is meant, or the first run is refused",
        ),
        (
            {"metrics": ""},
            {"name": "metrics", "init": False},
            "no application is enabled on pool metrics, and health says so; without init: false the program enables"
            " gnocchi",
        ),
        ({}, {"name": "metrics"}, "the cluster has no pool metrics: the first run would make it, empty"),
    ],
)
def test_a_pool_is_judged_by_the_application_of_its_service(
    pools: dict[str, str], pool: dict[str, Any], note: str
) -> None:
    proposal = proposed({"h1": THERE}, replace(CLUSTER, plain_pools=pools))
    assert proposal.get("gnocchi", "pool") == pool
    assert proposal.notes[("gnocchi", "pool")] == [note]


def test_a_user_that_no_option_names_is_the_usual_one_and_is_no_setting_where_it_is_another_service_s() -> None:
    unnamed = replace(THERE, user="", usual_user="measures")
    text = "no option names a user, so this service works as client.admin; the first run would name client.measures"
    own, shared = proposed({"h1": unnamed}), proposed({"h1": replace(unnamed, user_is_own=False)})
    assert (own.get("gnocchi", "user"), shared.get("gnocchi", "user")) == ({"name": "measures"}, None)
    assert own.notes[("gnocchi",)] == shared.notes[("gnocchi",)] == [text]
