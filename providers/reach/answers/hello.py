"""Hello: an agent's first answer."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class Hello(Answer):
    """Which machine answers, and which process there.

    Attributes:
        machine_id: systemd's machine-id; empty in a container without one.
        process: The agent's process number, and when it started in ticks since the boot.
    """

    machine_id: str
    process: tuple[int, str | None]
