"""Contracts day by day, as known then, against the contract worked out for each day alone."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pytest

from tenure.accounts.models import Account
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.contracts.selectors import state_of
from tenure.contracts.selectors.weekly import contracts_on
from tenure.core import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 16, 12, tzinfo=UTC)


def when(text):
    return datetime.combine(date.fromisoformat(text), time(9), UTC)


def account(name):
    return Account.objects.create(external_id=name, name=name, recorded_at=when("2020-01-01"))


def period(owner, subscription, started, ended=None, recorded=None, gone=None, **terms):
    plan, _ = Plan.objects.get_or_create(
        external_id="pro", defaults={"name": "Pro", "tier": 2, "recorded_at": when("2020-01-01")}
    )
    given = {"mrr": Decimal(10), "currency": "EUR", "interval": "year", "seats": 5}
    return SubscriptionPeriod.objects.create(
        external_id=subscription,
        account=owner,
        plan=plan,
        started_at=when(started),
        ended_at=when(ended) if ended else None,
        recorded_at=when(recorded or started),
        superseded_at=when(gone) if gone else None,
        **{**given, **terms},
    )


def days(first, count):
    return [date.fromisoformat(first) + timedelta(days=7 * i) for i in range(count)]


def test_each_day_is_as_the_contract_known_that_day():
    one, two = account("one"), account("two")
    period(one, "a", "2023-01-02", seats=5)
    period(one, "a", "2024-03-04", seats=8, mrr=20)
    period(one, "b", "2024-02-05", "2024-08-05", interval="month")
    period(two, "c", "2023-06-05", is_trial=True, mrr=0)
    period(two, "c", "2023-07-03", "2023-12-01", gone="2024-05-06")
    period(two, "c", "2023-07-03", "2024-06-01", recorded="2024-05-06")
    sundays = days("2023-01-01", 110)
    with clock.at(NOW):
        found = contracts_on(sundays, [one.pk, two.pk])
        for row, owner in enumerate((one, two)):
            for column, day in enumerate(sundays):
                end = when(day.isoformat()) + timedelta(hours=14, minutes=59)
                state = state_of(owner, end, known_at=end)
                told = {
                    "paying": bool(found.paying[row, column]),
                    "trial": bool(found.trial[row, column]),
                    "paid": int(np.nan_to_num(found.paid_months[row, column])),
                    "renewals": int(np.nan_to_num(found.renewals[row, column])),
                    "seats": int(np.nan_to_num(found.seats[row, column])),
                }
                assert told == {
                    "paying": state.paying_since is not None,
                    "trial": state.is_trial,
                    "paid": state.paid_months,
                    "renewals": state.renewals_completed,
                    "seats": state.seats or 0,
                }, (owner.external_id, day)


def test_an_end_that_lies_ahead_is_not_foreseen_and_a_past_one_is_a_closed_spell():
    gone = account("gone")
    period(gone, "a", "2023-01-02", "2024-01-02", cancel_notified_at=when("2023-12-01"))
    with clock.at(NOW):
        found = contracts_on([date(2023, 11, 26), date(2023, 12, 3), date(2024, 1, 7)], [gone.pk])
    assert found.paying[0].tolist() == [True, True, False]
    assert found.notice[0].tolist() == [False, True, False]
    assert [(c.first, c.last, c.months, c.term) for c in found.closed] == [(2, 2, 12, 12.0)]


def test_no_contract_is_known_before_the_company_has_recorded_one():
    late = account("late")
    period(late, "a", "2023-01-02", recorded="2025-01-06")
    with clock.at(NOW):
        found = contracts_on([date(2024, 12, 29), date(2025, 1, 12)], [late.pk])
        nothing = contracts_on([date(2025, 1, 12)], [])
    assert found.known.tolist() == [False, True]
    assert found.paying[0].tolist() == [False, True]
    assert found.since_first_paid[0, 1] == 24
    assert nothing.paying.shape == (0, 1)
