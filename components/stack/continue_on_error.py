"""Lets the program go on when the engine reports that a resource failed, so that the other hosts are finished.

With `--continue-on-error` the SDK (3.259) ends the program at the first resource that depends on a failed resource.
Therefore the SDK gets no report of a failure, and this file skips what depends on a failed resource. The engine would
skip it as well, but in a run with `--refresh` the engine then never answers, because it waits for a refresh that it has
skipped itself (`RefreshStep.Skip`).

The engine deletes resources that the program does not declare. A skipped resource is not declared. Therefore the
program ends in an error after all other resources, because then the engine deletes nothing in this run. Something that
was taken out of the settings may still be used by a skipped resource, or may be what the gate refused to give up.

The program ends where it registers the stack's outputs, which `declare` does after the last resource. It registers none
in a failed run, because then the engine keeps the former outputs. A refresh with `--run-program` and a run with
`--target` do not fail, and do not make all that the outputs tell of. Such a run registers the former outputs again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import pulumi
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor, is_dry_run

GUARD_TYPE = "pulumi-python:dynamic/stack:Guard"
STACK_TYPE = "pulumi:pulumi:Stack"
FORMER_OUTPUTS = "pulumi:pulumi:readStackOutputs"
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
    run = ContinuedRun(monitor, told)
    monitor.RegisterResource, monitor.RegisterResourceOutputs = run.register, run.register_outputs


class ContinuedRun:
    """A run that goes on after a failure. Its methods take the place of the monitor's own.

    The last resource is the guard. The guard is also made when another resource could not be created, because it has to
    guard what was created.
    """

    def __init__(self, monitor: Any, told: Told = lambda _: ()) -> None:
        """Keep what the monitor itself does.

        Args:
            monitor: the engine's resource monitor.
            told: as in `skip_what_needs_a_failed_resource`.
        """
        self._told = told
        self._register, self._register_outputs = monitor.RegisterResource, monitor.RegisterResourceOutputs
        self._invoke = monitor.Invoke
        # Read here, because the SDK calls the methods below in threads that do not know the run.
        self._stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        self._is_preview = is_dry_run()
        self._failed: set[str] = set()
        self._names_of_failed: list[str] = []
        self._not_created: set[str] = set()
        self._left_out = False

    def register(self, request: Any, *arguments: Any, **keywords: Any) -> Any:
        """Register a resource unless it needs a failed one, and report no failure."""
        if request.type == GUARD_TYPE:
            kept = [urn for urn in request.dependencies if urn not in self._not_created]
            del request.dependencies[:]
            request.dependencies.extend(kept)
        if self._failed.intersection(request.dependencies):
            answer = self._skipped(request)
        else:
            answer = self._register(request, *arguments, **keywords)
        if answer.result != resource_pb2.Result.SUCCESS:
            self._failed.add(answer.urn)
            self._names_of_failed.append(request.name)
            if not answer.id:
                self._not_created.add(answer.urn)
            answer.result = resource_pb2.Result.SUCCESS
        elif request.custom and not answer.id and not self._is_preview:
            self._left_out = True
        return answer

    def _skipped(self, request: Any) -> Any:
        """Answer as the engine would. What needs a resource that was not created counts as not created, too."""
        urn = f"urn:passed-over:{request.type}::{request.name}"
        self._failed.add(urn)
        if self._not_created.intersection(request.dependencies):
            self._not_created.add(urn)
        return resource_pb2.RegisterResourceResponse(urn=urn)

    def register_outputs(self, request: Any, *arguments: Any, **keywords: Any) -> Any:
        """Register the outputs of a component or of the stack. The stack keeps its former ones if something is missing.

        Raises:
            pulumi.RunError: These are the outputs of the stack, and a resource failed.
        """
        if f"::{STACK_TYPE}::" not in request.urn or not (self._failed or self._left_out):
            return self._register_outputs(request, *arguments, **keywords)
        request.outputs.Clear()
        if not self._failed:
            request.outputs.update(self._former_outputs())
        answer = self._register_outputs(request, *arguments, **keywords)
        if self._failed:
            raise pulumi.RunError("\n".join([*self._told(self._names_of_failed), LEFT]))
        return answer

    def _former_outputs(self) -> Any:
        asked = resource_pb2.ResourceInvokeRequest(tok=FORMER_OUTPUTS, args={"name": self._stack})
        return getattr(self._invoke(asked), "return")["outputs"]
