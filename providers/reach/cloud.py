"""Cloud: the narrow seam between what is wanted and an OpenStack's APIs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Protocol

from providers.errors import Refused, UnexpectedOutput
from providers.reach.cloud_call import CloudCall


class NotTheCloud(Refused):
    """What clouds.yaml has is not the OpenStack that was changed, or none at all."""


class Cloud(Protocol):
    """What a kind asks of an OpenStack: requests to its services, by the paths that the API's reference has.

    Attributes:
        where: The cloud as errors name it.
    """

    where: str

    def identity(self) -> str:
        """Return what tells this OpenStack from every other, whatever its name in clouds.yaml.

        That is the id of its identity service, and the region, because regions share an identity service and each
        region has volume types and images of its own.
        """

    def project(self) -> str:
        """Return the id of the login's project; empty for a login to the whole system."""

    def get(self, service: str, path: str) -> Any:
        """Return the answer, or None when the service says that there is no such thing."""

    def listed(self, service: str, path: str, rows: str) -> list[dict[str, Any]]:
        """Return the rows of all pages of a list.

        Args:
            service: `volume`, `image` or `compute`.
            path: Path of the list.
            rows: The word under which a page has its rows.
        """

    def send(self, call: CloudCall) -> Any:
        """Change something, and return the answer."""

    def download(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of an image's file."""

    def upload(self, path: str, data: IO[bytes], store: str) -> None:
        """Send an image's file.

        Args:
            path: Path of the file, such as `/images/ID/file`.
            data: The file, read as it is sent.
            store: Id of the store; empty for Glance's default.
        """


@contextmanager
def understood(where: str, what: str) -> Iterator[None]:
    """Turn an answer of another form into an error, because such an answer must never be taken for absence."""
    try:
        yield
    except (TypeError, KeyError, IndexError, AttributeError, ValueError):
        raise UnexpectedOutput(f"{where}: `{what}` did not answer in the form that this version knows") from None
