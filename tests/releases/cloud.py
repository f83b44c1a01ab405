"""The release's Glance and Cinder, without Keystone: what a token says is believed."""

from __future__ import annotations

from openstack.config import OpenStackConfig
from openstack.connection import Connection

from lab.release import CINDER, GLANCE

_PROJECT = "0" * 31 + "1"
"""Cinder takes none that is not hexadecimal."""


def connect() -> Connection:
    """Connect as an administrator of one project."""
    region = OpenStackConfig(load_yaml_config=False, load_envvars=False).get_one(
        auth_type="none", auth={"endpoint": f"{CINDER}/v3/"}, image_endpoint_override=GLANCE
    )
    made = Connection(config=region, statsd_host=None)
    # On every request: without a token, Cinder does not even tell its versions.
    made.session.additional_headers["X-Auth-Token"] = f"admin:{_PROJECT}"
    return made
