"""One test per file in `tests/cases`: what is wanted and what is there, and the steps between them. The file name is the situation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from providers.ceph.cluster import ClusterKind, ClusterObserved
from providers.ceph.pool import PoolKind, PoolObserved
from providers.ceph.user import UserKind, UserObserved
from providers.errors import Refused
from providers.host.directory import DirectoryKind, DirectoryObserved
from providers.kind import Kind
from providers.libvirt.secret import SecretKind, SecretObserved
from providers.reach.answers.file_state import FileState
from providers.reach.answers.libvirt_secret import LibvirtSecret
from providers.reach.answers.pool_content import PoolContent

CASES = Path(__file__).parents[1] / "cases"
FILES = sorted(CASES.glob("*/*.yaml"))
KINDS: dict[str, tuple[Kind[Any, Any], type[Any], dict[str, Any]]] = {
    "cluster": (ClusterKind(), ClusterObserved, {}),
    "pool": (PoolKind(), PoolObserved, {"entry": None}),
    "user": (UserKind(), UserObserved, {"entry": None}),
    "directory": (DirectoryKind(), DirectoryObserved, {"entry": None, "others": {}}),
    "secret": (SecretKind(), SecretObserved, {"entry": None, "wanted": "sha256:right"}),
}
NOTHING: dict[str, Any] = {"images": 0, "snapshots": 0, "trash": 0, "objects": 0, "names": []}


def observed_of(kind: str, told: dict[str, Any]) -> Any:
    _, model, defaults = KINDS[kind]
    found = {"where": "host1", **defaults, **told}
    if found.get("entry"):
        found["entry"] = KINDS[kind][0].entry_form.model_validate(
            {"kind": kind, "what": what_of(kind), **found["entry"]}
        )
    if isinstance(found.get("state"), dict):
        found["state"] = FileState(**found["state"])
    if isinstance(found.get("content"), dict):
        found["content"] = PoolContent(**{**NOTHING, **found["content"]})
    if "secrets" in found:
        found["secrets"] = [LibvirtSecret(**secret) for secret in found["secrets"]]
    return model(**found)


def what_of(kind: str) -> str:
    return {"pool": "images", "user": "client.glance", "directory": "/etc/x"}.get(
        kind, "2f0f4ba2-6c1e-4d0a-9b6e-1ab0ce9d0501"
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_plan(file: Path) -> None:
    case = yaml.safe_load(file.read_text())
    kind = KINDS[file.parent.name][0]
    desired = kind.desired.model_validate({"stack": "dev", **case["desired"]})
    observed = observed_of(file.parent.name, case["observed"])
    if "refused" in case:
        with pytest.raises(Refused, match=re.escape(case["refused"])) as refusal:
            kind.undo(desired, observed) if "undo" in case else kind.plan(desired, observed)
        assert str(refusal.value).startswith("host1: ")
        return
    done = kind.undo(desired, observed).steps if "undo" in case else kind.plan(desired, observed)
    assert [str(step) for step in done] == case.get("undo", case.get("steps"))


def test_every_case_is_of_a_known_kind() -> None:
    assert {path.name for path in CASES.iterdir()} == set(KINDS)
    assert len(FILES) >= 40
