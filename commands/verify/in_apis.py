"""The links that only OpenStack's own APIs show. What they are, the services' rooms say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from commands.verify.look import Look
from components.services.api import Api
from components.services.api_look import ApiLook
from providers.reach.cloud_name import CloudName
from providers.reach.machines import Machines


class Endpoints:
    """A cloud of clouds.yaml, by each of its endpoints. It is an `Api`."""

    def __init__(self, machines: Machines, name: CloudName) -> None:
        self._machines, self._name = machines, name

    def get(self, service: str, path: str, interface: str = "") -> Any:
        """Return the JSON at a path, as `Api` says."""
        update = {"interface": interface} if interface else {}
        return self._machines.cloud(self._name.model_copy(update=update)).get(service, path)


def looks_in_apis(api_looks: Sequence[ApiLook], api: Api) -> Iterator[Look]:
    """Yield the links, all services before all data."""
    for look in sorted(api_looks, key=lambda look: look.part != "service"):
        yield Look(look.kind, look.name, look.where, partial(look.ask, api))
