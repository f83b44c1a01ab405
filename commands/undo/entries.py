"""What a journal entry stands for: the provider that made the thing, and what that provider's delete needs to know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from providers.base import ManagedProvider
from providers.ceph.ceph_conf import CephConfKind
from providers.ceph.crush_rule import CrushRuleKind
from providers.ceph.erasure_code_profile import ErasureCodeProfileKind
from providers.ceph.key_type import KeyTypeKind
from providers.ceph.keyring import KeyringKind
from providers.ceph.pool import PoolKind
from providers.ceph.user import UserKind
from providers.errors import Refused
from providers.host.directory import DirectoryKind
from providers.host.file_copy import FileCopyKind
from providers.host.file_label import FileLabelKind
from providers.host.file_lines import FileLinesKind
from providers.host.service import CHANGE, REMOVAL
from providers.host.whole_file import WholeFileKind
from providers.journal.entry import Entry, parsed
from providers.journal.record import EntryRecord
from providers.libvirt.secret import SecretKind
from providers.on_host import KindOnHost
from providers.openstack.config_sections import ConfigSectionsKind
from providers.openstack.image_properties import ImagePropertiesKind
from providers.openstack.volume_type import VolumeTypeKind
from providers.resources import PROVIDERS

# In the order in which `pulumi destroy` takes them out: what is recorded of a restart, options, keys, and at the end
# the restart itself. In the cluster, what is in the OpenStack goes first, a user before the pools of its caps, and a
# pool before the rule and the profile that it was made with.
ORDER = (
    CHANGE,
    ConfigSectionsKind.entry_kind,
    SecretKind.entry_kind,
    FileLabelKind.entry_kind,
    KeyringKind.entry_kind,
    CephConfKind.entry_kind,
    FileCopyKind.entry_kind,
    FileLinesKind.entry_kind,
    WholeFileKind.entry_kind,
    DirectoryKind.entry_kind,
    REMOVAL,
    ImagePropertiesKind.entry_kind,
    VolumeTypeKind.entry_kind,
    UserKind.entry_kind,
    PoolKind.entry_kind,
    CrushRuleKind.entry_kind,
    ErasureCodeProfileKind.entry_kind,
    KeyTypeKind.entry_kind,
)
BY_ENTRY_KIND = {name: provider for provider in PROVIDERS for name in provider.kind.entry_kinds()}
Props = dict[str, Any]


def undone_by(entry: Entry[EntryRecord], stack: str, host: str) -> tuple[ManagedProvider, Props]:
    """Return the provider and the part of its inputs that says which thing it is; all else is in the entry.

    Raises:
        Refused: This version knows no such kind of entry.
        UnexpectedOutput: The record lacks what its kind needs.
    """
    provider = BY_ENTRY_KIND.get(entry.kind)
    if provider is None:
        raise Refused(
            f"journal entry of kind {entry.kind} for {entry.what}: not known to this version; use the one that wrote it"
        )
    kind = provider.kind
    whole = parsed(entry.model_dump_json(), f"journal entry of kind {entry.kind} for {entry.what}", kind.entry_form)
    here = {"stack": stack, **({"host": host} if isinstance(kind, KindOnHost) else {})}
    return provider(), {**here, **kind.named_by(whole)}


def ordered(entries: Iterable[Entry[EntryRecord]]) -> list[Entry[EntryRecord]]:
    """Return the entries in the order in which they are undone."""
    place = {kind: number for number, kind in enumerate(ORDER)}
    return sorted(entries, key=lambda entry: (place.get(entry.kind, len(ORDER)), entry.what))
