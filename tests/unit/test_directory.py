"""A directory of a service's user: made, kept, and never one that others use."""

from __future__ import annotations

import getpass

import pytest

from providers import resources
from providers.errors import Refused
from tests.sim.site import Managed, Site

LOGS = "/var/log"
GUESTS = {"stack": "dev", "host": "compute1", "path": LOGS, "owner": "daemon", "group": "daemon", "mode": "0770"}


def test_a_folder_that_others_use_is_not_given_to_a_service(site: Site) -> None:
    """`log file: /var/log/qemu.log` would have made /var/log the guests' own."""
    site.hosts["compute1"].path(LOGS).mkdir(parents=True, exist_ok=True)
    before = site.everything()
    with pytest.raises(Refused) as refused:
        Managed(site, resources.HostDirectoryProvider(), GUESTS).up()
    assert f"{LOGS} exists and belongs to {getpass.getuser()}; giving it to daemon would harm who uses it" in str(
        refused.value
    )
    assert site.everything() == before
