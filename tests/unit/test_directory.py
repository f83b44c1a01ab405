"""A directory of a service's user: made, kept, and never a directory that others use."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Any

import pytest

from providers import resources
from providers.errors import Refused
from tests.sim.site import Managed, Site

LOGS = "/var/log"
GUESTS = {"stack": "dev", "host": "compute1", "path": LOGS, "owner": "daemon", "group": "daemon", "mode": "0770"}


def test_a_folder_that_others_use_is_not_given_to_a_service(site: Site) -> None:
    """With `log file: /var/log/qemu.log` the guests would have owned /var/log."""
    site.hosts["compute1"].path(LOGS).mkdir(parents=True, exist_ok=True)
    before = site.everything()
    with pytest.raises(Refused) as refused:
        Managed(site, resources.HostDirectoryProvider(), GUESTS).up()
    assert f"{LOGS} exists and belongs to {getpass.getuser()}; giving it to daemon would harm who uses it" in str(
        refused.value
    )
    assert site.everything() == before


CEPH = {"stack": "dev", "host": "api1", "path": "/etc/ceph", "mode": "0750"}


def linked(site: Site) -> Path:
    """Replace /etc/ceph by a link to a folder elsewhere, as an operator may have done, and return that folder."""
    folder, link = site.hosts["api1"].path("/srv/ceph"), site.hosts["api1"].path("/etc/ceph")
    link.rmdir()
    folder.mkdir(parents=True)
    folder.chmod(0o711)
    link.symlink_to(folder)
    return folder


def mode_of(path: Path) -> str:
    return f"{path.stat().st_mode & 0o7777:04o}"


def test_a_folder_behind_a_link_of_roots_is_kept_in_line_and_given_back(site: Site) -> None:
    folder = linked(site)
    resource = Managed(site, resources.HostDirectoryProvider(), CEPH)
    resource.up()
    assert mode_of(folder) == "0750"
    assert not resource.drift()
    folder.chmod(0o700)
    assert resource.drift() == {"mode": "0700"}
    resource.up()
    assert mode_of(folder) == "0750"
    resource.destroy()
    assert mode_of(folder) == "0711"
    assert site.hosts["api1"].path("/etc/ceph").is_symlink()


@pytest.mark.parametrize("target", ["/nowhere", "a file"])
def test_a_link_that_leads_to_no_folder_is_refused(target: str, site: Site) -> None:
    folder, link = linked(site), site.hosts["api1"].path("/etc/ceph")
    link.unlink()
    file = folder / "file"
    file.write_text("x")
    link.symlink_to(file if target == "a file" else target)
    with pytest.raises(
        Refused,
        match=r"/etc/ceph is a (link that is not root.s, or leads to no folder|file, not a folder); move it away",
    ):
        Managed(site, resources.HostDirectoryProvider(), CEPH).up()
    assert file.read_text() == "x"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link to somebody else")
def test_a_link_that_a_service_may_have_planted_is_refused_and_not_followed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, link = linked(site), site.hosts["api1"].path("/etc/ceph")
    resource = Managed(site, resources.HostDirectoryProvider(), CEPH)
    resource.up()
    folder.chmod(0o700)
    os.lchown(link, 65534, 65534)
    with pytest.raises(Refused, match=r"/etc/ceph is a link that is not root's, or leads to no folder"):
        Managed(site, resources.HostDirectoryProvider(), {**CEPH, "stack": "other"}).up()
    resource.destroy()
    assert mode_of(folder) == "0700"
    assert "/etc/ceph is left: it is a link" in capsys.readouterr().err


def test_a_folder_whose_name_begins_alike_does_not_make_a_reading_stale(site: Site) -> None:
    """Many folders change side by side. `/srv/3` was read anew whenever `/srv/35` had changed, and gave up at last."""
    host, other = site.hosts["api1"], Managed(site, resources.HostDirectoryProvider(), {**CEPH, "path": "/srv/35"})
    host.path("/srv").mkdir(exist_ok=True)
    apply, calls = host.apply, []

    def meanwhile(*steps: Any, **words: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            other.up()
        return apply(*steps, **words)

    host.apply = meanwhile  # type: ignore[method-assign]
    Managed(site, resources.HostDirectoryProvider(), {**CEPH, "path": "/srv/3"}).up()
    assert len(calls) == 2  # one for each folder
