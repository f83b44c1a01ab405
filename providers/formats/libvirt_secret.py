"""The definition of a libvirt secret, as `virsh secret-define` reads it."""

from __future__ import annotations

from xml.etree import ElementTree


def libvirt_secret(uuid: str, usage: str) -> str:
    """Return a lasting secret for Ceph as XML. It holds no value.

    Args:
        uuid: The UUID by which domains name the secret.
        usage: The usage name, which libvirt wants to be unique on the host.
    """
    secret = ElementTree.Element("secret", ephemeral="no", private="no")
    ElementTree.SubElement(secret, "uuid").text = uuid
    kind = ElementTree.SubElement(secret, "usage", type="ceph")
    ElementTree.SubElement(kind, "name").text = usage
    return ElementTree.tostring(secret, encoding="unicode")
