"""FoundGlance: the store on Ceph that a glance-api.conf names."""

from __future__ import annotations

from dataclasses import dataclass, replace

from commands.discover.service_file import ServiceFile

RBD_STORES = ("rbd", "glance.store.rbd.Store", "glance_store._drivers.rbd.Store", "glance_store._drivers.rbd:Store")
"""The words by which `stores` names the driver of RBD."""


@dataclass(frozen=True)
class FoundGlance:
    """The store on Ceph.

    Attributes:
        layout: `multi_store` or `single_store`.
        store: The store's id, which is also its section; `glance_store` for a single store.
        pool: The pool's name.
        user: The user's name without `client.`; empty when no option names one.
        conf: Path of ceph.conf; empty when no option names one.
        others: Further stores on Ceph, which the settings cannot have.
        item: Of a single store the item of `stores` that names it; empty when none does.
        first: Whether it stands before all other stores in the list.
    """

    layout: str
    store: str
    pool: str
    user: str
    conf: str
    others: tuple[str, ...] = ()
    item: str = ""
    first: bool = False

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What has to be the same on all hosts of the service, because the settings say it once."""
        return self.layout, self.store, self.pool, self.user


def found_glance(file: ServiceFile) -> FoundGlance | None:
    """Return the store on Ceph, or None when Glance has none."""
    stores = dict(_id_and_kind(item) for item in file.items("DEFAULT", "enabled_backends"))
    on_ceph = [store for store, kind in stores.items() if kind == "rbd"]
    if on_ceph:
        default = file.text("glance_store", "default_backend")
        chosen = default if default in on_ceph else on_ceph[0]
        others = tuple(store for store in on_ceph if store != chosen)
        first = len(stores) > 1 and next(iter(stores)) == chosen
        return replace(_store(file, "multi_store", chosen, others), first=first)
    single = file.items("glance_store", "stores")
    if not stores and (set(single) & set(RBD_STORES) or file.value("glance_store", "default_store") == "rbd"):
        item = next((item for item in single if item in RBD_STORES), "")
        first = len(single) > 1 and single[0] == item
        return replace(_store(file, "single_store", "glance_store", ()), item=item, first=first)
    return None


def _id_and_kind(item: str) -> tuple[str, str]:
    store, _, kind = item.partition(":")
    return store.strip(), kind.strip()


def _store(file: ServiceFile, layout: str, section: str, others: tuple[str, ...]) -> FoundGlance:
    return FoundGlance(
        layout=layout,
        store=section,
        pool=file.text(section, "rbd_store_pool", "images"),
        user=file.text(section, "rbd_store_user"),
        conf=file.text(section, "rbd_store_ceph_conf"),
        others=others,
    )
