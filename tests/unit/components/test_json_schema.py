"""The JSON Schema of Pulumi.<stack>.yaml: it is fresh, and says of settings what the program says, as far as it can."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from commands.pulumi_yaml import PulumiLoader
from components.services import SERVICES
from components.stack.describe import SCHEMA, schema_text
from components.stack.json_schema import stack_schema
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from docs.examples.gnocchi import GNOCCHI
from tests.golden.variants import variants

from .graph import raw
from .test_settings import REFUSED

ROOT = Path(__file__).resolve().parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

CANNOT_SAY = {
    # What a setting of another place says: names of hosts, pools, users, back ends, and which services there are.
    "admin as the user before",
    "admin host",
    "attach-only elsewhere",
    "back end's name as an extra spec",
    "host not in hosts",
    "host twice",
    "hosts whose resources would have one name",
    "jump through itself",
    "jump through nobody",
    "list of another service in the same file",
    "min_size",
    "no pool",
    "nobody to share",
    "nothing to attach",
    "one option of one file with two values",
    "one pinned uuid for two users",
    "one usage name for two users",
    "option that direct snapshots need",
    "pool for nobody",
    "pool that only one of two says it shares",
    "schedule of a pool that is not made ready",
    "shared pool",
    "shared pool that is wanted in two ways",
    "shared user",
    "two back ends of one section",
    "user for nobody",
    "volume type of a back end that is none",
    "volume type of one of several back ends",
    "volume type without Cinder",
    # What a service's rows say of options, and what a release reads.
    "back end called like the section Default",
    "back end called like the section backend_defaults",
    "back end called like the section keystone_authtoken",
    "back end called like the section nova",
    "back end called like the section oslo_concurrency",
    "dead option",
    "force_raw_images",
    "id of our own",
    "owned option",
    "property that is none",
    "section of a back end",
    "store called like a section that means something else",
    "unknown section",
    # What the reader of a file makes of a value, and whether a value is a key.
    "comment in an option of ceph.conf",
    "folder of guests that no directory can be",
    "key as a value",
    "option in quotes",
    "option of ceph.conf in two spellings",
    "socket that a reboot takes away",
    "socket that a reboot takes away, with two blanks",
    "a log of guests that no boot could make the folders of",
    "a socket of every client below /run",
    "a name with a hyphen, which Ceph reads in no file",
    "AppArmor for nothing",
    "AppArmor on RHEL",
    "a folder that AppArmor would read as a pattern",
    "a mode of caching for no kind of disk",
    "values of options that do harm",
}
"""Cases of `REFUSED` that the schema lets through, for the program to refuse."""

OTHER_SPELLINGS: dict[str, dict[str, Any]] = {
    "a number in quotes": {"glance__pool__size": "3"},
    "a word for true": {"adopt": "yes"},
    "a setting with nothing behind the colon": {"glance__pool": {"name": "images", "size": None}},
}
"""Settings that the program takes, and that the schema wants in the plain form."""


def faults(settings: dict[str, Any], **further: Any) -> list[str]:
    """Return what the schema finds wrong with a file that holds these settings, each with its place."""
    document = {"config": {f"ceph-openstack:{name}": value for name, value in settings.items()}, **further}
    found = jsonschema.Draft7Validator(stack_schema()).iter_errors(document)
    return sorted(f"{fault.json_path}: {fault.message}" for fault in found)


def test_the_schema_is_not_stale_and_is_one() -> None:
    assert (ROOT / SCHEMA).read_text() == schema_text(), "run `make generate`"
    jsonschema.Draft7Validator.check_schema(stack_schema())


@pytest.mark.parametrize("case", REFUSED, ids=[case[0] for case in REFUSED])
def test_what_the_program_refuses_the_schema_refuses_or_cannot_say(
    case: tuple[str, dict[str, Any], list[str]],
) -> None:
    name, changes, _ = case
    assert (not faults(raw(**changes))) == (name in CANNOT_SAY)


def test_what_the_schema_cannot_say_is_a_case() -> None:
    assert {name for name, _, _ in REFUSED} >= CANNOT_SAY


@pytest.mark.parametrize("name", variants())
def test_what_the_program_accepts_the_schema_accepts(name: str) -> None:
    assert faults(variants()[name]) == []


@pytest.mark.parametrize("name", OTHER_SPELLINGS)
def test_the_schema_wants_the_plain_form(name: str) -> None:
    settings = raw(**OTHER_SPELLINGS[name])
    assert isinstance(parse(settings), StackSettings)
    assert len(faults(settings)) == 1


@pytest.mark.parametrize("release", ["havana", "zed", "caracal", "2025.1", 2025.1, 2026.2])
def test_a_release_needs_no_quotes(release: Any) -> None:
    assert faults(raw(release=release)) == []


@pytest.mark.parametrize("release", ["zedd", "essex", 2025.3, 2025])
def test_a_release_is_one_that_the_program_knows(release: Any) -> None:
    assert len(faults(raw(release=release))) == 1


@pytest.mark.parametrize("adopt", [True, "true", "false"])
def test_a_boolean_may_stand_in_quotes_as_pulumi_config_set_writes_it(adopt: Any) -> None:
    assert isinstance(parse(raw(adopt=adopt)), StackSettings)
    assert faults(raw(adopt=adopt)) == []


def test_values_of_options_need_no_quotes() -> None:
    options = {"libvirt": {"a": True, "b": 5, "c": 0.5, "d": "x", "e": ""}}
    assert faults(raw(nova__options=options)) == []
    assert faults(raw(cinder__options={"ceph": {"a": ["x"]}})) == [
        "$.config['ceph-openstack:cinder'].options.ceph.a: ['x'] is not of type 'string', 'boolean', 'number'"
    ]


def test_a_fault_names_what_is_wrong_and_not_the_choices() -> None:
    assert faults(raw(ssh__jump={"adress": "x"})) == [
        "$.config['ceph-openstack:ssh'].jump: 'address' is a required property",
        "$.config['ceph-openstack:ssh'].jump: Additional properties are not allowed ('adress' was unexpected)",
    ]
    assert faults(raw(glance__pool__size="many")) == [
        "$.config['ceph-openstack:glance'].pool.size: 'many' is not of type 'integer'"
    ]
    text = json.dumps(stack_schema())
    assert not re.search(r'"(?:anyOf|oneOf|ge|le|gt|lt)":|"null"', text)


def test_every_setting_has_a_description() -> None:
    without = [
        f"{model}.{name}"
        for model, part in stack_schema()["$defs"].items()
        for name, setting in part.get("properties", {}).items()
        if not setting.get("description")
    ]
    assert without == []


def test_what_pulumi_and_other_projects_write_is_let_through() -> None:
    assert faults(raw(), encryptionsalt="v1:x", secretsprovider="passphrase", encryptedkey="x", future={}) == []
    document = {"config": {"aws:region": "x", "other:config": {"a": 1}}, "environment": ["prod"]}
    assert list(jsonschema.Draft7Validator(stack_schema()).iter_errors(document)) == []


@pytest.mark.parametrize("document", [{"config": {"release": "zed"}}, {"ceph-openstack:release": "zed"}, {}])
def test_a_setting_without_its_prefix_or_place_is_a_fault(document: dict[str, Any]) -> None:
    assert list(jsonschema.Draft7Validator(stack_schema()).iter_errors(document))


def test_a_newcomer_is_in_the_schema() -> None:
    schema = stack_schema((*SERVICES, GNOCCHI))
    assert "ceph-openstack:gnocchi" in schema["properties"]["config"]["properties"]


def blocks() -> list[Any]:
    """Return the YAML blocks of all pages that have settings."""
    return [
        pytest.param(found, id=f"{page.relative_to(ROOT)}, block {number}")
        for page in PAGES
        for number, found in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL), start=1)
        if "ceph-openstack:" in found
    ]


def test_there_are_blocks() -> None:
    assert len(blocks()) > 5


@pytest.mark.parametrize("text", blocks())
def test_every_block_of_settings_in_the_documentation_is_valid(text: str) -> None:
    """A block that shows single settings is looked at as if it stood in the lab's file, and `…` is the rest there."""
    shown: Any = yaml.load(re.sub(r"(?m)^ *…\n|…, ", "", text), PulumiLoader)  # noqa: S506 - a SafeLoader
    whole: Any = yaml.load((ROOT / "Pulumi.dev.yaml").read_text(), PulumiLoader)  # noqa: S506 - a SafeLoader
    config = dict(whole["config"])
    for name, value in shown.get("config", shown).items():
        rest = config.get(name) if "…, " in text else None
        config[name] = {**rest, **value} if isinstance(rest, dict) else value
    found = jsonschema.Draft7Validator(stack_schema()).iter_errors({**whole, "config": config})
    assert [fault.message for fault in found] == []


def test_the_lab_s_file_names_its_schema_and_is_valid_by_it() -> None:
    first = (ROOT / "Pulumi.dev.yaml").read_text().splitlines()[0]
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert named
    words = [sys.executable, "-m", "check_jsonschema", "--schemafile", named[1], "Pulumi.dev.yaml"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
