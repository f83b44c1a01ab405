"""What the steps of a story hand on to one another."""

from __future__ import annotations

from typing import Any

import pytest


class World:
    """What earlier steps have made; a step that lacks something fails with the name of the missing thing."""

    def __getattr__(self, name: str) -> Any:
        pytest.fail(f"an earlier step did not make: {name}")

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value
