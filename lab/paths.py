"""The four folders that the lab writes to."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
STATE = CHECKOUT / ".state" / "lab"
"""Files of this checkout: keys, known hosts, console logs. `lab/lab down` removes the folder."""

LOG = STATE / "log"

RUN = Path("/run/ceph-openstack-lab")
"""Files of the machine: lock, record, the nodes' file systems. A machine has one lab, whoever started that lab."""

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ceph-openstack"
"""Files of the user: the Debian root and the baked layers. `lab/lab down` keeps the folder."""
