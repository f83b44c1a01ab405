"""Recorded previews, and documents like them for what no recorded preview has."""

from __future__ import annotations

import copy
import json
from typing import Any

from commands.report.preview import Preview
from tests.golden.previews.recording import FOLDER

Document = dict[str, Any]
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
DYNAMIC = "pulumi-python:dynamic/"


def document(name: str) -> Document:
    """Return a recorded preview."""
    found: Document = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def parsed(made: Document) -> Preview:
    return Preview.parse(json.dumps(made))


def step(kind: str, name: str, *, old: Document | None = None, new: Document | None = None, **more: Any) -> Document:
    """Return a step of a preview; `pending` is what an adoption left."""
    op = "update" if old and new else "create" if new else "delete"
    urn = f"urn:pulumi:dev::ceph-openstack::{DYNAMIC}{kind}::{name}"
    found: Document = {"op": op, "urn": urn, **{key: value for key, value in more.items() if key != "pending"}}
    for side, inputs in (("oldState", old), ("newState", new)):
        if inputs is not None:
            outputs = {"outputs": {**inputs, "pending": more.get("pending", [])}} if side == "oldState" else {}
            found[side] = {"urn": urn, "custom": True, "type": f"{DYNAMIC}{kind}", "inputs": inputs, **outputs}
    return found


def whole(*steps: Document, **more: Any) -> Document:
    """Return a preview of these steps."""
    counts: dict[str, int] = {"same": 1}
    for one in steps:
        counts[one["op"]] = counts.get(one["op"], 0) + 1
    stack = {"op": "same", "urn": "urn:pulumi:dev::ceph-openstack::pulumi:pulumi:Stack::ceph-openstack-dev"}
    return {"steps": [stack, *steps], "diagnostics": [], "changeSummary": counts, **more}


def of_many_computes(name: str, number: int) -> Document:
    """Return a recorded preview as it would be with more computes than the recorded two."""
    made = document(name)
    text = [json.dumps(one) for one in made["steps"]]
    second = [row for row in text if str(json.loads(row)["urn"]).endswith("-compute2")]
    text += [row.replace("compute2", f"compute{compute}") for compute in range(3, number + 1) for row in second]
    made["steps"] = [json.loads(row) for row in text]
    made["changeSummary"] = {**made["changeSummary"], **counted(made["steps"])}
    return made


def counted(steps: list[Document]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in steps:
        counts[one["op"]] = counts.get(one["op"], 0) + 1
    return counts


def without(made: Document, name: str) -> Document:
    """Return a preview without one of its steps, as if the file were cut and mended."""
    cut = copy.deepcopy(made)
    cut["steps"] = [one for one in cut["steps"] if not one["urn"].endswith(f"::{name}")]
    return cut
