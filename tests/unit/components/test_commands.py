"""An operator's own commands: off and not even imported unless asked for; before or after a service on each host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from components.stack.parse import parse

from .graph import Declared, before, built, raw

# Importing pulumi_command is enough to make the package warn of a resource that nobody uses.
pytestmark = pytest.mark.filterwarnings("ignore:This resource is deprecated:DeprecationWarning")
DRAIN = {"before": "nova", "create": "sudo touch /run/drained", "delete": "sudo rm /run/drained"}
TELL = {"after": "glance", "create": "logger -t wiring done"}


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "known_hosts"
    file.write_text("127.0.2.11,compute1,compute2 ssh-ed25519 AAAA\n")
    return {"ssh__known_hosts": str(file)}


def commands(declared: dict[str, Declared]) -> dict[str, Declared]:
    return {name: resource for name, resource in declared.items() if resource.kind == "Command"}


def of_nova(declared: dict[str, Declared], host: str) -> set[str]:
    """Return what is made for nova-compute on a host, and what else only nova-compute needs there."""
    wanted = {f"nova-compute-removal-{host}", f"nova-config-{host}", f"nova-compute-{host}", f"cinder-secret-{host}"}
    assert wanted <= set(declared)
    return wanted


def test_before_means_before_everything_of_the_service_on_that_host(known: dict[str, Any]) -> None:
    declared = built(**known, commands={"drain": DRAIN})
    assert set(commands(declared)) == {"command-drain-compute1", "command-drain-compute2"}
    for host, other in (("compute1", "compute2"), ("compute2", "compute1")):
        name = f"command-drain-{host}"
        assert declared[name].needs == {f"preflight-{host}"}
        for needing in of_nova(declared, host):
            assert name in before(declared, needing)
            assert f"command-drain-{other}" not in before(declared, needing)
    assert "command-drain-compute1" not in before(declared, "glance-api-controller1")


def test_after_means_that_the_service_works_there(known: dict[str, Any]) -> None:
    declared = built(**known, commands={"tell": TELL})
    assert declared["command-tell-controller1"].needs == {"glance-api-controller1"}


def test_after_means_the_unit_that_the_settings_name(known: dict[str, Any]) -> None:
    declared = built(glance__daemon={"unit": "x"}, commands={"tell": TELL}, **known)
    (tell,) = commands(declared).values()
    assert "x-controller1" in tell.needs


def test_hosts_narrow_where_a_command_runs(known: dict[str, Any]) -> None:
    declared = built(**known, commands={"drain": {**DRAIN, "hosts": ["compute2"]}})
    assert set(commands(declared)) == {"command-drain-compute2"}


def test_a_destroy_asks_the_guard_before_a_command_undoes_anything(known: dict[str, Any]) -> None:
    declared = built(**known, commands={"drain": DRAIN, "tell": TELL})
    assert {"command-drain-compute1", "command-drain-compute2"} <= declared["guard"].needs
    assert "command-tell-controller1" not in declared["guard"].needs  # it undoes nothing


def test_the_inputs_are_those_of_the_settings(known: dict[str, Any]) -> None:
    made = commands(built(**known, commands={"drain": {**DRAIN, "update": "true"}, "tell": TELL}))
    drain, tell = made["command-drain-compute1"].inputs, made["command-tell-controller1"].inputs
    assert (drain["create"], drain["update"], drain["delete"]) == (DRAIN["create"], "true", DRAIN["delete"])
    assert drain["logging"] == "none"
    assert "delete" not in tell
    assert "update" not in tell
    shown = commands(built(**known, commands={"tell": {**TELL, "show_output": True}}))
    assert "logging" not in shown["command-tell-controller1"].inputs
    assert tell["connection"]["value"]["hostKey"] == "ssh-ed25519 AAAA"
    text = json.dumps([resource.inputs for resource in made.values()])
    assert "rivate" not in text
    assert "password" not in text


REFUSED = {
    "no place": ({"create": "true"}, "commands.own: needs either before or after, with the name of a service"),
    "two places": (
        {"before": "nova", "after": "nova", "create": "true"},
        "commands.own: needs either before or after, with the name of a service",
    ),
    "unknown service": (
        {"before": "novva", "create": "true"},
        'commands.own.before: "novva" is not a service of the stack; did you mean "nova"?',
    ),
    "host of another service": (
        {"after": "nova", "hosts": ["controller1"], "create": "true"},
        'commands.own.hosts[0]: "controller1" is not in nova.hosts; add it to nova.hosts, or leave it out',
    ),
    "host twice": (
        {"after": "nova", "hosts": ["compute1", "compute1"], "create": "true"},
        'commands.own.hosts[1]: "compute1" is listed twice; remove one',
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_at_preview(case: str) -> None:
    given, said = REFUSED[case]
    assert parse(raw(commands={"own": given})) == [f"ceph-openstack:{said}"]


def test_a_service_that_is_left_out_has_no_command() -> None:
    assert parse(raw(cinder_backup=None, commands={"own": {"after": "cinder_backup", "create": "true"}})) == [
        'ceph-openstack:commands.own.after: "cinder_backup" is not a service of the stack; did you mean "cinder"?'
    ]


def test_a_container_is_refused(known: dict[str, Any]) -> None:
    inside = {"prefix": ["docker", "exec", "-i", "nova"]}
    assert parse(raw(**known, commands={"drain": DRAIN}, hosts__compute1=inside)) == [
        "ceph-openstack:commands.drain: hosts.compute1 is a container or this machine, which Pulumi's command provider "
        "does not reach; do it there yourself, and leave this out"
    ]


def test_a_key_in_a_command_is_refused_before_it_is_in_the_state() -> None:
    key = "AQD" + "x" * 35 + "=="
    refused = parse(raw(commands={"own": {"after": "nova", "create": f"echo {key}"}}))
    assert isinstance(refused, list)
    assert key not in refused[0]
    assert refused[0].startswith("ceph-openstack:commands.own.create: holds a cephx key")
