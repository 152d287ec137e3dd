"""Which weeks a stage owes, and appending rows in bulk."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tenure.core import clock
from tenure.core.bulk import append_rows
from tenure.core.models import AuditEntry, CurrencyRate, StageRun
from tenure.core.pipeline import Refresh
from tenure.core.weekly import owed

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 7, 16, 12, tzinfo=UTC)


def rate(day, recorded):
    CurrencyRate.objects.create(
        currency="USD", day=day, rate=1, recorded_at=datetime(*recorded, tzinfo=UTC)
    )


def ask(at=NOW, changed=None, since=None):
    with clock.at(at):
        return owed("test", Refresh(at.date(), since), [CurrencyRate], changed)


def done(work, at=NOW):
    StageRun.objects.create(stage="test", started_at=at, outcome="done", detail=work.mark)


def test_at_first_every_week_since_the_first_fact_is_owed():
    rate(date(2025, 1, 1), (2025, 6, 25))
    work = ask()
    assert work.days == (
        date(2025, 6, 29),
        date(2025, 7, 6),
        date(2025, 7, 13),
        date(2025, 7, 16),
    )


def test_afterwards_the_last_week_and_the_running_one():
    rate(date(2025, 1, 1), (2025, 3, 25))
    done(ask())
    assert ask().days == (date(2025, 7, 13), date(2025, 7, 16))


def test_weeks_without_a_refresh_are_made_up_for():
    rate(date(2025, 1, 1), (2025, 3, 25))
    done(ask())
    later = ask(NOW + timedelta(days=21))
    assert later.days[0] == date(2025, 7, 20)
    assert later.days[-2:] == (date(2025, 8, 3), date(2025, 8, 6))


def test_a_fact_recorded_in_the_past_leads_back_to_its_week():
    rate(date(2025, 1, 1), (2025, 3, 25))
    done(ask())
    rate(date(2025, 1, 2), (2025, 5, 1))
    assert ask().days[0] == date(2025, 5, 4)


def test_changed_inputs_and_a_wish_lead_back_too():
    rate(date(2025, 1, 1), (2025, 3, 25))
    done(ask())
    assert ask(changed=date(2025, 6, 2)).days[0] == date(2025, 6, 8)
    assert ask(since=date(2025, 4, 30)).days[0] == date(2025, 5, 4)
    assert ask(since=date(2019, 1, 1)).days[0] == date(2025, 3, 30)


def test_without_facts_only_today_is_owed():
    assert ask().days == (date(2025, 7, 16),)


def test_rows_appended_in_bulk_read_back_as_they_were():
    rows = [(NOW, "act", "thing", str(i), {"n": i, "names": ["é", None]}) for i in range(3)]
    names = ("at", "action", "subject_type", "subject_id", "detail")
    assert append_rows(AuditEntry, names, rows) == 3
    read = list(AuditEntry.objects.order_by("pk").values_list(*names))
    assert read == rows
    assert append_rows(AuditEntry, names, []) == 0
