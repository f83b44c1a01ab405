"""The real agent over a pipe: every operation and step, hostile names, cuts and hangs."""

from __future__ import annotations

import ast
import contextlib
import fcntl
import grp
import hashlib
import json
import os
import pwd
import re
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from providers.ceph.pool_content import why_not_empty
from providers.errors import Changed, HostError, OutcomeUnknown, StepFailed
from providers.reach import bundle
from providers.reach.answers.cluster_as_user import PoolAsUser
from providers.reach.answers.fsid import Fsid
from providers.reach.answers.purge_schedules import PurgeSchedules
from providers.reach.answers.selinux_state import SelinuxState, type_of
from providers.reach.local import LocalHost
from providers.reach.steps import (
    ABSENT,
    HostStep,
    KeyOf,
    MakeDirectory,
    MgrCommand,
    PutFile,
    PutLines,
    RemoveDirectory,
    RemoveFile,
    Run,
    SetAttributes,
    mon,
)

from .conftest import local_access, process_of

AGENT = Path(bundle.__file__).parent / "agent"
KEY = "AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="
HOSTILE = [
    "line\nbreak",
    'quo"te',
    "a'b",
    "; reboot #",
    "`reboot`",
    "$(reboot)",
    " blank ",
    "*",
    "-rf",
    "日本",
    "\udcff\udc80",
]
ME, MINE = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="changes owners")


def no_key(entity: str) -> str:
    raise AssertionError(f"nobody asked for the key of {entity}")


def do(agent: LocalHost, *steps: HostStep) -> list[Any]:
    return agent.apply(steps, no_key)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def inside(program: str) -> str:
    """Run a program in which the agent's modules are loaded as on a host, and return what it printed."""
    whole = bundle.program().replace(bundle.SERVE, "") + program
    return subprocess.run([sys.executable, "-I", "-c", whole], capture_output=True, text=True, check=True).stdout


def as_path(folder: Path, name: str) -> str:
    return f"{folder}/{name}"


def files_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


# The language that the agent is written in


@pytest.mark.parametrize("file", sorted(AGENT.glob("*.py")), ids=lambda file: file.name)
def test_is_python_3_6(file: Path) -> None:
    tree = ast.parse(file.read_text(), feature_version=(3, 6))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.module != "__future__", "3.6 has no annotations from the future"


def test_needs_no_library_newer_than_3_6() -> None:
    vermin = Path(sys.executable).with_name("vermin")
    done = subprocess.run(
        [vermin, "-t=3.6-", "--violations", "--eval-annotations", AGENT], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_every_module_is_sent() -> None:
    assert {*bundle.MODULES, "__init__"} == {file.stem for file in AGENT.glob("*.py")}


# Reading


def test_reads_what_is_there_and_leaves_out_what_is_not(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    (tmp_path / "file").chmod(0o640)
    (tmp_path / "folder").mkdir(mode=0o750)
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    names = ["file", "folder", "link", "pipe", "absent", "file/below", "no/folder"]
    found = agent.read_files([as_path(tmp_path, name) for name in names])
    states = {Path(path).name: state for path, state in found.items()}
    assert set(states) == {"file", "folder", "link", "pipe"}
    assert [states[name].kind for name in names[:4]] == ["file", "directory", "symlink", "other"]
    file = states["file"]
    assert (file.owner, file.group, file.mode, file.content) == (ME, MINE, "0640", "text")
    assert file.digest == sha("text")
    assert file.ctime_ns == (tmp_path / "file").stat().st_ctime_ns
    assert states["link"].content is None


def test_reads_by_pattern(agent: LocalHost, tmp_path: Path) -> None:
    for name in ("b.json", "a.json", "c.txt"):
        (tmp_path / name).write_text(name)
    found = agent.read_files([], patterns=[f"{tmp_path}/*.json"])
    assert [Path(path).name for path in found] == ["a.json", "b.json"]


def test_shows_digests_instead_of_keys(agent: LocalHost, tmp_path: Path) -> None:
    keyring = tmp_path / "keyring"
    keyring.write_text(f"[client.a]\n\tkey = {KEY}\n  key={KEY}\ncaps = x\n")
    state = agent.read_files([str(keyring)], hide_keys=True)[str(keyring)]
    assert state.content == f"[client.a]\n\tkey = sha256:{sha(KEY)}\n  key=sha256:{sha(KEY)}\ncaps = x\n"
    assert state.digest == sha(keyring.read_text())


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('key = "KEY"', 'key = "DIGEST"'),
        ("key = 'KEY' # x", "key = 'DIGEST' # x"),
        ("key = KEY;x", "key = DIGEST;x"),
        ("key = KEY  # x", "key = DIGEST  # x"),
        ("key = KEY \r", "key = DIGEST \r"),
        ("key = \\\n KEY", "key = \\\n DIGEST"),
        ("key = \\\n'KEY'", "key = \\\n'DIGEST'"),
        ("key = AB\\\nCD # x", "key = DIGEST\\\n # x"),
        ("key = A\\BCD", "key = DIGEST"),
        ("key =", "key ="),
        ("key = # x", "key = # x"),
        ("#key = KEY", "#key = KEY"),
    ],
)
def test_a_digest_stands_in_the_place_of_the_key_as_ceph_reads_it(
    agent: LocalHost, tmp_path: Path, written: str, shown: str
) -> None:
    """The text around a key stays, and each line keeps its number."""
    keyring, key = tmp_path / "keyring", KEY if "KEY" in written else "ABCD"
    keyring.write_bytes(f"[client.a]\n{written}\n[client.b]\n".replace("KEY", key).encode())
    content = agent.read_files([str(keyring)], hide_keys=True)[str(keyring)].content
    expected = shown.replace("DIGEST", f"sha256:{sha(key)}").replace("KEY", key)
    assert content == f"[client.a]\n{expected}\n[client.b]\n"


def test_a_keyring_of_many_lines_is_read_at_once(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "keyring").write_text("key = \\\n" * 50_000 + "key = " + " " * 200_000 + "\n" + "key = a" * 20_000)
    started = time.monotonic()
    agent.read_files([str(tmp_path / "keyring")], hide_keys=True)
    assert time.monotonic() - started < 30


def test_replaces_lines_and_leaves_the_others_byte_for_byte(agent: LocalHost, tmp_path: Path) -> None:
    file = tmp_path / "keyring"
    file.write_bytes(b"a\xff\r\nb\nc")
    file.chmod(0o604)
    agent.apply([PutLines(str(file), 1, 2, (("key = ", KeyOf("client.a")), ""), sha("a\udcff\r\nb\nc"))], lambda _: KEY)
    assert file.read_bytes() == f"a\udcff\r\nkey = {KEY}\n\nc".encode(errors="surrogateescape")
    assert file.stat().st_mode & 0o7777 == 0o604
    do(
        agent,
        PutLines(str(file), 1, 3, ("b",), sha(file.read_bytes().decode(errors="surrogateescape")), ME, MINE, "0640"),
    )
    assert file.read_bytes() == b"a\xff\r\nb\nc"
    assert file.stat().st_mode & 0o7777 == 0o640


def test_replaces_no_line_of_a_file_that_was_changed_or_is_gone(agent: LocalHost, tmp_path: Path) -> None:
    file = tmp_path / "keyring"
    with pytest.raises(Changed):
        do(agent, PutLines(str(file), 0, 1, ("b",), sha("a")))
    file.write_text("b")
    with pytest.raises(Changed):
        do(agent, PutLines(str(file), 0, 1, ("c",), sha("a")))
    assert file.read_text() == "b"


def test_refuses_to_read_a_huge_file(agent: LocalHost, tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(9 * 1024 * 1024)
    with pytest.raises(StepFailed, match="larger than") as failure:
        agent.read_files([str(tmp_path / "huge")])
    assert failure.value.errno_name == "EFBIG"


def test_a_large_answer_arrives_whole(agent: LocalHost, tmp_path: Path) -> None:
    text = "0123456789abcde\n" * (7 * 65536)
    do(agent, PutFile(str(tmp_path / "large"), text))
    assert agent.read_files([str(tmp_path / "large")])[str(tmp_path / "large")].content == text


# Writing


def test_writes_a_new_file_readable_for_its_owner_alone(agent: LocalHost, tmp_path: Path) -> None:
    do(agent, PutFile(str(tmp_path / "new"), "text"))
    assert (tmp_path / "new").read_text() == "text"
    assert (tmp_path / "new").stat().st_mode & 0o7777 == 0o600
    assert files_in(tmp_path) == ["new"]


def test_keeps_owner_mode_and_attributes_of_a_file(agent: LocalHost, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(0o4751)
    with contextlib.suppress(OSError):
        os.setxattr(file, "user.note", b"kept")
    before = {name: os.getxattr(file, name) for name in os.listxattr(file)}
    do(agent, PutFile(str(file), "new"))
    assert (file.read_text(), file.stat().st_mode & 0o7777) == ("new", 0o4751)
    assert {name: os.getxattr(file, name) for name in os.listxattr(file)} == before


ALL_ENTRIES = 0xFFFFFFFF


def access_list(*entries: tuple[int, int, int]) -> bytes:
    """Return an access list as the kernel keeps it: tag, permissions and id of each entry."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def let_inherit(folder: Path) -> None:
    """Give the folder a default access list, as `setfacl -d -m u:12345:rw` does."""
    entries = (1, 7, ALL_ENTRIES), (2, 6, 12345), (4, 5, ALL_ENTRIES), (0x10, 7, ALL_ENTRIES), (0x20, 5, ALL_ENTRIES)
    try:
        os.setxattr(folder, "system.posix_acl_default", access_list(*entries))
    except OSError:
        pytest.skip("no access lists on this file system")


def test_a_file_gets_no_access_list_that_it_did_not_have(agent: LocalHost, tmp_path: Path) -> None:
    let_inherit(tmp_path)
    file = tmp_path / "cinder.conf"
    do(agent, PutFile(str(file), "password = x", mode="0640"))
    do(agent, PutFile(str(file), "password = y"))
    do(agent, MakeDirectory(f"{tmp_path}/folder", ME, MINE, "0750"))
    for path, mode in ((file, 0o640), (tmp_path / "folder", 0o750)):
        assert "system.posix_acl_access" not in os.listxattr(path)
        assert path.stat().st_mode & 0o7777 == mode


def test_a_file_keeps_the_access_list_that_it_had(agent: LocalHost, tmp_path: Path) -> None:
    let_inherit(tmp_path)
    file = tmp_path / "cinder.conf"
    file.write_text("password = x")
    mine = access_list(
        (1, 6, ALL_ENTRIES), (2, 4, 4321), (4, 4, ALL_ENTRIES), (0x10, 4, ALL_ENTRIES), (0x20, 0, ALL_ENTRIES)
    )
    os.setxattr(file, "system.posix_acl_access", mine)
    do(agent, PutFile(str(file), "password = y"))
    assert os.getxattr(file, "system.posix_acl_access") == mine


@needs_root
def test_a_file_that_cannot_be_replaced_is_named_with_the_cause(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "source").write_text("a")
    names = ("mounted", "immutable", "planted")
    for name in names:
        (tmp_path / name).write_text("a")
    (tmp_path / ".planted.ceph-openstack").mkdir()
    said = {}
    try:
        for command in (("mount", "--bind", "source", "mounted"), ("chattr", "+i", "immutable")):
            if subprocess.run(command, cwd=tmp_path, capture_output=True).returncode:
                pytest.skip(f"{command[0]} is not allowed here")
        for name in names:
            for step in (PutFile(f"{tmp_path}/{name}", "b"), RemoveFile(f"{tmp_path}/{name}")):
                with pytest.raises(StepFailed) as failure:
                    do(agent, step)
                said[f"{type(step).__name__} {name}"] = str(failure.value)
    finally:
        subprocess.run(("umount", "mounted"), cwd=tmp_path, capture_output=True)
        subprocess.run(("chattr", "-i", "immutable"), cwd=tmp_path, capture_output=True)
    for kind in ("PutFile", "RemoveFile"):
        assert f"{tmp_path}/mounted is a mount of its own" in said[f"{kind} mounted"]
        assert f"{tmp_path}/immutable cannot be changed: Operation not permitted" in said[f"{kind} immutable"]
        assert "lsattr" in said[f"{kind} immutable"]
        assert f"{tmp_path}/.planted.ceph-openstack is in the way" in said[f"{kind} planted"]
    assert files_in(tmp_path) == [".planted.ceph-openstack", "immutable", "mounted", "planted", "source"]


def test_a_full_disk_is_told_of_the_file_that_was_asked_for(tmp_path: Path) -> None:
    program = f"""
import errno, os
files = sys.modules["providers.reach.agent.files"]
def full(*words): raise OSError(errno.ENOSPC, "No space left on device")
os.fsync = full
try: files.put_file({str(tmp_path / "conf")!r}, "x", None, None, None, None)
except Exception as problem: print(sys.modules["providers.reach.agent.failed"].explained(problem))
"""
    assert inside(program).strip() == f"{tmp_path}/conf cannot be changed: No space left on device"
    assert files_in(tmp_path) == []


@needs_root
def test_sets_owner_group_and_mode(agent: LocalHost, tmp_path: Path) -> None:
    file = tmp_path / "file"
    do(agent, PutFile(str(file), "x", "daemon", "mail", "4640"))
    state = agent.read_files([str(file)])[str(file)]
    assert (state.owner, state.group, state.mode) == ("daemon", "mail", "4640")
    do(agent, SetAttributes(str(file), group="daemon", mode="0600"))
    state = agent.read_files([str(file)])[str(file)]
    assert (state.owner, state.group, state.mode) == ("daemon", "daemon", "0600")
    do(agent, PutFile(str(file), "y"))
    assert agent.read_files([str(file)])[str(file)].owner == "daemon"


@needs_root
def test_owner_and_mode_come_before_the_content(tmp_path: Path) -> None:
    """The agent's own system calls in their order, as they come."""
    file = tmp_path / "keyring"
    program = f"""
import os, io
files = sys.modules["providers.reach.agent.files"]
said = []
class Target:
    def __init__(self, real): self.real = real
    def write(self, data): said.append("write"); return self.real.write(data)
    def __getattr__(self, name): return getattr(self.real, name)
    def __enter__(self): return self
    def __exit__(self, *exc): self.real.close()
fdopen, fchown, fchmod, fsync, rename = os.fdopen, os.fchown, os.fchmod, os.fsync, os.rename
os.fdopen = lambda handle, mode: Target(fdopen(handle, mode)) if "w" in mode else fdopen(handle, mode)
os.fchown = lambda *words: (said.append("fchown"), fchown(*words))
os.fchmod = lambda *words: (said.append("fchmod"), fchmod(*words))
os.fsync = lambda *words: (said.append("fsync"), fsync(*words))
os.rename = lambda *words, **more: (said.append("rename"), rename(*words, **more))
files.put_file({str(file)!r}, "secret", "daemon", "mail", "0640", None)
print(" ".join(said))
"""
    assert inside(program).split() == ["fchown", "fchmod", "write", "fsync", "rename", "fsync"]


def test_a_key_reaches_the_file_and_nothing_else(agent: LocalHost, tmp_path: Path) -> None:
    agent.apply([PutFile(str(tmp_path / "keyring"), ("key = ", KeyOf("client.a"), "\n"))], lambda _: KEY)
    assert (tmp_path / "keyring").read_text() == f"key = {KEY}\n"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(agent: LocalHost, tmp_path: Path, name: str) -> None:
    path, folder = as_path(tmp_path, name), as_path(tmp_path, f"folder {name}")
    do(agent, PutFile(path, name), MakeDirectory(folder, ME, MINE, "0700"), SetAttributes(path, mode="0604"))
    assert files_in(tmp_path) == sorted([name, f"folder {name}"])
    state = agent.read_files([path])[path]
    assert (state.content, state.mode) == (name, "0604")
    do(agent, RemoveFile(path), RemoveDirectory(folder))
    assert files_in(tmp_path) == []


def test_bytes_that_are_no_text_go_there_and_back(agent: LocalHost, tmp_path: Path) -> None:
    raw = bytes(range(256)) * 3 + "😀".encode()
    (tmp_path / "raw").write_bytes(raw)
    content = agent.read_files([str(tmp_path / "raw")])[str(tmp_path / "raw")].content
    assert content is not None
    do(agent, PutFile(str(tmp_path / "copy"), content))
    assert (tmp_path / "copy").read_bytes() == raw


def test_writes_only_what_is_still_as_it_was_read(agent: LocalHost, tmp_path: Path) -> None:
    file = str(tmp_path / "file")
    do(agent, PutFile(file, "1", if_digest=ABSENT), PutFile(file, "2", if_digest=sha("1")))
    for other in (ABSENT, sha("1")):
        with pytest.raises(Changed, match="changed by somebody else") as failure:
            do(agent, PutFile(file, "3", if_digest=other))
        assert failure.value.errno_name == "ESTALE"
        with pytest.raises(Changed):
            do(agent, RemoveFile(file, if_digest=other))
    assert Path(file).read_text() == "2"
    do(agent, RemoveFile(file, if_digest=sha("2")))
    with pytest.raises(Changed):
        do(agent, PutFile(file, "3", if_digest=sha("2")))
    assert files_in(tmp_path) == []


def test_two_agents_that_add_to_one_file_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")

    def add(agent: LocalHost, letter: str) -> None:
        for _ in range(25):
            while True:
                seen = agent.read_files([str(file)])[str(file)]
                try:
                    do(agent, PutFile(str(file), f"{seen.content}{letter}", if_digest=seen.digest))
                    break
                except Changed:
                    continue

    agents = [LocalHost(local_access()), LocalHost(local_access())]
    threads = [threading.Thread(target=add, args=words) for words in zip([*agents, *agents], "abcd", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for agent in agents:
        agent.close()
    assert sorted(file.read_text()) == sorted("abcd" * 25)


def test_never_follows_a_link_at_the_end(agent: LocalHost, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("mine")
    target.chmod(0o600)
    (tmp_path / "link").symlink_to(target)
    link = str(tmp_path / "link")
    lines = PutLines(link, 0, 1, ("x",), sha("secret"))
    steps: list[HostStep] = [PutFile(link, "x"), lines, RemoveFile(link), SetAttributes(link, mode="0666")]
    for step in steps:
        with pytest.raises(StepFailed, match="never followed") as failure:
            do(agent, step)
        assert failure.value.errno_name == "ELOOP"
    (tmp_path / "folder").symlink_to(tmp_path)
    with pytest.raises(StepFailed, match="not a directory"):
        do(agent, MakeDirectory(str(tmp_path / "folder"), ME, MINE))
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("mine", 0o600)
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("absolute", [True, False])
def test_follows_an_operators_link_on_the_way(agent: LocalHost, tmp_path: Path, absolute: bool) -> None:
    (tmp_path / "real" / "deep").mkdir(parents=True)
    (tmp_path / "ceph").symlink_to(tmp_path / "real" / "deep" if absolute else "real/../real/deep")
    do(agent, PutFile(str(tmp_path / "ceph" / "conf"), "x"))
    assert (tmp_path / "real" / "deep" / "conf").read_text() == "x"
    assert agent.read_files([str(tmp_path / "ceph" / "conf")])


@needs_root
def test_does_not_follow_a_services_link_on_the_way(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "cron.d").mkdir()
    link = tmp_path / "planted"
    link.symlink_to(tmp_path / "cron.d")
    os.lchown(link, 65534, 65534)
    steps: list[HostStep] = [
        PutFile(f"{link}/job", "x", "daemon"),
        RemoveFile(f"{link}/job"),
        MakeDirectory(f"{link}/folder"),
        SetAttributes(f"{link}/job", mode="0666"),
    ]
    for step in steps:
        with pytest.raises(StepFailed, match="not root's") as failure:
            do(agent, step)
        assert failure.value.errno_name == "ELOOP"
    with pytest.raises(StepFailed, match="not root's"):
        agent.read_files([f"{link}/job"])
    assert files_in(tmp_path / "cron.d") == []


def test_links_that_lead_in_a_circle_end(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(StepFailed) as failure:
        do(agent, PutFile(str(tmp_path / "a" / "file"), "x"))
    assert failure.value.errno_name == "ELOOP"


@pytest.mark.parametrize("path", ["relative", "/tmp/..", "/", ""])
def test_refuses_a_path_that_names_no_place(agent: LocalHost, path: str) -> None:
    with pytest.raises(StepFailed, match="not an absolute path"):
        do(agent, PutFile(path, "x"))


def test_does_not_hang_on_a_pipe(agent: LocalHost, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StepFailed, match="not a plain file"):
        agent.apply([PutFile(str(tmp_path / "pipe"), "x")], no_key, deadline_s=5)
    with pytest.raises(StepFailed, match="not a plain file"):
        agent.log_since("u", str(tmp_path / "pipe"), start=0, invocation="", since_usec=0)


def test_a_missing_folder_or_user_is_named_and_leaves_nothing(agent: LocalHost, tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match=r"write .*/no/file.*No such file or directory: .*/no \(ENOENT\)"):
        do(agent, PutFile(f"{tmp_path}/no/file", "x"))
    for step in (PutFile(f"{tmp_path}/file", "x", "nobody-here"), MakeDirectory(f"{tmp_path}/dir", "nobody-here")):
        with pytest.raises(StepFailed, match="no user nobody-here on this host"):
            do(agent, step)
    with pytest.raises(StepFailed, match="no group nobody-here on this host"):
        do(agent, PutFile(f"{tmp_path}/file", "x", ME, "nobody-here"))
    assert files_in(tmp_path) == []


def test_what_is_gone_already_is_fine(agent: LocalHost, tmp_path: Path) -> None:
    do(agent, RemoveFile(f"{tmp_path}/no"), RemoveFile(f"{tmp_path}/no/no"), RemoveDirectory(f"{tmp_path}/no/no"))


def test_a_folder_in_use_stays(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("x")
    do(agent, RemoveDirectory(str(tmp_path / "folder")))
    assert files_in(tmp_path / "folder") == ["file"]


def test_a_folder_that_exists_is_left_as_it_is(agent: LocalHost, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir(mode=0o711)
    do(agent, MakeDirectory(str(tmp_path / "folder"), ME, MINE, "0700"))
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o711


def test_folders_that_others_remove_meanwhile_are_made_again(tmp_path: Path) -> None:
    """Each resource writes to the journal's folder and removes the empty folder, as in a destroy."""
    folder, file = tmp_path / "stack", tmp_path / "stack" / "entry"
    program = f"""
import os
serve = sys.modules["providers.reach.agent.serve"]
put_file, times = serve.STEPS["put_file"], []
def interrupted(**words):
    if len(times) < 3: os.rmdir({str(folder)!r})
    times.append(1)
    put_file(**words)
serve.STEPS["put_file"] = interrupted
attributes = dict(owner=None, group=None, mode="0700")
make = dict(attributes, do="make_directory", path={str(folder)!r})
put = dict(attributes, do="put_file", path={str(file)!r}, content="x", if_digest=None)
serve.apply([make, put], "", "")
"""
    inside(program)
    assert file.read_text() == "x"


def test_stops_at_the_first_step_that_fails_and_names_it(agent: LocalHost, tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match=r"^here \(local\): `write .*/no/b`: No such file"):
        do(agent, PutFile(f"{tmp_path}/a", "x"), PutFile(f"{tmp_path}/no/b", "x"), PutFile(f"{tmp_path}/c", "x"))
    assert files_in(tmp_path) == ["a"]


def lock_files(folder: Path) -> list[Path]:
    found = folder.stat()
    return list(Path("/run").glob(f"ceph-openstack-{found.st_dev}-{found.st_ino}.lock"))


def test_a_locked_folder_is_an_error_in_the_end_and_holds_up_no_other(tmp_path: Path) -> None:
    program = f"""
folders = sys.modules["providers.reach.agent.folders"]
other = folders.OpenedFolder({str(tmp_path / "other")!r}, lock=True).__enter__()
folders.LOCK_WAIT_S = 0.1
put_file = sys.modules["providers.reach.agent.files"].put_file
try: put_file({str(tmp_path / "file")!r}, "x", None, None, None, None)
except Exception as problem: print(problem.name)
other.__exit__()
"""
    assert inside(program).strip() == "EAGAIN"


@needs_root
def test_who_may_only_read_a_folder_cannot_lock_it(agent: LocalHost, tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        do(agent, PutFile(f"{tmp_path}/a", "x"), RemoveFile(f"{tmp_path}/a"))
    finally:
        os.close(handle)
    assert lock_files(tmp_path) == []


@needs_root
def test_the_lock_of_an_agent_that_was_killed_is_nobodys_and_goes(agent: LocalHost, tmp_path: Path) -> None:
    take = f"""
import os, signal
sys.modules["providers.reach.agent.folders"].OpenedFolder({str(tmp_path / "a")!r}, lock=True).__enter__()
os.kill(os.getpid(), signal.SIGKILL)
"""
    with pytest.raises(subprocess.CalledProcessError):
        inside(take)
    (left,) = lock_files(tmp_path)
    assert (left.stat().st_mode & 0o777, left.stat().st_uid) == (0o600, 0)
    do(agent, PutFile(f"{tmp_path}/a", "x"))
    assert lock_files(tmp_path) == []


def test_a_lock_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    """The lock also holds while the file goes and comes again, and while readings come and go."""
    program = f"""
import threading
OpenedFolder, inside, most, reading, beside = sys.modules["providers.reach.agent.folders"].OpenedFolder, [], [], [], []
def write():
    for _ in range(50):
        with OpenedFolder({str(tmp_path / "a")!r}, lock=True):
            inside.append(1)
            most.append(len(inside) + len(reading))
            inside.pop()
def read():
    for _ in range(50):
        with OpenedFolder({str(tmp_path / "a")!r}, lock=True, shared=True):
            reading.append(1)
            beside.append(len(inside))
            reading.pop()
threads = [threading.Thread(target=work) for work in [write] * 8 + [read] * 4]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(most), max(most), len(beside), max(beside))
"""
    assert inside(program).split() == ["400", "1", "200", "0"]
    assert lock_files(tmp_path) == []


def test_two_readings_share_a_lock_and_the_last_one_takes_the_file_away(tmp_path: Path) -> None:
    program = f"""
OpenedFolder = sys.modules["providers.reach.agent.folders"].OpenedFolder
one, two = (OpenedFolder({str(tmp_path / "a")!r}, lock=True, shared=True) for _ in range(2))
one.__enter__()
two.__enter__()
sys.modules["providers.reach.agent.folders"].LOCK_WAIT_S = 0.1
def writes():
    try:
        with OpenedFolder({str(tmp_path / "a")!r}, lock=True):
            return "writes"
    except Exception as problem:
        return problem.name
print(writes())
one.__exit__()
print(writes())
two.__exit__()
print(writes())
"""
    assert inside(program).split() == ["EAGAIN", "EAGAIN", "writes"]
    assert lock_files(tmp_path) == []


# Running


def test_runs_without_a_shell(agent: LocalHost) -> None:
    assert do(agent, Run(("printf", "%s", "`reboot` $HOME\n;"))) == ["`reboot` $HOME\n;"]
    assert do(agent, Run(("cat",), "text in")) == ["text in"]
    assert do(agent, Run(("printf", r"\377ok"))) == ["�ok"]


def test_a_program_that_fails_is_quoted_without_what_it_was_handed(agent: LocalHost) -> None:
    with pytest.raises(StepFailed, match=r"exit status 3: no good: \*\*\*") as failure:
        agent.apply([Run(("sh", "-c", 'read k; echo "no good: $k" >&2; exit 3'), (KeyOf("client.a"),))], lambda _: KEY)
    assert KEY not in str(failure.value)
    with pytest.raises(StepFailed, match="there is no program nonesuch"):
        do(agent, Run(("nonesuch",)))


def test_a_program_that_does_not_end_is_ended_with_all_that_it_started(agent: LocalHost) -> None:
    start = time.monotonic()
    with pytest.raises(StepFailed, match="did not end within") as failure:
        do(agent, Run(("sh", "-c", "sleep 60 & wait"), timeout_s=0.3))
    assert failure.value.errno_name == "ETIMEDOUT"
    assert time.monotonic() - start < 30


@pytest.mark.parametrize("main", ["exit 0", "sleep 60", "trap '' TERM; sleep 60"])
def test_a_program_ends_in_time_though_a_child_of_a_session_of_its_own_holds_its_output(
    agent: LocalHost, main: str
) -> None:
    start = time.monotonic()
    with pytest.raises(StepFailed, match="did not end within 1 s") as failure:
        do(agent, Run(("sh", "-c", f"setsid sleep 60 & {main}"), timeout_s=1))
    assert failure.value.errno_name == "ETIMEDOUT"
    assert time.monotonic() - start < 30
    assert agent.read_files(["/etc/machine-id"])


# Many at once, deadlines, ends


def test_a_slow_step_blocks_no_read(agent: LocalHost, tmp_path: Path) -> None:
    begun, go_on = tmp_path / "begun", tmp_path / "go-on"
    step = Run(("sh", "-c", f"touch {begun}; until [ -e {go_on} ]; do sleep 0.05; done"), timeout_s=30)
    slow = threading.Thread(target=do, args=(agent, step))
    slow.start()
    while not begun.exists():
        assert slow.is_alive()
        time.sleep(0.02)
    for _ in range(20):
        agent.read_files([str(tmp_path)])
    assert slow.is_alive(), "a read waited for the step"
    go_on.touch()
    slow.join()


HANGING_RADOS = """
import os, time
class Error(Exception): pass
class Rados:
    def __init__(self, conffile, name): pass
    def conf_set(self, name, value): pass
    def connect(self, timeout):
        with open("{begun}", "a") as file: file.write("connecting\\n")
        while not os.path.exists("{go_on}"): time.sleep(0.02)
        raise Error("timed out")
"""


def test_a_hung_monitor_blocks_no_read_and_fails_once_for_all(fakes: Path, faked: LocalHost, tmp_path: Path) -> None:
    begun, go_on, said = tmp_path / "begun", tmp_path / "go-on", list[str]()
    (fakes / "rados.py").write_text(HANGING_RADOS.format(begun=begun, go_on=go_on))

    def ask() -> None:
        with pytest.raises(StepFailed, match="timed out") as failure:
            faked.mon_read(Fsid, "fsid")
        said.append(failure.value.errno_name)

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    while not begun.exists():
        assert all(thread.is_alive() for thread in threads)
        time.sleep(0.02)
    faked.read_files([str(tmp_path)])
    with pytest.raises(StepFailed, match="libvirt"):
        faked.libvirt_secrets()
    assert said == [], "somebody else waited for the monitor"
    go_on.touch()
    for thread in threads:
        thread.join()
    assert said == ["ENOTCONN"] * 5
    assert begun.read_text() == "connecting\n", "each made a connection of its own"


def test_a_missing_library_is_named_with_its_python(faked: LocalHost) -> None:
    questions: list[tuple[Callable[[], object], str]] = [
        (lambda: faked.mon_read(Fsid, "fsid"), "python3-rados"),
        (faked.libvirt_secrets, "python3-libvirt"),
    ]
    for ask, package in questions:
        with pytest.raises(StepFailed, match=f"venv/bin/python3 cannot import .*install {package}") as failure:
            ask()
        assert failure.value.errno_name == "ENOPKG"


RADOS = """
import json
import os
class Error(Exception): pass
class ObjectNotFound(Error):
    errno = 2
class Rados:
    def __init__(self, conffile, name): os.write(1, b'{"half a line from a library')
    def conf_set(self, name, value): pass
    def connect(self, timeout): pass
    def open_ioctx(self, pool): raise ObjectNotFound("no such pool")
    def mon_command(self, command, data, timeout, target=None):
        command = json.loads(command)
        if command["prefix"] == "auth get": return -2, b"", "failed to find client.x in keyring"
        if command["prefix"] == "quorum_status": return 0, b'{"quorum_names": ["a", "c"]}', ""
        if command["prefix"] == "sessions":
            socket = {"addr": target, "nonce": 12}
            session = {"entity_name": "client.x", "name": "client.1", "remote_host": "h", "socket_addr": socket}
            return 0, json.dumps([session]).encode(), ""
        user = {"entity": "client.x", "key": "secret", "pending_key": "", "n": {"key": "secret"}}
        return 0, json.dumps([user]).encode(), ""
"""


def test_ceph_answers_with_errno_names_and_digests(fakes: Path, faked: LocalHost) -> None:
    (fakes / "rados.py").write_text(RADOS)
    (fakes / "rbd.py").write_text("")
    hidden = f"sha256:{sha('secret')}"
    rows = list[dict[str, Any]]
    assert faked.mon_read(rows, "auth ls") == [
        {"entity": "client.x", "key": hidden, "pending_key": "", "n": {"key": hidden}}
    ]
    assert faked.mon_read(rows, "auth ls", hide_keys=False)[0]["key"] == "secret"
    for ask in (lambda: faked.mon_read(rows, "auth get"), lambda: faked.pool_content("images")):
        with pytest.raises(StepFailed) as failure:
            ask()
        assert failure.value.errno_name == "ENOENT"
    assert [session.address for session in faked.user_sessions(["client.x"])] == ["a", "c"]
    assert [(session.instance, session.host) for session in faked.user_sessions(["client.x"])] == [
        ("a/12", "h"),
        ("c/12", "h"),
    ]
    assert faked.user_sessions(["client.y"]) == []


WATCHED_RADOS = """
class Error(Exception): pass
class Data:
    def __init__(self, pool): self.pool = pool
    def __enter__(self): return self
    def __exit__(self, *exc): pass
    def set_namespace(self, namespace): self.namespace = namespace
class Rados:
    def __init__(self, conffile, name): pass
    def conf_set(self, name, value): pass
    def connect(self, timeout): pass
    def open_ioctx(self, pool): return Data(pool)
"""
WATCHED_RBD = """
class ImageNotFound(Exception): errno = 2
class Broken(Exception): errno = 5
class OperationNotSupported(Exception): errno = 95
class RBD:
    def namespace_list(self, data):
        if data.pool == "erasure": raise OperationNotSupported("no omap")
        return ["n"]
    def list(self, data): return {"": ["a", "b", "gone"], "n": ["c"]}[data.namespace]
class Image:
    def __init__(self, data, name, read_only):
        assert read_only, "an image that is opened to write gets a watcher of the question's own"
        if name == "gone": raise ImageNotFound("gone")
        if name == "broken": raise Broken("input/output error")
        self.name = data.namespace + name
    def __enter__(self): return self
    def __exit__(self, *exc): pass
    def watchers_list(self):
        rows = {"a": [1, 2], "nc": [3]}.get(self.name, [])
        return iter([{"addr": "192.0.2.21:0/%d" % row, "id": row, "cookie": 9} for row in rows])
    def data_pool_id(self): return 7 if self.name == "a" else 3
    def parent_info(self):
        if self.name == "a": return ["images", "i", "snap"]
        raise ImageNotFound("no parent")
"""


def test_the_watchers_of_images_are_told_with_the_pool_of_the_parent(fakes: Path, faked: LocalHost) -> None:
    (fakes / "rados.py").write_text(WATCHED_RADOS)
    (fakes / "rbd.py").write_text(WATCHED_RBD)
    images = faked.pool_images("vms")
    assert images == ["a", "b", "gone", "n/c"]
    assert [
        (row.image, row.address, row.client, row.parent, row.data_pool_id)
        for row in faked.image_watchers("vms", images)
    ] == [
        ("a", "192.0.2.21:0/1", 1, "images", 7),
        ("a", "192.0.2.21:0/2", 2, "images", 7),
        ("n/c", "192.0.2.21:0/3", 3, "", 3),
    ]
    assert faked.image_watchers("vms", []) == []
    assert faked.pool_images("erasure") == []
    with pytest.raises(StepFailed, match="input/output error"):
        faked.image_watchers("vms", ["a", "broken"])


CONTENT_RADOS = """
import json
LIBRADOS_ALL_NSPACES = "all"
class Error(Exception): pass
class ObjectNotFound(Error): errno = 2
class Entry:
    def __init__(self, key, nspace): self.key, self.nspace = key, nspace
OBJECTS = {"data": [("rbd_info", ""), ("rbd_data.3.a1.%016x" % 0, ""), ("rbd_data.3.a1.%016x" % 1, ""),
                    ("rbd_data.3.b2.%016x" % 0, "n"), ("rbd_data.3.dead.%016x" % 0, ""), ("mine", "")],
           "trashed": [("rbd_trash_purge_schedule", ""), ("rbd_directory", "")]}
class Pool:
    def __init__(self, name): self.name = name
    def __enter__(self): return self
    def __exit__(self, *exc): pass
    def set_namespace(self, namespace): self.namespace = namespace
    def list_objects(self):
        assert self.namespace == LIBRADOS_ALL_NSPACES
        return [Entry(*row) for row in OBJECTS[self.name]]
    def stat(self, name):
        assert self.name == 3
        if (self.namespace, name) not in (("", "rbd_header.a1"), ("n", "rbd_header.b2")): raise ObjectNotFound("no")
class Rados:
    def __init__(self, conffile, name): pass
    def conf_set(self, name, value): pass
    def connect(self, timeout): pass
    def open_ioctx(self, pool): return Pool(pool)
    def open_ioctx2(self, number): return Pool(number)
    def mgr_command(self, command, data, timeout):
        if json.loads(command)["prefix"] == "list": return 0, b'{"3": {"name": "images/", "schedule": []}}', ""
        return -22, b"", "Invalid level spec images/: images is not an RBD pool"
"""
CONTENT_RBD = """
class OperationNotSupported(Exception): errno = 95
class RBD:
    def namespace_list(self, data):
        if data.name == "data": raise OperationNotSupported("no omap")
        return []
    def list(self, data): return []
    def trash_list(self, data): return []
"""


def test_data_of_images_of_another_pool_is_told_by_images_and_what_is_rbds_own_is_nothing(
    fakes: Path, faked: LocalHost
) -> None:
    (fakes / "rados.py").write_text(CONTENT_RADOS)
    (fakes / "rbd.py").write_text(CONTENT_RBD)
    content = faked.pool_content("data")
    assert (content.images_elsewhere, content.data, content.objects) == (2, 1, 1)
    assert why_not_empty(content) == (
        "2 images' data and 1 object of an image that is gone and 1 object that is not RBD's"
    )
    assert why_not_empty(faked.pool_content("trashed")) == ""


def test_a_manager_s_module_is_asked_and_told(fakes: Path, faked: LocalHost) -> None:
    (fakes / "rados.py").write_text(CONTENT_RADOS)
    (schedules,) = faked.mgr_read(dict[str, PurgeSchedules], "list").values()
    assert schedules.name == "images/"
    step = MgrCommand((("prefix", "add"), ("level_spec", "images/")), "rbd trash purge schedule add --pool images 1d")
    with pytest.raises(StepFailed, match=r"`rbd trash purge schedule add --pool images 1d`: .*is not an RBD pool"):
        faked.apply([step], lambda entity: entity)


SEEN = """
import os
class ObjectNotFound(Exception): errno = 2
class PermissionDenied(Exception): errno = 13
class Pool:
    def __init__(self, name): self.name = name
    def __enter__(self): return self
    def __exit__(self, *exc): pass
class Rados:
    def __init__(self, conffile, name): self.conffile, self.name = conffile, name
    def conf_set(self, name, value): pass
    def connect(self, timeout):
        if self.name == "client.refused": raise PermissionDenied("[errno 13] RADOS permission denied (key = %s)" % KEY)
    def get_fsid(self): return "%d %s" % (os.getuid(), self.conffile)
    def open_ioctx(self, pool):
        if pool == "gone": raise ObjectNotFound("error opening pool 'gone'")
        return Pool(pool)
class RBD:
    def list(self, data):
        if data.name == "theirs": raise PermissionError(1, "error listing images")
        return ["a", "b"]
"""


def test_pools_are_listed_as_another_user_with_its_own_files(fakes: Path, faked: LocalHost) -> None:
    (fakes / "rados.py").write_text(SEEN + f"KEY = {KEY!r}\n")
    (fakes / "rbd.py").write_text(SEEN)
    conf, pools = "/etc/ceph/x.conf", ["images", "gone", "theirs"]
    seen = faked.pools_as_user(ME, conf, "client.x", pools)
    assert seen.fsid == f"{os.getuid()} /etc/ceph/x.conf"
    assert seen.pools["images"] == PoolAsUser(images=2)
    assert {name: found.error.errno for name, found in seen.pools.items() if found.error} == {
        "gone": "ENOENT",
        "theirs": "EPERM",
    }
    refused = faked.pools_as_user(ME, conf, "client.refused", pools)
    assert refused.pools == {}
    assert refused.error is not None
    assert refused.error.errno == "EACCES"
    with pytest.raises(StepFailed, match="there is no user nobody-of-that-name"):
        faked.pools_as_user("nobody-of-that-name", conf, "client.x", pools)


@needs_root
def test_who_looks_at_pools_is_that_user_before_anything_of_ceph_is_loaded(
    fakes: Path, faked: LocalHost, tmp_path: Path
) -> None:
    nobody = pwd.getpwnam("nobody")
    for folder in (tmp_path, *tmp_path.parents):
        if Path(tempfile.gettempdir()) in folder.parents:
            folder.chmod(folder.stat().st_mode | 0o055)
    who = "import os\nLOADED_BY = os.getresuid(), os.getresgid(), os.getgroups()\n"
    (fakes / "rados.py").write_text(who + SEEN.replace('"%d %s" % (os.getuid(), self.conffile)', "repr(LOADED_BY)"))
    (fakes / "rbd.py").write_text(SEEN)
    seen = faked.pools_as_user("nobody", "", "client.x", [])
    assert seen.fsid == repr(((nobody.pw_uid,) * 3, (nobody.pw_gid,) * 3, os.getgrouplist("nobody", nobody.pw_gid)))


LIBVIRT = """
import os
VIR_ERR_NO_SECRET, VIR_ERR_NO_DOMAIN = 66, 42
class libvirtError(Exception):
    def __init__(self, text, code): super().__init__(text); self.code = code
    def get_error_code(self): return self.code
def registerErrorHandler(*words): pass
class Secret:
    def __init__(self, uuid, value, private): self.uuid, self.content, self.private = uuid, value, private
    def XMLDesc(self): return "<secret ephemeral='no' private='%s'>" % self.private
    def value(self):
        if self.content is None: raise libvirtError("no value", 66)
        if self.private == "yes": raise libvirtError("private", 59)
        return self.content
    def UUIDString(self): return self.uuid
    def usageID(self): return "usage " + self.uuid
    def usageType(self): return 2
opened = []
class Connection:
    def __init__(self): self.works = True
    def isAlive(self): return self.works
    def listAllSecrets(self):
        if os.path.exists(RESTARTED) and self is opened[0]:
            self.works = False
            raise libvirtError("Cannot recv data: Connection reset by peer", 38)
        return [Secret("u1", b"key", "no"), Secret("u2", None, "no"), Secret("u3", b"x", "yes")]
    def listAllDomains(self, flags=0): return [Domain(*row) for row in DOMAINS if not flags or row[0] != "off"]
class Domain:
    def __init__(self, name, disks): self.called, self.disks = name, disks
    def name(self): return self.called
    def XMLDesc(self):
        if self.disks is None: raise libvirtError("no domain", 42)
        whole = [source if ">" in source else source + "/>" for source in self.disks]
        disks = "".join("<disk type='x'><source %s</disk>" % source for source in whole)
        return "<domain><uuid>5d1f</uuid><devices><disk device='cdrom'/>%s</devices></domain>" % disks
def open(uri):
    opened.append(Connection())
    return opened[-1]
"""


def test_local_disks_are_those_that_nova_made_on_the_host(fakes: Path, faked: LocalHost) -> None:
    disks: dict[str, list[str] | None] = {
        "qcow2": ["file='/srv/nova/5d1f/disk'", "file='/srv/nova/5d1f/disk.config'"],
        "lvm": ["dev='/dev/vg/5d1f_disk'"],
        "volumes": [
            "file='/var/lib/nova/mnt/0a/volume-77'",
            "dev='/dev/disk/by-path/ip-lun-1'",
            "protocol='rbd' name='vms/5d1f_disk'",
        ],
        "cdrom": ["file='/var/lib/libvirt/images/x.iso'"],
        "gone": None,
    }
    (fakes / "libvirt.py").write_text(f"{LIBVIRT}DOMAINS = {list(disks.items())!r}\n")
    assert faked.libvirt_local_disks() == {
        "qcow2": ["/srv/nova/5d1f/disk", "/srv/nova/5d1f/disk.config"],
        "lvm": ["/dev/vg/5d1f_disk"],
    }


def test_a_running_guest_is_told_with_the_user_the_secret_and_the_monitors_of_each_rbd_disk(
    fakes: Path, faked: LocalHost
) -> None:
    within = (
        "protocol='rbd' name='vms/5d1f_disk'><host name='192.0.2.1' port='6789'/><host name='mon2'/>"
        "<auth username='nova'><secret type='ceph' uuid='u1'/></auth></source>"
    )
    beside = "protocol='rbd' name='volumes/a/b'/><auth username='cinder'><secret type='ceph' usage='x'/></auth>"
    disks = {"on": [within, beside, "file='/a'", "protocol='rbd' name='bare/c'"], "off": [within], "gone": None}
    (fakes / "libvirt.py").write_text(f"{LIBVIRT}DOMAINS = {list(disks.items())!r}\n")
    assert faked.libvirt_rbd_disks() == {"on": ["vms/5d1f_disk"], "off": ["vms/5d1f_disk"]}
    (guest,) = faked.libvirt_guests()
    assert (guest.name, guest.uuid, guest.started) == ("on", "5d1f", 0.0)
    assert [tuple(disk.model_dump().values()) for disk in guest.disks] == [
        ("vms", "5d1f_disk", "nova", "u1", "", ["192.0.2.1:6789", "mon2"]),
        ("volumes", "a/b", "cinder", "", "x", []),
        ("bare", "c", "", "", "", []),
    ]


@needs_root
def test_a_file_s_selinux_label_is_told(agent: LocalHost, tmp_path: Path) -> None:
    file = tmp_path / "f"
    assert agent.selinux_state(str(file)).label == ""
    file.write_text("")
    assert agent.selinux_state(str(file)).label == "", "a host without SELinux"
    set_label(file)
    told = agent.selinux_state(str(file))
    assert (told.label, type_of(told.label)) == ("system_u:object_r:etc_t:s0", "etc_t")
    (tmp_path / "link").symlink_to(file)
    with pytest.raises(StepFailed, match="is a link"):
        agent.selinux_state(str(tmp_path / "link"))


@needs_root
def test_a_rewritten_file_keeps_its_selinux_label(agent: LocalHost, tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("")
    set_label(file)
    agent.apply([PutFile(str(file), "new")], no_key)
    assert file.read_text() == "new"
    assert os.getxattr(file, "security.selinux") == LABEL


LABEL = b"system_u:object_r:etc_t:s0\0"


def set_label(file: Path) -> None:
    try:
        os.setxattr(file, "security.selinux", LABEL)
    except OSError as problem:
        pytest.skip(f"this file system keeps no labels: {problem}")


def test_rules_of_semanage_are_told_by_their_pattern() -> None:
    printed = """/srv/k\\.keyring                                    regular file       system_u:object_r:etc_t:s0
/srv(/.*)?                                         all files          system_u:object_r:var_t:s0
"""
    state = SelinuxState(label="x", policy="", rules=printed)
    assert state.rule_for(r"/srv/k\.keyring") == "etc_t"
    assert state.rule_for("/srv(/.*)?") == "var_t"
    assert state.rule_for("/srv") == ""


def test_libvirt_is_asked_again_after_its_restart(fakes: Path, faked: LocalHost, tmp_path: Path) -> None:
    (fakes / "libvirt.py").write_text(LIBVIRT + f"RESTARTED = {str(tmp_path / 'restarted')!r}\n")
    first = faked.libvirt_secrets()
    assert [secret.value for secret in first] == [f"sha256:{sha('a2V5')}", "", "private"]
    (tmp_path / "restarted").touch()
    assert faked.libvirt_secrets() == first


def test_past_the_deadline_the_agent_is_killed_and_one_more_started(agent: LocalHost, tmp_path: Path) -> None:
    agent.identity()
    mark, first = tmp_path / "mark", process_of(agent)
    with pytest.raises(OutcomeUnknown, match=r"`apply`: outcome unknown, `apply` took longer than"):
        agent.apply([Run(("sleep", "1")), PutFile(str(mark), "x")], no_key, deadline_s=0.3)
    assert agent.read_files([str(tmp_path)])
    assert process_of(agent) != first
    assert not Path(f"/proc/{first}").exists()
    with pytest.raises(OutcomeUnknown):
        agent.apply([Run(("sleep", "9"), timeout_s=9)], no_key, deadline_s=0.2)
    for _ in range(2):
        with pytest.raises(HostError, match="ended 2 times in this run"):
            agent.identity()
    time.sleep(1)
    assert not mark.exists()


def test_an_agent_that_was_killed_leaves_one_recognisable_file_that_the_next_write_takes_away(
    agent: LocalHost, tmp_path: Path
) -> None:
    leftover = tmp_path / ".conf.ceph-openstack"
    leftover.write_text("half")
    leftover.chmod(0o600)
    (tmp_path / "conf").write_text("old")
    do(agent, PutFile(str(tmp_path / "conf"), "new"))
    assert files_in(tmp_path) == ["conf"]
    leftover.write_text("half")
    do(agent, RemoveFile(str(tmp_path / "conf")))
    assert files_in(tmp_path) == []


def test_killed_again_and_again_while_it_writes_the_file_is_always_whole(tmp_path: Path) -> None:
    file, texts = tmp_path / "conf", {letter * 200_000 for letter in "ab"}
    for number in range(6):
        agent = LocalHost(local_access())
        agent.identity()
        killer = threading.Timer(0.004 * number + 0.002, os.kill, (process_of(agent), signal.SIGKILL))
        killer.start()
        with contextlib.suppress(HostError):
            for _ in range(50):
                for text in sorted(texts):
                    agent.apply([PutFile(str(file), text)], no_key)
        killer.join()
        agent.close()
        assert not file.exists() or file.read_text() in texts
        assert set(files_in(tmp_path)) <= {"conf", ".conf.ceph-openstack"}
    agent = LocalHost(local_access())
    do(agent, PutFile(str(file), "end"))
    agent.close()
    assert files_in(tmp_path) == ["conf"]


def started_by_hand() -> subprocess.Popen[bytes]:
    argv = [sys.executable, *bundle.arguments()]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(bundle.bundle())
    return process


def test_when_its_input_ends_it_finishes_what_is_under_way(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    put = {
        "do": "put_file",
        "path": str(mark),
        "content": "x",
        "owner": None,
        "group": None,
        "mode": None,
        "if_digest": None,
    }
    steps = [{"do": "run", "argv": ["sleep", "0.5"], "stdin": "", "timeout_s": 9}, put]
    request = json.dumps({"id": 1, "do": "apply", "steps": steps, "conf": "", "entity": ""}).encode() + b"\n"
    half = json.dumps(
        {"id": 2, "do": "apply", "steps": [{**put, "path": f"{mark}2"}], "conf": "", "entity": ""}
    ).encode()
    with started_by_hand() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(request + half)
        process.stdin.flush()
        process.stdout.close()  # nobody will hear the answer
        process.stdin.close()
        assert process.wait(10) == 0
    assert mark.exists()
    assert not Path(f"{mark}2").exists(), "did a request that was cut off"


def test_ends_at_once_when_nothing_is_under_way() -> None:
    with started_by_hand() as process:
        assert process.stdin is not None
        start = time.monotonic()
        process.stdin.close()
        assert process.wait(60) == 0
        assert time.monotonic() - start < 20


# systemd, as far as it can be had without one


def test_a_log_is_read_from_the_start_of_this_process(agent: LocalHost, tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text("2026-01-01 00:00:00.000 1 INFO before the restart\n")
    end_of = "print(sys.modules['providers.reach.agent.logs'].log_end({!r}))"
    start = int(inside(end_of.format(str(log))))
    assert start == log.stat().st_size
    now = time.time()
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now)) + f".{int(now * 1000) % 1000:03d}"
    last_words = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now - 60)) + ".000"
    with log.open("a") as out:
        out.write(f"{last_words} 1 INFO last words of the old process\n{stamp} 2 INFO started\n  a traceback's line\n")
    since: dict[str, Any] = {"invocation": "", "since_usec": int(now * 1e6)}
    assert agent.log_since("api", str(log), start=start, **since) == f"{stamp} 2 INFO started\n  a traceback's line\n"
    log.write_text("no stamps\n")  # a new file, because the file is shorter
    assert agent.log_since("api", str(log), start=start, **since) == "no stamps\n"
    assert int(inside(end_of.format(f"{tmp_path}/no/log"))) == 0
    assert agent.log_since("api", f"{tmp_path}/no/log", start=0, **since) == ""


def test_a_log_that_is_longer_than_what_is_read_begins_with_a_whole_line(agent: LocalHost, tmp_path: Path) -> None:
    """The end of a key at the start of the text would look like no key."""
    log = tmp_path / "api.log"
    since: dict[str, Any] = {"invocation": "", "since_usec": 0}
    for length in (262144, 262160, 262180):
        line = f"key {KEY}\n"
        rest = "x" * (length - len(line)) + "\nlast\n"
        log.write_text(line + rest)
        assert agent.log_since("api", str(log), start=0, **since) == rest
    log.write_text("ab\n" + "x" * 262143 + "\n")
    assert agent.log_since("api", str(log), start=0, **since) == "x" * 262143 + "\n"
    assert agent.log_since("api", str(log), start=10, **since) == "x" * (262143 - 7) + "\n"


def test_an_unknown_operation_is_an_answer(agent: LocalHost) -> None:
    with pytest.raises(StepFailed, match="does not know nonesuch"):
        agent._answer(str, "nonesuch", {})
    assert agent.identity().machine_id == Path("/etc/machine-id").read_text().strip()


# Installed, with a list of what the agent may do


def test_an_installed_agent_does_what_is_on_its_list_and_nothing_else(tmp_path: Path) -> None:
    lists, script, folder = tmp_path / "list.json", tmp_path / "agent", tmp_path / "etc"
    folder.mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "seen").write_text("x")
    listed = {
        "paths": [f"{folder}/*"],
        "programs": [["printf", "%s", "word?"]],
        "units": ["a.service"],
        "reads": [f"{tmp_path}/seen"],
        "users": ["glance"],
    }
    lists.write_text(json.dumps(listed))
    script.write_text(bundle.installed(str(lists)).replace("/usr/bin/python3", sys.executable, 1))
    script.chmod(0o755)
    agent = LocalHost(local_access(str(script)))
    file = f"{folder}/conf"
    do(agent, PutFile(file, "x"), MakeDirectory(f"{folder}/d", ME, MINE))
    assert do(agent, Run(("printf", "%s", "words"))) == ["words"]
    assert agent.read_files([file], patterns=[f"{folder}/*.conf"])
    assert agent.read_files([f"{tmp_path}/seen"])
    assert agent.ask_sockets(str(folder), [os.getpid()], "help") == []
    refused: list[HostStep] = [
        PutFile(f"{tmp_path}/seen", "y"),
        PutFile(f"{tmp_path}/secret", "y"),
        PutFile(f"{folder}/../secret", "y"),
        RemoveFile(f"{tmp_path}/secret"),
        SetAttributes(f"{tmp_path}/secret", mode="0666"),
        MakeDirectory(f"{tmp_path}/more", ME, MINE),
        RemoveDirectory(str(tmp_path)),
        Run(("printf", "x")),
        Run(("printf", "%s")),
        Run(("printf", "%s", "words", "and more")),
        Run(("sh", "-c", "printf %s")),
        mon("fsid"),
    ]
    for step in refused:
        with pytest.raises(StepFailed, match="not on the list") as failure:
            do(agent, PutFile(file, "not even this"), step)
        assert failure.value.errno_name == "EPERM"
        assert f"`{step}`" in str(failure.value)
    since: dict[str, Any] = {"start": 0, "invocation": "", "since_usec": 0}
    questions: list[Callable[[], object]] = [
        lambda: agent.read_files([f"{tmp_path}/secret"]),
        lambda: agent.read_files([], patterns=[f"{tmp_path}/*"]),
        lambda: agent.ask_sockets(str(tmp_path), [os.getpid()], "help"),
        lambda: agent.selinux_state(f"{tmp_path}/secret"),
        lambda: agent.unit_state("b.service"),
        lambda: agent.restart_unit("b.service", "journal", timeout_s=1),
        lambda: agent.restart_unit("a.service", f"{tmp_path}/secret", timeout_s=1),
        lambda: agent.log_since("b.service", "journal", **since),
        lambda: agent.log_since("a.service", f"{tmp_path}/secret", **since),
        lambda: agent.mon_read(Fsid, "fsid"),
        lambda: agent.pools_as_user("root", "/etc/ceph/ceph.conf", "client.x", []),
        lambda: agent.pools_as_user("glance", f"{tmp_path}/secret", "client.x", []),
    ]
    for ask in questions:
        with pytest.raises(StepFailed, match="not on the list"):
            ask()
    assert Path(file).read_text() == "x"
    agent.close()


def test_the_documented_programs_are_those_that_are_run_and_read_no_file_of_the_hosts() -> None:
    page = (Path(__file__).parents[3] / "docs" / "access.md").read_text()
    (listed,) = re.findall(r'"programs": (\[\[.*?\]\]),\n', page, re.DOTALL)
    uuid = "9a9a9a9a-0000-4000-8000-000000000001"
    define, value = ["virsh", "--quiet", "secret-define"], ["virsh", "--quiet", "secret-set-value", "--secret", uuid]
    asked = [
        [*define, "--file", "/dev/stdin"],
        [*value, "--file", "/dev/stdin"],
        ["virsh", "--quiet", "secret-undefine", uuid],
        [*value, "--file", "/etc/shadow"],
        [*value, "--file", "/dev/stdin", "--plain"],
        [*define, "--file", "/etc/shadow"],
        ["virsh", "--quiet", "secret-undefine", uuid, "--connect"],
    ]
    program = f"""
allowed = sys.modules["providers.reach.agent.allowed"].Allowed([], {listed}, [])
print([any(allowed.program(argv, listed) for listed in allowed.programs) for argv in {asked!r}])
"""
    assert json.loads(inside(program).lower()) == [True, True, True, False, False, False, False]


def test_the_list_of_an_installed_agent_is_no_way_to_root(tmp_path: Path) -> None:
    lists, script = tmp_path / "list.json", tmp_path / "agent"
    lists.write_text(json.dumps({"paths": [f"{tmp_path}/*.d/*"], "programs": [], "units": [], "ceph": True}))
    script.write_text(bundle.installed(str(lists)).replace("/usr/bin/python3", sys.executable, 1))
    script.chmod(0o755)
    (tmp_path / "a.d").mkdir()
    file = f"{tmp_path}/a.d/x"
    agent = LocalHost(local_access(str(script)), ceph_conf=f"{tmp_path}/mine.conf")
    steps: list[HostStep] = [
        PutFile(file, "#!/bin/sh", mode="4755"),
        PutFile(file, "#!/bin/sh", mode="2755"),
        MakeDirectory(file, ME, MINE, "2755"),
        SetAttributes(file, mode="6755"),
        mon("fsid"),  # with a ceph.conf that names a log file, or a library
    ]
    for step in steps:
        with pytest.raises(StepFailed, match="not on the list"):
            do(agent, step)
    with pytest.raises(StepFailed, match="not on the list"):
        agent.mon_read(Fsid, "fsid")
    assert not Path(file).exists()
    do(agent, PutFile(file, "x", mode="0755"))
    agent.close()


def test_a_file_of_many_empty_lines_is_read_at_once(agent: LocalHost, tmp_path: Path) -> None:
    """Whoever may write a watched file could otherwise keep a root agent busy for hours."""
    file = tmp_path / "conf"
    file.write_text("\n" * 1_000_000 + f" key = {KEY}\nkey =\n[next]\n")
    start = time.monotonic()
    content = agent.read_files([str(file)], hide_keys=True)[str(file)].content or ""
    assert time.monotonic() - start < 60
    assert KEY not in content
    assert content.endswith("key =\n[next]\n")


def test_attributes_of_a_file_with_a_second_name_are_left(agent: LocalHost, tmp_path: Path) -> None:
    file, other = tmp_path / "keyring", tmp_path / "shadow"
    other.write_text("x")
    other.chmod(0o600)
    file.hardlink_to(other)
    with pytest.raises(StepFailed, match="2 hard links"):
        do(agent, SetAttributes(str(file), mode="0666"))
    assert other.stat().st_mode & 0o777 == 0o600
