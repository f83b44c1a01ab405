"""What `verify` asks of Cinder's API: whether the cinder-volume of each back end is up and enabled."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from components.services.api import Api
from components.services.api_look import ApiLook
from components.services.cinder.settings import CinderSettings
from components.services.finding import Finding
from components.services.os_services import judge_service


def cinder_links(mine: CinderSettings) -> Iterator[ApiLook]:
    """Yield one check for each back end; Cinder calls its service `<host>@<back end>`."""
    for backend in mine.all_backends:
        yield ApiLook(
            part="service",
            kind="volume service",
            name=f"@{backend}",
            where="Cinder",
            ask=partial(_volume_service, backend),
        )


def _volume_service(backend: str, api: Api) -> Finding:
    """Return whether cinder-volume is up and enabled for the back end, on every host."""
    return judge_service(api, "volume", "cinder-volume", lambda host: host.endswith(f"@{backend}"))
