"""Where the controller's services answer, and the accounts that services and tests use."""

from __future__ import annotations

import json

from lab.nodes import CONTROLLER
from lab.paths import STATE

PASSWORD = "lab"
"""No secret, because the password is published with the source."""

REGION = "regionOne"
"""The region in the files that Debian ships."""

KEYSTONE = f"http://{CONTROLLER.address}:5000/v3"
GLANCE = f"http://{CONTROLLER.address}:9292"
BROKER = f"rabbit://openstack:{PASSWORD}@{CONTROLLER.address}:5672/"

# service type -> name, port, path. Nova looks for Cinder under the type volumev3 and the name cinderv3.
CATALOGUE = {
    "identity": ("keystone", 5000, "/v3"),
    "image": ("glance", 9292, ""),
    "volumev3": ("cinderv3", 8776, "/v3/%(project_id)s"),
    "compute": ("nova", 8774, "/v2.1"),
    "placement": ("placement", 8778, ""),
    "network": ("neutron", 9696, ""),
}
SERVICE_USERS = ("glance", "cinder", "nova", "placement", "neutron")

CLOUDS = STATE / "clouds.yaml"


def url(service: str) -> str:
    """Return the URL of a service type for the catalogue; `%(project_id)s` stays as Keystone's placeholder."""
    _, port, path = CATALOGUE[service]
    return f"http://{CONTROLLER.address}:{port}{path}"


def account(user: str) -> dict[str, str]:
    """Return the options with which a service logs in to Keystone as `user`."""
    return {
        "auth_type": "password",
        "auth_url": KEYSTONE,
        "project_name": "service",
        "project_domain_name": "Default",
        "username": user,
        "user_domain_name": "Default",
        "password": PASSWORD,
        "region_name": REGION,
    }


def token_check(user: str) -> dict[str, str]:
    """Return [keystone_authtoken], the options with which a service checks its clients' tokens."""
    return {"www_authenticate_uri": KEYSTONE, **account(user)}


def write_clouds() -> None:
    """Write the clients' clouds.yaml: cloud `lab` for the user demo, cloud `lab-admin` for the administrator.

    The file holds JSON, because JSON is YAML.
    """
    clouds = {
        cloud: {
            "auth": {
                "auth_url": KEYSTONE,
                "username": user,
                "password": PASSWORD,
                "project_name": user,
                "user_domain_name": "Default",
                "project_domain_name": "Default",
            },
            "region_name": REGION,
        }
        for cloud, user in (("lab", "demo"), ("lab-admin", "admin"))
    }
    CLOUDS.parent.mkdir(parents=True, exist_ok=True)
    CLOUDS.write_text(json.dumps({"clouds": clouds}, indent=2) + "\n")
