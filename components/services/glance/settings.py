"""What an operator writes under `ceph-openstack:glance`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.settings.base import SettingsModel
from components.settings.pool import Pool
from components.settings.service import ServiceSettings
from components.settings.user import User
from components.settings.values import BackendName, ListPosition, PathOrNone
from providers.formats.names import ClusterName


class GlanceStore(SettingsModel):
    """A further store of Glance's, on a cluster of its own."""

    pool: Pool = Field(description="Pool for the images of this store.")
    cluster: ClusterName = Field(description="The cluster of the pool, by its name in clusters.")


class GlanceSettings(ServiceSettings):
    """glance-api, and the pool for images.

    The base class adds `hosts`, on which glance-api runs, and `options`, further options of glance-api.conf.
    """

    pool: Pool = Field(description="Pool for images.")
    user: User = Field(User(name="glance"), description="Glance's cephx user. Default {name: glance}.")
    layout: Literal["multi_store", "single_store"] | None = Field(
        None,
        description="How glance-api.conf names the store: multi_store, in enabled_backends with a section of its own, "
        "since Rocky; or single_store, as guides have it, with stores and default_store in [glance_store] (before Juno "
        "with known_stores and default_store in [DEFAULT]), which is deprecated since Rocky and still read. Default "
        "multi_store; single_store before Train, because Rocky and Stein call several stores experimental.",
    )
    store_item: Literal["rbd", "glance.store.rbd.Store"] = Field(
        "rbd",
        description="With layout single_store the item in [glance_store] stores: rbd, or the path of the class where "
        "that stands there already. Default rbd.",
    )
    backend: BackendName = Field(
        "rbd",
        description="Id of the store in enabled_backends, and name of its section; of no effect with layout "
        "single_store. Default rbd.",
    )
    stores: dict[BackendName, GlanceStore] = Field(
        default={},
        description="Further stores by their ids, one on each of `clusters`. Uploads go to `backend` unless they name "
        "a store; a server whose disk is on another cluster has its image copied to the store there. Default: none.",
    )
    list_position: ListPosition = Field(
        "last",
        description="Where the store is put among those of its list: first or last. A store that is there stays where "
        "it is. Default last.",
    )
    file_store: PathOrNone = Field(
        "/var/lib/glance/images",
        description="Folder that holds images uploaded before this stack. If glance-api.conf has no enabled_backends "
        "yet, a file store on this folder is added so that those images stay readable. none if there are no such "
        "images. Default /var/lib/glance/images.",
    )
    show_image_direct_url: bool = Field(
        False,
        description="Let glance-api show where images are stored, which Cinder and Nova need for copy-on-write clones. "
        "Use it only on a private endpoint. Default false.",
    )
    clone_v2: bool = Field(
        False,
        description="Let Glance's user read Cinder's and Nova's pools, which Glance needs to delete images when the "
        "cluster uses clone v2. A run is refused while the cluster's require_min_compat_client is older than mimic. "
        "Default false.",
    )

    @property
    def is_single(self) -> bool:
        """Whether Glance has the one store of [glance_store]."""
        return self.layout == "single_store"
