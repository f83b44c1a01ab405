"""Sections that a file of an OpenStack service has from its libraries: no back end may be called like one."""

OSLO_SECTIONS = (
    "default",
    "barbican",
    "barbican_service_user",
    "backend_defaults",
    "castellan_configsource",
    "cors",
    "database",
    "healthcheck",
    "key_manager",
    "keystone_authtoken",
    "os_brick",
    "oslo_*",
    "paste_deploy",
    "privsep",
    "privsep_*",
    "profiler",
    "profiler_*",
    "service_user",
    "vault",
    "wsgi",
)
"""Shell patterns, in lower case, as oslo.config compares sections."""
