"""Paths and modes of files: the types of the fields that hold one."""

from __future__ import annotations

import posixpath
import re
from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator

from providers.formats.written import written

LONGEST = 200
"""How long a path may be, quoted: the journal names a file after it."""


def _normal(path: str) -> str:
    if not re.fullmatch(r"/[^\x00-\x1f]*", path):
        raise ValueError("must be an absolute path without control characters; write it from `/` on")
    if posixpath.normpath(path) != path:
        raise ValueError(f"{path} is not in its shortest form; write {posixpath.normpath(path)}")
    if len(quote(path, safe="")) > LONGEST:
        raise ValueError("the path is too long: the journal names a file after it; use a shorter one")
    return path


def _octal(mode: str) -> str:
    if not re.fullmatch("0[0-7]{3}", mode):
        raise ValueError("must be a zero and three octal digits, such as 0640; write it so")
    return mode


AbsolutePath = Annotated[str, AfterValidator(_normal)]
"""An absolute path in its shortest form."""

Mode = Annotated[str, AfterValidator(_octal), written("0[0-7]{3}", "must be a zero and three octal digits, in quotes")]
"""The mode of a file or folder, without setuid, setgid and sticky bits."""
