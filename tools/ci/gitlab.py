"""Merge requests and their comments on GitLab, by the variables that GitLab CI sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from providers.errors import Refused
from tools.ci.forge import Forge, ForgeComment
from tools.ci.rest import Rest


class GitLab(Forge):
    """GitLab.

    Args:
        environment: Variables of the job, with `GITLAB_TOKEN`.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        token = environment.get("GITLAB_TOKEN", "")
        if not token:
            raise Refused("GITLAB_TOKEN is not set; CI_JOB_TOKEN may not comment (docs/pull-requests.md)")
        self._environment = environment
        project = environment.get("CI_MERGE_REQUEST_PROJECT_ID") or environment["CI_PROJECT_ID"]
        self._project = f"/projects/{project}"
        self._rest = Rest(environment["CI_API_V4_URL"], {"PRIVATE-TOKEN": token})

    def request_here(self) -> int | None:
        """See `Forge`."""
        number = self._environment.get("CI_MERGE_REQUEST_IID")
        return int(number) if number else None

    def requests_of(self, commit: str) -> list[int]:
        """See `Forge`."""
        rows = self._rest.pages(f"{self._project}/repository/commits/{commit}/merge_requests")
        return [row["iid"] for row in rows if row["state"] == "merged"]

    def own_comments(self, request: int) -> Iterator[ForgeComment]:
        """See `Forge`."""
        author = self._rest.ask("GET", "/user")["id"]
        for row in sorted(self._rest.pages(self._notes(request)), key=lambda row: int(row["id"])):
            if row["author"]["id"] == author and not row["system"]:
                yield ForgeComment(row["id"], row["body"])

    def post(self, request: int, body: str) -> None:
        """See `Forge`."""
        self._rest.ask("POST", self._notes(request), {"body": body})

    def edit(self, request: int, comment: int, body: str) -> None:
        """See `Forge`."""
        self._rest.ask("PUT", f"{self._notes(request)}/{comment}", {"body": body})

    def _notes(self, request: int) -> str:
        return f"{self._project}/merge_requests/{request}/notes"
