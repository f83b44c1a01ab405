"""Lets the program go on when the engine reports that a resource failed, so that the other hosts are finished.

With `--continue-on-error` the SDK (3.259) ends the program at the first resource that depends on a failed one. So the
SDK is told of no failure, and what depends on a failed resource is passed over here. The engine would skip it, too, but
in a run with `--refresh` it never answers: it waits for the refresh that it has skipped itself (`RefreshStep.Skip`),
for ever.

What was passed over is not declared, and what a program does not declare, the engine deletes. So the program ends as
failed, after all others, which makes the engine delete nothing in that run: what was taken out of the settings may
still be in use by what was passed over, or be what the gate refused to give up.
"""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor

from components.stack import names

GUARD = "pulumi-python:dynamic/stack:Guard"
LAST = names.GUARD
LEFT = (
    "not everything was done, see the other errors; what was taken out of the settings stays until a run without any: "
    "correct the cause, then run again"
)


def pass_over_what_failed() -> None:
    """Declare what does not depend on a failed resource. To be called once, before resources are declared."""
    monitor: Any = get_monitor()
    monitor.RegisterResource = declaring(monitor.RegisterResource)


def declaring(register: Any) -> Any:
    """Return a stand-in for the monitor's call that tells the SDK of no failure until the last resource, the guard.

    The guard is made all the same when something could not be created: it has to guard what was.
    """
    failed: set[str] = set()
    not_created: set[str] = set()

    def passed_over(request: Any) -> Any:
        """Answer as the engine would; what depends on something that never was is not there either."""
        urn = f"urn:passed-over:{request.type}::{request.name}"
        failed.add(urn)
        if not_created.intersection(request.dependencies):
            not_created.add(urn)
        return resource_pb2.RegisterResourceResponse(urn=urn)

    def declare(request: Any, *arguments: Any, **words: Any) -> Any:
        if request.type == GUARD:
            kept = [urn for urn in request.dependencies if urn not in not_created]
            del request.dependencies[:]
            request.dependencies.extend(kept)
        if failed.intersection(request.dependencies):
            answer = passed_over(request)
        else:
            answer = register(request, *arguments, **words)
        if answer.result != resource_pb2.Result.SUCCESS:
            failed.add(answer.urn)
            if not answer.id:
                not_created.add(answer.urn)
            answer.result = resource_pb2.Result.SUCCESS
        if failed and request.type == GUARD and request.name == LAST:
            raise pulumi.RunError(LEFT)
        return answer

    return declare
