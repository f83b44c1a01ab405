"""A repository of packages: its key is the one of the fingerprint, its list names that key, and all comes after it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.stack.parse import parse
from components.stack.wire import wire
from providers.formats.openpgp import armored
from providers.models import DirectoryDesired, WholeFileDesired
from tests.golden.variants import REPOSITORY

from .graph import before, built, raw, settings

KEY = Path(REPOSITORY["key"])
OTHER = "0" * 40


def files(**changes: Any) -> dict[str, str]:
    nodes = wire(settings(**changes), "test").nodes
    models = [node.model for name, node in nodes.items() if name.endswith("-compute1")]
    return {model.path: model.content for model in models if isinstance(model, WholeFileDesired)}


def test_a_list_of_apt_names_its_own_key() -> None:
    assert files(packages={"repository": REPOSITORY}) == {
        "/etc/apt/keyrings/ceph.asc": armored(KEY.read_bytes()),
        "/etc/apt/sources.list.d/ceph.sources": "Types: deb\nURIs: https://download.example.org/debian-squid\n"
        "Suites: bookworm\nComponents: main\nSigned-By: /etc/apt/keyrings/ceph.asc\n",
    }


def test_a_flat_repository_has_no_components() -> None:
    (_, text) = files(packages={"repository": {**REPOSITORY, "suite": "./"}}).values()
    assert "Suites: ./\nSigned-By:" in text


def test_yum_checks_packages_by_the_key() -> None:
    rhel = {name: REPOSITORY[name] for name in ("uri", "key", "fingerprint")}
    found = files(platform="rhel", packages={"repository": rhel})
    assert found["/etc/yum.repos.d/ceph.repo"] == (
        "[ceph]\nname=ceph\nbaseurl=https://download.example.org/debian-squid\nenabled=1\ngpgcheck=1\n"
        "gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-ceph\n"
    )
    assert "/etc/pki/rpm-gpg/RPM-GPG-KEY-ceph" in found


def test_everything_on_a_host_comes_after_its_repository() -> None:
    declared = built(packages={"repository": REPOSITORY})
    assert {"repository-compute1", "repository-key-compute1", "repository-directory-compute1"} <= before(
        declared, "preflight-compute1"
    )
    assert "repository-key-compute1" in before(declared, "repository-compute1")


def test_without_the_setting_no_repository_is_touched() -> None:
    nodes = wire(settings(), "test").nodes
    assert not [name for name in nodes if name.startswith("repository")]
    folders = {node.model.path for node in nodes.values() if isinstance(node.model, DirectoryDesired)}
    assert folders == {"/etc/ceph"}


@pytest.mark.parametrize(("changes", "where", "words"), [
    ({"fingerprint": OTHER}, "key", "holds the key D24D3534076075823E6BA0591F791F713E1C0D22, and fingerprint"),
    ({"fingerprint": "D24D 3534 0760"}, "fingerprint", "must be a whole fingerprint, 40 or 64 hexadecimal digits"),
    ({"key": "nowhere.asc"}, "key", "nowhere.asc cannot be read: No such file or directory"),
    ({"key": "README.md"}, "key", "README.md holds no public key"),
    ({"key": "tests/data"}, "key", "cannot be read: Is a directory"),
    ({"suite": None}, "suite", "is missing; name the distribution"),
    ({"uri": "https://x y"}, "uri", "must be one word"),
    ({"name": "../x"}, "name", ""),
])  # fmt: skip
def test_bad_input_is_refused_by_name(changes: dict[str, Any], where: str, words: str) -> None:
    given = {name: value for name, value in {**REPOSITORY, **changes}.items() if value is not None}
    found = parse(raw(packages={"repository": given}))
    assert isinstance(found, list)
    assert [
        line for line in found if line.startswith(f"ceph-openstack:packages.repository.{where}: ") and words in line
    ]


def test_a_file_with_two_keys_is_refused(tmp_path: Path) -> None:
    (tmp_path / "two.asc").write_bytes(KEY.read_bytes() * 2)
    found = parse(raw(packages={"repository": {**REPOSITORY, "key": str(tmp_path / "two.asc")}}))
    assert isinstance(found, list)
    assert "holds 2 keys, and each of them could sign" in found[0]


def test_a_fingerprint_may_have_blanks_as_gpg_prints_it() -> None:
    blanks = "d24d 3534 0760 7582 3e6b  a059 1f79 1f71 3e1c 0d22"
    assert files(packages={"repository": {**REPOSITORY, "fingerprint": blanks}})


@pytest.mark.skipif(not (shutil.which("gpg") and shutil.which("apt-get")), reason="needs gpg and apt-get to try them")
class TestApt:
    """The real apt takes the list by that key, and by no other."""

    @pytest.fixture
    def repository(self, tmp_path: Path) -> dict[str, Any]:
        """A flat repository with no packages, signed by a key that is made here."""
        home, folder = tmp_path / "gpg", tmp_path / "repository"
        home.mkdir(mode=0o700)
        folder.mkdir()
        gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", ""]
        subprocess.run([*gpg, "--quick-gen-key", "Test <t@example.org>", "ed25519", "sign", "0"], check=True)
        (tmp_path / "key.asc").write_bytes(subprocess.run([*gpg, "--export"], capture_output=True, check=True).stdout)
        (folder / "Packages").touch()
        digest = hashlib.sha256(b"").hexdigest()
        (folder / "Release").write_text(
            f"Origin: t\nDate: Fri, 27 Nov 2026 00:00:00 UTC\nSHA256:\n {digest} 0 Packages\n"
        )
        sign = [*gpg, "--clearsign", "--output", str(folder / "InRelease"), str(folder / "Release")]
        subprocess.run(sign, check=True)
        listed = [*gpg, "--list-keys", "--with-colons"]
        rows = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.splitlines()
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=True)
        fingerprint = next(row.split(":")[9] for row in rows if row.startswith("fpr"))
        return {"uri": f"file:{folder}", "suite": "./", "key": str(tmp_path / "key.asc"), "fingerprint": fingerprint}

    @staticmethod
    def updated(tmp_path: Path, repository: dict[str, Any], key: str) -> subprocess.CompletedProcess[str]:
        """Run `apt-get update` with the list in a root of apt's own, by a key."""
        root = tmp_path / "apt"
        for name in ("sources.list.d", "state/lists/partial", "cache/archives/partial"):
            (root / name).mkdir(parents=True, exist_ok=True)
        text = next(
            text for path, text in files(packages={"repository": repository}).items() if path.endswith(".sources")
        )
        (root / "key.asc").write_text(key)
        (root / "sources.list.d" / "ceph.sources").write_text(
            text.replace("/etc/apt/keyrings/ceph.asc", str(root / "key.asc"))
        )
        options = {
            "Dir::Etc::sourcelist": "/dev/null", "Dir::Etc::sourceparts": root / "sources.list.d",
            "Dir::State": root / "state", "Dir::Cache": root / "cache", "APT::Sandbox::User": "root",
        }  # fmt: skip
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return subprocess.run(["apt-get", *words, "update"], capture_output=True, text=True, check=False)

    def test_by_its_key(self, tmp_path: Path, repository: dict[str, Any]) -> None:
        key = files(packages={"repository": repository})["/etc/apt/keyrings/ceph.asc"]
        done = self.updated(tmp_path, repository, key)
        assert (done.returncode, "NO_PUBKEY" in done.stderr) == (0, False), done.stdout + done.stderr
        assert "W:" not in done.stderr

    def test_by_no_other(self, tmp_path: Path, repository: dict[str, Any]) -> None:
        done = self.updated(tmp_path, repository, armored(KEY.read_bytes()))
        assert "NO_PUBKEY" in done.stdout + done.stderr
