"""What is refused in `unmanaged_options`: a line that names no option which the program would otherwise write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from components.services.at import At
from components.services.conf_file import conf_file
from components.settings.option_line import option_key, option_keys, option_line
from components.settings.problem import Problem, Where, hint
from components.stack.ceph_client import conf_places
from components.stack.inventory import Inventory
from components.stack.refusal import path_text
from components.stack.wired_service import WiredService
from providers.formats.ceph_conf import CEPH_CONF
from providers.formats.dialect import Dialect
from providers.formats.oslo_ini import OSLO

_Sections = Mapping[str, Iterable[str]]


def unmanaged_problems(inventory: Inventory) -> Iterator[Problem]:
    """Yield each line of `unmanaged_options` without effect. A service without hosts writes nothing to compare with."""
    for wired in inventory.wired_services:
        if wired.mine.hosts:
            written = [option_line(*place) for place in _written(inventory, wired)]
            lines, own = wired.mine.unmanaged_options, wired.mine.options
            yield from _without_effect((wired.service.name,), lines, written, own, "options", OSLO)
    for there in inventory.clusters:
        cluster = there.settings.cluster
        written = [option_line(*place) for place in conf_places(there)]
        own = {"client": cluster.client_options}
        setting, lines = there.cluster_setting, cluster.unmanaged_options
        yield from _without_effect(setting, lines, written, own, "client_options", CEPH_CONF)


def _written(inventory: Inventory, wired: WiredService) -> dict[tuple[str, str], None]:
    """Return section and option of all that the rows of a service write, on any of its hosts."""
    mine = wired.mine.model_copy(update={"unmanaged_options": [], "options": {}})
    places: dict[tuple[str, str], None] = {}
    for host in mine.hosts:
        at = At(mine, inventory.site, inventory.others, host, section="")
        file = conf_file(wired.service.options, list(wired.service.backends(mine)), at)
        for part in (file.sections, file.list_items, file.list_items_if_absent or {}):
            places |= {(section, option): None for section, options in part.items() for option in options}
    return places


def _without_effect(
    setting: Where, lines: Sequence[str], written: Sequence[str], own: _Sections, own_setting: str, dialect: Dialect
) -> Iterator[Problem]:
    known = option_keys(written, dialect)
    of_the_operator = {option_key(section, option, dialect) for section in own for option in own[section]}
    for index, line in enumerate(lines):
        (key,) = option_keys([line], dialect)
        if key in known:
            continue
        if key in of_the_operator:
            what = f"is only written because {path_text((*setting, own_setting))} sets it; take it out there"
        else:
            advice = hint(line, written, f"it would write {', '.join(written)}")
            what = f"names no option that the program would write here; {advice}"
        yield Problem((*setting, "unmanaged_options", index), what)
