"""Documented: the code in the documentation, and the command lines in that code, as a shell would read them.

Code is a block between fences, an indented line that begins with a program, and text in backticks. A line of a block is
a whole command. Text in backticks may be a mention: `pulumi up` without a stack, or `undo … --really`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from commands.__main__ import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "tools/next-steps.txt")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "docs" / "ci").glob("*.yml")),
    *sorted((ROOT / "examples").rglob("*.md")),
    *sorted((ROOT / "components" / "services").rglob("README.md")),
    *sorted((ROOT / "tests").rglob("README.md")),
]

PYTHON = re.compile(r"(?:.*/)?python3?")
PROGRAM = re.compile(r"(?:.*/)?bin/ceph-openstack|(?:.*/)?tools/ci/\w+|make|pulumi")
WRAPPERS = {"$", "tools/run", "env", "exec", "then", "else", "do", "if", "!", "{"}
"""Words after which a command begins, beside an operator and an assignment."""
OPERATORS = {"&&", "||", ";", "|", "(", ")", "&", "((", "))", ");"}
ELISION = "…"
VERBS = {**dict.fromkeys(COMMANDS, "commands"), **dict.fromkeys(("up", "destroy", "preview", "refresh"), "pulumi")}
"""Verb to the program that is left out where a sentence has named it before: `locks … --really`, `up --refresh`."""


@dataclass(frozen=True)
class CommandLine:
    """A command line in a page.

    Attributes:
        where: The page and the line.
        program: `commands`, `ci/<script>`, `make` or `pulumi`.
        words: Its arguments, without redirections, elisions, and the brackets around what may be left out.
        is_whole: Whether it is all that somebody has to type.
    """

    where: str
    program: str
    words: tuple[str, ...]
    is_whole: bool

    def __str__(self) -> str:
        return f"{self.where}: {self.program} {' '.join(self.words)}"


def command_lines(pages: list[Path] = PAGES) -> Iterator[CommandLine]:
    """Yield every command line of the pages."""
    for page in pages:
        yield from lines_in(page.read_text(), page.relative_to(ROOT) if page.is_relative_to(ROOT) else page)


def lines_in(text: str, page: Path) -> Iterator[CommandLine]:
    """Yield the command lines of a page's text."""
    if page.suffix == ".yml":
        for script in _scripts(yaml.safe_load(text)):
            yield from _commands(script, f"{page}", is_whole=True)
        return
    if page.suffix == ".txt":
        for number, line in enumerate(text.splitlines(), start=1):
            yield from _commands(re.split(r" {2,}", line.strip())[0], f"{page}:{number}", is_whole=True)
        return
    prose = list[str]()
    for where, language, block in _blocks(text, prose):
        if language in ("yaml", "json"):
            is_job = re.search(r"^ *(- )?(run|script):", block, re.MULTILINE)
            for script in _scripts(yaml.safe_load(block)) if is_job else ():
                yield from _commands(script, f"{page}:{where}", is_whole=True)
            continue
        for offset, line in _logical(block):
            yield from _commands(line, f"{page}:{where + offset}", is_whole=True)
    for number, mention in _mentions("\n".join(prose)):
        yield from _commands(mention, f"{page}:{number}", is_whole=False)


def mentioned(text: str, where: str) -> Iterator[CommandLine]:
    """Yield the command lines that a sentence names in backticks."""
    for _, mention in _mentions(text):
        yield from _commands(mention, where, is_whole=False)


def _blocks(text: str, prose: list[str]) -> Iterator[tuple[int, str, str]]:
    """Yield first line, language and text of each block of code, and put all other lines, and blank ones, in `prose`.

    What stands in backticks in a block is a mention, too: a program says what to run.
    """
    language: str | None = None
    block: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("```"):
            if language is not None:
                yield number - len(block), language, "\n".join(block)
            language, block = (line.strip(" `"), []) if language is None else (None, [])
            prose.append("")
        elif language is not None:
            block.append(line)
            prose.append(line if line.count("`") % 2 == 0 else "")
        elif re.match(r" {4,}(\$ )?[\w/.-]+ ", line) and _is_command(line):
            yield number, "sh", line
            prose.append("")
        else:
            prose.append(line)


def _is_command(line: str) -> bool:
    words = [word for word in line.split() if word not in WRAPPERS]
    return bool(words) and bool(PROGRAM.fullmatch(words[0]) or words[1:3] == ["-m", "commands"])


def _logical(block: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a block, with those that a backslash joins as one."""
    joined, first = "", 0
    for number, line in enumerate(block.splitlines()):
        first = first if joined else number
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        yield first, joined + line
        joined = ""


def _mentions(prose: str) -> Iterator[tuple[int, str]]:
    for found in re.finditer(r"(?<!`)`([^`]+)`(?!`)", prose):
        yield prose.count("\n", 0, found.start()) + 1, " ".join(found[1].split())


def _scripts(node: Any) -> Iterator[str]:
    """Yield the lines of every script in a job of GitHub or GitLab."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("run", "script", "before_script"):
                texts = value if isinstance(value, list) else [value]
                yield from (line for text in texts for line in str(text).splitlines())
            else:
                yield from _scripts(value)
    elif isinstance(node, list):
        for item in node:
            yield from _scripts(item)


def _commands(line: str, where: str, *, is_whole: bool) -> Iterator[CommandLine]:
    plain = re.sub(r"<([\w-]+)>", r"\1", re.sub(r"(^|\s)#.*", "", line))
    if not is_whole or "[--" in plain:
        plain = re.sub(r"\[([^\]]*)\]", r"\1", plain)
    lexer = shlex.shlex(plain, posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    try:
        words = list(lexer)
    except ValueError:  # a sentence with an apostrophe
        words = plain.split()
    if not is_whole and words and words[0] in VERBS and any(word.startswith("-") or word == ELISION for word in words):
        yield CommandLine(where, VERBS[words[0]], tuple(_arguments(words)), is_whole)
        return
    at_start = True
    for index, word in enumerate(words):
        if at_start:
            begin, program = _program(words, index)
            if program:
                yield CommandLine(where, program, tuple(_arguments(words[begin:])), is_whole)
        at_start = (at_start and bool(re.match(r"\w+=", word))) or word in WRAPPERS or word in OPERATORS


def _program(words: list[str], index: int) -> tuple[int, str]:
    """Return where the arguments of the command at `index` begin, and its program; no program for any other command."""
    word = words[index]
    if PYTHON.fullmatch(word) and words[index + 1 : index + 3] == ["-m", "commands"]:
        return index + 3, "commands"
    if not PROGRAM.fullmatch(word):
        return index + 1, ""
    name = word.rpartition("/")[2]
    return index + 1, {"ceph-openstack": "commands"}.get(name, f"ci/{name}" if "tools/ci/" in word else name)


def _arguments(words: list[str]) -> Iterator[str]:
    skipped = False
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else ""
        if word in OPERATORS:
            return
        if skipped or re.fullmatch(r"[<>]+&?", word) or (word.isdigit() and re.match(r"[<>]", following)):
            skipped = not word.isdigit() and not skipped
            continue
        if word != ELISION:
            yield word
