"""libvirt: its secrets, which domains need them, and which have disks on this host."""

import base64
import os
from typing import Any, Callable, Dict, List
from xml.etree import ElementTree

from providers.reach.agent.failed import Failed
from providers.reach.agent.opened_once import forget, imported, opened_once
from providers.reach.agent.redaction import digest

CEPH_USAGE = 2
RUNNING = 1
"""VIR_CONNECT_LIST_DOMAINS_ACTIVE."""


def library() -> Any:
    """Return the host's own libvirt module."""
    return imported("libvirt", "python3-libvirt")


def libvirt_open() -> Any:
    """Return a new connection to the host's libvirt."""
    libvirt = library()
    libvirt.registerErrorHandler(lambda *_: None, None)
    try:
        return libvirt.open("qemu:///system")
    except libvirt.libvirtError as problem:
        raise Failed("ECONNREFUSED", "libvirt does not answer: %s" % problem)


def asked(question: Callable[[Any], Any]) -> Any:
    """Return the answer of libvirt over the connection of the run, opened again if libvirt was restarted meanwhile.

    Only its use shows that a connection broke. Questions only read, so asking twice does no harm.
    """
    connection = opened_once("libvirt", libvirt_open)
    try:
        return question(connection)
    except library().libvirtError:
        if connection.isAlive():
            raise
        forget("libvirt", connection)
        return question(opened_once("libvirt", libvirt_open))


def libvirt_secrets() -> List[Dict[str, Any]]:
    """Return every secret; see `LibvirtSecret` for the fields."""
    found = asked(lambda connection: [described(secret) for secret in connection.listAllSecrets()])
    return [secret for secret in found if secret]


def described(secret: Any) -> Dict[str, Any]:
    """Return one secret, or nothing when it was undefined between listing and looking."""
    libvirt = library()
    try:
        xml = secret.XMLDesc()
        try:
            value = "sha256:" + digest(base64.b64encode(secret.value()))
        except libvirt.libvirtError as problem:
            if problem.get_error_code() == libvirt.VIR_ERR_NO_SECRET:
                value = ""
            elif "private='yes'" in xml:
                value = "private"
            else:
                raise
        return {
            "uuid": secret.UUIDString(),
            "usage": secret.usageID() or "",
            "is_ceph": secret.usageType() == CEPH_USAGE,
            "private": "private='yes'" in xml,
            "ephemeral": "ephemeral='yes'" in xml,
            "value": value,
        }
    except libvirt.libvirtError as problem:
        if problem.get_error_code() == libvirt.VIR_ERR_NO_SECRET:
            return {}
        raise


def libvirt_users(uuids: List[str]) -> Dict[str, List[str]]:
    """Return the domains, running or defined, that name one of these secrets: {uuid: [domain, …]}."""
    found: Dict[str, List[str]] = {}
    for name, xml in asked(domains):
        for uuid in uuids:
            if "uuid='%s'" % uuid in xml:
                found.setdefault(uuid, []).append(name)
    return found


def libvirt_local_disks() -> Dict[str, List[str]]:
    """Return the disks that Nova made on this host itself, {domain: [path, …]}.

    Such a disk is a file in a folder that is named by the server's UUID, or an LVM volume whose name begins with the
    UUID.
    The folder above is of no help, because `instances_path` may be anywhere.
    """
    found: Dict[str, List[str]] = {}
    for name, xml in asked(domains):
        root = ElementTree.fromstring(xml)  # noqa: S314 - libvirt wrote it
        uuid = root.findtext("uuid") or ""
        for source in root.findall("./devices/disk/source"):
            path = source.get("file") or source.get("dev") or ""
            *folders, last = path.split("/")
            if uuid in folders or last.startswith(uuid + "_"):
                found.setdefault(name, []).append(path)
    return found


def libvirt_rbd_disks() -> Dict[str, List[str]]:
    """Return the RBD images that Nova made for domains, running or defined: {domain: ["<pool>/<image>", …]}.

    The name of such an image begins with the server's UUID. Volumes of Cinder are left out.
    """
    found: Dict[str, List[str]] = {}
    for name, xml in asked(domains):
        root = ElementTree.fromstring(xml)  # noqa: S314 - libvirt wrote it
        uuid = root.findtext("uuid") or ""
        for disk in filter(None, map(rbd_disk, root.findall("./devices/disk"))):
            if disk["image"].startswith(uuid + "_"):
                found.setdefault(name, []).append("%s/%s" % (disk["pool"], disk["image"]))
    return found


def domains(connection: Any, flags: int = 0) -> List[Any]:
    """Return name and XML of every domain that the flags choose.

    Domains that were undefined between listing and looking are left out.
    """
    libvirt, found = library(), []
    for domain in connection.listAllDomains(flags):
        try:
            found.append((domain.name(), domain.XMLDesc()))
        except libvirt.libvirtError as problem:
            if problem.get_error_code() != libvirt.VIR_ERR_NO_DOMAIN:
                raise
    return found


def libvirt_guests() -> List[Dict[str, Any]]:
    """Return the running domains; see `Guest` for the fields."""
    return [guest(name, xml) for name, xml in asked(lambda connection: domains(connection, RUNNING))]


def guest(name: str, xml: str) -> Dict[str, Any]:
    """Return one domain as its qemu was started."""
    root = ElementTree.fromstring(xml)  # noqa: S314 - libvirt wrote it
    disks = [rbd_disk(disk) for disk in root.findall("./devices/disk")]
    started, pid = 0.0, 0
    try:
        with open("/run/libvirt/qemu/%s.pid" % name) as source:
            started, pid = os.fstat(source.fileno()).st_mtime, int(source.read())
    except (OSError, ValueError):
        pass
    return {
        "name": name,
        "pid": pid,
        "uuid": root.findtext("uuid") or "",
        "started": started,
        "disks": [disk for disk in disks if disk],
    }


def rbd_disk(disk: ElementTree.Element) -> Dict[str, Any]:
    """Return a disk that is an RBD image, or nothing for any other disk; see `GuestDisk` for the fields."""
    source = disk.find("./source[@protocol='rbd']")
    if source is None:
        return {}
    # libvirt moves <auth> of the disk into its <source>, and still takes both.
    auth = next((found for found in (source.find("auth"), disk.find("auth")) if found is not None), None)
    secret = auth.find("secret") if auth is not None else None
    pool, _, image = (source.get("name") or "").partition("/")
    return {
        "pool": pool,
        "image": image,
        "user": (auth.get("username") if auth is not None else None) or "",
        "secret": (secret.get("uuid") if secret is not None else None) or "",
        "usage": (secret.get("usage") if secret is not None else None) or "",
        "monitors": [
            "%s:%s" % (host.get("name"), host.get("port")) if host.get("port") else host.get("name") or ""
            for host in source.findall("host")
        ],
    }
