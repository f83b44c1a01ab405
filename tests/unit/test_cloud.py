"""An OpenStack as a run sees it: reached only when asked for, told from others, with nothing of clouds.yaml shown."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.undo.carrying_out import carry_out
from commands.undo.planning import plan_in_cluster
from providers.errors import HostError, OutcomeUnknown, ProviderError, Refused, StepFailed
from providers.reach import machines as current_machines
from providers.reach.cloud_call import CloudCall
from providers.reach.cloud_name import CloudName
from providers.reach.cloud_session import LONGEST_TEXT, CloudSession
from tests.sim.site import FSID, Site
from tests.unit.examples.example import STACK
from tests.unit.examples.pool import POOL
from tests.unit.examples.volume_type import VOLUME_TYPE
from tests.unit.test_boundaries import ROOT, importers

# openstacksdk warns of its own code.
pytestmark = pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
PASSWORD = "s3cr3t-not-to-be-seen"
KEY = "AQBSdFhnAAAAABAAmZ0WpX0zB1Xq3v5Yw8k2JA=="
CLOUDS = f"""
clouds:
  lab:
    auth: {{auth_url: "http://127.0.0.1:9/v3", username: admin, password: {PASSWORD}, project_name: admin,
            user_domain_name: Default, project_domain_name: Default}}
    region_name: one
"""
CALL = CloudCall("volume", "POST", "/types", "volume type create x", {})


def session(folder: Path, text: str = CLOUDS, name: str = "lab") -> CloudSession:
    path = folder / "clouds.yaml"
    path.write_text(text)
    return CloudSession(CloudName(name=name, file=str(path)))


def test_only_one_file_knows_openstacksdk() -> None:
    assert importers("openstack") | importers("keystoneauth1") == {"providers.reach.cloud_session"}


@pytest.mark.parametrize("module", ["providers.resources", "components.stack.declare", "commands.__main__"])
def test_nothing_of_it_is_imported_unless_a_cloud_is_asked(module: str) -> None:
    program = f"import sys, {module}; sys.exit(bool({{'openstack', 'keystoneauth1', 'requests'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (CLOUDS, "elsewhere"),
        (CLOUDS.replace("}}", "}"), "lab"),
        (f"clouds: {{lab: {{auth: [{PASSWORD}]}}}}", "lab"),
        (f"password: {PASSWORD}\n\tx: [", "lab"),
        ("", "lab"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_without_a_word_of_it(tmp_path: Path, text: str, name: str) -> None:
    with pytest.raises(ProviderError) as failure:
        session(tmp_path, text.replace("}}", "}") if name == "lab" and text == CLOUDS else text, name).get(
            "volume", "/types"
        )
    assert f"cloud {name}: " in str(failure.value)
    assert PASSWORD not in str(failure.value)
    assert failure.value.__cause__ is None
    assert str(failure.value).isprintable()


def test_a_cloud_that_does_not_answer_is_a_host_that_does_not(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"cloud lab: `volume /types`: .*is the cloud up"):
        session(tmp_path).get("volume", "/types")
    with pytest.raises(OutcomeUnknown, match="cloud lab: `openstack volume type create x`"):
        session(tmp_path).send(CALL)


class Answer:
    """An answer of the API."""

    def __init__(self, status: int, body: Any) -> None:
        self.status_code, self.body = status, body
        self.text, self.content = str(body), b"x"

    def json(self) -> Any:
        if isinstance(self.body, str):
            raise ValueError(self.body)
        return self.body


class Connection:
    """Answers every request alike."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.asked = answer, list[str]()
        self.block_storage = self.image = self

    def request(self, path: str, method: str, **_words: Any) -> Answer:
        self.asked.append(f"{method} {path}")
        return self.answer


def answering(tmp_path: Path, status: int, body: Any) -> CloudSession:
    made = session(tmp_path)
    made.connection()
    made._connection = Connection(Answer(status, body))  # type: ignore[assignment]
    return made


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (400, {"badRequest": {"message": "in use", "code": 400}}, "400: in use"),
        (403, {"forbidden": {"message": "Policy"}}, "403: Policy; is this an administrator of the cloud?"),
        (409, f"<html><h1>409 Conflict</h1>{PASSWORD}</html>", r"409: 409 Conflict \*\*\*"),
        (404, "", "there is no such thing"),
        (500, [1], r"500: \[1\]"),
    ],
)
def test_a_refusal_says_what_the_service_said(tmp_path: Path, status: int, body: Any, words: str) -> None:
    with pytest.raises(StepFailed, match=f"cloud lab: `openstack volume type create x`: {words}") as failure:
        answering(tmp_path, status, body).send(CALL)
    assert PASSWORD not in str(failure.value)


@pytest.mark.parametrize("shown", range(1, 40, 6))
def test_the_start_of_a_key_is_not_shown_where_a_long_refusal_is_cut(tmp_path: Path, shown: int) -> None:
    said = "x" * (LONGEST_TEXT - shown - 1) + " " + KEY
    with pytest.raises(StepFailed) as failure:
        answering(tmp_path, 400, {"badRequest": {"message": said}}).send(CALL)
    assert f"x {KEY[:shown]}" not in str(failure.value)


class Broken(Answer):
    """An answer whose file ends before its end."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def iter_content(self, _size: int) -> Iterator[bytes]:
        from requests.exceptions import ChunkedEncodingError

        yield b"x"
        raise ChunkedEncodingError(f"Connection broken: IncompleteRead {PASSWORD}")


def test_a_download_that_breaks_is_told(tmp_path: Path) -> None:
    made = answering(tmp_path, 200, "")
    made._connection = Connection(Broken(200, ""))  # type: ignore[assignment]
    with pytest.raises(
        HostError, match=r"^cloud lab: `image /images/x/file`: Connection broken.* \*\*\*; is the cloud up"
    ):
        list(made.download("/images/x/file"))


def test_only_a_404_is_absence(tmp_path: Path) -> None:
    assert answering(tmp_path, 404, "").get("volume", "/types/x") is None
    with pytest.raises(HostError, match=r"503: .*is the service up"):
        answering(tmp_path, 503, {}).get("volume", "/types/x")
    with pytest.raises(ProviderError, match="did not answer in the form"):
        answering(tmp_path, 200, "<html>").get("volume", "/types/x")
    with pytest.raises(ProviderError, match="did not answer in the form"):
        answering(tmp_path, 200, {"types": []}).listed("volume", "/types", "volume_types")


class Catalog:
    """A login's answer, for a session in a region."""

    def __init__(self, region: str, *regions: str) -> None:
        endpoints = [{"region": region} for region in regions]
        self.catalog = [{"id": "keystone", "type": "identity", "endpoints": endpoints}]
        self.session = self.auth = self.service_catalog = self.config = self
        self.region = region

    def get_access(self, _session: object) -> Catalog:
        return self

    def get_region_name(self) -> str:
        return self.region


def test_a_region_is_a_cloud_of_its_own(tmp_path: Path) -> None:
    """A cloud with a single region is the same cloud whether the settings name the region or not."""
    found = []
    for region, regions in (("one", "ab"), ("two", "ab"), ("one", ["one"]), ("", ["one"])):
        made = session(tmp_path)
        made._connection = Catalog(region, *regions)  # type: ignore[assignment]
        found.append(made.identity())
    assert found[0] != found[1]
    assert found[2] == found[3] == found[0]


def test_all_pages_of_types_are_read(tmp_path: Path) -> None:
    made = answering(tmp_path, 200, {})
    pages = [
        {"volume_types": [{"name": "a"}], "volume_type_links": [{"rel": "next", "href": "/more"}]},
        {"volume_types": [{"name": "b"}]},
    ]
    made.get = lambda *_: pages.pop(0)  # type: ignore[method-assign]
    assert made.listed("volume", "/types?is_public=None", "volume_types") == [{"name": "a"}, {"name": "b"}]


def test_another_cloud_of_the_same_name_is_refused(site: Site) -> None:
    resource = VOLUME_TYPE.resource(site)
    resource.up()
    site.cloud.id = "identity-2"
    before = site.everything()
    for operation in (resource.change(public=False).up, resource.destroy):
        with pytest.raises(Refused, match="this is not the OpenStack in which volume type ceph was changed"):
            operation()
    assert site.everything() == before


def test_a_cloud_that_does_not_answer_is_not_drift(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    resource = VOLUME_TYPE.resource(site)
    resource.up()
    site.cloud.reachable = False
    assert resource.drift() == {}
    assert "volume type ceph was not checked: cloud lab: cannot connect" in capfd.readouterr().err


def test_a_lost_stack_is_taken_off_by_the_journal(site: Site) -> None:
    before = site.everything()
    VOLUME_TYPE.resource(site).up()
    site.new_run()
    items = plan_in_cluster(STACK, FSID, current_machines.current())
    said: list[str] = []
    assert carry_out(items, said.append, really=True) == 0
    assert "    openstack volume type delete ceph" in said
    assert site.everything() == before


def cloud_gone(site: Site) -> None:
    site.cloud.reachable = False


def cloud_reinstalled(site: Site) -> None:
    site.cloud.id = "identity-2"


@pytest.mark.parametrize("happened", [cloud_gone, cloud_reinstalled])
def test_a_cloud_that_is_gone_holds_up_no_pool(site: Site, happened: Callable[[Site], None]) -> None:
    VOLUME_TYPE.resource(site).up()
    POOL.resource(site).up()
    types = site.cloud.state()
    happened(site)
    said: list[str] = []

    def run(*, really: bool) -> int:
        site.new_run()
        said.clear()
        return carry_out(plan_in_cluster(STACK, FSID, current_machines.current()), said.append, really=really)

    assert run(really=False) == 0
    assert any(line.startswith("    left: ") for line in said)
    assert any(line.endswith("`ceph config-key rm ceph-openstack/dev/volumetype/ceph`") for line in said)
    assert said[-1] == "nothing was changed: this only lists; --really undoes 1, and leaves 1, see above"
    assert run(really=True) == 1
    assert said[-1] == "1 undone, 1 left, see above"
    assert "volumes" not in site.ceph.pools
    assert list(site.ceph.store) == ["ceph-openstack/dev/volumetype/ceph"]
    assert site.cloud.state() == types


def test_what_cannot_be_looked_at_is_listed_and_changes_nothing(site: Site) -> None:
    VOLUME_TYPE.resource(site).up()
    POOL.resource(site).up()
    assert VOLUME_TYPE.garble
    VOLUME_TYPE.garble(site)
    before = site.everything()
    site.new_run()
    said: list[str] = []
    assert carry_out(plan_in_cluster(STACK, FSID, current_machines.current()), said.append, really=True) == 1
    assert any(line.startswith("    refused: cloud lab: `/types?is_public=None` did not") for line in said)
    assert site.everything() == before


def test_undo_takes_another_clouds_file(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    VOLUME_TYPE.resource(site).up()
    site.new_run()
    machines, asked = current_machines.current(), list[CloudName]()

    def opened(place: CloudName) -> Any:
        asked.append(place)
        return site.cloud

    monkeypatch.setattr(machines, "_open_cloud", opened)
    (item,) = plan_in_cluster(STACK, FSID, machines, cloud={"name": "prod", "file": "/x/clouds.yaml"})
    assert item.refusal == item.left == ""
    assert asked == [CloudName(name="prod", file="/x/clouds.yaml")]
