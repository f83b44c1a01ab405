"""Every kind answers the same list of situations."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from pulumi.output import Unknown

from providers import resources
from providers.errors import HostError, ProviderError, Refused, UnexpectedOutput
from tests.sim.site import FSID, CheckRefused, Managed, Site, wire
from tests.unit.examples import EXAMPLES
from tests.unit.examples.example import Drift, Example
from tests.unit.examples.key_type import KEY_TYPE
from tests.unit.examples.pool import POOL, foreign_pool, with_a_profile
from tests.unit.examples.taken_over import TAKEN_OVER
from tests.unit.examples.user import with_user

each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
owned = [example for example in EXAMPLES if example.foreign]
each_adoptable = pytest.mark.parametrize("example", [*owned, *TAKEN_OVER], ids=lambda example: example.name)
each_owned = pytest.mark.parametrize("example", owned, ids=lambda example: example.name)
drifts = [(example, drift) for example in EXAMPLES for drift in example.drifts]
each_drift = pytest.mark.parametrize(
    ("example", "drift"), drifts, ids=[f"{example.name}-{drift.name}" for example, drift in drifts]
)


@each
def test_absent_is_created_and_destroyed_without_a_trace(site: Site, example: Example) -> None:
    example.prepare(site)
    before, resource = site.everything(), example.resource(site)
    assert resource.up() == "create"
    assert resource.outs is not None
    assert resource.outs["pending"] == []
    resource.destroy()
    assert site.everything() == before


@each
def test_applied_twice_does_nothing(site: Site, example: Example) -> None:
    example.prepare(site)
    resource = example.resource(site)
    resource.up()
    site.steps()
    after = site.everything()
    assert not resource.wants()
    assert resource.up() == "same"
    assert resource.drift() == {}
    resource.outs = None
    assert resource.up() == "create"  # the state of a create was lost, so the thing is ours already, and right
    assert site.steps() == []
    assert site.everything() == after


@each
def test_update_converges_and_is_undone(site: Site, example: Example) -> None:
    example.prepare(site)
    before, resource = site.everything(), example.resource(site)
    resource.up()
    if not example.update:
        pytest.skip("every field is fixed")
    assert resource.change(**example.update).up() == "update"
    assert resource.drift() == {}
    resource.destroy()
    assert site.everything() == before


@each_drift
def test_drift_is_named_and_repaired_by_what_is_necessary(site: Site, example: Example, drift: Drift) -> None:
    example.prepare(site)
    resource = example.resource(site)
    resource.up()
    drift.done(site)
    assert resource.drift() == {**dict.fromkeys(drift.shows), **wire(drift.shows)}  # None: the input is gone
    assert resource.wants()
    site.steps()
    assert resource.up() == "update"
    assert site.steps() == drift.steps
    assert resource.drift() == {}
    assert not resource.wants()


@each
def test_hostile_input_is_refused_in_one_line(site: Site, example: Example) -> None:
    for props in example.hostile:
        resource = example.resource(site).change(**props)
        result = resource.provider.check({}, wire(resource.props))
        assert result.failures, props
        for failure in result.failures:
            assert failure.property == ""
            assert failure.reason.isprintable(), props
    assert site.cut.done == []


@each
def test_a_fixed_field_is_refused_with_what_to_do(site: Site, example: Example) -> None:
    example.prepare(site)
    resource = example.resource(site)
    resource.up()
    site.cut.done.clear()
    for name, value in example.fixed.items():
        with pytest.raises(CheckRefused, match=rf"{name} cannot change from .* to .*: \w+"):
            Managed(site, resource.provider, {**example.props, name: value}, inputs=resource.inputs).checked()
    assert set(example.fixed) <= set(example.provider.kind.fixed)
    assert site.cut.done == []


@each
def test_check_is_idempotent_and_takes_floats(site: Site, example: Example) -> None:
    resource = example.resource(site)
    once = resource.checked()
    assert wire(resource.provider.check(once, once).inputs) == once
    assert wire(resource.provider.check({}, resource.props).inputs) == once


def test_every_kind_has_an_example() -> None:
    assert {example.provider for example in EXAMPLES} == set(resources.PROVIDERS)
    names = [example.name for example in EXAMPLES]
    assert len(names) == len(set(names))


def unknown_value() -> Any:
    return Unknown()  # type: ignore[no-untyped-call]


@each
def test_unknown_and_missing_values_never_raise(site: Site, example: Example) -> None:
    resource = example.resource(site)
    props = resource.checked()
    provider = resource.provider
    for names in itertools.chain.from_iterable(itertools.combinations(props, size) for size in (0, 1, 2)):
        unknown = {name: unknown_value() if name in names else value for name, value in props.items()}
        missing = {name: value for name, value in props.items() if name not in names}
        for one, other in itertools.product((unknown, missing, {}), repeat=2):
            provider.diff("id", one, other)
        assert not provider.check({}, unknown).failures or not names
        provider.check(unknown, missing)
        provider.check(missing, unknown)


@each
def test_unreachable_is_not_drift_and_fails_an_up_in_one_line(
    site: Site, example: Example, capfd: pytest.CaptureFixture[str]
) -> None:
    example.prepare(site)
    resource = example.resource(site)
    resource.up()
    inputs, outs = resource.inputs, resource.outs
    for host in site.hosts.values():
        host.reachable = False
    resource.refresh()
    assert ("was not checked" in capfd.readouterr().err) is not example.is_silent
    assert (resource.inputs, resource.outs) == (inputs, outs)
    resource.outs = None
    with pytest.raises(HostError, match="cannot connect") as failure:
        resource.up()
    assert str(failure.value).isprintable()
    resource.outs = outs
    with pytest.raises(HostError, match="cannot connect"):
        resource.destroy()


@each
def test_an_answer_that_is_not_understood_is_never_absence(site: Site, example: Example) -> None:
    if example.garble is None:
        pytest.skip("asks only what others ask")
    example.prepare(site)
    resource = example.resource(site)
    example.garble(site)
    before = site.everything()
    with pytest.raises(UnexpectedOutput) as failure:
        resource.up()
    assert str(failure.value).isprintable()
    assert site.everything() == before


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.gone], ids=lambda example: example.name)
def test_gone_at_delete_is_fine(site: Site, example: Example) -> None:
    example.prepare(site)
    before, resource = site.everything(), example.resource(site)
    resource.up()
    assert example.gone is not None
    example.gone(site)
    resource.destroy()
    assert site.everything() == before


@each_owned
def test_what_is_not_ours_is_refused_and_left_alone(site: Site, example: Example) -> None:
    example.prepare(site)
    assert example.foreign is not None
    example.foreign(site)
    before = site.everything()
    with pytest.raises(Refused, match="this stack did not make it; set `adopt: true`"):
        example.resource(site).up()
    assert site.everything() == before


def without_journal(everything: dict[str, Any]) -> dict[str, Any]:
    files = {path: state for path, state in everything["files"].items() if "ceph-openstack" not in path}
    return {**everything, "files": files, "cluster": {**everything["cluster"], "store": {}}}


@each_adoptable
def test_adoption_records_first_then_converges_and_leaves_it_standing(site: Site, example: Example) -> None:
    example.prepare(site)
    assert example.foreign is not None
    example.foreign(site)
    before = site.everything()
    resource = example.resource(site).change(adopt=True)
    assert resource.up() == "create"
    assert without_journal(site.everything()) == without_journal(before)
    assert site.steps() == []
    assert resource.outs is not None
    if resource.outs["pending"]:
        assert resource.wants()
        resource.refresh()
        assert resource.wants()
        assert resource.up() == "update"
    assert resource.outs["pending"] == []
    assert not resource.wants()
    assert resource.drift() == {}
    resource.destroy()
    assert site.everything() == before


@each_owned
def test_what_somebody_set_on_an_adopted_thing_stays(site: Site, example: Example) -> None:
    """The state holds what a refresh found, which an undo must not take for what we set."""
    example.prepare(site)
    assert example.foreign is not None
    example.foreign(site)
    resource = example.resource(site).change(adopt=True)
    resource.up()
    resource.up()
    drift = example.drifts[0]
    if drift.name == "gone":
        pytest.skip("nothing is left to be set")
    drift.done(site)
    theirs = without_journal(site.everything())
    resource.refresh()
    resource.destroy()
    after = without_journal(site.everything())
    assert example.stays(after, theirs)


@each
def test_another_machine_under_the_same_name_is_refused(site: Site, example: Example) -> None:
    example.prepare(site)
    resource = example.resource(site)
    resource.up()
    before = site.everything()
    for host in site.hosts.values():
        host.machine_id = "another"
    with pytest.raises(Refused, match="not the machine that was changed"):
        resource.destroy()
    assert site.everything() == before


@each
def test_no_key_in_states_steps_outputs_errors_and_journals(
    site: Site, example: Example, capfd: pytest.CaptureFixture[str]
) -> None:
    example.prepare(site)
    seen: list[str] = []
    resource = example.resource(site)
    for drift in [None, *example.drifts]:
        if drift:
            drift.done(site)
        resource.refresh() if resource.outs else None
        resource.up()
        seen += [repr(resource), *site.ceph.store.values()]
        for name, (*_, content) in site.files().items():
            if "var/lib" in name or "run/" in name:
                seen.append(content.decode())
    for host in site.hosts.values():
        seen += [*host.steps, *host.sent, *site.cut.done]
    if example.garble:
        example.garble(site)
    try:
        resource.destroy()
    except ProviderError as problem:
        seen.append(str(problem))
    seen.append("".join(capfd.readouterr()))
    keys = site.ceph.keys()
    for text in seen:
        assert not [key for key in keys if key in text or key[8:30] in text]


def test_nothing_foreign_is_touched(site: Site) -> None:
    site.ceph.do_osd_pool_create("foreign", size=2)
    site.ceph.add_user("client.foreign", {"mon": "allow r"})
    site.ceph.store["mgr/foreign"] = "x"
    site.hosts["compute1"].libvirt.define(
        "<secret ephemeral='no' private='no'><uuid>a</uuid><usage type='ceph'><name>foreign</name></usage></secret>"
    )
    site.hosts["api1"].path("/etc/ceph/foreign").write_text("x")
    examples = [example for example in EXAMPLES if example is not KEY_TYPE]  # its cluster's keys are nothing for others
    for example in examples:
        if example.prepare not in (with_user, with_a_profile):  # another example makes it
            example.prepare(site)
    before = site.everything()
    resources = [example.resource(site) for example in examples]
    for resource in resources:
        resource.up()
    for resource in reversed(resources):
        resource.destroy()
    assert site.everything() == before


def test_a_min_size_that_our_size_took_down_is_put_back(site: Site) -> None:
    foreign_pool(site)
    site.ceph.do_osd_pool_set("volumes", "min_size", "2")
    before = site.everything()
    resource = Managed(
        site, POOL.provider(), {"stack": "dev", "fsid": FSID, "name": "volumes", "size": 1, "adopt": True}
    )
    resource.up()
    resource.up()
    assert site.ceph.pools["volumes"]["min_size"] == 1
    resource.destroy()
    assert site.everything() == before
