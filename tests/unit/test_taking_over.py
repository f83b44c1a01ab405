"""What was made by us is finished, what was there is only recorded, what no entry calls ours is left with a word."""

from __future__ import annotations

import pytest

from tests.sim.site import Site
from tests.unit.examples.example import Example
from tests.unit.examples.pool import POOL
from tests.unit.examples.user import USER


@pytest.mark.parametrize("example", [POOL, USER], ids=lambda example: example.name)
class TestTakingOver:
    def test_a_second_first_run_only_records_again(self, example: Example, site: Site) -> None:
        assert example.foreign is not None
        example.foreign(site)
        for _ in range(2):  # the state of the first create was lost
            resource = example.resource(site).change(adopt=True)
            resource.up()
            assert resource.outs is not None
            assert resource.outs["pending"]

    def test_adopt_is_not_asked_of_what_we_made(self, example: Example, site: Site) -> None:
        example.resource(site).up()
        example.drifts[0].done(site)
        resource = example.resource(site).change(adopt=True)
        resource.up()
        assert resource.outs is not None
        assert not resource.outs["pending"]

    def test_without_an_entry_it_is_left_with_a_word(
        self, example: Example, site: Site, capsys: pytest.CaptureFixture[str]
    ) -> None:
        resource = example.resource(site)
        resource.up()
        site.ceph.store.clear()
        before = site.ceph.state()
        resource.destroy()
        assert site.ceph.state() == before
        assert "is left: no journal entry says we made it" in capsys.readouterr().err
