"""The store on Ceph that a glance-api.conf names, as `discover` finds it."""

from __future__ import annotations

from typing import Any

from components.services.found import Found, Setting
from components.services.service_file import ServiceFile

RBD_STORES = ("rbd", "glance.store.rbd.Store", "glance_store._drivers.rbd.Store", "glance_store._drivers.rbd:Store")
"""The words by which `stores` names the driver of RBD."""


def found_store(file: ServiceFile) -> Found | None:
    """Return the store on Ceph, or None when Glance has none."""
    stores = dict(_id_and_kind(item) for item in file.items("DEFAULT", "enabled_backends"))
    if on_ceph := [store for store, kind in stores.items() if kind == "rbd"]:
        return _one_of_several(file, list(stores), on_ceph)
    single = file.items("glance_store", "stores")
    if not stores and (set(single) & set(RBD_STORES) or file.value("glance_store", "default_store") == "rbd"):
        return _single(file, single)
    return None


def _id_and_kind(item: str) -> tuple[str, str]:
    store, _, kind = item.partition(":")
    return store.strip(), kind.strip()


def _one_of_several(file: ServiceFile, stores: list[str], on_ceph: list[str]) -> Found:
    default = file.text("glance_store", "default_backend")
    chosen = default if default in on_ceph else on_ceph[0]
    settings: dict[Setting, Any] = {} if chosen == "rbd" else {("backend",): chosen}
    settings[("file_store",)] = "none"
    if len(stores) > 1 and stores[0] == chosen:
        settings[("list_position",)] = "first"
    text = "is on Ceph, too, and is left alone: settings have one store"
    notes = tuple((f"store {store} {text}", ()) for store in on_ceph if store != chosen)
    return _found(file, chosen, (chosen,), settings, notes)


def _single(file: ServiceFile, items: list[str]) -> Found:
    item = next((item for item in items if item in RBD_STORES), "")
    settings: dict[Setting, Any] = {("layout",): "single_store"}
    if item not in ("", "rbd"):
        settings[("store_item",)] = item
    if len(items) > 1 and items[0] == item:
        settings[("list_position",)] = "first"
    text = (
        "the single store of [glance_store] is deprecated since Rocky, and still read; multi_store is one improvement"
        " for later"
    )
    return _found(file, "glance_store", (), settings, ((text, ("layout",)),))


def _found(
    file: ServiceFile,
    section: str,
    sections: tuple[str, ...],
    settings: dict[Setting, Any],
    notes: tuple[tuple[str, Setting], ...],
) -> Found:
    pool, user = file.text(section, "rbd_store_pool", "images"), file.text(section, "rbd_store_user")
    if file.is_true("DEFAULT", "show_image_direct_url"):
        settings[("show_image_direct_url",)] = True
    return Found(
        place=(sections, pool, user),
        pools={("pool",): pool},
        conf=file.text(section, "rbd_store_ceph_conf"),
        user=user,
        usual_user="glance",
        settings=settings,
        sections=sections,
        notes=notes,
    )
