"""What is missing where `pulumi` runs: variables of bin/env.sh. They decide how runs treat hosts, and nobody sees them.

The program's process has the whole environment of the CLI (3.259). It has no flag of the command line, so that the
notice is said beside `--continue-on-error`, too. Whoever gives flags in place of the variables acknowledges the notice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.services.notice import Notice
from components.stack.stack_settings import StackSettings

ENVIRONMENT = "environment"
"""By what `acknowledge` names the notice."""

_WITHOUT = {
    "PULUMI_CONTINUE_ON_ERROR": "a host that fails stops the others",
    "PULUMI_RUN_PROGRAM": "refresh and destroy reach hosts by the settings of the last up, not by the present ones",
    "PULUMI_PARALLEL": "only as many resources are worked on at once as this machine's cores allow",
}
"""Variable to what a run does without it. What a variable says is the operator's choice, and is not looked at."""


def environment_notices(settings: StackSettings, environment: Mapping[str, str]) -> Iterator[Notice]:
    """Yield one warning that names each variable that is not set, unless the settings acknowledge it."""
    missing = [f"{name} ({without})" for name, without in _WITHOUT.items() if name not in environment]
    if missing and ENVIRONMENT not in settings.acknowledge:
        text = (
            f"not set: {', '.join(missing)}; run `. bin/env.sh`, of this program's folder, in the shell that runs"
            " pulumi (docs/operations.md)"
        )
        yield Notice("warning", ENVIRONMENT, "", text)
