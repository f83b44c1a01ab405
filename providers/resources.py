"""The resources of a stack, and their providers.

The type tokens, and the names of this module and its provider classes, are in every stack's state.
`tests/unit/test_contracts.py` pins them.
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from pulumi import ResourceOptions
from pulumi.dynamic import Resource

from providers import models
from providers.base import ManagedProvider
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
from providers.lasting_pickle import lasting_pickle
from providers.libvirt.secret import SecretKind
from providers.openstack.config_sections import ConfigSectionsKind
from providers.openstack.image_properties import ImagePropertiesKind
from providers.openstack.volume_type import VolumeTypeKind
from providers.stack.guard import GuardKind
from providers.stack.preflight import PreflightKind

D = TypeVar("D", bound=models.Desired)


class ManagedResource(Resource, Generic[D]):
    """A dynamic resource whose inputs are the fields of its kind's desired model."""

    provider: ClassVar[type[ManagedProvider]]

    def __init__(self, resource_name: str, desired: D, *, opts: ResourceOptions | None = None) -> None:
        with lasting_pickle():
            shown = ResourceOptions.merge(opts, ResourceOptions(hide_diffs=list(self.provider.kind.hidden) or None))
            super().__init__(self.provider(), resource_name, desired.as_given(), shown)


class PoolProvider(ManagedProvider):
    """The provider of `Pool`."""

    kind = PoolKind()


class Pool(ManagedResource[models.PoolDesired], module="ceph", name="Pool"):
    """A RADOS pool, for RBD images or for another application."""

    provider = PoolProvider


class CrushRuleProvider(ManagedProvider):
    """The provider of `CrushRule`."""

    kind = CrushRuleKind()


class CrushRule(ManagedResource[models.CrushRuleDesired], module="ceph", name="CrushRule"):
    """A CRUSH rule for replicated pools."""

    provider = CrushRuleProvider


class ErasureCodeProfileProvider(ManagedProvider):
    """The provider of `ErasureCodeProfile`."""

    kind = ErasureCodeProfileKind()


class ErasureCodeProfile(ManagedResource[models.ErasureCodeProfileDesired], module="ceph", name="ErasureCodeProfile"):
    """An erasure code profile."""

    provider = ErasureCodeProfileProvider


class KeyTypeProvider(ManagedProvider):
    """The provider of `KeyType`."""

    kind = KeyTypeKind()


class KeyType(ManagedResource[models.KeyTypeDesired], module="ceph", name="KeyType"):
    """A type of cephx keys that the monitors allow and make."""

    provider = KeyTypeProvider


class CephxUserProvider(ManagedProvider):
    """The provider of `CephxUser`."""

    kind = UserKind()


class CephxUser(ManagedResource[models.UserDesired], module="ceph", name="CephxUser"):
    """A cephx user with its caps; its key stays in the cluster."""

    provider = CephxUserProvider


class ClusterProvider(ManagedProvider):
    """The provider of `Cluster`."""

    kind = ClusterKind()


class Cluster(ManagedResource[models.ClusterDesired], module="ceph", name="Cluster"):
    """The cluster itself: verified, never changed."""

    provider = ClusterProvider


class CephConfProvider(ManagedProvider):
    """The provider of `CephConf`."""

    kind = CephConfKind()


class CephConf(ManagedResource[models.CephConfDesired], module="ceph", name="CephConf"):
    """Options of a stack in a host's ceph.conf."""

    provider = CephConfProvider


class KeyringFileProvider(ManagedProvider):
    """The provider of `KeyringFile`."""

    kind = KeyringKind()


class KeyringFile(ManagedResource[models.KeyringDesired], module="ceph", name="KeyringFile"):
    """One entity's keyring on a host."""

    provider = KeyringFileProvider


class LibvirtSecretProvider(ManagedProvider):
    """The provider of `LibvirtSecret`."""

    kind = SecretKind()


class LibvirtSecret(ManagedResource[models.SecretDesired], module="libvirt", name="LibvirtSecret"):
    """One entity's key as a libvirt secret on a compute host."""

    provider = LibvirtSecretProvider


class ConfigSectionsProvider(ManagedProvider):
    """The provider of `ConfigSections`."""

    kind = ConfigSectionsKind()


class ConfigSections(ManagedResource[models.ConfigSectionsDesired], module="openstack", name="ConfigSections"):
    """Options of a component in an OpenStack configuration file."""

    provider = ConfigSectionsProvider


class VolumeTypeProvider(ManagedProvider):
    """The provider of `VolumeType`."""

    kind = VolumeTypeKind()


class VolumeType(ManagedResource[models.VolumeTypeDesired], module="openstack", name="VolumeType"):
    """A Cinder volume type."""

    provider = VolumeTypeProvider


class ImagePropertiesProvider(ManagedProvider):
    """The provider of `ImageProperties`."""

    kind = ImagePropertiesKind()


class ImageProperties(ManagedResource[models.ImagePropertiesDesired], module="openstack", name="ImageProperties"):
    """Properties of a Glance image."""

    provider = ImagePropertiesProvider


class HostDirectoryProvider(ManagedProvider):
    """The provider of `HostDirectory`."""

    kind = DirectoryKind()


class HostDirectory(ManagedResource[models.DirectoryDesired], module="host", name="HostDirectory"):
    """A directory on a host."""

    provider = HostDirectoryProvider


class FileCopyProvider(ManagedProvider):
    """The provider of `FileCopy`."""

    kind = FileCopyKind()


class FileCopy(ManagedResource[models.FileCopyDesired], module="host", name="FileCopy"):
    """A copy of a file as it was before any stack."""

    provider = FileCopyProvider


class FileLabelProvider(ManagedProvider):
    """The provider of `FileLabel`."""

    kind = FileLabelKind()


class FileLabel(ManagedResource[models.FileLabelDesired], module="host", name="FileLabel"):
    """The SELinux type of a file."""

    provider = FileLabelProvider


class FileLinesProvider(ManagedProvider):
    """The provider of `FileLines`."""

    kind = FileLinesKind()


class FileLines(ManagedResource[models.FileLinesDesired], module="host", name="FileLines"):
    """Lines of a stack in a file of rules."""

    provider = FileLinesProvider


class WholeFileProvider(ManagedProvider):
    """The provider of `WholeFile`."""

    kind = WholeFileKind()


class WholeFile(ManagedResource[models.WholeFileDesired], module="host", name="WholeFile"):
    """A file that is the stack's own."""

    provider = WholeFileProvider


class ServiceProvider(ManagedProvider):
    """The provider of `Service`."""

    kind = ServiceKind()


class Service(ManagedResource[models.ServiceDesired], module="host", name="Service"):
    """A systemd service, restarted when what it reads has changed."""

    provider = ServiceProvider


class GuardProvider(ManagedProvider):
    """The provider of `Guard`."""

    kind = GuardKind()


class Guard(ManagedResource[models.GuardDesired], module="stack", name="Guard"):
    """Refuses a deletion before anything is touched."""

    provider = GuardProvider


class PreflightProvider(ManagedProvider):
    """The provider of `Preflight`."""

    kind = PreflightKind()


class Preflight(ManagedResource[models.PreflightDesired], module="stack", name="Preflight"):
    """Refuses to change a host that must not be changed."""

    provider = PreflightProvider


PROVIDERS: tuple[type[ManagedProvider], ...] = tuple(made.provider for made in ManagedResource.__subclasses__())
"""Every provider."""

_BY_MODEL: dict[type[models.Desired], type[ManagedResource[Any]]] = {
    made.provider.kind.desired: made for made in ManagedResource.__subclasses__()
}


def resource_for(model: type[D]) -> type[ManagedResource[D]]:
    """Return the resource class whose inputs are of this model."""
    return _BY_MODEL[model]
