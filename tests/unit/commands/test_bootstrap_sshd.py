"""bootstrap with a real sshd, sudo, visudo and useradd, which are the lab's, in namespaces of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from commands.bootstrap.account import USUAL, Account, account_of
from commands.bootstrap.login import Login
from commands.bootstrap.outcome import Outcome
from commands.bootstrap.working import work
from providers.reach.host_access import HostAccess
from tests.unit.commands.contained_host import CACHED, ContainedHost
from tests.unit.reach.sshd import private_key

pytestmark = pytest.mark.skipif(not CACHED.is_dir(), reason="the lab's root is not in the cache; `make up` builds it")
FILE = "/etc/sudoers.d/ceph-openstack"
PASSWORD = "open sesame"


@dataclass
class Site:
    """A host, the keys that may be let in, and what bootstrap is called with."""

    host: ContainedHost
    access: HostAccess
    folder: Path
    login: Login = field(init=False)

    def __post_init__(self) -> None:
        self.login = Login("root", str(self.folder / "root"), "")

    def account(self, sudoers: str = USUAL, **changed: object) -> Account:
        made = account_of(self.access, "", "")
        return replace(made, sudoers=sudoers.replace("{user}", made.user), **changed)  # type: ignore[arg-type]

    def bootstrap(self, account: Account | None = None, *, undo: bool = False, really: bool = True) -> Outcome:
        return work(self.access, account or self.account(), self.login, "", undo=undo, really=really)

    def with_key(self, name: str) -> Site:
        return replace(self, access=replace(self.access, identity_file=str(self.folder / name)))

    def with_user(self, name: str) -> Site:
        return replace(self, access=replace(self.access, user=name))


@pytest.fixture(scope="module")
def module_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("contained")
    keys = {name: private_key(folder / name) for name in ("root", "one", "two")}
    with ContainedHost(folder, f"ssh-ed25519 {keys['root'].get_base64()}") as host:
        known = host.on("cat", "/etc/ssh/ssh_host_ed25519_key.pub").split()
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{host.port} {known[0]} {known[1]}\n")
        known_hosts, identity = str(folder / "known_hosts"), str(folder / "one")
        access = HostAccess("a", "127.0.0.1", "deploy2", host.port, identity, known_hosts)
        yield Site(host, access, folder)


@pytest.fixture
def site(module_site: Site) -> Iterator[Site]:
    before = module_site.host.files()
    yield module_site
    assert module_site.host.files() == before


def test_made_found_and_taken_away(site: Site) -> None:
    before = site.host.files()
    looked = site.bootstrap(really=False)
    assert [step.split()[0] for step in looked.steps] == ["make", "let", "let"], looked
    assert site.host.files() == before
    assert site.bootstrap() == looked
    assert site.host.on("stat", "-c", "%a %U", FILE) == "440 root\n"
    assert site.host.shell("stat -c '%a %U' ~deploy2/.ssh ~deploy2/.ssh/authorized_keys").split("\n")[:2] == [
        "700 deploy2",
        "600 deploy2",
    ]
    made = site.host.files()
    assert site.bootstrap() == Outcome(looked.where)
    assert site.host.files() == made
    undone = site.bootstrap(undo=True)
    assert (len(undone.steps), undone.problem) == (2, ""), undone


@pytest.mark.parametrize(("text", "words"), [
    ("{user} ALL=(root NOPASSWD: ALL\n", "visudo refuses the sudoers file"),
    ("{user} ALL=(root) NOPASSWD: /bin/true\n", "may still not start /usr/bin/python3 under sudo"),
    ("{user} ALL=(root) NOPASSWD: ALL\nALL ALL=(ALL) !ALL\n", "could lock them out"),
])  # fmt: skip
def test_after_a_refusal_nothing_is_changed(site: Site, text: str, words: str) -> None:
    refused = site.bootstrap(site.account(text))
    assert words in refused.problem
    assert refused.problem.endswith("was taken back")
    assert refused.steps == ()


def test_what_an_earlier_call_made_stays_when_a_later_one_fails(site: Site) -> None:
    assert site.bootstrap().problem == ""
    before = site.host.files()
    # A key is let in that is not the one which runs log in with, so that key alone is taken back.
    two = site.with_key("two")
    failed = two.bootstrap(two.account(public_key="ssh-ed25519 AAAA"))
    assert "a run still cannot work there" in failed.problem
    assert failed.problem.endswith("was taken back")
    assert site.host.files() == before
    site.bootstrap(undo=True)


def test_each_key_that_was_let_in_is_taken_out_and_no_other(site: Site) -> None:
    site.host.shell("useradd -m -s /bin/bash deploy2; mkdir -m 700 ~deploy2/.ssh; echo 'ssh-rsa mine' > "
                    "~deploy2/.ssh/authorized_keys; chown -R deploy2: ~deploy2; chmod 600 ~deploy2/.ssh/*")  # fmt: skip
    before = site.host.files()
    assert site.bootstrap().problem == ""
    assert len(site.with_key("two").bootstrap().steps) == 1
    assert site.host.shell("grep -c . ~deploy2/.ssh/authorized_keys") == "3\n"
    assert site.bootstrap(undo=True).problem == ""
    assert site.host.files() == before
    site.host.shell("userdel -rf deploy2", check=False)


def test_a_home_with_a_key_of_somebody_elses_stays(site: Site) -> None:
    site.bootstrap()
    site.host.shell("echo 'ssh-rsa mine' >> ~deploy2/.ssh/authorized_keys")
    assert site.bootstrap(undo=True).problem == ""
    assert "mine" in site.host.shell("cat /home/deploy2/.ssh/authorized_keys")
    site.host.shell("rm -r /home/deploy2")


def test_a_session_that_is_just_ending_is_waited_for(site: Site) -> None:
    site.bootstrap()
    site.host.shell("runuser -u deploy2 -- sleep 2 > /dev/null 2>&1 &")
    undone = site.bootstrap(undo=True)
    assert (undone.problem, undone.steps[-1]) == ("", "remove account deploy2")


def test_an_unknown_host_key_is_recorded_only_as_the_operator_has_it(site: Site) -> None:
    file = Path(site.access.known_hosts)
    known = file.read_text()
    try:
        file.write_text("")
        wrong = work(site.access, site.account(), site.login, f"SHA256:{'A' * 43}", undo=False, really=True)
        assert "is it another machine?" in wrong.unseen
        assert file.read_text() == ""
        shown = site.host.on("ssh-keygen", "-lf", "/etc/ssh/ssh_host_ed25519_key.pub").split()[1]
        right = work(site.access, site.account(), site.login, shown, undo=False, really=True)
        assert (len(right.steps), right.problem) == (4, ""), right
        assert file.read_text() == known
        other = private_key(site.folder / "other").get_base64()
        file.write_text(known.replace(known.split()[-1], other))
        assert "the host key is not the one in" in site.bootstrap().unseen
    finally:
        file.write_text(known)
    site.bootstrap(undo=True)


def test_a_second_account_takes_nothing_from_the_first(site: Site) -> None:
    site.bootstrap()
    before = site.host.files()
    other = site.with_user("deploy3")
    assert "an earlier bootstrap made account deploy2" in other.bootstrap().problem
    assert "account sshd is one of the system's" in site.with_user("sshd").bootstrap().problem
    assert other.bootstrap(undo=True) == Outcome("a (127.0.0.1)")
    assert site.host.files() == before
    site.bootstrap(undo=True)


def test_an_account_that_could_not_be_made_is_not_ours(site: Site) -> None:
    site.host.on("groupadd", "deploy2")
    assert "group deploy2 exists" in site.bootstrap().problem
    site.host.shell("useradd -m -g deploy2 deploy2")
    assert site.bootstrap(undo=True) == Outcome("a (127.0.0.1)")
    assert site.host.on("id", "-u", "deploy2")
    site.host.shell("userdel -rf deploy2", check=False)


def test_as_the_account_itself(site: Site) -> None:
    site.bootstrap()
    itself = replace(site)
    itself.login = Login("deploy2", str(site.folder / "one"), "")
    assert itself.bootstrap() == Outcome("a (127.0.0.1)"), "sudo allows Python alone, which suffices"
    assert "log in as somebody else" in itself.bootstrap(undo=True).problem
    site.bootstrap(undo=True)


def test_sudo_that_somebody_allowed_by_hand_is_enough(site: Site) -> None:
    site.bootstrap()
    site.host.shell(f"rm -r /var/lib/ceph-openstack; echo '# by hand' >> {FILE}")
    assert site.bootstrap() == Outcome("a (127.0.0.1)")
    site.host.shell(f"rm {FILE}; userdel -rf deploy2", check=False)


@pytest.mark.parametrize(("change", "words"), [
    ("sed -i '/includedir/d' /etc/sudoers", "/etc/sudoers does not include /etc/sudoers.d"),
    ("echo 'x ALL=(' > /etc/sudoers.d/broken; chmod 440 /etc/sudoers.d/broken", "as they are, without ours"),
])  # fmt: skip
def test_what_is_wrong_with_sudo_already_is_named(site: Site, change: str, words: str) -> None:
    site.host.shell(f"cp -p /etc/sudoers /root/kept; {change}")
    refused = site.bootstrap()
    site.host.shell("cp -p /root/kept /etc/sudoers; rm -f /root/kept /etc/sudoers.d/broken")
    assert words in refused.problem


@pytest.mark.parametrize("user", ["root", "sshd", "nobody"])
def test_an_account_of_the_systems_is_refused(site: Site, user: str) -> None:
    assert f"account {user} is one of the system's" in site.with_user(user).bootstrap().problem


def test_with_a_password(site: Site) -> None:
    site.host.shell("useradd -m -s /bin/bash -G sudo admin2")
    site.host.on("chpasswd", stdin=f"admin2:{PASSWORD}\n")
    admin = replace(site)
    admin.login = Login("admin2", "", "wrong")
    refused = admin.bootstrap()
    assert "does not accept the password; check the user and the password" in refused.unseen
    admin.login = Login("admin2", "", PASSWORD)
    assert len(admin.bootstrap().steps) == 3
    logs = site.host.shell(
        f"grep -rlF '{PASSWORD}' /var/log /etc /home /var/lib/ceph-openstack 2>/dev/null", check=False
    )
    assert logs == ""
    assert admin.bootstrap(undo=True).problem == ""
    site.host.shell("userdel -rf admin2", check=False)
