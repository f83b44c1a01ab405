"""On-disk contracts: what a state names, and refresh and delete look up in the code that is installed then."""

from __future__ import annotations

import base64
import pickle
import subprocess
import sys
from typing import Any

import pulumi
import pytest
from pulumi.dynamic.dynamic import serialize_provider

from providers import resources
from providers.lasting_pickle import lasting_pickle
from providers.resources import ManagedResource

# Resource class, its type token, and its provider as the state holds it: a pickle by reference to module and class.
CONTRACTS = [
    ("Pool", "pulumi-python:dynamic/ceph:Pool", "PoolProvider"),
    ("CephxUser", "pulumi-python:dynamic/ceph:CephxUser", "CephxUserProvider"),
    ("Cluster", "pulumi-python:dynamic/ceph:Cluster", "ClusterProvider"),
    ("CephConf", "pulumi-python:dynamic/ceph:CephConf", "CephConfProvider"),
    ("KeyringFile", "pulumi-python:dynamic/ceph:KeyringFile", "KeyringFileProvider"),
    ("LibvirtSecret", "pulumi-python:dynamic/libvirt:LibvirtSecret", "LibvirtSecretProvider"),
    ("ConfigSections", "pulumi-python:dynamic/openstack:ConfigSections", "ConfigSectionsProvider"),
    ("VolumeType", "pulumi-python:dynamic/openstack:VolumeType", "VolumeTypeProvider"),
    ("ImageProperties", "pulumi-python:dynamic/openstack:ImageProperties", "ImagePropertiesProvider"),
    ("HostDirectory", "pulumi-python:dynamic/host:HostDirectory", "HostDirectoryProvider"),
    ("Service", "pulumi-python:dynamic/host:Service", "ServiceProvider"),
    ("Guard", "pulumi-python:dynamic/stack:Guard", "GuardProvider"),
    ("Preflight", "pulumi-python:dynamic/stack:Preflight", "PreflightProvider"),
]


def pickled(provider: str) -> str:
    """The bytes that pickle protocol 4 has for an instance, without attributes, of a class in providers.resources."""
    body = (
        b"\x8c\x13providers.resources\x94"
        + b"\x8c"
        + bytes([len(provider)])
        + provider.encode()
        + b"\x94\x93\x94)\x81\x94."
    )
    return base64.b64encode(b"\x80\x04\x95" + len(body).to_bytes(8, "little") + body).decode()


def serialized(resource: type[ManagedResource[Any]]) -> str:
    """Return the provider as a resource hands it to the engine."""
    with lasting_pickle():
        return str(serialize_provider(resource.provider()))


@pytest.mark.parametrize(("name", "token", "provider"), CONTRACTS)
def test_provider_and_type_token(name: str, token: str, provider: str) -> None:
    resource = getattr(resources, name)
    assert serialized(resource) == pickled(provider)
    assert resource.provider.serialize_as_secret_always is False
    assert token == f"pulumi-python:{resource._resource_type_name}"


def test_one_golden_string_in_full() -> None:
    """Against a change of `pickled` itself."""
    assert serialized(resources.Pool) == ("gASVKwAAAAAAAACME3Byb3ZpZGVycy5yZXNvdXJjZXOUjAxQb29sUHJvdmlkZXKUk5QpgZQu")


def test_the_pickle_is_the_same_with_a_python_of_another_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.14 has another than 3.13, and each resource would be an update for it."""
    monkeypatch.setattr(pickle, "DEFAULT_PROTOCOL", 5)
    assert serialized(resources.Pool) == pickled("PoolProvider")
    assert vars(pickle)["DEFAULT_PROTOCOL"] == 5


def test_every_resource_is_listed() -> None:
    listed = {name for name, _, _ in CONTRACTS}
    assert {cls.__name__ for cls in ManagedResource.__subclasses__()} == listed


class Nothing(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        return args.name, args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return {}, None


PROGRAM = """
import pulumi
from tests.golden.recorder import event_loops
from tests.unit.test_contracts import Nothing
from providers.models import DirectoryDesired
from providers.resources import HostDirectory

with event_loops():
    pulumi.runtime.set_mocks(Nothing())
    for number in range(1500):
        HostDirectory(f"directory-{number}", DirectoryDesired(stack="dev", host="h", path=f"/x/{number}"))
    print("made")
"""


def test_1500_resources_can_be_made() -> None:
    """The SDK once ran into the recursion limit. In a process of its own, for the mocks are the process's."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout == "made\n", done.stderr[-2000:]
