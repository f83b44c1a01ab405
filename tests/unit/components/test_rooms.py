"""The rules of the rooms, each read from the source: who may know what, and where a thing stands once."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.services import SERVICES
from components.services.option import ANY, BACKEND, Option
from components.services.service import AnyService
from components.settings.releases import RELEASES
from components.stack.declare import RESOURCES
from components.stack.parse import parse
from components.stack.wire import wire
from docs.examples.gnocchi import GNOCCHI
from providers.models import Desired
from tests.golden.variants import CHANGES, REPOSITORY
from tests.unit.test_boundaries import imports, sources

from .graph import raw, settings

ROOT = Path(__file__).parents[3]
ROOMS = ["components.services." + service.name for service in SERVICES] + ["docs.examples.gnocchi"]
LIST = "components/services/__init__.py"
NEIGHBOURS = "components/services/neighbours.py"


def modules(*folders: str) -> dict[str, Path]:
    """Return the modules below some folders by their dotted names."""
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_settings_the_protocol_models_and_formats_and_no_other_room(room: str) -> None:
    known = (room, "components.settings", "components.services", "providers.models", "providers.formats")
    others = [other for other in ROOMS if other != room]
    found = {
        imported
        for name, file in modules("components", "docs/examples").items()
        if inside(name, room)
        for imported, _ in imports(name, file)
    }
    project = {
        imported
        for imported in found
        if imported.split(".")[0] in ("components", "providers", "commands", "docs", "pulumi")
    }
    assert project
    assert {imported for imported in project if not any(inside(imported, allowed) for allowed in known)} == set()
    assert {imported for imported in project if any(inside(imported, other) for other in others)} == set()


def test_settings_know_no_service_and_no_graph() -> None:
    for name, file in modules("components/settings").items():
        project = {
            imported
            for imported, _ in imports(name, file)
            if imported.split(".")[0] in ("components", "providers", "pulumi")
        }
        assert all(
            inside(imported, "components.settings") or inside(imported, "providers.formats") for imported in project
        ), name


def test_only_six_files_of_the_components_know_pulumi() -> None:
    knowing = {
        name
        for name, file in modules("components").items()
        if any(imported.split(".")[0] in ("pulumi", "pulumi_command") for imported, _ in imports(name, file))
    }
    assert knowing == {
        "components.stack.command_provider",
        "components.stack.declare",
        "components.stack.load",
        "components.stack.continue_on_error",
        "components.stack.end_with_the_engine",
        "components.stack.sdk_waits",
    }


def test_the_graph_is_wired_without_pulumi_and_without_a_way_to_a_machine() -> None:
    program = (
        "import sys; from components.stack.wire import wire; from components.stack.parse import parse;"
        f" settings = parse({raw()!r}); assert wire(settings, 'test').nodes;"
        " sys.exit(len({'pulumi', 'paramiko', 'openstack'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def names_a_service(file: Path) -> set[str]:
    """Return the identifiers that name a service, and the texts that are a service's name. Prose may name services."""
    names = {form for service in SERVICES for form in (service.name, service.label, service.component)}
    units = {daemon.unit for service in SERVICES for daemon in service.daemons.values()}
    words = re.compile(rf"(?:^|_)(?:{'|'.join(service.name for service in SERVICES)})(?:_|$)", re.IGNORECASE)
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                found |= {name} if words.search(name) else set()
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                found |= {name} if words.search(name.rpartition(".")[2]) or name in names else set()
            case ast.Constant(value=str(text)):
                found |= {text} if text in names | units else set()
    return found


def test_no_other_file_names_a_service() -> None:
    rooms = tuple(f"components/services/{service.name}/" for service in SERVICES)
    named = {
        str(path): found
        for file in modules("components", "providers", "commands").values()
        if (path := file.relative_to(ROOT)) and not str(path).startswith(rooms) and str(path) != LIST
        if (found := names_a_service(file))
    }
    # A driver of Glance's stores is called so, whatever service runs the driver.
    assert named == {"providers/openstack/stored_data.py": {"cinder"}}


@pytest.mark.parametrize("word", ["cinder_backup|CinderBackup|cinder-backup"])
def test_one_service_is_found_in_its_room_and_in_the_list(word: str) -> None:
    """The whole text counts here: comments, docstrings, messages."""
    found = subprocess.run(
        ["git", "grep", "-lE", word, "--", "components", "providers", "commands"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    elsewhere = {path for path in found if not path.startswith("components/services/cinder_backup/")}
    assert elsewhere <= {LIST, NEIGHBOURS}
    assert LIST in elsewhere


def adds(service: AnyService) -> dict[str, Any]:
    """Return the settings that put a service into the stack: those of the golden graph of the service's name."""
    if service is GNOCCHI:
        return {"gnocchi": {"hosts": ["controller1"], "pool": {"name": "metrics"}}}
    return {} if service.name in raw() else CHANGES[service.name]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_service_is_in_a_golden_graph(service: AnyService) -> None:
    assert service.name in raw(**CHANGES.get(service.name, {})), (
        f"tests/golden/variants.py needs a variant {service.name}"
    )


def rows(wanted: Callable[[Option[Any]], bool]) -> list[Any]:
    """Return the rows of all services that fit, each with its service."""
    return [
        pytest.param(service, row, id=f"{service.name} [{row.section}] {row.name}")
        for service in (*SERVICES, GNOCCHI)
        for row in service.options
        if wanted(row)
    ]


def test_an_option_stands_in_one_row() -> None:
    for service in (*SERVICES, GNOCCHI):
        places = [(row.section, row.name) for row in service.options]
        assert len(places) == len(set(places)), service.name


@pytest.mark.parametrize(("service", "row"), rows(lambda row: row.written and row.override == "never"))
def test_what_is_written_from_a_setting_is_protected_by_the_same_row(service: Any, row: Option[Any]) -> None:
    """Any option that is written, and that `options` may not win over, is refused there with the setting's name."""
    all_services = (*SERVICES, GNOCCHI)
    extra = {**adds(service), "release": [release for release in RELEASES if row.written_for(release)][-1]}
    mine = settings(all_services, **extra).of(service)
    section = next(iter(service.backends(mine))) if row.section == BACKEND else row.section
    part = {**raw(**extra)[service.name], "options": {section: {row.name: "x"}}}
    assert parse(raw(**{**extra, service.name: part}), services=all_services) == [
        f"ceph-openstack:{service.name}.options.{section}.{row.name}: is written from {row.setting}; set that instead"
    ]


@pytest.mark.parametrize(("service", "row"), rows(lambda row: bool(row.until)))
def test_what_no_release_reads_any_more_is_refused_by_its_row(service: Any, row: Option[Any]) -> None:
    section = "DEFAULT" if row.section == ANY else row.section
    extra = adds(service)
    part = {**raw(**extra)[service.name], "options": {section: {row.name: "x"}}}
    gone = {"release": row.until} if row.until in RELEASES else {}
    refused = parse(raw(**{**extra, **gone, service.name: part}), services=(*SERVICES, GNOCCHI))
    assert isinstance(refused, list)
    (line,) = refused
    assert line.startswith(f"ceph-openstack:{service.name}.options.{section}.{row.name}: ")
    assert line.endswith(row.instead)


def test_logical_names_and_component_types_are_made_in_one_file() -> None:
    """Elsewhere a node is added under a name that `names` has made, never under a text of its own."""
    for name, file in modules("components").items():
        tree = ast.parse(file.read_text())
        texts = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert name == "components.stack.names" or not any(
            "openstack:openstack" in text for text in texts - docs(tree)
        ), name
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) in ("draft.add", "draft.component"):
                assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr), f"{name}:{call.lineno}"


def docs(tree: ast.Module) -> set[str]:
    """Return the docstrings of a file."""
    owners = [owner for owner in ast.walk(tree) if isinstance(owner, ast.Module | ast.ClassDef | ast.FunctionDef)]
    return {
        owner.body[0].value.value
        for owner in owners
        if owner.body
        and isinstance(owner.body[0], ast.Expr)
        and isinstance(owner.body[0].value, ast.Constant)
        and isinstance(owner.body[0].value.value, str)
    }


def test_a_service_s_component_type_is_its_token() -> None:
    for service in SERVICES:
        types = {name: node.model for name, node in wire(settings(**adds(service)), "test").nodes.items()}
        assert vars(types[service.label]) == {"type": f"ceph-openstack:openstack:{service.component}"}


def test_no_import_leads_back() -> None:
    """Imports within functions and for types only count, too."""
    files = {**sources(), **modules("commands", "components", "providers")}
    graph = {
        name: {module for imported, _ in imports(name, file) if (module := _module(imported, files)) and module != name}
        for name, file in files.items()
    }
    assert len(graph) > 100
    assert [circle for name in graph if (circle := _way_back(graph, name))] == []


def _module(imported: str, files: dict[str, Path]) -> str | None:
    while imported and imported not in files:
        imported = imported.rpartition(".")[0]
    return imported or None


def _way_back(graph: dict[str, set[str]], start: str) -> list[str]:
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop()
        for step in graph[way[-1]]:
            if step == start:
                return [*way, start]
            if step not in seen:
                seen.add(step)
                ways.append([*way, step])
    return []


def test_a_circle_would_be_seen() -> None:
    assert _way_back({"a": {"b"}, "b": {"c"}, "c": {"a"}}, "a") == ["a", "b", "c", "a"]
    assert _way_back({"a": {"b"}, "b": set()}, "a") == []


def test_each_model_has_its_resource() -> None:
    wanted = {"cloud": "c", "volume_types": {"ceph": {}}, "images": {"i": {}}}
    made_of: dict[str, Any] = {
        "crush_rules": {"ssd": {}},
        "erasure_code_profiles": {"ec21": {"k": 2, "m": 1}},
        "key_type": "aes",
    }
    socket = {"admin socket": "/run/guests/$pid.asok"}
    changes = {
        "openstack": wanted,
        "packages": {"repository": REPOSITORY},
        "nova__client_options": socket,
        "visible_copies": True,
        "cluster__selinux_type": "etc_t",
        **{f"cluster__{name}": things for name, things in made_of.items()},
    }
    nodes = wire(settings(**changes), "test").nodes.values()
    models = {type(node.model) for node in nodes if isinstance(node.model, Desired)}
    assert models == set(RESOURCES)


def test_every_node_comes_after_its_parent_and_after_all_that_it_needs() -> None:
    made: set[str] = set()
    for name, node in wire(settings(nova__hosts=["controller1", "compute1"]), "test").nodes.items():
        assert node.needs <= made, name
        assert not node.parent or node.parent in made, name
        made.add(name)
