"""Whatever changes between refreshes, the panel equals one computed from nothing."""

import random
from datetime import date, timedelta

import pytest

from tenure.core import clock
from tenure.events.models import DirtyWeek
from tenure.metrics.models import AccountSeries, AccountSnapshot, PanelFile, PanelState
from tenure.metrics.services import panel_refresh
from tenure.metrics.tests.compare import differences, panel
from tenure.metrics.tests.world import (
    TODAY,
    World,
    account_add,
    events_add,
    facts_add,
    make_world,
    random_events,
)
from tenure.timeline.models import Ticket, Touchpoint

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def everything(today: date = TODAY) -> dict:
    """The panel, every series and every snapshot."""
    found: dict = dict(panel(today))
    for row in AccountSeries.objects.all():
        found["series", row.account_id] = row.first_week
        found |= {("series", row.account_id, key): row.series[key] for key in row.series}
    for row in AccountSnapshot.objects.all():
        found["snapshot", row.account_id] = (row.as_of, row.coverage, row.last_active_at, row.spark)
        found |= {("value", row.account_id, key): row.values[key] for key in row.values}
    return found


def from_nothing(today: date) -> dict:
    for model in (PanelFile, PanelState, AccountSeries, AccountSnapshot):
        model.objects.all().delete()
    assert panel_refresh().full
    return everything(today)


def change(world: World) -> None:
    """One random change of the facts."""
    rng = world.rng
    account = rng.choice(world.accounts)
    kind = rng.choice(["events", "late event", "facts", "account", "resolve", "answer"])
    if kind == "events":
        events_add(random_events(world, rng.randrange(1, 60), [a.pk for a in world.accounts]))
    elif kind == "late event":
        events_add(random_events(world, 1, [account.pk]))
    elif kind == "facts":
        facts_add(world, account, rng.randrange(1, 6))
    elif kind == "account":
        world.accounts.append(account_add(f"new{world.number()}", world.moment()))
    elif kind == "resolve":
        _corrected(Ticket.objects.filter(superseded_at=None), resolved_at=clock.now())
    else:
        _corrected(Touchpoint.objects.filter(superseded_at=None), direction="both")


def _corrected(rows, **values) -> None:
    """Supersede the first row and add it again with other values, as a load does."""
    row = rows.order_by("pk").first()
    if row is None:
        return
    type(row).objects.filter(pk=row.pk).update(superseded_at=clock.now())
    row.pk = None
    row.superseded_at = None
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


@pytest.mark.parametrize("seed", range(3))
def test_a_refresh_of_what_changed_equals_one_from_nothing(seed: int):
    world = make_world(seed + 10, events=150, facts=15)
    panel_refresh()
    now = clock.now()
    for days in (0, 1, 3, 9):
        with clock.at(now + timedelta(days=days)):
            for _ in range(random.Random(seed + days).randrange(3)):
                change(world)
            result = panel_refresh()
            assert DirtyWeek.objects.count() == 0
            stepwise = everything(clock.today())
    with clock.at(now + timedelta(days=9)):
        assert differences(stepwise, from_nothing(clock.today())) == []
    assert result.rows > 0


def test_a_refresh_with_nothing_new_computes_only_the_running_week():
    make_world(3, events=100)
    panel_refresh()
    again = panel_refresh()
    assert not again.full
    assert again.since == clock.week_start(TODAY)
    assert again.rows == again.accounts


def test_a_late_event_is_computed_only_for_the_accounts_it_may_belong_to():
    world = make_world(4, events=100, facts=1)
    panel_refresh()
    late = random_events(world, 1, [world.accounts[1].pk])
    late[0].account, late[0].at = world.accounts[1].pk, late[0].at.replace(year=2025, month=3)
    events_add(late)
    result = panel_refresh()
    assert result.since == clock.week_start(late[0].at.date())
    weeks = (TODAY - result.since).days // 7 + 1
    assert result.rows <= len(world.accounts) - 1 + weeks
