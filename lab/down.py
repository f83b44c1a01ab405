"""Take the lab down: no process, mount or file of the lab stays, the cache excepted."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab import cleanup, record
from lab.paths import RUN, STATE
from lab.progress import say


def down() -> None:
    """Take down the machine's lab, also one that another checkout started, and remove that checkout's lab state."""
    if not RUN.exists() and not STATE.exists() and not cleanup.remains():
        say("there is no lab")
        return
    with record.locked():
        known = record.read()
        if known is not None and not known.ours():
            say(f"the lab of another checkout ({known.state}) is taken down")
        cleanup.everything()
        for state in {STATE, Path(known.state) if known else STATE}:
            if state.parts[-2:] == (".state", "lab"):
                shutil.rmtree(state, ignore_errors=True)
                if state.parent.is_dir() and not any(state.parent.iterdir()):
                    state.parent.rmdir()
        shutil.rmtree(RUN)
    say("the lab is down")
