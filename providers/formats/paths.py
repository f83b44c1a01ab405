"""Types of fields that name a file: absolute paths and octal modes."""

from __future__ import annotations

import posixpath
from typing import Annotated
from urllib.parse import quote

from pydantic import AfterValidator, StringConstraints

LONGEST = 200


def _normal(path: str) -> str:
    if posixpath.normpath(path) != path:
        raise ValueError(f"{path} is not in its shortest form; write {posixpath.normpath(path)}")
    if len(quote(path, safe="")) > LONGEST:
        raise ValueError("the path is too long: the journal names a file after it; use a shorter one")
    return path


AbsolutePath = Annotated[str, StringConstraints(pattern=r"^/[^\x00-\x1f]*$", max_length=4096), AfterValidator(_normal)]
Mode = Annotated[str, StringConstraints(pattern=r"^0[0-7]{3}$")]
