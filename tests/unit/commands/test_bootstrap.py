"""bootstrap, as far as no host is needed; tests/live/test_bootstrap.py has the hosts."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import paramiko
import pytest

from commands.bootstrap import _waves, account, host_keys, working
from commands.bootstrap.login import Login
from commands.bootstrap.outcome import Outcome
from commands.bootstrap.report import exit_status, lines
from providers.errors import HostError, Refused
from providers.reach.host_access import HostAccess
from providers.reach.ssh_connection import FirstLogin
from providers.reach.ssh_errors import translated
from tests.unit.reach.sshd import Sshd, private_key

ON_HOST = Path(account.__file__).parent / "on_host.py"
LOGIN = Login("root", "", "secret")


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    private_key(tmp_path / "id")
    return tmp_path / "id"


def test_what_is_sent_to_a_host_is_python_3_6() -> None:
    tree = ast.parse(ON_HOST.read_text(), feature_version=(3, 6))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    vermin = Path(sys.executable).with_name("vermin")
    words: list[str | Path] = [vermin, "-t=3.6-", "--violations", "--eval-annotations", ON_HOST]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_account_is_that_of_the_settings(identity: Path) -> None:
    found = account.account_of(HostAccess("a", "10.0.0.1", "deploy", identity_file=str(identity)), "", "")
    assert found.public_key.split()[0] == "ssh-ed25519"
    assert (found.user, found.program, found.sudo) == ("deploy", "python3", True)
    assert found.sudoers == "Defaults:deploy !requiretty\ndeploy ALL=(root) NOPASSWD: {program}\n"
    way = HostAccess("a", "10.0.0.1", "deploy", identity_file=str(identity), prefix=("docker", "exec", "x"))
    assert account.account_of(way, "", "").program == "docker"


@pytest.mark.parametrize(("key", "words"), [("", "ssh.identity_file is not set"), ("empty", "holds no public key"),
                                            ("nowhere", "cannot be read: No such file")])  # fmt: skip
def test_a_key_is_needed(tmp_path: Path, key: str, words: str) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(Refused, match=words):
        account.account_of(HostAccess("a", "a", "deploy"), str(tmp_path / key) if key else "", "")


@pytest.mark.parametrize("word", ["b=SHA256:x", "a=MD5:x", "a", "SHA256:x"])
def test_fingerprints_name_a_host(word: str) -> None:
    assert host_keys.expected(["a=SHA256:x"], {"a": 0}) == {"a": "SHA256:x"}
    with pytest.raises(Refused, match="write HOST=SHA256:"):
        host_keys.expected([word], {"a": 0})


def test_without_a_terminal_nobody_says_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key: Any = private_key(tmp_path / "host")
    keys = host_keys.HostKeys(HostAccess("a", "a", known_hosts=str(tmp_path / "known_hosts")))
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert not keys.accept("a", key)
    assert keys.record() == []
    keys.fingerprint = key.fingerprint
    assert keys.accept("[a]:2222", key)
    (tmp_path / "known_hosts").write_text("other line")
    assert keys.record() == [f"add its host key to {tmp_path / 'known_hosts'}"]
    text = (tmp_path / "known_hosts").read_text()
    assert text == f"other line\n[a]:2222 {key.get_name()} {key.get_base64()}\n"
    keys.record()
    assert (tmp_path / "known_hosts").read_text() == text


def test_a_password_is_in_no_message(tmp_path: Path, identity: Path) -> None:
    with pytest.raises(HostError) as failure:
        working._answer(HostAccess("a", "a"), LOGIN, 1, "", "sudo: secret is not\n in the sudoers file")
    assert "secret" not in str(failure.value)
    assert "could not run Python as root there (exit status 1): sudo: … is not in the sudoers file" in str(
        failure.value
    )
    assert "secret" not in repr(FirstLogin("secret"))


@pytest.mark.parametrize(("raised", "words"), [
    (paramiko.AuthenticationException("Authentication failed."), "a@a:22 does not accept the password; check the user"),
    (paramiko.BadAuthenticationType("", ["publickey"]), "takes no password there, only publickey; log in with a key"),
    (paramiko.AuthenticationException("Authentication timeout."), "did not answer while authenticating"),
])  # fmt: skip
def test_a_password_that_is_refused_is_no_matter_of_keys(raised: Exception, words: str) -> None:
    with pytest.raises(HostError, match=words), translated(HostAccess("a", "a", "a"), password=True):
        raise raised


def test_jump_hosts_come_before_the_hosts_behind_them() -> None:
    jump = HostAccess("jump", "10.0.0.1")
    behind, further = HostAccess("behind", "10.0.0.2", jump=jump), HostAccess("direct", "10.0.0.3")
    assert _waves([behind, jump, further]) == [[jump, further], [behind]]


def test_a_host_that_cannot_be_reached_is_a_line(tmp_path: Path, identity: Path) -> None:
    access = HostAccess("a", "127.0.0.1", "deploy", port=1, identity_file=str(identity))
    wanted = account.account_of(access, "", "")
    found = working.work(access, wanted, LOGIN, "", undo=False, really=True)
    assert "a (127.0.0.1): cannot connect to root@127.0.0.1:1" in found.unseen


def test_an_unknown_host_key_ends_it_before_a_password_is_sent(tmp_path: Path, identity: Path) -> None:
    sshd = Sshd(private_key(tmp_path / "host"), private_key(tmp_path / "user"))
    try:
        (tmp_path / "known_hosts").touch()
        access = HostAccess("a", sshd.address, "deploy", sshd.port, str(identity), str(tmp_path / "known_hosts"))
        found = working.work(access, account.account_of(access, "", ""), LOGIN, "", undo=False, really=False)
        assert "no host key in" in found.unseen
        assert sshd.commands == []
    finally:
        sshd.close()


@pytest.mark.parametrize(("outcome", "really", "said", "status"), [
    (Outcome("a", ("x",)), False, ["a: to do: x", "nothing was changed: call it again with --really"], 2),
    (Outcome("a", ("x",)), True, ["a: done: x"], 0),
    (Outcome("a"), True, ["a: nothing to do"], 0),
    (Outcome("a", ("x",), "why"), True, ["a: done: x", "a: NOT DONE: why"], 2),
    (Outcome("a", unseen="a: gone"), True, ["could not look: a: gone"], 3),
])  # fmt: skip
def test_a_line_and_a_status_for_each_outcome(outcome: Outcome, really: bool, said: list[str], status: int) -> None:
    assert list(lines([outcome], really=really)) == said
    assert exit_status([outcome], really=really) == status
