"""The models that resources take: what components say they want, checked as they say it. Imports no Pulumi."""

from __future__ import annotations

from providers.ceph.ceph_conf import CephConfDesired
from providers.ceph.cluster import ClusterDesired
from providers.ceph.crush_rule import CrushRuleDesired
from providers.ceph.erasure_code_profile import ErasureCodeProfileDesired
from providers.ceph.key_type import KeyTypeDesired
from providers.ceph.keyring import KeyringDesired
from providers.ceph.pool import PoolDesired
from providers.ceph.user import UserDesired
from providers.desired import Desired
from providers.host.directory import DirectoryDesired
from providers.host.file_copy import FileCopyDesired
from providers.host.file_label import FileLabelDesired
from providers.host.file_lines import FileLinesDesired
from providers.host.ready import Ready, Workers
from providers.host.service import ServiceDesired
from providers.host.watched_file import WatchedFile
from providers.host.whole_file import WholeFileDesired
from providers.libvirt.secret import SecretDesired
from providers.on_host import OnHost
from providers.openstack.config_sections import ConfigSectionsDesired, Expected
from providers.openstack.image_properties import ImagePropertiesDesired
from providers.openstack.stored_data import clients, disk_users
from providers.openstack.stored_data import places as data_places
from providers.openstack.volume_type import VolumeTypeDesired
from providers.reach.cloud_name import CloudName
from providers.stack.guard import GuardDesired
from providers.stack.looks_at import LooksAt
from providers.stack.preflight import PreflightDesired

__all__ = [
    "CephConfDesired",
    "CloudName",
    "ClusterDesired",
    "ConfigSectionsDesired",
    "CrushRuleDesired",
    "Desired",
    "DirectoryDesired",
    "ErasureCodeProfileDesired",
    "Expected",
    "FileCopyDesired",
    "FileLabelDesired",
    "FileLinesDesired",
    "GuardDesired",
    "ImagePropertiesDesired",
    "KeyTypeDesired",
    "KeyringDesired",
    "LooksAt",
    "OnHost",
    "PoolDesired",
    "PreflightDesired",
    "Ready",
    "SecretDesired",
    "ServiceDesired",
    "UserDesired",
    "VolumeTypeDesired",
    "WatchedFile",
    "WholeFileDesired",
    "Workers",
    "clients",
    "data_places",
    "disk_users",
]
