"""Which forge this run is on."""

from __future__ import annotations

from collections.abc import Mapping

from tools.ci.forge import Forge
from tools.ci.github import GitHub
from tools.ci.gitlab import GitLab


def forge_of(environment: Mapping[str, str]) -> Forge | None:
    """Return the forge whose CI runs this, by the variables of the job. None: this is nobody's CI.

    Raises:
        Refused: The forge's token is missing.
    """
    if environment.get("GITHUB_ACTIONS") == "true":
        return GitHub(environment)
    if environment.get("GITLAB_CI") == "true":
        return GitLab(environment)
    return None
