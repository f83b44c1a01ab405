"""What Cinder's API shows of backups."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.api_look import ApiLook
from components.services.os_services import judge_service


def backup_links() -> Iterator[ApiLook]:
    """Yield the link to the backup services, of all hosts together."""
    yield ApiLook("service", "backup service", "", "Cinder", lambda api: judge_service(api, "volume", "cinder-backup"))
