"""docs/ci: what people copy is what GitHub and GitLab accept, and calls the scripts as the scripts want it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.ci import apply, drift, preview, recover

ROOT = Path(__file__).parents[3]
FILES = {"github.yml": "vendor.github-workflows", "gitlab-ci.yml": "vendor.gitlab-ci"}
PARSERS = {"preview": preview.parser, "apply": apply.parser, "drift": drift.parser, "recover": recover.parser}
CALL = re.compile(r"tools/ci/(?:preview|apply|drift|recover)\b[^`;#\n]*")
PAGES = [ROOT / "docs" / "pull-requests.md", *(ROOT / "docs" / "ci" / name for name in FILES)]


def linted(path: Path, schema: str) -> subprocess.CompletedProcess[str]:
    """Hold a file against a schema that the linter brings along, without a network."""
    unshared = ["unshare", "--net", sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    return subprocess.run(unshared, capture_output=True, text=True, check=False)


def loaded(name: str) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load((ROOT / "docs" / "ci" / name).read_text())
    return document


@pytest.mark.parametrize(("name", "schema"), FILES.items())
def test_the_schema_of_the_forge_accepts_the_file(name: str, schema: str) -> None:
    done = linted(ROOT / "docs" / "ci" / name, schema)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("github.yml", "runs-on:", "run-on:"),
        ("github.yml", "pull-requests: write", "pull-request: write"),
        ("github.yml", "cancel-in-progress", "cancel-in-progres"),
        ("gitlab-ci.yml", "resource_group:", "resource_groups:"),
        ("gitlab-ci.yml", "script:", "scripts:"),
    ],
)
def test_the_schema_of_the_forge_refuses_a_misspelt_word(tmp_path: Path, name: str, right: str, wrong: str) -> None:
    text = (ROOT / "docs" / "ci" / name).read_text()
    assert right in text
    (tmp_path / name).write_text(text.replace(right, wrong))
    assert linted(tmp_path / name, FILES[name]).returncode == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_call_of_a_script_is_one_that_the_script_takes(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = CALL.findall(page.read_text())
    assert calls
    for call in calls:
        script, *words = shlex.split(call.strip(), comments=True)
        if words:
            PARSERS[Path(script).name]().parse_args(words)


@pytest.mark.parametrize("script", PARSERS)
def test_a_script_can_be_run_and_says_without_an_environment_what_is_missing(script: str, tmp_path: Path) -> None:
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    done = subprocess.run([tmp_path / "tools" / "ci" / script, "x"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {tmp_path} has no .venv; run `pulumi install --no-plugins` there, then this again\n"
    )
    done = subprocess.run([ROOT / "tools" / "ci" / script, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: tools/ci/{script} ")


def test_the_cli_is_the_one_that_is_tested() -> None:
    (cli,) = re.findall(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)", (ROOT / "tools/pulumi/cli/go.mod").read_text())
    assert loaded("github.yml")["env"]["PULUMI_VERSION"] == cli
    assert loaded("gitlab-ci.yml")["default"]["image"].endswith(f":{cli}")


def test_a_forks_pull_request_gets_no_job_and_no_secret() -> None:
    github, gitlab = loaded("github.yml"), loaded("gitlab-ci.yml")
    events = github[True]  # YAML 1.1 reads `on` as a boolean
    assert "pull_request_target" not in events
    jobs = github["jobs"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in jobs["preview"]["if"]
    assert [name for name, job in jobs.items() if "pull_request" in job["if"]] == ["preview"]
    (rule,) = gitlab["preview"]["rules"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID" in rule["if"]


def test_only_jobs_of_main_get_the_ssh_key_and_each_in_its_environment() -> None:
    jobs = loaded("github.yml")["jobs"]
    assert {name for name, job in jobs.items() if "SSH_PRIVATE_KEY" in str(job)} == {"apply", "drift"}
    assert {name for name, job in jobs.items() if "environment" in job} == {"apply", "drift"}
    gitlab = {name: job for name, job in loaded("gitlab-ci.yml").items() if "script" in job}
    assert {name for name, job in gitlab.items() if "SSH_PRIVATE_KEY" in str(job)} == {"apply", "drift"}
    assert {name for name, job in gitlab.items() if "environment" in job} == {"apply", "drift"}


def test_no_text_of_a_request_gets_into_a_shell() -> None:
    """A branch's name or an input inside of `run` would be executed; in `env` it is a value."""
    steps = [step for job in loaded("github.yml")["jobs"].values() for step in job["steps"]]
    assert len(steps) > 12
    assert [step for step in steps if "${{" in step.get("run", "")] == []


def test_one_run_of_a_stack_at_a_time() -> None:
    apply_job = loaded("github.yml")["jobs"]["apply"]
    assert apply_job["concurrency"]["cancel-in-progress"] is False
    assert loaded("gitlab-ci.yml")["apply"]["resource_group"]


def test_the_token_of_a_job_may_do_no_more_than_it_needs() -> None:
    github = loaded("github.yml")
    assert github["permissions"] == {"contents": "read"}
    given = {name: job.get("permissions") for name, job in github["jobs"].items()}
    assert given["preview"] == {"contents": "read", "pull-requests": "write"}
    assert given["apply"] == {"contents": "read", "pull-requests": "read"}
    assert given["drift"] is None
