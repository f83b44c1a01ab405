"""One example of every kind, and what can happen to it: the situations in `test_kinds.py` and the cuts are written once for all."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from providers import resources
from providers.base import ManagedProvider
from providers.journal.host_journal import HostJournal
from tests.sim.site import FSID, Managed, Site

STACK = "dev"
KEYRING = "/etc/ceph/ceph.client.cinder.keyring"
CONF = "/etc/cinder/cinder.conf"
UUID = "2f0f4ba2-6c1e-4d0a-9b6e-1ab0ce9d0501"
SHIPPED = "[DEFAULT]\n# a comment\ndebug = false\nenabled_backends = lvm\n\n[lvm]\nvolume_group = vg\n"
CAPS = {"mon": "profile rbd", "osd": "profile rbd pool=volumes"}
HOSTILE = "x\ny; rm -rf / #`$(id)`"

Act = Callable[[Site], object]
Everything = dict[str, Any]


def nothing(site: Site) -> None:
    """Change nothing."""


@dataclass(frozen=True)
class Drift:
    """What somebody did, which inputs show it, and the steps that repair it."""

    name: str
    done: Act
    shows: dict[str, Any]
    steps: list[str]


@dataclass(frozen=True)
class Example:
    kind: str
    provider: type[ManagedProvider]
    props: dict[str, Any]
    prepare: Act = nothing
    update: dict[str, Any] = field(default_factory=dict)
    fixed: dict[str, Any] = field(default_factory=dict)
    hostile: list[dict[str, Any]] = field(default_factory=list)
    drifts: list[Drift] = field(default_factory=list)
    foreign: Act | None = None
    gone: Act | None = None
    garble: Act = nothing
    stays: Callable[[Everything, Everything], bool] = lambda after, theirs: after == theirs

    def resource(self, site: Site) -> Managed:
        return Managed(site, self.provider(), dict(self.props))


# What is on the hosts before


def shipped(site: Site) -> None:
    site.hosts["api1"].path(CONF).write_text(SHIPPED)
    site.hosts["api1"].path(CONF).chmod(0o640)


def with_user(site: Site) -> None:
    site.ceph.add_user("client.cinder", CAPS)


def with_unit(site: Site) -> None:
    shipped(site)
    unit = site.hosts["api1"].systemd.add("cinder-volume.service")
    unit.reads = lambda: site.hosts["api1"].path(CONF).read_text()


def foreign_pool(site: Site) -> None:
    site.ceph.do_osd_pool_create("volumes", pg_num=4, size=2)
    site.ceph.do_osd_pool_application_enable("volumes", "rbd")


def foreign_user(site: Site) -> None:
    site.ceph.add_user("client.cinder", {"mon": "allow r"})


def foreign_keyring(site: Site) -> None:
    path = site.hosts["api1"].path(KEYRING)
    path.write_text(f"[client.cinder]\n\tkey = {site.ceph.users['client.cinder']['key']}\n")
    path.chmod(0o600)


def foreign_secret(site: Site) -> None:
    key = site.ceph.users["client.cinder"]["key"]
    site.hosts["compute1"].libvirt.secrets[UUID] = {
        "usage": "ceph client.cinder",
        "is_ceph": True,
        "private": False,
        "ephemeral": False,
        "value": base64.b64decode(key),
    }


def garbled_journal(host: str, kind: str, what: str) -> Act:
    def garble(site: Site) -> None:
        path = site.hosts[host].path(HostJournal(STACK).path(kind, what))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")

    return garble


def garbled(prefix: str, answer: str) -> Act:
    return lambda site: site.ceph.garbled.update({prefix: answer})


# What somebody does


def pool_set(var: str, val: str, pool: str = "volumes") -> Act:
    return lambda site: site.ceph.do_osd_pool_set(pool, var, val, yes_i_really_mean_it=True)


def edit(host: str, path: str, old: str, new: str) -> Act:
    def done(site: Site) -> None:
        file = site.hosts[host].path(path)
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    return done


def chmod(host: str, path: str, mode: int) -> Act:
    return lambda site: site.hosts[host].path(path).chmod(mode)


def remove(host: str, path: str) -> Act:
    return lambda site: site.hosts[host].path(path).unlink()


def remove_folder(site: Site) -> None:
    site.hosts["api1"].path("/etc/ceph/ours").rmdir()


def undefine(site: Site) -> None:
    del site.hosts["compute1"].libvirt.secrets[UUID]


def unset(site: Site) -> None:
    site.hosts["compute1"].libvirt.secrets[UUID]["value"] = b"another"


def set_pool(rest: str, pool: str = "volumes") -> str:
    return f"ceph osd pool set {pool} {rest}"


def same_size(after: Everything, theirs: Everything, pool: str = "volumes") -> bool:
    sizes = [everything["cluster"]["pools"][pool]["size"] for everything in (after, theirs)]
    return bool(sizes[0] == sizes[1])


RUN_REMOVED = (
    "virsh --quiet secret-define --file /dev/stdin <<< "
    f'\'<secret ephemeral="no" private="no"><uuid>{UUID}</uuid><usage type="ceph"><name>ceph client.cinder</name></usage></secret>\''
)
RUN_SET = f"virsh --quiet secret-set-value --secret {UUID} --file /dev/stdin <<< '<key of client.cinder>'"

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
    },
    update={"size": 2, "min_size": 1, "target_size_ratio": 1},
    fixed={"name": "other", "fsid": FSID.replace("f", "e")},
    hostile=[{"name": HOSTILE}, {"name": "-x"}, {"size": 0}, {"size": 1}, {"crush_rule": ""}, {"wrong": 1}],
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
    ],
    foreign=foreign_pool,
    gone=lambda site: site.ceph.do_osd_pool_delete("volumes", "volumes", True),
    garble=garbled("osd pool ls", "[1]"),
    stays=same_size,
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

USER = Example(
    "user",
    resources.CephxUserProvider,
    {"stack": STACK, "fsid": FSID, "entity": "client.cinder", "caps": CAPS},
    update={"caps": {**CAPS, "mgr": "profile rbd pool=volumes"}},
    fixed={"entity": "client.other"},
    hostile=[
        {"entity": HOSTILE},
        {"entity": "client.admin"},
        {"caps": {}},
        {"caps": {"mon\nx": "allow r"}},
        {"caps": {"mon": "allow r\nosd"}},
        {"caps": {"mon": ""}},
    ],
    drifts=[
        Drift(
            "caps",
            lambda site: site.ceph.do_auth_caps("client.cinder", ["mon", "allow r"]),
            {"caps": {"mon": "allow r"}},
            ["ceph auth caps client.cinder mon 'profile rbd' osd 'profile rbd pool=volumes'"],
        ),
        Drift(
            "gone",
            lambda site: site.ceph.do_auth_rm("client.cinder"),
            {"present": False},
            ["ceph auth get-or-create client.cinder mon 'profile rbd' osd 'profile rbd pool=volumes'"],
        ),
    ],
    foreign=foreign_user,
    gone=lambda site: site.ceph.do_auth_rm("client.cinder"),
    garble=garbled("auth ls", '{"auth_dump": [{"entity": "client.cinder"}]}'),
)

CLUSTER = Example(
    "cluster",
    resources.ClusterProvider,
    {"stack": STACK, "fsid": FSID, "mon_hosts": ["[v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]"]},
    update={"mon_hosts": ["v1:127.0.2.1:6789/0"]},
    fixed={"fsid": FSID.replace("f", "e")},
    hostile=[{"fsid": "x"}, {"mon_hosts": []}, {"mon_hosts": HOSTILE}],
    garble=garbled("mon dump", "[]"),
)

CEPH_CONF = Example(
    "cephconf",
    resources.CephConfProvider,
    {
        "stack": STACK,
        "host": "api1",
        "fsid": FSID,
        "component": "client",
        "path": "/etc/ceph/ceph.conf",
        "sections": {"global": {"fsid": FSID}, "client.cinder": {"keyring": KEYRING}},
    },
    update={"sections": {"global": {"fsid": FSID}, "client.glance": {"keyring": "/x"}}},
    fixed={"path": "/etc/ceph/other.conf"},
    hostile=[{"path": "/etc/../x"}, {"path": "relative"}, {"sections": {"a]b": {"c": "d"}}}, {"component": HOSTILE}],
    drifts=[
        Drift(
            "option",
            edit("api1", "/etc/ceph/ceph.conf", KEYRING, "/elsewhere"),
            {"sections": {"global": {"fsid": FSID}, "client.cinder": {"keyring": "/elsewhere"}}},
            ["write /etc/ceph/ceph.conf"],
        ),
        Drift(
            "gone",
            remove("api1", "/etc/ceph/ceph.conf"),
            {"sections": {}},
            ["write /etc/ceph/ceph.conf (root:root 0644)"],
        ),
    ],
    garble=garbled_journal("api1", "cephconf", "/etc/ceph/ceph.conf#client"),
)

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

KEYRING_FILE = Example(
    "keyring",
    resources.KeyringFileProvider,
    {
        "stack": STACK,
        "host": "api1",
        "fsid": FSID,
        "entity": "client.cinder",
        "path": KEYRING,
        "owner": "root",
        "group": "daemon",
    },
    prepare=with_user,
    update={"mode": "0600"},
    fixed={"path": "/etc/ceph/other.keyring", "host": "compute1"},
    hostile=[{"path": HOSTILE}, {"entity": "client.a\nb"}, {"mode": "640"}, {"path": "/" + "/x" * 100}],
    drifts=[
        Drift(
            "mode",
            chmod("api1", KEYRING, 0o644),
            {"mode": "0644"},
            [f"chown root:daemon {KEYRING}; chmod 0640 {KEYRING}"],
        ),
        Drift("gone", remove("api1", KEYRING), {"key_state": "missing"}, [f"write {KEYRING} (root:daemon 0640)"]),
        Drift(
            "no keyring",
            edit("api1", KEYRING, "[client", "client"),
            {"key_state": "unreadable"},
            [f"write {KEYRING} (root:daemon 0640)"],
        ),
        Drift(
            "rotated",
            lambda site: site.ceph.rotate("client.cinder"),
            {"key_state": "stale"},
            [f"write {KEYRING} (root:daemon 0640)"],
        ),
    ],
    foreign=foreign_keyring,
    gone=remove("api1", KEYRING),
    garble=garbled("auth ls", "[]"),
    stays=lambda after, theirs: after["files"][f"api1{KEYRING}"][0] == theirs["files"][f"api1{KEYRING}"][0],
)

SECRET = Example(
    "secret",
    resources.LibvirtSecretProvider,
    {
        "stack": STACK,
        "host": "compute1",
        "fsid": FSID,
        "entity": "client.cinder",
        "uuid": UUID,
        "usage": "ceph client.cinder",
    },
    prepare=with_user,
    fixed={"uuid": UUID.replace("2", "3"), "usage": "other", "host": "compute2"},
    hostile=[{"uuid": HOSTILE}, {"usage": "a\nb"}, {"usage": ""}],
    drifts=[
        Drift("gone", undefine, {"key_state": "missing"}, [RUN_REMOVED, RUN_SET]),
        Drift("value", unset, {"key_state": "stale"}, [RUN_SET]),
        Drift("rotated", lambda site: site.ceph.rotate("client.cinder"), {"key_state": "stale"}, [RUN_SET]),
    ],
    foreign=foreign_secret,
    gone=undefine,
    garble=garbled("auth ls", "[]"),
)

DIRECTORY = Example(
    "directory",
    resources.HostDirectoryProvider,
    {"stack": STACK, "host": "api1", "path": "/etc/ceph/ours", "group": "daemon", "mode": "0750"},
    update={"mode": "0700"},
    fixed={"path": "/etc/ceph/other"},
    hostile=[{"path": "x"}, {"path": "/x/"}, {"mode": "rwx"}],
    drifts=[
        Drift(
            "mode",
            chmod("api1", "/etc/ceph/ours", 0o777),
            {"mode": "0777"},
            ["chown root:daemon /etc/ceph/ours; chmod 0750 /etc/ceph/ours"],
        ),
        Drift("gone", remove_folder, {"present": False}, ["mkdir /etc/ceph/ours (root:daemon 0750)"]),
    ],
    gone=remove_folder,
    garble=garbled_journal("api1", "directory", "/etc/ceph/ours"),
)

EXISTING = replace(
    DIRECTORY,
    kind="directory that exists",
    prepare=lambda site: site.hosts["api1"].path("/etc/ceph/ours").mkdir(mode=0o711),
    drifts=[],
    gone=None,
)

WATCH = [{"path": CONF, "dialect": "oslo", "options": {"DEFAULT": ["debug"]}}]
READY = {"lines": ["driver initialised"], "failures": ["driver failed"], "timeout_s": 1, "steady_s": 0}

SERVICE = Example(
    "service",
    resources.ServiceProvider,
    {"stack": STACK, "host": "api1", "unit": "cinder-volume", "reads": {"x": "1"}, "watch": WATCH, "ready": READY},
    prepare=with_unit,
    update={"reads": {"x": "2"}},
    fixed={"unit": "other", "restart_on": "removal"},
    hostile=[{"unit": HOSTILE}, {"unit": "../x"}, {"ready": {"lines": ["("]}}],
    drifts=[
        Drift(
            "stopped",
            lambda site: site.hosts["api1"].systemd.units["cinder-volume.service"].stop(),
            {"active": False},
            ["systemctl restart cinder-volume.service"],
        ),
        Drift(
            "older options",
            edit("api1", CONF, "debug = false", "debug = true"),
            {"configuration": "stale"},
            ["systemctl restart cinder-volume.service"],
        ),
    ],
    garble=garbled_journal("api1", "service-change", "cinder-volume.service"),
)

REMOVAL = Example(
    "removal",
    resources.ServiceProvider,
    {**SERVICE.props, "restart_on": "removal", "reads": {}},
    prepare=with_unit,
    fixed={"unit": "other"},
    garble=garbled_journal("api1", "service-removal", "cinder-volume.service"),
)

GUARD = Example(
    "guard",
    resources.GuardProvider,
    {
        "stack": STACK,
        "fsid": FSID,
        "pools": ["volumes"],
        "entities": ["client.cinder"],
        "secrets": [{"host": "compute1", "uuid": UUID}],
    },
    update={"pools": []},
    fixed={"fsid": FSID.replace("f", "e")},
    hostile=[{"secrets": [{"host": "x"}]}, {"pools": [1]}],
)

CLOUD = {"name": "lab", "file": "clouds.yaml"}
SET = "openstack volume type set"
CREATE = (
    "openstack volume type create --public --description 'on Ceph'"
    " --property volume_backend_name=ceph --property x:y=1 ceph"
)


def set_spec(name: str, value: str) -> Act:
    return lambda site: site.cloud.type_named("ceph")["extra_specs"].update({name: value})


def set_type(**values: Any) -> Act:
    return lambda site: site.cloud.type_named("ceph").update(values)


def unset_spec(site: Site) -> None:
    del site.cloud.type_named("ceph")["extra_specs"]["volume_backend_name"]


VOLUME_TYPE = Example(
    "volumetype",
    resources.VolumeTypeProvider,
    {
        "stack": STACK,
        "fsid": FSID,
        "cloud": CLOUD,
        "name": "ceph",
        "description": "on Ceph",
        "extra_specs": {"volume_backend_name": "ceph", "x:y": "1"},
    },
    update={"extra_specs": {"volume_backend_name": "ceph2"}, "public": False, "description": None},
    fixed={"name": "other", "fsid": FSID.replace("f", "e")},
    hostile=[
        {"name": HOSTILE},
        {"extra_specs": {}},
        {"extra_specs": {"a\nb": "c"}},
        {"extra_specs": {"a": "b\nc"}},
        {"cloud": {"name": "lab", "password": "x"}},
        {"cloud": {"name": ""}},
    ],
    drifts=[
        Drift(
            "backend",
            set_spec("volume_backend_name", "nfs"),
            {"extra_specs": {"volume_backend_name": "nfs", "x:y": "1"}},
            [f"{SET} --property volume_backend_name=ceph ceph"],
        ),
        Drift(
            "spec gone",
            unset_spec,
            {"extra_specs": {"x:y": "1"}},
            [f"{SET} --property volume_backend_name=ceph ceph"],
        ),
        Drift("private", set_type(is_public=False), {"public": False}, [f"{SET} --public ceph"]),
        Drift("description", set_type(description=None), {"description": ""}, [f"{SET} --description 'on Ceph' ceph"]),
        Drift("gone", lambda site: site.cloud.types.clear(), {"present": False}, [CREATE]),
    ],
    foreign=lambda site: site.cloud.add_type("ceph", False, "theirs", volume_backend_name="lvm", theirs="1"),
    gone=lambda site: site.cloud.types.clear(),
    garble=lambda site: site.cloud.garbled.add("/types"),
    stays=lambda after, _: (
        [row["extra_specs"] for row in after["cloud"]["types"]] == [{"volume_backend_name": "nfs", "theirs": "1"}]
    ),
)

SET_IMAGE = "openstack image set --property"


def with_image(site: Site) -> None:
    site.cloud.add_image("debian", hw_disk_bus="virtio", theirs="1")
    site.cloud.add_image("debian", os_hidden=True)


def set_property(**values: str) -> Act:
    return lambda site: site.cloud.image_named("debian").update(values)


IMAGE = Example(
    "image",
    resources.ImagePropertiesProvider,
    {
        "stack": STACK,
        "fsid": FSID,
        "cloud": CLOUD,
        "image": "debian",
        "properties": {"hw_disk_bus": "scsi", "hw_scsi_model": "virtio-scsi"},
    },
    prepare=with_image,
    update={"properties": {"hw_scsi_model": "lsilogic", "os_require_quiesce": "yes"}},
    fixed={"image": "other", "fsid": FSID.replace("f", "e")},
    hostile=[
        {"image": HOSTILE},
        {"image": ""},
        {"properties": {}},
        {"properties": {"visibility": "public"}},
        {"properties": {"a/b": "c"}},
        {"properties": {"a": HOSTILE}},
    ],
    drifts=[
        Drift(
            "value",
            set_property(hw_disk_bus="ide"),
            {"properties": {"hw_disk_bus": "ide", "hw_scsi_model": "virtio-scsi"}},
            [f"{SET_IMAGE} hw_disk_bus=scsi debian"],
        ),
        Drift(
            "property gone",
            lambda site: site.cloud.image_named("debian").pop("hw_scsi_model"),
            {"properties": {"hw_disk_bus": "scsi"}},
            [f"{SET_IMAGE} hw_scsi_model=virtio-scsi debian"],
        ),
    ],
    garble=lambda site: site.cloud.garbled.add("/images"),
)

EXAMPLES = [
    POOL,
    OBJECTS,
    USER,
    CLUSTER,
    CEPH_CONF,
    CONFIG,
    KEYRING_FILE,
    SECRET,
    DIRECTORY,
    EXISTING,
    SERVICE,
    REMOVAL,
    VOLUME_TYPE,
    IMAGE,
    GUARD,
]
