"""Previews a stack, saves the plan, and puts the report into the pull request or merge request of this run.

No host is connected to, and no ssh key is needed: a preview needs the state's backend and its passphrase. Exit status
0: the plan is saved. 1: the preview failed, which the report says as well, or the report could not be put there.
2: refused.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from providers.errors import ProviderError
from providers.redaction import redacted
from tools.ci.changes import changes, changes_id
from tools.ci.comment import say_once
from tools.ci.ending import ended
from tools.ci.forge import Forge
from tools.ci.forges import forge_of
from tools.ci.plan_line import plan_line
from tools.ci.pulumi_cli import PulumiCli, PulumiCliError, settings_digest
from tools.ci.said import said
from tools.ci.saved_plan import ABOUT, PLAN, PREVIEW, REPORT, SavedPlan, commit_here, file_digest, folder_of
from tools.ci.summary import summarise

MAX_CHARS = 60_000  # GitHub takes 65,536; what is added here fits into the rest
SHOWN = 2_000  # characters of what the CLI says beside the preview


def preview(stack: str) -> int:
    """Preview, save, report; return the exit status."""
    folder = folder_of(stack)
    folder.mkdir(parents=True, exist_ok=True)
    for name in (ABOUT, PLAN, PREVIEW, REPORT):
        (folder / name).unlink(missing_ok=True)
    failure, plan = _made(PulumiCli(stack), folder)
    of_stack = (str(folder / PREVIEW), "--stack", stack)
    _, report = said("report", *of_stack, "--max-chars", str(MAX_CHARS))
    if not report.startswith("<!--"):
        raise PulumiCliError(f"stack {stack}: no report could be made, and without its first line no comment is found")
    report = report.rstrip("\n") + "\n" + (_failed(failure) if plan is None else _footer(plan))
    (folder / REPORT).write_text(report)
    print(said("report", *of_stack, "--format", "text")[1])
    summarise(report)
    request, forge = _request()
    if forge and request is not None:
        done = say_once(forge, request, report.partition("\n")[0], report)
        print(f"the comment on request {request} is {done}")
    if plan is None:
        raise PulumiCliError(f"stack {stack}: no plan was saved, because the preview failed: {failure}")
    print(f"{folder / PLAN}: plan {plan.id}, {plan.changes} resources to change")
    return 0


def _made(cli: PulumiCli, folder: Path) -> tuple[str, SavedPlan | None]:
    """Make the preview, and return why it failed, or the plan.

    The digest of the state is older than the preview. A change of the state between the two is refused by `apply`.
    """
    try:
        state = cli.state()
        failure = cli.preview(folder / PREVIEW, folder / PLAN)
    except ProviderError as problem:
        (folder / PREVIEW).touch()
        return str(problem), None
    if failure:
        return failure, None
    document = json.loads((folder / PREVIEW).read_text())
    plan = SavedPlan(
        stack=cli.stack,
        commit=commit_here(),
        settings=settings_digest(document["config"]),
        state=state,
        plan=file_digest(folder / PLAN),
        changes=len(changes(document)),
        id=changes_id(document),
    )
    plan.save(folder)
    return "", plan


def _failed(said_by_pulumi: str) -> str:
    """Return what a comment says of a preview that failed. No plan is named, so that `apply` finds none."""
    shown = redacted(said_by_pulumi)[:SHOWN].replace("```", "'''").replace("<!--", "<! --")
    return f"\n```\n{shown}\n```\n"


def _footer(plan: SavedPlan) -> str:
    return f"\n{plan_line(plan.id)}\n<sub>Plan <code>{plan.id}</code></sub>\n"


def _request() -> tuple[int | None, Forge | None]:
    forge = forge_of(os.environ)
    return (forge.request_here(), forge) if forge else (None, None)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    words = argparse.ArgumentParser(prog="tools/ci/preview", description=__doc__)
    words.add_argument("stack")
    return words


def main() -> int:
    """Run the script."""
    arguments = parser().parse_args()
    return ended(lambda: preview(arguments.stack))


if __name__ == "__main__":
    sys.exit(main())
