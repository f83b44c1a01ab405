"""Lets the program go on when the engine reports that a resource failed, so that the other hosts are finished.

With `--continue-on-error` the SDK (3.259) ends the program at the first resource that depends on a failed resource.
Therefore the SDK gets no report of a failure, and this file skips what depends on a failed resource. The engine would
skip it as well, but in a run with `--refresh` the engine then never answers, because it waits for a refresh that it has
skipped itself (`RefreshStep.Skip`).

The engine deletes resources that the program does not declare. A skipped resource is not declared. Therefore the
program ends in an error after all other resources, because then the engine deletes nothing in this run. Something that
was taken out of the settings may still be used by a skipped resource, or may be what the gate refused to give up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import pulumi
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor

from components.stack import names

GUARD_TYPE = "pulumi-python:dynamic/stack:Guard"
LAST = names.GUARD
LEFT = (
    "not everything was done, see the other errors; what was taken out of the settings stays until a run without any: "
    "correct the cause, then run again"
)


Told = Callable[[Collection[str]], Sequence[str]]


def skip_what_needs_a_failed_resource(told: Told) -> None:
    """Skip every resource that needs a failed resource. Call this once, before resources are declared.

    Args:
        told: is told the logical names of the resources that failed, and returns what the run says of them in the end.
    """
    monitor: Any = get_monitor()
    monitor.RegisterResource = skipping_register(monitor.RegisterResource, told)


def skipping_register(register: Any, told: Told = lambda _: ()) -> Any:
    """Return a replacement of the monitor's `RegisterResource` that reports no failure before the last resource.

    The last resource is the guard. The guard is also made when another resource could not be created, because it has to
    guard what was created.
    """
    failed: set[str] = set()
    names_of_failed: list[str] = []
    not_created: set[str] = set()

    def skipped(request: Any) -> Any:
        """Answer as the engine would. What needs a resource that was not created counts as not created, too."""
        urn = f"urn:passed-over:{request.type}::{request.name}"
        failed.add(urn)
        if not_created.intersection(request.dependencies):
            not_created.add(urn)
        return resource_pb2.RegisterResourceResponse(urn=urn)

    def register_or_skip(request: Any, *arguments: Any, **keywords: Any) -> Any:
        if request.type == GUARD_TYPE:
            kept = [urn for urn in request.dependencies if urn not in not_created]
            del request.dependencies[:]
            request.dependencies.extend(kept)
        if failed.intersection(request.dependencies):
            answer = skipped(request)
        else:
            answer = register(request, *arguments, **keywords)
        if answer.result != resource_pb2.Result.SUCCESS:
            failed.add(answer.urn)
            names_of_failed.append(request.name)
            if not answer.id:
                not_created.add(answer.urn)
            answer.result = resource_pb2.Result.SUCCESS
        if failed and request.type == GUARD_TYPE and request.name == LAST:
            raise pulumi.RunError("\n".join([*told(names_of_failed), LEFT]))
        return answer

    return register_or_skip
