"""ConfigOption: a row of `ceph config dump`."""

from __future__ import annotations

from providers.reach.answers.answer import Answer


class ConfigOption(Answer):
    """An option in the cluster's own configuration.

    Attributes:
        section: Whom the option is for, such as `mon`.
        name: The option's name.
        value: The option's value.
        mask: For which of them, such as `host:a`; empty for all.
    """

    section: str
    name: str
    value: str
    mask: str = ""
