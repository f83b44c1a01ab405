"""The page that a CI shows of a job."""

from __future__ import annotations

import os
from pathlib import Path


def summarise(markdown: str) -> None:
    """Add Markdown to the job's page, where the CI has one: GitHub names a file for it."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if file:
        with Path(file).open("a") as page:
            page.write(markdown.rstrip("\n") + "\n")
