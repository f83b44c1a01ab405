"""Which images are not raw, or not in the cluster's RBD: guests and volumes of those are full copies, slow to make and larger."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from providers.errors import ProviderError
from providers.reach.cloud import Cloud, understood
from providers.redaction import redacted_line

UNKNOWN = "Glance shows neither"


@dataclass(frozen=True)
class Target:
    """Where images should be. What is empty is not asked for.

    fsid  -- of the cluster
    store -- id of Glance's store
    """

    fsid: str = ""
    store: str = ""


@dataclass(frozen=True)
class Usage:
    """Image id -> how many volumes and servers were made from it; None where the cloud did not say."""

    volumes: Counter[str] | None
    servers: Counter[str] | None

    def of(self, id_: str) -> str:
        """Return the counts in words."""
        words = [
            f"{'?' if counts is None else counts[id_]} {what}"
            for counts, what in ((self.volumes, "volumes"), (self.servers, "servers"))
        ]
        return ", ".join(words)


def usage(cloud: Cloud) -> Usage:
    """Look at the volumes and servers of all projects."""
    volumes = _rows(cloud, "volume", "/volumes/detail?all_tenants=1", "volumes")
    servers = _rows(cloud, "compute", "/servers/detail?all_tenants=1", "servers")
    with understood(cloud.where, "volumes and servers"):
        return Usage(
            None if volumes is None else Counter(_id(row.get("volume_image_metadata"), "image_id") for row in volumes),
            # A server that was booted from a volume has an empty text for its image.
            None if servers is None else Counter(_id(row["image"], "id") for row in servers),
        )


def _rows(cloud: Cloud, service: str, path: str, rows: str) -> list[dict[str, Any]] | None:
    try:
        return cloud.listed(service, path, rows)
    except ProviderError:
        return None


def _id(part: Any, name: str) -> str:
    return str(part.get(name, "")) if isinstance(part, dict) else ""


def place(row: dict[str, Any], target: Target) -> tuple[str, bool | None]:
    """Return where an image's data is, in words, and whether that is where it should be; None when Glance does not show it."""
    urls = [str(row.get("direct_url") or ""), *(str(one.get("url") or "") for one in row.get("locations") or [])]
    urls = [url for url in urls if url]
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme == "rbd":
            # rbd://fsid/pool/image/snapshot; Glance's older form without the fsid is rbd://image.
            fsid, pool = parts.netloc, unquote(parts.path.split("/")[1]) if parts.path.count("/") >= 3 else ""
            other = bool(target.fsid and pool and fsid != target.fsid)
            return (f"rbd of cluster {fsid}" if other else f"rbd {pool}".strip()), not other
    if urls:
        return urlsplit(urls[0]).scheme or "elsewhere", False
    stores = [one for one in str(row.get("stores") or "").split(",") if one]
    if not stores:
        return UNKNOWN, None
    return f"store {','.join(stores)}", (target.store in stores) if target.store else None


def wrong(row: dict[str, Any], target: Target) -> str:
    """Return why an image is listed, or an empty text."""
    where, right = place(row, target)
    reasons = []
    if row.get("disk_format") != "raw":
        reasons.append("not raw")
    if right is False:
        reasons.append("not in RBD")
    elif right is None and where != UNKNOWN:
        reasons.append("is that store in RBD? name it with --store")
    elif right is None:
        reasons.append(UNKNOWN)
    return "; ".join(reasons)


def table(cloud: Cloud, target: Target) -> list[str]:
    """Return the lines of the listing: images that are hidden are not in it."""
    rows = cloud.listed("image", "/images?visibility=all&limit=200", "images")
    used = usage(cloud)
    lines: list[tuple[str, ...]] = [("ID", "NAME", "FORMAT", "WHERE", "SIZE", "STATUS", "OWNER", "USED BY", "WHY")]
    with understood(cloud.where, "/images"):
        for row in sorted(rows, key=lambda one: (str(one.get("name")), str(one["id"]))):
            why = wrong(row, target)
            if why:
                where, _ = place(row, target)
                columns = (row["id"], row.get("name"), row.get("disk_format"), where, in_words(row.get("size")))
                more = (row["status"], row.get("owner"), used.of(row["id"]), why)
                lines.append(tuple(redacted_line(str(one or "-")) for one in (*columns, *more)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    shown = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    if len(lines) == 1:
        return [f"all {len(rows)} images are raw and in RBD"]
    return [*shown, f"{len(lines) - 1} of {len(rows)} images; hidden ones are not looked at"]


def in_words(size: Any) -> str:
    """Return bytes as a person reads them."""
    number = float(size or 0)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} TiB"
