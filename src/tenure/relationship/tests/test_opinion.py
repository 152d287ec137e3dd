"""The second opinion: what is observed, when a model is fitted, what is kept of accounts."""

from datetime import date, timedelta

import numpy as np
import pytest

from tenure.health.tests.world import TODAY, account, panel, period, refresh, steady, when
from tenure.relationship.models import HiddenModel, HiddenState
from tenure.relationship.opinion import HEARD
from tenure.relationship.opinion.observed import measures_now, observed, steps_until
from tenure.relationship.opinion.refresh import ENOUGH, model_of
from tenure.relationship.selectors.opinion import hidden_state_of
from tenure.timeline.models import Touchpoint

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = TODAY.date()


def company(n=50, *, seed=1):
    """Accounts that use much of the product steadily, and as many that hardly do."""
    draw, rows, owners = np.random.default_rng(seed), {}, []
    for i in range(n):
        owner, close = account(f"a{i}"), i % 2
        period(owner)
        owners.append(owner)
        values = {"seat_share": 0.0, "stickiness": 0.0, "feature_breadth": 0.0}
        for key, monday in steady([owner], first="2024-09-02", **values):
            told = {"seat_share": 0.2 + 0.5 * close, "stickiness": 0.1 + 0.4 * close}
            noisy = {name: value + draw.normal(0, 0.05) for name, value in told.items()}
            rows[key, monday] = {**noisy, "feature_breadth": 3 + 6 * close + draw.normal(0, 1)}
    panel(rows)
    return owners


def touch(owner, day, direction="in"):
    Touchpoint.objects.create(
        external_id=f"{owner.pk}-{day}-{direction}", account=owner, kind="call",
        direction=direction, occurred_at=when(day), recorded_at=when(day),
    )  # fmt: skip


def test_steps_are_four_weeks_and_end_on_the_day():
    days = steps_until(DAY)
    assert (len(days), days[-1], days[-1] - days[-2]) == (26, DAY, timedelta(days=28))
    assert days == sorted(days)


def test_only_steps_that_were_paid_for_are_observed():
    stays, left, never = account("stays"), account("left"), account("never")
    period(stays, started="2025-03-01")
    period(left, started="2024-01-01", ended="2025-01-01")
    seen = observed([stays.pk, left.pk, never.pk], DAY, measures_now())
    assert seen.sequences.account.tolist() == [stays.pk, left.pk]
    assert seen.paying.tolist() == [True, False]
    # Steps end on 16 July, 18 June, 21 May, 23 April and 26 March.
    assert seen.sequences.length[0] == 5


def test_contact_is_counted_in_the_step_it_fell_in():
    owner = account("acme")
    period(owner)
    touch(owner, "2025-07-10")
    touch(owner, "2025-06-01", "out")
    seen = observed([owner.pk], DAY, measures_now()).sequences
    heard = seen.values[0, :, [m.name for m in seen.measures].index(HEARD)]
    said = seen.inputs[0, :, 0]
    assert heard[-1] == 1
    assert heard[:-1].sum() == 0
    assert said.tolist()[-3:] == [0, 1, 0]


def test_without_any_contact_collected_it_is_not_observed():
    owner = account("acme")
    period(owner)
    seen = observed([owner.pk], DAY, measures_now()).sequences
    assert np.isnan(seen.values[0, :, -1]).all()


def test_two_kinds_of_accounts_are_told_apart_and_can_be_read_again():
    owners = company()
    refresh("opinion")
    row = HiddenModel.objects.get()
    assert row.states >= 2
    assert row.measures == list(measures_now())
    assert row.means[0] == sorted(row.means[0])
    assert [trial["states"] for trial in row.trials] == [1, 2, 3, 4]
    kept = {s.account_id: s.chances for s in HiddenState.objects.all()}
    loose, close = ([int(np.argmax(kept[o.pk])) for o in owners[k::2]] for k in (0, 1))
    assert max(loose) < min(close)
    seen = observed([o.pk for o in owners], DAY, row.measures).sequences
    again = model_of(row, seen).filtered(seen)[:, seen.length[0] - 1]
    assert [kept[key] for key in seen.account.tolist()] == again.round(3).tolist()
    assert hidden_state_of(owners[0], DAY - timedelta(days=1)) is None
    assert hidden_state_of(owners[0], date(2025, 12, 1)).as_of == DAY


def test_a_week_is_read_once_and_only_what_moved_is_written():
    owners = company()
    refresh("opinion")
    count = HiddenState.objects.count()
    assert count == len(owners)
    refresh("opinion")
    refresh("opinion", at=TODAY + timedelta(days=14))
    assert HiddenModel.objects.count() == 1
    assert HiddenState.objects.count() < 2 * count
    refresh("opinion", at=TODAY + timedelta(days=100))
    assert HiddenModel.objects.count() == 2


def test_few_accounts_or_none_give_no_opinion():
    refresh("opinion")
    company(ENOUGH - 2)
    refresh("opinion")
    assert not HiddenModel.objects.exists()
    assert not HiddenState.objects.exists()
