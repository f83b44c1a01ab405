"""libvirt: its secrets, and which domains need them."""

import base64

from providers.remote.agent.failed import Failed
from providers.remote.agent.files import digest
from providers.remote.agent.singles import forget, single


def libvirt_open():
    try:
        import libvirt
    except ImportError:
        raise Failed("ENOENT", "python3-libvirt is not installed on this host")
    libvirt.registerErrorHandler(lambda *_: None, None)
    try:
        return libvirt.open("qemu:///system")
    except libvirt.libvirtError as problem:
        raise Failed("ECONNREFUSED", "libvirt does not answer: %s" % problem)


def libvirt_secrets():
    """Return every secret: uuid, usage type and name, private, ephemeral, and the SHA-256 of its value as base64 text."""
    import libvirt

    connection, secrets = libvirt_connection(), []
    for secret in connection.listAllSecrets():
        xml = secret.XMLDesc()
        try:
            value = "sha256:" + digest(base64.b64encode(secret.value()))
        except libvirt.libvirtError as problem:
            missing = problem.get_error_code() == libvirt.VIR_ERR_NO_SECRET
            value = "" if missing else "private"
        secrets.append(
            {
                "uuid": secret.UUIDString(),
                "usage": secret.usageID() or "",
                "is_ceph": secret.usageType() == 2,
                "private": "private='yes'" in xml,
                "ephemeral": "ephemeral='yes'" in xml,
                "value": value,
            }
        )
    return secrets


def libvirt_connection():
    """Return the connection of the run, opened again if libvirt was restarted meanwhile."""
    connection = single("libvirt", libvirt_open)
    if not connection.isAlive():
        forget("libvirt")
        connection = single("libvirt", libvirt_open)
    return connection


def libvirt_users(uuids):
    """Return the domains, running or defined, that name one of these secrets: {uuid: [domain, …]}."""
    found = {}
    for domain in libvirt_connection().listAllDomains():
        xml = domain.XMLDesc()
        for uuid in uuids:
            if "uuid='%s'" % uuid in xml:
                found.setdefault(uuid, []).append(domain.name())
    return found
