"""The one error of the lab: one line that says where, what, why and what next."""

from __future__ import annotations


class LabError(Exception):
    """Ends the command with one line and exit status 1."""
