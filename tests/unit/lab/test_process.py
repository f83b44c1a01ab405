"""A number that the kernel has given to somebody else is not the process that was recorded."""

from __future__ import annotations

import os

from lab.process import Process, find


def test_a_reused_number_is_not_alive() -> None:
    mine = find(os.getpid())
    assert mine is not None
    assert mine.alive()
    assert not Process(mine.pid, mine.started - 1).alive()
