"""What Nova's API shows of the computes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from components.services.api import Api
from components.services.api_look import ApiLook
from components.services.finding import Finding, unseen
from components.services.nova.settings import NovaSettings
from components.services.os_services import judge_service, service_rows


def nova_links(mine: NovaSettings) -> Iterator[ApiLook]:
    """Yield a link for each compute."""
    for host in mine.hosts:
        yield ApiLook("service", "compute service", host, "Nova", partial(_compute_service, host))


def _compute_service(name: str, api: Api) -> Finding:
    """Judge the service of a host by its short name.

    The settings have the operator's own names of hosts. Therefore a name that Nova does not know is no broken link.
    """
    short = name.partition(".")[0]
    known = [row["host"] for row in service_rows(api, "compute", "nova-compute")]
    if not any(host.partition(".")[0] == short for host in known):
        return unseen(f"Nova knows no compute of this name, but {', '.join(known[:3]) or 'none'}")
    return judge_service(api, "compute", "nova-compute", lambda host: host.partition(".")[0] == short)
