"""What `verify` asks of Glance's API: whether the store is there, and which endpoint shows where images are stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from components.services.api import Api
from components.services.api_look import ApiLook
from components.services.finding import Finding, broken, ok, skipped, unseen, warning
from components.services.glance.settings import GlanceSettings
from components.services.neighbours import Neighbours
from components.services.site import Site

Image = dict[str, Any]
_NO_IMAGE = "there is no image in this store yet; upload one"
_PUBLIC = "the public endpoint tells users where images lie in the cluster"
_SECOND_API = "run a second glance-api without the option for the public (OSSN-0065, OSSN-0090)"


def glance_links(mine: GlanceSettings, others: Neighbours, site: Site) -> Iterator[ApiLook]:
    """Yield a check of each store, and two of the endpoints when the settings let one show where images are stored.

    The API shows no single store.
    """
    store = _Store("" if mine.is_single else mine.backend, mine.pool.name, site.fsid)
    if not mine.is_single:
        further = [_Store(store_id, further.pool.name, fsid="") for store_id, further in mine.stores.items()]
        for one in (store, *further):
            yield ApiLook(part="data", kind="store", name=one.id, where="Glance", ask=one.judge)
    if mine.show_image_direct_url or others.direct_snapshots:
        yield ApiLook(part="data", kind="direct URL", name=store.id, where="Glance", ask=store.judge_direct_url)
        yield ApiLook(part="data", kind="public endpoint", name="", where="Glance", ask=store.judge_public_endpoint)


@dataclass(frozen=True)
class _Store:
    """The store as the settings want it.

    Attributes:
        id: The id of the store, which is also the name of its section; empty for a single store.
        pool: The name of the pool.
        fsid: The UUID of the cluster; empty for a further cluster, of which only the pool is compared.
    """

    id: str
    pool: str
    fsid: str

    def judge(self, api: Api) -> Finding:
        """Return whether glance-api has the store, with its pool and its cluster."""
        shown = api.get("image", "/info/stores/detail")
        if shown is None:
            return broken(
                "glance-api shows no stores (it would from Yoga on): was it restarted since enabled_backends was set?"
            )
        found = next((store for store in shown["stores"] if store["id"] == self.id), None)
        if found is None:
            stores = ", ".join(store["id"] for store in shown["stores"])
            return broken(f"glance-api has no such store, but {stores}; was it restarted?")
        properties = found.get("properties", {})
        if properties.get("pool") != self.pool:
            return broken(f"its pool is {properties.get('pool')}, not {self.pool}; was glance-api restarted?")
        if "fsid" not in properties:
            return ok(f"pool {self.pool}; its fsid is not shown by this release (from 2025.1 on)")
        if not self.fsid:
            return ok(f"pool {self.pool} of cluster {properties['fsid']}")
        if properties["fsid"] != self.fsid:
            return broken(f"its cluster is {properties['fsid']}, which is not the settings'")
        return ok(f"pool {self.pool} of this cluster")

    def judge_direct_url(self, api: Api) -> Finding:
        """Return whether the internal endpoint shows where an image is stored, without which nothing is cloned."""
        image = self._image(api)
        if image is None:
            return skipped(_NO_IMAGE)
        shown = _shown(image, "internal", api)
        if shown is None:
            return _unknown(image, "internal")
        url = shown.get("direct_url", "")
        if not url:
            return broken(
                f"the internal endpoint shows none for image {image['id']}: volumes and servers are full copies;"
                " was glance-api restarted?"
            )
        if not url.startswith(f"rbd://{self.fsid}/{self.pool}/"):
            return unseen(
                f"that of image {image['id']} is not in pool {self.pool} of this cluster;"
                " does it lie in another store, too?"
            )
        disk_format = image.get("disk_format")
        copied = "" if disk_format == "raw" else f", which is {disk_format}, so disks of it are full copies"
        return ok(f"shown for image {image['id']}{copied}")

    def judge_public_endpoint(self, api: Api) -> Finding:
        """Return whether the public endpoint hides from users where images are stored."""
        image = self._image(api)
        if image is None:
            return skipped(_NO_IMAGE)
        shown = _shown(image, "public", api)
        if shown is None:
            return _unknown(image, "public")
        if "locations" in shown:
            return broken(f"{_PUBLIC}, and lets them change it (show_multiple_locations); {_SECOND_API}")
        if shown.get("direct_url"):
            return warning(f"{_PUBLIC} (show_image_direct_url); {_SECOND_API}")
        return ok("does not show where images lie")

    def _image(self, api: Api) -> Image | None:
        """Return the newest raw image of the store, else the newest image. None when the store has none."""
        query = "/images?status=active&sort_key=created_at&sort_dir=desc&limit=200"
        images: list[Image] = api.get("image", query)["images"]
        here = [image for image in images if not self.id or self.id in str(image.get("stores", "")).split(",")]
        return min(here, key=lambda image: image.get("disk_format") != "raw", default=None)


def _shown(image: Image, interface: str, api: Api) -> Image | None:
    """Return the image as one endpoint shows it. None when that endpoint has no such image."""
    found: Image | None = api.get("image", f"/images/{image['id']}", interface)
    return found


def _unknown(image: Image, interface: str) -> Finding:
    return unseen(f"the {interface} endpoint knows no image {image['id']}; is it that of another Glance?")
