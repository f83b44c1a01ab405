"""The versions that have to agree stand in files of three formats."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.same_on_every_python

ROOT = Path(__file__).parents[3]
LOCKS = ["requirements.txt", "requirements-dev.txt"]
NEWEST = "requirements-newest.txt"


def locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE))


def release(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


@pytest.mark.parametrize("lock", LOCKS)
def test_the_sdk_has_the_version_of_the_cli(lock: str) -> None:
    go_mod = (ROOT / "tools/pulumi/cli/go.mod").read_text()
    (cli,) = re.findall(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)", go_mod)
    (engine,) = re.findall(r"github\.com/pulumi/pulumi/sdk/v3 v(\S+)", go_mod)
    assert cli == engine == locked(lock)["pulumi"]


def test_the_tests_know_a_newer_sdk() -> None:
    assert release(locked(NEWEST)["pulumi"]) > release(locked("requirements.txt")["pulumi"])


@pytest.mark.parametrize("lock", [*LOCKS, NEWEST])
def test_the_project_allows_every_sdk_that_is_tested(lock: str) -> None:
    """The CLI's range in Pulumi.yaml is the SDK's range in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (allowed,) = (entry for entry in project["project"]["dependencies"] if entry.startswith("pulumi>"))
    (oldest, before) = re.fullmatch(r"pulumi>=([\d.]+),<([\d.]+)", allowed).groups()  # type: ignore[union-attr]
    assert release(oldest) <= release(locked(lock)["pulumi"]) < release(before)
    required = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["requiredPulumiVersion"]
    assert required == f">={oldest}.0 <{before}.0.0"


def test_what_users_run_is_what_was_tested() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = {re.split(r"[=<>~]", entry)[0] for entry in project["project"]["dependencies"]}
    assert names <= locked("requirements.txt").keys()


@pytest.mark.parametrize("lock", [*LOCKS, NEWEST])
def test_a_lock_has_hashes_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = r"^[\w.-]+==\S+( ;.*)? \\\n"
    assert len(re.findall(pins, text, re.MULTILINE)) == len(re.findall(pins + "    --hash=sha256:", text, re.MULTILINE))
    assert "://" not in text
    assert "index" not in text
    assert "find-links" not in text


def test_the_readme_names_the_versions_that_are_tested() -> None:
    text = " ".join((ROOT / "README.md").read_text().split())
    (host,) = re.findall(
        r"github\.com/pulumi/pulumi/sdk/v3 v(\S+)", (ROOT / "tools/pulumi/language-python/go.mod").read_text()
    )
    sdk = locked("requirements.txt")["pulumi"]
    assert f"Pulumi's CLI {sdk}, its SDK for Python {sdk}," in text
    assert f"the language host {host}," in text
    assert f"with SDK {locked(NEWEST)['pulumi']}, too" in text
