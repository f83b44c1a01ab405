"""Keystone's first contents: administrator, service users, catalogue, and the project demo with flavors."""

from __future__ import annotations

import json

from lab.endpoints import CATALOGUE, KEYSTONE, PASSWORD, REGION, SERVICE_USERS, url
from lab.machine import Machine

BOOTSTRAP = f"""
as() {{ local user=$1; shift; setpriv --reuid $user --regid $user --init-groups env HOME=/var/lib/$user "$@"; }}
as keystone keystone-manage db_sync
as keystone keystone-manage fernet_setup --keystone-user keystone --keystone-group keystone
as keystone keystone-manage credential_setup --keystone-user keystone --keystone-group keystone
as keystone keystone-manage bootstrap --bootstrap-password {PASSWORD} --bootstrap-region-id {REGION} \
    --bootstrap-public-url {KEYSTONE} --bootstrap-internal-url {KEYSTONE} --bootstrap-admin-url {KEYSTONE}
"""

# Runs on the node with Debian's openstacksdk, because Keystone's API makes one thing per call.
_FILL = """
import json, sys
import openstack
import openstack.exceptions

wanted = json.load(sys.stdin)
cloud = openstack.connect(auth=wanted["auth"], region_name=wanted["region"])
identity = cloud.identity
roles = {role.name: role for role in identity.roles()}
for name in ("service",):
    roles.setdefault(name, None)
    roles[name] = roles[name] or identity.create_role(name=name)

def user(name, project, names_of_roles):
    made = identity.create_user(name=name, password=wanted["password"], default_project_id=project.id)
    for role in names_of_roles:
        identity.assign_project_role_to_user(project, made, roles[role])

service = identity.create_project(name="service", domain_id="default")
for name in wanted["users"]:
    # Cinder asks for the role "service" in the token that Nova sends when Nova detaches a volume.
    user(name, service, ("admin", "service"))
user("demo", identity.create_project(name="demo", domain_id="default"), ("member",))
for kind, (name, url) in wanted["catalogue"].items():
    made = identity.create_service(type=kind, name=name)
    for interface in ("public", "internal", "admin"):
        identity.create_endpoint(service_id=made.id, interface=interface, url=url, region_id=wanted["region"])
cloud = openstack.connect(auth=wanted["auth"], region_name=wanted["region"])
for name, ram, disk in wanted["flavors"]:
    cloud.compute.create_flavor(name=name, ram=ram, vcpus=1, disk=disk)
"""
_FLAVORS = [("small", 192, 1), ("volume", 192, 0)]


def fill(machine: Machine) -> None:
    """Make projects, users, roles, catalogue and flavors; Keystone and Nova's API have to answer."""
    wanted = {
        "auth": {
            "auth_url": KEYSTONE,
            "username": "admin",
            "password": PASSWORD,
            "project_name": "admin",
            "user_domain_name": "Default",
            "project_domain_name": "Default",
        },
        "region": REGION,
        "password": PASSWORD,
        "users": SERVICE_USERS,
        "catalogue": {kind: (name, url(kind)) for kind, (name, _, _) in CATALOGUE.items() if kind != "identity"},
        "flavors": _FLAVORS,
    }
    machine.exec(["python3", "-c", _FILL], what="users, catalogue, flavors", stdin=json.dumps(wanted))
