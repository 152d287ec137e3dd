import pytest

from tenure.metrics.models import AccountSeries, AccountSnapshot
from tenure.metrics.selectors import panel_values, panel_weeks, series_of, snapshot_of
from tenure.metrics.services import panel_refresh
from tenure.metrics.tests.world import TODAY, make_world

pytestmark = pytest.mark.django_db


def test_a_refresh_gives_every_account_a_snapshot_and_a_series():
    world = make_world(1)
    result = panel_refresh()
    assert result.full
    assert result.accounts == len(world.accounts)
    assert AccountSnapshot.objects.count() == AccountSeries.objects.count() == result.accounts
    snapshot = snapshot_of(world.accounts[1])
    assert snapshot.as_of == TODAY
    assert len(snapshot.spark) == 12
    assert snapshot.spark[-1] == snapshot.values["active_people"] == snapshot.active_people
    first, last = panel_weeks()
    table = panel_values(["events", "seats"], first, last)
    series = series_of(world.accounts[1])
    mine = [r for r in table.to_pylist() if r["account_id"] == world.accounts[1].pk]
    assert [row["week"] for row in mine] == series.weeks
    assert [row["events"] for row in mine] == series.values["events"]
    assert [row["seats"] for row in mine] == series.values["seats"]
