"""Every command line in the documentation is one that its program understands: verbs, flags, targets, values.

Our own are parsed by the parser that runs them, and no command is run. Pulumi's are held to the real CLI's `--help`.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import pytest

from commands.__main__ import COMMANDS, parser
from tests.unit.documented import PAGES, ROOT, CommandLine, command_lines, lines_in, mentioned
from tests.unit.pulumi_help import pulumi_help, pulumi_problems
from tests.unit.test_house_rules import product

EVERY = list(command_lines())
VARIABLE = re.compile(r"([A-Z_]+)=")


class NotUnderstood(Exception):
    """What a parser says of a command line, which it would print before it ends the program."""


def parsers(top: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield a parser and those of its verbs."""
    yield top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from parsers(below)


def refuse(message: str) -> NoReturn:
    raise NotUnderstood(message)


def held_to(words: tuple[str, ...], top: argparse.ArgumentParser, *, is_whole: bool) -> list[str]:
    """Return what the parser says of these words. In a mention, what a verb must have may be left out.

    Short forms of a flag (`--sta`) are refused, because they are misspelt more often than meant.
    """
    for one in parsers(top):
        one.error = refuse  # type: ignore[method-assign]
        one.exit = lambda *_: refuse("")  # type: ignore[method-assign]
        one.allow_abbrev = False
        for action in one._actions:
            action.required = action.required and is_whole
            if not is_whole and action.option_strings and action.nargs is None and not action.choices:
                action.nargs = "?"
        for group in one._mutually_exclusive_groups:
            group.required = group.required and is_whole
    try:
        top.parse_args(words)
    except NotUnderstood as problem:
        return [str(problem)] if str(problem) else []  # --help and --version end without a word
    return []


def make_problems(words: tuple[str, ...]) -> list[str]:
    text = (ROOT / "Makefile").read_text()
    targets = {name for line in re.findall(r"^\.PHONY: (.*)", text, re.MULTILINE) for name in line.split()}
    known = {*targets, "--keep-going", *(f"{name}=" for name in re.findall(r"\$\(([A-Z_]+)\)", text))}
    named = [found[0] if (found := VARIABLE.match(word)) else word for word in words]
    return [f"the Makefile knows no {name}" for name in named if name not in known]


def problems(line: CommandLine) -> list[str]:
    """Return why a line is not understood; none if it is."""
    match line.program.split("/"):
        case ["commands"]:
            words = tuple(next(iter(COMMANDS)) if word == "VERB" else word for word in line.words)
            found = held_to(words, parser(), is_whole=False)  # first, because a flag that is missing hides a wrong one
            return found or held_to(words, parser(), is_whole=line.is_whole)
        case ["ci", script]:
            if not (ROOT / "tools" / "ci" / script).exists():
                return [f"there is no tools/ci/{script}"]
            return held_to(line.words, import_module(f"tools.ci.{script}").parser(), is_whole=line.is_whole)
        case ["make"]:
            return make_problems(line.words)
        case _:
            return pulumi_problems(line.words, is_whole=line.is_whole)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_line_of_a_page_is_understood(page: Path) -> None:
    wrong = [f"{line}: {text}" for line in command_lines([page]) for text in problems(line)]
    assert wrong == []


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of every string of a file, with X for what is filled in when the text is made."""
    inner = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)} - {tree}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values]
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inner:
            yield node.lineno, node.value


def test_every_command_line_that_an_error_or_a_docstring_names_is_understood() -> None:
    seen, wrong = Counter[str](), list[str]()
    for path, tree in product():
        for number, text in texts(tree):
            for line in mentioned(text, f"{path}:{number}"):
                seen[line.program] += 1
                wrong += [f"{line}: {problem}" for problem in problems(line)]
    assert wrong == []
    assert seen["commands"] > 12
    assert seen["pulumi"] > 40


def test_enough_was_seen() -> None:
    """Lines that have to be found, because a reader of pages that finds none is content with every page."""
    seen = Counter(line.program for line in EVERY)
    assert {program for program in seen if program.startswith("ci/")} == {
        "ci/preview",
        "ci/apply",
        "ci/drift",
        "ci/recover",
    }
    assert seen["commands"] > 80
    assert seen["pulumi"] > 140
    assert seen["make"] > 50
    whole = [line for line in EVERY if line.is_whole]
    assert {line.words[0] for line in whole if line.program == "commands"} >= {*COMMANDS} - {"verify"}
    assert {line.where.partition(":")[0] for line in whole} >= {
        "README.md",
        "CONTRIBUTING.md",
        "docs/ci/github.yml",
        "docs/ci/gitlab-ci.yml",
        "docs/drift.md",
        "docs/your-repository.md",
        "examples/policy/README.md",
        "tools/next-steps.txt",
    }


def test_no_command_line_was_overlooked() -> None:
    """Each program's name that stands in a page is one that was found, or part of a sentence or of a name."""
    for page in PAGES:
        text = page.read_text()
        written = len(re.findall(r"python3? -m commands \w|bin/ceph-openstack [a-z]|tools/ci/[a-z]+ [\"$\w-]", text))
        lines = [line for line in command_lines([page]) if line.program != "pulumi" and line.program != "make"]
        assert len([line for line in lines if line.words]) >= written, page


BAD = [
    ("`pulumi up --refresch`", "pulumi up has no flag --refresch"),
    ("`pulumi stack exprot`", "pulumi stack takes no such command: stack exprot"),
    ("`pulumi stakc ls`", "pulumi has no command stakc"),
    ("```sh\npulumi stack tag set allow-delete\n```", "pulumi stack tag set needs 2 arguments"),
    ("```\npulumi preview -s\n```", "pulumi preview -s needs a value"),
    ("`pulumi cancel --yes --force`", "pulumi cancel has no flag --force"),
    ("`python -m commands drift --stakc prod`", "unrecognized arguments: --stakc prod"),
    ("`python -m commands drift --sta prod`", "unrecognized arguments: --sta prod"),
    ("`python -m commands drfit --stack prod`", "argument COMMAND: invalid choice: 'drfit'"),
    ("    bin/ceph-openstack drift\n", "the following arguments are required: --stack"),
    ("```sh\nbin/ceph-openstack undo --stack prod --host a --cluster\n```", "not allowed with argument --host"),
    ("`locks … --realy`", "unrecognized arguments: --realy"),
    ("`up --refesh`", "pulumi up has no flag --refesh"),
    ("`python -m commands report P.json --format html`", "argument --format: invalid choice: 'html'"),
    ("```sh\ntools/ci/apply prod --revewed\n```", "unrecognized arguments: --revewed"),
    ("`tools/ci/aply prod`", "there is no tools/ci/aply"),
    ("`make lab-dwon`", "the Makefile knows no lab-dwon"),
    ("`make proof RELESE=zed`", "the Makefile knows no RELESE="),
    (
        "```yaml\njob:\n  script:\n    - if [ -n x ]; then tools/ci/drift prod --jsn; fi\n```",
        "unrecognized arguments: --jsn",
    ),
    ("```\n17 4 * * * deploy out=$(.venv/bin/python -m commands drift --stak prod 2>&1) || true\n```", "--stak"),
    ("```\n$ python -m commands discover ceph1 \\\n    --adress 192.0.2.1\n```", "unrecognized arguments: --adress"),
]


@pytest.mark.parametrize(("text", "told"), BAD)
def test_what_is_misspelt_is_named(text: str, told: str) -> None:
    (line,) = lines_in(text, Path("page.md"))
    (problem,) = problems(line)
    assert told in problem


def test_what_is_right_is_understood() -> None:
    text = "`CEPH_OPENSTACK_RESTART=now pulumi up`, `pulumi refresh --yes` and `python -m commands undo … --really`"
    assert [problems(line) for line in lines_in(text, Path("page.md"))] == [[], [], []]


def test_the_real_cli_was_asked() -> None:
    help_ = pulumi_help(("up",))
    assert help_.flags["--plan"]
    assert not help_.flags["--refresh"], "`--refresh prod` would take no value"
    assert not help_.flags["--yes"]
    assert pulumi_help(("stack", "init")).path == ("stack", "new")
    assert pulumi_help(("stack", "exprot")).path == ("stack",)
