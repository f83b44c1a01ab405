"""Session: a client that is connected to the cluster."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class Session(Answer):
    """An open session of a monitor.

    Attributes:
        entity: As whom the client is connected, such as `client.cinder`.
        address: The client's address.
        id: Tells the session from every other of this entity.
    """

    entity: str
    address: str
    id: str
