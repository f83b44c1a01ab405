"""SimulatedCloud: interprets the requests that this program sends, as Zed's Cinder and Glance do.

With a simulated cloud every cut can be enumerated. `tests/proof/test_cloud_resources.py` and `test_images.py` run the
same on the lab's real OpenStack.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import IO, Any
from urllib.parse import unquote

from providers.errors import HostError, StepFailed, UnexpectedOutput
from providers.reach.cloud_call import CloudCall
from tests.sim.ceph import FSID
from tests.sim.host import Cut, Killed
from tests.sim.numbers import Numbers


class SimulatedCloud:
    """One OpenStack: volume types, volumes, images."""

    where = "cloud lab"

    def __init__(self, cut: Cut) -> None:
        self.cut = cut
        self.id = "identity-1"
        self.login = "project-1"
        self.reachable = True
        self.garbled: set[str] = set()
        self.types: dict[str, dict[str, Any]] = {}
        self.volumes: list[dict[str, Any]] = []
        self.images: dict[str, dict[str, Any]] = {}
        self.members: dict[str, list[dict[str, Any]]] = {}
        self.servers: list[dict[str, Any]] = []
        self.data: dict[str, bytes] = {}
        self.stores = {"rbd": "rbd"}
        self.damage = b""
        self.steps: list[str] = []
        self._numbers = Numbers()

    def state(self) -> dict[str, Any]:
        """Return everything that a destroy has to leave as it was, ids aside."""
        types = sorted(({**row, "id": ""} for row in self.types.values()), key=lambda row: str(row["name"]))
        return deepcopy({"types": types, "volumes": self.volumes, "images": self.images})

    def add_type(self, name: str, public: bool = True, description: str | None = None, **specs: str) -> dict[str, Any]:
        id_ = f"type-{next(self._numbers)}"
        row = {"id": id_, "name": name, "is_public": public, "description": description or None, "extra_specs": specs}
        self.types[id_] = row
        return row

    def type_named(self, name: str) -> dict[str, Any]:
        return next(row for row in self.types.values() if row["name"] == name)

    # What `providers.reach.cloud.Cloud` asks

    def _reach(self, what: str) -> None:
        if self.cut.now() and not self.cut.half:
            raise Killed
        if not self.reachable:
            raise HostError(f"{self.where}: cannot connect: no route to host; is the cloud up?")
        self.cut.note(f"cloud: {what}")

    def identity(self) -> str:
        self._reach("identity")
        return self.id

    def project(self) -> str:
        self._reach("project")
        return self.login

    def get(self, service: str, path: str) -> Any:
        self._reach(f"GET {path}")
        if path.split("?")[0] in self.garbled:
            raise UnexpectedOutput(f"{self.where}: `{path}` did not answer in the form that this version knows")
        return self._route(service, "GET", path, None)

    def listed(self, service: str, path: str, rows: str) -> list[dict[str, Any]]:
        return list(self.get(service, path)[rows])

    def send(self, call: CloudCall) -> Any:
        half = self.cut.now() and self.cut.half
        if not half:
            self._reach(str(call))
        self.steps.append(str(call))
        try:
            found = self._route(call.service, call.method, call.path, deepcopy(call.body))
        except KeyError:
            if 404 in call.accept:
                return None
            raise StepFailed(f"{self.where}: `{call}`: there is no such thing (404)") from None
        if half:
            raise Killed  # it was done, and nobody heard of it
        return found

    def _route(self, service: str, method: str, path: str, body: Any) -> Any:
        routes: list[tuple[str, str, Callable[..., Any]]] = [
            ("volume GET", r"/types\?is_public=None", self._types),
            ("volume GET", r"/volumes/detail\?all_tenants=1", lambda: {"volumes": deepcopy(self.volumes)}),
            ("image GET", r"/images/([^/?]+)", lambda id_: deepcopy(self.images.get(id_))),
            ("image GET", r"/images/([^/?]+)/members", self._members),
            ("image GET", r"/images\?visibility=all&(.*)", self._images),
            ("image POST", r"/images", self._create_image),
            ("image POST", r"/images/([^/]+)/members", self._add_member),
            ("image DELETE", r"/images/([^/]+)", self._delete_image),
            ("compute GET", r"/servers/detail\?all_tenants=1", lambda: {"servers": deepcopy(self.servers)}),
            ("image PATCH", r"/images/([^/]+)", self._patch_image),
            ("volume POST", r"/types", self._create_type),
            ("volume PUT", r"/types/([^/]+)", self._update_type),
            ("volume DELETE", r"/types/([^/]+)", self._delete_type),
            ("volume POST", r"/types/([^/]+)/extra_specs", self._set_specs),
            ("volume DELETE", r"/types/([^/]+)/extra_specs/([^/]+)", self._unset_spec),
        ]
        for words, pattern, done in routes:
            match = re.fullmatch(pattern, path)
            if words == f"{service} {method}" and match:
                return done(*match.groups(), *([] if body is None else [body]))
        raise AssertionError(f"not simulated: {service} {method} {path}")

    # Cinder

    def _types(self) -> dict[str, Any]:
        return {"volume_types": deepcopy(list(self.types.values()))}

    def _create_type(self, body: dict[str, Any]) -> dict[str, Any]:
        given = body["volume_type"]
        if any(row["name"] == given["name"] for row in self.types.values()):
            raise StepFailed(f"{self.where}: Volume Type {given['name']} already exists. (409)")
        public = given["os-volume-type-access:is_public"]
        return {"volume_type": self.add_type(given["name"], public, given["description"], **given["extra_specs"])}

    def _update_type(self, id_: str, body: dict[str, Any]) -> None:
        row, given = self.types[id_], body["volume_type"]
        if given.get("description") is not None:
            row["description"] = given["description"] or None
        if given.get("is_public") is not None:
            row["is_public"] = given["is_public"]

    def _delete_type(self, id_: str) -> None:
        name = self.types[id_]["name"]
        if any(volume["volume_type"] == name for volume in self.volumes):
            raise StepFailed(f"{self.where}: Target volume type is still in use. (400)")
        del self.types[id_]

    def _unused(self, id_: str) -> None:
        if any(volume["volume_type"] == self.types[id_]["name"] for volume in self.volumes):
            raise StepFailed(f"{self.where}: Volume Type is currently in use. (400)")

    def _set_specs(self, id_: str, body: dict[str, Any]) -> None:
        self._unused(id_)
        self.types[id_]["extra_specs"].update(body["extra_specs"])

    def _unset_spec(self, id_: str, name: str) -> None:
        self._unused(id_)
        del self.types[id_]["extra_specs"][unquote(name)]

    # Glance

    def add_image(self, name: str, **given: Any) -> dict[str, Any]:
        number = next(self._numbers)
        id_ = f"11111111-1111-1111-1111-{number:012d}"
        row: dict[str, Any] = {"id": id_, "name": name, "status": "active", "os_hidden": False, "visibility": "private"}
        self.images[id_] = {**row, "owner": self.login, "protected": False, "tags": [], "size": 1, **given}
        return self.images[id_]

    def image_named(self, name: str) -> dict[str, Any]:
        return next(row for row in self.images.values() if row["name"] == name and not row["os_hidden"])

    def _images(self, query: str) -> dict[str, Any]:
        wanted = {name: unquote(value) for name, value in (pair.split("=") for pair in query.split("&"))}
        wanted.pop("limit", None)
        hidden = wanted.pop("os_hidden", "false") == "true"
        rows = [row for row in self.images.values() if row["os_hidden"] == hidden]
        rows = [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
        return {"images": deepcopy(rows)}

    def _create_image(self, body: dict[str, Any]) -> dict[str, Any]:
        created = f"2026-01-01T00:00:{next(self._numbers):02d}Z"
        return deepcopy(self.add_image(**{**body, "status": "queued", "size": None, "created_at": created}))

    def _members(self, id_: str) -> dict[str, Any]:
        if self.images[id_]["visibility"] != "shared":
            raise StepFailed(f"{self.where}: Only shared images have members. (403)")
        return {"members": deepcopy(self.members.get(id_, []))}

    def _add_member(self, id_: str, body: dict[str, Any]) -> None:
        assert self.images[id_]["visibility"] == "shared"
        self.members.setdefault(id_, []).append({"member_id": body["member"], "status": "pending"})

    def _delete_image(self, id_: str) -> None:
        if self.images[id_]["protected"]:
            raise StepFailed(f"{self.where}: Image {id_} is protected and cannot be deleted. (403)")
        del self.images[id_]
        self.data.pop(id_, None)

    def fill(self, row: dict[str, Any], data: bytes, store: str = "rbd") -> dict[str, Any]:
        """Give an image its data, in a store of its name or in the cluster."""
        self.data[row["id"]] = data
        url = f"rbd://{FSID}/images/{row['id']}/snap" if store == "rbd" else f"{store}:///x/{row['id']}"
        value = hashlib.sha512(data).hexdigest()
        row.update(status="active", size=len(data), os_hash_algo="sha512", os_hash_value=value, direct_url=url)
        return row

    def download(self, path: str) -> Iterator[bytes]:
        self._reach(f"download {path}")
        data = self.data[path.split("/")[2]]
        for start in range(0, len(data), 4):
            self._reach(f"download {path} from {start}")
            yield data[start : start + 4]

    def upload(self, path: str, data: IO[bytes], store: str) -> None:
        """A cut half-way leaves what Glance leaves for a while: an image that is being saved."""
        row = self.images[path.split("/")[2]]
        assert row["status"] == "queued"
        if self.cut.now() and self.cut.half:
            row["status"] = "saving"
            raise Killed
        self._reach(f"upload {path} to {store}")
        self.fill(row, data.read() + self.damage, self.stores.get(store, "file"))

    def _patch_image(self, id_: str, body: list[dict[str, Any]]) -> None:
        row = dict(self.images[id_])
        for change in body:
            key = change["path"].removeprefix("/")
            if change["op"] == "remove" and key not in row:
                raise StepFailed(f"{self.where}: Property {key} does not exist. (409)")
            if change["op"] == "remove":
                del row[key]
            else:
                row[key] = change["value"]
        self.images[id_] = row
