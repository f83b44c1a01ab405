"""When a service is restarted, and when not: what the service's process has read, and what the service logs."""

from __future__ import annotations

import pytest

from providers.host.ready import Workers
from tests.sim.site import FSID, Managed, Site
from tests.sim.systemd import Unit
from tests.unit.examples.config_sections import CONF, CONFIG
from tests.unit.examples.example import STACK
from tests.unit.examples.keyring import KEYRING, KEYRING_FILE
from tests.unit.examples.service import SERVICE

UNIT = "cinder-volume.service"
VOLUME = Workers(
    count=2,
    started=r"^\S+ \S+ (\d+) .*Starting volume driver RBDDriver",
    ready=r"^\S+ \S+ (\d+) .*Driver initialization completed",
)


def unit_of(site: Site) -> Unit:
    return site.hosts["api1"].systemd.units[UNIT]


def edit(site: Site, old: str, new: str) -> None:
    path = site.hosts["api1"].path(CONF)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


@pytest.fixture
def made(site: Site) -> Managed:
    SERVICE.prepare(site)
    resource = SERVICE.resource(site)
    resource.up()
    return resource


def test_an_operators_restart_is_no_drift(site: Site, made: Managed) -> None:
    unit_of(site).start()
    assert made.drift() == {}
    assert made.up() == "same"


def test_a_comment_after_an_operators_restart_is_no_drift_once_refresh_has_seen_the_process(
    site: Site, made: Managed
) -> None:
    unit_of(site).start()
    made.refresh()
    edit(site, "# a comment", "# another comment")
    assert made.drift() == {}
    assert "checked" not in made.inputs


def test_a_comment_before_refresh_has_seen_the_process_is_taken_for_a_change(site: Site, made: Managed) -> None:
    """The process may have read a value that was put back since, and a needless restart is better than none."""
    unit_of(site).start()
    edit(site, "# a comment", "# another comment")
    assert made.drift() == {"configuration": "stale"}


def test_a_process_that_was_restarted_with_another_value_which_was_put_back_is_stale(site: Site, made: Managed) -> None:
    made.refresh()
    edit(site, "debug = false", "debug = true")
    unit_of(site).start()
    edit(site, "debug = true", "debug = false")
    assert made.drift() == {"configuration": "stale"}
    assert made.up() == "update"
    assert "debug = false" in unit_of(site).read


def test_an_option_that_this_run_repaired_restarts_its_reader(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine may refresh a service only after the file was repaired, when nothing on disk tells of the drift."""
    SERVICE.prepare(site)
    config = CONFIG.resource(site)
    config.up()
    watch = {CONF: {"dialect": "oslo", "options": {"ceph": {"rbd_pool": "volumes"}}}}
    reader, other = SERVICE.resource(site).change(watch=watch), SERVICE.resource(site).change(stack="other")
    reader.up()
    other.up()
    edit(site, "rbd_pool = volumes", "rbd_pool = vms")
    site.new_run()
    monkeypatch.setattr(site, "new_run", lambda: None)
    assert config.drift()
    assert config.up() == "update"
    assert other.drift() == {}
    starts = unit_of(site).starts
    assert reader.drift() == {"configuration": "stale"}
    assert reader.up() == "update"
    assert unit_of(site).starts == starts + 1
    assert reader.drift() == {}


def with_keyring(site: Site) -> tuple[Managed, Managed]:
    KEYRING_FILE.prepare(site)
    keyring = KEYRING_FILE.resource(site)
    keyring.up()
    host = keyring.props["host"]
    site.hosts[host].systemd.add(UNIT)
    watch = {KEYRING: {"dialect": "keyring", "entity": "client.cinder"}}
    ready = {"steady_s": 0, "timeout_s": 1}
    props = {"stack": STACK, "fsid": FSID, "host": host, "unit": UNIT, "watch": watch, "ready": ready}
    reader = Managed(site, SERVICE.provider(), props)
    reader.up()
    return keyring, reader


def test_a_user_that_vanished_shows_at_its_readers_before_their_keyring_is_touched(site: Site) -> None:
    _, reader = with_keyring(site)
    del site.ceph.users["client.cinder"]
    assert reader.drift() == {"configuration": "stale"}


def test_a_keyring_that_its_service_could_not_read_restarts_it(site: Site) -> None:
    keyring, reader = with_keyring(site)
    site.hosts[keyring.props["host"]].path(KEYRING).chmod(0o600)
    assert reader.drift() == {"configuration": "stale"}
    assert keyring.drift() == {"mode": "0600"}


def test_a_cluster_that_cannot_be_asked_is_no_drift(site: Site) -> None:
    _, reader = with_keyring(site)
    reader.change(fsid=FSID.replace("f", "e"))
    reader.outs = {**(reader.outs or {}), "fsid": FSID.replace("f", "e")}
    reader.refresh()
    assert reader.inputs["configuration"] == "current"


def line(process: int, text: str) -> str:
    return f"2026-11-21 09:54:10.165 {process} INFO cinder.volume.manager [req-1] {text}"


def test_each_back_ends_process_has_to_say_that_it_works() -> None:
    begun = [line(1, "Starting volume driver RBDDriver (1.3.0)"), line(2, "Starting volume driver RBDDriver (1.3.0)")]
    other = [line(3, "Starting volume driver NfsDriver"), line(3, "Driver initialization completed successfully.")]
    done = line(1, "Driver initialization completed successfully.")
    assert "so far 0 of 2" in VOLUME.missing([*begun, *other])
    assert "so far 1 of 2" in VOLUME.missing([*begun, *other, done, done])
    assert "so far 0 of 0" in VOLUME.missing(other)
    assert VOLUME.missing([*begun, done, line(2, "Driver initialization completed successfully.")]) == ""


@pytest.mark.parametrize("pattern", ["(", "no group", "(two) (groups)"])
def test_an_expression_names_the_process_with_one_group(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"regular expression|exactly one group"):
        Workers(count=1, started=pattern, ready="(x)")
