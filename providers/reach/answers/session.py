"""Session: a client that is connected to the cluster."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class Session(Answer):
    """An open session of a monitor.

    Attributes:
        entity: As whom the client is connected, such as `client.cinder`.
        address: The client's address.
        instance: The address with the nonce that tells this client from all others there, as a `Watcher` has it.
        host: The client's host as the client calls itself; empty when the client did not say.
        id: Tells the session from every other of this entity, and ends with the client's number in the cluster.
    """

    entity: str
    address: str
    instance: str = ""
    host: str = ""
    id: str
