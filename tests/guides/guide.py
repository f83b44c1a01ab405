"""A guide as data: what an operator typed, where, and what came of it. Nothing here touches a machine."""

from __future__ import annotations

from dataclasses import dataclass, field

CEPH, CONTROLLER, COMPUTES = "ceph", "controller", "computes"
"""Where a step is done: on the cluster's node, on the controller, or on every compute."""


@dataclass(frozen=True)
class Typed:
    """Commands that the guide types into a shell on a host, as root in root's home.

    Attributes:
        where: CEPH, CONTROLLER or COMPUTES.
        commands: A bash script, in the guide's own words.
        adapted: What differs from the guide's words, and why; empty when nothing does.
    """

    where: str
    commands: str
    adapted: str = ""


@dataclass(frozen=True)
class Piped:
    """`READ | ssh HOST WRITE`, typed on the cluster's node or on the controller.

    The lab's nodes have no way to log in to one another, so the machine carries the bytes.

    Attributes:
        source: Where `read` runs.
        read: The command on the left of the pipe.
        where: Where `write` runs.
        write: The command on the right, after `ssh HOST`.
        adapted: What differs from the guide's words, and why; empty when nothing does.
    """

    source: str
    read: str
    where: str
    write: str
    adapted: str = ""


@dataclass(frozen=True)
class Edited:
    """A file opened in an editor, and the guide's block pasted under its sections' headers.

    Attributes:
        where: CONTROLLER or COMPUTES.
        path: The file.
        block: The guide's lines, with section headers.
        adapted: What differs from the guide's words, and why; empty when nothing does.
    """

    where: str
    path: str
    block: str
    adapted: str = ""


Step = Typed | Piped | Edited


@dataclass(frozen=True)
class Guide:
    """One guide on the lab.

    Attributes:
        number: The guide's number among the seeds.
        what: What the guide is, for a test's name.
        steps: What an operator did, in order.
        caps: The users that the steps make: entity -> daemon -> caps.
        pools: The pools that the steps make.
        secrets: libvirt's secrets: usage name -> entity whose key the secret holds.
        guest_pool: The pool where the running guest's disk lies.
        boots_from_volume: Whether that disk is a volume, because Nova's own disks are not in Ceph.
        image_format: The format in which the guide uploads images.
        volume_backend_name: The name by which a volume type selects the guide's back end: the driver's own, RBD, unless
            the guide gives one.
        improvements: What the product can improve, by the names in tests/guides/improvement.py.
        left_over: Files that the guide leaves behind: where -> paths.
        older: Services that the guide leaves running as they were started before it changed files that they read, each
            with its host and those files, as the first run says it.
    """

    number: str
    what: str
    steps: tuple[Step, ...]
    caps: dict[str, dict[str, str]]
    pools: tuple[str, ...]
    secrets: dict[str, str]
    guest_pool: str = "vms"
    boots_from_volume: bool = False
    image_format: str = "raw"
    volume_backend_name: str = "RBD"
    improvements: tuple[str, ...] = ("rbd pool init", "profiles", "keyrings", "an option", "several stores")
    left_over: dict[str, tuple[str, ...]] = field(default_factory=dict)
    older: tuple[tuple[str, str, str], ...] = ()
