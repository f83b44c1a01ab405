"""A keyring that somebody made: what Ceph reads in the file counts, and others' lines stay byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from providers.errors import Refused
from tests.sim.site import Managed, Site
from tests.unit.examples.keyring import KEYRING, KEYRING_FILE
from tests.unit.test_cuts import cuts, settles

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


WRONG = {
    "another entity beside it": (
        "# ours\n[client.cinder]\n\tkey = OTHER\n[client.backup]\n\tkey = OTHER ; do not touch\n",
        "# ours\n[client.cinder]\n\tkey = KEY\n[client.backup]\n\tkey = OTHER ; do not touch\n",
    ),
    "in quotes, with caps": (
        '[client.backup]\nkey = OTHER\n[client.cinder]\n  key = "OTHER" # old\n  caps mon = "allow r"\n',
        '[client.backup]\nkey = OTHER\n[client.cinder]\n  key = "KEY" # old\n  caps mon = "allow r"\n',
    ),
    "with carriage returns": (
        "[client.cinder]\r\n\tkey = OTHER\r\n[client.backup]\r\n\tkey = OTHER\r\n",
        "[client.cinder]\r\n\tkey = KEY\r\n[client.backup]\r\n\tkey = OTHER\r\n",
    ),
}


@pytest.mark.parametrize(("text", "then"), WRONG.values(), ids=WRONG.keys())
def test_of_a_wrong_key_only_the_key_is_replaced(text: str, then: str, site: Site) -> None:
    resource = adopted(site)
    before = written(site, text)
    resource.up()
    assert file_of(site).read_bytes() == before  # the first run only records it
    assert resource.outs is not None
    assert resource.outs["key_state"] == "stale"
    resource.up()
    after = file_of(site).read_bytes()
    assert after == expected(site, then)
    assert not resource.wants()
    site.ceph.rotate("client.cinder")
    resource.refresh()
    resource.up()
    assert file_of(site).read_bytes() == expected(site, then)
    resource.destroy()
    assert file_of(site).read_bytes() == expected(site, then)  # no journal holds a key to put back


def expected(site: Site, text: str) -> bytes:
    key, other = (site.ceph.users[entity]["key"] for entity in ("client.cinder", OTHER))
    return text.replace("KEY", key).replace("OTHER", other).encode()


WITHOUT = {
    "another entity": "[client.backup]\n\tkey = OTHER\n",
    "another entity and blank lines": "[client.backup]\n\tkey = OTHER\n\n\n",
    "nothing": "",
    "a comment without a newline": "[client.backup]\n\tkey = OTHER\n# end",
    "carriage returns": "[client.backup]\r\n\tkey = OTHER\r\n",
    "the entity without a key": '[client.cinder]\n\tcaps mon = "allow r"\n[client.backup]\n\tkey = OTHER\n',
    "the entity with nothing": "[client.backup]\n\tkey = OTHER\n[client.cinder]\n",
}


@pytest.mark.parametrize("text", WITHOUT.values(), ids=WITHOUT.keys())
def test_a_key_that_was_missing_is_added_and_taken_off_again_to_the_byte(text: str, site: Site) -> None:
    resource = adopted(site)
    before = written(site, text)
    resource.up()
    assert resource.outs is not None
    assert resource.outs["key_state"] == "missing"
    resource.up()
    after = file_of(site).read_text()
    assert site.ceph.users["client.cinder"]["key"] in after
    assert not resource.wants()
    resource.destroy()
    assert file_of(site).read_bytes() == before
    assert f"{file_of(site).stat().st_mode:o}".endswith("600")


def test_what_somebody_added_to_the_entity_since_stays(site: Site) -> None:
    resource = adopted(site)
    written(site, WITHOUT["another entity"])
    resource.up()
    resource.up()
    with file_of(site).open("a") as file:
        file.write('\tcaps mon = "allow r"\n[client.third]\n')
    resource.destroy()
    assert file_of(site).read_text().endswith('\n[client.cinder]\n\tcaps mon = "allow r"\n[client.third]\n')
    assert site.ceph.users["client.cinder"]["key"] not in file_of(site).read_text()


def test_a_key_that_somebody_put_in_the_place_of_the_added_one_stays(site: Site) -> None:
    resource = adopted(site)
    written(site, WITHOUT["another entity"])
    resource.up()
    resource.up()
    site.ceph.rotate("client.cinder")
    now = written(site, "[client.backup]\n\tkey = OTHER\n[client.cinder]\n\tkey = KEY\n")
    resource.destroy()
    assert file_of(site).read_bytes() == now


def test_a_second_entity_in_a_file_of_ours_outlives_a_new_key(site: Site) -> None:
    resource = adopted(site).change(adopt=False)
    resource.up()
    with file_of(site).open("a") as file:
        file.write("[client.backup]\n\tkey = x\n")
    site.ceph.rotate("client.cinder")
    resource.refresh()
    resource.up()
    key = site.ceph.users["client.cinder"]["key"]
    assert file_of(site).read_text() == f"[client.cinder]\n\tkey = {key}\n[client.backup]\n\tkey = x\n"


@pytest.mark.parametrize("adopt", [False, True])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[client.backup]\n\tkey = OTHER\n[client.cinder\n\tkey = KEY\n", 3),
        ("key = KEY\n", 1),
        ("[client.backup]\n\tkey = OTHER\n[cinder]\n\tkey = KEY\n", 3),
    ],
)
def test_what_ceph_cannot_read_is_refused_with_its_line_and_not_taken_over(
    text: str, line: int, adopt: bool, site: Site
) -> None:
    resource = adopted(site).change(adopt=adopt)
    before = written(site, text)
    with pytest.raises(Refused, match=f"{KEYRING}: line {line}: .*; correct that line, then try again"):
        resource.up()
    assert resource.outs is None
    assert file_of(site).read_bytes() == before


def test_no_key_is_in_what_the_journal_keeps(site: Site) -> None:
    resource = adopted(site)
    written(site, WITHOUT["another entity"])
    resource.up()
    resource.up()
    entries = [file.read_text() for file in site.hosts["api1"].path("/var/lib/ceph-openstack").rglob("*.json")]
    assert entries
    assert not any(user["key"] in entry for user in site.ceph.users.values() for entry in entries)


def taken_over(site: Site) -> tuple[Managed, bytes]:
    resource = adopted(site)
    before = written(site, WITHOUT["a comment without a newline"])
    resource.up()
    return resource, before


def test_a_cut_while_a_key_is_added_is_repaired_and_leaves_no_trace(sites: Callable[[], Site]) -> None:
    for resource, before in cuts(lambda: taken_over(sites()), Managed.up):
        settles(resource)
        resource.destroy()
        assert file_of(resource.site).read_bytes() == before
        assert not list(resource.site.hosts["api1"].path("/var/lib").glob("ceph-openstack/*/*"))


def test_a_cut_while_a_key_is_added_and_destroyed_at_once_leaves_no_trace(sites: Callable[[], Site]) -> None:
    for resource, before in cuts(lambda: taken_over(sites()), Managed.up):
        resource.destroy()
        assert file_of(resource.site).read_bytes() == before


def test_a_cut_destroy_of_an_added_key_leaves_no_trace_once_it_is_run_again(sites: Callable[[], Site]) -> None:
    def with_key(site: Site) -> tuple[Managed, bytes]:
        resource, before = taken_over(site)
        resource.up()
        return resource, before

    for resource, before in cuts(lambda: with_key(sites()), Managed.destroy):
        resource.destroy()
        assert file_of(resource.site).read_bytes() == before
        assert not list(resource.site.hosts["api1"].path("/var/lib").glob("ceph-openstack/*/*"))
