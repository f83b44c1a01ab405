"""KINDS: every kind by the type of its resource. Imports no Pulumi."""

from __future__ import annotations

from typing import Any

from providers.ceph.ceph_conf import CephConfKind
from providers.ceph.cluster import ClusterKind
from providers.ceph.crush_rule import CrushRuleKind
from providers.ceph.erasure_code_profile import ErasureCodeProfileKind
from providers.ceph.key_type import KeyTypeKind
from providers.ceph.keyring import KeyringKind
from providers.ceph.pool import PoolKind
from providers.ceph.user import UserKind
from providers.host.directory import DirectoryKind
from providers.host.file_copy import FileCopyKind
from providers.host.file_label import FileLabelKind
from providers.host.file_lines import FileLinesKind
from providers.host.service import ServiceKind
from providers.host.whole_file import WholeFileKind
from providers.kind import Kind
from providers.libvirt.secret import SecretKind
from providers.openstack.config_sections import ConfigSectionsKind
from providers.openstack.image_properties import ImagePropertiesKind
from providers.openstack.volume_type import VolumeTypeKind
from providers.stack.guard import GuardKind
from providers.stack.preflight import PreflightKind

_PREFIX = "pulumi-python:dynamic/"
KINDS: dict[str, Kind[Any, Any]] = {
    f"{_PREFIX}ceph:Pool": PoolKind(),
    f"{_PREFIX}ceph:CrushRule": CrushRuleKind(),
    f"{_PREFIX}ceph:ErasureCodeProfile": ErasureCodeProfileKind(),
    f"{_PREFIX}ceph:KeyType": KeyTypeKind(),
    f"{_PREFIX}ceph:CephxUser": UserKind(),
    f"{_PREFIX}ceph:Cluster": ClusterKind(),
    f"{_PREFIX}ceph:CephConf": CephConfKind(),
    f"{_PREFIX}ceph:KeyringFile": KeyringKind(),
    f"{_PREFIX}libvirt:LibvirtSecret": SecretKind(),
    f"{_PREFIX}openstack:ConfigSections": ConfigSectionsKind(),
    f"{_PREFIX}openstack:VolumeType": VolumeTypeKind(),
    f"{_PREFIX}openstack:ImageProperties": ImagePropertiesKind(),
    f"{_PREFIX}host:HostDirectory": DirectoryKind(),
    f"{_PREFIX}host:FileCopy": FileCopyKind(),
    f"{_PREFIX}host:FileLabel": FileLabelKind(),
    f"{_PREFIX}host:FileLines": FileLinesKind(),
    f"{_PREFIX}host:WholeFile": WholeFileKind(),
    f"{_PREFIX}host:Service": ServiceKind(),
    f"{_PREFIX}stack:Guard": GuardKind(),
    f"{_PREFIX}stack:Preflight": PreflightKind(),
}


def upgraded(type_: str, inputs: dict[str, Any], beside: dict[str, Any]) -> dict[str, Any]:
    """Return inputs of a state or a preview in the present shape, whatever version has made them; see `Kind.upgraded`.

    Args:
        type_: The resource's type, such as `pulumi-python:dynamic/host:Service`. Inputs of a type that is not among
            `KINDS` are returned as they are.
        inputs: The inputs.
        beside: The inputs with which they are compared; nothing where they are compared with none.
    """
    kind = KINDS.get(type_)
    return inputs if kind is None else kind.in_present_shape(inputs, beside)
