"""Coverage: the guides' steps and the answers to them, read from steps.txt and answers.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
LAB = ("tests/live/", "tests/proof/", "tests/releases/", "tests/guides/", "tests/worlds/")
"""Where the tests are that need the lab."""
WORLDS = {"tests/proof/test_story.py": ("bookworm", "trixie", "sid"), "tests/worlds/": ("trixie", "sid")}
"""In which worlds of lab/worlds.py a test runs. Every other test of the lab runs on Debian 12, bookworm."""
ALL_WORLDS = ("bookworm", "trixie", "sid")

VERDICTS = {
    "live": "a test did it on the lab; named are the worlds in which one of the tests runs: bookworm is Debian 12 with "
    "Ceph 16.2 and Zed, trixie is Debian 13 with Ceph 18.2 and 2025.1, sid is Debian unstable with Ceph 20.2 and "
    "2026.2",
    "rendered": "a test compares what would be written or done, on simulated hosts or none",
    "refused": "never done, or refused in the preview, for the reason that is given",
    "partly": "something is missing, and what you do instead is said",
    "missing": "nothing does it, and what you do instead is said",
}


@dataclass(frozen=True)
class CoverageAnswer:
    """What this program has for a step.

    Attributes:
        how: What to use; a span in backticks is a setting, a resource or a command.
        shown: Tests, as `path::function`, `path::Class`, `path::Class::method` or a file.
        verdict: One of VERDICTS.
        because: A sentence: the reason of a refusal, or what is missing and what to do. Only a verdict of live or
            rendered may be without.
    """

    how: str
    shown: tuple[str, ...]
    verdict: str
    because: str = ""

    @property
    def worlds(self) -> tuple[str, ...]:
        """Return the worlds in which one of the tests runs, in the order of ALL_WORLDS."""
        found = {
            world
            for test in self.shown
            if test.startswith(LAB)
            for world in next((worlds for path, worlds in WORLDS.items() if test.startswith(path)), ("bookworm",))
        }
        return tuple(world for world in ALL_WORLDS if world in found)


@dataclass(frozen=True)
class CoverageStep:
    """A step of a guide: its id, such as 000.17, the guide's words in short, and the name of the answer."""

    number: str
    words: str
    answer: str


@dataclass(frozen=True)
class CoverageGuide:
    """A guide: its number among the five, what it is, and its steps in the guide's order."""

    number: str
    what: str
    steps: tuple[CoverageStep, ...]


def read_answers() -> dict[str, CoverageAnswer]:
    """Return the answers by name."""
    rows = yaml.safe_load((FOLDER / "answers.yaml").read_text())
    return {name: CoverageAnswer(**{**row, "shown": tuple(row["shown"])}) for name, row in rows.items()}


def read_guides() -> list[CoverageGuide]:
    """Return the guides in order."""
    found: list[CoverageGuide] = []
    steps: list[CoverageStep] = []
    for line in reversed((FOLDER / "steps.txt").read_text().splitlines()):
        if line.startswith("# "):
            number, _, what = line.removeprefix("# ").partition(" ")
            found.append(CoverageGuide(number, what, tuple(reversed(steps))))
            steps = []
        else:
            number, answer, words = line.split(" | ")
            steps.append(CoverageStep(number, words, answer))
    assert not steps, "steps.txt begins with a step of no guide"
    return list(reversed(found))
