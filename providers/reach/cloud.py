"""CloudSession: an OpenStack as one run sees it, through openstacksdk. The only file that knows openstacksdk, and it imports it late:
a stack without `openstack` in its settings needs none.

Where the cloud is and how to log in stands in clouds.yaml, on the machine that runs Pulumi. A password goes from there into
openstacksdk and nowhere else: what an error quotes is searched for it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from providers.errors import HostError, OutcomeUnknown, Refused, StepFailed, UnexpectedOutput
from providers.reach.cloud_call import CloudCall

if TYPE_CHECKING:
    from openstack.connection import Connection

PROXIES = {"volume": "block_storage", "image": "image", "compute": "compute"}
TIMEOUT_S = 60
UPLOAD_S = 6 * 3600
CHUNK = 1 << 20
SECRETS = ("password", "passcode", "token", "application_credential_secret", "access_token", "client_secret")


class NotTheCloud(Refused):
    """What clouds.yaml has is not the OpenStack that was changed, or none at all."""


class CloudName(BaseModel):
    """A cloud by its name in clouds.yaml; never how to log in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1, description="Its name in clouds.yaml.")
    file: str = Field(
        "", description="Path of clouds.yaml on the machine that runs Pulumi. Default: openstacksdk's own search."
    )
    region: str = Field("", description="Region. Default: the one in clouds.yaml.")
    interface: str = Field("", description="Which endpoints: public, internal, admin. Default: as in clouds.yaml.")

    @property
    def where(self) -> str:
        return f"cloud {self.name}"


class Cloud(Protocol):
    """What a kind asks of an OpenStack: requests to its services, by the paths that the API's reference has."""

    where: str

    def identity(self) -> str:
        """Return what tells this OpenStack from every other, whatever its name here: the id of its identity service, and the region.

        Regions share an identity service, and each has volume types and images of its own.
        """

    def project(self) -> str:
        """Return the id of the project for which the login is; empty for one of the whole system."""

    def get(self, service: str, path: str) -> Any:
        """Return the answer, or None when the service says that there is no such thing."""

    def listed(self, service: str, path: str, rows: str) -> list[dict[str, Any]]:
        """Return the rows of a list, all its pages."""

    def send(self, call: CloudCall) -> Any:
        """Change something, and return the answer."""

    def download(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of an image's file."""

    def upload(self, path: str, data: IO[bytes], store: str) -> None:
        """Send an image's file."""


@contextmanager
def understood(where: str, what: str) -> Iterator[None]:
    """Turn an answer of another form into an error: it is never taken for absence."""
    try:
        yield
    except (TypeError, KeyError, IndexError, AttributeError, ValueError):
        raise UnexpectedOutput(f"{where}: `{what}` did not answer in the form that this version knows") from None


class CloudSession:
    """One cloud, logged in to when first needed. The places of its errors and answers are `where`."""

    def __init__(self, place: CloudName) -> None:
        self.place, self.where = place, place.where
        self._connection: Connection | None = None
        self._identity = ""
        self._secrets: list[str] = []
        self._lock = threading.Lock()

    def connection(self) -> Connection:
        """Return openstacksdk's own connection, for what this class has no word for: streams."""
        with self._lock:
            if self._connection is None:
                self._connection = self._connect()
            return self._connection

    def _connect(self) -> Connection:
        # Here, not above: it takes half a second, and most stacks have no use for it.
        from openstack.config import OpenStackConfig
        from openstack.connection import Connection

        place = self.place
        given: dict[str, Any] = {"region_name": place.region, "interface": place.interface}
        try:
            files: Any = (
                {"config_files": [str(Path(place.file).expanduser())], "load_envvars": False} if place.file else {}
            )
            config = OpenStackConfig(**files).get_one(
                cloud=place.name, api_timeout=TIMEOUT_S, **{name: value for name, value in given.items() if value}
            )
            auth = config.config.get("auth") or {}
            self._secrets = [str(auth[name]) for name in SECRETS if auth.get(name)]
            return Connection(config=config, statsd_host=None)
        except Exception as problem:  # noqa: BLE001 - whatever a file of secrets is wrong about is not to be quoted
            raise NotTheCloud(
                f"{self.where}: {place.file or 'clouds.yaml'} has no usable cloud of this name ({type(problem).__name__}); correct"
                " ceph-openstack:openstack.cloud or the file: `openstack --os-cloud NAME token issue` shows whether it works"
            ) from None

    def identity(self) -> str:
        connection = self.connection()
        if not self._identity:
            with self._explained("log in"), understood(self.where, "catalog"):
                auth: Any = connection.session.auth
                access = auth.get_access(connection.session)
                rows = access.service_catalog.catalog
                found = [row["id"] for row in rows if row["type"] == "identity"]
                service = str(found[0]) if found else str(connection.config.config["auth"]["auth_url"])
                regions = {one["region"] for row in rows for one in row["endpoints"] if one.get("region")}
                # The only one is the same whether it is named or not.
                region = connection.config.get_region_name() or (regions.pop() if len(regions) == 1 else "")
                self._identity = f"{service} {region}".rstrip()
        return self._identity

    def project(self) -> str:
        connection = self.connection()
        with self._explained("log in"):
            return str(connection.session.get_project_id() or "")

    def get(self, service: str, path: str) -> Any:
        answer = self._request(service, "GET", path, f"{service} {path}", connect_retries=2)
        return None if answer.status_code == 404 else self._json(answer, path)

    def listed(self, service: str, path: str, rows: str) -> list[dict[str, Any]]:
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
                # Glance's is a path from its root, and its endpoint already ends with the version.
                following = following.removeprefix("/v2") if following and service == "image" else following
        return found

    def send(self, call: CloudCall) -> Any:
        headers = {"Content-Type": "application/openstack-images-v2.1-json-patch"} if call.method == "PATCH" else {}
        answer = self._request(call.service, call.method, call.path, str(call), json=call.body, headers=headers)
        if answer.status_code in call.accept:
            return None
        if answer.status_code == 404:
            raise StepFailed(f"{self.where}: `{call}`: there is no such thing (404)")
        return self._json(answer, call.path) if answer.content else None

    def download(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file, such as `/images/ID/file`."""
        answer = self._request("image", "GET", path, f"image {path}", stream=True)
        if answer.status_code != 200:
            raise StepFailed(f"{self.where}: `image {path}`: {answer.status_code}: no content")
        with self._explained(f"image {path}"), answer:
            yield from answer.iter_content(CHUNK)

    def upload(self, path: str, data: IO[bytes], store: str) -> None:
        """Send a file as it is read; `store` is the store's id, empty for Glance's default."""
        headers = {"Content-Type": "application/octet-stream", **({"X-Image-Meta-Store": store} if store else {})}
        # Glance answers when all of it is in the store.
        answer = self._request("image", "PUT", path, f"upload {path}", data=data, headers=headers, timeout=UPLOAD_S)
        if answer.status_code == 404:
            raise StepFailed(f"{self.where}: `upload {path}`: the image is gone (404)")

    def _request(self, service: str, method: str, path: str, what: str, **words: Any) -> Any:
        connection: Any = self.connection()
        with self._explained(what, changes=method != "GET"):
            answer = getattr(connection, PROXIES[service]).request(path, method, **words)
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
            if isinstance(problem, HttpError):  # only a login raises one: requests answer with their status
                raise HostError(f"{text}; does `openstack --os-cloud NAME token issue` work?") from None
            if changes:
                raise OutcomeUnknown(f"{text}; outcome unknown") from None
            raise HostError(f"{text}; is the cloud up, and clouds.yaml right?") from None

    def _shown(self, text: str) -> str:
        """Return the text without what clouds.yaml has for secrets."""
        for secret in self._secrets:
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])", "***", text)
        return " ".join(text.split())[:400]


def _reason(answer: Any) -> str:
    """Return what a service said of a request that it refused: JSON with a message somewhere, or a page."""
    try:
        (inner,) = answer.json().values()
        return str(inner["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return re.sub(r"<[^>]*>", " ", str(answer.text))
