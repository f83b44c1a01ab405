"""A stand-in of GitHub's and GitLab's REST interface on loopback, as far as comments on requests go.

The forms of requests and answers are those of GitHub's documentation (issue comments, pull requests of a commit) and of
GitLab's (notes of merge requests, merge requests of a commit).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "t0ken-of-the-job"
ME, SOMEBODY = {"id": 41, "login": "ci", "username": "ci"}, {"id": 42, "login": "mallory", "username": "mallory"}
BOT = {"id": 43, "login": "github-actions[bot]", "username": "-"}
MOST_ROWS = 3
"""Rows of a page, fewer than the scripts ask for, so that lists have several pages."""


class ForgeStandIn:
    """The comments of one request, and what was asked.

    Attributes:
        comments: The comments, the oldest first.
        me: Whose the token is. None: GitHub's own token of a job, which may not ask for its user.
        merged: Commit to number of the request that brought the commit.
        asked: Method and path of each request.
        failures: Statuses that are answered to the next requests of a method; `lost`: done, and then status 502.
    """

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.me: dict[str, Any] | None = ME
        self.merged: dict[str, int] = {}
        self.asked: list[str] = []
        self.failures: dict[str, list[int | str]] = {}
        self.url = ""

    def says(self, author: dict[str, Any], body: str) -> None:
        number = len(self.comments) + 1
        self.comments.append({"id": number, "user": author, "author": author, "body": body, "system": False})

    def writes(self) -> list[str]:
        return [asked for asked in self.asked if not asked.startswith("GET")]

    def github(self, **more: str) -> dict[str, str]:
        """Return the variables that GitHub sets in a job of pull request 7."""
        here = {"GITHUB_ACTIONS": "true", "GITHUB_API_URL": self.url, "GITHUB_REPOSITORY": "acme/cloud"}
        return {**here, "GITHUB_REF": "refs/pull/7/merge", "GITHUB_TOKEN": TOKEN, **more}

    def gitlab(self, **more: str) -> dict[str, str]:
        """Return the variables that GitLab sets in a job of merge request 7."""
        here = {"GITLAB_CI": "true", "CI_API_V4_URL": self.url, "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "7"}
        return {**here, "CI_MERGE_REQUEST_PROJECT_ID": "5", "GITLAB_TOKEN": TOKEN, **more}

    def answer(self, method: str, path: str, headers: Any, body: dict[str, Any] | None) -> tuple[int, Any]:
        """Return status and document."""
        address, query = urlsplit(path), parse_qs(urlsplit(path).query)
        self.asked.append(f"{method} {address.path}")
        if TOKEN not in (headers.get("PRIVATE-TOKEN"), (headers.get("Authorization") or "").removeprefix("Bearer ")):
            return 401, {"message": f"bad credentials: {headers}"}
        failure = self.failures.get(method, [])
        failed = failure.pop(0) if failure else None
        if isinstance(failed, int):
            return failed, {"message": "no"}
        status, document = self._done(method, address.path, body)
        if failed == "lost":
            return 502, {}
        if isinstance(document, list):
            rows, number = min(int(query["per_page"][0]), MOST_ROWS), int(query["page"][0])
            document = document[(number - 1) * rows : number * rows]
        return status, document

    def _done(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        author = self.me or BOT
        if path == "/user":
            return (200, self.me) if self.me else (403, {"message": "Resource not accessible by integration"})
        if found := re.fullmatch(r"/repos/acme/cloud/commits/(\w+)/pulls", path):
            return 200, self._requests(found[1], merged_at="2026-11-27T00:00:00Z", merge_commit_sha=found[1])
        if found := re.fullmatch(r"/projects/5/repository/commits/(\w+)/merge_requests", path):
            return 200, self._requests(found[1], state="merged")
        if re.fullmatch(r"/repos/acme/cloud/issues/7/comments|/projects/5/merge_requests/7/notes", path):
            if method == "POST" and body:
                self.says(author, body["body"])
            return (201, self.comments[-1]) if method == "POST" else (200, self.comments)
        one = re.fullmatch(r"/repos/acme/cloud/issues/comments/(\d+)|/projects/5/merge_requests/7/notes/(\d+)", path)
        if one and body and method == ("PATCH" if one[1] else "PUT"):
            self.comments[int(one[1] or one[2]) - 1]["body"] = body["body"]
            return 200, self.comments[int(one[1] or one[2]) - 1]
        return 404, {"message": "not found"}

    def _requests(self, commit: str, **more: str) -> list[dict[str, Any]]:
        number = self.merged.get(commit)
        return [{"number": number, "iid": number, **more}] if number else []


@contextmanager
def serving() -> Iterator[ForgeStandIn]:
    """Serve a stand-in on a free port of loopback."""
    forge = ForgeStandIn()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, document = forge.answer(self.command, self.path, self.headers, body)
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            if status == 302:
                self.send_header("Location", f"{forge.url}/elsewhere")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = handle_any

        def log_message(self, *_words: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        forge.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield forge
        server.shutdown()
