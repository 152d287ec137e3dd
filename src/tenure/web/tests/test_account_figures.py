"""How figures of an account are written: money, months, shares, and a score that is none now."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from tenure.core.roles import Role
from tenure.health.models import Score
from tenure.metrics.models import AccountSeries
from tenure.relationship.models import Evaluation
from tenure.web.account.happenings import _resolved
from tenure.web.account.known import Known
from tenure.web.account.usage import WEEKS, usage_charts, usage_then
from tenure.web.templatetags.formats import exact_money, money, month_text
from tenure.web.tests.factories import account_make, ago


@pytest.mark.parametrize(
    ("value", "currency", "whole", "exact"),
    [
        (Decimal("997.38"), "EUR", "€997", "€997.38"),
        (Decimal(1774), "GBP", "£1,774", "£1,774.00"),
        (Decimal("-12.5"), "USD", "−$12", "−$12.50"),
        (Decimal(1200), "JPY", "¥1,200", "¥1,200"),
        (None, "EUR", "–", "–"),
    ],
)
def test_money_is_whole_in_lists_and_to_the_cent_on_invoices(value, currency, whole, exact):
    assert money(value, currency) == whole
    assert exact_money(value, currency) == exact


@pytest.mark.parametrize(
    ("language", "month"), [("en", "Nov 2026"), ("zh-hans", "2026年11月"), ("de", "Nov 2026")]
)
def test_a_month_is_written_in_the_readers_language(language, month):
    with translation.override(language):
        assert month_text(date(2026, 11, 30)) == month


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "within a day"), (1, "after 1 day"), (5, "after 5 days")],
)
def test_how_long_a_ticket_took_is_told_in_days(days, words):
    assert _resolved(days) == f"resolved {words}"


@pytest.mark.django_db
def test_an_account_not_scored_any_more_says_so_and_when_it_was_last(sign_in):
    gone = account_make("Gone")
    day = ago(90).date()
    Score.objects.create(
        account=gone, as_of=day, scorecard="standard", scorecard_version=0, value=80.0,
        band="good", coverage=1.0, measures=[], computed_at=ago(90),
    )  # fmt: skip
    client = sign_in(Role.ADMIN)
    page = client.get(reverse("account_health", args=[gone.pk])).content.decode()
    assert "No score now" in page
    assert "no score now" in page
    assert f"The last score is of {day.day} " in page
    then = f"?on={day + timedelta(days=3)}"
    page = client.get(reverse("account_health", args=[gone.pk]) + then).content.decode()
    assert "No score now" not in page


@pytest.mark.django_db
def test_shares_are_drawn_in_percent(account_with_weeks):
    chart = usage_charts(usage_then(account_with_weeks, Known.read("")))[0]
    assert (chart.key, chart.unit) == ("seat-share", "%")
    assert chart.series[0].values[-2:] == [50.0, None]
    assert chart.labels[0] == "5 Jan 2026"


@pytest.mark.django_db
def test_an_account_that_fell_silent_long_ago_has_no_chart(sign_in, account_with_weeks):
    series = {"seat_share": [0.25, *[None] * WEEKS]}
    AccountSeries.objects.filter(account=account_with_weeks).update(series=series)
    address = reverse("account_usage", args=[account_with_weeks.pk])
    assert sign_in(Role.ADMIN).get(address).status_code == 200
    assert usage_charts(usage_then(account_with_weeks, Known.read(""))) == []


@pytest.fixture
def account_with_weeks(db):
    made = account_make("Weekly")
    AccountSeries.objects.create(
        account=made,
        first_week=date(2026, 1, 5),
        series={"seat_share": [0.25, 0.5, None]},
        computed_at=ago(1),
    )
    return made


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("forecast", "words"),
    [(True, "from the forecast of 15 Jul 2025."), (False, "from retention curves of 15 Jul 2025.")],
)
def test_the_outlook_says_what_it_rests_on_and_of_which_day(sign_in, forecast, words):
    made = account_make("Northwind")
    told = {"chance": 0.93, "low": 0.88, "high": 0.96, "forecast": forecast, "as_of": "2025-07-15"}
    Evaluation.objects.create(
        account=made, as_of=ago(1).date(), qualifies_as="customer", level="customer",
        clauses={"C6": ["yes", told]}, definition_version=1, computed_at=ago(1),
    )  # fmt: skip
    page = sign_in(Role.ADMIN).get(reverse("account", args=[made.pk])).content.decode()
    assert words in page
