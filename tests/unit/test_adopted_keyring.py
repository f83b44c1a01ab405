"""A keyring that somebody made: what Ceph reads in it counts, and what is not the entity's own stays byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.errors import Refused
from tests.sim.site import Managed, Site
from tests.unit.kinds import KEYRING, KEYRING_FILE

OTHER = "client.backup"


def adopted(site: Site) -> Managed:
    site.ceph.add_user("client.cinder", {"mon": "profile rbd"})
    site.ceph.add_user(OTHER, {"mon": "profile rbd"})
    return KEYRING_FILE.resource(site).change(adopt=True)


def file_of(site: Site) -> Path:
    return site.hosts["api1"].path(KEYRING)


def written(site: Site, text: str) -> bytes:
    key, other = (site.ceph.users[entity]["key"] for entity in ("client.cinder", OTHER))
    file = file_of(site)
    file.write_bytes(text.replace("KEY", key).replace("OTHER", other).encode())
    file.chmod(0o600)
    return file.read_bytes()


RIGHT = {
    "another entity after it": "[client.cinder]\n\tkey = KEY\n[client.backup]\n\tkey = OTHER\n",
    "another entity before it": "[client.backup]\n\tkey = OTHER\n\n[client.cinder]\n\tkey = KEY\n",
    "in quotes": '[client.cinder]\n\tkey = "KEY"\n',
    "in single quotes": "[client.cinder]\nkey='KEY' # mine\n",
    "a comment after it": "[client.cinder]\n\tkey = KEY;cinder\n",
    "with caps": '[client.cinder]\n\tkey = KEY\n\tcaps mon = "profile rbd"\n',
    "on a line of its own": "[client.cinder]\nkey = \\\n KEY\n\n# end\n",
    "in two sections": "[client.cinder]\nkey = OTHER\n[client.cinder]\nkey = KEY\n",
    "with carriage returns": "[client.cinder]\r\n\tkey = KEY\r\n",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_key_is_current_however_it_is_written_and_the_file_stays(text: str, site: Site) -> None:
    resource = adopted(site)
    before = written(site, text)
    for _ in range(3):
        resource.up()
        assert file_of(site).read_bytes() == before
    resource.refresh()
    assert resource.outs is not None
    assert resource.outs["key_state"] == "current"
    resource.destroy()
    assert file_of(site).read_bytes() == before
    assert f"{file_of(site).stat().st_mode:o}".endswith("600")


@pytest.mark.parametrize("adopt", [False, True])
@pytest.mark.parametrize("what", ["folder", "link", "pipe"])
def test_what_is_no_file_is_refused_by_name_and_never_taken_over(what: str, adopt: bool, site: Site) -> None:
    import os

    resource = adopted(site).change(adopt=adopt)
    path = file_of(site)
    if what == "folder":
        path.mkdir()
    elif what == "link":
        path.symlink_to("/srv/cinder.keyring")
    else:
        os.mkfifo(path)
    said = {"folder": "a folder", "link": "a link", "pipe": "neither file nor folder"}[what]
    with pytest.raises(Refused, match=f"{KEYRING} is {said}, not a keyring; move it away, then run again") as refused:
        resource.up()
    assert "adopt" not in str(refused.value)
    assert resource.outs is None
    assert not list(site.hosts["api1"].path("/var/lib").glob("ceph-openstack/*/*"))


def test_a_folder_that_took_the_keyrings_place_since_is_seen_and_left(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    resource = adopted(site)
    written(site, RIGHT["in quotes"])
    resource.up()
    file_of(site).unlink()
    file_of(site).mkdir()
    resource.refresh()
    assert resource.outs is not None
    assert resource.outs["key_state"] == "unreadable"
    with pytest.raises(Refused, match="is a folder, not a keyring"):
        resource.up()
    resource.destroy()
    assert file_of(site).is_dir()
    assert "is left: it is a folder" in capsys.readouterr().err
