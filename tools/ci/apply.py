"""Does what the plan says that tools/ci/preview has saved, and nothing else.

Before any host is connected to, the plan is held against stack, commit, settings and state, with --reviewed or
--plan-id against what somebody has looked at, and by Pulumi itself against every change that the program wants. Exit
status 0: all is done. 1: the run failed, and a new plan does what is left. 2: refused, nothing was touched.
"""

from __future__ import annotations

import argparse
import os
import sys

from providers.errors import Refused
from tools.ci.comment import own_comment
from tools.ci.ending import FAILED, ended
from tools.ci.forge import Forge
from tools.ci.forges import forge_of
from tools.ci.plan_line import plans_named
from tools.ci.pulumi_cli import PulumiCli
from tools.ci.saved_plan import PLAN, REPORT, SavedPlan, folder_of, load
from tools.ci.summary import summarise


def apply(stack: str, reviewed: bool, plan_id: str | None) -> int:
    """Apply the saved plan of a stack; return the exit status.

    Args:
        stack: Name of the stack.
        reviewed: Whether the plan has to be the one that the pull request of this commit has shown.
        plan_id: The plan has to have this id. An empty one is of no plan.

    Raises:
        Refused: The plan is not to be applied. Nothing was touched.
    """
    folder, cli = folder_of(stack), PulumiCli(stack)
    plan = load(folder, stack)
    plan.check(folder, cli)
    if plan.changes and reviewed:
        _check_review(plan, (folder / REPORT).read_text().partition("\n")[0])
    if plan.changes and plan_id is not None and plan_id != plan.id:
        raise Refused(f"{_would(plan)}, and {_named(plan_id)} was asked for; {_by_hand(plan)}")
    status = cli.up(folder / PLAN)
    if status == 0:
        summarise(f"\nApplied plan `{plan.id}`.")
        return 0
    print(f"stack {stack}: not everything was done. {LEFT.format(stack=stack)}", file=sys.stderr)
    summarise("\n**Not everything was done**; the job's log says why.")
    return FAILED


LEFT = (
    "What was done stays, and is in the state. Correct the cause, then look at what is left (tools/ci/preview {stack}) "
    "and apply that; after a run that was killed tools/ci/recover {stack} comes first"
)


def _check_review(plan: SavedPlan, marker: str) -> None:
    forge = forge_of(os.environ)
    if forge is None:
        raise Refused("--reviewed: this is neither GitHub's CI nor GitLab's, and a review is a comment there")
    requests = forge.requests_of(plan.commit)
    if not requests:
        raise Refused(f"{_would(plan)}, and commit {plan.commit[:12]} came by no merged request; {_by_hand(plan)}")
    shown = {request: _shown(forge, request, marker) for request in requests}
    if plan.id not in shown.values():
        names = ", ".join(f"request {request} has shown {_named(there)}" for request, there in shown.items())
        raise Refused(f"{_would(plan)}, and {names}: state or main have changed in between; {_by_hand(plan)}")


def _shown(forge: Forge, request: int, marker: str) -> str:
    """Return the id of the plan that the comment on a request shows; empty when no comment of the CI shows one."""
    comment = own_comment(forge, request, marker)
    found = plans_named(comment.body) if comment else []
    return found[-1] if found else ""


def _would(plan: SavedPlan) -> str:
    return f"stack {plan.stack}: nothing was touched: plan {plan.id} would change {plan.changes} resources"


def _named(plan_id: str) -> str:
    return f"plan {plan_id[:64]}" if plan_id else "no plan"


def _by_hand(plan: SavedPlan) -> str:
    return f"read the report above, and run this by hand with --plan-id {plan.id} if that is what you want"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    words = argparse.ArgumentParser(prog="tools/ci/apply", description=__doc__)
    words.add_argument("stack")
    which = words.add_mutually_exclusive_group()
    which.add_argument("--reviewed", action="store_true", help="only the plan that the merged request has shown")
    which.add_argument("--plan-id", metavar="ID", help="only the plan with this id, as a preview prints it")
    return words


def main() -> int:
    """Run the script."""
    arguments = parser().parse_args()
    return ended(lambda: apply(arguments.stack, arguments.reviewed, arguments.plan_id))


if __name__ == "__main__":
    sys.exit(main())
