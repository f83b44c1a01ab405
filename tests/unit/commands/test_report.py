"""What a report says of recorded previews of the real CLI, and of changes that they do not have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from commands.__main__ import main
from commands.report.change import DYNAMIC
from commands.report.markdown import as_markdown
from commands.report.plain_text import as_text
from commands.report.report import ROWS, SERVICE, Report
from commands.report.wiring import GATE
from providers.formats.keyring import CEPHX_KEY
from tests.golden.previews.recording import FOLDER, Recording
from tests.unit.commands.previews import NAMES, document, of_many_computes, parsed, without
from tests.unit.test_contracts import CONTRACTS

MOST = 60000
MARKER = "<!-- ceph-openstack report: ceph-openstack/dev -->"
DIGEST = re.compile(r"(?<![0-9a-f-])[0-9a-f]{12}(?![0-9a-f-])|[0-9a-f]{32,}")


def markdown(made: dict[str, Any], most: int = MOST) -> str:
    return as_markdown(Report.of(parsed(made)), most)


def rows(text: str, title: str) -> list[list[str]]:
    """Return the rows of a section's table, without its head."""
    part = text.partition(f"#### {title}\n")[2].partition("\n####")[0]
    return [line[2:-2].split(" | ") for line in part.splitlines() if line.startswith("| ")][2:]


def options(text: str) -> list[list[str]]:
    """Return the rows of the options that change, each with the file and the hosts in front."""
    part = text.partition("#### Options that change\n")[2].partition("\n####")[0]
    found, about = [], ""
    for line in part.splitlines():
        if line.startswith("`"):
            about = line
        elif line.startswith("| `"):
            found.append([about, *line[2:-2].split(" | ")])
    return found


@pytest.mark.parametrize("name", NAMES)
def test_no_report_shows_a_key_a_digest_or_the_plumbing(name: str) -> None:
    for text in (markdown(document(name)), as_text(Report.of(parsed(document(name))), MOST)):
        assert not CEPHX_KEY.search(text)
        assert not DIGEST.search(text)
        assert not re.search(r"\b(gate|guard)\b|-removal-|not recorded|carried_over|looks_at", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_report_begins_with_the_marker_of_its_stack_and_has_no_other_comment(name: str) -> None:
    text = markdown(document(name))
    assert text.splitlines()[0] == MARKER
    assert text.count("<!--") == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_the_steps_makes_no_difference(name: str) -> None:
    made = document(name)
    assert markdown({**made, "steps": made["steps"][::-1]}) == markdown(made)


def test_an_empty_preview_says_so_in_one_line() -> None:
    made = {**document("empty"), "diagnostics": []}
    assert markdown(made) == f"{MARKER}\n\n### `dev`: nothing changes, 48 unchanged\n"


def test_a_rotation_restarts_exactly_the_readers_of_the_key_each_with_what_for() -> None:
    text = markdown(document("rotation"))
    assert "### `dev`: 6 to create, 12 to update, 36 unchanged" in text
    assert "**4 services restart on 3 hosts.**" in text
    keyring = (
        "reads keyring `/etc/ceph/ceph.client.cinder-g2.keyring` instead of `/etc/ceph/ceph.client.cinder.keyring`"
    )
    conf = "`/etc/ceph/ceph.conf` `[client.cinder-g2] keyring`"
    assert rows(text, "Services that restart") == [
        ["`controller1`", "`cinder-backup.service`", f"{conf}; {keyring}"],
        [
            "`controller1`",
            "`cinder-volume.service`",
            f"{conf}; `/etc/cinder/cinder.conf` `[ceph] rbd_secret_uuid`, `[ceph] rbd_user`; {keyring}",
        ],
        [
            "`compute1`, `compute2`",
            "`nova-compute.service`",
            f"{conf}; `/etc/nova/nova.conf` `[libvirt] rbd_secret_uuid`, `[libvirt] rbd_user`; {keyring}",
        ],
    ]
    assert "those that run, with disks in `volumes`, `vms`" in text


def test_a_rotation_shows_each_option_from_what_to_what() -> None:
    found = options(markdown(document("rotation")))
    user = ["`cinder`", "`cinder-g2`"]
    assert ["`/etc/cinder/cinder.conf` on `controller1`", "`[ceph] rbd_user`", *user] in found
    assert ["`/etc/nova/nova.conf` on `compute1`, `compute2`", "`[libvirt] rbd_user`", *user] in found
    assert len(found) == 5


def test_a_rotation_draws_the_new_user_and_the_former_one() -> None:
    text = markdown(document("rotation"))
    drawn = text.partition("```mermaid\n")[2].partition("```")[0]
    names = dict(re.findall(r'^  (\w+)\W+"([\w.-]+)', drawn, re.MULTILINE))
    edges = [
        (names[a], how, names[b]) for a, how, b in re.findall(r"^  (\w+) (\S+?)(?:\|[^|]+\|)? (\w+)$", drawn, re.M)
    ]
    assert ("cinder", "==>", "client.cinder-g2") in edges
    assert ("nova", "-.->", "client.cinder") in edges
    assert ("glance", "-->", "client.glance") in edges
    assert ("client.cinder-g2", "==>", "volumes") in edges
    assert ("client.cinder", "-->", "volumes") in edges


def test_the_sample_in_the_documentation_is_what_is_printed() -> None:
    sample = Path(__file__).parents[3] / "docs" / "report-sample.md"
    assert sample.read_text() == markdown(document("rotation"))


def test_a_state_of_an_earlier_version_gives_the_same_report() -> None:
    """The earlier version recorded which files a service reads, and not which values it writes there."""
    assert markdown(document("rotation_of_an_older_state")) == markdown(document("rotation"))


def test_one_option_is_one_restart_and_one_row() -> None:
    text = markdown({**document("option"), "diagnostics": []})
    option = "`[ceph] rbd_flatten_volume_from_snapshot`"
    assert rows(text, "Services that restart") == [
        ["`controller1`", "`cinder-volume.service`", f"`/etc/cinder/cinder.conf` {option}"]
    ]
    assert options(text) == [["`/etc/cinder/cinder.conf` on `controller1`", option, "`false`", "`true`"]]
    assert text.count("####") == 2  # and nothing else
    assert "mermaid" not in text


def test_what_goes_away_comes_first_and_says_how() -> None:
    text = markdown(document("removal"))
    assert re.findall(r"^#### (.*)", text, re.MULTILINE)[:2] == ["What goes away", "Services that restart"]
    away = {row[1]: row[2] for row in rows(text, "What goes away")}
    assert away["pool `backups`"] == "deleted; the run is refused while it holds anything"
    assert away["user `client.cinder-backup`"] == "deleted with its key; refused while it has open sessions"
    assert "`[DEFAULT] backup_driver`" in away["options of `cinder-backup` in `/etc/cinder/cinder.conf`"]
    assert rows(text, "Services that restart") == [
        ["`controller1`", "`cinder-backup.service`", "its options are taken out of `/etc/cinder/cinder.conf`"]
    ]
    assert options(text) == [
        [
            "`/etc/ceph/ceph.conf` on `controller1`",
            "`[client.cinder-backup] keyring`",
            "`/etc/ceph/ceph.client.cinder-backup.keyring`",
            "as it was before the stack",
        ]
    ]


def test_a_first_run_has_a_row_for_each_pool_user_and_service_and_its_options_folded_away() -> None:
    text = markdown(document("first"))
    assert "### `dev`: 48 to create, 0 unchanged" in text
    assert "**5 services restart on 3 hosts.**" in text
    assert len(rows(text, "Services that restart")) == 4
    cluster = {row[0]: row for row in rows(text, "In the cluster")}
    assert cluster["pool `images`"][1:3] == ["new", "application `rbd`, size `1`, min_size `1`"]
    assert cluster["user `client.cinder`"][3] == "reads `images`; reads and writes `vms`, `volumes`"
    assert len(cluster) == 8
    assert text.count("<details>") == text.count("</details>") == 5
    assert (
        "<summary><code>/etc/nova/nova.conf</code> on <code>compute1</code>, <code>compute2</code>: 7 options" in text
    )
    assert "| `[libvirt] images_rbd_pool` | `vms` |" in text
    assert len(text) < 10000


def test_taking_over_says_that_nothing_changes_yet() -> None:
    text = markdown(document("taking_over"))
    assert "**No service restarts.** 35 things are taken over where there already" in text
    assert "taken over: <code>/etc/cinder/cinder.conf</code>" in text
    assert "recorded as it runs, and not restarted" in text


def test_the_run_after_taking_over_shows_what_was_found_and_what_will_be() -> None:
    text = markdown(document("taken_over"))
    assert "5 things were taken over as found" in text
    chunk = "`[rbd] rbd_store_chunk_size`"
    assert rows(text, "Services that restart") == [
        ["`controller1`", "`glance-api.service`", f"`/etc/glance/glance-api.conf` {chunk}"]
    ]
    assert options(text) == [["`/etc/glance/glance-api.conf` on `controller1`", chunk, "`4`", "`8`"]]
    cluster = [row[:4] for row in rows(text, "In the cluster")]
    assert ["pool `volumes`", "size", "`3`", "`1`"] in cluster
    assert ["user `client.cinder`", "caps mon", "`allow r`", "`profile rbd`"] in cluster


def test_a_preview_that_failed_says_why_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(FOLDER / "failed.json")]) == 3
    shown = capsys.readouterr().out
    assert shown.startswith(
        f"{MARKER}\n\n### `dev`: the preview failed\n\n**Nothing is known of what a run would do.**"
    )
    assert "- ceph-openstack:glance.pool.name: must begin with" in shown
    assert "|" not in shown


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "wrote nothing"),
        ("error: incorrect passphrase", "is no JSON"),
        (json.dumps(document("option"))[:-20], "is cut off"),
        ("[]", "is not what"),
        (json.dumps({"version": 3, "deployment": {}}), "is not what"),
        (json.dumps({"steps": [], "changeSummary": {}}), "looked at no resource"),
        (json.dumps({"steps": ["x"], "changeSummary": {"same": 1}}), "name no resource"),
        (json.dumps(without(document("option"), "cinder-volume-controller1")), "counts 2 to update"),
    ],
)
def test_what_is_no_whole_preview_is_red(
    text: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "preview.json"
    path.write_text(text)
    assert main(["report", str(path), "--stack", "dev"]) == 3
    shown = capsys.readouterr().out
    assert shown.startswith(MARKER)
    assert "the preview failed" in shown
    assert why in shown


def test_a_missing_file_another_stack_and_no_room_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(tmp_path / "none.json")]) == 1
    assert main(["report", str(FOLDER / "option.json"), "--stack", "prod"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "this is a preview of stack dev" in told.err
    with pytest.raises(SystemExit):
        main(["report", str(FOLDER / "option.json"), "--max-chars", "10"])


def test_it_reads_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with (FOLDER / "option.json").open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert main(["report", "-", "--format", "text"]) == 0
    assert capsys.readouterr().out.startswith("dev: 2 to update, 46 unchanged\n1 service restarts on 1 host.\n")


@pytest.mark.parametrize("name", ["first", "rotation", "taking_over"])
def test_equal_changes_of_five_hundred_hosts_are_one_row(name: str) -> None:
    made = of_many_computes(name, 500)
    text, small = markdown(made), markdown(document(name))
    assert len(made["steps"]) > 2000
    assert len(text) < len(small) + 1000
    assert text.count("\n") == small.count("\n")
    assert "`compute1`, `compute2` and 498 more" in text


def test_too_much_is_cut_by_whole_rows_the_least_important_first() -> None:
    made = of_many_computes("rotation", 40)
    for number, one in enumerate(made["steps"]):
        if one["urn"].rpartition("::")[2].startswith("nova-config-"):
            one["newState"]["inputs"]["sections"]["libvirt"]["rbd_user"] = f"user-{number}"
    whole_text = markdown(made)
    for most in (1500, 2000, 3000, 5000, len(whole_text) - 1):
        text = markdown(made, most)
        assert len(text) <= most
        assert set(text.splitlines()) - set(whole_text.splitlines()) <= {
            line for line in text.splitlines() if line.startswith("> **Not all is shown**")
        }
        assert "#### Services that restart" in text
    left = re.findall(r"(\d+) rows? of ([a-z ]+)", markdown(made, 5000).partition("Left out: ")[2].partition(".\n")[0])
    kept, there = len(options(markdown(made, 5000))), len(options(whole_text))
    assert {what: int(number) for number, what in left}["options"] == there - kept > 0
    assert len(as_text(Report.of(parsed(made)), 2000)) <= 2000


def test_every_kind_of_resource_has_its_reader() -> None:
    tokens = {token.removeprefix(DYNAMIC) for _, token, _ in CONTRACTS}
    assert tokens - {*ROWS, SERVICE, GATE} == set()


def test_the_recorded_previews_are_what_the_engine_writes_today(tmp_path: Path) -> None:
    """If this fails, inputs of resources have changed: `tools/run python -m tests.golden.previews`."""
    recording = Recording(tmp_path)
    for name, made in recording.some():
        recorded = document(name)
        assert [(one["op"], one["urn"]) for one in made["steps"]] == [
            (one["op"], one["urn"]) for one in recorded["steps"]
        ]
        for one, other in zip(made["steps"], recorded["steps"], strict=True):
            assert one["newState"].get("inputs") == other["newState"].get("inputs"), one["urn"]
        assert markdown({**made, "diagnostics": []}) == markdown({**recorded, "diagnostics": []})
