"""Who may import whom: the lines of the architecture, read from the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AGENT = "providers.reach.agent"
KNOW_PULUMI = ("providers.base", "providers.resources", "providers.launcher")


def sources() -> dict[str, Path]:
    """Return the modules of this project by their dotted names."""
    files = [*ROOT.glob("*.py"), *ROOT.glob("providers/**/*.py"), *ROOT.glob("components/**/*.py")]
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


def imports(name: str, file: Path) -> Iterator[tuple[str, bool]]:
    """Yield the full name of each import, and whether it is for types only."""
    tree = ast.parse(file.read_text())
    typing = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    package = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node in typing) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((f"{module}.{alias.name}", node in typing) for alias in node.names)


def importers(target: str, among: str = "") -> set[str]:
    """Return the modules that import `target` or something in it."""
    return {
        name
        for name, file in sources().items()
        if name == among or name.startswith(f"{among}.") or not among
        for imported, _ in imports(name, file)
        if imported == target or imported.startswith(f"{target}.")
    }


def test_reads_the_source() -> None:
    assert "providers.reach.ssh" in importers("paramiko")
    assert "providers.base" in importers("pulumi", "providers")
    assert "components.stack.parse" in sources()
    found = imports("components.stack.parse", sources()["components.stack.parse"])
    assert ("components.stack.checks.problems", False) in set(found)


def test_below_base_nothing_knows_pulumi() -> None:
    strangers = importers("pulumi", "providers") | importers("pulumi_command", "providers")
    assert {name for name in strangers if not name.startswith(KNOW_PULUMI)} == set()


def test_nothing_below_imports_what_knows_pulumi() -> None:
    for module in KNOW_PULUMI:
        assert {name for name in importers(module, "providers") if not name.startswith(KNOW_PULUMI)} == set()


def test_only_one_file_knows_paramiko() -> None:
    assert importers("paramiko") == {
        "providers.reach.ssh",
        "providers.reach.ssh_connection",
        "providers.reach.ssh_errors",
    }


def test_components_do_not_know_how_a_host_is_reached() -> None:
    assert importers("providers.reach", "components") == set()


FLOORS = ("providers.formats", "providers.reach")


def test_each_floor_of_the_providers_knows_only_those_below_it() -> None:
    """`formats` knows nothing, `reach` knows `formats`, all else knows both. Errors and redaction are everybody's."""
    everybody = ("providers.errors", "providers.redaction")
    for number, floor in enumerate(FLOORS):
        below = (*FLOORS[: number + 1], *everybody)
        used = {
            (name, imported)
            for name, file in sources().items()
            if name.startswith(f"{floor}.")
            for imported, _ in imports(name, file)
            if imported.startswith(("providers.", "components.", "commands."))
        }
        assert {(name, what) for name, what in used if not what.startswith(below)} == set()
    assert importers("components", "providers") == set()


def test_the_agent_imports_the_standard_library_and_itself() -> None:
    for name, file in sources().items():
        if name == AGENT or name.startswith(f"{AGENT}."):
            for imported, _ in imports(name, file):
                own = imported.startswith(f"{AGENT}.")
                # In agent/libvirt.py `libvirt` is imported by name, when it is asked for: see opened_once.imported.
                assert own or imported.split(".")[0] in sys.stdlib_module_names, f"{file}: {imported}"


def test_the_agent_is_nobodys_library() -> None:
    """The agent is sent as text, because an import here would run the agent under this Python and this user."""
    assert {name for name in importers(AGENT) if not name.startswith(f"{AGENT}.")} == set()


def test_nothing_at_the_root_hides_a_module_of_the_standard_library() -> None:
    """The project's folder is on the import path of the provider process."""
    names = {entry.stem for entry in ROOT.iterdir() if entry.suffix == ".py" or entry.is_dir()}
    assert names & (set(sys.stdlib_module_names) - {"__main__"}) == set()


def test_nothing_at_the_root_hides_an_installed_package() -> None:
    from importlib.metadata import packages_distributions

    names = {
        entry.stem for entry in ROOT.iterdir() if entry.suffix == ".py" or (entry.is_dir() and any(entry.glob("*.py")))
    }
    assert names & set(packages_distributions()) == set()


@pytest.mark.parametrize("module", ["providers.resources", "providers.reach.ssh"])
def test_a_preview_does_not_pay_for_ssh(module: str) -> None:
    program = f"import sys, {module}; sys.exit('paramiko' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_no_error_names_one_command_where_any_may_have_met_it() -> None:
    """A refresh, a destroy and `commands undo` run into the same refusals as an up: they say `run again`."""
    told = {name for name, file in sources().items() if "run `pulumi up` again" in file.read_text()}
    assert told == set()
