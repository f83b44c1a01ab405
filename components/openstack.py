"""OpenStack: what the stack keeps in the running OpenStack itself, by its API."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi import ComponentResource, Resource, ResourceOptions

from providers.models import ImagePropertiesDesired, VolumeTypeDesired
from providers.resources import ImageProperties, VolumeType

from .context import Context
from .openstack_settings import OpenStack as OpenStackSettings
from .openstack_settings import VolumeType as VolumeTypeSettings
from .settings import Backend


class OpenStack(ComponentResource):
    """Volume types, once cinder-volume runs with the back ends that they select, and properties of images.

    resources -- all of them
    """

    def __init__(
        self,
        context: Context,
        openstack: OpenStackSettings,
        *,
        volumes: Sequence[Resource],
        glance: Sequence[Resource],
    ) -> None:
        """Declare the types and the properties.

        volumes -- what has cinder-volume run with its back ends
        glance  -- what has glance-api run with its store
        """
        super().__init__("ceph-openstack:openstack:OpenStack", "openstack")
        backends = context.settings.cinder.all_backends if context.settings.cinder else {}
        self.resources: list[Resource] = [
            VolumeType(
                f"volume-type-{name}",
                VolumeTypeDesired(
                    stack=context.stack,
                    fsid=context.fsid,
                    cloud=context.cloud_of(openstack),
                    name=name,
                    description=kind.description,
                    public=kind.public,
                    extra_specs=extra_specs(kind, backends),
                    adopt=kind.adopt,
                ),
                opts=ResourceOptions(parent=self, depends_on=list(volumes)),
            )
            for name, kind in openstack.volume_types.items()
        ]
        self.resources += [
            ImageProperties(
                f"image-properties-{name}",
                ImagePropertiesDesired(
                    stack=context.stack,
                    fsid=context.fsid,
                    cloud=context.cloud_of(openstack),
                    image=name,
                    properties=image.properties,
                ),
                opts=ResourceOptions(parent=self, depends_on=list(glance)),
            )
            for name, image in openstack.images.items()
        ]
        self.register_outputs({})


def extra_specs(kind: VolumeTypeSettings, backends: dict[str, Backend]) -> dict[str, str]:
    """Return the extra specs of a type: the back end's name, and what else is set."""
    section = kind.backend or next(iter(backends))
    return {"volume_backend_name": backends[section].volume_backend_name or section, **kind.extra_specs}
