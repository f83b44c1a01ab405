"""The four places the lab writes to."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
STATE = CHECKOUT / ".state" / "lab"
"""This checkout's own: keys, known hosts, console logs. `lab down` removes it."""

LOG = STATE / "log"

RUN = Path("/run/ceph-openstack-lab")
"""The machine's own: lock, record, the nodes' file systems. One lab per machine, whoever began it."""

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ceph-openstack"
"""The user's own: the Debian root and the prepared layers. `lab down` keeps it."""
