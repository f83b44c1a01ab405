"""Further stores of Glance's that cannot be: beside a single store, twice on a cluster, or with the id of another."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.glance.settings import GlanceSettings
from components.settings.problem import Problem


def store_problems(glance: GlanceSettings) -> Iterator[Problem]:
    """Yield each problem with `stores`, with the path of the setting that has to change."""
    if glance.stores and glance.is_single:
        yield Problem(("glance", "stores"), "needs layout multi_store: a single store is the only one; set the layout")
    clusters: dict[str, str] = {}
    for store_id, store in glance.stores.items():
        if store_id == glance.backend:
            what = "is the id of glance.backend, which is on the stack's own cluster; choose another id"
            yield Problem(("glance", "stores", store_id), what)
        first = clusters.setdefault(store.cluster, store_id)
        if first != store_id:
            what = f'"{store.cluster}" has store {first} already, and a cluster has one; choose another cluster'
            yield Problem(("glance", "stores", store_id, "cluster"), what)
