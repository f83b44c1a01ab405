"""Settings: what is refused, with the exact line an operator sees."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.config import set_all_config

from components.services.nova import NOVA
from components.stack.load import load
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings

from .graph import RAW, built, raw, settings

UUID = "11111111-2222-3333-4444-555555555555"

REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("misspelt setting", {"glanze": {}}, ['glanze: is not a setting; did you mean "glance"?']),
    ("misspelt part", {"glance__pool__sise": 3}, ['glance.pool.sise: is not a setting; did you mean "size"?']),
    (
        "unknown part",
        {"ssh__zzz": 1},
        [
            "ssh.zzz: is not a setting; known are user, identity_file, known_hosts, port, jump, sudo, python, "
            "connect_timeout_s"
        ],
    ),
    (
        "misspelt in a map",
        {"hosts__ceph1__adress": "x"},
        ['hosts.ceph1.adress: is not a setting; did you mean "address"?'],
    ),
    (
        "missing",
        {"cluster__fsid": None},
        ["cluster.fsid: is missing; add it: UUID of the cluster, as `ceph fsid` prints it"],
    ),
    ("missing block", {"ssh": None}, ["ssh: is missing; add it: How hosts are reached"]),
    (
        "default of Pulumi.yaml",
        {"cluster": {}, "release": ""},
        [
            "release: is missing; add it: OpenStack release, from havana to 2026.2, which decides what is written and "
            "in which form; the code name of a year is accepted, too, such as caracal for 2024.1",
            "cluster: is missing; add it: The Ceph cluster",
        ],
    ),
    (
        "too small",
        {"glance__pool__size": 0},
        [
            "glance.pool.size: must be greater than or equal to 1; it is: Copies of each object. "
            "Default: osd_pool_default_size"
        ],
    ),
    (
        "quota with an unknown unit",
        {"glance__pool__quota_max_bytes": "10 TB"},
        [
            "glance.pool.quota_max_bytes: must be a number of bytes, such as 1099511627776 or 1T (1024 to a unit); "
            "write one"
        ],
    ),
    (
        "schedule that no manager takes",
        {"glance__pool__trash_purge_schedule": "1w"},
        [
            "glance.pool.trash_purge_schedule: must be an interval, such as 1d, 12h or 90m, perhaps with a time of day "
            "behind it (1d 04:00), or `none`; write one"
        ],
    ),
    (
        "schedule that never ends",
        {"glance__pool__trash_purge_schedule": "0m"},
        [
            "glance.pool.trash_purge_schedule: must be an interval, such as 1d, 12h or 90m, perhaps with a time of day "
            "behind it (1d 04:00), or `none`; write one"
        ],
    ),
    (
        "schedule of a pool that is not made ready",
        {"glance__pool": {"name": "images", "init": False, "trash_purge_schedule": "1d"}},
        [
            "glance.pool: trash_purge_schedule is only for a pool that is ready for images: the manager refuses any "
            "other; leave it out, and init: false, too"
        ],
    ),
    (
        "unknown compression",
        {"glance__pool__compression_mode": "on"},
        [
            "glance.pool.compression_mode: must be 'none', 'passive', 'aggressive' or 'force'; it is: When OSDs "
            "compress what is written from then on: none, passive (where the client hints so), aggressive (unless the "
            "client hints against it) or force. Default: the OSDs' bluestore_compression_mode"
        ],
    ),
    (
        "wrong type",
        {"glance__hosts": "controller1"},
        [
            "glance.hosts: must be a list; it is: Hosts that run the service, by their names in hosts; with [] no host "
            "is configured"
        ],
    ),
    (
        "wrong word",
        {"platform": "windows"},
        [
            "platform: must be 'debian', 'ubuntu' or 'rhel'; it is: Operating system of the hosts: debian, ubuntu or "
            "rhel. Default debian"
        ],
    ),
    (
        "min_size",
        {"nova__pool": {"name": "vms", "size": 2, "min_size": 3}},
        ["nova.pool: min_size is greater than size: no write would ever be served; lower min_size"],
    ),
    (
        "pg_num",
        {"nova__pool__pg_num": 64},
        ["nova.pool: pg_num fights the autoscaler; leave it out, or set pg_autoscale_mode to off or warn"],
    ),
    ("fsid", {"cluster__fsid": "f5a1"}, ["cluster.fsid: must be a UUID, as `ceph fsid` prints one; correct it"]),
    (
        "prefix of a user",
        {"glance__user": {"name": "client.glance"}},
        ["glance.user.name: must be given without the `client.` prefix; remove the prefix"],
    ),
    (
        "pool name",
        {"glance__pool__name": "a b"},
        [
            "glance.pool.name: must begin with a letter, a digit or `_`, and hold only letters, digits, `_`, `.`, "
            "`-`; choose such a name"
        ],
    ),
    (
        "host name",
        {"hosts__a/b": {}},
        ["hosts.a/b: must begin with a letter or a digit, and hold only letters, digits, `.`, `-`; choose such a name"],
    ),
    (
        "a word for false, which is text to Pulumi and so to the provider",
        {"ssh__sudo": "no"},
        [
            "ssh.sudo: must be true or false; it is: Run the agent on the host under sudo; false needs root as "
            "ssh.user. Default true"
        ],
    ),
    (
        "an entity without its type",
        {"cluster__admin_entity": "admin"},
        [
            "cluster.admin_entity: must begin with `client.`, as client.glance does; write `client.` before the "
            "user's name"
        ],
    ),
    (
        "a number in quotes",
        {"ssh__connect_timeout_s": "5"},
        ["ssh.connect_timeout_s: must be a number; it is: Seconds to wait for a connection. Default 10"],
    ),
    ("relative path", {"cluster__admin_conf": "ceph.conf"}, ["cluster.admin_conf: must be an absolute path"]),
    (
        "newline",
        {"nova__disk_cachemodes": "a\nb"},
        ["nova.disk_cachemodes: must be one line without control characters"],
    ),
    (
        "section of a back end",
        {"glance__backend": "os_glance_x"},
        ["glance.backend: is a section with a meaning of its own; choose another name"],
    ),
    (
        "no pool",
        {"nova__pool": None},
        ["nova.pool: is missing; add {name: …}, or list all hosts in nova.attach_only"],
    ),
    (
        "pool for nobody",
        {"nova__attach_only": ["compute1", "compute2"]},
        ["nova.pool: is of no use: all hosts are in nova.attach_only; leave it out"],
    ),
    (
        "user for nobody",
        {"nova__attach_only": ["compute1", "compute2"], "nova__pool": None, "nova__user": {"name": "nova"}},
        ["nova.user: is of no use without nova.pool: volumes are attached as Cinder's user; leave it out"],
    ),
    (
        "nothing to attach",
        {"nova__attach_only": ["compute1"], "cinder": None, "cinder_backup": None, "nova__user": {"name": "nova"}},
        ["nova.attach_only: needs `cinder`: its user is who attaches volumes"],
    ),
    (
        "attach-only elsewhere",
        {"nova__attach_only": ["controller1"]},
        ['nova.attach_only[0]: "controller1" is not in nova.hosts; add it there'],
    ),
    (
        "socket that a reboot takes away",
        {"nova__client_options": {"admin socket": "/var/run/ceph/guests/$name.asok"}},
        [
            "nova.client_options.admin socket: is below /run/ceph, which is closed to qemu's user (systemd-tmpfiles "
            "makes it for ceph alone, 0770); choose a folder of its own, such as "
            "/run/ceph-guests/$cluster-$type.$id.$pid.$cctid.asok"
        ],
    ),
    (
        "a log of guests that no boot could make the folders of",
        {"nova__client_options": {"log file": "/run/ceph-guests/logs/$pid.log"}},
        [
            "nova.client_options.log file: has to be in one folder of its own in /run, which is made again at each "
            "boot, such as /run/ceph-guests/$cluster-$type.$id.$pid.$cctid.asok"
        ],
    ),
    (
        "a socket of every client below /run",
        {"cluster__client_options": {"admin_socket": "/var/run/ceph/$cluster-$name.asok"}},
        [
            "cluster.client_options.admin_socket: is below /run, and no folder there is made for the users of all "
            "services; for guests set nova.client_options, which makes the folder, else choose a folder on disk that "
            "these users may write to"
        ],
    ),
    (
        "a name with a hyphen, which Ceph reads in no file",
        {"nova__client_options": {"admin-socket": "/x/y"}, "cluster__client_options": {"log-file": "/x/z"}},
        [
            "cluster.client_options.log-file: is no option to Ceph, which reads no `-` in a file; write log_file",
            "nova.client_options.admin-socket: is no option to Ceph, which reads no `-` in a file; write admin_socket",
        ],
    ),
    (
        "AppArmor for nothing",
        {"nova__apparmor_file": "/etc/apparmor.d/x"},
        ["nova.apparmor_file: is of no use without `admin socket` or `log file` in nova.client_options; leave it out"],
    ),
    (
        "AppArmor on RHEL",
        {
            "platform": "rhel",
            "nova__apparmor_file": "/etc/apparmor.d/x",
            "nova__client_options": {"log file": "/var/log/q/x"},
        },
        ["nova.apparmor_file: is of no use: RHEL has SELinux instead of AppArmor; leave it out"],
    ),
    (
        "a folder that AppArmor would read as a pattern",
        {"nova__apparmor_file": "/etc/apparmor.d/x", "nova__client_options": {"log file": "/var/log/{q}/x"}},
        [
            "nova.client_options.log file: is in a folder with characters that AppArmor reads as a pattern; choose "
            "another folder"
        ],
    ),
    (
        "a mode of caching for no kind of disk",
        {"nova__disk_cachemodes": "file=none, writeback"},
        [
            "nova.disk_cachemodes: has the mode writeback without the kind of disk that it is for, and Nova drops "
            "such a mode; write network=writeback"
        ],
    ),
    (
        "values of options that do harm",
        {
            "nova__options": {"libvirt": {"inject_password": True, "inject_key": False}},
            "glance__options": {"paste_deploy": {"flavor": "keystone+cachemanagement"}},
        },
        [
            "glance.options.paste_deploy.flavor: glance-api keeps a copy of each image that is read, below "
            "/var/lib/glance/image-cache; set glance.options.paste_deploy.flavor to keystone. "
            "glance.unchecked_options lets it through",
            "nova.options.libvirt.inject_password: nova-compute opens the disks of guests to write into them; leave it "
            "out: guests get the same from the metadata service. nova.unchecked_options lets it through",
        ],
    ),
    (
        "id of our own",
        {"glance__backend": "file_before_ceph"},
        ["glance.backend: is a section with a meaning of its own; choose another name"],
    ),
    (
        "jump",
        {"ssh__jump": {"adress": "x"}},
        [
            "ssh.jump.address: is missing; add it: Name or address of the jump host",
            'ssh.jump.adress: is not a setting; did you mean "address"?',
        ],
    ),
    (
        "host not in hosts",
        {"nova__hosts": ["compute3"]},
        ['nova.hosts[0]: "compute3" is not in hosts; did you mean "compute2"?'],
    ),
    (
        "host twice",
        {"nova__hosts": ["compute1", "compute1"]},
        ['nova.hosts[1]: "compute1" is listed twice; remove one'],
    ),
    ("admin host", {"cluster__admin_host": "mon"}, ['cluster.admin_host: "mon" is not in hosts; add it there']),
    (
        "jump through nobody",
        {"hosts__compute1": {"jump": "bastion"}},
        ['hosts.compute1.jump: "bastion" is not in hosts; add it there'],
    ),
    (
        "jump through itself",
        {"hosts__compute1": {"jump": "compute1"}},
        ["hosts.compute1.jump: leads back: compute1 → compute1; name a host nearer by"],
    ),
    (
        "shared pool",
        {"nova__pool__name": "volumes"},
        [
            'nova.pool.name: "volumes" is already the pool of cinder.pool: services must not share one '
            "(caps and free space are per pool); choose another name, or set shared: true at both if they share it "
            "already"
        ],
    ),
    (
        "pool that only one of two says it shares",
        {"nova__pool": {"name": "volumes", "shared": True}},
        [
            'nova.pool.name: "volumes" is already the pool of cinder.pool: services must not share one '
            "(caps and free space are per pool); choose another name, or set shared: true at both if they share it "
            "already"
        ],
    ),
    (
        "shared pool that is wanted in two ways",
        {
            "cinder__pool": {"name": "rbd", "shared": True, "size": 2},
            "nova__pool": {"name": "rbd", "shared": True, "size": 3},
        },
        ["nova.pool.size: is another one at cinder.pool, which is the same pool; say the same in both"],
    ),
    (
        "shared user",
        {"cinder_backup__user": {"name": "cinder"}},
        [
            "cinder_backup.user.name: client.cinder is already the user of cinder: caps are per user; choose another "
            "name"
        ],
    ),
    (
        "admin as user",
        {"glance__user": {"name": "admin"}},
        ["glance.user.name: client.admin belongs to the cluster itself; choose another user name"],
    ),
    (
        "admin as the user before",
        {"glance__user": {"name": "ops", "generation": 2}, "cluster__admin_entity": "client.ops"},
        ["glance.user.name: client.ops is cluster.admin_entity; choose another name"],
    ),
    (
        "key as a value",
        {"cluster__client_options": {"key": "AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="}},
        [
            "cluster.client_options.key: holds a cephx key, and settings end up in the state; the key is known now, "
            "so replace it in the cluster, and name a file or an environment variable under cluster.keys"
        ],
    ),
    (
        "key as a name",
        {"cluster__keys": {"AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw==": {"env": "X"}}},
        [
            "cluster.keys: holds a cephx key, and settings end up in the state; the key is known now, so replace it "
            "in the cluster, and name a file or an environment variable under cluster.keys"
        ],
    ),
    (
        "nobody to share",
        {"cinder": None, "cinder_backup": None},
        ["nova.user: is missing: without `cinder` there is no user to share; add {name: nova}"],
    ),
    (
        "force_raw_images",
        {"nova__options": {"DEFAULT": {"force_raw_images": False}}},
        [
            "nova.options.DEFAULT.force_raw_images: must not be false: nova-compute refuses to start with "
            "images_type rbd; leave it out"
        ],
    ),
    (
        "pool and backends",
        {"cinder__backends": {"x": {"pool": {"name": "x"}}}},
        ["cinder: needs either `pool`, or `backends` when there are several"],
    ),
    ("neither", {"cinder__pool": None}, ["cinder: needs either `pool`, or `backends` when there are several"]),
    (
        "keys beside an admin host",
        {"cluster__keys": {"client.cinder": {"env": "K"}}},
        ["cluster.keys: has no effect with cluster.admin_host, which supplies the keys; remove one of the two"],
    ),
    (
        "key from nowhere",
        {"cluster__keys": {"client.cinder": {}}},
        ["cluster.keys.client.cinder: needs either `file` or `env`"],
    ),
    (
        "owned option",
        {"cinder__options": {"ceph": {"rbd_pool": "x"}}},
        ["cinder.options.ceph.rbd_pool: is written from the back end's pool.name; set that instead"],
    ),
    (
        "dead option",
        {"cinder__options": {"ceph": {"rbd_keyring_conf": "x"}}},
        [
            "cinder.options.ceph.rbd_keyring_conf: removed in Victoria, zed ignores it; leave it out: ceph.conf "
            "names the keyring (OSSN-0085)"
        ],
    ),
    (
        "unknown section",
        {"nova__options": {"libvrt": {"x": 1}}},
        ['nova.options.libvrt: is no section of this service\'s options; did you mean "libvirt"?'],
    ),
    (
        "newline in an option",
        {"nova__options": {"libvirt": {"x": "a\n[evil]"}}},
        ["nova.options.libvirt.x: must be one line without control characters"],
    ),
    (
        "one pinned uuid for two users",
        {"cinder__user": {"name": "cinder", "secret_uuid": UUID}, "nova__user": {"name": "nova", "secret_uuid": UUID}},
        ["nova.user.secret_uuid: is Cinder's too, and a secret holds one key; leave it out"],
    ),
    (
        "one usage name for two users",
        {"cinder__user": {"name": "cinder", "secret_usage": "x"}, "nova__user": {"name": "nova", "secret_usage": "x"}},
        ["nova.user.secret_usage: is Cinder's too, and libvirt keeps usage names unique; leave it out"],
    ),
    (
        "several at once",
        {"glance__pool__size": 0, "nova__pool__nme": 1},
        [
            "glance.pool.size: must be greater than or equal to 1; it is: Copies of each object. "
            "Default: osd_pool_default_size",
            'nova.pool.nme: is not a setting; did you mean "name"?',
        ],
    ),
    (
        "volume type of a back end that is none",
        {"openstack": {"cloud": "x", "volume_types": {"a": {"backend": "cehp"}}}},
        ['openstack.volume_types.a.backend: "cehp" is no back end in cinder; did you mean "ceph"?'],
    ),
    (
        "volume type of one of several back ends",
        {
            "cinder": {"hosts": [], "backends": {"a": {"pool": {"name": "p"}}, "b": {"pool": {"name": "q"}}}},
            "openstack": {"cloud": "x", "volume_types": {"a": {}}},
        },
        ["openstack.volume_types.a.backend: is missing, and there are several: a, b"],
    ),
    (
        "volume type without Cinder",
        {"cinder": None, "nova": None, "openstack": {"cloud": "x", "volume_types": {"a": {}}}},
        ["openstack.volume_types.a: needs `cinder`: a type selects one of its back ends"],
    ),
    (
        "back end's name as an extra spec",
        {"openstack": {"cloud": "x", "volume_types": {"a": {"extra_specs": {"volume_backend_name": "b"}}}}},
        ["openstack.volume_types.a.extra_specs.volume_backend_name: is written from backend; set that instead"],
    ),
    (
        "store called like a section that means something else",
        {"glance__backend": "glance_store"},
        ["glance.backend: is a section with a meaning of its own; choose another name"],
    ),
    *(
        (
            f"back end called like the section {name}",
            {"cinder__pool": None, "cinder__backends": {name: {"pool": {"name": "volumes"}}}},
            [f"cinder.backends.{name}: is a section with a meaning of its own; choose another name"],
        )
        for name in ("nova", "backend_defaults", "keystone_authtoken", "Default", "oslo_concurrency")
    ),
    (
        "two back ends of one section",
        {"cinder__pool": None, "cinder__backends": {"a": {"pool": {"name": "x"}}, "A": {"pool": {"name": "y"}}}},
        [
            'cinder.backends.A: is the same section as "a": upper and lower case count as one; choose another name',
        ],
    ),
    (
        "option that direct snapshots need",
        {"nova__direct_snapshots": True, "glance__options": {"DEFAULT": {"show_multiple_locations": False}}},
        ["glance.options.DEFAULT.show_multiple_locations: is written from nova.direct_snapshots; set that instead"],
    ),
    (
        "option in quotes",
        {"nova__options": {"libvirt": {"x": "'q'"}}},
        ["nova.options.libvirt.x: the value is in quotes, which oslo.config takes off; remove them"],
    ),
    (
        "option name that ends in a blank",
        {"nova__options": {"libvirt": {"x ": "q"}}},
        ["nova.options.libvirt.x : must not begin or end with a space"],
    ),
    (
        "comment in an option of ceph.conf",
        {"cluster__client_options": {"a": "b#c"}},
        [
            "cluster.client_options.a: the value holds '#', ';' or '\\', which have a meaning of their own in "
            "ceph.conf; use another value"
        ],
    ),
    (
        "option of ceph.conf in two spellings",
        {"cluster__client_options": {"rbd cache": True, "rbd_cache": False}},
        ['cluster.client_options: "rbd cache" and "rbd_cache" are one option to Ceph; keep one of them'],
    ),
    (
        "option of ceph.conf that ends in a blank",
        {"nova__client_options": {"rbd cache ": True}},
        ["nova.client_options.rbd cache : must not begin or end with a space"],
    ),
    (
        "socket that a reboot takes away, with two blanks",
        {"nova__client_options": {"admin  socket": "/run/ceph/x.asok"}},
        [
            "nova.client_options.admin  socket: is below /run/ceph, which is closed to qemu's user (systemd-tmpfiles "
            "makes it for ceph alone, 0770); choose a folder of its own, such as "
            "/run/ceph-guests/$cluster-$type.$id.$pid.$cctid.asok"
        ],
    ),
    (
        "folder of guests that no directory can be",
        {"nova__client_options": {"log file": "/var/log/../../x.log"}},
        [
            "nova.client_options.log file: path: /var/log/../.. is not in its shortest form; write /",
        ],
    ),
    (
        "path that is not in its shortest form",
        {"glance__file_store": "/var//lib/x/"},
        ["glance.file_store: must be in its shortest form, without `//`, `/./` and `/../`; write it so"],
    ),
    (
        "hosts whose resources would have one name",
        {
            "hosts__g2-controller1": {},
            "glance__hosts": ["controller1", "g2-controller1"],
            "glance__user": {"name": "glance", "generation": 2},
        },
        [
            "hosts.g2-controller1: two resources would be called glance-keyring-g2-controller1; choose another name "
            "for this host"
        ],
    ),
    (
        "property that is none",
        {"openstack": {"cloud": "x", "images": {"i": {"properties": {"os_glance_x": "y"}}}}},
        [
            "openstack.images.i: properties: os_glance_x is no property: it is Glance's own or ours; leave it out",
        ],
    ),
    (
        "one option of one file with two values",
        {
            "cinder__options": {"DEFAULT": {"debug": True}},
            "cinder_backup__options": {"DEFAULT": {"debug": False}},
        },
        [
            "cinder_backup.options.DEFAULT.debug: is set to another value by cinder, and both go to "
            "/etc/cinder/cinder.conf on controller1: each run would undo the other; set it in one of them, or to one "
            "value"
        ],
    ),
    (
        "list of another service in the same file",
        {"cinder_backup__options": {"DEFAULT": {"enabled_backends": "lvm"}}},
        [
            "cinder_backup.options.DEFAULT.enabled_backends: is set to another value by cinder, and both go to "
            "/etc/cinder/cinder.conf on controller1: each run would undo the other; set it in one of them, or to one "
            "value"
        ],
    ),
    (
        "password in the settings",
        {"openstack": {"cloud": "x", "password": "y"}},
        ["openstack.password: is not a setting; known are cloud, clouds_file, region, interface, volume_types, images"],
    ),
]


@pytest.mark.parametrize(("changes", "lines"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_with_one_line_per_problem(changes: dict[str, Any], lines: list[str]) -> None:
    assert parse(raw(**changes)) == [f"ceph-openstack:{line}" for line in lines]


def test_jumps_may_not_lead_back() -> None:
    hosts = {**RAW["hosts"], "compute1": {"jump": "compute2"}, "compute2": {"jump": "compute1"}}
    assert parse(raw(hosts=hosts)) == [
        "ceph-openstack:hosts.compute1.jump: leads back: compute1 → compute2 → compute1; name a host nearer by",
        "ceph-openstack:hosts.compute2.jump: leads back: compute2 → compute1 → compute2; name a host nearer by",
    ]


def test_the_host_that_all_are_jumped_through_is_reached_directly() -> None:
    assert settings(ssh__jump="ceph1", hosts__compute1={"jump": "controller1"})


def test_an_unknown_release_is_refused_with_the_list() -> None:
    assert parse(raw(release="essex")) == [
        "ceph-openstack:release: unknown OpenStack release; known are havana, icehouse, juno, kilo, liberty, mitaka, "
        "newton, ocata, pike, queens, rocky, stein, train, ussuri, victoria, wallaby, xena, yoga, zed, 2023.1, 2023.2, "
        "2024.1, 2024.2, 2025.1, 2025.2, 2026.1, 2026.2; choose one of them"
    ]


@pytest.mark.parametrize(("name", "release"), [("antelope", "2023.1"), ("caracal", "2024.1"), ("hibiscus", "2026.2")])
def test_a_code_name_is_the_release_of_its_year(name: str, release: str) -> None:
    assert settings(release=name).release == release


CELL = {"cluster__admin_host": None, "glance": None, "cinder_backup": None}


def test_a_cell_needs_a_key_for_each_user_and_nothing_more() -> None:
    assert parse(raw(**CELL)) == [
        "ceph-openstack:cluster.keys: client.cinder (cinder.user) is missing, and there is no cluster.admin_host to "
        "fetch its key; add {file: …} or {env: …}"
    ]
    keys = {"client.cinder": {"file": "keys/cinder"}, "client.cindr": {"env": "K"}}
    assert parse(raw(**CELL, cluster__keys=keys)) == [
        'ceph-openstack:cluster.keys.client.cindr: is nobody\'s key here; did you mean "client.cinder"?'
    ]


def test_a_cell_refuses_what_it_cannot_set() -> None:
    keys = {"client.cinder": {"file": "keys/cinder"}}
    assert parse(raw(**CELL, cluster__keys=keys, nova__pool={"name": "vms", "size": 3})) == [
        "ceph-openstack:nova.pool.size: has no effect without cluster.admin_host: the stack that has it manages pools "
        "and users; remove it"
    ]


def test_a_cell_leaves_what_it_changes_in_openstack_to_the_stack_that_records_it() -> None:
    keys = {"client.cinder": {"file": "keys/cinder"}}
    assert parse(raw(**CELL, cluster__keys=keys, openstack={"cloud": "prod"})) == [
        "ceph-openstack:openstack: needs cluster.admin_host, because earlier values are recorded in the cluster; "
        "move this block to the stack that sets cluster.admin_host"
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"nova__hosts": ["compute1"], "cinder__options": {"DEFAULT": {"debug": True}}},
        {
            "hosts__controller2": {},
            "cinder_backup__hosts": ["controller2"],
            "cinder__options": {"DEFAULT": {"debug": True}},
            "cinder_backup__options": {"DEFAULT": {"debug": False}},
        },
        {
            "cinder__options": {"DEFAULT": {"debug": True}},
            "cinder_backup__options": {"DEFAULT": {"debug": "true"}},
        },
        {"glance__options": {"DEFAULT": {"show_multiple_locations": True}}},
        {"nova__client_options": {"rbd  cache": True}},
    ],
    ids=["one alone", "on two hosts", "one value", "for a cell's Nova", "two blanks are one"],
)
def test_what_fits_together_is_let_through(changes: dict[str, Any]) -> None:
    assert isinstance(parse(raw(**changes)), StackSettings)


def test_an_option_of_ceph_conf_has_one_spelling_however_many_blanks() -> None:
    for name in ("rbd cache", "rbd  cache", "rbd_cache"):
        conf = built(cluster__client_options={name: True})["ceph-conf-compute1"].inputs["sections"]
        assert conf["client"] == {"rbd_cache": "true"}


def test_values_of_options_are_words() -> None:
    options = {"libvirt": {"a": True, "b": 5, "c": 5.0, "d": 0.5, "e": " x".strip()}}
    unchecked = [f"[libvirt] {name}" for name in options["libvirt"]]
    nova = settings(nova__options=options, nova__unchecked_options=unchecked).of(NOVA)
    assert nova
    assert nova.options["libvirt"] == {"a": "true", "b": "5", "c": "5", "d": "0.5", "e": "x"}


def test_no_line_repeats_a_value() -> None:
    lines = parse(raw(cluster__keys={"client.cinder": "AQBhunter2=="}, glance__pool="AQBhunter2=="))
    assert isinstance(lines, list)
    assert "hunter2" not in "".join(lines)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings().release = "2025.1"  # type: ignore[misc]


def test_user_generations() -> None:
    user = settings(glance__user={"name": "glance", "generation": 3}).services["glance"].user  # type: ignore[attr-defined]
    assert [user.entity_of(generation) for generation in user.generations] == ["client.glance-g2", "client.glance-g3"]
    assert user.entity == "client.glance-g3"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "pool", "x", "[key]"]), inner)
        ),
        max_leaves=6,
    ),
    st.sampled_from([*RAW, "zzz"]),
)
def test_whatever_is_written_gives_settings_or_lines(value: Any, name: str) -> None:
    outcome = parse({**RAW, name: value})
    if isinstance(outcome, list):
        assert outcome
        assert all(line.startswith("ceph-openstack:") for line in outcome)
        assert not any("\n" in line for line in outcome)


class TestLoad:
    """From Pulumi's configuration, where objects are JSON and the rest is text."""

    @pytest.fixture(autouse=True)
    def _config(self) -> Any:
        yield
        set_all_config({})

    def load(self, tree: dict[str, Any]) -> StackSettings:
        text = {
            f"ceph-openstack:{name}": value if isinstance(value, str) else json.dumps(value)
            for name, value in tree.items()
        }
        set_all_config({**text, "pulumi:disable-default-providers": "x", "other:glance": "x"})
        return load(pulumi.Config("ceph-openstack"))

    def test_whole(self) -> None:
        assert self.load(raw(release="2025.1")) == settings(release="2025.1")

    def test_failures_are_one_run_error(self) -> None:
        with pytest.raises(pulumi.RunError) as failure:
            self.load(raw(glanze={}, glance="{", ssh__port=0))
        assert str(failure.value).splitlines() == [
            "ceph-openstack:ssh.port: must be greater than or equal to 1; it is: TCP port of the hosts' sshd. "
            "Default 22",
            "ceph-openstack:glance: must be a map of settings; it is: Glance on Ceph. Default: left alone",
            'ceph-openstack:glanze: is not a setting; did you mean "glance"?',
        ]
