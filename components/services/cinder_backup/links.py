"""What `verify` asks of Cinder's API: whether cinder-backup is up and enabled."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.api import Api
from components.services.api_look import ApiLook
from components.services.finding import Finding
from components.services.os_services import judge_service


def backup_links() -> Iterator[ApiLook]:
    """Yield one check for the backup services of all hosts together, which therefore has no name."""
    yield ApiLook(part="service", kind="backup service", name="", where="Cinder", ask=_backup_services)


def _backup_services(api: Api) -> Finding:
    return judge_service(api, "volume", "cinder-backup")
