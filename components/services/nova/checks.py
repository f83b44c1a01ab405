"""Nova's settings that do not fit together, or do not fit Cinder's."""

from __future__ import annotations

from collections.abc import Iterator

from components.services.neighbours import Neighbours
from components.services.nova.guest_files import guest_file_problems
from components.services.nova.settings import NovaSettings
from components.services.site import Site
from components.settings.problem import Problem, hint
from components.settings.user import SecretUser

_FALSE = ("false", "no", "off", "0")
"""The words that oslo.config reads as false, in lower case."""


def nova_problems(nova: NovaSettings, others: Neighbours, site: Site) -> Iterator[Problem]:
    """Yield each problem, with the path of the setting that has to change."""
    yield from _pool(nova)
    yield from _user(nova, others)
    yield from _attach_only(nova, others)
    yield from _clusters(nova)
    yield from guest_file_problems(nova, site)
    yield from _cache_modes(nova)
    yield from _raw_images(nova)


def _pool(nova: NovaSettings) -> Iterator[Problem]:
    here = [host for host in nova.rbd_hosts if host not in nova.hosts_elsewhere]
    if nova.pool is None and (here or not nova.hosts):
        yield Problem(("nova", "pool"), "is missing; add {name: …}, or list all hosts in nova.attach_only")
    if nova.pool and nova.hosts and not here:
        where = "nova.attach_only or nova.clusters" if nova.clusters else "nova.attach_only"
        yield Problem(("nova", "pool"), f"is of no use: all hosts are in {where}; leave it out")


def _user(nova: NovaSettings, others: Neighbours) -> Iterator[Problem]:
    own = "user" if nova.user else "former_user"
    if nova.own_user and nova.pool is None and not nova.clusters:
        yield Problem(
            ("nova", own), "is of no use without nova.pool: volumes are attached as Cinder's user; leave it out"
        )
    if nova.user and nova.former_user:
        yield Problem(
            ("nova", "former_user"),
            "contradicts nova.user: Nova either has a user of its own or had one; leave one of the two out",
        )
    if nova.user is None and others.volume_user is None:
        yield Problem(("nova", "user"), "is missing: without `cinder` there is no user to share; add {name: nova}")
    yield from _secret(own, nova.own_user, others.volume_user)


def _secret(setting: str, mine: SecretUser | None, cinders: SecretUser | None) -> Iterator[Problem]:
    if mine is None or cinders is None:
        return
    if cinders.secret_uuid is not None and cinders.secret_uuid == mine.secret_uuid:
        yield Problem(("nova", setting, "secret_uuid"), "is Cinder's too, and a secret holds one key; leave it out")
    if cinders.secret_usage is not None and cinders.secret_usage == mine.secret_usage:
        yield Problem(
            ("nova", setting, "secret_usage"), "is Cinder's too, and libvirt keeps usage names unique; leave it out"
        )


def _attach_only(nova: NovaSettings, others: Neighbours) -> Iterator[Problem]:
    if nova.attach_only and others.volume_user is None:
        yield Problem(("nova", "attach_only"), "needs `cinder`: its user is who attaches volumes")
    for index, name in enumerate(nova.attach_only):
        if name not in nova.hosts:
            advice = hint(name, nova.hosts, otherwise="add it there")
            yield Problem(("nova", "attach_only", index), f'"{name}" is not in nova.hosts; {advice}')


def _cache_modes(nova: NovaSettings) -> Iterator[Problem]:
    bare = next((item.strip() for item in nova.disk_cachemodes.split(",") if item.strip() and "=" not in item), None)
    if bare:
        yield Problem(
            ("nova", "disk_cachemodes"),
            f"has the mode {bare} without the kind of disk that it is for, and Nova drops such a mode; write "
            f"network={bare}",
        )


def _clusters(nova: NovaSettings) -> Iterator[Problem]:
    """Yield hosts of a further cluster that are no computes, have their disks local, or on another cluster, too."""
    first = dict.fromkeys(nova.attach_only, "nova.attach_only")
    for name, further in nova.clusters.items():
        for index, host in enumerate(further.hosts):
            where = ("nova", "clusters", name, "hosts", index)
            if host not in nova.hosts:
                advice = hint(host, nova.hosts, otherwise="add it there")
                yield Problem(where, f'"{host}" is not in nova.hosts; {advice}')
            if host in first:
                what = f'"{host}" is in {first[host]}, too, and its servers\' disks are in one place; remove one'
                yield Problem(where, what)
            first.setdefault(host, f"nova.clusters.{name}.hosts")


def _raw_images(nova: NovaSettings) -> Iterator[Problem]:
    # oslo.config reads [default] and [DEFAULT] as one section.
    default = {section.lower(): options for section, options in nova.options.items()}.get("default", {})
    if default.get("force_raw_images", "true").lower() in _FALSE:
        yield Problem(
            ("nova", "options", "DEFAULT", "force_raw_images"),
            "must not be false: nova-compute refuses to start with images_type rbd; leave it out",
        )
