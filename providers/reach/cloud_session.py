"""CloudSession: an OpenStack as one run sees it, through openstacksdk.

No other file knows openstacksdk. The import is late, because a stack without `openstack` in its settings needs none.
How to log in stands in clouds.yaml, on the machine that runs Pulumi. A password goes from there into openstacksdk and
nowhere else, and what an error quotes is searched for the password.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from providers.errors import HostError, OutcomeUnknown, StepFailed
from providers.reach.cloud import NotTheCloud, understood
from providers.reach.cloud_call import CloudCall
from providers.reach.cloud_name import CloudName
from providers.redaction import redacted

if TYPE_CHECKING:
    from openstack.connection import Connection

PROXIES = {"volume": "block_storage", "image": "image", "compute": "compute"}
TIMEOUT_S = 60
UPLOAD_S = 6 * 3600
CHUNK = 1 << 20
LONGEST_TEXT = 400
SECRETS = ("password", "passcode", "token", "application_credential_secret", "access_token", "client_secret")


class CloudSession:
    """One cloud, logged in to when first needed.

    Args:
        name: The cloud in clouds.yaml.
    """

    def __init__(self, name: CloudName) -> None:
        self.name, self.where = name, name.where
        self._connection: Connection | None = None
        self._identity = ""
        self._secrets: list[str] = []
        self._lock = threading.Lock()

    def connection(self) -> Connection:
        """Return openstacksdk's own connection."""
        with self._lock:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection

    def _connect(self) -> Connection:
        # Imported here, because the import takes half a second and most stacks have no use for it.
        from openstack.config import OpenStackConfig
        from openstack.connection import Connection

        name = self.name
        given: dict[str, Any] = {"region_name": name.region, "interface": name.interface}
        try:
            files: Any = (
                {"config_files": [str(Path(name.file).expanduser())], "load_envvars": False} if name.file else {}
            )
            config = OpenStackConfig(**files).get_one(
                cloud=name.name, api_timeout=TIMEOUT_S, **{name: value for name, value in given.items() if value}
            )
            auth = config.config.get("auth") or {}
            self._secrets = [str(auth[name]) for name in SECRETS if auth.get(name)]
            return Connection(config=config, statsd_host=None)
        except Exception as problem:  # noqa: BLE001 - whatever a file of secrets is wrong about is not to be quoted
            raise NotTheCloud(
                f"{self.where}: {name.file or 'clouds.yaml'} has no usable cloud of this name"
                f" ({type(problem).__name__}); correct ceph-openstack:openstack.cloud or the file: `openstack"
                " --os-cloud NAME token issue` shows whether it works"
            ) from None

    def identity(self) -> str:
        """See `Cloud`."""
        connection = self.connection()
        if not self._identity:
            with self._explained("log in"), understood(self.where, "catalog"):
                auth: Any = connection.session.auth
                access = auth.get_access(connection.session)
                rows = access.service_catalog.catalog
                found = [row["id"] for row in rows if row["type"] == "identity"]
                service = str(found[0]) if found else str(connection.config.config["auth"]["auth_url"])
                regions = {
                    endpoint["region"] for row in rows for endpoint in row["endpoints"] if endpoint.get("region")
                }
                # Where there is only one region, clouds.yaml may name the region or not, and means the same cloud.
                region = connection.config.get_region_name() or (regions.pop() if len(regions) == 1 else "")
                self._identity = f"{service} {region}".rstrip()
        return self._identity

    def project(self) -> str:
        """See `Cloud`."""
        connection = self.connection()
        with self._explained("log in"):
            return str(connection.session.get_project_id() or "")

    def get(self, service: str, path: str) -> Any:
        """See `Cloud`."""
        answer = self._request(service, "GET", path, f"{service} {path}", connect_retries=2)
        return None if answer.status_code == 404 else self._json(answer, path)

    def listed(self, service: str, path: str, rows: str) -> list[dict[str, Any]]:
        """See `Cloud`."""
        found: list[dict[str, Any]] = []
        following: str | None = path
        while following:
            page = self.get(service, following)
            with understood(self.where, path):
                found += page[rows]
                links = [
                    link["href"]
                    for link in page.get(f"{rows.removesuffix('s')}_links", page.get(f"{rows}_links", []))
                    if link["rel"] == "next"
                ]
                following = links[0] if links else page.get("next")
                # Glance's link is a path from its root, and its endpoint already ends with the version.
                following = following.removeprefix("/v2") if following and service == "image" else following
        return found

    def send(self, call: CloudCall) -> Any:
        """See `Cloud`."""
        headers = {"Content-Type": "application/openstack-images-v2.1-json-patch"} if call.method == "PATCH" else {}
        answer = self._request(call.service, call.method, call.path, str(call), json=call.body, headers=headers)
        if answer.status_code in call.accept:
            return None
        if answer.status_code == 404:
            raise StepFailed(f"{self.where}: `{call}`: there is no such thing (404)")
        return self._json(answer, call.path) if answer.content else None

    def download(self, path: str) -> Iterator[bytes]:
        """See `Cloud`."""
        answer = self._request("image", "GET", path, f"image {path}", stream=True)
        if answer.status_code != 200:
            raise StepFailed(f"{self.where}: `image {path}`: {answer.status_code}: no content")
        with self._explained(f"image {path}"), answer:
            yield from answer.iter_content(CHUNK)

    def upload(self, path: str, data: IO[bytes], store: str) -> None:
        """See `Cloud`."""
        headers = {"Content-Type": "application/octet-stream", **({"X-Image-Meta-Store": store} if store else {})}
        # Glance answers when the whole file is in the store.
        answer = self._request("image", "PUT", path, f"upload {path}", data=data, headers=headers, timeout=UPLOAD_S)
        if answer.status_code == 404:
            raise StepFailed(f"{self.where}: `upload {path}`: the image is gone (404)")

    def _request(self, service: str, method: str, path: str, what: str, **arguments: Any) -> Any:
        connection: Any = self.connection()
        with self._explained(what, changes=method != "GET"):
            answer = getattr(connection, PROXIES[service]).request(path, method, **arguments)
        if answer.status_code < 400 or answer.status_code == 404:
            return answer
        reason = self._shown(_reason(answer))
        if answer.status_code >= 500 and method == "GET":
            raise HostError(f"{self.where}: `{what}`: {answer.status_code}: {reason}; is the service up?")
        advice = "; is this an administrator of the cloud?" if answer.status_code in (401, 403) else ""
        raise StepFailed(f"{self.where}: `{what}`: {answer.status_code}: {reason}{advice}")

    def _json(self, answer: Any, path: str) -> Any:
        with understood(self.where, path):
            return answer.json()

    @contextmanager
    def _explained(self, what: str, changes: bool = False) -> Iterator[None]:
        from keystoneauth1.exceptions import ClientException, HttpError
        from openstack.exceptions import SDKException
        from requests.exceptions import RequestException

        try:
            yield
        except (ClientException, SDKException, RequestException) as problem:
            text = f"{self.where}: `{what}`: {self._shown(str(problem))}"
            if isinstance(
                problem, HttpError
            ):  # only a login raises an HttpError, because requests answer with their status
                raise HostError(f"{text}; does `openstack --os-cloud NAME token issue` work?") from None
            if changes:
                raise OutcomeUnknown(f"{text}; outcome unknown") from None
            raise HostError(f"{text}; is the cloud up, and clouds.yaml right?") from None

    def _shown(self, text: str) -> str:
        """Return the text without keys, and without what clouds.yaml has for secrets."""
        for secret in self._secrets:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])", "***", text)
        # First redacted, then cut: a part of a key no longer looks like a key.
        return " ".join(redacted(text).split())[:LONGEST_TEXT]


def _reason(answer: Any) -> str:
    """Return what a service said of a request that it refused: JSON with a message somewhere, or a page."""
    try:
        (inner,) = answer.json().values()
        return str(inner["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return re.sub(r"<[^>]*>", " ", str(answer.text))
