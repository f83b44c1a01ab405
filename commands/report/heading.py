"""The first line of a report: which stack, and how much changes."""

from __future__ import annotations

from commands.report.preview import OPS, Preview
from commands.report.value import Phrase, Value


def heading(preview: Preview) -> Phrase:
    """Return the heading, with the engine's own counts."""
    counts = preview.counts or {}
    stack: Phrase = (Value.of(preview.stack), ": ") if preview.stack else ()
    if preview.errors:
        return (*stack, "the preview failed") if stack else ("The preview failed",)
    unchanged = f"{counts.get('same', 0)} unchanged"
    if not any(counts.get(op) for op in OPS):
        return (*stack, f"nothing changes, {unchanged}")
    changes = [f"{counts[op]} to {op}" for op in OPS if counts.get(op)]
    return (*stack, ", ".join([*changes, unchanged]))
