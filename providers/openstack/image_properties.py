"""Properties of an image that exists, which decide how a guest sees its disks and whether a snapshot asks the guest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import Field, field_validator
from typing_extensions import override

from providers.adoption import takes_over
from providers.desired import reported
from providers.errors import Refused
from providers.formats.names import PropertyName, Uuid
from providers.journal.cluster_journal import ClusterJournal
from providers.journal.entry import Entry
from providers.journal.entry_steps import RemoveEntry, WriteEntry, journalled
from providers.lifecycle import Lifecycle
from providers.on_cluster import KindOnCluster, OnCluster
from providers.openstack import owned
from providers.openstack.cloud import same_cloud
from providers.openstack.owned import OwnedRecord
from providers.plan import Elsewhere, Step
from providers.reach import images
from providers.reach.cloud import Cloud
from providers.reach.cloud_call import CloudCall
from providers.reach.cloud_name import CloudName
from providers.reach.machines import Machines
from providers.undo import Undo


class ImagePropertiesDesired(OnCluster):
    """Properties of one image. Properties that are not named are left alone."""

    fsid: Uuid = Field(description="The cluster's fsid: what was there before us is kept in that cluster.")
    cloud: CloudName = Field(description="The cloud.")
    image: str = Field(min_length=1, max_length=255, description="Name or id of the image; cannot change.")
    properties: dict[PropertyName, str] = Field(min_length=1, description="Properties by name, such as hw_disk_bus.")
    adopt: Literal[True] | None = Field(
        None, description="The first run only records the properties that the image has, and changes none."
    )
    present: bool = reported(True, "False when the cloud has no such image.")

    @field_validator("image")
    @classmethod
    def _one_line(cls, image: str) -> str:
        if not image.isprintable():
            raise ValueError("holds control characters; write the image's id instead")
        return image

    @field_validator("properties")
    @classmethod
    def _no_field(cls, properties: dict[str, str]) -> dict[str, str]:
        for name, value in properties.items():
            ours = name in (images.SOURCE, images.COPY, images.REPLACED)
            if ours or name in images.OWN or name.startswith("os_glance_"):
                raise ValueError(f"{name} is no property: it is Glance's own or ours; leave it out")
            if not value.isprintable():
                raise ValueError("the value of a property holds control characters; write it on one line")
        return properties


class ImagePropertiesRecord(OwnedRecord):
    """The image's properties before us and those that we set."""

    image: str = Field("", description="Id of the image that was changed.")


@dataclass(frozen=True)
class ImagePropertiesObserved:
    """What the cloud says of an image.

    Attributes:
        where: The cloud as messages name it.
        identity: Of the cloud; see `Cloud.identity`.
        id: The image's id, empty when there is no such image.
        properties: All properties of the image; none when there is no such image.
        entry: The journal's entry.
        former: Properties of the image that was changed, when the name means another image by now.
    """

    where: str
    identity: str
    id: str
    properties: dict[str, str] | None
    entry: Entry[ImagePropertiesRecord] | None
    former: dict[str, str] | None = None


class ImagePropertiesKind(KindOnCluster[ImagePropertiesDesired, ImagePropertiesObserved]):
    """Properties of an image. Properties that are not named are left alone."""

    noun = "image properties"
    entry_kind = "image"
    entry_form = Entry[ImagePropertiesRecord]
    desired = ImagePropertiesDesired
    fixed = {
        "fsid": "a stack stays on its cluster; use another stack for another cluster",
        "image": "the properties of the other image would stay; add the new image beside it and take this out",
    }
    lifecycle = Lifecycle(
        create="Sets the properties by Glance's API. Refuses an image that is not there. With `adopt` the first run"
        " only records the properties that the image has.",
        read="Asks Glance for the image.",
        update="Sets the properties that differ, and puts back those that are no longer given.",
        delete="Puts back what each property was before. What somebody has set since stays, with a warning.",
        drift={"properties": "the image's, of those that are given"},
    )

    @override
    def named_by(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"image": entry.what, "cloud": entry.record.place.model_dump()}

    @override
    def title(self, desired: ImagePropertiesDesired) -> str:
        return f"properties of image {desired.image}"

    @override
    def read(self, desired: ImagePropertiesDesired, machines: Machines) -> ImagePropertiesObserved:
        journal = machines.cluster(desired.fsid).journal()
        entry = ClusterJournal(desired.stack).read(
            journal, self.entry_kind, desired.image, Entry[ImagePropertiesRecord]
        )
        cloud, changed = machines.cloud(desired.cloud), _changed(entry)
        observed = self._observed(cloud, images.find(cloud, desired.image, changed), entry)
        if not changed or observed.properties is None or self._known(observed):
            return observed
        row = cloud.get("image", f"/images/{changed}")
        return replace(observed, former=None if row is None else images.properties(cloud, row))

    @override
    def read_for_undo(self, desired: ImagePropertiesDesired, machines: Machines) -> ImagePropertiesObserved:
        """Read the image that was changed, by its id, because another image may have the name by now."""
        cluster, cloud = machines.cluster(desired.fsid), machines.cloud(desired.cloud)
        cluster.changed()
        entry = ClusterJournal(desired.stack).read(
            cluster.journal(), self.entry_kind, desired.image, Entry[ImagePropertiesRecord]
        )
        changed = _changed(entry)
        named = [] if images.ID.fullmatch(desired.image) else images.with_name(cloud, desired.image)
        rows = images.trusted(cloud, named)
        heirs = [row for row in rows if changed and row.get(images.SOURCE) == changed]
        row = heirs[0] if heirs else cloud.get("image", f"/images/{changed}") if changed else None
        return self._observed(cloud, row or next(iter(rows), None), entry)

    @staticmethod
    def _observed(
        cloud: Cloud, row: dict[str, Any] | None, entry: Entry[ImagePropertiesRecord] | None
    ) -> ImagePropertiesObserved:
        return ImagePropertiesObserved(
            where=cloud.where,
            identity=cloud.identity(),
            id="" if row is None else str(row["id"]),
            properties=None if row is None else images.properties(cloud, row),
            entry=entry,
        )

    @override
    def elsewhere(
        self, desired: ImagePropertiesDesired, step: Elsewhere, rest: list[Step], machines: Machines
    ) -> list[Step]:
        if not isinstance(step, CloudCall):
            return super().elsewhere(desired, step, rest, machines)
        machines.cloud(desired.cloud).send(step)
        return rest

    @override
    def adoption(self, desired: ImagePropertiesDesired, observed: ImagePropertiesObserved) -> list[Step] | None:
        found, entry = observed.properties, observed.entry
        if found is None or not takes_over(desired.adopt, True, entry):
            return None
        if entry is not None:
            return []
        _, finished = owned.entries(self._entry(desired, observed), found, desired.properties)
        return [WriteEntry(ClusterJournal(desired.stack), finished.model_copy(update={"adopted": True}))]

    def _entry(
        self, desired: ImagePropertiesDesired, observed: ImagePropertiesObserved
    ) -> Entry[ImagePropertiesRecord]:
        place = CloudName.model_validate(desired.cloud)
        here = {"cloud": observed.identity, "place": place, "image": observed.id}
        known = self._known(observed)
        return Entry[ImagePropertiesRecord](
            kind=self.entry_kind,
            what=desired.image,
            finished=True,
            adopted=observed.entry is not None and observed.entry.adopted,
            record=known.changed(**here) if known else ImagePropertiesRecord(**here),
        )

    @override
    def plan(self, desired: ImagePropertiesDesired, observed: ImagePropertiesObserved) -> list[Step]:
        found, entry = observed.properties, observed.entry
        same_cloud(self.title(desired), observed.where, observed.identity, entry.record if entry else None)
        if found is None:
            raise Refused(
                f"{observed.where}: there is no image {desired.image}; upload it (one of another project that is not"
                " public has to be named by its id), or take it out of ceph-openstack:openstack.images, then run again"
            )
        intent, finished = owned.entries(self._entry(desired, observed), found, desired.properties)
        changes = owned.changes(intent.record, found, desired.properties)
        steps: list[Step] = [images.change(observed.id, desired.image, changes)] if changes else []
        # The image that had the name before gets its values back first, while the entry still knows that image.
        back = owned.changes(entry.record, observed.former, {}) if entry and observed.former is not None else {}
        former: list[Step] = [images.change(_changed(entry), _changed(entry), back)] if back else []
        return [*former, *journalled(ClusterJournal(desired.stack), intent, entry, steps, finished)]

    @staticmethod
    def _known(observed: ImagePropertiesObserved) -> ImagePropertiesRecord | None:
        """Return the record of this image, or of the image from which `commands images` made this image."""
        if observed.entry is None:
            return None
        record = observed.entry.record
        return record if record.image in (observed.id, (observed.properties or {}).get(images.SOURCE)) else None

    @override
    def undo(self, desired: ImagePropertiesDesired, observed: ImagePropertiesObserved) -> Undo:
        entry, found, title = observed.entry, observed.properties, self.title(desired)
        if entry is None:
            return Undo([])
        same_cloud(title, observed.where, observed.identity, entry.record if entry else None)
        forget = RemoveEntry(ClusterJournal(desired.stack), self.entry_kind, desired.image)
        if found is None:
            return Undo([forget])
        record = self._known(observed)
        if record is None:
            return Undo(
                [forget], [f"{observed.where}: {title} are left: it is another image than the one that was changed"]
            )
        changes = owned.changes(record, found, {})
        steps: list[Step] = [images.change(observed.id, desired.image, changes)] if changes else []
        left = [
            f"{observed.where}: {name} of {title} is left: somebody set it since"
            for name in owned.theirs(record, found)
        ]
        return Undo([*steps, forget], left)

    @override
    def actual(self, desired: ImagePropertiesDesired, observed: ImagePropertiesObserved) -> dict[str, Any]:
        found = observed.properties
        if found is None:
            return {"present": False}
        return {"present": True, "properties": {name: found[name] for name in desired.properties if name in found}}


def _changed(entry: Entry[ImagePropertiesRecord] | None) -> str:
    """Return the id of the image that was changed, empty when none was."""
    return entry.record.image if entry else ""
