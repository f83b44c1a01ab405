"""controller1: Debian's Glance, Cinder and Nova services with their shipped files, on a local back end. No Ceph."""

from __future__ import annotations

import hashlib

from lab.machine import Machine
from lab.nodes import CONTROLLER
from lab.progress import say

_STORES = ("mariadb.service", "epmd.socket", "epmd.service", "rabbitmq-server.service")
_SERVICES = (
    "glance-api.service",
    "cinder-volume.service",
    "cinder-backup.service",
    "nova-conductor.service",
    "placement-api.service",
)
_SHARE = f"{CONTROLLER.address}:/srv/nfs/volumes"
_SHARE_MOUNT = f"/var/lib/cinder/mnt/{hashlib.md5(_SHARE.encode(), usedforsecurity=False).hexdigest()}"
_SHARE_UNIT = _SHARE_MOUNT.strip("/").replace("/", "-") + ".mount"
UNITS = (*_STORES, _SHARE_UNIT, *_SERVICES)
BAKED_UNITS = _STORES

# Published here and everywhere: this is no secret.
_PASSWORD = "lab"
BROKER = f"rabbit://openstack:{_PASSWORD}@{CONTROLLER.address}:5672/"
PLACEMENT = {"auth_type": "admin_token", "endpoint": f"http://{CONTROLLER.address}:8778", "token": "admin"}
"""Keystone is not there yet, and nova-compute reports its inventory to placement when it starts."""

_DATABASES = {"glance": "glance", "cinder": "cinder", "placement": "placement", "nova": "nova", "nova_api": "nova",
              "nova_cell0": "nova"}  # fmt: skip


def _database(name: str) -> str:
    return f"mysql+pymysql://{_DATABASES[name]}:{_PASSWORD}@{CONTROLLER.address}/{name}"


# path -> section -> options
_OPTIONS: dict[str, dict[str, dict[str, str]]] = {
    "/etc/glance/glance-api.conf": {
        "DEFAULT": {"bind_host": CONTROLLER.address, "transport_url": BROKER, "workers": "1"},
        "database": {"connection": _database("glance")},
    },
    "/etc/cinder/cinder.conf": {
        "DEFAULT": {
            "transport_url": BROKER,
            "my_ip": CONTROLLER.address,
            "glance_api_servers": f"http://{CONTROLLER.address}:9292",
            "enabled_backends": "nfs",
        },
        "database": {"connection": _database("cinder")},
        "nfs": {
            "volume_driver": "cinder.volume.drivers.nfs.NfsDriver",
            "volume_backend_name": "nfs",
            "nfs_shares_config": "/etc/cinder/nfs_shares",
            "nas_secure_file_operations": "false",
            "nas_secure_file_permissions": "false",
        },
    },
    "/etc/nova/nova.conf": {
        "DEFAULT": {"transport_url": BROKER, "my_ip": CONTROLLER.address},
        "api_database": {"connection": _database("nova_api")},
        "database": {"connection": _database("nova")},
        "conductor": {"workers": "1"},
        "placement": PLACEMENT,
    },
    "/etc/placement/placement.conf": {
        "api": {"auth_strategy": "noauth2"},
        "placement_database": {"connection": _database("placement")},
    },
    # The shipped file asks for 8 processes of 32 threads.
    "/etc/placement/placement-api-uwsgi.ini": {"uwsgi": {"processes": "1", "threads": "4"}},
}

_FILES = {
    "/etc/mysql/mariadb.conf.d/90-lab.cnf": f"[mysqld]\nbind-address = {CONTROLLER.address}\nskip-name-resolve\n",
    "/etc/rabbitmq/rabbitmq.conf": f"""\
listeners.tcp.1 = {CONTROLLER.address}:5672
default_user = openstack
default_pass = {_PASSWORD}
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
""",
    "/etc/rabbitmq/rabbitmq-env.conf": f"""\
NODENAME=rabbit@{CONTROLLER.name}
SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {{{CONTROLLER.address.replace(".", ",")}}}"
""",
    # Erlang registers itself at 127.0.0.1 and looks others up at their own address.
    "/etc/systemd/system/epmd.socket.d/lab.conf": f"""\
[Socket]
ListenStream=
ListenStream=127.0.0.1:4369
ListenStream={CONTROLLER.address}:4369
""",
    "/etc/systemd/system/placement-api.service.d/lab.conf": f"""\
[Service]
Environment="BIND_PARAMS=--http-socket {CONTROLLER.address}:8778"
""",
    "/etc/cinder/nfs_shares": f"{_SHARE}\n",
    # Cinder takes a share that is mounted already as it is: no NFS server, and no NFS in the kernel, is needed.
    f"/etc/systemd/system/{_SHARE_UNIT}": f"""\
[Unit]
Before=cinder-volume.service
[Mount]
What=/srv/nfs/volumes
Where={_SHARE_MOUNT}
Type=none
Options=bind
[Install]
WantedBy=multi-user.target
""",
}

_SAYS = {
    "/var/log/glance/glance-api.log": "Started child",
    "/var/log/cinder/cinder-volume.log": "Driver initialization completed successfully",
    "/var/log/cinder/cinder-backup.log": "Starting cinder-backup node",
}

_SYNC = """
as() { local user=$1; shift; setpriv --reuid $user --regid $user --init-groups env HOME=/var/lib/$user "$@"; }
as glance glance-manage db_sync &
as cinder cinder-manage db sync &
as placement placement-manage db sync &
{ as nova nova-manage api_db sync && as nova nova-manage cell_v2 map_cell0 && as nova nova-manage db sync &&
  as nova nova-manage cell_v2 create_cell --name cell1; } &
for job in $(jobs -p); do wait $job; done
"""


def configure(machine: Machine) -> None:
    """Write every file that differs from what Debian ships."""
    for path, sections in _OPTIONS.items():
        machine.set_options(path, sections)
    for path, text in _FILES.items():
        machine.write(path, text)
    cinder = machine.user("cinder")
    for folder in ("/srv/nfs/volumes", "/var/lib/cinder/mnt", _SHARE_MOUNT):
        machine.make_folder(folder, owner=cinder)


def bake(machine: Machine) -> None:
    """What takes long and comes out the same each time: the database schemas."""
    configure(machine)
    machine.start()
    machine.booted()
    users = "".join(
        f"CREATE DATABASE {name}; GRANT ALL ON {name}.* TO '{user}'@'%' IDENTIFIED BY '{_PASSWORD}';"
        for name, user in _DATABASES.items()
    )
    machine.exec(["mariadb"], what="databases", stdin=users)
    say(f"{machine.node.name}: database schemas")
    machine.script(_SYNC, what="database schemas", timeout=300)
    machine.script("rm -rf /var/log/journal/* /var/log/{glance,cinder,nova,placement}/*", what="logs")


def prepare(machine: Machine) -> None:
    """All is in the baked layer."""


def bring_up(machine: Machine) -> None:
    """The boot has started all of it."""


def ready(machine: Machine) -> None:
    """Wait until each service has said itself that it is up."""
    for file, words in _SAYS.items():
        machine.says(file, words)
