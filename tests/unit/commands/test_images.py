"""`commands images`: what is listed, what is refused, and how a copy that was cut anywhere is finished.

The cloud is simulated, so that every cut can be tried; `tests/proof/test_images.py` uses the lab's real Glance.
"""

from __future__ import annotations

import errno
import itertools
import os
import struct
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

import commands.__main__ as program
from commands import images
from commands.images import listing, qemu_img
from commands.images.data_file import save
from commands.images.location import Location, location_of
from commands.images.replacement import Replacement
from commands.images.request import CopyRequest
from commands.images.target import Target
from commands.images.work_folder import work_folder
from providers.errors import Refused
from providers.reach.cloud_name import CloudName
from providers.reach.images import COPY, REPLACED, SOURCE
from tests.sim.ceph import FSID
from tests.sim.cloud import SimulatedCloud
from tests.sim.host import Cut, Killed
from tests.unit.components.graph import raw

DATA = b"what a guest sees"
PACKED = b"qcow2:" + DATA
GIVEN = {
    "disk_format": "qcow2",
    "container_format": "bare",
    "visibility": "shared",
    "owner": "project-1",
    "min_disk": 2,
    "min_ram": 64,
    "tags": ["a"],
    "hw_disk_bus": "scsi",
    "os_glance_failed_import": "",
    "owner_specified.openstack.md5": "of the packed data",
    "created_at": "2026-01-01T00:00:00Z",
}


def unpack(source: Path, target: Path, disk_format: str) -> None:
    """Stand in for qemu-img, which need not be on the machine that runs the tests."""
    assert disk_format == "qcow2"
    target.write_bytes(source.read_bytes().removeprefix(b"qcow2:"))


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> SimulatedCloud:
    monkeypatch.setattr(qemu_img, "convert_to_raw", unpack)
    return made()


def made() -> SimulatedCloud:
    cloud = SimulatedCloud(Cut())
    cloud.members[cloud.fill(cloud.add_image("debian", **GIVEN), PACKED, "file")["id"]] = [{"member_id": "project-2"}]
    return cloud


def request(tmp_path: Path, **fields: Any) -> CopyRequest:
    return CopyRequest(**{"target": Target(FSID, "rbd"), "convert": True, "folder": tmp_path, **fields})


def copy(
    cloud: SimulatedCloud, tmp_path: Path, name: str = "debian", said: list[str] | None = None, **fields: Any
) -> Replacement:
    return Replacement(cloud, name, request(tmp_path, **fields), ([] if said is None else said).append)


def old_of(cloud: SimulatedCloud) -> dict[str, Any]:
    return next(row for row in cloud.images.values() if SOURCE not in row)


def is_done(cloud: SimulatedCloud, new: str, others: Iterable[str] = ()) -> None:
    old, row = old_of(cloud), cloud.images[new]
    assert set(cloud.images) == {old["id"], new, *others}
    assert cloud.data[new] == DATA
    shown = (
        "name",
        "visibility",
        "protected",
        "owner",
        "min_disk",
        "min_ram",
        "tags",
        "hw_disk_bus",
        "disk_format",
        SOURCE,
    )
    assert [row[name] for name in shown] == [
        "debian",
        "shared",
        False,
        "project-1",
        2,
        64,
        ["a"],
        "scsi",
        "raw",
        old["id"],
    ]
    assert row["os_hidden"] is False
    assert not {"os_glance_failed_import", "owner_specified.openstack.md5"} & set(row)
    assert [member["member_id"] for member in cloud.members[new]] == ["project-2"]
    assert (old["name"], old["os_hidden"], old[REPLACED]) == ("debian (qcow2, replaced)", True, new)
    assert COPY not in {**old, **row}
    assert cloud.data[old["id"]] == PACKED


def test_a_converted_image_takes_the_place_of_the_old_one(cloud: SimulatedCloud, tmp_path: Path) -> None:
    said: list[str] = []
    new = copy(cloud, tmp_path, said=said, read_back=True).run()
    is_done(cloud, new)
    assert list(tmp_path.iterdir()) == []
    assert said[-2].endswith(f"and hidden; {new} has its name")
    assert said[-1] == (
        "the old one is not deleted. Servers and volumes made from it: 0 volumes, 0 servers."
        f" When nobody needs it any more: openstack image delete {old_of(cloud)['id']}"
    )
    assert not any("delete" in step for step in cloud.steps)


def test_saying_what_would_be_done_changes_nothing(cloud: SimulatedCloud, tmp_path: Path) -> None:
    before = cloud.state()
    asked = copy(cloud, tmp_path)
    asked.check()
    lines = asked.describe()
    assert "qcow2, 23 B, file; used by 0 volumes, 0 servers" in lines[0]
    assert lines[-1].endswith("and the old one debian (qcow2, replaced), hidden; it is not deleted")
    assert cloud.state() == before
    assert cloud.steps == []


@pytest.mark.parametrize("half", [False, True])
def test_a_run_that_was_cut_anywhere_is_taken_up(
    cloud: SimulatedCloud, tmp_path: Path, half: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    unrecorded = 0
    for after in itertools.count():
        cloud = made()
        cloud.cut.after, cloud.cut.half = after, half
        said: list[str] = []
        try:
            new = copy(cloud, tmp_path).run()
        except Killed:
            cloud.cut.after = None
            left = set(cloud.images) - {old_of(cloud)["id"]}
            if not (old_of(cloud).get(REPLACED)):
                assert cloud.data[old_of(cloud)["id"]] == PACKED
                left = set() if COPY in old_of(cloud) else left
                before = [dict(cloud.images[id_]) for id_ in left]
                new = copy(cloud, tmp_path, said=said).run()
                # A copy that is not on record yet stays without data, and the output names the copy.
                assert [cloud.images[id_] for id_ in left] == before
                assert all(row["status"] == "queued" for row in before)
                assert [line for line in said if "openstack image delete" in line][:-1] == [
                    f"image {id_} was begun by a run that was cut, and has no data; it is left as it is:"
                    f" openstack image delete {id_}"
                    for id_ in left
                ]
                unrecorded += bool(left)
            else:  # the last answer was lost
                new, left = old_of(cloud)[REPLACED], set()
            is_done(cloud, new, left)
        else:
            is_done(cloud, new)
            break
    assert after > 12
    assert unrecorded


FORGED: list[dict[str, Any]] = [
    {"name": "debian (unfinished copy)", "os_hidden": True, "status": "queued", "owner": "project-1", "size": None},
    {"name": "debian (unfinished copy)", "os_hidden": True, "status": "killed", "owner": "project-1"},
    {"name": "debian (unfinished copy)", "os_hidden": True, "status": "queued", "size": None},
    {"name": "debian (unfinished copy)", "os_hidden": True},
    {"name": "debian"},
    {"name": "something"},
]


@pytest.mark.parametrize("given", FORGED)
def test_an_image_that_only_says_that_it_is_the_copy_is_nobody_s(
    cloud: SimulatedCloud, tmp_path: Path, given: dict[str, Any]
) -> None:
    """Any tenant can write such a property, and a server's snapshot inherits it from its image."""
    properties = {
        "disk_format": "raw",
        "container_format": "bare",
        "owner": "project-evil",
        "created_at": "2025",
        **given,
    }
    forged = cloud.add_image(**properties, **{SOURCE: old_of(cloud)["id"]})
    cloud.data[forged["id"]] = DATA
    before = dict(forged)
    said: list[str] = []
    new = copy(cloud, tmp_path, old_of(cloud)["id"], said=said).run()
    assert new != forged["id"]
    # The image of another project is not even named.
    assert any(forged["id"] in line for line in said) == (given is FORGED[0])
    is_done(cloud, new, {forged["id"]})
    assert (cloud.images[forged["id"]], cloud.data[forged["id"]]) == (before, DATA)


def test_an_image_of_the_name_that_says_it_is_the_copy_does_not_hide_the_one_that_is_meant(
    cloud: SimulatedCloud, tmp_path: Path
) -> None:
    """An image whose property claims that the original is the image's copy does not hide the original, either."""
    cloud.add_image("debian", owner="project-evil", **{COPY: old_of(cloud)["id"]})
    with pytest.raises(Refused, match="2 images are called debian"):
        copy(cloud, tmp_path)


def interrupted_copy(cloud: SimulatedCloud, tmp_path: Path) -> dict[str, Any]:
    """Return the copy that is left by a run that was cut before the upload."""

    def upload(*_arguments: Any) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cloud, "upload", upload)
        with pytest.raises(Killed):
            copy(cloud, tmp_path).run()
    return cloud.images[old_of(cloud)[COPY]]


@pytest.mark.parametrize("status", ["queued", "killed"])
@pytest.mark.parametrize(
    "given",
    [
        {"owner": "project-evil"},
        {"name": "cirros"},
        {"visibility": "public"},
        {"disk_format": "qcow2"},
        {"container_format": "ova"},
        {SOURCE: "another"},
        {"name": "debian", "os_hidden": False},
        {"name": "debian", "os_hidden": False, "visibility": "shared"},  # as at the end of a run, but without data
    ],
)
def test_a_copy_that_is_not_as_a_run_leaves_it_is_refused(
    cloud: SimulatedCloud, tmp_path: Path, given: dict[str, Any], status: str
) -> None:
    """The owner of an image can write any id into that property."""
    row = interrupted_copy(cloud, tmp_path)
    row.update(given, status=status)
    before = cloud.state()
    why = next(iter(given)) if len(given) == 1 else "status"
    advice = f"openstack image unset --property {COPY} {old_of(cloud)['id']}"
    for asked in (copy(cloud, tmp_path, old_of(cloud)["id"]).run, copy(cloud, tmp_path, old_of(cloud)["id"]).describe):
        with pytest.raises(Refused, match=rf"names image {row['id']}, .* \(its .*{why}.*\).*{advice}"):
            asked()
    assert cloud.state() == before


def test_a_copy_in_the_owner_s_own_project_is_his(cloud: SimulatedCloud, tmp_path: Path) -> None:
    old_of(cloud)["owner"] = None
    interrupted_copy(cloud, tmp_path)["owner"] = "project-of-the-administrator"
    assert cloud.images[copy(cloud, tmp_path).run()]["owner"] == "project-of-the-administrator"


def test_a_record_that_is_no_id_is_no_copy(cloud: SimulatedCloud, tmp_path: Path) -> None:
    old_of(cloud)[COPY] = "../types"
    is_done(cloud, copy(cloud, tmp_path).run())


def test_what_another_run_began_meanwhile_is_seen_before_the_switch(
    cloud: SimulatedCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = old_of(cloud)["id"]

    def upload(path: str, data: Any, store: str) -> None:
        cloud.images[id_][COPY] = "11111111-1111-1111-1111-000000000099"
        SimulatedCloud.upload(cloud, path, data, store)

    monkeypatch.setattr(cloud, "upload", upload)
    with pytest.raises(Refused, match="another run began a copy of it meanwhile"):
        copy(cloud, tmp_path).run()
    assert [row["name"] for row in cloud.images.values()] == ["debian", "debian (unfinished copy)"]


def test_a_copy_without_its_data_is_not_switched_to(
    cloud: SimulatedCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def upload(path: str, data: Any, store: str) -> None:
        SimulatedCloud.upload(cloud, path, data, store)
        cloud.images[path.split("/")[2]]["status"] = "importing"

    monkeypatch.setattr(cloud, "upload", upload)
    with pytest.raises(Refused, match="its status is importing"):
        copy(cloud, tmp_path).run()
    assert old_of(cloud)["name"] == "debian"


def test_nobody_sees_the_new_image_before_it_was_compared(cloud: SimulatedCloud, tmp_path: Path) -> None:
    cloud.damage = b"!"
    with pytest.raises(Refused, match="differs from what was uploaded"):
        copy(cloud, tmp_path).run()
    new = next(row for row in cloud.images.values() if SOURCE in row)
    assert (new["os_hidden"], new["visibility"]) == (True, "private")
    assert old_of(cloud)["name"] == "debian"
    with pytest.raises(Refused, match="differs from what was uploaded"):
        copy(cloud, tmp_path).run()
    assert len(cloud.images) == 2


def test_a_store_that_is_not_rbd_is_refused_before_the_switch(cloud: SimulatedCloud, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"the new image .* is not in RBD \(file\); name the store with --store"):
        copy(cloud, tmp_path, target=Target(FSID, "")).run()
    assert old_of(cloud)["name"] == "debian"


def test_a_damaged_download_is_refused(cloud: SimulatedCloud, tmp_path: Path) -> None:
    cloud.data[old_of(cloud)["id"]] = PACKED.replace(b"guest", b"ghost")
    with pytest.raises(Refused, match=r"what was downloaded is not what Glance has on record \(sha512\)"):
        copy(cloud, tmp_path).run()
    assert len(cloud.images) == 1


def test_a_raw_image_is_moved_as_it_is(cloud: SimulatedCloud, tmp_path: Path) -> None:
    old_of(cloud).update(disk_format="raw", visibility="public")
    new = copy(cloud, tmp_path, convert=False).run()
    assert cloud.data[new] == PACKED
    assert cloud.images[new]["owner_specified.openstack.md5"] == "of the packed data"
    assert cloud.images[new]["visibility"] == "public"


@pytest.mark.parametrize(
    ("given", "fields", "why"),
    [
        ({"status": "queued"}, {}, "its status is queued"),
        ({"size": 0}, {}, "has no data of its own"),
        ({"container_format": "ova"}, {}, "its container_format is ova"),
        ({"disk_format": "raw"}, {}, "is raw already"),
        ({"disk_format": "vmdk"}, {}, "vmdk is not converted here"),
        ({"img_signature": "x"}, {}, "is signed"),
        ({"direct_url": f"rbd://{FSID}/images/x/snap"}, {"convert": False}, "is in RBD already"),
        ({"cinder_encryption_key_id": "x"}, {}, "is of an encrypted volume"),
        (
            {"cinder_encryption_key_deletion_policy": "on_image_deletion"},
            {"convert": False},
            "is of an encrypted volume",
        ),
        ({"os_encrypt_key_id": "x", "disk_format": "raw"}, {"convert": False}, "is of an encrypted volume"),
    ],
)
def test_refused(
    cloud: SimulatedCloud, tmp_path: Path, given: dict[str, Any], fields: dict[str, Any], why: str
) -> None:
    old_of(cloud).update(given)
    before = cloud.state()
    with pytest.raises(Refused, match=f"^cloud lab: image debian .*: {why}"):
        copy(cloud, tmp_path, **fields).run()
    assert cloud.state() == before


def test_one_that_was_replaced_is_not_replaced_again(cloud: SimulatedCloud, tmp_path: Path) -> None:
    old = old_of(cloud)["id"]
    new = copy(cloud, tmp_path).run()
    with pytest.raises(Refused, match=f"was replaced by {new} already"):
        copy(cloud, tmp_path, old).run()
    is_done(cloud, new)


def test_the_new_one_is_not_copied_again(cloud: SimulatedCloud, tmp_path: Path) -> None:
    copy(cloud, tmp_path).run()
    with pytest.raises(Refused, match="is raw already"):
        copy(cloud, tmp_path).run()


def test_too_little_room_is_refused_with_both_figures(cloud: SimulatedCloud, tmp_path: Path) -> None:
    old_of(cloud)["virtual_size"] = 1 << 60
    with pytest.raises(Refused, match=r"free, and image debian .* needs 1048576.0 TiB; name another folder"):
        copy(cloud, tmp_path).run()
    assert len(cloud.images) == 1


def qcow2(version: int = 3, backing: int = 0, features: int = 0) -> bytes:
    return struct.pack(">4sIQI", b"QFI\xfb", version, backing, 0).ljust(72, b"\0") + struct.pack(">Q", features)


@pytest.mark.parametrize("head", [qcow2(backing=104), qcow2(features=4), qcow2(2, backing=80)])
def test_a_file_that_names_another_is_not_read_by_qemu_img(tmp_path: Path, head: bytes) -> None:
    """Such an image would bring any file of this machine into the cloud (CVE-2024-32498)."""
    (tmp_path / "x").write_bytes(head)
    with pytest.raises(Refused, match="refers to another file"):
        qemu_img.check_self_contained(tmp_path / "x")


def test_a_file_that_is_no_qcow2_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"raw")
    with pytest.raises(Refused, match="says that it is qcow2, and its data is not"):
        qemu_img.check_self_contained(tmp_path / "x")
    (tmp_path / "x").write_bytes(qcow2(features=1))
    qemu_img.check_self_contained(tmp_path / "x")


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        work_folder(tmp_path, "x"),
        pytest.raises(Refused, match="another run works on it"),
        work_folder(tmp_path, "x"),
    ):
        pass


def foreign(ours: Path) -> None:
    ours.mkdir()
    ours.chmod(0o777)


def linked(ours: Path) -> None:
    (ours.parent / "elsewhere").mkdir(mode=0o700)
    ours.symlink_to("elsewhere")


@pytest.mark.parametrize("found", [foreign, linked, Path.touch])
def test_a_folder_that_is_not_ours_alone_is_refused(tmp_path: Path, found: Callable[[Path], None]) -> None:
    """In /var/tmp anybody can make the folder first."""
    ours = tmp_path / f"ceph-openstack-{os.geteuid()}"
    found(ours)
    with (
        pytest.raises(Refused, match=f"^{ours}: .*(ours alone|File exists).*--folder"),
        work_folder(tmp_path, "x"),
    ):
        pass
    assert [path for path in tmp_path.rglob("*") if path.name not in (ours.name, "elsewhere")] == []


def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    (tmp_path / "ceph-openstack-4242").mkdir(mode=0o700)
    with pytest.raises(Refused, match="is not ours alone"), work_folder(tmp_path, "x"):
        pass


def test_a_full_disk_is_told_with_path_and_word(tmp_path: Path) -> None:
    with (
        pytest.raises(Refused, match=f"^{tmp_path}/.*x: No space left on device; name another folder with --folder$"),
        work_folder(tmp_path, "x"),
    ):
        save([b"x"], Path("/dev/full"), "md5")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"^/room/raw: Permission denied; name"), work_folder(tmp_path, "x"):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/room/raw")


def test_a_qemu_img_that_cannot_be_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "qemu-img").write_text("not a program")
    (tmp_path / "qemu-img").chmod(0o755)
    (tmp_path / "x").write_bytes(qcow2())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="qemu-img: Exec format error; install"):
        qemu_img.convert_to_raw(tmp_path / "x", tmp_path / "raw", "qcow2")


RIGHT = f"rbd://{FSID}/images/x/snap"
PLACES: list[tuple[dict[str, Any], Target, tuple[str, bool | None]]] = [
    ({"direct_url": RIGHT}, Target(FSID), ("rbd images", True)),
    ({"direct_url": RIGHT}, Target(), ("rbd images", True)),
    ({"direct_url": RIGHT}, Target("other"), (f"rbd of cluster {FSID}", False)),
    ({"locations": [{"url": RIGHT}]}, Target(FSID), ("rbd images", True)),
    ({"direct_url": "file:///x"}, Target(FSID), ("file", False)),
    ({"stores": "a,rbd"}, Target(FSID, "rbd"), ("store a,rbd", True)),
    ({"stores": "a"}, Target(FSID, "rbd"), ("store a", False)),
    ({"stores": "a"}, Target(FSID), ("store a", None)),
    ({}, Target(FSID, "rbd"), ("Glance shows neither", None)),
]


@pytest.mark.parametrize(("row", "target", "expected"), PLACES)
def test_where_an_image_is(row: dict[str, Any], target: Target, expected: tuple[str, bool | None]) -> None:
    assert location_of(row, target) == Location(*expected)


def test_the_list_names_what_is_not_raw_in_rbd(cloud: SimulatedCloud) -> None:
    cloud.fill(cloud.add_image("accept", disk_format="raw"), DATA)
    cloud.fill(cloud.add_image("else\x1b[2Jwhere", disk_format="raw"), DATA, "http")
    cloud.volumes = [{"volume_type": "x", "volume_image_metadata": {"image_id": old_of(cloud)["id"]}}]
    lines = listing.list_images(cloud, Target(FSID, "rbd"))
    assert [line.split()[0] for line in lines[:1]] == ["ID"]
    assert "debian" in lines[1]
    assert "1 volumes, 0 servers  not raw; not in RBD" in lines[1]
    assert "else?[2Jwhere" in lines[2]
    assert lines[2].endswith("not in RBD")
    assert lines[3] == "2 of 3 images; hidden ones are not looked at"


def test_a_cloud_whose_images_are_right_says_so() -> None:
    cloud = SimulatedCloud(Cut())
    cloud.fill(cloud.add_image("accept", disk_format="raw"), DATA)
    assert listing.list_images(cloud, Target(FSID, "rbd")) == ["all 1 images are raw and in RBD"]


def written(folder: Path, **openstack: Any) -> Path:
    settings = raw(**({"openstack": openstack} if openstack else {}))
    config = {f"ceph-openstack:{name}": value for name, value in settings.items()}
    (folder / "Pulumi.prod.yaml").write_text(yaml.safe_dump({"config": config}))
    return folder


def test_a_stack_says_which_cloud_cluster_and_store(
    cloud: SimulatedCloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[CloudName] = []

    def session(place: CloudName) -> SimulatedCloud:
        asked.append(place.model_copy(update={"file": str(Path(place.file).absolute())}))
        return cloud

    monkeypatch.chdir(tmp_path.parent)
    monkeypatch.setattr(images, "CloudSession", session)
    written(tmp_path, cloud="prod", clouds_file="clouds.yaml", region="one")
    arguments = ["--stack", "prod", "--project", str(tmp_path)]
    assert program.main(["images", "list", *arguments]) == 0
    assert asked == [CloudName(name="prod", file=f"{tmp_path}/clouds.yaml", region="one")]
    assert "not raw; not in RBD" in capsys.readouterr().out
    work = [*arguments, "--folder", str(tmp_path / "room")]
    assert program.main(["images", "convert", "debian", *work]) == 0
    assert capsys.readouterr().out.endswith("nothing was changed: this only says what would be; --really does it\n")
    assert len(cloud.images) == 1
    (tmp_path / "room").touch()
    assert program.main(["images", "convert", "debian", *work, "--really"]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path}/room: File exists; name another folder with --folder\n"
    (tmp_path / "room").unlink()
    assert program.main(["images", "convert", "debian", *work, "--really"]) == 0
    assert program.main(["images", "list", *arguments]) == 0
    assert capsys.readouterr().out.endswith("all 1 images are raw and in RBD\n")


def test_without_a_cloud_it_asks_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path.parent)
    written(tmp_path)
    for arguments in ([], ["--stack", "prod", "--project", str(tmp_path)]):
        assert program.main(["images", "list", *arguments]) == 1
        assert "error: images: which cloud? --cloud NAME" in capsys.readouterr().err
