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
    """Yield one check for each back end, whose service is `<host>@<back end>`, or `<host>` when it has no section."""
    if mine.is_flat:
        yield ApiLook(
            part="service", kind="volume service", name="[DEFAULT]", where="Cinder", ask=partial(_volume_service, "")
        )
        return
    for backend in mine.all_backends:
        yield ApiLook(
            part="service",
            kind="volume service",
            name=f"@{backend}",
            where="Cinder",
            ask=partial(_volume_service, backend),
        )


def _volume_service(backend: str, api: Api) -> Finding:
    """Return whether cinder-volume is up and enabled for the back end, on every host; "" is the one without a name."""
    return judge_service(api, "volume", "cinder-volume", lambda host: host.partition("@")[2] == backend)
