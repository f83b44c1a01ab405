"""What verify prints, and its exit status."""

from __future__ import annotations

import json

from commands.verify.link import Link
from commands.verify.look import Look
from commands.verify.report import as_json, as_table, exit_status
from components.services.finding import FindingState, broken, ok, skipped, unseen, warning

HOSTS = ("compute1", "compute2", "compute3")
LINKS = [
    *(Link("libvirt secret", "client.cinder", host, ok("the cluster's key")) for host in HOSTS),
    *(Link("service", "nova-compute.service", host, broken("is inactive; see why")) for host in HOSTS[:2]),
    Link("host", "", "api1", unseen("no route to host")),
]


def test_what_is_alike_is_one_row_and_what_is_broken_never() -> None:
    assert as_table(LINKS).splitlines() == [
        "LINK                          WHERE                          RESULT          WHAT WAS SEEN, OR WHAT TO DO",
        "libvirt secret client.cinder  compute1, compute2 and 1 more  ok              the cluster's key",
        "service nova-compute.service  compute1                       BROKEN          is inactive; see why",
        "service nova-compute.service  compute2                       BROKEN          is inactive; see why",
        "host                          api1                           could not look  no route to host",
        "",
        "6 links: 3 ok, 0 warning, 2 BROKEN, 1 could not look, 0 skipped",
        "no verdict, because not everything could be looked at",
    ]


def test_long_words_are_wrapped_under_their_column() -> None:
    lines = as_table([Link("host", "", "api1", unseen("one two " * 20))], width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert len({len(line) - len(line.lstrip()) for line in lines[2:-3]}) == 1


def test_the_status_says_whether_everything_was_seen_and_whole() -> None:
    unasked = Link("OpenStack's APIs", "", "Keystone", skipped("nobody asked"))
    disabled = Link("compute service", "compute1", "Nova", warning("is up, but disabled"))
    assert exit_status(LINKS[:3]) == 0
    assert exit_status([*LINKS[:3], disabled]) == 0
    assert exit_status(LINKS[:5]) == 2
    assert exit_status([LINKS[0], LINKS[-1]]) == 3
    assert exit_status(LINKS) == 3, "a broken link must not hide that a host was not looked at"
    assert exit_status(LINKS[-1:]) == 3
    assert exit_status([*LINKS[:3], unasked]) == 0, "nobody asked for the APIs, so the verdict is complete without them"
    assert exit_status([unasked]) == 3, "nothing at all was looked at"
    assert exit_status([]) == 3


def test_the_verdict_is_the_last_line() -> None:
    assert as_table(LINKS[:3]).splitlines()[-1] == "verdict: every link is whole"
    assert as_table(LINKS[:5]).splitlines()[-1] == "verdict: a link is broken"


def test_json_has_a_summary_and_every_link() -> None:
    document = json.loads(as_json(LINKS, "prod"))
    counts = {"links": 6, "ok": 3, "warning": 0, "broken": 2, "unseen": 1, "skipped": 0}
    assert {name: value for name, value in document.items() if name != "links"} == {
        "version": 1,
        "stack": "prod",
        "summary": {**counts, "status": 3},
    }
    found = document["links"]
    assert len(found) == 6
    assert found[0] == {
        "kind": "libvirt secret",
        "name": "client.cinder",
        "where": "compute1",
        "result": "ok",
        "seen": "the cluster's key",
    }


def test_a_defect_of_ours_and_a_key_in_its_words_stay_in_one_row() -> None:
    def defect() -> None:
        raise KeyError("AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw==\nand more")

    found = Look("host", "", "api1", defect)()  # type: ignore[arg-type]
    assert found.state is FindingState.UNSEEN
    assert "report it" in found.finding.text
    assert "AQDdZz1o" not in found.finding.text
    assert "\n" not in found.finding.text
