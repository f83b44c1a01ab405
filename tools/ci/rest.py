"""A forge's REST interface: JSON over HTTP, with a token that is in no message."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any

from providers.errors import ProviderError

TIMEOUT = 30  # seconds for an answer
PAGE = 100
"""Rows that are asked for at once; both GitHub's and GitLab's most."""


class RestError(ProviderError):
    """The forge said no.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class RestUnavailable(RestError):
    """The forge did not answer, or said that it cannot just now: the same request may succeed later."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, because the token would go to wherever the answer points."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


class Rest:
    """Requests below one URL.

    Args:
        root: The interface's URL, as the CI names it.
        headers: What goes along with every request; the token is among them.
    """

    def __init__(self, root: str, headers: Mapping[str, str]) -> None:
        self.root = root.rstrip("/")
        if not self.root.startswith(("https://", "http://")):
            raise RestError(f"{root!r} is no URL of a REST interface; the CI's own variable names it")
        self._headers = {"Accept": "application/json", "User-Agent": "ceph-openstack", **headers}
        self._opener = urllib.request.build_opener(_NoRedirect)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the answer to one request.

        Raises:
            RestUnavailable: Status 429 or 5xx, or no answer within `TIMEOUT`.
            RestError: Any other status than 2xx, or an answer that is no JSON.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, **({"Content-Type": "application/json"} if data else {})}
        request = urllib.request.Request(f"{self.root}{path}", data, headers, method=method)  # noqa: S310 - see __init__
        where = f"{method} {self.root}{path.partition('?')[0]}"
        try:
            with self._opener.open(request, timeout=TIMEOUT) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as problem:
            raise self._refusal(where, problem) from None
        except ValueError:
            raise RestError(f"{where}: the answer is no JSON; is this the URL of a REST interface?") from None
        except (OSError, HTTPException) as problem:
            reason = getattr(problem, "reason", None) or problem
            raise RestUnavailable(f"{where}: no answer ({reason}); run the job again") from None

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield each row of a list. A page may be shorter than asked for, therefore only an empty one is the end."""
        number = 1
        while rows := self.ask("GET", f"{path}?per_page={PAGE}&page={number}"):
            yield from rows
            number += 1

    def _refusal(self, where: str, problem: urllib.error.HTTPError) -> RestError:
        """Return the error without the answer's body, which may repeat what was sent."""
        status = problem.code
        problem.close()
        if status >= 500 or status == 429:
            return RestUnavailable(f"{where}: status {status}; run the job again", status)
        advice = {
            401: "the token is not accepted; look whether it has expired",
            403: "the token may not do this; docs/pull-requests.md says what the token needs",
            404: "there is no such thing, or the token may not see it",
        }
        return RestError(f"{where}: status {status}: {advice.get(status, 'unexpected')}", status)
