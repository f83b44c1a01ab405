"""Packages: off and not even imported unless asked for; with a host key, and without any other key."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.stack.parse import parse

from .graph import Declared, before, built, raw

# Importing pulumi_command is enough to make the package warn of a resource that nobody uses.
pytestmark = pytest.mark.filterwarnings("ignore:This resource is deprecated:DeprecationWarning")
ON = {"packages": {"install": True}}


@pytest.fixture
def known(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "known_hosts"
    file.write_text("127.0.2.11 ssh-ed25519 AAAAcontroller\n" + "compute1,compute2,bastion ssh-ed25519 AAAAothers\n")
    return {**ON, "ssh__known_hosts": str(file)}


def commands(declared: dict[str, Declared]) -> dict[str, Declared]:
    return {name: resource for name, resource in declared.items() if resource.kind == "Command"}


@pytest.mark.parametrize("setting", [None, {}, {"install": False}])
def test_off_means_that_the_provider_is_not_even_imported(setting: dict[str, bool] | None) -> None:
    program = (
        "import sys; from tests.unit.components.graph import built;"
        f" declared = built(packages={setting!r}) if {setting!r} is not None else built();"
        " assert not [resource for resource in declared.values() if resource.kind == 'Command'];"
        " assert not [name for name in sys.modules if name.startswith('pulumi_command')]"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3])


def test_packages_come_before_everything_on_their_host(known: dict[str, Any]) -> None:
    declared = built(**known)
    made = commands(declared)
    assert set(made) == {"packages-controller1", "packages-compute1", "packages-compute2"}
    for name, resource in declared.items():
        if resource.inputs.get("host") and resource.kind != "Command":
            assert f"packages-{resource.inputs['host']}" in before(declared, name), name
    create = made["packages-compute1"].inputs["create"]
    assert create.startswith(
        "sudo -n apt-get update --quiet && "
        "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-upgrade --no-install-recommends "
    )
    assert create.endswith(" ceph-common python3-rados python3-rbd qemu-block-extra")
    assert "delete" not in made["packages-compute1"].inputs


def test_the_connection_has_the_host_key_and_no_other(known: dict[str, Any]) -> None:
    made = commands(built(**known, ssh__identity_file="~/.ssh/id", ssh__jump={"address": "bastion", "port": 22}))
    connection = made["packages-controller1"].inputs["connection"]["value"]  # a secret to the engine
    assert connection["hostKey"] == "ssh-ed25519 AAAAcontroller"
    assert connection["host"] == "127.0.2.11"
    assert connection["proxy"]["hostKey"] == "ssh-ed25519 AAAAothers"
    text = json.dumps([resource.inputs for resource in made.values()])
    assert "rivate" not in text
    assert "password" not in text
    assert ".ssh/id" not in text


def test_rhel_has_other_names(known: dict[str, Any]) -> None:
    create = commands(built(**known, platform="rhel"))["packages-compute1"].inputs["create"]
    assert create.startswith("sudo -n dnf install --assumeyes ")
    assert create.endswith(" qemu-kvm-block-rbd")


def test_a_host_without_a_known_key_is_refused_with_one_line_each(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("compute1 ssh-ed25519 AAAA\n")
    with pytest.raises(pulumi.RunError) as refused:
        built(**ON, ssh__known_hosts=str(file))
    lines = str(refused.value).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"ceph-openstack:packages.install: {file} has no key of 127.0.2.11 port 22")
    with pytest.raises(pulumi.RunError, match="cannot be read"):
        built(**ON, ssh__known_hosts=str(tmp_path / "nothing"))


def test_a_container_is_refused(known: dict[str, Any]) -> None:
    assert parse(raw(**known, hosts__compute1={"prefix": ["docker", "exec", "-i", "nova"]})) == [
        "ceph-openstack:packages.install: hosts.compute1 is a container or this machine, which Pulumi's command "
        "provider does not reach; do it there yourself, and leave this out"
    ]
