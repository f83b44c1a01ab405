"""Runs the product's launcher, and kills the launcher or the engine in the middle of one resource's work.

CEPH_OPENSTACK_CUT is JSON: `victim` (`provider` or `engine`), `step` (a regular expression over a step as errors quote
the step, or over the name of an operation) and `written`, the file that gets the time of the cut. All steps up to the
first step that matches are sent, then the victim is killed.
"""

import json
import os
import re
import runpy
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path.cwd()))

from providers.reach.agent_host import ANSWER_S, AgentHost
from providers.reach.steps import HostStep, JournalStep, KeySource

T = TypeVar("T")
CUT = json.loads(os.environ["CEPH_OPENSTACK_CUT"])
ENGINE = os.getppid()
once = threading.Lock()
apply, answer = AgentHost.apply, AgentHost._answer


def cut() -> None:
    """Kill the victim; does not return when the victim is this process."""
    Path(CUT["written"]).write_text(json.dumps({"time": time.time(), "provider": os.getpid()}))
    os.kill(os.getpid() if CUT["victim"] == "provider" else ENGINE, signal.SIGKILL)


def apply_up_to_the_cut(
    self: AgentHost, steps: Sequence[HostStep | JournalStep], key_of: KeySource, **arguments: Any
) -> list[Any]:
    found = next((number for number, step in enumerate(steps) if re.search(CUT["step"], str(step))), None)
    if found is None or not once.acquire(blocking=False):
        return apply(self, steps, key_of, **arguments)
    values = apply(self, steps[: found + 1], key_of, **arguments)
    cut()
    return values + apply(self, steps[found + 1 :], key_of, **arguments)


def answer_up_to_the_cut(
    self: AgentHost, form: type[T], operation: str, arguments: Mapping[str, object], deadline_s: float = ANSWER_S
) -> T:
    value = answer(self, form, operation, arguments, deadline_s)
    paths = arguments.get("paths", [])
    asked = " ".join([operation, *(paths if isinstance(paths, list) else [])])
    if re.search(CUT["step"], asked) and once.acquire(blocking=False):
        cut()
    return value


AgentHost.apply = apply_up_to_the_cut  # type: ignore[method-assign]
AgentHost._answer = answer_up_to_the_cut  # type: ignore[method-assign]
runpy.run_module("providers.launcher", run_name="__main__", alter_sys=True)
