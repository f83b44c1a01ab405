"""Preview: what `pulumi preview --json` wrote, if it is all there."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from commands.report.change import DYNAMIC, Change, mapping
from commands.stack_file import PROJECT as SETTINGS
from providers.errors import Refused
from providers.kinds import upgraded

PROJECT = SETTINGS.removesuffix(":")
OPS = ("create", "update", "replace", "delete")
_URN = re.compile(r"urn:pulumi:([\w.-]+)::([\w.-]+)::(.*?)::(.*)", re.DOTALL)
"""Stack, project, types and logical name."""
_COMMAND = "`pulumi preview --json`"


@dataclass(frozen=True)
class Preview:
    """A preview.

    Attributes:
        project: The name of the project; empty if the preview does not say it.
        stack: The name of the stack; empty if the preview does not say it.
        counts: How many resources are created, updated, replaced, deleted and unchanged, as the engine counts them.
        changes: What happens to which resource, in an order that is the same in each run.
        errors: Why the preview is no whole one. With errors, the rest says nothing of what a run would do.
        warnings: What Pulumi and the program warned of, each once.
        notices: What they said besides, each once.
    """

    project: str = ""
    stack: str = ""
    counts: Mapping[str, int] | None = None
    changes: tuple[Change, ...] = ()
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Preview:
        """Return the preview in a text. What is no preview, or no whole one, is a preview with errors."""
        if not text.strip():
            return _no_preview(f"{_COMMAND} wrote nothing; what it wrote to standard error says why")
        try:
            document = json.loads(text)
        except ValueError:
            if text.lstrip().startswith("{"):
                return _no_preview(
                    f"the JSON of {_COMMAND} is cut off, or has other text in it; write it to a file anew"
                )
            return _no_preview(f"this is no JSON; give the standard output of {_COMMAND}, without its standard error")
        steps = document.get("steps") if isinstance(document, dict) else None
        if not isinstance(document, dict) or "changeSummary" not in document or not isinstance(steps, list | None):
            return _no_preview(f"this JSON is not what {_COMMAND} writes; give its standard output")
        return _parsed(document, [mapping(step) for step in steps or []])


def for_stack(preview: Preview, stack: str) -> Preview:
    """Return the preview of a stack, also when the preview failed before it named one; an empty stack is any.

    Raises:
        Refused: It is another stack's preview, or the name is none of a stack.
    """
    if not stack or stack == preview.stack:
        return preview
    if preview.stack:
        raise Refused(f"--stack {stack}: this is a preview of stack {preview.stack}; give the right file")
    if not re.fullmatch(r"[\w.-]+", stack):
        raise Refused("--stack: is no name of a stack; give it without organization and project")
    return replace(preview, project=PROJECT, stack=stack)


def _no_preview(why: str) -> Preview:
    return Preview(errors=(why,))


def _parsed(document: Mapping[str, Any], steps: list[Mapping[str, Any]]) -> Preview:
    urns = [found for step in steps if (found := _URN.fullmatch(str(step.get("urn"))))]
    counts = {op: number for op, number in mapping(document["changeSummary"]).items() if isinstance(number, int)}
    told = [(str(row.get("severity")), str(row.get("message", ""))) for row in map(mapping, _list(document))]
    errors = [*_said(told, "error"), *_not_whole(steps, len(urns), counts)]
    changes = sorted(_changes(steps), key=lambda change: change.order)
    return Preview(
        project=urns[0][2] if urns else "",
        stack=urns[0][1] if urns else "",
        counts=counts,
        changes=tuple(changes),
        errors=tuple(errors),
        warnings=_said(told, "warning", "info#err"),
        notices=_said(told, "info"),
    )


def _list(document: Mapping[str, Any]) -> list[Any]:
    found = document.get("diagnostics")
    return found if isinstance(found, list) else []


def _not_whole(steps: list[Mapping[str, Any]], named: int, counts: Mapping[str, int]) -> Iterator[str]:
    """Yield why the steps are not all that the preview counted."""
    there = Counter(str(step.get("op")) for step in steps)
    if named < len(steps):
        yield f"{len(steps) - named} steps name no resource, so this is not what {_COMMAND} writes"
    elif not counts:
        yield "the preview looked at no resource"
    elif missing := [f"{counts.get(op, 0)} to {op}" for op in OPS if there[op] != counts.get(op, 0)]:
        yield f"the preview counts {', '.join(missing)}, and its steps are others; make it anew"


def _said(told: list[tuple[str, str]], *severities: str) -> tuple[str, ...]:
    """Return what was said with these severities, each text once and without the severity in front.

    A notice's heading and its text become one line.
    """
    texts = [text.strip().replace("):\n", "): ") for severity, text in told if severity in severities]
    plain = [re.sub(r"^(error|warning): ", "", text) for text in texts]
    return tuple(dict.fromkeys(text for text in plain if text))


def _changes(steps: list[Mapping[str, Any]]) -> Iterator[Change]:
    """Yield the changes of resources with a provider. A component has no inputs, and is no change to a reader."""
    for step in steps:
        urn = _URN.fullmatch(str(step.get("urn")))
        old, new = mapping(step.get("oldState")), mapping(step.get("newState"))
        op, type_ = step.get("op"), (new or old).get("type")
        if urn is None or op not in OPS or not isinstance(type_, str) or not (new or old).get("custom"):
            continue
        if type_.startswith("pulumi:providers:"):
            continue
        before, after = _inputs(old), _inputs(new)
        pending = _pending(old) if op == "update" else ()
        if pending:  # the outputs say what was found when it was taken over, and the inputs what has to be there
            before = {name: mapping(old.get("outputs")).get(name, value) for name, value in before.items()}
        yield Change(
            op=op,
            name=urn[4],
            type=type_.removeprefix(DYNAMIC),
            old=upgraded(type_, before, after),
            new=upgraded(type_, after, before),
            pending=pending,
        )


def _pending(state: Mapping[str, Any]) -> tuple[str, ...]:
    found = mapping(state.get("outputs")).get("pending")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _inputs(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in mapping(state.get("inputs")).items() if name != "__provider"}
