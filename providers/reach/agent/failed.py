"""What a host answers when it cannot do what it was asked."""

import errno
import os
from typing import Optional


class Failed(Exception):
    """A step or a question that the host refuses or cannot do.

    Attributes:
        name: An errno name such as `ENOENT`, or an empty text.
        step: The number of the step in its call, or None outside of `apply`.
    """

    def __init__(self, name: str, text: str, step: Optional[int] = None) -> None:
        Exception.__init__(self, text)
        self.name = name
        self.step = step


def explained(problem: Exception) -> Failed:
    """Return any error as it is answered: its errno name and its own words, never the arguments of the call."""
    if isinstance(problem, Failed):
        return problem
    number = getattr(problem, "errno", None)
    name = errno.errorcode.get(abs(number), "") if isinstance(number, int) else ""
    if isinstance(problem, OSError) and problem.errno:
        where = ": %s" % os.fsdecode(problem.filename) if isinstance(problem.filename, (str, bytes)) else ""
        return Failed(name, os.strerror(problem.errno) + where)
    return Failed(name, "%s: %s" % (type(problem).__name__, problem))
