"""The file that `-o` names: written whole or not at all, and never over what somebody edited.

`pulumi stack init` adds lines of its own, such as the salt of the stack's secrets, and these lines are carried over. It
also writes `adopt: true` anew as `adopt: "true"`, as it does with every boolean that is a setting of its own (3.259).
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from commands.discover.modeline import MODELINE, modeline
from commands.discover.proposal import PREFIX
from providers.errors import Refused

MARK = "# Written by discover; its digest is "
"""How the line begins that tells the digest of all lines after it. Before it stands the editor's line (`modeline`)."""
_OF_PULUMI = re.compile(r"(?m)^(?:encryptionsalt|encryptedkey|secretsprovider):.*\n?")
_QUOTED_BY_PULUMI = re.compile(rf"""(?m)^( +{re.escape(PREFIX)}\w+: )["'](true|false)["']$""")
_OF_THE_EDITOR = re.compile(rf"(?m)^{re.escape(MODELINE)}.*\n?")


def write_output(path: Path, text: str) -> None:
    """Write the settings to a file.

    Args:
        path: The file.
        text: The settings.

    Raises:
        Refused: The file exists and somebody edited it, or it cannot be written. Nothing is left behind.
    """
    found = unedited(path)
    try:
        _replace(
            path,
            modeline(path.parent) + marked(text) + "".join(line.rstrip() + "\n" for line in _OF_PULUMI.findall(found)),
        )
    except OSError as problem:
        raise Refused(f"{path}: cannot be written: {problem.strerror}") from None


def unedited(path: Path) -> str:
    """Return what a file holds that `write_output` may write over; nothing when there is none.

    Raises:
        Refused: The file exists, and somebody edited it.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise Refused(f"{path}: is no plain file; name another file")
    found = path.read_text(errors="replace") if path.exists() else ""
    if not is_untouched(found):
        raise Refused(
            f"{path}: exists, and is not as discover left it; move it away, or name another file, and compare the two"
        )
    return found


def marked(text: str) -> str:
    """Return the text behind the line that tells whether somebody edited it since."""
    return f"{MARK}{_digest(text)}\n{text}"


def is_untouched(content: str) -> bool:
    """Return whether a file is as `write_output` left it, or holds nothing, Pulumi's own lines aside."""
    first, _, rest = _OF_PULUMI.sub("", _OF_THE_EDITOR.sub("", content)).partition("\n")
    return not f"{first}{rest}".strip() or first == f"{MARK}{_digest(rest)}"


def _digest(text: str) -> str:
    """Return the digest of a text, which is the same before and after Pulumi has written the text anew."""
    return hashlib.sha256(_QUOTED_BY_PULUMI.sub(r"\1\2", text).encode()).hexdigest()[:32]


def _replace(path: Path, content: str) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
