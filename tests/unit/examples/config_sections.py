"""Examples of options in an OpenStack configuration file."""

from __future__ import annotations

from providers import resources
from providers.host.option_file import OptionFileObserved
from providers.openstack.config_sections import ConfigSectionsKind
from tests.sim.site import FSID, Site
from tests.unit.examples.by_hand import edit, garbled_journal
from tests.unit.examples.example import STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, file_as, observed_as

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
            {"list_items": {"DEFAULT": {"enabled_backends": ""}}},
            [f"write {CONF}"],
        ),
    ],
    garble=garbled_journal("api1", "config", f"{CONF}#cinder"),
)


def observed(told: Told, text: str | None) -> OptionFileObserved:
    """Return the file with this text; `later` tells the text of each file read after it, `others` the other records."""
    entry = entry_as(ConfigSectionsKind, told)
    later = {path: file_as(found, {}) for path, found in told.get("later", {}).items()}
    others = told.get("others", {})
    return observed_as(
        OptionFileObserved, {"entry": entry, "later": later, "others": others}, state=file_as(text, told)
    )
