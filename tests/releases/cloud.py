"""The release's Glance and Cinder, which believe what a token says, because there is no Keystone."""

from __future__ import annotations

from openstack.config import OpenStackConfig
from openstack.connection import Connection

from lab.release import CINDER, GLANCE

_PROJECT = "0" * 31 + "1"
"""A project, in hexadecimal because Cinder refuses other ids."""


def connect() -> Connection:
    """Connect as an administrator of one project."""
    region = OpenStackConfig(load_yaml_config=False, load_envvars=False).get_one(
        auth_type="none", auth={"endpoint": f"{CINDER}/v3/"}, image_endpoint_override=GLANCE
    )
    made = Connection(config=region, statsd_host=None)
    # A token on every request, because Cinder does not even return its versions without a token.
    made.session.additional_headers["X-Auth-Token"] = f"admin:{_PROJECT}"
    return made
