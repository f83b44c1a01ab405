"""Api: what is asked of OpenStack."""

from __future__ import annotations

from typing import Any, Protocol


class Api(Protocol):
    """What is asked of OpenStack."""

    def get(self, service: str, path: str, interface: str = "") -> Any:
        """Return the JSON at a path of `volume`, `compute` or `image`, or None when there is no such thing.

        Args:
            service: the type of the API.
            path: below its endpoint.
            interface: `internal` or `public`; empty: that of clouds.yaml.
        """
