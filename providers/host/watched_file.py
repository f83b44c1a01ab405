"""WatchedFile: what a service reads of a file, and what the stack writes there.

An input of the service's restart. A preview of a restart therefore says which option of which file is to change from
what to what. Values are those that the settings of the stack make, never what is read on a host.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from providers.formats.lists import Items
from providers.formats.paths import AbsolutePath
from providers.redaction import NOT_SHOWN, is_closed

NOT_RECORDED = "(not recorded)"
"""Value of an option in the state of an earlier version, which kept a digest in its place."""


class WatchedFile(BaseModel):
    """A file that the process reads, and which options in it matter to this stack. A keyring counts as a whole.

    A service has these files by path.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    dialect: Literal["oslo", "ceph", "keyring"] = Field(
        description="How the file is read: an OpenStack file, a ceph.conf, or a keyring."
    )
    options: dict[str, dict[str, str]] | None = Field(
        None, description="Section -> option -> value that the stack writes. Default: none."
    )
    list_items: dict[str, dict[str, Items]] | None = Field(
        None, description="Section -> list option -> items that are the stack's. Default: none."
    )
    later_files: list[AbsolutePath] | None = Field(
        None, description="Files and folders that the process reads after this file, first to last. Default: none."
    )
    entity: str | None = Field(None, description="Whose key a keyring holds.")
    fsid: str | None = Field(
        None, description="The cluster of the key, where it is not the service's. Default: the service's."
    )
    owner: str | None = Field(None, description="Owner of a keyring.")
    group: str | None = Field(None, description="Group of a keyring.")
    mode: str | None = Field(None, description="Octal mode of a keyring.")
    digest: str | None = Field(None, description="Digest of all values. Default: none, because each value is shown.")

    @field_validator("options")
    @classmethod
    def _in_order(cls, options: dict[str, dict[str, str]] | None) -> dict[str, dict[str, str]] | None:
        """Return the options in the order of their names, because the engine's protocol loses any other order."""
        return options and {section: dict(sorted(options[section].items())) for section in sorted(options)}

    @classmethod
    def written(
        cls,
        path: str,
        dialect: Literal["oslo", "ceph"],
        sections: Mapping[str, Mapping[str, str]],
        items: Mapping[str, Mapping[str, list[str]]] | None = None,
        later_files: list[str] | None = None,
    ) -> WatchedFile:
        """Return a file with what the stack writes there. A value that may be a password is not in the result."""
        options = {section: dict(values) for section, values in sections.items()}
        shown = {
            section: {option: NOT_SHOWN if is_closed(option) else value for option, value in values.items()}
            for section, values in options.items()
        }
        listed = {
            section: {option: list(them) for option, them in lists.items()} for section, lists in (items or {}).items()
        }
        whole = digest_of(path, {"dialect": dialect, "options": options, "list_items": listed})
        return cls(
            dialect=dialect,
            options=shown or None,
            list_items=listed or None,
            later_files=later_files or None,
            digest=whole if shown != options else None,
        )

    def option_names(self) -> dict[str, list[str]]:
        """Return the options that matter, by section; those of a keyring are its key."""
        if self.dialect == "keyring":
            return {self.entity: ["key"]} if self.entity else {}
        options, items = self.options or {}, self.list_items or {}
        names = sorted({*options, *items})
        return {name: sorted({*options.get(name, {}), *items.get(name, {})}) for name in names}


def digest_of(path: str, file: Mapping[str, Any]) -> str:
    """Return the digest that stood for what the stack writes into a file, when no input showed the values.

    Args:
        path: Path of the file.
        file: The fields of a `WatchedFile`; of `list_items` either the items or their text.
    """
    if file.get("digest"):
        return str(file["digest"])
    sections, more = file.get("options") or {}, list[str]()
    if file.get("dialect") == "keyring":
        sections = {str(file.get("entity")): {"key": "current"}}
        more = [str(file.get(name)) for name in ("owner", "group", "mode")]
    items = {
        section: {option: them.split(",") if isinstance(them, str) else list(them) for option, them in lists.items()}
        for section, lists in (file.get("list_items") or {}).items()
    }
    text = json.dumps({"path": path, "sections": sections, "list_items": items, "more": more}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
