"""What Cinder's API shows of its back ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from components.services.api import Api
from components.services.api_look import ApiLook
from components.services.cinder.settings import CinderSettings
from components.services.finding import Finding
from components.services.os_services import judge_service


def cinder_links(mine: CinderSettings) -> Iterator[ApiLook]:
    """Yield a link for each back end, whose service Cinder calls `<host>@<back end>`."""
    for backend in mine.all_backends:
        yield ApiLook("service", "volume service", f"@{backend}", "Cinder", partial(_volume_service, backend))


def _volume_service(backend: str, api: Api) -> Finding:
    return judge_service(api, "volume", "cinder-volume", lambda host: host.endswith(f"@{backend}"))
