"""Makes a raw image in RBD of one that is not, and lets it take the other's place.

Downloaded, converted when it must be, uploaded as a new image, compared, and only then switched: the new one gets name,
visibility, tags, members and properties, the old one another name, and is hidden. The old one is never deleted here.
A run that was cut off is taken up by the same command: the old image's property `ceph_openstack_copy` has the id of the new one.
What the new one says of itself is believed to be a run's only together with that: any tenant can write on an image of his own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands import image_file
from commands.image_list import Target, in_words, place, usage
from providers.errors import ProviderError, Refused
from providers.reach.cloud import Cloud, understood
from providers.reach.images import COPY, ID, REPLACED, SOURCE, change, found, named, properties, several
from providers.reach.steps import CloudCall

Say = Callable[[str], None]
ALGORITHMS = ("sha512", "sha384", "sha256", "blake2b")
ENCRYPTED = ("cinder_encryption_key_", "os_encrypt_")
"""How the properties begin by which Glance deletes an image's key with it."""
SDK_SUMS = ("owner_specified.openstack.md5", "owner_specified.openstack.sha256")


@dataclass(frozen=True)
class Wish:
    """What is asked for.

    convert   -- make it raw; otherwise its bytes stay what they are
    folder    -- where its data is kept meanwhile
    read_back -- download the new image and compare that, too
    """

    target: Target
    convert: bool
    folder: Path
    read_back: bool = False


class Copy:
    """One image and the new one that is to take its place."""

    def __init__(self, cloud: Cloud, name: str, wish: Wish, say: Say) -> None:
        self.cloud, self.wish, self.say = cloud, wish, say
        row = self.old = self.meant(name)
        self.id, self.title = str(row["id"]), f"image {row['name']} ({row['id']})"
        self.where, self.right = place(row, wish.target)

    # What is asked

    def meant(self, name: str) -> dict[str, Any]:
        """Return the image of this id or name; a run that was cut just before its end left two of the name."""
        rows = [] if ID.fullmatch(name) else named(self.cloud, name)
        both = {(row["id"], row.get(COPY)) for row in rows}
        rows = [row for row in rows if (row.get(SOURCE), row["id"]) not in both]
        if len(rows) > 1:
            raise several(self.cloud, name, len(rows))
        row = rows[0] if rows else found(self.cloud, name)
        if row is None:
            raise Refused(f"{self.cloud.where}: there is no image {name}; `images list` shows them by id")
        return row

    def check(self) -> None:
        """Refuse what must not be done, or is done already."""
        old, title = self.old, f"{self.cloud.where}: {self.title}"
        known = properties(self.cloud, old)
        if self.replaced:
            raise Refused(f"{title}: was replaced by {known[REPLACED]} already")
        if old["status"] != "active":
            raise Refused(f"{title}: its status is {old['status']}; only active images have all their data")
        if not old.get("size"):
            raise Refused(f"{title}: has no data of its own; it stands for snapshots of volumes")
        if old.get("container_format") != "bare":
            raise Refused(f"{title}: its container_format is {old.get('container_format')}; only bare ones are disks")
        raw = old.get("disk_format") == "raw"
        if self.wish.convert and raw:
            raise Refused(f"{title}: is raw already; `images move` brings it into RBD")
        if self.wish.convert and old.get("disk_format") not in image_file.FORMATS:
            raise Refused(
                f"{title}: {old.get('disk_format')} is not converted here; {', '.join(image_file.FORMATS)} are. Convert it yourself and"
                " upload it anew"
            )
        if self.wish.convert and any(key.startswith("img_signature") for key in known):
            raise Refused(
                f"{title}: is signed, and its signature is of the data that it has; convert it before it is signed"
            )
        if any(key.startswith(ENCRYPTED) for key in known):
            raise Refused(
                f"{title}: is of an encrypted volume, and Glance may delete its key with the first of two images that have it;"
                " leave it as it is"
            )
        if not self.wish.convert and self.right:
            raise Refused(f"{title}: is in RBD already ({self.where}); nothing is to do")

    @property
    def replaced(self) -> bool:
        """Whether an earlier run came to its end."""
        return REPLACED in self.old and bool(self.old.get("os_hidden"))

    def begun(self) -> dict[str, Any] | None:
        """Return the new image of an earlier run: the one on the old one's record, if it is as a run leaves it."""
        id_ = str(self.old.get(COPY))
        made: dict[str, Any] | None = self.cloud.get("image", f"/images/{id_}") if ID.fullmatch(id_) else None
        if made is None:
            return None
        old, hidden = self.old, made.get("os_hidden")
        shared = ["shared"] if old["visibility"] == "shared" else []
        expected: dict[str, list[Any]] = {
            SOURCE: [self.id],
            # Without an owner, the old one is changed by administrators only, and the new one is in their project.
            "owner": [old.get("owner") or made.get("owner")],
            "name": [self.unfinished_name() if hidden else old["name"]],
            "os_hidden": [True, False],
            "visibility": ["private", *shared] if hidden else [old["visibility"]],
            "disk_format": [self.disk_format],
            "container_format": ["bare"],
            "status": [made.get("status") if hidden else "active"],
        }
        others = [name for name, values in expected.items() if made.get(name) not in values]
        if others:
            raise Refused(
                f"{self.cloud.where}: {self.title}: its property {COPY} names image {id_}, and that is not as an earlier run of this command"
                f" leaves it (its {', '.join(others)}); look at both, then `openstack image unset --property {COPY} {self.id}`, and"
                " run it again"
            )
        return made

    def unrecorded(self) -> list[str]:
        """Return the ids of new images whose making was the last thing that a run did: without data, and on nobody's record."""
        path = f"/images?visibility=all&os_hidden=true&{SOURCE}={self.id}"
        known, owner = self.old.get(COPY), self.old.get("owner")
        shown = {SOURCE: self.id, "name": self.unfinished_name(), "status": "queued"}
        rows = [row for row in self.cloud.listed("image", path, "images") if row["id"] != known]
        rows = [row for row in rows if not owner or row.get("owner") == owner]
        return [str(row["id"]) for row in rows if shown == {name: row.get(name) for name in shown}]

    def told(self) -> list[str]:
        """Return what would be done, in sentences."""
        old, wish, made = self.old, self.wish, self.begun()
        to = f"store {wish.target.store}" if wish.target.store else "Glance's default store"
        how = f"converted from {old['disk_format']} to raw, compared by qemu-img, " if wish.convert else ""
        took = [f"the new image {made['id']} of an earlier run is taken up ({made['status']})"] if made else []
        return [
            f"{self.title}: {old['disk_format']}, {in_words(old['size'])}, {self.where}; used by {usage(self.cloud).of(self.id)}",
            *(f"  {line}" for line in took),
            f"  it would be downloaded to {wish.folder}, {how}uploaded into {to} as a new image, and compared by digest",
            f"  then the new one would be called {old['name']}, with its visibility, tags, members and properties,",
            f"  and the old one {self.former_name()}, hidden; it is not deleted",
        ]

    def former_name(self) -> str:
        return f"{self.old['name']} ({self.old['disk_format']}, replaced)"

    def unfinished_name(self) -> str:
        return f"{self.old['name']} (unfinished copy)"

    @property
    def disk_format(self) -> str:
        return "raw" if self.wish.convert else str(self.old["disk_format"])

    # Doing it

    def run(self) -> str:
        """Do all that is left to do and return the id of the new image."""
        self.check()
        made = self.begun()
        for id_ in self.unrecorded():
            self.say(
                f"image {id_} was begun by a run that was cut, and has no data; it is left as it is: openstack image delete {id_}"
            )
        if made is None or made.get("os_hidden"):
            made = self.filled(made)
            self.still_ours(made)
            self.switch_new(made)
        self.switch_old(str(made["id"]))
        self.say(
            f"the old one is not deleted. Servers and volumes made from it: {usage(self.cloud).of(self.id)}. When nobody needs it any more:"
            f" openstack image delete {self.id}"
        )
        return str(made["id"])

    def filled(self, made: dict[str, Any] | None) -> dict[str, Any]:
        """Return the new image with all its data, compared."""
        if made is not None and made["status"] not in ("queued", "active"):
            self.say(f"image {made['id']} of an earlier run is {made['status']}: it is made anew")
            self.cloud.send(
                CloudCall("image", "DELETE", f"/images/{made['id']}", f"image delete {made['id']}", accept=(404,))
            )
            made = None
        with image_file.folder(self.wish.folder, self.id) as folder:
            data = self.fetched(folder)
            if made is None:
                made = self.create()
            if made["status"] == "queued":
                self.send(made, data)
            made = self.cloud.get("image", f"/images/{made['id']}")
            if made is None:
                raise Refused(f"{self.cloud.where}: the new image went while it was uploaded; run it again")
            self.compare(made, data)
        return made

    def still_ours(self, made: dict[str, Any]) -> None:
        """Look at the old image again: what was set meanwhile goes with it, unless another run works on it, too."""
        now = self.cloud.get("image", f"/images/{self.id}")
        if now is None or now.get(COPY) != made["id"]:
            raise Refused(
                f"{self.cloud.where}: {self.title}: it went, or another run began a copy of it meanwhile; image {made['id']} stays"
                " hidden; run it again when no other does"
            )
        self.old = now
        self.check()

    def fetched(self, folder: Path) -> Path:
        """Return the file of the data that the new image is to have."""
        old, wish = self.old, self.wish
        image_file.room(
            folder, int(old["size"]) + (int(old.get("virtual_size") or 0) if wish.convert else 0), self.title
        )
        path = folder / "downloaded"
        algorithm, wanted = self.sum_of(old)
        got = image_file.save(
            self.progress("downloaded", self.cloud.download(f"/images/{self.id}/file"), int(old["size"])),
            path,
            algorithm,
        )
        if path.stat().st_size != old["size"] or (wanted and got != wanted):
            raise Refused(
                f"{self.cloud.where}: {self.title}: what was downloaded is not what Glance has on record ({algorithm}); run it again, and if"
                " it stays, the image is damaged"
            )
        if not wish.convert:
            return path
        self.say(f"converting {old['disk_format']} to raw")
        raw = folder / "raw"
        try:
            image_file.convert(path, raw, str(old["disk_format"]))
        except ProviderError as problem:
            raise Refused(f"{self.title}: {problem}") from None
        path.unlink()
        return raw

    def create(self) -> dict[str, Any]:
        """Make the new image: hidden, private, and on the old one's record as its copy."""
        old = self.old
        body = {
            "name": self.unfinished_name(),
            "disk_format": self.disk_format,
            "container_format": "bare",
            "visibility": "private",
            "os_hidden": True,
            "min_disk": old.get("min_disk", 0),
            "min_ram": old.get("min_ram", 0),
            "tags": old.get("tags", []),
            SOURCE: self.id,
            **self.copied(),
            **({"owner": old["owner"]} if old.get("owner") else {}),
        }
        made: dict[str, Any] = self.cloud.send(
            CloudCall("image", "POST", "/images", f"image create {body['name']}", body)
        )
        self.cloud.send(change(self.id, str(old["name"]), {COPY: made["id"]}))
        return made

    def copied(self) -> dict[str, str]:
        """Return the properties that the new image gets; sums of data that it has no longer are left out."""
        left = (SOURCE, REPLACED, COPY, *(SDK_SUMS if self.wish.convert else ()))
        known = properties(self.cloud, self.old)
        return {name: value for name, value in known.items() if name not in left and not name.startswith("os_glance_")}

    def send(self, made: dict[str, Any], data: Path) -> None:
        with data.open("rb") as file:
            self.say(f"uploading {in_words(data.stat().st_size)} as image {made['id']}")
            self.cloud.upload(f"/images/{made['id']}/file", file, self.wish.target.store)

    def compare(self, made: dict[str, Any], data: Path) -> None:
        """Refuse to go on unless the new image holds the data, in the right place; it stays hidden then."""
        title = f"{self.cloud.where}: the new image {made['id']}"
        advice = f"the old one is as it was; `openstack image delete {made['id']}`, then run it again"
        if made["status"] != "active":
            raise Refused(f"{title}: its status is {made['status']}, so it has not all its data; {advice}")
        where, right = place(made, self.wish.target)
        if right is False:
            raise Refused(f"{title} is not in RBD ({where}); name the store with --store; {advice}")
        if right is None and not self.wish.target.store:
            raise Refused(
                f"{title}: whether it is in RBD is not shown ({where}); name the store with --store; {advice}"
            )
        if right is None:
            self.say(
                f"warning: Glance does not show where the new image lies; it took it for store {self.wish.target.store}"
            )
        algorithm, theirs = self.sum_of(made)
        ours = image_file.digest(data, algorithm)
        if made["size"] != data.stat().st_size or (theirs and theirs != ours):
            raise Refused(f"{title} differs from what was uploaded ({algorithm}); {advice}")
        if self.wish.read_back or not theirs:
            blocks = self.progress("read back", self.cloud.download(f"/images/{made['id']}/file"), int(made["size"]))
            if image_file.save(blocks, Path("/dev/null"), algorithm) != ours:
                raise Refused(f"{title} reads back as something else ({algorithm}); {advice}")
        self.say(f"the new image is what was uploaded: {algorithm} {ours[:16]}…, {where}")

    @staticmethod
    def sum_of(row: dict[str, Any]) -> tuple[str, str]:
        """Return by what an image's data is known, and its value; older Glance has an MD5 sum only."""
        if row.get("os_hash_algo") in ALGORITHMS and row.get("os_hash_value"):
            return str(row["os_hash_algo"]), str(row["os_hash_value"])
        return ("md5", str(row["checksum"])) if row.get("checksum") else ("sha512", "")

    def switch_new(self, made: dict[str, Any]) -> None:
        old = self.old
        given = {
            "name": old["name"],
            "os_hidden": False,
            "visibility": old["visibility"],
            "protected": old["protected"],
            **self.copied(),  # what was set on the old one meanwhile
        }
        if old["visibility"] == "shared" and (members := self.members(self.id)):
            # Only of an image that is shared Glance shows and takes members; it is still hidden.
            self.cloud.send(change(str(made["id"]), str(made["id"]), {"visibility": "shared"}))
            for member in sorted(members - self.members(str(made["id"]))):
                told = f"image add project {made['id']} {member}"
                self.cloud.send(CloudCall("image", "POST", f"/images/{made['id']}/members", told, {"member": member}))
                self.say(f"project {member} has to accept the new image: `openstack image set --accept {made['id']}`")
        self.cloud.send(change(str(made["id"]), str(old["name"]), given))

    def members(self, id_: str) -> set[str]:
        with understood(self.cloud.where, "members"):
            answer = self.cloud.get("image", f"/images/{id_}/members")
            return {str(row["member_id"]) for row in (answer or {"members": []})["members"]}

    def switch_old(self, new: str) -> None:
        self.cloud.send(
            change(
                self.id,
                str(self.old["name"]),
                {"name": self.former_name(), "os_hidden": True, REPLACED: new, COPY: None},
            )
        )
        self.say(f"{self.title} is now called {self.former_name()}, and hidden; {new} has its name")

    def progress(self, what: str, blocks: Iterator[bytes], size: int) -> Iterator[bytes]:
        done, told = 0, 0
        for block in blocks:
            done += len(block)
            tenth = done * 10 // size if size else 10
            if tenth > told:
                told = tenth
                self.say(f"{what} {in_words(done)} of {in_words(size)}")
            yield block
