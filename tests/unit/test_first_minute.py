"""The first minute: what README and docs/your-repository.md tell a newcomer to type, typed in a fresh clone.

The newcomer is a user without any right, with `pulumi`, git and Python, and without this checkout's environment.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.unit.sdks import CHECKOUT

pytestmark = pytest.mark.same_on_every_python

NOBODY = 54321
"""A user whom the machine does not know, so that the home is the one in the environment."""
PROGRAMS = CHECKOUT / ".state" / "pulumi" / "bin"


def block(page: str, heading: str) -> str:
    """Return the first block of shell commands below a heading."""
    found = re.search(rf"^##? {heading}\n.*?```sh\n(.*?)```", (CHECKOUT / page).read_text(), re.DOTALL | re.MULTILINE)
    assert found, f"{page}: no block below {heading}"
    return found[1]


@pytest.fixture(scope="module")
def newcomer() -> Iterator[Path]:
    """Yield a home of a newcomer, with a clone's source in `source` and the CLI in `bin`.

    The home is no folder of pytest's, because only root may enter those.
    """
    if os.getuid() != 0:
        pytest.skip("becomes another user, which only root can")
    with TemporaryDirectory(prefix="newcomer-") as name:
        home = Path(name)
        (home / "bin").mkdir()
        for program in PROGRAMS.resolve().iterdir():
            shutil.copy(program.resolve(), home / "bin" / program.name)
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", CHECKOUT, home / "source"], check=True)
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        yield home


def typed(home: Path, commands: str) -> tuple[str, float]:
    """Return what a newcomer's shell prints, and how many seconds the commands took. A command that fails ends it."""
    names = ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_CERT", "PIP_CONFIG_FILE")
    given = {name: os.environ[name] for name in names if name in os.environ}
    environment = {
        **given,
        "HOME": str(home),
        "USER": "newcomer",
        "PATH": f"{home}/bin:/usr/local/bin:/usr/bin:/bin",
        "REPOSITORY": f"file://{home}/source",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # Git takes no submodule from a path unless it is told so.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "protocol.file.allow",
        "GIT_CONFIG_VALUE_0": "always",
    }
    begin = time.monotonic()
    done = subprocess.run(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "bash", "-e", "-c", commands],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout, time.monotonic() - begin


def test_readmes_first_block_previews_the_whole_stack_without_root_and_lab(newcomer: Path) -> None:
    printed, seconds = typed(newcomer, block("README.md", "The first minute"))
    assert "+ 48 to create" in printed
    print(f"the first minute took {seconds:.0f} s", file=sys.stderr)


def test_a_repository_of_ones_own_has_the_program_as_a_submodule(newcomer: Path) -> None:
    login = 'pulumi login "file://$HOME" >/dev/null; export PULUMI_CONFIG_PASSPHRASE=lab; mkdir my-cloud; cd my-cloud\n'
    commands = block("docs/your-repository.md", "Your stacks in your own repository").replace("init dev", "init dev2")
    commands = commands.replace("--stack dev", "--stack dev2").replace(
        "stacks/Pulumi.dev.yaml", "stacks/Pulumi.dev2.yaml"
    )
    beyond = "mkdir -p stacks/deep; cd stacks/deep; ../../ceph-openstack/bin/ceph-openstack verify --stack dev2 || true"
    printed, _ = typed(newcomer, f"{login}{commands}{beyond}")
    assert "+ 48 to create" in printed
    assert "usage: ceph-openstack verify" in printed
    # The settings were found, and the program's folder is where their paths start: no key of the lab is there.
    assert "the private key .state/lab/ssh/id_ed25519 cannot be read" in printed


def test_the_projects_own_file_differs_in_the_paths_only() -> None:
    site = (CHECKOUT / "docs" / "examples" / "site" / "Pulumi.yaml").read_text().replace("ceph-openstack/", "")
    ours = (CHECKOUT / "Pulumi.yaml").read_text()
    wanted = [line for line in site.splitlines() if not line.startswith(("#", "main:", "stackConfigDir:"))]
    assert [line for line in wanted if line not in ours.splitlines()] == []


@pytest.mark.parametrize(
    "command", [["bin/ceph-openstack", "verify"], ["/usr/bin/python3", "-m", "commands", "verify"]]
)
def test_without_the_virtual_environment_there_is_one_line(tmp_path: Path, command: list[str]) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(CHECKOUT / "commands", clone / "commands")
    shutil.copytree(CHECKOUT / "bin", clone / "bin")
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert ".venv" in done.stderr
