"""Examples of options in an OpenStack configuration file."""

from __future__ import annotations

from providers import resources
from tests.sim.site import FSID, Site
from tests.unit.examples.by_hand import edit, garbled_journal
from tests.unit.examples.example import STACK, Drift, Example

CONF = "/etc/cinder/cinder.conf"
SHIPPED = "[DEFAULT]\n# a comment\ndebug = false\nenabled_backends = lvm\n\n[lvm]\nvolume_group = vg\n"


def shipped(site: Site) -> None:
    site.hosts["api1"].path(CONF).write_text(SHIPPED)
    site.hosts["api1"].path(CONF).chmod(0o640)


CONFIG = Example(
    "config",
    resources.ConfigSectionsProvider,
    {
        "stack": STACK,
        "host": "api1",
        "fsid": FSID,
        "component": "cinder",
        "path": CONF,
        "sections": {"DEFAULT": {"debug": "true"}, "ceph": {"rbd_pool": "volumes", "rbd_user": "cinder"}},
        "list_items": {"DEFAULT": {"enabled_backends": ["ceph"]}},
    },
    prepare=shipped,
    update={"sections": {"ceph": {"rbd_pool": "volumes2"}}, "list_items": {"DEFAULT": {"enabled_backends": ["rbd"]}}},
    fixed={"component": "other", "host": "compute1"},
    hostile=[{"sections": {"a": {"b\nc": "d"}}}, {"sections": {"a": {"b": "c\nd"}}}, {"path": "/x\ny"}],
    drifts=[
        Drift(
            "option",
            edit("api1", CONF, "rbd_user = cinder", "rbd_user = admin"),
            {
                "sections": {"DEFAULT": {"debug": "true"}, "ceph": {"rbd_pool": "volumes", "rbd_user": "admin"}},
            },
            [f"write {CONF}"],
        ),
        Drift(
            "item",
            edit("api1", CONF, "enabled_backends = lvm,ceph", "enabled_backends = lvm"),
            {"list_items": {"DEFAULT": {"enabled_backends": []}}},
            [f"write {CONF}"],
        ),
    ],
    garble=garbled_journal("api1", "config", f"{CONF}#cinder"),
)
