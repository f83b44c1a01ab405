"""A service that is one folder and one entry in the list gets every protection. The folder is docs/examples/gnocchi."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands.discover.cluster_contents import ClusterContents
from commands.discover.settings_text import settings_text
from commands.discover.whole_cloud import whole_cloud
from commands.look_at_all import look_at_all
from commands.verify.on_hosts import looks_on_hosts
from components.services import SERVICES
from components.stack.describe import config_block, settings_page
from components.stack.graph import Graph
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from docs.examples.gnocchi import GNOCCHI
from providers.models import ConfigSectionsDesired, GuardDesired, PoolDesired, UserDesired
from providers.reach import machines as current_machines
from providers.reach.host_access import HostAccess
from tests.sim.site import Site
from tests.sim.systemd import Unit
from tests.sim.wiring import CINDER, GLOBAL, Keyring, Wiring, wire_by_hand

from .graph import FSID, built, raw, settings

ROOT = Path(__file__).parents[3]
ALL = (*SERVICES, GNOCCHI)
MINE = {"hosts": ["controller1"], "pool": {"name": "metrics"}}
CELL: dict[str, Any] = {
    "cluster__admin_host": None,
    "glance": None,
    "cinder": None,
    "cinder_backup": None,
    "nova": None,
}

GNOCCHI_CONF = """\
[storage]
driver = ceph
ceph_pool = metrics
ceph_username = measures
ceph_conffile = /etc/ceph/ceph.conf
ceph_timeout = 30
"""
BY_HAND = Wiring(
    number="a service of its own",
    pools={"metrics": False},
    caps={"client.measures": {"mon": "allow r", "osd": "allow rwx pool=metrics"}},
    files={("api1",): {"/etc/ceph/ceph.conf": GLOBAL, "/etc/gnocchi/gnocchi.conf": GNOCCHI_CONF}},
    keyrings=(Keyring(("api1",), "client.measures", CINDER, 0o640),),
    secrets={},
)


def wired_graph() -> Graph:
    return wire(settings(ALL, gnocchi=MINE), "test", ALL)


def test_it_adds_its_own_resources_and_changes_no_other_service() -> None:
    without, beside = built(), built(ALL, gnocchi=MINE)
    assert set(beside) - set(without) == {
        "gnocchi",
        "gnocchi-pool",
        "gnocchi-user",
        "gnocchi-keyring-controller1",
        "gnocchi-config-controller1",
        "gnocchi-api-removal-controller1",
        "gnocchi-api-controller1",
    }
    units = ("glance-api-controller1", "cinder-volume-controller1", "nova-compute-compute1")
    assert {unit: beside[unit].inputs["watch"] for unit in units} == {
        unit: without[unit].inputs["watch"] for unit in units
    }


def test_its_options_its_pool_and_its_caps_are_its_own() -> None:
    nodes = wired_graph().nodes
    config, pool, user = (nodes[f"gnocchi-{what}"].model for what in ("config-controller1", "pool", "user"))
    assert isinstance(config, ConfigSectionsDesired)
    assert config.sections == {
        "storage": {
            "driver": "ceph",
            "ceph_pool": "metrics",
            "ceph_username": "gnocchi",
            "ceph_conffile": "/etc/ceph/ceph.conf",
            "ceph_timeout": "30",
        }
    }
    assert isinstance(pool, PoolDesired)
    assert pool.application == "gnocchi"
    assert isinstance(user, UserDesired)
    assert user.caps == {"mon": "allow r", "osd": "allow rwx pool=metrics"}
    assert nodes["gnocchi-user"].needs == {"cluster", "gnocchi-pool"}


REFUSED = [
    (
        "a pool that is another's",
        {"pool": {"name": "images"}},
        'gnocchi.pool.name: "images" is already the pool of glance.pool: services must not share one '
        "(caps and free space are per pool); choose another name, or set shared: true at both if they share it already",
    ),
    (
        "a user that is another's",
        {"user": {"name": "glance"}},
        "gnocchi.user.name: client.glance is already the user of glance: caps are per user; choose another name",
    ),
    (
        "a host that is none",
        {"hosts": ["controler1"]},
        'gnocchi.hosts[0]: "controler1" is not in hosts; did you mean "controller1"?',
    ),
    (
        "a host twice",
        {"hosts": ["controller1", "controller1"]},
        'gnocchi.hosts[1]: "controller1" is listed twice; remove one',
    ),
    (
        "an option that it writes itself",
        {"options": {"storage": {"ceph_pool": "x"}}},
        "gnocchi.options.storage.ceph_pool: is written from gnocchi.pool.name; set that instead",
    ),
    (
        "a section that it does not have",
        {"options": {"storrage": {"x": "y"}}},
        'gnocchi.options.storrage: is no section of this service\'s options; did you mean "storage"?',
    ),
    (
        "an option in quotes",
        {"options": {"storage": {"x": "'y'"}}},
        "gnocchi.options.storage.x: the value is in quotes, which oslo.config takes off; remove them",
    ),
]


@pytest.mark.parametrize(("change", "line"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_every_service_is_refused(change: dict[str, Any], line: str) -> None:
    assert parse(raw(gnocchi={**MINE, **change}), services=ALL) == [f"ceph-openstack:{line}"]


def test_further_options_land_in_its_file_and_override_what_is_only_a_default() -> None:
    options = {"storage": {"ceph_timeout": 60}, "metricd": {"workers": 2}}
    config = wire(settings(ALL, gnocchi={**MINE, "options": options}), "test", ALL).nodes["gnocchi-config-controller1"]
    assert isinstance(config.model, ConfigSectionsDesired)
    assert config.model.sections["metricd"] == {"workers": "2"}
    assert config.model.sections["storage"]["ceph_timeout"] == "60"


def test_in_a_cell_it_needs_its_key_and_nothing_more() -> None:
    assert parse(raw(**CELL, gnocchi=MINE), services=ALL) == [
        "ceph-openstack:cluster.keys: client.gnocchi (gnocchi.user) is missing, and there is no cluster.admin_host to "
        "fetch its key; add {file: …} or {env: …}"
    ]
    keys = {"client.gnocchi": {"file": "keys/gnocchi"}}
    assert isinstance(parse(raw(**CELL, gnocchi=MINE, cluster__keys=keys), services=ALL), StackSettings)


def test_the_guards_know_its_pool_and_its_user() -> None:
    for name in ("gate", "guard"):
        guard = wired_graph().nodes[name].model
        assert isinstance(guard, GuardDesired)
        assert "metrics" in guard.looks_at.pools
        assert "client.gnocchi" in guard.looks_at.entities


def test_verify_looks_at_its_caps_its_keyring_and_its_service(site: Site) -> None:
    graph = wired_graph()
    looks = looks_on_hosts(graph, current_machines.current())
    seen = {(look.kind, look.name, look.where) for look in looks}
    assert {
        ("caps", "client.gnocchi", "ceph1"),
        ("keyring", "client.gnocchi", "controller1"),
        ("rbd ls by", "gnocchi as client.gnocchi", "controller1"),
        ("service", "gnocchi-api.service", "controller1"),
        ("driver of", "gnocchi-api.service", "controller1"),
    } <= seen


def test_discover_prints_its_block() -> None:
    contents = ClusterContents(FSID, "reef", ["192.0.2.1"], {"metrics": "empty"}, ["client.gnocchi"], {})
    text = settings_text(
        contents, HostAccess("ceph1", "192.0.2.1"), "/etc/ceph/ceph.conf", "client.admin", "zed", services=ALL
    )
    assert yaml.safe_load(text)["config"]["ceph-openstack:gnocchi"] == {
        "hosts": [],
        "pool": {"name": "metrics", "adopt": True},
        "user": {"name": "gnocchi", "adopt": True},
    }


def test_discover_proposes_what_its_file_says_and_the_first_plan_is_empty(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The machine that runs the tests has no user gnocchi.
    daemons = {name: replace(daemon, user=CINDER, group=CINDER) for name, daemon in GNOCCHI.daemons.items()}
    monkeypatch.setattr(GNOCCHI, "daemons", daemons)
    wire_by_hand(site, BY_HAND)
    site.hosts["api1"].systemd.add("gnocchi-api.service", Unit(log=["started"]))
    site.ceph.do_osd_pool_application_enable("metrics", "gnocchi")
    site.new_run()
    proposal, _ = whole_cloud(current_machines.current(), ["api1"], "test", "", ALL)
    assert proposal.get("gnocchi") == {
        "hosts": ["api1"],
        "pool": {"name": "metrics"},
        "user": {"name": "measures"},
    }
    wanted = parse(proposal.settings, services=ALL)
    assert isinstance(wanted, StackSettings)
    looked_at = look_at_all(wire(wanted, "test", ALL), current_machines.current())
    assert [str(step) for one in looked_at for step in one.steps] == []
    assert [one.refusal or one.unseen for one in looked_at if one.refusal or one.unseen] == []


def test_the_settings_page_and_pulumi_yaml_have_its_table() -> None:
    assert "## gnocchi\n\nGnocchi on Ceph. Default: left alone.\n" in settings_page(ALL)
    assert "| `pool.name` | Name of the pool, which cannot change. |" in settings_page(ALL).split("## gnocchi")[1]
    assert yaml.safe_load(config_block(ALL))["config"]["gnocchi"]["type"] == "object"
    assert "gnocchi" not in settings_page()


def test_contributing_names_the_files_that_it_sends_a_reader_to() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named = [
        word for word in text.split("`") if "/" in word and " " not in word and word.endswith((".py", ".yaml", ".md"))
    ]
    assert [word for word in named if not (ROOT / word).exists()] == []
    assert "components/services/option.py" in named
