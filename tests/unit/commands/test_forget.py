"""A host that is gone for good leaves an exported state: the edit on states of the lab, and the way by the real CLI."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands.__main__ import main
from commands.forget.exported_state import ENCRYPTED, ExportedState
from commands.forget.forgetting import forget
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings
from components.stack.wire import wire
from providers.models import GuardDesired
from tests.live.stack import Stack

STATES = Path(__file__).parents[2] / "golden" / "states"
WIDE = ExportedState.read(STATES / "wide.json")
GONE_FROM_WIDE = [row for row in WIDE.resources if (row.get("inputs") or {}).get("host") == "compute1"]


def edited(change: Callable[[dict[str, Any]], object]) -> ExportedState:
    """Return the state of the wide stack after a change of its document."""
    document = copy.deepcopy(WIDE.document)
    change(document["deployment"])
    return ExportedState(document)


def row_of(state: ExportedState, name: str) -> dict[str, Any]:
    return next(row for row in state.resources if row["urn"].endswith(f"::{name}"))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder without settings, because the command enters its project's folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    path = tmp_path / "S.json"
    path.write_text((STATES / "wide.json").read_text())
    return path


def write_settings(folder: Path, change: Callable[[dict[str, Any]], object] = lambda _: None) -> None:
    settings = yaml.safe_load((STATES / "wide.yaml").read_text())
    change(settings)
    config = {f"ceph-openstack:{name}": value for name, value in settings.items()}
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))


def test_nothing_in_the_state_names_the_host_afterwards_but_the_settings_of_the_last_run() -> None:
    forgotten = forget(WIDE, "compute1")
    text = json.dumps([row for row in forgotten.state.resources if not row["type"].startswith("pulumi:providers")])
    assert "compute1" not in text
    assert len(forgotten.gone) == len(GONE_FROM_WIDE) == 13
    assert len(forgotten.state.resources) == len(WIDE.resources) - 13


def test_what_does_not_name_the_host_stays_to_the_byte_and_in_its_order() -> None:
    forgotten = forget(WIDE, "compute1")
    urns = {row["urn"] for row in GONE_FROM_WIDE}
    assert [row["urn"] for row in forgotten.state.resources] == [
        row["urn"] for row in WIDE.resources if row["urn"] not in urns
    ]
    for row in forgotten.state.resources:
        before = next(other for other in WIDE.resources if other["urn"] == row["urn"])
        assert row == before or row["urn"] in forgotten.edited
    assert [urn.rpartition("::")[2] for urn in forgotten.edited] == ["guard", "gate"]
    assert {k: v for k, v in forgotten.state.document["deployment"].items() if k != "resources"} == {
        k: v for k, v in WIDE.document["deployment"].items() if k != "resources"
    }


@pytest.mark.parametrize("name", ["gate", "guard"])
@pytest.mark.parametrize("part", ["inputs", "outputs"])
def test_gate_and_guard_look_at_the_secrets_of_the_other_hosts_only(name: str, part: str) -> None:
    before, after = row_of(WIDE, name), row_of(forget(WIDE, "compute1").state, name)
    expected = [place for place in before[part]["secrets"] if place["host"] == "compute2"]
    assert len(expected) == 3
    assert after[part] == {**before[part], "secrets": expected}


def settings_of(change: Callable[[dict[str, Any]], object]) -> StackSettings:
    raw = yaml.safe_load((STATES / "wide.yaml").read_text())
    change(raw)
    parsed = parse(raw)
    assert isinstance(parsed, StackSettings), parsed
    return parsed


def as_before(given: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs of a gate or guard as the last version sent them."""
    looks_at = given.pop("looks_at")
    secrets = [{"host": host, "uuid": uuid} for host, uuids in looks_at.pop("secrets").items() for uuid in uuids]
    return {**given, **looks_at, "secrets": secrets}


def with_guards_of(state: ExportedState, settings: StackSettings, *, former: bool) -> ExportedState:
    """Return the state as an `up` with these settings leaves gate and guard."""
    document = copy.deepcopy(state.document)
    for name, node in wire(settings, "dev").nodes.items():
        if isinstance(node.model, GuardDesired):
            row = row_of(ExportedState(document), name)
            given = node.model.as_given()
            row["inputs"] = {"__provider": "x", **(as_before(given) if former else given)}
            row["outputs"] = {**row["inputs"], "pending": [], "reached": {}}
    return ExportedState(document)


@pytest.mark.parametrize("former", [False, True], ids=["now", "last version"])
@pytest.mark.parametrize("without", [["compute1"], ["compute1", "compute2"]], ids=["one of two", "all"])
def test_gate_and_guard_become_what_the_settings_without_the_host_make_of_them(
    without: list[str], former: bool
) -> None:
    def leave_out(raw: dict[str, Any]) -> None:
        for host in without:
            del raw["hosts"][host]
        raw["nova"]["hosts"] = [host for host in raw["nova"]["hosts"] if host not in without]
        if not raw["nova"]["hosts"]:
            del raw["nova"]

    before = with_guards_of(WIDE, settings_of(lambda _: None), former=former)
    after = before
    for host in without:
        after = forget(after, host).state
    wanted = with_guards_of(after, settings_of(leave_out), former=former)
    for name in ("gate", "guard"):
        mine, theirs = row_of(after, name)["inputs"], row_of(wanted, name)["inputs"]
        mine, theirs = (inputs.get("looks_at", inputs) for inputs in (mine, theirs))
        by_host = ("secrets", "places", "files")
        assert {field: mine.get(field) for field in by_host} == {field: theirs.get(field) for field in by_host}
        assert not any(host in json.dumps(row_of(after, name)) for host in without)


def test_references_of_every_kind_go() -> None:
    gone = GONE_FROM_WIDE[0]["urn"]

    def refer(deployment: dict[str, Any]) -> None:
        last = deployment["resources"][-1]
        last["propertyDependencies"] = {"pools": [gone, "urn:other"], "fsid": None}
        last["deletedWith"] = gone
        last["replaceWith"] = [gone]

    last = forget(edited(refer), "compute1").state.resources[-1]
    assert last["propertyDependencies"] == {"pools": ["urn:other"], "fsid": None}
    assert "deletedWith" not in last
    assert last["replaceWith"] == []


def test_pending_operations_of_the_host_go_and_those_of_others_stay() -> None:
    gone, other = GONE_FROM_WIDE[0], row_of(WIDE, "nova-config-compute2")
    needs = {**other, "dependencies": [gone["urn"], "urn:other"]}

    def pend(deployment: dict[str, Any]) -> None:
        deployment["pending_operations"] = [
            {"resource": gone, "type": "updating"},
            {"resource": needs, "type": "updating"},
        ]

    forgotten = forget(edited(pend), "compute1")
    left = forgotten.state.document["deployment"]["pending_operations"]
    assert [operation["resource"]["dependencies"] for operation in left] == [["urn:other"]]
    assert forgotten.operations == 1


HIDDEN = {ENCRYPTED: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:AAAA"}


@pytest.mark.parametrize("secret", [{"secrets": HIDDEN}, {"looks_at": {"secrets": HIDDEN}}, {"looks_at": HIDDEN}])
def test_an_encrypted_value_is_left_as_it_is_and_named(
    secret: dict[str, Any], tmp_path: Path, exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def hide(deployment: dict[str, Any]) -> None:
        row = next(row for row in deployment["resources"] if row["urn"].endswith("::gate"))
        row["inputs"] |= secret

    exported.write_text(json.dumps(edited(hide).document))
    assert main(["forget", "--host", "compute1", str(exported), "-o", str(tmp_path / "out.json")]) == 0
    assert row_of(ExportedState.read(tmp_path / "out.json"), "gate")["inputs"].items() >= secret.items()
    assert "warning: gate has an encrypted value that may name the host; it is left as it is" in capsys.readouterr().out


def test_it_says_what_goes_what_stays_and_what_else_to_do(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forget", "--host", "compute1", str(exported), "--project", str(exported.parent)]) == 0
    said = capsys.readouterr().out
    new = exported.with_name("S-without-compute1.json")
    assert f"compute1 goes from the state of stack dev, in {new}: 13 resources go, 52 stay" in said
    for words in (
        "nova-secret-g2-compute1: libvirt secret f21514ff-33da-59f7-8261-5df4fbec59b7 on compute1",
        "its journal, /var/lib/ceph-openstack/dev/",
        "the keys of client.cinder, client.nova, client.nova-g2, on its disk",
        "locks of guests",
        f"pulumi stack import -s dev --file {new}",
        "python -m commands undo --stack dev --host compute1 --really",
    ):
        assert words in said
    assert "__provider" not in said
    assert new.stat().st_mode & 0o777 == 0o600


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["forget", *arguments]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


def test_an_unknown_host_is_refused_with_the_name_that_was_meant(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(["--host", "compute11", str(exported)], capsys)
    assert 'stack dev has nothing on host compute11; did you mean "compute1"?' in said
    said = refusal(["--host", "zzz", str(exported)], capsys)
    assert "it has compute1, compute2, controller1" in said


def test_a_state_of_another_project_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "S.json"
    path.write_text(json.dumps(WIDE.document).replace("::ceph-openstack::", "::web::"))
    assert "is the state of project web, and this edits states of ceph-openstack only" in refusal(
        ["--host", "compute1", str(path)], capsys
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"deployment": {"resources": null}}'])
def test_what_is_no_exported_state_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    path = tmp_path / "S.json"
    path.write_text(text)
    assert "name what `pulumi stack export --file` wrote" in refusal(["--host", "compute1", str(path)], capsys)
    assert "name what" in refusal(["--host", "compute1", str(tmp_path / "none.json")], capsys)


def test_the_admin_host_of_the_last_run_is_refused(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(["--host", "ceph1", str(exported), "--project", str(exported.parent)], capsys)
    assert "ceph1: is the admin host" in said
    assert "cluster.admin_host of Pulumi.dev.yaml" in said


def test_the_admin_host_of_the_settings_is_refused_where_they_can_be_read(
    exported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_settings(exported.parent, lambda settings: settings["cluster"].update(admin_host="compute2"))
    said = refusal(["--host", "compute2", str(exported), "--project", str(exported.parent)], capsys)
    assert "compute2: is the admin host" in said


def test_settings_that_still_name_the_host_are_a_warning(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_settings(exported.parent)
    assert main(["forget", "--host", "compute1", str(exported), "--project", str(exported.parent)]) == 0
    assert [line.split(";")[0] for line in capsys.readouterr().err.splitlines()] == [
        "warning: Pulumi.dev.yaml still names compute1 in nova.hosts",
        "warning: Pulumi.dev.yaml still names compute1 in hosts",
    ]


def test_a_file_that_is_there_is_not_overwritten(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = exported.read_bytes()
    said = refusal(["--host", "compute1", str(exported), "-o", str(exported)], capsys)
    assert "is there already, and is not overwritten" in said
    assert exported.read_bytes() == before


def without_compute1(settings: dict[str, Any]) -> None:
    del settings["hosts"]["compute1"]
    settings["nova"]["hosts"].remove("compute1")


def test_after_the_import_a_preview_without_the_host_changes_and_deletes_nothing(tmp_path: Path) -> None:
    """The real CLI with a file backend. The advice of former times is refused by the guard, which is shown first."""
    stack = Stack(tmp_path, name="dev")
    stack.settings = yaml.safe_load((STATES / "wide.yaml").read_text())
    stack.write()
    stack.pulumi("stack", "import", "--stack", "dev", "--file", str(STATES / "wide.json")).ok()
    urn = row_of(WIDE, "nova-config-compute1")["urn"]
    refused = stack.pulumi("state", "delete", urn, "--stack", "dev", "--yes")
    assert refused.status != 0
    assert "depend" in refused.output
    exported, new = tmp_path / "S.json", tmp_path / "new.json"
    stack.pulumi("stack", "export", "--stack", "dev", "--file", str(exported)).ok()
    words = ["forget", "--host", "compute1", str(exported), "-o", str(new), "--project", str(stack.folder)]
    assert main(words) == 0
    stack.pulumi("stack", "import", "--stack", "dev", "--file", str(new)).ok()
    without_compute1(stack.settings)
    stack.write()
    done = stack.preview("--expect-no-changes").ok()
    assert done.output.rstrip().endswith("Resources:\n    51 unchanged"), done.output[-2000:]
