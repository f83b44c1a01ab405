"""Pull requests and their comments on GitHub, by the variables that GitHub Actions sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from providers.errors import Refused
from tools.ci.forge import Forge, ForgeComment
from tools.ci.rest import Rest, RestError

ACTIONS = "github-actions[bot]"
"""Who a job's own token (`github.token`) is. GitHub does not let this token ask for its user."""


class GitHub(Forge):
    """GitHub.

    Args:
        environment: Variables of the job, with `GITHUB_TOKEN`.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        token = environment.get("GITHUB_TOKEN", "")
        if not token:
            raise Refused("GITHUB_TOKEN is not set; give the step `env: {GITHUB_TOKEN: ${{ github.token }}}`")
        self._environment = environment
        self._repository = f"/repos/{environment['GITHUB_REPOSITORY']}"
        self._rest = Rest(
            environment["GITHUB_API_URL"],
            {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"},
        )
        self._author = ""

    def request_here(self) -> int | None:
        """See `Forge`."""
        found = re.fullmatch(r"refs/pull/(\d+)/\w+", self._environment.get("GITHUB_REF", ""))
        return int(found[1]) if found else None

    def requests_of(self, commit: str) -> list[int]:
        """See `Forge`."""
        rows = self._rest.pages(f"{self._repository}/commits/{commit}/pulls")
        return [row["number"] for row in rows if row["merged_at"] and row["merge_commit_sha"] == commit]

    def own_comments(self, request: int) -> Iterator[ForgeComment]:
        """See `Forge`."""
        author = self._own_name()
        for row in self._rest.pages(f"{self._repository}/issues/{request}/comments"):
            if (row["user"] or {}).get("login") == author:  # a user who was deleted is null
                yield ForgeComment(row["id"], row["body"])

    def post(self, request: int, body: str) -> None:
        """See `Forge`."""
        self._rest.ask("POST", f"{self._repository}/issues/{request}/comments", {"body": body})

    def edit(self, request: int, comment: int, body: str) -> None:
        """See `Forge`."""
        self._rest.ask("PATCH", f"{self._repository}/issues/comments/{comment}", {"body": body})

    def _own_name(self) -> str:
        if not self._author:
            try:
                self._author = self._rest.ask("GET", "/user")["login"]
            except RestError as problem:
                if problem.status != 403:
                    raise
                self._author = self._environment.get("COMMENT_AUTHOR") or ACTIONS
        return self._author
