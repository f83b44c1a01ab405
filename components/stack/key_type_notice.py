"""What an operator is told of keys of the old type, which Ceph gives up because of CVE-2025-30156."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.notice import Notice
from components.stack.inventory import Inventory
from components.stack.refusal import path_text

OLD_KEY_TYPE = "old-key-type"
"""How the notice is called, also where `verify` and `lint` find such a key."""

OLD_TYPE = "aes"


def key_type_notices(inventory: Inventory) -> Iterator[Notice]:
    """Yield that the settings ask for keys of the old type."""
    if inventory.settings.cluster.key_type == OLD_TYPE:
        yield Notice(
            "warning",
            OLD_KEY_TYPE,
            path_text((*inventory.cluster_setting, "key_type")),
            "users get keys of the old type aes, for hosts that read no other; Ceph calls it insecure "
            "(CVE-2025-30156), and so does the cluster's health. Once librados is 19.2.6, 20.2.4 or later on all "
            "hosts, take this out and raise generation of each user (docs/key-types.md)",
        )
