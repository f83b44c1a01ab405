"""Services as their API sees them: the rows of `/os-services`, which Cinder and Nova have alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from components.services.api import Api
from components.services.finding import Finding, broken, ok, warning


def service_rows(api: Api, service: str, binary: str) -> list[dict[str, Any]]:
    """Return the rows of one program.

    Args:
        api: The OpenStack.
        service: `volume` or `compute`.
        binary: The program, such as `cinder-volume`.
    """
    return [row for row in api.get(service, "/os-services")["services"] if row["binary"] == binary]


def judge_service(api: Api, service: str, binary: str, is_ours: Callable[[str], bool] = lambda _host: True) -> Finding:
    """Return whether one program is up and enabled wherever it is ours.

    Args:
        api: The OpenStack.
        service: `volume` or `compute`.
        binary: The program, such as `cinder-volume`.
        is_ours: Whether a row is meant, by the host that the row names.
    """
    rows = [row for row in service_rows(api, service, binary) if is_ours(row["host"])]
    if not rows:
        return broken(f"there is no such {binary}; does it run, and did it reach its database and broker?")
    down = [row["host"] for row in rows if row["state"] != "up"]
    if down:
        return broken(f"{', '.join(down)} is down; see the log of {binary} there")
    disabled = [
        f"{row['host']} ({row.get('disabled_reason') or 'no reason given'})"
        for row in rows
        if row["status"] != "enabled"
    ]
    if disabled:
        return warning(f"{', '.join(disabled)} is up, but disabled: it gets nothing new")
    return ok(f"{', '.join(row['host'] for row in rows)} is up")
