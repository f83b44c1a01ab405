"""What the parts of a stack have to agree on: names that refer to others, options we own, cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .releases import nearest, option_problem

if TYPE_CHECKING:
    from .settings import Pool, StackSettings, User


FILE_STORE = "file_before_ceph"
"""Id of the Glance store that keeps the images of a former single store within reach."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    where -- path of the setting, such as ("glance", "hosts", 0)
    what  -- what is wrong with it, why, and what to do
    """

    where: tuple[str | int, ...]
    what: str


class Problems(ValueError):
    """Everything that is wrong with settings whose parts are each well formed."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems; the text is for a reader who has only the exception."""
        super().__init__("; ".join(f"{'.'.join(map(str, one.where))}: {one.what}" for one in problems))
        self.problems = problems


def check(settings: StackSettings) -> None:
    """Raise `Problems` when the parts of the settings do not fit together."""
    problems = [
        *_hosts(settings),
        *_pools(settings),
        *_users(settings),
        *_nova(settings),
        *_openstack(settings),
        *(_cell(settings) if settings.cell else _managed(settings)),
        *_options(settings),
    ]
    if problems:
        raise Problems(problems)


def pools(settings: StackSettings) -> Iterator[tuple[tuple[str | int, ...], Pool]]:
    """Give every pool with the path of its setting."""
    if settings.glance:
        yield ("glance", "pool"), settings.glance.pool
    if settings.cinder and settings.cinder.pool:
        yield ("cinder", "pool"), settings.cinder.pool
    elif settings.cinder:
        for name, backend in settings.cinder.backends.items():
            yield ("cinder", "backends", name, "pool"), backend.pool
    if settings.cinder_backup:
        yield ("cinder_backup", "pool"), settings.cinder_backup.pool
    if settings.nova and settings.nova.pool:
        yield ("nova", "pool"), settings.nova.pool


def users(settings: StackSettings) -> Iterator[tuple[str, User]]:
    """Give every user with the name of the service it belongs to."""
    if settings.glance:
        yield "glance", settings.glance.user
    if settings.cinder:
        yield "cinder", settings.cinder.user
    if settings.cinder_backup:
        yield "cinder_backup", settings.cinder_backup.user
    if settings.nova and settings.nova.user:
        yield "nova", settings.nova.user


def _hosts(settings: StackSettings) -> Iterator[Problem]:
    known = list(settings.hosts)

    def missing(where: tuple[str | int, ...], name: str) -> Iterator[Problem]:
        if name not in settings.hosts:
            guess = nearest(name, known)
            hint = f'did you mean "{guess}"?' if guess else "add it there"
            yield Problem(where, f'"{name}" is not in hosts; {hint}')

    if settings.cluster.admin_host:
        yield from missing(("cluster", "admin_host"), settings.cluster.admin_host)
    jumps = {name: settings.ssh.jump if host.jump is None else host.jump for name, host in settings.hosts.items()}
    if isinstance(settings.ssh.jump, str):
        yield from missing(("ssh", "jump"), settings.ssh.jump)
    for name, host in settings.hosts.items():
        if not isinstance(host.jump, str):
            continue
        yield from missing(("hosts", name, "jump"), host.jump)
        way = [name]
        # The host that all others are jumped through is reached directly.
        while isinstance(step := jumps.get(way[-1]), str) and (step != way[-1] or len(way) == 1):
            way.append(step)
            if step in way[:-1]:
                yield Problem(("hosts", name, "jump"), f"leads back: {' → '.join(way)}; name a host nearer by")
                break
    for service, part in settings.services.items():
        for index, name in enumerate(part.hosts):
            yield from missing((service, "hosts", index), name)
            if name in part.hosts[:index]:
                yield Problem((service, "hosts", index), f'"{name}" is listed twice; remove one')


def _pools(settings: StackSettings) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for where, pool in pools(settings):
        path = ".".join(map(str, where))
        if pool.name in seen:
            yield Problem(
                (*where, "name"),
                f'"{pool.name}" is already the pool of {seen[pool.name]}: services must not share one '
                "(caps and free space are per pool); choose another name",
            )
        seen.setdefault(pool.name, path)


def _users(settings: StackSettings) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for service, user in users(settings):
        for generation in user.generations:
            entity = user.entity_of(generation)
            if entity in seen:
                yield Problem(
                    (service, "user", "name"),
                    f"{entity} is already the user of {seen[entity]}: caps are per user; choose another name",
                )
            seen.setdefault(entity, service)
            if entity == settings.cluster.admin_entity:
                yield Problem((service, "user", "name"), f"{entity} is cluster.admin_entity; choose another name")


def _nova(settings: StackSettings) -> Iterator[Problem]:
    nova = settings.nova
    if nova is None:
        return
    if nova.pool is None and (nova.rbd_hosts or not nova.hosts):
        yield Problem(("nova", "pool"), "is missing; add {name: …}, or list all hosts in nova.attach_only")
    if nova.pool and nova.hosts and not nova.rbd_hosts:
        yield Problem(("nova", "pool"), "is of no use: all hosts are in nova.attach_only; leave it out")
    if nova.user and nova.pool is None:
        yield Problem(
            ("nova", "user"), "is of no use without nova.pool: volumes are attached as Cinder's user; leave it out"
        )
    if nova.attach_only and settings.cinder is None:
        yield Problem(("nova", "attach_only"), "needs `cinder`: its user is who attaches volumes")
    for index, name in enumerate(nova.attach_only):
        if name not in nova.hosts:
            guess = nearest(name, list(nova.hosts))
            hint = f'did you mean "{guess}"?' if guess else "add it there"
            yield Problem(("nova", "attach_only", index), f'"{name}" is not in nova.hosts; {hint}')
    for option, value in nova.client_options.items():
        if option.replace(" ", "_") in ("admin_socket", "log_file") and value.startswith(("/run/", "/var/run/")):
            yield Problem(
                ("nova", "client_options", option),
                "is below /run, which is empty after a reboot, and /run/ceph is closed to qemu's user; choose a folder on disk, "
                "such as /var/lib/ceph-guests/$cluster-$name.$pid.$cctid.asok",
            )
    if nova.user is None and settings.cinder is None:
        yield Problem(("nova", "user"), "is missing: without `cinder` there is no user to share; add {name: nova}")
    raw = {section.lower(): options for section, options in nova.options.items()}.get("default", {})
    if raw.get("force_raw_images", "true").lower() in ("false", "no", "off", "0"):
        yield Problem(
            ("nova", "options", "DEFAULT", "force_raw_images"),
            "must not be false: nova-compute refuses to start with images_type rbd; leave it out",
        )
    if settings.cinder and nova.user:
        pinned = settings.cinder.user.secret_uuid
        if pinned is not None and pinned == nova.user.secret_uuid:
            yield Problem(("nova", "user", "secret_uuid"), "is Cinder's too, and a secret holds one key; leave it out")


def _openstack(settings: StackSettings) -> Iterator[Problem]:
    openstack = settings.openstack
    if openstack is None:
        return
    if settings.cell:
        yield Problem(
            ("openstack",),
            "needs cluster.admin_host: what was there before is kept in the cluster; write it in the stack that has it",
        )
    backends = list(settings.cinder.all_backends) if settings.cinder else []
    for name, kind in openstack.volume_types.items():
        where = ("openstack", "volume_types", name)
        if not backends:
            yield Problem(where, "needs `cinder`: a type selects one of its back ends")
        elif kind.backend is None and len(backends) > 1:
            yield Problem((*where, "backend"), f"is missing, and there are several: {', '.join(backends)}")
        elif kind.backend is not None and kind.backend not in backends:
            guess = nearest(kind.backend, backends)
            hint = f'did you mean "{guess}"?' if guess else f"known are {', '.join(backends)}"
            yield Problem((*where, "backend"), f'"{kind.backend}" is no back end in cinder; {hint}')
        if "volume_backend_name" in kind.extra_specs:
            yield Problem((*where, "extra_specs", "volume_backend_name"), "is written from backend; set that instead")


def _managed(settings: StackSettings) -> Iterator[Problem]:
    if settings.cluster.keys:
        yield Problem(
            ("cluster", "keys"),
            "has no effect with cluster.admin_host, which supplies the keys; remove one of the two",
        )


def _cell(settings: StackSettings) -> Iterator[Problem]:
    why = "has no effect without cluster.admin_host: the stack that has it manages pools and users"
    for where, pool in pools(settings):
        for name in sorted(pool.model_fields_set - {"name"}):
            yield Problem((*where, name), f"{why}; remove it")
    needed = {user.entity_of(one): service for service, user in users(settings) for one in user.generations}
    for entity, service in needed.items():
        if entity not in settings.cluster.keys:
            yield Problem(
                ("cluster", "keys"),
                f"{entity} ({service}.user) is missing, and there is no cluster.admin_host to fetch its key; "
                "add {file: …} or {env: …}",
            )
    for entity in settings.cluster.keys:
        if entity not in needed:
            guess = nearest(entity, list(needed))
            hint = f'did you mean "{guess}"?' if guess else "remove it"
            yield Problem(("cluster", "keys", entity), f"is nobody's key here; {hint}")


_OWNED = {
    "glance": {
        "DEFAULT": {
            "enabled_backends": "glance.backend",
            "show_image_direct_url": "glance.show_image_direct_url",
        },
        FILE_STORE: {"filesystem_store_datadir": "glance.file_store"},
        "glance_store": {"default_backend": "glance.backend"},
        "<backend>": {
            "rbd_store_pool": "glance.pool.name",
            "rbd_store_user": "glance.user.name",
            "rbd_store_ceph_conf": "cluster.name",
        },
    },
    "cinder": {
        "DEFAULT": {"enabled_backends": "cinder.backends"},
        "<backend>": {
            "volume_driver": "cinder.backends",
            "volume_backend_name": "volume_backend_name of the back end",
            "rbd_pool": "the back end's pool.name",
            "rbd_user": "cinder.user.name",
            "rbd_secret_uuid": "cinder.user.secret_uuid",
            "rbd_ceph_conf": "cluster.name",
            "rbd_cluster_name": "cluster.name",
        },
    },
    "cinder_backup": {
        "DEFAULT": {
            "backup_driver": "cinder_backup",
            "backup_ceph_pool": "cinder_backup.pool.name",
            "backup_ceph_user": "cinder_backup.user.name",
            "backup_ceph_conf": "cluster.name",
        },
    },
    "nova": {
        "libvirt": {
            "images_type": "nova.pool",
            "images_rbd_pool": "nova.pool.name",
            "images_rbd_ceph_conf": "cluster.name",
            "rbd_user": "nova.user.name",
            "rbd_secret_uuid": "nova.user.secret_uuid",
            "disk_cachemodes": "nova.disk_cachemodes",
            "hw_disk_discard": "nova.hw_disk_discard",
        },
    },
}
"""Options that are written from a setting: service, section, option, the setting."""

_SECTIONS = {
    "glance": ["DEFAULT", "glance_store", "paste_deploy", "backend_defaults", FILE_STORE],
    "cinder": ["DEFAULT", "backend_defaults", "glance", "nova"],
    "cinder_backup": ["DEFAULT"],
    "nova": ["DEFAULT", "libvirt", "glance", "workarounds"],
}
"""Sections besides the back ends' own that `options` may name."""


def _options(settings: StackSettings) -> Iterator[Problem]:
    for service, part in settings.services.items():
        backends: list[str] = []
        if service == "glance" and settings.glance:
            backends = [settings.glance.backend]
        elif service == "cinder" and settings.cinder:
            backends = list(settings.cinder.all_backends)
        sections = [*backends, *_SECTIONS[service]]
        for section, options in part.options.items():
            if section not in sections:
                guess = nearest(section, sections)
                hint = f'did you mean "{guess}"?' if guess else f"known are {', '.join(sections)}"
                yield Problem((service, "options", section), f"is no section of this service's options; {hint}")
                continue
            backend = section in backends
            owned = _OWNED[service].get("<backend>" if backend else section, {})
            for option in options:
                where = (service, "options", section, option)
                if option in owned:
                    yield Problem(where, f"is written from {owned[option]}; set that instead")
                    continue
                problem = option_problem(settings.release, service, section, option, backend=backend)
                if problem:
                    yield Problem(where, problem)
