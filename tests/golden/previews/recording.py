"""Recording: previews of stack dev on the real engine, from no state, from one of an earlier version, and from ours.

No host is reached. A state of ours is made of what the first preview sends, because the lab has wired only the states
in `tests/golden/states`, which are of an earlier version.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.unit import sdks
from tests.unit.launcher.test_engine import Project

FOLDER = Path(__file__).parent
STATES = sdks.CHECKOUT / "tests" / "golden" / "states"
IN_EACH_RUN_ANOTHER = ("sourcePosition", "stackTrace", "created", "modified", "propertyDependencies", "dependencies")
Settings = dict[str, Any]
Document = dict[str, Any]


def _rotated(settings: Settings) -> None:
    settings["cinder"]["user"] = {"name": "cinder", "generation": 2}


def _option(settings: Settings) -> None:
    settings["cinder"]["options"] = {"ceph": {"rbd_flatten_volume_from_snapshot": True}}


def _removed(settings: Settings) -> None:
    del settings["cinder_backup"]


def _adopting(settings: Settings) -> None:
    settings["adopt"] = True


def _wrong(settings: Settings) -> None:
    settings["glance"]["pool"]["name"] = "no/pool"


def _same(_: Settings) -> None:
    pass


LEFT: dict[str, tuple[dict[str, Any], list[str]]] = {
    "cinder-pool": ({"size": 3}, ["ceph osd pool set volumes size 1"]),
    "cinder-user": (
        {"caps": {"mon": "allow r", "osd": "allow rwx pool=volumes, allow rwx pool=vms, allow rx pool=images"}},
        ["ceph auth caps client.cinder mgr 'profile rbd pool=volumes, profile rbd pool=vms' mon 'profile rbd' osd …"],
    ),
    "cinder-keyring-controller1": (
        {"mode": "0644"},
        ["chmod 0640 /etc/ceph/ceph.client.cinder.keyring"],
    ),
    "glance-config-controller1": (
        {"sections": {"rbd": {"rbd_store_chunk_size": "4"}}},
        ["write /etc/glance/glance-api.conf"],
    ),
    "glance-api-controller1": ({}, ["systemctl restart glance-api.service after /etc/glance/glance-api.conf"]),
}
"""What an adoption has left to the next run: what was found other than wanted, and what the run would do."""


class Recording:
    """A project with settings of its own for each preview.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.settings: Settings = yaml.safe_load((STATES / "dev.yaml").read_text())
        self.project = Project(folder, "dev", self.settings)
        self.project.definition["runtime"]["options"]["virtualenv"] = str(sdks.environment("installed"))
        assert self.project.pulumi("stack", "init").returncode == 0
        self.nothing = self._exported()

    def _exported(self) -> Document:
        found: Document = json.loads(self.project.pulumi("stack", "export").stdout)
        return found

    def preview(self, change: Callable[[Settings], None], state: Document) -> Document:
        """Return what the CLI writes for changed settings and a state."""
        settings = copy.deepcopy(self.settings)
        change(settings)
        self.project.write(settings)
        file = self.project.folder / "state.json"
        file.write_text(json.dumps(state))
        done = self.project.pulumi("stack", "import", "--file", str(file))
        assert done.returncode == 0, done.stdout
        document: Document = json.loads(self.project.pulumi("preview", "--json").stdout)
        return _lasting(document)

    def previews(self) -> Iterator[tuple[str, Document]]:
        """Yield name and document of every recorded preview."""
        first = self.preview(_same, self.nothing)
        adopting = self.preview(_adopting, self.nothing)
        before, ours = json.loads((STATES / "dev.json").read_text()), state_of(first, {})
        yield "first", first
        yield "empty", self.preview(_same, ours)
        yield "rotation", self.preview(_rotated, ours)
        yield "rotation_of_an_older_state", self.preview(_rotated, before)
        yield "option", self.preview(_option, ours)
        yield "removal", self.preview(_removed, ours)
        yield "taking_over", adopting
        yield "taken_over", self.preview(_adopting, state_of(adopting, LEFT))
        yield "failed", self.preview(_wrong, ours)

    def some(self) -> Iterator[tuple[str, Document]]:
        """Yield two of them, which take no state of ours."""
        yield "first", self.preview(_same, self.nothing)
        yield "rotation_of_an_older_state", self.preview(_rotated, json.loads((STATES / "dev.json").read_text()))


def state_of(preview: Document, left: dict[str, tuple[dict[str, Any], list[str]]]) -> Document:
    """Return the state that a run leaves which makes all that a preview shows.

    Args:
        preview: A preview that begins with nothing.
        left: Logical name to what was found other than wanted, and to what the adoption leaves to the next run.
    """
    state: Document = json.loads((STATES / "dev.json").read_text())
    new = {step["urn"]: step["newState"] for step in preview["steps"]}
    for row in state["deployment"]["resources"]:
        if row["urn"] in new and row.get("custom") and not row["type"].startswith("pulumi:providers:"):
            found, pending = left.get(row["urn"].rpartition("::")[2], ({}, []))
            row["inputs"] = new[row["urn"]]["inputs"]
            outputs = _merged(row["inputs"], found)
            row["outputs"] = {**outputs, "pending": pending, "reached": row["outputs"]["reached"]}
    return state


def _merged(into: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs with what was found; `caps` are found as a whole."""
    made = copy.deepcopy(into)
    for name, value in more.items():
        if name != "sections":
            made[name] = value
            continue
        for section, options in value.items():
            made["sections"][section].update(options)
    return made


def _lasting(document: Document) -> Document:
    """Return a preview without what is another in each run, the steps sorted."""
    steps = [
        {name: _state(value) if name in ("oldState", "newState") else value for name, value in step.items()}
        for step in document.get("steps") or []
    ]
    return {**document, "duration": 0, "steps": sorted(steps, key=lambda step: str(step["urn"]))}


def _state(state: Document) -> Document:
    return {name: value for name, value in state.items() if name not in IN_EACH_RUN_ANOTHER}


def written(preview: Document, path: Path) -> Path:
    """Write a preview with a line for each step, and return its path."""
    steps = ",\n".join(json.dumps(step, sort_keys=True) for step in preview["steps"])
    rest = json.dumps({name: value for name, value in preview.items() if name != "steps"}, sort_keys=True)
    path.write_text(f'{{"steps": [\n{steps}\n],\n{rest[1:]}\n')
    return path
