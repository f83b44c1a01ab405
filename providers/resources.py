"""The resources that components use. Their type tokens and the provider classes' names are on-disk contracts: see
`tests/unit/test_contracts.py`."""

from __future__ import annotations

from typing import Any, ClassVar

from pulumi import ResourceOptions
from pulumi.dynamic import Resource

from providers.base import ManagedProvider
from providers.ceph.ceph_conf import CephConfKind
from providers.ceph.cluster import ClusterKind
from providers.ceph.keyring import KeyringKind
from providers.ceph.pool import PoolKind
from providers.ceph.user import UserKind
from providers.host.directory import DirectoryKind
from providers.host.service import ServiceKind
from providers.libvirt.secret import SecretKind
from providers.openstack.config_sections import ConfigSectionsKind
from providers.openstack.image_properties import ImagePropertiesKind
from providers.openstack.volume_type import VolumeTypeKind
from providers.stack.guard import GuardKind
from providers.stack.preflight import PreflightKind


class ManagedResource(Resource):
    """A dynamic resource whose inputs are the fields of its kind's desired model."""

    provider: ClassVar[type[ManagedProvider]]

    def __init__(self, resource_name: str, *, opts: ResourceOptions | None = None, **inputs: Any) -> None:
        given = {name: value for name, value in inputs.items() if value is not None}
        super().__init__(self.provider(), resource_name, given, opts)


class PoolProvider(ManagedProvider):
    kind = PoolKind()


class Pool(ManagedResource, module="ceph", name="Pool"):
    """A RADOS pool for RBD images. Inputs: `providers.ceph.pool.PoolDesired`."""

    provider = PoolProvider


class CephxUserProvider(ManagedProvider):
    kind = UserKind()


class CephxUser(ManagedResource, module="ceph", name="CephxUser"):
    """A cephx user with its caps; its key stays in the cluster. Inputs: `providers.ceph.user.UserDesired`."""

    provider = CephxUserProvider


class ClusterProvider(ManagedProvider):
    kind = ClusterKind()


class Cluster(ManagedResource, module="ceph", name="Cluster"):
    """The cluster itself: verified, never changed. Inputs: `providers.ceph.cluster.ClusterDesired`."""

    provider = ClusterProvider


class CephConfProvider(ManagedProvider):
    kind = CephConfKind()


class CephConf(ManagedResource, module="ceph", name="CephConf"):
    """Options of a stack in a host's ceph.conf. Inputs: `providers.ceph.ceph_conf.CephConfDesired`."""

    provider = CephConfProvider


class KeyringFileProvider(ManagedProvider):
    kind = KeyringKind()


class KeyringFile(ManagedResource, module="ceph", name="KeyringFile"):
    """One entity's keyring on a host. Inputs: `providers.ceph.keyring.KeyringDesired`."""

    provider = KeyringFileProvider


class LibvirtSecretProvider(ManagedProvider):
    kind = SecretKind()


class LibvirtSecret(ManagedResource, module="libvirt", name="LibvirtSecret"):
    """One entity's key as a libvirt secret on a compute host. Inputs: `providers.libvirt.secret.SecretDesired`."""

    provider = LibvirtSecretProvider


class ConfigSectionsProvider(ManagedProvider):
    kind = ConfigSectionsKind()


class ConfigSections(ManagedResource, module="openstack", name="ConfigSections"):
    """Options of a component in an OpenStack configuration file. Inputs: `providers.openstack.config_sections.ConfigSectionsDesired`."""

    provider = ConfigSectionsProvider


class VolumeTypeProvider(ManagedProvider):
    kind = VolumeTypeKind()


class VolumeType(ManagedResource, module="openstack", name="VolumeType"):
    """A Cinder volume type. Inputs: `providers.openstack.volume_type.VolumeTypeDesired`."""

    provider = VolumeTypeProvider


class ImagePropertiesProvider(ManagedProvider):
    kind = ImagePropertiesKind()


class ImageProperties(ManagedResource, module="openstack", name="ImageProperties"):
    """Properties of a Glance image. Inputs: `providers.openstack.image_properties.ImagePropertiesDesired`."""

    provider = ImagePropertiesProvider


class HostDirectoryProvider(ManagedProvider):
    kind = DirectoryKind()


class HostDirectory(ManagedResource, module="host", name="HostDirectory"):
    """A directory on a host. Inputs: `providers.host.directory.DirectoryDesired`."""

    provider = HostDirectoryProvider


class ServiceProvider(ManagedProvider):
    kind = ServiceKind()


class Service(ManagedResource, module="host", name="Service"):
    """A systemd service, restarted when what it reads has changed. Inputs: `providers.host.service.ServiceDesired`."""

    provider = ServiceProvider


class GuardProvider(ManagedProvider):
    kind = GuardKind()


class Guard(ManagedResource, module="stack", name="Guard"):
    """Refuses a deletion before anything is touched. Inputs: `providers.stack.guard.GuardDesired`."""

    provider = GuardProvider


class PreflightProvider(ManagedProvider):
    kind = PreflightKind()


class Preflight(ManagedResource, module="stack", name="Preflight"):
    """Refuses to change a host that must not be changed. Inputs: `providers.stack.preflight.PreflightDesired`."""

    provider = PreflightProvider
