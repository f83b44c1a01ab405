"""controller2: Glance and Cinder of another release than Debian's, on local back ends, without Keystone and Ceph.

The release's own programs run with Debian's configuration files, units and accounts, as on a cloud that was upgraded.
They use controller1's database server and broker, with databases and a virtual host of their own.
"""

from __future__ import annotations

from lab import nfs_share
from lab.endpoints import BROKER, CATALOGUE, PASSWORD
from lab.machine import Machine
from lab.nodes import CONTROLLER, RELEASE
from lab.venv import PREFIX

_VHOST = "release"
_BROKER = BROKER + _VHOST
_PORTS = {"glance-api.service": CATALOGUE["image"][1], "cinder-api.service": CATALOGUE["volumev3"][1]}
GLANCE, CINDER = (f"http://{RELEASE.address}:{port}" for port in _PORTS.values())
"""URLs of the two APIs.

Glance accepts any token or none. Cinder accepts the token `admin:<project>` at /v3/<project>, with a hexadecimal
project.
"""

_SERVICES = ("glance-api", "cinder-api", "cinder-scheduler", "cinder-volume", "cinder-backup")
_SHARE = nfs_share.Share(RELEASE.address)
_SCHEMA = "release-schema.service"
UNITS = (_SHARE.unit, _SCHEMA, *(f"{name}.service" for name in _SERVICES))


def _database(name: str) -> str:
    return f"mysql+pymysql://{name}:{PASSWORD}@{CONTROLLER.address}/{_VHOST}_{name}"


# path -> section -> options
_OPTIONS: dict[str, dict[str, dict[str, str]]] = {
    "/etc/glance/glance-api.conf": {
        "DEFAULT": {"bind_host": RELEASE.address, "transport_url": _BROKER, "workers": "1"},
        "database": {"connection": _database("glance")},
        "paste_deploy": {"flavor": "", "config_file": f"{PREFIX}/etc/glance/glance-api-paste.ini"},
        # Without Keystone a token has neither scope nor roles, and from 2025.1 on Glance refuses such a token's upload.
        "oslo_policy": {"enforce_scope": "false", "enforce_new_defaults": "false"},
    },
    "/etc/cinder/cinder.conf": {
        "DEFAULT": {
            "auth_strategy": "noauth",
            "api_paste_config": f"{PREFIX}/etc/cinder/api-paste.ini",
            "resource_query_filters_file": f"{PREFIX}/etc/cinder/resource_filters.json",
            "osapi_volume_listen": RELEASE.address,
            "osapi_volume_workers": "1",
            "transport_url": _BROKER,
            "my_ip": RELEASE.address,
            "glance_api_servers": GLANCE,
            "enabled_backends": "nfs",
            "backup_driver_stats_polling_interval": "10",
        },
        "database": {"connection": _database("cinder")},
        "nfs": nfs_share.OPTIONS,
    },
    "/etc/cinder/rootwrap.conf": {
        "DEFAULT": {
            "filters_path": f"{PREFIX}/etc/cinder/rootwrap.d,{PREFIX}/etc/os-brick/rootwrap.d",
            "exec_dirs": f"{PREFIX}/bin,/sbin,/usr/sbin,/bin,/usr/bin",
        }
    },
}

_CONF = {"glance-api": "/etc/glance/glance-api.conf"} | dict.fromkeys(_SERVICES[1:], "/etc/cinder/cinder.conf")
_LOG = {name: f"/var/log/{name.split('-')[0]}/{name}.log" for name in _SERVICES}


def _schema(service: str, command: str) -> str:
    user = f"/usr/bin/setpriv --reuid {service} --regid {service} --init-groups"
    conf = _CONF[f"{service}-api"]
    return f"ExecStart={user} {PREFIX}/bin/{service}-manage --config-file={conf} {command}"


_FILES = {
    **{
        f"/etc/systemd/system/{name}.service.d/release.conf": f"""\
[Service]
Environment=PATH={PREFIX}/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=
ExecStart={PREFIX}/bin/{name} --config-file={_CONF[name]} --log-file={_LOG[name]}
"""
        for name in _SERVICES
    },
    f"/etc/systemd/system/{_SCHEMA}": f"""\
[Unit]
Description=Database schemas of the release
Before={" ".join(f"{name}.service" for name in _SERVICES)}
[Service]
Type=oneshot
RemainAfterExit=yes
{_schema("glance", "db_sync")}
{_schema("cinder", "db sync")}
[Install]
WantedBy=multi-user.target
""",
    **_SHARE.files,
}
_SUDOERS = f"""\
Defaults:cinder secure_path="{PREFIX}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
cinder ALL = (root) NOPASSWD: {PREFIX}/bin/cinder-rootwrap /etc/cinder/rootwrap.conf *
"""

_SAYS = {
    "cinder-volume": "Driver initialization completed successfully",
    "cinder-backup": "Starting cinder-backup node",
    "cinder-scheduler": "Starting cinder-scheduler node",
}

_ON_CONTROLLER = f"""
rabbitmqctl --quiet delete_vhost {_VHOST} 2>/dev/null || true
rabbitmqctl --quiet add_vhost {_VHOST}
rabbitmqctl --quiet set_permissions --vhost {_VHOST} openstack '.*' '.*' '.*'
"""


def empty(controller: Machine, *, anew: bool) -> None:
    """Drop the databases and the virtual host of an earlier start on controller1; with `anew`, make empty ones."""
    names = ("glance", "cinder")
    drop = "".join(f"DROP DATABASE IF EXISTS {_VHOST}_{name};" for name in names)
    make = "".join(
        f"CREATE DATABASE {_VHOST}_{name}; GRANT ALL ON {_VHOST}_{name}.* TO '{name}'@'%';" for name in names
    )
    controller.exec(["mariadb"], what="databases of the release", stdin=drop + (make if anew else ""))
    lines = _ON_CONTROLLER.strip().splitlines()
    controller.script("\n".join(lines if anew else lines[:1]), what="virtual host of the release")


def prepare(machine: Machine) -> None:
    """Write every file that differs from the files that Debian and the release ship."""
    for path, sections in _OPTIONS.items():
        machine.set_options(path, sections)
    for path, text in _FILES.items():
        machine.write(path, text)
    machine.write("/etc/sudoers.d/release", _SUDOERS, mode=0o440)
    cinder = machine.user("cinder")
    for folder in _SHARE.folders:
        machine.make_folder(folder, owner=cinder)


def ready(machine: Machine) -> None:
    """Wait until each API answers, and until each other service has logged that the service is up."""
    for unit, port in _PORTS.items():
        machine.answers(port, unit)
    for name, line in _SAYS.items():
        machine.says(_LOG[name], line)
