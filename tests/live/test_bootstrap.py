"""bootstrap on real hosts: an account with its key and sudoers, checked before it goes live, and taken away again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab import access
from lab.nodes import NODES
from tests.live import lab
from tests.live.stack import dev_settings

HOST, USER, FILE = "compute1", "deploy2", "/etc/sudoers.d/ceph-openstack"
ADMIN, PASSWORD = "admin2", "open sesame"
BACKUPS = (
    "/etc/passwd-",
    "/etc/shadow-",
    "/etc/group-",
    "/etc/gshadow-",
    "/etc/subuid-",
    "/etc/subgid-",
    "/etc/.pwd.lock",
)
"""What shadow's programs keep of the files before a change."""


class Project:
    """A project whose settings name an account that is not there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.settings = folder, dev_settings()
        self.known_hosts, self.identity = folder / "known_hosts", folder / "id_ed25519"
        self.known_hosts.write_text(access.KNOWN_HOSTS.read_text())
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.identity], check=True)
        self.settings["ssh"] |= {
            "user": USER,
            "known_hosts": str(self.known_hosts),
            "identity_file": str(self.identity),
        }
        (folder / "Pulumi.yaml").write_text("name: ceph-openstack\n")
        self.write()

    def write(self) -> None:
        config = {f"ceph-openstack:{name}": value for name, value in self.settings.items()}
        (self.folder / "Pulumi.one.yaml").write_text(yaml.safe_dump({"config": config}))

    def bootstrap(self, *words: str, status: int, login: str = "deploy", stdin: str = "") -> str:
        known = ("--login", login, "--identity", str(access.IDENTITY))
        given = ("--stack", "one", "--project", str(self.folder), "--host", HOST)
        done = subprocess.run(
            [sys.executable, "-m", "commands", "bootstrap", *given, *known, *words],
            cwd=lab.CHECKOUT,
            env={name: value for name, value in os.environ.items() if name != "SSH_AUTH_SOCK"},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        assert PASSWORD not in done.stdout + done.stderr
        return done.stdout + done.stderr


def etc() -> dict[str, str]:
    return {path: state for path, state in lab.etc(HOST).items() if path not in BACKUPS}


@pytest.fixture(scope="module")
def project(lab_is_up: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    before = etc()
    made = Project(tmp_path_factory.mktemp("bootstrap"))
    yield made
    made.bootstrap("--undo", "--really", status=0)
    assert etc() == before
    assert not lab.exists(HOST, f"/home/{USER}")


def as_user(project: Project, *command: str) -> subprocess.CompletedProcess[str]:
    """Log in as the new account, with the new key."""
    options = ("-F", "none", "-i", str(project.identity), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes")
    known = ("-o", f"UserKnownHostsFile={project.known_hosts}", "-o", "StrictHostKeyChecking=yes")
    argv = ["ssh", *options, *known, f"{USER}@{NODES[HOST].address}", *command]
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def test_it_says_what_is_to_be_done_and_does_nothing(project: Project) -> None:
    before = etc()
    said = project.bootstrap(status=2)
    for words in (
        "to do: make account deploy2",
        "to do: let the key",
        "to do: let deploy2 start /usr/bin/python3 under sudo",
    ):
        assert words in said
    assert "nothing was changed: call it again with --really" in said
    assert etc() == before


@pytest.mark.parametrize(("text", "words"), [
    ("deploy2 ALL=(root NOPASSWD: ALL\n", "visudo refuses the sudoers file"),
    ("deploy2 ALL=(root) NOPASSWD: /bin/true\n", "deploy2 may still not start /usr/bin/python3 under sudo"),
    ("deploy2 ALL=(root) NOPASSWD: ALL\nALL ALL=(ALL) !ALL\n", "could lock them out"),
    ("deploy2 ALL=(root) NOPASSWD: ALL\nDefaults requiretty\n", "could lock them out"),
])  # fmt: skip
def test_a_sudoers_file_that_would_lock_out_is_taken_back(project: Project, text: str, words: str) -> None:
    file = project.folder / "sudoers"
    file.write_text(text)
    sudoers = {path: state for path, state in etc().items() if path.startswith("/etc/sudoers")}
    said = project.bootstrap("--sudoers", str(file), "--really", status=2)
    assert words in said
    assert {path: state for path, state in etc().items() if path.startswith("/etc/sudoers")} == sudoers
    assert lab.on(HOST, "runuser", "-u", "deploy", "--", "sudo", "-n", "id", "-u").strip() == "0"


def test_then_runs_can_log_in_and_become_root(project: Project) -> None:
    said = project.bootstrap("--really", status=0)
    assert "done: let deploy2 start /usr/bin/python3 under sudo" in said
    assert as_user(project, "sudo", "-n", "python3", "-c", "'import os; print(os.geteuid())'").stdout.strip() == "0"
    assert as_user(project, "sudo", "-n", "true").returncode != 0, "more is allowed than Python"
    assert lab.on(HOST, "stat", "-c", "%a %U", FILE).strip() == "440 root"
    assert lab.on(HOST, "getent", "shadow", USER).split(":")[1] == "*"
    lab.on(HOST, "visudo", "-c")


def test_a_second_call_finds_nothing_to_do(project: Project) -> None:
    before = etc()
    assert "compute1 (127.0.2.21): nothing to do" in project.bootstrap(status=0)
    assert "nothing to do" in project.bootstrap("--really", status=0)
    assert etc() == before


def test_a_file_of_somebody_elses_is_left(project: Project) -> None:
    lab.shell(HOST, f"cp -p {FILE} /root/kept; echo '# mine' >> {FILE}")
    said = project.bootstrap("--really", status=2)
    assert f"{FILE} is there already and says something else" in said
    assert "was changed since" in project.bootstrap("--undo", "--really", status=2)
    lab.shell(HOST, f"cp -p /root/kept {FILE}; rm /root/kept")


def test_an_unknown_host_key_is_taken_only_as_the_operator_has_it(project: Project) -> None:
    project.known_hosts.write_text("")
    assert "no host key in" in project.bootstrap(status=3)
    wrong = project.bootstrap("--fingerprint", f"{HOST}=SHA256:{'A' * 43}", status=3)
    assert "is it another machine?" in wrong
    assert project.known_hosts.read_text() == ""
    shown = lab.on(HOST, "ssh-keygen", "-lf", "/etc/ssh/ssh_host_ed25519_key.pub").split()[1]
    said = project.bootstrap("--fingerprint", f"{HOST}={shown}", "--really", status=0)
    assert "add its host key to" in said
    assert as_user(project, "true").returncode == 0


@pytest.fixture
def admin() -> Iterator[None]:
    """A user of the host's whose sudo asks for a password."""
    key = Path(access.IDENTITY).with_suffix(".pub").read_text().strip()
    make = f"useradd -m -G sudo {ADMIN} && mkdir -m 700 ~{ADMIN}/.ssh && tee ~{ADMIN}/.ssh/authorized_keys"
    lab.on(HOST, "sh", "-c", f"{make} && chown -R {ADMIN}: ~{ADMIN} && echo '{ADMIN}:{PASSWORD}' | chpasswd", stdin=key)
    yield
    lab.shell(HOST, f"userdel --remove {ADMIN}", check=False)


@pytest.mark.usefixtures("admin")
def test_with_a_password_for_sudo(project: Project) -> None:
    project.bootstrap("--undo", "--really", status=0)
    assert "sudo asks admin2 for a password" in project.bootstrap("--really", login=ADMIN, status=3)
    wrong = project.bootstrap("--really", "--password", login=ADMIN, stdin="wrong\n", status=3)
    assert "could not run Python as root" in wrong
    said = project.bootstrap("--really", "--password", login=ADMIN, stdin=f"{PASSWORD}\n", status=0)
    assert "done: make account deploy2" in said
    logs = lab.shell(
        HOST, f"grep -rlF '{PASSWORD}' /var/log /etc /home 2>/dev/null; journalctl | grep -F '{PASSWORD}'", check=False
    )
    assert logs == ""
    assert as_user(project, "sudo", "-n", "python3", "-c", "pass").returncode == 0


def test_an_account_of_the_systems_is_refused(project: Project) -> None:
    kept: dict[str, Any] = dict(project.settings["ssh"])
    try:
        for user in ("nova", "nobody", "sshd"):
            project.settings["ssh"] = {**kept, "user": user}
            project.write()
            assert f"account {user} is one of the system's" in project.bootstrap(status=2)
    finally:
        project.settings["ssh"] = kept
        project.write()
