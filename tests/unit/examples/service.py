"""Examples of services."""

from __future__ import annotations

from providers import resources
from providers.host.service import ServiceKind, ServiceObserved
from tests.sim.site import Site
from tests.unit.examples.by_hand import edit, garbled_journal
from tests.unit.examples.config_sections import CONF, shipped
from tests.unit.examples.example import HOSTILE, STACK, Drift, Example
from tests.unit.examples.told import Told, entry_as, observed_as, without

WATCH = {CONF: {"dialect": "oslo", "options": {"DEFAULT": {"debug": "true"}}}}
READY = {"lines": ["driver initialised"], "failures": ["driver failed"], "timeout_s": 1, "steady_s": 0}


def with_unit(site: Site) -> None:
    shipped(site)
    unit = site.hosts["api1"].systemd.add("cinder-volume.service")
    unit.reads = lambda: site.hosts["api1"].path(CONF).read_text()
    unit.read = unit.reads()


SERVICE = Example(
    "service",
    resources.ServiceProvider,
    {"stack": STACK, "host": "api1", "unit": "cinder-volume", "watch": WATCH, "ready": READY},
    prepare=with_unit,
    update={"watch": {CONF: {"dialect": "oslo", "options": {"DEFAULT": {"debug": "warning"}}}}},
    fixed={"unit": "other", "restart_on": "removal"},
    hostile=[{"unit": HOSTILE}, {"unit": "../x"}, {"ready": {"lines": ["("]}}],
    drifts=[
        Drift(
            "stopped",
            lambda site: site.hosts["api1"].systemd.units["cinder-volume.service"].stop(),
            {"active": False},
            ["systemctl restart cinder-volume.service"],
        ),
        Drift(
            "older options",
            edit("api1", CONF, "debug = false", "debug = true"),
            {"configuration": "stale"},
            ["systemctl restart cinder-volume.service"],
        ),
    ],
    garble=garbled_journal("api1", "service-change", "cinder-volume.service"),
)

REMOVAL = Example(
    "removal",
    resources.ServiceProvider,
    {**SERVICE.props, "restart_on": "removal"},
    prepare=with_unit,
    fixed={"unit": "other"},
    garble=garbled_journal("api1", "service-removal", "cinder-volume.service"),
)


RUNNING = {"load_state": "loaded", "active_state": "active", "invocation_id": "process-1", "started_usec": 2000}


def observed(told: Told, _text: str | None) -> ServiceObserved:
    """Return the unit and what its process has read; untold, it runs, and the files changed before it started."""
    found = {
        **without(told, "state"),
        "state": {**RUNNING, **told.get("state", {})},
        "entry": entry_as(ServiceKind, told),
    }
    digest = told.get("digest", "now")
    newest = 1_000_000  # ns: a millisecond before the process started
    filled_in = {"run": None, "digest": digest, "digest_before": digest, "newest_ns": newest, "this_run": "this run"}
    return observed_as(ServiceObserved, found, **filled_in)
