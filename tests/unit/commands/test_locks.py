"""Whose locks are told dead, and which of them are removed, on the simulated cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from commands.__main__ import main
from commands.locks import show
from commands.locks.held_lock import HolderState
from commands.locks.looking import look_at_locks
from providers.errors import StepFailed
from providers.reach import machines as current_machines
from providers.reach.answers.image_locks import ImageLock
from providers.reach.cluster import ClusterSession
from tests.sim.ceph import FSID
from tests.sim.site import Site

ADDRESS = "127.0.2.21:0/3141592653"
LOCK = ImageLock(
    image="guest_disk",
    client="client.4338",
    cookie="auto 94012345",
    address=ADDRESS,
    exclusive=True,
    tag="internal",
    watchers=[],
)
SESSION = {"entity": "client.cinder", "address": "127.0.2.21:0", "id": "client.? 4338"}


@pytest.fixture
def site(site: Site) -> Site:
    site.ceph.do_osd_pool_create("vms")
    site.ceph.do_osd_pool_create("volumes")
    site.ceph.images["vms"] = {"guest_disk": 0, "other_disk": 0}
    site.ceph.add_user("client.cinder", {"mon": "allow r"})
    return site


def cluster() -> ClusterSession:
    return current_machines.current().cluster(FSID)


def state(site: Site, lock: ImageLock) -> tuple[HolderState, str]:
    site.ceph.locks = {"guest_disk": [lock]}
    (held,) = look_at_locks(cluster(), ["vms", "volumes"]).locks
    return held.state, held.why


def test_a_holder_that_has_the_image_open_is_alive(site: Site) -> None:
    site.ceph.sessions = [SESSION]
    assert state(site, LOCK.model_copy(update={"watchers": [ADDRESS]})) == (HolderState.ALIVE, "has the image open")


def test_a_holder_that_died_a_moment_ago_is_alive_until_its_watch_ends(site: Site) -> None:
    found, why = state(site, LOCK.model_copy(update={"watchers": [ADDRESS]}))
    assert found is HolderState.ALIVE
    assert why.endswith("it may be dead, look again in 30 s")


def test_a_holder_with_a_session_is_alive_though_the_image_is_not_open(site: Site) -> None:
    site.ceph.sessions = [SESSION]
    assert state(site, LOCK)[0] is HolderState.ALIVE


def test_a_holder_with_neither_is_dead(site: Site) -> None:
    assert state(site, LOCK) == (HolderState.DEAD, "no watcher of the image, no session with the monitors")


def test_another_watcher_and_another_session_do_not_make_a_holder_alive(site: Site) -> None:
    site.ceph.sessions = [{**SESSION, "id": "client.? 433"}, {**SESSION, "id": "client.? 43380"}]
    assert state(site, LOCK.model_copy(update={"watchers": ["127.0.2.21:0/9"]}))[0] is HolderState.DEAD


@pytest.mark.parametrize("shut_out", [ADDRESS, "127.0.2.21:0/0"])
def test_a_blocklisted_holder_is_dead_though_its_session_is_open(site: Site, shut_out: str) -> None:
    site.ceph.sessions, site.ceph.blocklist = [SESSION], {shut_out: "later"}
    assert state(site, LOCK)[0] is HolderState.DEAD


@pytest.mark.parametrize("shut_out", ["127.0.2.21:0/314159265", "127.0.2.2:0/0"])
def test_a_blocklisted_neighbour_says_nothing_of_the_holder(site: Site, shut_out: str) -> None:
    site.ceph.sessions, site.ceph.blocklist = [SESSION], {shut_out: "later"}
    assert state(site, LOCK)[0] is HolderState.ALIVE


def test_a_lock_that_was_set_by_hand_is_nobodys_to_judge(site: Site) -> None:
    assert state(site, LOCK.model_copy(update={"exclusive": False, "tag": "backup"}))[0] is HolderState.BY_HAND


def test_a_cluster_before_pacific_is_asked_for_its_blacklist(site: Site) -> None:
    site.ceph.former_words = True
    site.ceph.sessions, site.ceph.blocklist = [SESSION], {ADDRESS: "later"}
    assert state(site, LOCK)[0] is HolderState.DEAD


def shown(site: Site, capsys: pytest.CaptureFixture[str], *, image: str = "", really: bool = False) -> tuple[int, str]:
    machines = current_machines.current()
    status = show(cluster(), ["vms"] if image else ["vms", "volumes"], image, "prod", machines if really else None)
    return status, capsys.readouterr().out


def test_the_listing_names_holder_user_and_what_to_do_and_changes_nothing(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    live = LOCK.model_copy(
        update={"image": "other_disk", "client": "client.5", "address": "a:0/5", "watchers": ["a:0/5"]}
    )
    site.ceph.locks = {"guest_disk": [LOCK], "other_disk": [live]}
    site.ceph.sessions = [{**SESSION, "id": "client.? 5"}]
    status, said = shown(site, capsys)
    assert status == 2
    rows = [line.split() for line in said.splitlines()]
    assert rows[1][:6] == ["vms/guest_disk", "client.4338", ADDRESS, "auto", "94012345", "-"]
    assert rows[2][:7] == ["vms/other_disk", "client.5", "a:0/5", "auto", "94012345", "client.cinder", "alive"]
    assert "2 images, 2 locks: 1 alive, 1 DEAD, 0 set by hand" in said
    assert "`python -m commands locks --stack prod vms/guest_disk --really`" in said
    assert "blocklists the holder's address first" in said
    assert site.ceph.locks["guest_disk"] == [LOCK]
    assert not site.ceph.blocklist


def test_really_blocklists_the_dead_holder_and_removes_its_lock_only(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    live = LOCK.model_copy(update={"image": "other_disk", "watchers": [ADDRESS]})
    by_hand = LOCK.model_copy(update={"exclusive": False, "tag": "", "client": "client.7"})
    site.ceph.locks = {"guest_disk": [LOCK, by_hand], "other_disk": [live]}
    status, said = shown(site, capsys, really=True)
    assert status == 0
    assert f"vms/guest_disk: client.4338 is blocklisted at {ADDRESS}, and its lock is gone" in said
    assert site.ceph.locks == {"guest_disk": [by_hand], "other_disk": [live]}
    assert list(site.ceph.blocklist) == [ADDRESS]


def test_really_touches_no_other_image_than_the_one_that_is_named(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    other = LOCK.model_copy(update={"image": "other_disk"})
    site.ceph.locks = {"guest_disk": [LOCK], "other_disk": [other]}
    assert shown(site, capsys, image="guest_disk", really=True)[0] == 0
    assert site.ceph.locks == {"guest_disk": [], "other_disk": [other]}


def test_a_holder_that_comes_back_between_two_looks_is_left_alone(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site.ceph.locks = {"guest_disk": [LOCK]}
    machines = current_machines.current()
    monkeypatch.setattr(machines.clock, "sleep", lambda _: setattr(site.ceph, "sessions", [SESSION]))
    status, said = shown(site, capsys, really=True)
    assert status == 0
    assert "vms/guest_disk: left alone, because client.4338 came back" in said
    assert site.ceph.locks["guest_disk"] == [LOCK]
    assert not site.ceph.blocklist


def test_a_lock_that_cannot_be_removed_is_an_error_and_the_others_go(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = LOCK.model_copy(update={"image": "other_disk"})
    site.ceph.locks = {"guest_disk": [LOCK], "other_disk": [other]}
    done: Callable[..., None] = site.ceph.break_lock

    def fail_once(step: object) -> None:
        monkeypatch.setattr(site.ceph, "break_lock", done)
        raise StepFailed("client.4338 watches the image, so it is alive", "EBUSY")

    monkeypatch.setattr(site.ceph, "break_lock", fail_once)
    status, said = shown(site, capsys, really=True)
    assert status == 1
    assert "error: vms/guest_disk: ceph1 (192.0.2.1): `rbd lock rm vms/guest_disk 'auto 94012345' client.4338`" in said
    assert site.ceph.locks == {"guest_disk": [LOCK], "other_disk": []}


def test_no_lock_is_all_well(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = shown(site, capsys)
    assert (status, said.strip()) == (0, "2 images, 0 locks: 0 alive, 0 DEAD, 0 set by hand")


def test_an_image_that_cannot_be_looked_at_is_told_and_ends_with_3(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    site.ceph.locks, site.ceph.unreadable = {"guest_disk": [LOCK]}, {"other_disk": "timed out (ETIMEDOUT)"}
    status, said = shown(site, capsys)
    assert status == 3
    assert "could not look at vms/other_disk: timed out (ETIMEDOUT)" in said
    assert "1 DEAD" in said


def test_an_admin_host_that_does_not_answer_ends_with_3(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.hosts["ceph1"].reachable = False
    status, said = shown(site, capsys)
    assert status == 3
    assert "could not look at pool vms: ceph1 (192.0.2.1): cannot connect" in said


def test_an_image_that_is_not_there_ends_with_3_when_it_was_named(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = shown(site, capsys, image="nonesuch")
    assert status == 3
    assert "could not look at vms/nonesuch: there is no such image" in said


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("guest_disk", "name the image with its pool, such as vms/guest_disk"),
        ("vms/", "name the image with its pool"),
        ("vm/guest_disk", 'vm is no pool of stack dev; did you mean "vms"?'),
    ],
)
def test_an_image_is_named_with_a_pool_of_the_stack(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], image: str, words: str
) -> None:
    monkeypatch.chdir(Path(__file__).parents[3])
    assert main(["locks", "--stack", "dev", image]) == 1
    assert words in capsys.readouterr().err
