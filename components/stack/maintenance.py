"""A maintenance run: restarts that the settings defer are done in this one run.

When a restart is done is no state of a machine, hence it does not have to be a setting. An operator does not change the
settings for a maintenance window, and a preview with the same variable names the restarts.
"""

from __future__ import annotations

from collections.abc import Mapping

from components.stack.stack_settings import StackSettings

SWITCH = "CEPH_OPENSTACK_RESTART"
"""The environment variable that makes a run a maintenance run."""


def for_this_run(settings: StackSettings, environment: Mapping[str, str]) -> StackSettings:
    """Return the settings, without any deferral when this is a maintenance run.

    Raises:
        ValueError: the variable holds another word than `now`.
    """
    word = environment.get(SWITCH, "")
    if not word:
        return settings
    if word != "now":
        raise ValueError(f"{SWITCH} must be `now`, or not be set; correct it, then run again")
    changed = {
        name: mine.model_copy(update={"restart": "now"})
        for name, mine in settings.services.items()
        if mine.restart == "deferred"
    }
    return settings.model_copy(update=changed)
