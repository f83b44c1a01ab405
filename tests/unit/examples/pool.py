"""Examples of pools."""

from __future__ import annotations

from providers import resources
from providers.ceph.pool import PoolKind, PoolObserved
from tests.sim.site import FSID, Site
from tests.unit.examples.by_hand import garbled
from tests.unit.examples.example import HOSTILE, STACK, Act, Drift, Everything, Example
from tests.unit.examples.told import Told, entry_as, observed_as


def pool_set(var: str, val: str, pool: str = "volumes") -> Act:
    return lambda site: site.ceph.do_osd_pool_set(pool, var, val, yes_i_really_mean_it=True)


def set_pool(rest: str, pool: str = "volumes") -> str:
    return f"ceph osd pool set {pool} {rest}"


def foreign_pool(site: Site) -> None:
    site.ceph.do_osd_pool_create("volumes", pg_num=4, size=2)
    site.ceph.do_osd_pool_application_enable("volumes", "rbd")
    site.ceph.do_osd_pool_set_quota("volumes", "max_objects", "7")
    site.ceph.do_osd_pool_set("volumes", "compression_algorithm", "zstd")
    site.ceph.do_rbd_trash_purge_schedule_add("volumes/", "2d")
    site.ceph.do_rbd_trash_purge_schedule_add("volumes/", "1h", "23:00:00")


def same_size(after: Everything, theirs: Everything, pool: str = "volumes") -> bool:
    sizes = [everything["cluster"]["pools"][pool]["size"] for everything in (after, theirs)]
    return bool(sizes[0] == sizes[1])


POOL = Example(
    "pool",
    resources.PoolProvider,
    {
        "stack": STACK,
        "fsid": FSID,
        "name": "volumes",
        "size": 3,
        "min_size": 2,
        "pg_num": 8,
        "pg_autoscale_mode": "warn",
        "crush_rule": "replicated_rule",
        "target_size_ratio": 0.5,
        "quota_max_bytes": 1 << 40,
        "quota_max_objects": 0,
        "compression_mode": "passive",
        "compression_algorithm": "lz4",
        "trash_purge_schedule": "1d",
    },
    update={
        "size": 2,
        "min_size": 1,
        "target_size_ratio": 1,
        "quota_max_objects": 1000,
        "compression_mode": "none",
        "trash_purge_schedule": "12h 04:00",
    },
    fixed={"name": "other", "fsid": FSID.replace("f", "e")},
    hostile=[
        {"name": HOSTILE},
        {"name": "-x"},
        {"size": 0},
        {"size": 1},
        {"crush_rule": ""},
        {"wrong": 1},
        {"quota_max_bytes": -1},
        {"compression_mode": "on"},
        {"trash_purge_schedule": "0d"},
        {"trash_purge_schedule": "1w"},
        {"trash_purge_schedule": "1d", "init": False},
    ],
    drifts=[
        Drift("size", pool_set("size", "4"), {"size": 4}, [set_pool("size 3")]),
        Drift("min_size", pool_set("min_size", "1"), {"min_size": 1}, [set_pool("min_size 2")]),
        Drift("pg_num", pool_set("pg_num", "16"), {"pg_num": 16}, [set_pool("pg_num 8")]),
        Drift(
            "autoscale",
            pool_set("pg_autoscale_mode", "off"),
            {"pg_autoscale_mode": "off"},
            [set_pool("pg_autoscale_mode warn")],
        ),
        Drift("rule", pool_set("crush_rule", "ssd"), {"crush_rule": "ssd"}, [set_pool("crush_rule replicated_rule")]),
        Drift(
            "ratio", pool_set("target_size_ratio", "2"), {"target_size_ratio": 2}, [set_pool("target_size_ratio 0.5")]
        ),
        Drift(
            "application",
            lambda site: site.ceph.pools["volumes"]["application_metadata"].clear(),
            {"application": ""},
            ["rbd pool init volumes"],
        ),
        Drift(
            "quota",
            lambda site: site.ceph.do_osd_pool_set_quota("volumes", "max_bytes", "5"),
            {"quota_max_bytes": 5},
            ["ceph osd pool set-quota volumes max_bytes 1099511627776"],
        ),
        Drift(
            "compression",
            pool_set("compression_mode", "unset"),
            {"compression_mode": None},
            [set_pool("compression_mode passive")],
        ),
        Drift(
            "schedules",
            lambda site: site.ceph.do_rbd_trash_purge_schedule_add("volumes/", "90m", "04:00:00"),
            {"trash_purge_schedule": "1d, 90m 04:00:00"},
            ["rbd trash purge schedule remove --pool volumes 90m 04:00:00"],
        ),
        Drift(
            "no schedule",
            lambda site: site.ceph.do_rbd_trash_purge_schedule_remove("volumes/", "1d"),
            {"trash_purge_schedule": "none"},
            ["rbd trash purge schedule add --pool volumes 1d"],
        ),
    ],
    foreign=foreign_pool,
    gone=lambda site: site.ceph.do_osd_pool_delete("volumes", "volumes", True),
    garble=garbled("osd pool ls", "[1]"),
    stays=same_size,
)


def with_a_profile(site: Site) -> None:
    site.ceph.do_osd_erasure_code_profile_set("ec21", ["k=2", "m=1", "crush-failure-domain=osd"])


def foreign_data_pool(site: Site) -> None:
    site.ceph.do_osd_pool_create("data", pool_type="erasure", erasure_code_profile="ec21")
    site.ceph.do_osd_pool_set("data", "allow_ec_overwrites", "true")


ERASURE_CODED = Example(
    "erasure-coded pool",
    resources.PoolProvider,
    {"stack": STACK, "fsid": FSID, "name": "data", "erasure_code_profile": "ec21", "min_size": 2},
    prepare=with_a_profile,
    update={"min_size": 3, "compression_mode": "aggressive"},
    fixed={"erasure_code_profile": "default"},
    hostile=[
        {"erasure_code_profile": HOSTILE},
        {"size": 3},
        {"init": False},
        {"trash_purge_schedule": "1d"},
    ],
    drifts=[
        Drift("min_size", pool_set("min_size", "3", "data"), {"min_size": 3}, [set_pool("min_size 2", "data")]),
        Drift(
            "application",
            lambda site: site.ceph.pools["data"]["application_metadata"].clear(),
            {"application": ""},
            ["ceph osd pool application enable data rbd"],
        ),
    ],
    foreign=foreign_data_pool,
    gone=lambda site: site.ceph.do_osd_pool_delete("data", "data", True),
    garble=garbled("osd pool ls", "[1]"),
    stays=lambda after, theirs: same_size(after, theirs, "data"),
)

OBJECTS = Example(
    "pool of objects",
    resources.PoolProvider,
    {"stack": STACK, "fsid": FSID, "name": "metrics", "application": "gnocchi", "size": 3},
    update={"size": 2},
    hostile=[{"application": ""}, {"application": "a b"}, {"application": HOSTILE}],
    drifts=[
        Drift("size", pool_set("size", "4", "metrics"), {"size": 4}, [set_pool("size 3", "metrics")]),
        Drift(
            "application",
            lambda site: site.ceph.pools["metrics"]["application_metadata"].clear(),
            {"application": ""},
            ["ceph osd pool application enable metrics gnocchi"],
        ),
    ],
    foreign=lambda site: site.ceph.do_osd_pool_create("metrics", pg_num=4, size=2),
    gone=lambda site: site.ceph.do_osd_pool_delete("metrics", "metrics", True),
    garble=garbled("osd pool ls", "[1]"),
    stays=lambda after, theirs: same_size(after, theirs, "metrics"),
)


NOTHING = {"images": 0, "snapshots": 0, "trash": 0, "objects": 0, "names": []}


def observed(told: Told, _text: str | None) -> PoolObserved:
    """Return what the cluster says of a pool; `content` tells only what the pool holds."""
    content = {**NOTHING, **told["content"]} if "content" in told else None
    return observed_as(PoolObserved, {**told, "content": content, "entry": entry_as(PoolKind, told)})
