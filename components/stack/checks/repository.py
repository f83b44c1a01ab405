"""What is refused of a repository: another key than that of the fingerprint, and what its platform has not."""

from __future__ import annotations

from collections.abc import Iterator

from components.settings.problem import Problem
from components.stack.inventory import Inventory
from components.stack.repository import why_not_the_key


def repository_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each problem with `packages.repository`."""
    packages = inventory.settings.packages
    repository = packages.repository if packages else None
    if repository is None:
        return
    where = ("packages", "repository")
    rhel = inventory.settings.platform == "rhel"
    if rhel and repository.suite:
        yield Problem((*where, "suite"), "is of no use: yum's repositories have none; leave it out")
    if not rhel and not repository.suite:
        yield Problem((*where, "suite"), "is missing; name the distribution, such as bookworm")
    if why := why_not_the_key(repository):
        yield Problem((*where, "key"), why)
