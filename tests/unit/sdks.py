"""Pulumi's SDKs that the provider process is tested with: the SDK beside these tests, and the newest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SDKS = ("installed", "newest")


def environment(sdk: str) -> Path:
    """Return a virtual environment that has the SDK, with the Python that runs these tests.

    The newest SDK's environment is made once, from that SDK's lock file. A test that cannot have the environment fails.
    """
    if sdk == "installed":
        return Path(sys.prefix)
    name = "newest-sdk-python{}.{}".format(*sys.version_info)
    python = Path(sys.executable).resolve()
    words: list[str | Path] = [CHECKOUT / "tools" / "venv", name, "requirements-newest.txt", python]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return CHECKOUT / ".state" / "venv" / name
