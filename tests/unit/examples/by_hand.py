"""What somebody does by hand on the site, and answers that nobody knows."""

from __future__ import annotations

from providers.journal.host_journal import HostJournal
from tests.sim.site import Site
from tests.unit.examples.example import STACK, Act


def edit(host: str, path: str, old: str, new: str) -> Act:
    def done(site: Site) -> None:
        file = site.hosts[host].path(path)
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    return done


def chmod(host: str, path: str, mode: int) -> Act:
    return lambda site: site.hosts[host].path(path).chmod(mode)


def remove(host: str, path: str) -> Act:
    return lambda site: site.hosts[host].path(path).unlink()


def garbled_journal(host: str, kind: str, what: str) -> Act:
    def garble(site: Site) -> None:
        path = site.hosts[host].path(HostJournal(STACK).path(kind, what))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")

    return garble


def garbled(prefix: str, answer: str) -> Act:
    return lambda site: site.ceph.garbled.update({prefix: answer})
