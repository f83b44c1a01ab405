"""The page docs/coverage.md: a table of counts, and a table per guide."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.coverage.coverage import VERDICTS, CoverageAnswer, CoverageGuide, read_answers, read_guides

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
INTRODUCTION = """\
# The steps of five guides, and what there is for each

Five guides have told people for years how to wire Ceph into OpenStack by hand. Each of their steps has a row here, with
the number of the guide and of the step. `tests/guides/` has the guides as they are typed on the lab: `make guides`
follows each of them, and takes over the cloud that comes of it ([take-over.md](take-over.md)).

Under *how*, a span in backticks is a setting ([settings.md](settings.md)), a resource ([resources.md](resources.md)) or
a command. [releases.md](releases.md) says which release gets which form of an option. Guides share steps, so rows
repeat.
"""
MAKING = """\
`make generate` makes this page of `tests/coverage/`. `tests/unit/test_coverage.py` holds that each step is here once,
and that each setting, resource, command and test exists.
"""


def coverage_page() -> str:
    """Return the page."""
    guides, answers = read_guides(), read_answers()
    meanings = [f"| {verdict} | {meaning} |" for verdict, meaning in VERDICTS.items()]
    parts = [
        INTRODUCTION,
        "\n".join(["| verdict | what it says |", "|---|---|", *meanings, ""]),
        "\n".join(_counts(guides, answers)),
        MAKING,
        *("\n".join(_table(guide, answers)) for guide in guides),
    ]
    return "\n".join(parts)


def _counts(guides: list[CoverageGuide], answers: dict[str, CoverageAnswer]) -> list[str]:
    lines = [f"| guide | steps | {' | '.join(VERDICTS)} |", "|---" * (2 + len(VERDICTS)) + "|"]
    total: Counter[str] = Counter()
    for guide in guides:
        counted = Counter(answers[step.answer].verdict for step in guide.steps)
        total += counted
        lines.append(_count(f"{guide.number} {guide.what}", counted))
    return [*lines, _count("all", total), ""]


def _count(what: str, counted: Counter[str]) -> str:
    return f"| {what} | {counted.total()} | {' | '.join(str(counted[verdict]) for verdict in VERDICTS)} |"


def _table(guide: CoverageGuide, answers: dict[str, CoverageAnswer]) -> list[str]:
    lines = [f"## {guide.number} {guide.what}", "", "| id | step | how | shown by | verdict |", "|---|---|---|---|---|"]
    for step in guide.steps:
        answer = answers[step.answer]
        shown = "<br>".join(f"`{test}`" for test in answer.shown) or "no test"
        cells = (step.number, step.words.replace("*", r"\*"), answer.how, shown, _verdict(answer))
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def _verdict(answer: CoverageAnswer) -> str:
    """Return the word, with the worlds of what ran on the lab, or with the sentence."""
    said = ", ".join(answer.worlds) if answer.verdict == "live" else answer.because
    return f"{answer.verdict}: {said}" if said else answer.verdict
