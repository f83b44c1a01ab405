"""controller1: Debian's OpenStack services with the shipped files, on local back ends, without Ceph.

Neutron is a stub (lab/neutron_stub.py).
"""

from __future__ import annotations

from pathlib import Path

from lab import keystone, nfs_share
from lab.endpoints import BROKER, CATALOGUE, GLANCE, PASSWORD, account, token_check
from lab.machine import Machine
from lab.nodes import CONTROLLER, NODES
from lab.progress import say

_STORES = ("mariadb.service", "epmd.socket", "epmd.service", "rabbitmq-server.service")
_APIS = {
    "keystone.service": "identity",
    "placement-api.service": "placement",
    "cinder-api.service": "volumev3",
    "nova-api.service": "compute",
}
"""The APIs that uwsgi runs. nova-api-metadata stays off, because the lab has no network to reach it by."""

_SERVICES = (
    *_APIS,
    "glance-api.service",
    "cinder-scheduler.service",
    "cinder-volume.service",
    "cinder-backup.service",
    "nova-conductor.service",
    "nova-scheduler.service",
    "neutron-stub.service",
)
_SHARE = nfs_share.Share(CONTROLLER.address)
UNITS = (*_STORES, _SHARE.unit, *_SERVICES)
NEUTRON_STUB = Path(__file__).with_name("neutron_stub.py")
BAKED_UNITS = (*_STORES, "keystone.service", "placement-api.service", "nova-api.service")

# database -> its user
_DATABASES = {"keystone": "keystone", "glance": "glance", "cinder": "cinder", "placement": "placement",
              "nova": "nova", "nova_api": "nova", "nova_cell0": "nova"}  # fmt: skip


def _database(name: str) -> str:
    return f"mysql+pymysql://{_DATABASES[name]}:{PASSWORD}@{CONTROLLER.address}/{name}"


_UWSGI = {"uwsgi": {"processes": "1", "threads": "4"}}
"""The shipped files ask for up to 16 processes."""

# Without the header, clients send the next request on a connection that uwsgi is about to close.
# The files of Cinder and Placement have the header already.
_CLOSE = {"add-header": "Connection: close"}

# path -> section -> options
_OPTIONS: dict[str, dict[str, dict[str, str]]] = {
    "/etc/keystone/keystone.conf": {"database": {"connection": _database("keystone")}},
    "/etc/glance/glance-api.conf": {
        "DEFAULT": {"bind_host": CONTROLLER.address, "transport_url": BROKER, "workers": "1"},
        "database": {"connection": _database("glance")},
        "keystone_authtoken": token_check("glance"),
        "paste_deploy": {"flavor": "keystone"},
    },
    "/etc/cinder/cinder.conf": {
        "DEFAULT": {
            "transport_url": BROKER,
            "my_ip": CONTROLLER.address,
            "glance_api_servers": GLANCE,
            "enabled_backends": "nfs",
            # The scheduler gives a restarted cinder-backup no work before cinder-backup has reported twice.
            # By default the second report comes up to two minutes after the start.
            "backup_driver_stats_polling_interval": "10",
            "periodic_interval": "10",
            "periodic_fuzzy_delay": "0",
        },
        "database": {"connection": _database("cinder")},
        "keystone_authtoken": token_check("cinder"),
        "nfs": nfs_share.OPTIONS,
    },
    "/etc/nova/nova.conf": {
        "api_database": {"connection": _database("nova_api")},
        "database": {"connection": _database("nova")},
        "conductor": {"workers": "1"},
        "scheduler": {"workers": "1"},
    },
    "/etc/placement/placement.conf": {
        "keystone_authtoken": token_check("placement"),
        "placement_database": {"connection": _database("placement")},
    },
    "/etc/keystone/keystone-uwsgi.ini": {"uwsgi": {**_UWSGI["uwsgi"], **_CLOSE}},
    "/etc/placement/placement-api-uwsgi.ini": _UWSGI,
    "/etc/cinder/cinder-api-uwsgi.ini": _UWSGI,
    # Nova's API runs with one thread per process only.
    "/etc/nova/nova-api-uwsgi.ini": {"uwsgi": {"processes": "2", **_CLOSE}},
}


def nova_options(address: str) -> dict[str, dict[str, str]]:
    """Return nova.conf's sections for a host with this address: section -> option -> value."""
    return {
        # -1 turns the periodic task off, because the stub of Neutron knows no server's addresses.
        "DEFAULT": {"transport_url": BROKER, "my_ip": address, "heal_instance_info_cache_interval": "-1"},
        "keystone_authtoken": token_check("nova"),
        "service_user": {"send_service_user_token": "true", **account("nova")},
        "glance": {"api_servers": GLANCE},
        "placement": account("placement"),
        "neutron": account("neutron"),
    }


def _bind(kind: str) -> str:
    """Return the drop-in that makes uwsgi listen where the catalogue says."""
    address = f"{CONTROLLER.address}:{CATALOGUE[kind][1]}"
    return f'[Service]\nEnvironment="BIND_PARAMS=--http-socket {address}"\n'


_FILES = {
    "/etc/mysql/mariadb.conf.d/90-lab.cnf": f"[mysqld]\nbind-address = {CONTROLLER.address}\nskip-name-resolve\n",
    "/etc/rabbitmq/rabbitmq.conf": f"""\
listeners.tcp.1 = {CONTROLLER.address}:5672
default_user = openstack
default_pass = {PASSWORD}
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
""",
    "/etc/rabbitmq/rabbitmq-env.conf": f"""\
NODENAME=rabbit@{CONTROLLER.name}
SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {{{CONTROLLER.address.replace(".", ",")}}}"
""",
    # Erlang registers at 127.0.0.1, and looks other nodes up at those nodes' own addresses.
    "/etc/systemd/system/epmd.socket.d/lab.conf": f"""\
[Socket]
ListenStream=
ListenStream=127.0.0.1:4369
ListenStream={CONTROLLER.address}:4369
""",
    **{f"/etc/systemd/system/{unit}.d/lab.conf": _bind(kind) for unit, kind in _APIS.items()},
    "/usr/local/lib/neutron_stub.py": NEUTRON_STUB.read_text(),
    "/etc/systemd/system/neutron-stub.service": f"""\
[Unit]
Description=Stands in for Neutron with empty lists
[Service]
User=nobody
ExecStart=/usr/bin/python3 /usr/local/lib/neutron_stub.py {CONTROLLER.address} {CATALOGUE["network"][1]}
[Install]
WantedBy=multi-user.target
""",
    **_SHARE.files,
}

_SAYS = {
    "/var/log/cinder/cinder-volume.log": "Driver initialization completed successfully",
    "/var/log/cinder/cinder-backup.log": "Starting cinder-backup node",
    "/var/log/cinder/cinder-scheduler.log": "Starting cinder-scheduler node",
    "/var/log/nova/nova-scheduler.log": "Starting scheduler node",
}

_SYNC = (
    keystone.BOOTSTRAP
    + """
as glance glance-manage db_sync &
as cinder cinder-manage db sync &
as placement placement-manage db sync &
{ as nova nova-manage api_db sync && as nova nova-manage cell_v2 map_cell0 && as nova nova-manage db sync &&
  as nova nova-manage cell_v2 create_cell --name cell1; } &
for job in $(jobs -p); do wait $job; done
systemctl restart keystone placement-api nova-api
"""
)


_MAP_HOST = """\
INSERT INTO host_mappings (created_at, cell_id, host) SELECT NOW(), id, '{}' FROM cell_mappings WHERE name = 'cell1';
"""


def configure(machine: Machine) -> None:
    """Write every file that differs from the files that Debian ships."""
    for path, sections in _OPTIONS.items():
        machine.set_options(path, sections)
    machine.set_options("/etc/nova/nova.conf", nova_options(CONTROLLER.address))
    for path, text in _FILES.items():
        machine.write(path, text)
    if machine.suite.glance_has_uwsgi:
        machine.write("/etc/systemd/system/glance-api.service.d/lab.conf", _bind("image"))
        machine.set_options("/etc/glance/glance-api-uwsgi.ini", {"uwsgi": {**_UWSGI["uwsgi"], **_CLOSE}})
    cinder = machine.user("cinder")
    for folder in _SHARE.folders:
        machine.make_folder(folder, owner=cinder)


def bake(machine: Machine) -> None:
    """Make what takes long and is the same each time: database schemas, users, catalogue, flavors.

    The machine is mounted and has not started; it runs afterwards, with its services stopped and their logs removed.
    """
    configure(machine)
    machine.start()
    machine.booted()
    users = "".join(
        f"CREATE DATABASE {name}; GRANT ALL ON {name}.* TO '{user}'@'%' IDENTIFIED BY '{PASSWORD}';"
        for name, user in _DATABASES.items()
    )
    machine.exec(["mariadb"], what="databases", stdin=users)
    say(f"{machine.node.name}: database schemas")
    machine.script(_SYNC, what="database schemas")
    say(f"{machine.node.name}: users, catalogue, flavors")
    _answers(machine, "keystone.service", "nova-api.service")
    keystone.fill(machine)
    # Map the computes to their cell here, because Nova looks for new computes only once a minute.
    mappings = "".join(_MAP_HOST.format(node.name) for node in NODES.values() if node.role == "compute")
    machine.exec(["mariadb", "nova_api"], what="computes of cell1", stdin=mappings)
    logs = "rm -rf /var/log/journal/* /var/log/{keystone,glance,cinder,nova,placement}/*"
    machine.script(f"systemctl stop keystone placement-api nova-api; {logs}", what="logs")


def prepare(machine: Machine) -> None:
    """Do nothing, because the baked layer holds every file."""


def bring_up(machine: Machine) -> None:
    """Do nothing, because the boot has started all services."""


def ready(machine: Machine) -> None:
    """Wait until each service has logged that the service is up, or until its API answers."""
    glance = "WSGI app 0" if machine.suite.glance_has_uwsgi else "Started child"
    for file, line in {"/var/log/glance/glance-api.log": glance, **_SAYS}.items():
        machine.says(file, line)
    _answers(machine, *_APIS)


def _answers(machine: Machine, *units: str) -> None:
    for unit in units:
        machine.answers(CATALOGUE[_APIS[unit]][1], unit)
