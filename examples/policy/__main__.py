"""Rules that a site may have, as a CrossGuard policy pack for the stacks of ceph-openstack. Copy it, and make it yours.

A policy sees what the program declares, and for a resource without a change what the state holds. It does not see what
goes away, and not what there was before. Where a rule needs that, the pack reads the state with `pulumi stack export`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

POOL = "pulumi-python:dynamic/ceph:Pool"
USER = "pulumi-python:dynamic/ceph:CephxUser"
OPTIONS = "pulumi-python:dynamic/openstack:ConfigSections"
SERVICE = "pulumi-python:dynamic/host:Service"

DIRECT_URLS = ("show_image_direct_url", "show_multiple_locations")
PROFILES = ("profile rbd", "profile rbd-read-only")
OURS = ("reached", "pending")
"""Outputs of a resource that the last run has left. A resource that this run is going to change does not have them."""


def copies_of_pools(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Refuse a pool that would lose data with one disk, or goes on writing with a single copy left."""
    if args.resource_type != POOL:
        return
    for option, least in args.get_config().items():
        asked = args.props.get(option)
        if asked is not None and asked < least:
            report(f"pool {args.props['name']}: {option} is {asked:g}; this site asks for {least:g} or more")


def no_direct_urls(args: ResourceValidationArgs, report: ReportViolation) -> None:
    """Refuse that Glance tells its users where an image lies, unless the stack's tag says that its API is internal."""
    if args.resource_type != OPTIONS or args.stack_tags.get("glance-api") == "internal":
        return
    for section, options in args.props["sections"].items():
        for option in DIRECT_URLS:
            if str(options.get(option, "")).lower() in ("true", "1", "on", "yes"):
                report(
                    f"{args.props['path']} on {args.props['host']}: [{section}] {option} tells users where images lie "
                    "(OSSN-0065); use it only for an API inside, and say so: pulumi stack tag set glance-api internal"
                )


def caps_by_profile(args: StackValidationArgs, report: ReportViolation) -> None:
    """Refuse caps that are not an rbd profile on the stack's own pools, such as `allow *`."""
    of_type = _by_type(args)
    pools = {pool.props["name"] for pool in of_type(POOL)}
    for user in of_type(USER):
        for daemon, caps in user.props["caps"].items():
            for clause in caps.split(","):
                profile, _, pool = clause.strip().partition(" pool=")
                if profile not in PROFILES or (pool and pool not in pools) or (daemon == "osd" and not pool):
                    report(
                        f"{user.props['entity']}: {daemon} '{clause.strip()}' is no rbd profile on a pool of the stack"
                    )


def nothing_deleted_without_a_tag(args: StackValidationArgs, report: ReportViolation) -> None:
    """Refuse that a pool or a user goes away, unless somebody who may set tags has said so for this stack."""
    if args.stack_tags.get("allow-delete") == "true":
        return
    kept = {resource.urn for resource in args.resources}
    for urn, row in _state(args).items():
        if urn not in kept and row["type"] in (POOL, USER):
            name = row["inputs"].get("name") or row["inputs"].get("entity")
            report(f"{name} would be deleted; if that is meant: pulumi stack tag set allow-delete true")


def few_restarts(args: StackValidationArgs, report: ReportViolation) -> None:
    """Refuse that one run restarts a service on more hosts than the site wants to see down at once."""
    state, most = _state(args), args.get_config()["most"]
    units: dict[str, list[str]] = {}
    for service in _by_type(args)(SERVICE):
        changed = not any(name in service.props for name in OURS)
        if changed and service.urn in state and service.props["restart_on"] == "change":
            units.setdefault(service.props["unit"], []).append(service.props["host"])
    for unit, hosts in sorted(units.items()):
        if len(hosts) > most:
            report(f"{unit} would be restarted on {len(hosts)} hosts in one run; this site allows {most:g}")


def _by_type(args: StackValidationArgs) -> Any:
    return lambda type_token: [resource for resource in args.resources if resource.resource_type == type_token]


def _state(args: StackValidationArgs) -> Mapping[str, Mapping[str, Any]]:
    """Return URN to row for what the state holds. The stack's name is the second part of each URN."""
    return _exported(args.resources[0].urn.split(":")[2])


@cache
def _exported(stack: str) -> Mapping[str, Mapping[str, Any]]:
    command = ["pulumi", "stack", "export", "--stack", stack]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:  # A rule that could not look must not be green.
        raise RuntimeError(f"pulumi stack export failed, so nothing is known of the state: {done.stderr.strip()}")
    return {row["urn"]: row for row in _rows(json.loads(done.stdout)) if not row.get("delete")}


def _rows(exported: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    rows: Iterable[Mapping[str, Any]] = exported["deployment"].get("resources") or ()
    yield from rows


def _numbers(**default: int) -> PolicyConfigSchema:
    return PolicyConfigSchema({name: {"type": "number", "default": value} for name, value in default.items()})


PolicyPack(
    "ceph-openstack",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[
        ResourceValidationPolicy(
            "copies-of-pools",
            "Every pool keeps enough copies.",
            copies_of_pools,
            config_schema=_numbers(size=3, min_size=2),
        ),
        ResourceValidationPolicy("no-direct-urls", "No public API tells where images lie.", no_direct_urls),
        StackValidationPolicy("caps-by-profile", "Caps are rbd profiles on the stack's pools.", caps_by_profile),
        StackValidationPolicy(
            "nothing-deleted-without-a-tag", "No pool and no user goes away unasked.", nothing_deleted_without_a_tag
        ),
        StackValidationPolicy(
            "few-restarts", "A run restarts a service on few hosts.", few_restarts, config_schema=_numbers(most=5)
        ),
    ],
)
