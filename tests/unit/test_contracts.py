"""On-disk contracts: names in a state that a later refresh or delete looks up in the code installed by then."""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
from typing import Any

import pulumi
import pytest
from pulumi.dynamic.dynamic import serialize_provider

from commands.undo.entries import BY_ENTRY_KIND, ORDER, undone_by
from providers import resources
from providers.base import ManagedProvider
from providers.ceph.pool import PoolRecord
from providers.errors import UnexpectedOutput
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry, parsed
from providers.journal.host_journal import HostJournal
from providers.journal.record import EntryRecord
from providers.kinds import KINDS, upgraded
from providers.lasting_pickle import lasting_pickle
from providers.resources import ManagedResource

# Resource class, its type token, and its provider as the state holds it: a pickle by reference to module and class.
CONTRACTS = [
    ("Pool", "pulumi-python:dynamic/ceph:Pool", "PoolProvider"),
    ("CrushRule", "pulumi-python:dynamic/ceph:CrushRule", "CrushRuleProvider"),
    ("ErasureCodeProfile", "pulumi-python:dynamic/ceph:ErasureCodeProfile", "ErasureCodeProfileProvider"),
    ("KeyType", "pulumi-python:dynamic/ceph:KeyType", "KeyTypeProvider"),
    ("CephxUser", "pulumi-python:dynamic/ceph:CephxUser", "CephxUserProvider"),
    ("Cluster", "pulumi-python:dynamic/ceph:Cluster", "ClusterProvider"),
    ("CephConf", "pulumi-python:dynamic/ceph:CephConf", "CephConfProvider"),
    ("KeyringFile", "pulumi-python:dynamic/ceph:KeyringFile", "KeyringFileProvider"),
    ("LibvirtSecret", "pulumi-python:dynamic/libvirt:LibvirtSecret", "LibvirtSecretProvider"),
    ("ConfigSections", "pulumi-python:dynamic/openstack:ConfigSections", "ConfigSectionsProvider"),
    ("VolumeType", "pulumi-python:dynamic/openstack:VolumeType", "VolumeTypeProvider"),
    ("ImageProperties", "pulumi-python:dynamic/openstack:ImageProperties", "ImagePropertiesProvider"),
    ("HostDirectory", "pulumi-python:dynamic/host:HostDirectory", "HostDirectoryProvider"),
    ("FileCopy", "pulumi-python:dynamic/host:FileCopy", "FileCopyProvider"),
    ("FileLabel", "pulumi-python:dynamic/host:FileLabel", "FileLabelProvider"),
    ("FileLines", "pulumi-python:dynamic/host:FileLines", "FileLinesProvider"),
    ("WholeFile", "pulumi-python:dynamic/host:WholeFile", "WholeFileProvider"),
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


def test_kinds_are_known_by_their_types_without_pulumi() -> None:
    assert {type_: type(kind) for type_, kind in KINDS.items()} == {
        token: type(getattr(resources, name).provider.kind) for name, token, _ in CONTRACTS
    }
    assert upgraded("pulumi-python:dynamic/ceph:Cluster", {"mon_hosts": ["a"]}, {}) == {"mon_hosts": {"a": True}}
    assert upgraded("command:remote:Command", {"mon_hosts": ["a"]}, {}) == {"mon_hosts": ["a"]}
    code = "import sys, providers.kinds; sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_one_golden_string_in_full() -> None:
    """Against a change of `pickled` itself."""
    assert serialized(resources.Pool) == ("gASVKwAAAAAAAACME3Byb3ZpZGVycy5yZXNvdXJjZXOUjAxQb29sUHJvdmlkZXKUk5QpgZQu")


def test_the_pickle_is_the_same_with_a_python_of_another_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.14 has another default protocol than 3.13, so a new Python would make each resource an update."""
    monkeypatch.setattr(pickle, "DEFAULT_PROTOCOL", 5)
    assert serialized(resources.Pool) == pickled("PoolProvider")
    assert vars(pickle)["DEFAULT_PROTOCOL"] == 5


ENTRY_KINDS = {
    "PoolProvider": ("pool",),
    "CrushRuleProvider": ("crushrule",),
    "ErasureCodeProfileProvider": ("ecprofile",),
    "KeyTypeProvider": ("keytype",),
    "CephxUserProvider": ("user",),
    "ClusterProvider": (),
    "CephConfProvider": ("cephconf",),
    "KeyringFileProvider": ("keyring",),
    "LibvirtSecretProvider": ("secret",),
    "ConfigSectionsProvider": ("config",),
    "VolumeTypeProvider": ("volumetype",),
    "ImagePropertiesProvider": ("image",),
    "HostDirectoryProvider": ("directory",),
    "FileCopyProvider": ("copy",),
    "FileLabelProvider": ("label",),
    "FileLinesProvider": ("lines",),
    "WholeFileProvider": ("file",),
    "ServiceProvider": ("service-change", "service-removal"),
    "GuardProvider": (),
    "PreflightProvider": (),
}
"""Kinds of journal entries: on hosts and in clusters, for as long as a stack is there."""


REPORTED = {
    "PoolProvider": ["present"],
    "CrushRuleProvider": ["present"],
    "ErasureCodeProfileProvider": ["present"],
    "KeyTypeProvider": ["present"],
    "CephxUserProvider": ["present"],
    "KeyringFileProvider": ["key_state"],
    "LibvirtSecretProvider": ["key_state"],
    "VolumeTypeProvider": ["present"],
    "ImagePropertiesProvider": ["present"],
    "HostDirectoryProvider": ["present"],
    "FileCopyProvider": ["present"],
    "ServiceProvider": ["active", "configuration"],
}
"""Inputs that only a refresh fills, or the check of inputs; all other inputs are asked for."""


@pytest.mark.parametrize("provider", resources.PROVIDERS, ids=lambda provider: provider.__name__)
def test_what_refresh_reports_is_marked_and_no_program_sends_it(provider: type[ManagedProvider]) -> None:
    model = provider.kind.desired
    marked = model.reported_fields()
    assert marked == REPORTED.get(provider.__name__, [])
    inputs = [name for name, field in model.model_fields.items() if not field.exclude]
    assert inputs[len(inputs) - len(marked) :] == marked, "they stand at the end"
    never_sent = {name: model.model_fields[name] for name in model.model_fields if name not in inputs or name in marked}
    given = model.model_construct(
        **{name: field.get_default(call_default_factory=True) for name, field in never_sent.items()}
    )
    assert given.as_given() == {}


def test_kinds_of_journal_entries() -> None:
    assert {provider.__name__: provider.kind.entry_kinds() for provider in resources.PROVIDERS} == ENTRY_KINDS
    known = {name for names in ENTRY_KINDS.values() for name in names}
    assert set(ORDER) == known == set(BY_ENTRY_KIND)
    assert len(ORDER) == len(known)


def test_where_journal_entries_are() -> None:
    path = "/var/lib/ceph-openstack/prod/config-%2Fetc%2Fcinder%2Fcinder.conf%23cinder.json"
    assert HostJournal("prod").path("config", "/etc/cinder/cinder.conf#cinder") == path
    assert ClusterJournal("prod").key("pool", "images") == "ceph-openstack/prod/pool/images"


OLD_ENTRIES = [
    ("pool", "images", {}),
    ("pool", "images", {"before": {"size": 2, "target_size_ratio": None}, "ours": {"size": [3]}}),
    ("crushrule", "ssd", {}),
    ("ecprofile", "ec42", {}),
    ("keytype", "aes", {"allowed": ["aes256k"], "insecure": None}),
    ("user", "client.glance", {}),
    ("user", "client.glance", {"before": {"mon": "allow r"}, "ours": [{"mon": "profile rbd"}]}),
    ("directory", "/etc/ceph", {"before": None, "set": {"mode": ["0755"]}}),
    ("directory", "/etc/ceph", {"before": {"owner": "root", "group": "root", "mode": "0755"}, "set": {}}),
    ("copy", "/etc/x/x.conf", {"name": "/etc/x/x.conf.0", "digest": "0" * 64}),
    ("label", "/etc/ceph/k", {"before": "usr_t", "set": ["etc_t"], "rules": ["etc_t"]}),
    ("lines", "/etc/tmpfiles.d/ceph-guests.conf", {"lines": ["d /run/x"], "file_created": True, "unended": False}),
    ("keyring", "/etc/ceph/k", {"before": None, "ours": ["0" * 64], "set": {"mode": ["0640"]}}),
    ("secret", "2f0f4ba2-6c1e-4d0a-9b6e-1ab0ce9d0501", {"usage": "ceph client.cinder"}),
    ("config", "/etc/x#cinder", {"version": 1, "file_created": False, "options": [], "lists": [], "sections": []}),
    ("cephconf", "/etc/x#client", {"version": 1, "file_created": True, "options": [], "lists": [], "sections": []}),
    ("service-change", "glance-api.service", {"was_active": True, "digest": "0" * 64}),
    ("service-removal", "glance-api.service", {"was_active": False}),
    (
        "volumetype",
        "ceph",
        {"cloud": "i RegionOne", "place": {"name": "lab"}, "id": "t", "before": {}, "ours": {"public": [True]}},
    ),
    (
        "image",
        "debian",
        {"cloud": "i", "place": {"name": "lab", "file": "", "region": "", "interface": ""}, "image": "x"},
    ),
]
"""Entries as 0.1.0 wrote them: kind, what, record."""


@pytest.mark.parametrize(("kind", "what", "record"), OLD_ENTRIES)
def test_an_entry_of_the_last_version_is_read_and_still_says_the_same(
    kind: str, what: str, record: dict[str, Any]
) -> None:
    form = BY_ENTRY_KIND[kind].kind.entry_form
    old = json.dumps({"kind": kind, "what": what, "finished": True, "adopted": False, "record": record, "by": "a@b"})
    entry = parsed(old, "here", form)
    written = json.loads(entry.text())
    assert {name: written["record"][name] for name in record if name != "place"} == {
        name: value for name, value in record.items() if name != "place"
    }
    assert written["record"]["version"] == 1
    assert entry.same(parsed(entry.text(), "here", form))
    undone_by(parsed(old, "here", Entry[EntryRecord]), "prod", "controller1")


def test_a_record_of_a_later_version_is_refused() -> None:
    text = json.dumps({"kind": "pool", "what": "images", "record": {"version": 2}})
    with pytest.raises(UnexpectedOutput, match=r"^here: not a journal entry that this version reads \(record.version"):
        parsed(text, "here", Entry[PoolRecord])


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
    """The SDK once ran into the recursion limit. The test has its own process, because mocks hold for a process."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "made\n", done.stderr[-2000:]
