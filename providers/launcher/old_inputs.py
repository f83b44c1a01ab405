"""The inputs that a state holds, for a provider's `diff`: the engine sends them, and the SDK does not hand them on."""

from __future__ import annotations

from typing import Any

from providers.old_inputs import OLD_INPUTS


def with_old_inputs(request: Any) -> Any:
    """Return the request of `Diff`, with the state's inputs beside its outputs.

    The outputs stay what the last change left, and the inputs are what the program sent last.
    """
    if request.HasField("old_inputs"):
        request.olds.fields[OLD_INPUTS].struct_value.CopyFrom(request.old_inputs)
    return request
