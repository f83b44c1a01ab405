"""Examples of things that need no permission to be managed, and that an adoption records before it changes them."""

from __future__ import annotations

from dataclasses import replace

from tests.sim.site import FSID, Site
from tests.unit.examples.ceph_conf import CEPH_CONF
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.directory import EXISTING
from tests.unit.examples.example import nothing
from tests.unit.examples.image_properties import IMAGE
from tests.unit.examples.keyring import KEYRING
from tests.unit.examples.service import REMOVAL, SERVICE

GUIDES_CONF = f"[global]\nfsid={FSID}   # by hand\nmon host = 192.0.2.1\n\n[client.cinder]\nkeyring = {KEYRING}.old\n"


def guides_ceph_conf(site: Site) -> None:
    path = site.hosts["api1"].path("/etc/ceph/ceph.conf")
    path.write_text(GUIDES_CONF)
    path.chmod(0o600)


def edited_since(site: Site) -> None:
    """Edit the file after the service's start, as far as its time tells."""
    path = site.hosts["api1"].path(CONF)
    path.write_text(path.read_text().replace("# a comment", "# by hand"))


TAKEN_OVER = [
    replace(CEPH_CONF, name="cephconf taken over", foreign=guides_ceph_conf),
    replace(CONFIG, name="config taken over", foreign=nothing),
    replace(EXISTING, name="directory taken over", foreign=nothing),
    replace(SERVICE, name="service taken over", foreign=edited_since),
    replace(IMAGE, name="image taken over", foreign=nothing),
    replace(REMOVAL, name="removal taken over", foreign=edited_since),
]
