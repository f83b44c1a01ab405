"""load: the settings of the current stack, from Pulumi's configuration."""

from __future__ import annotations

import json
import os
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env  # the SDK has no public way to list keys

from components.stack.maintenance import for_this_run
from components.stack.parse import parse
from components.stack.stack_settings import StackSettings


def load(config: pulumi.Config) -> StackSettings:
    """Return the settings of the current stack, as this run has to follow them.

    Raises:
        pulumi.RunError: something is wrong; one line per problem, which Pulumi prints without a traceback.
    """
    prefix = f"{config.name}:"
    names = [key.removeprefix(prefix) for key in {**get_config_env(), **CONFIG.get()} if key.startswith(prefix)]
    raw: dict[str, Any] = {}
    for name in sorted(names):
        text = config.get(name)
        if text is not None:
            raw[name] = _parsed(text)
    settings = parse(raw, config.name)
    if not isinstance(settings, StackSettings):
        raise pulumi.RunError("\n".join(settings))
    try:
        return for_this_run(settings, os.environ)
    except ValueError as problem:
        raise pulumi.RunError(str(problem)) from None


def _parsed(text: str) -> Any:
    """Return a setting as YAML had it: Pulumi hands over objects and lists as JSON, all else as text.

    A number stays text: release 2025.1 is a name.
    """
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text
