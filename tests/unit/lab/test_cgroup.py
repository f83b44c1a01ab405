"""The lab's groups of processes come and go while they are looked at."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.cgroup import _lists_of_processes


def test_a_group_that_vanishes_while_groups_are_listed_is_passed_over(tmp_path: Path) -> None:
    """`lab/lab up` failed now and then: systemd removed a one-shot unit's group between two looks."""
    for name in ("a", "b/inner", "c"):
        (tmp_path / name).mkdir(parents=True)
    found = _lists_of_processes(tmp_path)
    first = [next(found), next(found)]
    shutil.rmtree(tmp_path / "b")
    names = {str(file.relative_to(tmp_path).parent) for file in (*first, *found)}
    assert {".", "a", "c"} <= names
