"""The links that only OpenStack's own APIs show: services as Cinder and Nova see them, Glance's store, direct URLs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol

from commands.verify.link import Finding, Link, Look, broken, ok, unseen, warning
from components.services.cinder import CINDER
from components.services.cinder_backup import CINDER_BACKUP
from components.services.glance import GLANCE
from components.services.nova import NOVA
from components.stack.stack_settings import StackSettings
from providers.errors import StepFailed
from providers.reach.cloud import CloudName
from providers.reach.machines import Machines

Row = dict[str, Any]
PUBLIC = "the public endpoint tells users where images lie in the cluster"
SECOND = "run a second glance-api without the option for the public (OSSN-0065, OSSN-0090)"


class Api(Protocol):
    """What is asked of OpenStack."""

    def get(self, service: str, path: str, interface: str = "") -> Any:
        """Return the JSON at a path, or None when there is no such thing.

        Args:
            service: `volume`, `compute` or `image`.
            path: The path, as the API's reference has it below the service's endpoint.
            interface: `internal` or `public`. Empty: the interface that clouds.yaml names.
        """
        ...


class Endpoints:
    """A cloud of clouds.yaml by each of its endpoints."""

    def __init__(self, machines: Machines, name: CloudName) -> None:
        self._machines, self._name = machines, name

    def get(self, service: str, path: str, interface: str = "") -> Any:
        """Return the JSON at a path, as `Api` says."""
        update = {"interface": interface} if interface else {}
        return self._machines.cloud(self._name.model_copy(update=update)).get(service, path)


def links(settings: StackSettings, api: Api) -> list[Link]:
    """Look at every link that the API shows, one after the other."""
    return [look() for look in looks(settings, api)]


def looks(settings: StackSettings, api: Api) -> Iterator[Look]:
    """Yield the links that the API shows of the services that the stack wires."""
    cinder, nova, glance = settings.of(CINDER), settings.of(NOVA), settings.of(GLANCE)
    backup = settings.of(CINDER_BACKUP)
    if cinder and cinder.hosts:
        for backend in cinder.all_backends:
            yield Look("volume service", f"@{backend}", "Cinder", partial(_volume, backend, api))
    if backup and backup.hosts:
        yield Look("backup service", "", "Cinder", partial(_services, "volume", "cinder-backup", api))
    for host in nova.hosts if nova else []:
        yield Look("compute service", host, "Nova", partial(_compute, host, api))
    if glance and glance.hosts:
        store, pool, fsid = glance.backend, glance.pool.name, settings.cluster.fsid
        yield Look("store", store, "Glance", partial(_store, store, pool, fsid, api))
        if glance.show_image_direct_url or (nova and nova.direct_snapshots):
            yield Look("direct URL", store, "Glance", partial(_direct_url, store, pool, fsid, api))
            yield Look("public endpoint", "", "Glance", partial(_public, store, api))


def _volume(backend: str, api: Api) -> Finding:
    return _services("volume", "cinder-volume", api, lambda host: host.endswith(f"@{backend}"))


def _compute(name: str, api: Api) -> Finding:
    """Names in the settings are the operator's own: one that Nova does not know is no broken link."""
    short = name.partition(".")[0]
    known = [row["host"] for row in _rows("compute", "nova-compute", api)]
    if not any(host.partition(".")[0] == short for host in known):
        return unseen(f"Nova knows no compute of this name, but {', '.join(known[:3]) or 'none'}")
    return _services("compute", "nova-compute", api, lambda host: host.partition(".")[0] == short)


def _rows(service: str, binary: str, api: Api) -> list[Row]:
    return [row for row in api.get(service, "/os-services")["services"] if row["binary"] == binary]


def _services(service: str, binary: str, api: Api, ours: Callable[[str], bool] = bool) -> Finding:
    rows = [row for row in _rows(service, binary, api) if ours(row["host"])]
    if not rows:
        return broken(f"there is no such {binary}; does it run, and did it reach its database and broker?")
    down = [row["host"] for row in rows if row["state"] != "up"]
    if down:
        return broken(f"{', '.join(down)} is down; see the log of {binary} there")
    disabled = [
        f"{row['host']} ({row.get('disabled_reason') or 'no reason given'})"
        for row in rows
        if row["status"] != "enabled"
    ]
    if disabled:
        return warning(f"{', '.join(disabled)} is up, but disabled: it gets nothing new")
    return ok(f"{', '.join(row['host'] for row in rows)} is up")


def _store(backend: str, pool: str, fsid: str, api: Api) -> Finding:
    shown = api.get("image", "/info/stores/detail")
    if shown is None:
        return broken(
            "glance-api shows no stores (it would from Yoga on): was it restarted since enabled_backends was set?"
        )
    stores = shown["stores"]
    found = next((store for store in stores if store["id"] == backend), None)
    if found is None:
        return broken(
            f"glance-api has no such store, but {', '.join(store['id'] for store in stores)}; was it restarted?"
        )
    properties = found.get("properties", {})
    if properties.get("pool") != pool:
        return broken(f"its pool is {properties.get('pool')}, not {pool}; was glance-api restarted?")
    if "fsid" not in properties:
        return ok(f"pool {pool}; its fsid is not shown by this release (from 2025.1 on)")
    if properties["fsid"] != fsid:
        return broken(f"its cluster is {properties['fsid']}, which is not the settings'")
    return ok(f"pool {pool} of this cluster")


def _image(backend: str, api: Api) -> Row | None:
    """Return an image that lies in the store alone or among others, the newest raw one first."""
    query = "/images?status=active&sort_key=created_at&sort_dir=desc&limit=200"
    images: list[Row] = [
        image for image in api.get("image", query)["images"] if backend in str(image.get("stores", "")).split(",")
    ]
    return min(images, key=lambda image: image.get("disk_format") != "raw", default=None)


def _shown(image: Row, interface: str, api: Api) -> Row:
    found: Row | None = api.get("image", f"/images/{image['id']}", interface)
    if found is None:
        raise StepFailed(f"the {interface} endpoint knows no image {image['id']}; is it that of another Glance?")
    return found


def _direct_url(backend: str, pool: str, fsid: str, api: Api) -> Finding:
    image = _image(backend, api)
    if image is None:
        return unseen("there is no image in this store yet; upload one")
    url = _shown(image, "internal", api).get("direct_url", "")
    if not url:
        return broken(
            f"the internal endpoint shows none for image {image['id']}: volumes and servers are full copies;"
            " was glance-api restarted?"
        )
    if not url.startswith(f"rbd://{fsid}/{pool}/"):
        return unseen(
            f"that of image {image['id']} is not in pool {pool} of this cluster; does it lie in another store, too?"
        )
    raw = (
        ""
        if image.get("disk_format") == "raw"
        else f", which is {image.get('disk_format')}, so disks of it are full copies"
    )
    return ok(f"shown for image {image['id']}{raw}")


def _public(backend: str, api: Api) -> Finding:
    image = _image(backend, api)
    if image is None:
        return unseen("there is no image in this store yet; upload one")
    shown = _shown(image, "public", api)
    if "locations" in shown:
        return broken(f"{PUBLIC}, and lets them change it (show_multiple_locations); {SECOND}")
    if shown.get("direct_url"):
        return warning(f"{PUBLIC} (show_image_direct_url); {SECOND}")
    return ok("does not show where images lie")
