"""What `verify` asks of Nova's API: whether the nova-compute of each host is up and enabled."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from components.services.api import Api
from components.services.api_look import ApiLook
from components.services.finding import Finding, unseen
from components.services.nova.settings import NovaSettings
from components.services.os_services import judge_service, service_rows


def nova_links(mine: NovaSettings) -> Iterator[ApiLook]:
    """Yield one check for each compute."""
    for host in mine.hosts:
        yield ApiLook(
            part="service", kind="compute service", name=host, where="Nova", ask=partial(_compute_service, host)
        )


def _compute_service(name: str, api: Api) -> Finding:
    """Return whether nova-compute is up and enabled on the host, which is found by its short name.

    An operator chooses the names of hosts in the settings. So a name that Nova does not know proves no fault, and the
    finding is only that verify could not look (`unseen`).
    """
    short = name.partition(".")[0]
    known = [row["host"] for row in service_rows(api, "compute", "nova-compute")]
    if not any(host.partition(".")[0] == short for host in known):
        return unseen(f"Nova knows no compute of this name, but {', '.join(known[:3]) or 'none'}")
    return judge_service(api, "compute", "nova-compute", lambda host: host.partition(".")[0] == short)
