"""What verify prints, and its exit status."""

from __future__ import annotations

import json

from commands.verify.link import Link
from commands.verify.look import Look
from commands.verify.report import as_json, as_table, exit_status
from components.services.finding import FindingState, broken, ok, unseen

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
        "6 links: 3 ok, 0 warning, 2 BROKEN, 1 could not look",
    ]


def test_long_words_are_wrapped_under_their_column() -> None:
    lines = as_table([Link("host", "", "api1", unseen("one two " * 20))], width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert len({len(line) - len(line.lstrip()) for line in lines[2:-2]}) == 1


def test_the_status_is_that_of_the_worst_link() -> None:
    assert exit_status(LINKS[:3]) == 0
    assert exit_status([LINKS[0], LINKS[-1]]) == 0
    assert exit_status(LINKS) == 1
    assert exit_status(LINKS[-1:]) == 1


def test_json_has_every_link() -> None:
    found = json.loads(as_json(LINKS))
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
