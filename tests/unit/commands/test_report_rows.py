"""Rows of changes that no recorded preview has, and values that would break a comment if they were not code."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from commands.report.caps_effect import allowed, effect
from commands.report.change import Change
from commands.report.markdown import as_markdown, code, prose
from commands.report.report import Report
from commands.report.value import Phrase, Value
from tests.unit.commands.previews import parsed, step, whole
from tests.unit.commands.test_report import MARKER, markdown, rows
from tests.unit.commands.test_report import options as option_rows

FSID = "f5a1b2c3-0c1e-4d0a-9b6e-1ab0ce9d0501"
KEY = "AQBvZxFnAAAAABAAq0oF1kYQwYkVxGmNQm1cWg=="
GITHUB = MarkdownIt("commonmark").enable("table")


def plain(phrase: Phrase) -> str:
    return "".join(part.text if isinstance(part, Value) else part for part in phrase)


def options(path: str = "/etc/x/x.conf", host: str = "api1", **sections: dict[str, str]) -> dict[str, Any]:
    return {"stack": "dev", "host": host, "fsid": FSID, "component": "x", "path": path, "sections": sections}


def config(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return step("openstack:ConfigSections", f"x-config-{old['host']}", old=old, new=new)


def service(watch: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"stack": "dev", "host": "api1", "unit": "x.service", "restart_on": "change", "watch": watch, **more}


def watched(**values: str) -> dict[str, Any]:
    return {"/etc/x/x.conf": {"dialect": "oslo", "options": {"rbd": values}}}


def restarts(*steps: dict[str, Any]) -> list[str]:
    return [row[2] for row in rows(markdown(whole(*steps)), "Services that restart")]


def unit(old: dict[str, Any], new: dict[str, Any], **more: Any) -> dict[str, Any]:
    return step("host:Service", "x-api1", old=old, new=new, **more)


@pytest.mark.parametrize(("name", "of"), [
    ("west.cinder-user", " of west"), ("we-st_1.cinder-pool-fast", " of we-st_1"), ("west.cluster", " of west"),
    ("west.cinder-secret-g2-compute1.example.org", " of west"), ("cinder-user", ""), ("cluster", ""),
    ("cinder-keyring-compute1.example.org", ""), ("crush-rule-a.b", ""),
])  # fmt: skip
def test_what_is_on_a_further_cluster_is_told_from_the_stacks_own(name: str, of: str) -> None:
    assert Change("create", name, "ceph:CephxUser").of_cluster == of


def test_what_goes_away_on_two_clusters_is_a_row_for_each() -> None:
    """Pools and users may have the same names there, and one row of both would hide one."""
    pool = {"stack": "dev", "fsid": FSID, "name": "volumes", "adopt": False}
    made = whole(step("ceph:Pool", "cinder-pool", old=pool), step("ceph:Pool", "west.cinder-pool-fast", old=pool))
    away = [row[1] for row in rows(markdown(made), "What goes away")]
    assert away == ["pool `volumes`", "pool `volumes` of west"]


def test_the_picture_has_the_pools_of_a_user_on_both_clusters() -> None:
    steps = []
    for name, pool in (("cinder-user", "volumes"), ("west.cinder-user", "fast")):
        user = {"stack": "dev", "fsid": FSID, "entity": "client.cinder"}
        steps.append(step("ceph:CephxUser", name, new={**user, "caps": {"osd": f"profile rbd pool={pool}"}}))
    used: Any = {pool: {"rbd_user": "cinder", "rbd_pool": pool} for pool in ("volumes", "fast")}
    steps.append(step("openstack:ConfigSections", "x-config-api1", new=options(**used)))
    drawn = markdown(whole(*steps))
    assert [line for line in drawn.splitlines() if "==>|reads and writes|" in line] == [
        "  u1 ==>|reads and writes| p2",
        "  u1 ==>|reads and writes| p3",
    ]


def test_rules_are_rows_by_line() -> None:
    here = {"stack": "dev", "host": "compute1", "path": "/etc/tmpfiles.d/x.conf"}
    old, new = {**here, "lines": {"d /run/a": True}}, {**here, "lines": {"d /run/b": True}}
    made = whole(step("host:FileLines", "guest-tmpfiles-compute1", old=old, new=new))
    assert [row[1:] for row in rows(markdown(made), "On the hosts besides")] == [
        ["rules `/etc/tmpfiles.d/x.conf`", "line", "`d /run/a`", "—"],
        ["rules `/etc/tmpfiles.d/x.conf`", "line", "—", "`d /run/b`"],
    ]


def test_a_service_says_itself_which_watched_options_differ() -> None:
    old, new = service(watched(pool="a", user="u")), service(watched(pool="b", user="u", more="1"))
    assert restarts(unit(old, new)) == ["`/etc/x/x.conf` `[rbd] more`, `[rbd] pool`"]


def test_an_option_that_is_not_shown_is_a_reason_without_its_digest() -> None:
    old = {
        "/etc/x/x.conf": {"dialect": "oslo", "options": {"rbd": {"password": "(not shown)"}}, "digest": "0123456789ab"}
    }
    new = {"/etc/x/x.conf": {**old["/etc/x/x.conf"], "digest": "ba9876543210"}}
    text = markdown(whole(unit(service(old), service(new))))
    assert [row[2] for row in rows(text, "Services that restart")] == ["`/etc/x/x.conf`"]
    assert "ba98" not in text


def test_files_that_are_read_later_and_attributes_of_a_keyring_are_reasons() -> None:
    path = "/etc/ceph/ceph.client.x.keyring"
    old = {**watched(pool="a"), path: {"dialect": "keyring", "entity": "client.x", "mode": "0640"}}
    new = {**old, path: {"dialect": "keyring", "entity": "client.x", "mode": "0600"}, "/etc/y": {"dialect": "oslo"}}
    assert restarts(unit(service(old), service(new))) == [f"keyring `{path}`: mode; reads `/etc/y`"]


def test_an_update_that_restarts_nothing_is_no_restart_and_is_still_named() -> None:
    old, new = service(watched(pool="a"), ready={"timeout_s": 60}), service(watched(pool="a"), ready={"timeout_s": 90})
    text = markdown(whole(unit(old, new)))
    assert "**No service restarts.**" in text
    assert rows(text, "Other changes") == [["`api1`", "`host:Service` `x.service`", "`ready`"]]


@pytest.mark.parametrize(
    ("reported", "why"),
    [
        ({"configuration": "stale"}, "it runs with something else than is on disk"),
        ({"active": False}, "it does not run"),
    ],
)
def test_drift_that_a_refresh_found_is_a_reason(reported: dict[str, Any], why: str) -> None:
    well = {"configuration": "current", "active": True}
    assert restarts(unit(service({}, **{**well, **reported}), service({}, **well))) == [why]


def test_a_service_that_only_an_adoption_left_restarts_for_what_the_adoption_left() -> None:
    one = service(watched(pool="a"))
    assert restarts(unit(one, one, pending=["systemctl restart x.service"])) == [
        "taken over as it was in the last run, which left: `systemctl restart x.service`"
    ]


def test_a_deferred_restart_is_no_restart_of_this_run_and_what_it_is_owed_for_is_said() -> None:
    old, new = service(watched(pool="a")), service(watched(pool="b"), restart="deferred")
    text = markdown(whole(unit(old, new)))
    assert "**No service restarts.** 1 restart is deferred." in text
    assert rows(text, "Restarts that are deferred") == [["`api1`", "`x.service`", "`/etc/x/x.conf` `[rbd] pool`"]]
    assert restarts(unit(new, service(watched(pool="b")))) == ["a restart that was deferred, if it is still owed"]


def test_a_thing_that_only_the_journal_misses_is_named() -> None:
    pool = {"stack": "dev", "fsid": FSID, "name": "images", "size": 3}
    text = markdown(whole(step("ceph:Pool", "glance-pool", old=pool, new=pool, pending=["journal: written"])))
    assert rows(text, "Taken over in the last run as it was, changed in this one") == [
        ["`glance-pool`", "`journal: written`"]
    ]


def test_resources_of_a_kind_that_nobody_knows_are_named() -> None:
    text = markdown(whole(step("else:Thing", "a", new={"x": 1}), step("else:Thing", "b", old={"x": 1}, new={"x": 2})))
    assert rows(text, "Other changes") == [["`else:Thing` `a`", "created"], ["`else:Thing` `b`", "`x`"]]


def test_a_replaced_pool_goes_away() -> None:
    pool = {"stack": "dev", "fsid": FSID, "name": "images"}
    replaced = {**step("ceph:Pool", "glance-pool", old=pool, new=pool), "op": "replace"}
    text = markdown(whole(replaced))
    assert rows(text, "What goes away") == [["the cluster", "pool `images`", "deleted and made anew"]]


def test_what_was_taken_over_is_not_said_to_be_deleted() -> None:
    user = {"stack": "dev", "fsid": FSID, "entity": "client.x", "caps": {"mon": "profile rbd"}, "adopt": True}
    (row,) = rows(markdown(whole(step("ceph:CephxUser", "x-user", old=user))), "What goes away")
    assert row[2].startswith("left, with its former caps, if it was there before the stack")


def test_values_of_secret_options_and_keys_are_not_shown() -> None:
    old = options(DEFAULT={"transport_url": "rabbit://u:first@h", "x": "1"})
    new = options(DEFAULT={"transport_url": "rabbit://u:second@h", "x": KEY})
    text = markdown(whole(config(old, new)))
    assert "first" not in text
    assert "second" not in text
    assert KEY not in text
    hidden = ["`(not shown)`", "`(not shown)`"]
    assert ["`/etc/x/x.conf` on `api1`", "`[DEFAULT] transport_url`", *hidden] in option_rows(text)


def test_a_command_shows_its_line_and_where_it_runs_though_the_way_there_is_secret() -> None:
    steps = []
    for host in ("compute1", "compute2", "compute3"):
        made = step("x", f"packages-{host}", new={"connection": "[secret]", "create": "apt-get install -y ceph-common"})
        made["newState"]["type"] = "command:remote:Command"
        steps.append(made)
    assert rows(markdown(whole(*steps)), "On the hosts besides") == [
        [
            "`packages-compute1`, `packages-compute2`, `packages-compute3`",
            "command",
            "runs",
            "`apt-get install -y ceph-common`",
        ]
    ]


def test_what_changes_in_openstack_has_a_row_for_each_value() -> None:
    kind = {"stack": "dev", "fsid": FSID, "cloud": {"name": "c"}, "name": "ssd", "public": True}
    old, new = {**kind, "extra_specs": {"a": "1"}}, {**kind, "public": False, "extra_specs": {"a": "1", "b": "2"}}
    image = {"stack": "dev", "fsid": FSID, "cloud": {"name": "c"}, "image": "i", "properties": {"hw_disk_bus": "scsi"}}
    text = markdown(
        whole(
            step("openstack:VolumeType", "volume-type-ssd", old=old, new=new),
            step("openstack:ImageProperties", "image-i", new=image),
        )
    )
    assert rows(text, "In OpenStack") == [
        ["volume type `ssd`", "public", "`true`", "`false`"],
        ["volume type `ssd`", "extra_specs b", "—", "`2`"],
        ["image `i` (new)", "properties hw_disk_bus", "", "`scsi`"],
    ]


RBD = "profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images"


@pytest.mark.parametrize(
    ("daemon", "had", "wanted", "means"),
    [
        ("osd", RBD, RBD.replace("profile rbd pool=vms, ", ""), "narrower: vms: reads and writes → nothing"),
        ("osd", RBD, f"{RBD}, profile rbd pool=ssd", "wider: ssd: nothing → reads and writes"),
        ("osd", RBD, RBD.replace("-read-only", ""), "wider: images: reads → reads and writes"),
        (
            "osd",
            "profile rbd pool=a",
            "profile rbd pool=b",
            "narrower: a: reads and writes → nothing; wider: b: nothing → reads and writes",
        ),
        ("osd", "profile rbd pool=a", "allow rwx pool=a", "the same on the images of each pool"),
        ("osd", "profile rbd pool=a, profile rbd pool=b", "profile rbd pool=b,profile rbd pool=a", "the same rights"),
        ("osd", "profile rbd pool=a", "allow *", "wider: (every other pool): nothing → reads and writes"),
        ("mon", "profile rbd", "allow r", "other rights"),
        ("mon", "allow r", "allow r, profile rbd", "wider"),
        ("mgr", "profile rbd pool=a, profile rbd pool=b", "profile rbd pool=a", "narrower"),
        ("mgr", "", "profile rbd", "wider"),
        ("mds", "allow r", "allow rw", "other rights, which cannot be compared"),
    ],
)
def test_a_change_of_caps_is_told_by_what_it_gives_and_takes(daemon: str, had: str, wanted: str, means: str) -> None:
    assert plain(effect(daemon, had, wanted)).startswith(means)


def test_caps_are_told_in_words() -> None:
    assert plain(allowed(RBD)) == "reads images; reads and writes vms, volumes"


def test_narrowed_caps_are_a_matter_of_guests() -> None:
    user = {"stack": "dev", "fsid": FSID, "entity": "client.cinder"}
    caps = [{"mon": "profile rbd", "osd": text} for text in (RBD, RBD.replace("profile rbd pool=vms, ", ""))]
    old, new = ({**user, "caps": one} for one in caps)
    assert rows(markdown(whole(step("ceph:CephxUser", "cinder-user", old=old, new=new))), "Guests") == [
        [
            "those with images open as `client.cinder` in `vms`",
            "the run is refused before it changes anything while there is one",
        ]
    ]


HOSTILE = [
    "a | b",
    "a \\| b",
    "ends with a backslash\\",
    "`code` and ``more``",
    "`",
    "<!-- ceph-openstack report: ceph-openstack/prod -->",
    "</details><script>alert(1)</script>",
    "@everyone #1 $x$ ~bug !2 %3",
    "[click](http://example.com) ![x](y)",
    "first\nsecond\r\n| third |",
    "**bold** _it_ ~~no~~",
    "|",
    " ",
    "&lt; &#64;everyone",
]


def cells(text: str) -> list[list[Token]]:
    """Return the cells of all tables, as GitHub reads them: the tokens of each."""
    tokens = GITHUB.parse(text)
    opened = [number for number, token in enumerate(tokens) if token.type in ("td_open", "th_open")]
    return [tokens[number + 1].children or [] for number in opened]


def shown(cell: list[Token]) -> str:
    return "".join(token.content for token in cell if token.type in ("code_inline", "text", "text_special"))


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_ends_its_cell_or_becomes_markup_or_the_marker(value: str) -> None:
    old, new = options(rbd={"a": "x"}), options(rbd={"a": value})
    text = markdown(whole(config(old, new), diagnostics=[{"severity": "warning", "message": f"warning: {value}"}]))
    *_, was, will = cells(text)
    assert shown(was) == "x"
    assert shown(will) == (Value.of(value).text or "(empty)")
    assert text.count("<!--") == 1 or "<!--" in value
    assert [line for line in text.splitlines() if line.startswith("<!--")] == [MARKER]
    html = GITHUB.render(text)
    outside = re.sub(r"<code>.*?</code>", "", html.replace(MARKER, ""), flags=re.DOTALL)
    assert not re.search(r"<(script|a|img|strong>b|em|del|/details)|[@#$~!%]\w|&amp;#64;", outside)


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("|\\`<>&@ "), min_size=1, max_size=20))
def test_any_value_is_read_back_from_its_cell(value: str) -> None:
    text = Value.of(value).text
    found = cells(f"| a | b |\n| --- | --- |\n| {code(text)} | x |\n")
    assert len(found) == 4
    if text and "\\|" not in text:
        assert shown(found[2]) == text
    assert shown(found[3]) == "x"


@given(st.text(st.characters(exclude_categories=["C"]) | st.sampled_from("|\\`<>&@*_[]() "), max_size=30))
def test_prose_of_others_has_no_markup_but_code(line: str) -> None:
    tokens = GITHUB.parse(f"- {prose(line)}\n")
    inner = {token.type for one in tokens for token in one.children or []}
    assert inner <= {"text", "code_inline", "text_special"}


def test_a_report_of_a_failed_preview_keeps_to_its_room() -> None:
    made = whole(diagnostics=[{"severity": "error", "message": f"error: problem {n} of many\n"} for n in range(200)])
    text = as_markdown(Report.of(parsed(made)), 1000)
    assert len(text) <= 1000
    assert "rows of reasons" in text


def test_json_of_any_shape_is_a_report_and_no_traceback() -> None:
    for made in ({"steps": None, "changeSummary": None}, whole(), {**whole(), "diagnostics": "x", "config": None}):
        assert "###" in markdown(json.loads(json.dumps(made)))
    odd = step("openstack:ConfigSections", "x", old={"sections": "[secret]"}, new={"sections": {"a": "[secret]"}})
    assert "Other changes" in markdown(whole(odd))
