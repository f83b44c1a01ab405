"""YAML as the Pulumi CLI reads it, in version 1.2. PyYAML reads version 1.1."""

from __future__ import annotations

import re
from typing import Any

import yaml


class PulumiLoader(yaml.SafeLoader):
    """Loads YAML 1.2: `off`, `no` and `1:30` are text, which YAML 1.1 takes for a boolean and a number."""

    yaml_implicit_resolvers: dict[str, Any] = {}


for kind, pattern, first in (
    ("merge", r"<<", ["<"]),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    PulumiLoader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(rf"^(?:{pattern})$"), first)
