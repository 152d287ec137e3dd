"""The tab Outlook: numbers of the forecast, reasons that add up, and what is said without one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tenure.contracts.models import SubscriptionPeriod
from tenure.core import clock
from tenure.core.roles import Role
from tenure.engine.money import AccountState
from tenure.engine.panel.calendar import month_of
from tenure.forecast.models import Prediction
from tenure.web.account.driver_words import driver_sentence, in_a_sentence
from tenure.web.account.drivers import waterfall
from tenure.web.account.outlook import months_until, renewal_months
from tenure.web.templatetags.formats import month_text
from tenure.web.tests.factories import account_make, ago, plans_make
from tenure.web.tests.foresight import log_odds, prediction_make, risk_of, run_make

pytestmark = pytest.mark.django_db


def paying(name="Fjord", *, owner=None, term=12, renews=90, **values):
    """An account with one running subscription that renews so many days from now."""
    account = account_make(name, owner=owner)
    SubscriptionPeriod.objects.create(
        external_id=f"{account.external_id}-s", account=account, plan=plans_make()[1],
        mrr=Decimal(1000), currency="EUR", term_months=term, started_at=ago(400),
        renews_at=ago(-renews), recorded_at=ago(400), **values,
    )  # fmt: skip
    return account


def text(client, account, query="", url="account_outlook"):
    answer = client.get(reverse(url, args=[account.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_chances_of_staying_stand_with_their_intervals(sign_in):
    account = paying()
    found = prediction_make(account)
    page = text(sign_in(Role.LEADER), account)
    for months in (3, 6, 12):
        assert f"Paying in {months} months" in page
        assert f"{round(100 * found.survival[months - 1])}\N{NO-BREAK SPACE}%" in page
        assert f"{round(100 * found.low[months - 1])}\N{NO-BREAK SPACE}% to " in page
    assert "€18,000" in page
    assert "€9,000 to €24,000" in page


def test_the_steps_add_up_from_the_usual_account_to_this_one():
    found = prediction_make(paying())
    fall = waterfall(found, {})
    assert [step.key for step in fall.steps] == ["use", "contract", "support", ""]
    assert fall.total == pytest.approx(log_odds(1 - found.stay), abs=1e-6)
    assert fall.base + sum(step.amount for step in fall.steps) == pytest.approx(fall.total)
    assert sum(step.share for step in fall.steps) == pytest.approx(1.0)
    for before, after in zip(fall.steps, fall.steps[1:], strict=False):
        assert after.start == before.end


@given(
    parts=st.lists(st.floats(-9, 9), max_size=20),
    others=st.floats(-3, 3),
    shown=st.integers(0, 9),
)
def test_whatever_the_drivers_the_steps_chain_and_add_up(parts, others, shown):
    drivers = [
        {"name": f"d{i}", "feature": "health", "contribution": part, "now": None, "then": None}
        for i, part in enumerate(parts)
    ]
    found = Prediction(as_of=date(2026, 6, 1), drivers=drivers, others=others, base=-2.0)
    fall = waterfall(found, {}, shown=shown)
    assert fall.total == pytest.approx(-2.0 + sum(parts) + others, abs=1e-9)
    ends = [fall.base, *(step.end for step in fall.steps)]
    assert [step.start for step in fall.steps] == ends[:-1]
    assert fall.least < min(ends)
    assert fall.most > max(ends)
    assert all(step.raises == (step.amount > 0) for step in fall.steps)


def test_drivers_beyond_those_shown_are_summed_into_the_last_step():
    drivers = [(f"d{i}", f"d{i}", (-1) ** i * 0.1 * (i + 1), 1.0, 2.0) for i in range(12)]
    found = prediction_make(paying(), drivers=drivers, others=0.05)
    fall = waterfall(found, {}, shown=4)
    assert [step.key for step in fall.steps] == ["d11", "d10", "d9", "d8", ""]
    assert fall.total == pytest.approx(log_odds(risk_of(drivers, 0.05)), abs=1e-9)


def test_reasons_are_told_in_words_with_the_right_sign(sign_in):
    account = paying()
    found = prediction_make(account)
    since = month_text(found.as_of - timedelta(weeks=13))
    page = text(sign_in(Role.LEADER), account)
    assert f"Active people fell from 14 to 5 since {since}" in page
    use = page[page.index("Active people fell") :]
    assert use.index("raises it") < use.index("lowers it")
    assert "+0.80" in use
    assert "−0.30" in use


@pytest.mark.parametrize(
    ("feature", "now", "then", "said"),
    [
        ("active_people", 14.0, 5.0, "Active people rose from 5 to 14 since Mar 2026"),
        ("active_people", 5.0, 5.0, "Active people: 5, as in Mar 2026"),
        ("active_people", 5.0, None, "Active people: 5"),
        ("active_people", None, 5.0, "Active people: not known"),
        ("seat_share", 0.25, 0.5, "Seats used fell from 50\N{NO-BREAK SPACE}% to 25"),
        ("mrr", 900.0, 1200.0, "MRR fell from €1,200 to €900"),
        ("segment=SMB", 1.0, 1.0, "Segment: SMB: yes"),
        ("auto_renews", 0.0, None, "Renews by itself: no"),
        ("notice", None, None, "Notice to leave"),
        ("pulse", 40.0, 60.0, "Pulse fell from 60 to 40"),
        ("health_usage", 40.0, 60.0, "Health: Usage fell from 60 to 40"),
        ("health_money", 40.0, 60.0, "Health: Payment fell from 60 to 40"),
        ("my_metric", 2.0, 3.0, "My metric fell from 3 to 2"),
    ],
)
def test_a_driver_says_no_more_than_is_known(feature, now, then, said):
    titles = {
        "active_people": "Active people", "seat_share": "Seats used", "health_money": "Payment",
    }  # fmt: skip
    assert driver_sentence(feature, now, then, date(2026, 3, 2), titles).startswith(said)


def test_what_would_lower_the_risk_is_told_in_words_with_its_interval_and_no_promise(sign_in):
    account = paying()
    found = prediction_make(account)
    page = text(sign_in(Role.LEADER), account).replace("\N{NO-BREAK SPACE}", " ")
    risk = round(100 * (1 - found.stay))
    assert (
        "If active people rose from 5 back to 14, the risk within 12 months would fall from "
        f"{risk} % to 19 %."
    ) in page
    assert (
        f"If open tickets fell from 3 to 1, the risk within 12 months would fall from {risk} % to"
        " 21 %."
    ) in page
    assert "12 % to 28 %" in page
    assert "an association, not a promised effect" in page


@pytest.mark.parametrize(
    ("lowers", "signal", "said"),
    [
        (None, True, "Not worked out for this forecast"),
        ([], True, "Nothing that can be worked on would lower it"),
        ([], False, "Nothing is known to lower it"),
    ],
)
def test_without_anything_that_would_lower_the_risk_the_card_says_why(
    sign_in, lowers, signal, said
):
    account = paying()
    prediction_make(account, lowers=lowers, run=run_make(signal=signal, chosen="ridge"))
    assert said in text(sign_in(Role.LEADER), account)


def test_each_reason_says_how_often_it_is_told_again(sign_in):
    account = paying()
    prediction_make(account)
    page = text(sign_in(Role.LEADER), account).replace("\N{NO-BREAK SPACE}", " ")
    use = page[page.index("Use of the product") :]
    assert use.index("95 %") < use.index("steady")
    support = page[page.index("Open tickets rose") :]
    assert support.index("40 %") < support.index("unsteady")


def test_reasons_of_forecasts_without_refits_are_not_called_unsteady():
    found = prediction_make(paying())
    for driver in found.drivers:
        del driver["steady"]
    assert [step.again for step in waterfall(found, {}).steps] == [None] * 4


def test_names_stand_small_inside_a_sentence_unless_they_are_capitals():
    assert in_a_sentence("Active people") == "active people"
    assert in_a_sentence("MRR") == "MRR"
    with translation.override("de"):
        assert in_a_sentence("Aktive Personen") == "Aktive Personen"


def test_other_things_to_come_stand_with_their_intervals(sign_in):
    account = paying()
    prediction_make(account)
    client = sign_in(Role.LEADER)
    page = text(client, account).replace("\N{NO-BREAK SPACE}", " ")
    assert "within 12 months, 12 % to 40 %" in page
    Prediction.objects.update(ranges={})
    page = text(client, account)
    assert "within 12 months, " not in page
    assert "within 12 months" in page


def test_other_things_to_come_are_counted_while_the_account_stays(sign_in):
    """By hand: 1 % a month that it comes, 10 % a month that the account leaves."""
    stays = [0.9**m for m in range(1, 25)]
    account = paying()
    prediction_make(account, survival=stays, hazards={"expansion": [0.01] * 24})
    by_hand = sum(0.01 * 0.9 ** (m - 1) * 0.99 ** (m - 1) for m in range(1, 13))
    answer = sign_in(Role.LEADER).get(reverse("account_outlook", args=[account.pk]))
    (likely,) = answer.context["outlook"].likely
    assert likely.chance == pytest.approx(by_hand)


def test_months_ahead_are_counted_as_the_panel_counts_them():
    start = date(2026, 1, 31)
    for days in range(1, 800):
        day = start + timedelta(days=days)
        assert months_until(start, day) == int(month_of(start, day)), day


def test_a_client_is_not_told_how_likely_it_becomes_one(sign_in):
    from tenure.web.tests.test_ladder_page import stand

    client = sign_in(Role.LEADER)
    for level, shown in (("customer", True), ("client", False)):
        account = stand(level, level)
        SubscriptionPeriod.objects.create(
            external_id=level, account=account, plan=plans_make()[1], mrr=Decimal(100),
            currency="EUR", term_months=12, started_at=ago(400), recorded_at=ago(400),
        )  # fmt: skip
        prediction_make(account)
        assert ("Becomes a client" in text(client, account)) is shown


def test_similar_accounts_are_named_only_inside_the_readers_book(sign_in, users):
    account = paying("Own", owner=users[Role.CSM])
    mine, theirs = paying("Mine", owner=users[Role.CSM]), paying("Secret", owner=users[Role.LEADER])
    similar = [
        {"account": mine.pk, "origin": "2025-03-01", "months": 7, "followed": 7},
        {"account": theirs.pk, "origin": "2025-04-01", "months": 0, "followed": 15},
        {"account": theirs.pk, "origin": "2024-04-01", "months": 14, "followed": 14},
    ]
    prediction_make(account, similar=similar)
    page = text(sign_in(Role.CSM), account)
    assert "2 of 3" in page
    assert "Mine" in page
    assert "Secret" not in page
    assert "2 of them are in other books" in page
    assert "Secret" in text(sign_in(Role.LEADER), account)


def test_what_was_predicted_later_is_not_shown_on_a_past_day(sign_in):
    account = paying()
    day = clock.today() - timedelta(days=60)
    old = prediction_make(account, day=day, drivers=())
    type(old).objects.filter(pk=old.pk).update(made_at=ago(60))
    prediction_make(account)
    client = sign_in(Role.LEADER)
    assert "Active people fell" in text(client, account)
    assert "Active people fell" not in text(client, account, f"?on={day}")
    assert "Paying in 3 months" in text(client, account, f"?on={day}")
    before = day - timedelta(days=9)
    assert "No forecast had been made by then" in text(client, account, f"?on={before}")


def test_without_a_model_or_a_forecast_the_page_says_so(sign_in):
    account = paying()
    client = sign_in(Role.LEADER)
    for url in ("account_outlook", "account"):
        assert "No model yet" in text(client, account, url=url)
    run_make()
    assert "No forecast of the last two weeks" in text(client, account)


def test_an_account_that_does_not_pay_has_no_outlook_even_if_it_had_one(sign_in):
    account = paying(ended_at=ago(10))
    prediction_make(account, day=clock.today() - timedelta(days=20))
    page = text(sign_in(Role.LEADER), account)
    assert "Not paying, so there is nothing to foresee" in page
    assert "Paying in" not in page


def test_the_base_rate_is_called_by_its_name(sign_in):
    account = paying()
    prediction_make(account, run=run_make(signal=False, chosen="base rate"), drivers=())
    client = sign_in(Role.LEADER)
    assert "No usable signal" in text(client, account)
    assert "No usable signal" in text(client, account, url="account")


def test_the_overview_has_the_outlook_in_short(sign_in):
    account = paying()
    found = prediction_make(account)
    page = text(sign_in(Role.LEADER), account, url="account")
    assert f"{round(100 * found.stay)}\N{NO-BREAK SPACE}%</strong> likely to be paying" in page
    assert "raises the risk" in page


def test_renewal_months_are_those_of_the_term_and_none_of_monthly_ones():
    start = date(2026, 1, 15)
    state = AccountState(moment=clock.now(), renews_at=ago(0).replace(2026, 3, 15), term_months=6)
    assert renewal_months(start, state, 24) == [2, 8, 14, 20]
    monthly = AccountState(moment=clock.now(), renews_at=ago(0), term_months=1)
    assert renewal_months(start, monthly, 24) == []
    assert months_until(start, date(2026, 1, 16)) == 1
    assert months_until(start, date(2026, 2, 15)) == 1
    assert months_until(start, date(2026, 2, 16)) == 2


def test_nobody_sees_an_outlook_of_another_book(sign_in, users):
    account = paying("Secret", owner=users[Role.LEADER])
    prediction_make(account)
    address = reverse("account_outlook", args=[account.pk])
    assert sign_in(Role.CSM).get(address).status_code == 404
