"""OpenStack as its users see it, through openstacksdk; every wait has a deadline and ends at the first error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import openstack
from openstack.config import OpenStackConfig
from openstack.connection import Connection
from openstack.exceptions import NotFoundException, SDKException

from lab.endpoints import CLOUDS
from tests.live import lab

Found = TypeVar("Found")
LOGS = {
    "controller1": "/var/log/glance/*.log /var/log/cinder/*.log /var/log/nova/*.log /var/log/keystone/*.log",
    "compute1": "/var/log/nova/*.log",
    "compute2": "/var/log/nova/*.log",
    "controller2": "/var/log/glance/*.log /var/log/cinder/*.log",
}


def connect(name: str = "lab") -> Connection:
    """Log in to the cloud `lab` as a user with a project of its own, or to `lab-admin` as the administrator."""
    config = OpenStackConfig(config_files=[str(CLOUDS)], load_envvars=False)
    return openstack.connection.Connection(config=config.get_one(cloud=name), statsd_host=None)


@contextmanager
def explained() -> Iterator[None]:
    """Add the last errors in the services' logs to an error of an API."""
    try:
        yield
    except SDKException as error:
        raise AssertionError(f"{type(error).__name__}: {error}\n{last_errors()}") from error


def last_errors() -> str:
    found = []
    for node, logs in LOGS.items():
        lines = lab.shell(node, f"grep -hE ' (ERROR|CRITICAL) ' {logs} | sort | tail -n 12", check=False)
        if lines:
            found.append(f"-- {node}: last errors\n{lines[-4000:]}")
    return "\n".join(found)


def until(what: str, look: Callable[[], Found | None], seconds: float) -> Found:
    """Call `look` every 0.5 s until it returns something other than None; an exception ends the wait at once."""
    deadline = time.monotonic() + seconds
    while True:
        with explained():
            found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s\n{last_errors()}")
        time.sleep(0.5)


def until_status(get: Callable[[], Any], wanted: str, seconds: float) -> Any:
    """Wait until a resource has the wanted status; a status that contains `error` ends the wait."""

    def look() -> Any:
        found = get()
        status = found.status.lower()
        if status != wanted and "error" in status:
            detail = getattr(found, "fault", None) or getattr(found, "fail_reason", None) or "no reason given"
            raise AssertionError(f"{type(found).__name__} {found.id}: {found.status}: {detail}\n{last_errors()}")
        return found if status == wanted else None

    return until(f"status {wanted}", look, seconds)


def until_gone(get: Callable[[], Any], seconds: float) -> None:
    def look() -> bool | None:
        try:
            found = get()
        except NotFoundException:
            return True
        if found.status.lower() == "error_deleting":
            raise AssertionError(f"{type(found).__name__} {found.id}: {found.status}\n{last_errors()}")
        return None

    until("deleted", look, seconds)
