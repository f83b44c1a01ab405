"""What an adoption has left to do, by name in a preview.

The engine compares the inputs of two programs, which are the same after an adoption. Only the outputs say what was
found, and the SDK hands on no difference between outputs and inputs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2

Kind = provider_pb2.PropertyDiff.Kind


def with_names(request: Any, response: Any) -> Any:
    """Return the answer to `Diff`, with each input that is not as it was found, and with what would be done."""
    olds, news = json_format.MessageToDict(request.olds), json_format.MessageToDict(request.news)
    if response.changes != provider_pb2.DiffResponse.DIFF_SOME or not olds.get("pending"):
        return response
    for path, kind in [*_differences(olds, news), ("pending", Kind.DELETE)]:
        response.detailedDiff[path].kind = kind
    response.hasDetailedDiff = True
    return response


def _differences(olds: dict[str, Any], news: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in sorted(news.items()):
        path, before = f"{above}{_part(name, above)}", olds.get(name)
        if name == "__provider" or before == value:
            continue
        if isinstance(before, dict) and isinstance(value, dict):
            yield from _differences(before, value, path)
        else:
            yield path, Kind.ADD if before is None else Kind.UPDATE


def _part(name: str, above: str) -> str:
    """Return a step of a property path: `.name`, or `["client.cinder"]` for a name that is no plain word."""
    if re.fullmatch(r"[A-Za-z_]\w*", name):
        return f".{name}" if above else name
    return f"[{json.dumps(name)}]"
