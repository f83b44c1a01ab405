"""The real SshHost against an sshd in this process: trust, ways in, and connections that end."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from providers.errors import HostError, OutcomeUnknown
from providers.reach import ssh_connection
from providers.reach.host_access import HostAccess
from providers.reach.ssh import SshHost
from providers.reach.steps import PutFile, Run

from .conftest import process_of
from .sshd import Sshd, private_key


class Site:
    """Keys, a known_hosts file and the hosts of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known_hosts = folder / "known_hosts"
        self.known_hosts.write_text("")
        self.identity = folder / "id"
        self.user_key = private_key(self.identity)
        self.keys = [private_key(folder / f"host{number}") for number in range(3)]
        self.sshds: list[Sshd] = []
        self.hosts: list[SshHost] = []

    def sshd(self, address: str = "127.0.0.1", known: bool = True) -> Sshd:
        sshd = Sshd(self.keys[len(self.sshds)], self.user_key, address=address)
        self.sshds.append(sshd)
        if known:
            with self.known_hosts.open("a") as file:
                file.write(sshd.known_hosts_line())
        return sshd

    def access(self, sshd: Sshd, name: str = "api1", **words: object) -> HostAccess:
        block = {
            "address": sshd.address,
            "port": sshd.port,
            "user": "deploy",
            "identity_file": str(self.identity),
            "known_hosts": str(self.known_hosts),
            "sudo": False,
            "python": sys.executable,
            "connect_timeout_s": 3,
            **words,
        }
        return HostAccess.from_dict(name, block)

    def host(self, access: HostAccess) -> SshHost:
        self.hosts.append(SshHost(access))
        return self.hosts[-1]

    def close(self) -> None:
        for host in self.hosts:
            host.close()
        for sshd in self.sshds:
            sshd.close()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setattr(ssh_connection, "PAUSE_S", 0.01)
    site = Site(tmp_path)
    yield site
    site.close()


def refused(host: SshHost) -> str:
    with pytest.raises(HostError) as failure:
        host.identity()
    text = str(failure.value)
    assert "\n" not in text
    assert not isinstance(failure.value, OutcomeUnknown)
    return text


def no_key(entity: str) -> str:
    raise AssertionError(entity)


def test_one_connection_and_one_agent_for_all_calls_and_threads(site: Site, tmp_path: Path) -> None:
    sshd = site.sshd()
    host = site.host(site.access(sshd))

    def work(number: int) -> None:
        for _ in range(5):
            host.apply([PutFile(f"{tmp_path}/{number}", str(number))], no_key)
            assert host.read_files([f"{tmp_path}/{number}"])[f"{tmp_path}/{number}"].content == str(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sshd.connections, len(sshd.commands)) == (1, 1)
    identity = host.identity()
    assert identity.machine_id == Path("/etc/machine-id").read_text().strip()
    assert identity.host_key == sshd.host_key.fingerprint


def test_a_large_answer_comes_whole_and_soon(site: Site, tmp_path: Path) -> None:
    host, text = site.host(site.access(site.sshd())), "0123456789abcde\n" * (4 * 65536)
    (tmp_path / "large").write_text(text)
    start = time.monotonic()
    assert host.read_files([f"{tmp_path}/large"])[f"{tmp_path}/large"].content == text
    assert time.monotonic() - start < 20


def test_hashed_known_hosts(site: Site) -> None:
    sshd = site.sshd()
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", site.known_hosts], check=True, capture_output=True)
    assert sshd.address not in site.known_hosts.read_text()
    assert site.host(site.access(sshd)).identity()


@pytest.mark.skipif(not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists(), reason="no IPv6")
def test_ipv6(site: Site) -> None:
    assert site.host(site.access(site.sshd("::1"))).identity()


def test_an_unknown_host_key_is_refused_with_its_fingerprint(site: Site) -> None:
    sshd = site.sshd(known=False)
    site.known_hosts.write_text(f"{sshd.address} {sshd.host_key.get_name()} {sshd.host_key.get_base64()}\n")  # port 22
    text = refused(site.host(site.access(sshd)))
    assert f"api1 (127.0.0.1): no host key in {site.known_hosts}" in text
    assert sshd.host_key.fingerprint in text
    assert (sshd.connections, sshd.commands) == (1, [])
    assert "no host key" in refused(site.host(site.access(sshd, known_hosts=str(site.folder / "absent"))))


def test_a_changed_host_key_is_refused_with_both_fingerprints(site: Site) -> None:
    sshd = site.sshd(known=False)
    site.known_hosts.write_text(sshd.known_hosts_line(site.keys[1]))
    text = refused(site.host(site.access(sshd)))
    assert "the host key is not the one in" in text
    assert sshd.host_key.fingerprint in text
    assert site.keys[1].fingerprint in text
    assert (sshd.connections, sshd.commands) == (1, [])


def test_a_user_key_that_the_host_does_not_accept(site: Site) -> None:
    private_key(site.folder / "other")
    sshd = site.sshd()
    text = refused(site.host(site.access(sshd, identity_file=str(site.folder / "other"))))
    assert f"deploy@127.0.0.1:{sshd.port} does not accept {site.folder}/other; add its public key" in text
    assert sshd.connections == 1


def test_keys_that_cannot_be_read(site: Site) -> None:
    sshd = site.sshd()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "words", "-f", site.folder / "locked"], check=True)
    (site.folder / "rubbish").write_text("no key at all")
    for name, says in (("locked", "has a passphrase"), ("rubbish", "can read"), ("absent", "No such file")):
        text = refused(site.host(site.access(sshd, identity_file=str(site.folder / name))))
        assert f"{site.folder}/{name}" in text
        assert says in text
    assert sshd.commands == []


def test_an_empty_ssh_agent(site: Site) -> None:
    assert "the ssh agent holds no key" in refused(site.host(site.access(site.sshd(), identity_file="")))


def test_the_keys_of_the_ssh_agent(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sock = site.folder / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", sock], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(sock))
        for _ in range(200):
            if sock.exists():
                break
            threading.Event().wait(0.01)
        subprocess.run(["ssh-add", "-q", site.identity], check=True)
        assert site.host(site.access(site.sshd(), identity_file="")).identity()
    finally:
        agent.terminate()
        agent.wait(5)


def test_refused_and_unknown_addresses_and_no_answer(site: Site) -> None:
    sshd = site.sshd()
    sshd.close()
    assert f"cannot connect to deploy@127.0.0.1:{sshd.port}: Connection refused" in refused(
        site.host(site.access(sshd))
    )
    text = refused(site.host(site.access(sshd, address="nonesuch.invalid")))
    assert "cannot find the address nonesuch.invalid" in text
    mute = site.sshd()
    mute.mute = True
    start = time.monotonic()
    assert "ssh to deploy@" in refused(site.host(site.access(mute, connect_timeout_s=0.3)))
    assert time.monotonic() - start < 10
    assert mute.connections == 1


def test_a_failure_to_connect_counts_for_the_run(site: Site) -> None:
    sshd = site.sshd(known=False)
    host = site.host(site.access(sshd))
    assert len({refused(host) for _ in range(5)}) == 1
    assert sshd.connections == 1


def test_an_sshd_that_is_busy_is_tried_again(site: Site) -> None:
    sshd = site.sshd()
    sshd.drop = 2
    assert site.host(site.access(sshd)).identity()
    assert sshd.connections == 3
    sshd.drop = 99
    refused(site.host(site.access(sshd)))
    assert sshd.connections == 6


def test_no_session_allowed(site: Site) -> None:
    sshd = site.sshd()
    sshd.refuse_sessions = True
    assert "no session is allowed" in refused(site.host(site.access(sshd)))
    assert sshd.connections == 1


def test_a_greeting_in_the_users_profile_does_no_harm(site: Site) -> None:
    sshd = site.sshd()
    sshd.shell = "echo Welcome; echo 'last login: never' >&2"
    assert site.host(site.access(sshd)).identity().machine_id


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("sudo: a password is required", "sudo asks deploy@127.0.0.1 for a password; allow that user to run"),
        ("sudo: a terminal is required to read the password; either use the -S option", "NOPASSWD, see docs/access.md"),
        ("deploy is not in the sudoers file.", "sudo does not let deploy@127.0.0.1 run"),
        (f"Sorry, user deploy is not allowed to execute '/usr/bin/python3 {'x' * 300}' as root", "sudo does not let"),
        ("sudo: python9: command not found", "there is no program python9 for deploy@127.0.0.1; install it"),
        ("sh: 1: sudo: not found", "there is no program sudo "),
        ("Error: No such container: mon", "the agent did not start with `"),
        ("Python 3.6 or later is needed, not 3.5.2", "Python 3.6 or later is needed, not 3.5.2"),
    ],
)
def test_why_no_agent_started(site: Site, said: str, told: str) -> None:
    sshd = site.sshd()
    said = said.replace("'", "'\\''")
    sshd.shell = f"echo '{said}' >&2; exit 1"
    text = refused(site.host(site.access(sshd)))
    assert text.startswith("api1 (127.0.0.1): ")
    assert told in text
    assert "exec(sys.stdin" not in text


def test_a_connection_that_is_cut_leaves_the_outcome_unknown_and_is_made_once_more(site: Site, tmp_path: Path) -> None:
    sshd = site.sshd()
    host = site.host(site.access(sshd))
    host.identity()
    first = process_of(host)
    cutter = threading.Timer(0.3, sshd.cut)
    cutter.start()
    with pytest.raises(OutcomeUnknown, match=r"api1 \(127.0.0.1\): `apply`: outcome unknown, the connection"):
        host.apply([Run(("sleep", "2")), PutFile(str(tmp_path / "mark"), "x")], no_key)
    cutter.join()
    assert host.read_files([str(tmp_path)])
    assert not Path(f"/proc/{first}/stat").exists() or " Z " in Path(f"/proc/{first}/stat").read_text()
    assert sshd.connections == 2
    sshd.cut()
    time.sleep(0.2)
    assert "its agent ended 2 times in this run" in refused(host)
    assert sshd.connections == 2


def test_through_jump_hosts(site: Site) -> None:
    outer, inner, target = site.sshd(), site.sshd(), site.sshd()
    way = site.access(inner, "inner").through(site.access(outer, "outer"))
    host = site.host(site.access(target).through(way))
    import gc

    host.identity()
    gc.collect()
    assert host.identity()
    assert host.read_files(["/etc/machine-id"])
    assert outer.forwarded == [("127.0.0.1", inner.port)]
    assert inner.forwarded == [("127.0.0.1", target.port)]
    assert [sshd.connections for sshd in site.sshds] == [1, 1, 1]
    host.close()
    for sshd in site.sshds:
        for transport in sshd.transports:
            transport.join(5)
            assert not transport.is_active()


def test_jump_hosts_are_checked_and_named(site: Site) -> None:
    jump, target = site.sshd(known=False), site.sshd()
    way = site.access(target).through(site.access(jump, "bastion"))
    assert refused(site.host(way)).startswith("bastion (127.0.0.1): no host key in")
    with site.known_hosts.open("a") as file:
        file.write(jump.known_hosts_line())
    target.close()
    text = refused(site.host(way))
    assert f"api1 (127.0.0.1): the jump host bastion (127.0.0.1) cannot connect to 127.0.0.1:{target.port}" in text
    jump.refuse_forwarding = True
    assert "AllowTcpForwarding" in refused(site.host(way))


def test_the_target_behind_a_jump_host_is_checked(site: Site) -> None:
    jump, target = site.sshd(), site.sshd(known=False)
    assert refused(site.host(site.access(target).through(site.access(jump, "bastion")))).startswith(
        "api1 (127.0.0.1): no host key"
    )
    assert target.commands == []


def test_every_connection_is_closed_when_one_fails(site: Site) -> None:
    jump, target = site.sshd(), site.sshd(known=False)
    refused(site.host(site.access(target).through(site.access(jump, "bastion"))))
    for transport in [*jump.transports, *target.transports]:
        transport.join(5)
        assert not transport.is_active()


def test_the_command_is_quoted_for_any_shell(site: Site) -> None:
    sshd = site.sshd()
    site.host(replace(site.access(sshd), prefix=("env", "A=b c; reboot"))).identity()
    assert sshd.commands[0].startswith(f"env 'A=b c; reboot' {sys.executable} -I -X utf8 -c '")


def test_calls_are_counted(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CEPH_OPENSTACK_TRACE", str(tmp_path / "trace"))
    host = site.host(site.access(site.sshd()))
    host.apply([PutFile(f"{tmp_path}/file", "secret words")], no_key)
    host.read_files([f"{tmp_path}/file"])
    trace = (tmp_path / "trace").read_text()
    assert [line.split('"event": "')[1].split('"')[0] for line in trace.splitlines()] == [
        "hello",
        "connect",
        "apply",
        "read_files",
    ]
    assert "secret words" not in trace


def test_paramiko_is_silent() -> None:
    """What paramiko logs about a broken connection would stand between the lines of Pulumi.

    The program runs in a process of its own, because pytest listens to logs, too.
    """
    program = (
        "import logging, providers.reach.ssh_connection; logging.getLogger('paramiko.transport').error('Traceback')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
