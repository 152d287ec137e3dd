"""The page Renewals: sums by hand, scenarios that add up, calls and who may make them, the fan."""

import csv
import io
import math
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.urls import reverse

from tenure.accounts.models import Account, OwnerAssignment
from tenure.contracts.models import ContractState, SubscriptionPeriod
from tenure.core import clock, pipeline
from tenure.core.models import AuditEntry
from tenure.core.pipeline import Refresh
from tenure.core.roles import Role
from tenure.engine.money import Conversion, Period
from tenure.engine.states import expected
from tenure.forecast.models import Call, RenewalCall
from tenure.forecast.selectors import renewal_book
from tenure.web.models import Renewal, RevenueFan
from tenure.web.renewals.calls import verdict
from tenure.web.renewals.charts import axis
from tenure.web.renewals.due import due_of, midnight
from tenure.web.renewals.fans import book_of
from tenure.web.renewals.foreseen import Curves, Sizes, foreseen, staying
from tenure.web.renewals.quarters import quarters
from tenure.web.renewals.stage import renewals_refresh
from tenure.web.renewals.totals import Line, scenarios_of
from tenure.web.tests.factories import account_make, ago, plans_make, utc
from tenure.web.tests.foresight import prediction_make, run_make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def subscribed(name, day, *, mrr=1000, term=12, owner=None, tier=2, ended=None, **values):
    """An account with one subscription that renews on a day; started two years ago."""
    account = account_make(name, owner=owner, **values)
    plan = plans_make()[tier - 1]
    SubscriptionPeriod.objects.create(
        external_id=f"{account.external_id}-s", account=account, plan=plan, mrr=Decimal(mrr),
        currency="EUR", term_months=term, started_at=midnight(day) - timedelta(days=1461),
        renews_at=midnight(day), recorded_at=ago(1500), ended_at=ended,
    )  # fmt: skip
    ContractState.objects.create(
        account=account, as_of=clock.now(), mrr=None if ended else mrr, plan=plan, tier=tier
    )
    return account


def soon(days=20) -> date:
    """A day of the next quarter, far from its ends."""
    return quarters(clock.today())[2].first + timedelta(days=days)


def next_quarter() -> str:
    return quarters(clock.today())[2].first.isoformat()


def refreshed():
    return renewals_refresh(Refresh(clock.today()))


def chosen(answer):
    return answer.context["chosen"]


def shown(client, query=""):
    answer = client.get(f"/renewals?quarter={next_quarter()}{query}")
    assert answer.status_code == 200
    return answer


STEADY = {
    "survival": [0.9] * 24, "low": [0.8] * 24, "high": [0.95] * 24,
    "hazards": {"contraction": [0.0] * 24, "expansion": [0.0] * 24},
}  # fmt: skip


def test_sums_of_a_quarter_equal_those_made_by_hand(sign_in):
    run = run_make(parameters={"cuts": [0.4], "raises": [0.2]})
    for name, mrr, stays in (("One", 1000, 0.9), ("Two", 3000, 0.6)):
        account = subscribed(name, soon(), mrr=mrr)
        prediction_make(
            account, run=run, survival=[stays] * 24, low=[stays / 2] * 24, high=[1.0] * 24,
            hazards={"contraction": [0.1] + [0.0] * 23, "expansion": [0.3] + [0.0] * 23},
        )  # fmt: skip
    subscribed("Blind", soon(), mrr=500)
    refreshed()
    row = chosen(shown(sign_in(Role.LEADER)))
    assert (row.count, row.mrr, row.annual) == (3, 4500.0, 54_000.0)
    assert (row.open, row.open_mrr, row.blind, row.blind_mrr) == (2, 4000.0, 1, 500.0)
    # Both came in the first month with 10 % and 30 %; given that the account stays, more likely.
    assert row.lost_amount == pytest.approx(100 + 1200)
    assert row.downsold == pytest.approx(900 * 0.1 / 0.9 * 0.4 + 1800 * 0.1 / 0.6 * 0.4)
    assert row.upsold == pytest.approx(900 * 0.3 / 0.9 * 0.2 + 1800 * 0.3 / 0.6 * 0.2)
    assert row.expected == pytest.approx(900 + 1800 - row.downsold + row.upsold)
    assert row.open_mrr - row.lost_amount - row.downsold + row.upsold == pytest.approx(row.expected)
    assert row.low <= row.expected <= row.high


def test_every_scenario_adds_up_over_its_renewals():
    lines = [
        Line(n, date(2026, 12, 1 + n), 100.0 * (n + 1), 0.5 + n / 40, 0.1, 0.2, 0.3, 0.25, None)
        for n in range(18)
    ]
    told = scenarios_of(lines, TODAY)
    for one in (told.downside, told.expected, told.upside):
        whole = one.amount - one.lost - one.downsold + one.upsold
        assert whole == pytest.approx(one.kept)
        assert one.by_month(one.kept, 3).sum() == pytest.approx(one.total)
    assert told.downside.total < told.expected.total < told.upside.total
    assert told.expected.total == pytest.approx(sum(line.expected for line in lines))


def test_rows_show_amount_chance_and_loss(sign_in, users):
    account = subscribed("Fjord", soon(), mrr=2000, owner=users[Role.CSM])
    prediction_make(account, run=run_make(parameters={}), **STEADY)
    refreshed()
    answer = shown(sign_in(Role.CSM))
    (row,) = answer.context["rows"]
    assert row.expected == pytest.approx(1800)
    assert row.change == pytest.approx(-200)
    text = answer.content.decode()
    for words in ("Fjord", "€2,000", "90\N{NO-BREAK SPACE}%", "80\N{NO-BREAK SPACE}%", "−200"):
        assert words in text


def test_a_success_manager_sees_the_own_book_alone(sign_in, users):
    mine = subscribed("Mine", soon(), mrr=700, owner=users[Role.CSM])
    theirs = subscribed("Theirs", soon(), mrr=9000, owner=users[Role.LEADER])
    subscribed("Monthly of theirs", soon(), term=1, owner=users[Role.LEADER])
    for account in (mine, theirs):
        prediction_make(account)
    refreshed()
    leader, csm = sign_in(Role.LEADER), sign_in(Role.CSM)
    for _turn in range(2):  # the second time from the cache
        assert chosen(shown(leader)).mrr == 9700
        answer = shown(csm)
        assert chosen(answer).mrr == 700
        assert answer.context["monthly"] == []
        assert "Theirs" not in answer.content.decode()
    assert "Theirs" not in csv_of(csm)
    assert answer.context["fan"].accounts == 1
    asked = shown(csm, f"&owner={users[Role.LEADER].pk}")
    assert asked.context["fan"] is None
    assert chosen(asked).count == 0


def csv_of(client, query=""):
    answer = client.get(f"/renewals.csv?quarter={next_quarter()}{query}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def test_the_export_has_every_column_and_runs_nothing(sign_in):
    account = subscribed("=cmd()", soon(), mrr=1250)
    prediction_make(account, run=run_make(parameters={}), **STEADY)
    refreshed()
    RenewalCall.objects.create(
        account=account, renews_on=soon(), call=Call.AT_RISK, note="-1+1", made_at=clock.now()
    )
    (line,) = csv.DictReader(io.StringIO(csv_of(sign_in(Role.LEADER)).lstrip("\ufeff")))
    assert (line["name"], line["call_note"]) == ("'=cmd()", "'-1+1")
    assert (line["mrr"], line["renews"], line["expected_mrr"]) == ("1250.0", "0.9", "1125.0")
    assert (line["call"], line["call_amount"], line["against_model"]) == (
        "at_risk", "1250.0", "darker",
    )  # fmt: skip


def test_filters_stand_in_the_address(sign_in, users):
    subscribed("One", soon(), segment="Enterprise", tier=3, term=12)
    subscribed("Two", soon(), segment="Small", tier=1, term=6, owner=users[Role.CSM])
    refreshed()
    client = sign_in(Role.LEADER)
    names = {
        query: [row.renewal.account.name for row in shown(client, query).context["rows"]]
        for query in (
            "&segment=Enterprise", "&tier=1", "&term=short", "&term=year", "&owner=none",
            f"&owner={users[Role.CSM].pk}", "&called=some", "&called=none", "&term=x&owner=';--",
        )
    }  # fmt: skip
    assert list(names.values()) == [
        ["One"], ["Two"], ["Two"], ["One"], ["One"], ["Two"], [], ["One", "Two"], ["One", "Two"],
    ]  # fmt: skip


@pytest.mark.parametrize("column", ["account", "owner", "day", "mrr", "chance", "risk"])
def test_rows_are_sorted_by_every_column(sign_in, users, column):
    for n, name in enumerate(("Aster", "Birch")):
        account = subscribed(name, soon(n), mrr=100 * (n + 1), owner=list(users.values())[n])
        prediction_make(account, run=run_make(), survival=[0.5 + n / 10] * 24)
    refreshed()
    client = sign_in(Role.LEADER)
    up, down = (
        [row.renewal.account.name for row in shown(client, f"&sort={s}{column}").context["rows"]]
        for s in ("", "-")
    )
    assert sorted(up) == ["Aster", "Birch"]
    assert up == down[::-1]


def calls_url(account, day, name="renewal_call_record"):
    return reverse(name, args=[account.pk, day.isoformat()])


def test_a_call_is_kept_beside_the_model_with_an_audit_row_and_its_history(sign_in, users):
    account = subscribed("Fjord", soon(), owner=users[Role.CSM])
    prediction_make(account, survival=[0.4] * 24)
    refreshed()
    client = sign_in(Role.CSM)
    for sent in (
        {"call": "at_risk", "amount": "", "note": "Sponsor left."},
        {"call": "upsell", "amount": "1500,50", "note": "New sponsor."},
    ):
        answer = client.post(calls_url(account, soon()), sent, follow=True)
        assert "The call is kept." in answer.content.decode()
    history = client.get(calls_url(account, soon(), "renewal_call")).content.decode()
    assert history.index("New sponsor.") < history.index("Sponsor left.")
    row = chosen(shown(client))
    assert (row.calls.count, row.calls.amount) == (1, 1500.5)
    assert row.calls.expected == pytest.approx(row.expected)
    text = shown(client).content.decode()
    assert "brighter than the model" in text
    made = AuditEntry.objects.filter(action="renewal.call")
    assert [entry.actor for entry in made] == [users[Role.CSM]] * 2


def test_a_lost_call_counts_nothing_and_one_without_amount_what_is_up(sign_in):
    run = run_make(parameters={})
    for name, call in (("A", "lost"), ("B", "renew"), ("C", "at_risk")):
        account = subscribed(name, soon(), mrr=100)
        prediction_make(account, run=run, **STEADY)
        RenewalCall.objects.create(
            account=account, renews_on=soon(), call=call, made_at=clock.now()
        )
    refreshed()
    calls = chosen(shown(sign_in(Role.LEADER))).calls
    assert (calls.count, calls.amount, calls.at_risk) == (3, 200.0, 100.0)
    assert calls.expected == pytest.approx(270.0)


def test_calls_are_for_who_works_the_account(sign_in, users):
    mine = subscribed("Mine", soon(), owner=users[Role.CSM])
    theirs = subscribed("Theirs", soon(), owner=users[Role.LEADER])
    refreshed()
    sent = {"call": "renew"}
    assert sign_in(Role.VIEWER).post(calls_url(mine, soon()), sent).status_code == 403
    assert sign_in(Role.CSM).post(calls_url(theirs, soon()), sent).status_code == 404
    assert sign_in(Role.CSM).get(calls_url(theirs, soon(), "renewal_call")).status_code == 404
    assert not RenewalCall.objects.exists()
    viewer = sign_in(Role.VIEWER)
    assert "Make a call" not in shown(viewer).content.decode()
    assert "<select" not in viewer.get(calls_url(mine, soon(), "renewal_call")).content.decode()


@pytest.mark.parametrize(
    "sent",
    [{"call": "perhaps"}, {"call": "renew", "amount": "lots"}, {"call": "renew", "amount": "-5"},
     {"call": "renew", "amount": "NaN"}, {}],
)  # fmt: skip
def test_what_is_no_call_is_answered_with_a_sentence(sign_in, sent):
    account = subscribed("Fjord", soon())
    refreshed()
    client = sign_in(Role.LEADER)
    assert (
        b'data-tone="error"' in client.post(calls_url(account, soon()), sent, follow=True).content
    )
    inline = client.post(calls_url(account, soon()), sent, headers={"HX-Request": "true"})
    assert b'role="alert"' in inline.content
    assert not RenewalCall.objects.exists()


def test_the_cell_of_the_table_becomes_a_form_and_then_the_call(sign_in):
    account = subscribed("Fjord", soon())
    refreshed()
    client, header = sign_in(Role.LEADER), {"HX-Request": "true"}
    form = client.get(calls_url(account, soon(), "renewal_call"), headers=header).content.decode()
    assert "<html" not in form
    assert "Keep the call" in form
    kept = client.post(calls_url(account, soon()), {"call": "renew"}, headers=header)
    assert "Kept." in kept.content.decode()
    assert "will renew" in kept.content.decode()
    cell = client.get(calls_url(account, soon(), "renewal_call") + "?cell=1", headers=header)
    assert "Change" in cell.content.decode()


@pytest.mark.parametrize("day", ["2026-13-01", "nothing", "2027-01-09"])
def test_a_day_on_which_nothing_renews_takes_no_call(sign_in, day):
    account = subscribed("Fjord", soon())
    refreshed()
    url = reverse("renewal_call_record", args=[account.pk, day])
    assert sign_in(Role.LEADER).post(url, {"call": "renew"}).status_code == 404


def test_of_what_is_over_the_page_says_what_came_and_takes_no_call(sign_in):
    before = quarters(clock.today())[0]
    day = before.first + timedelta(days=30)
    stays = subscribed("Stays", day, mrr=1000)
    subscribed("Leaves", day, mrr=400, ended=midnight(day))
    prediction_make(
        stays, run=run_make(parameters={}), day=before.first - timedelta(days=2), **STEADY
    )
    refreshed()
    client = sign_in(Role.LEADER)
    answer = client.get(f"/renewals?quarter={before.first}")
    row = chosen(answer)
    assert (row.over, row.over_mrr, row.left, row.lost) == (2, 1400.0, 1000.0, 1)
    assert row.foreseen is None  # of one nothing was foreseen
    assert {r.renewal.account.name: r.state for r in answer.context["rows"]} == {
        "Stays": "renewed",
        "Leaves": "lost",
    }
    late = client.post(calls_url(stays, day), {"call": "renew"}, follow=True)
    assert "This renewal is over" in late.content.decode()


def test_what_was_foreseen_of_a_past_quarter_is_from_before_it_began(sign_in):
    before = quarters(clock.today())[0]
    account = subscribed("Stays", before.first + timedelta(days=30))
    run = run_make(parameters={})
    prediction_make(account, run=run, day=before.first - timedelta(days=2), **STEADY)
    prediction_make(account, run=run, survival=[0.1] * 24)
    refreshed()
    row = chosen(sign_in(Role.LEADER).get(f"/renewals?quarter={before.first}"))
    assert row.foreseen == pytest.approx(900)


def test_monthly_terms_stand_apart_with_what_a_quarter_is_expected_to_lose(sign_in):
    run = run_make(parameters={})
    survival = [0.98**m for m in range(1, 25)]
    for n in range(4):
        account = subscribed(f"M{n}", soon(), mrr=250, term=1)
        prediction_make(account, run=run, survival=survival, low=survival, high=survival)
    refreshed()
    answer = shown(sign_in(Role.LEADER))
    assert chosen(answer).count == 0
    ahead = [row for row in answer.context["monthly"] if not row.quarter.over]
    assert [row.accounts for row in ahead] == [4] * 5
    one = next(row for row in ahead if row.quarter.place == 2)
    today = clock.today()
    first, last = (
        (d.year - today.year) * 12 + d.month - today.month + (d.day > today.day)
        for d in (one.quarter.first, one.quarter.last)
    )
    leaves = 0.98**first - 0.98**last
    assert one.loss == pytest.approx(1000 * leaves)
    wide = 1.6448536 * (4 * 250**2 * leaves * (1 - leaves)) ** 0.5
    assert one.high == pytest.approx(1000 * leaves + wide)


def test_without_forecasts_or_renewals_the_page_says_what_to_do(sign_in):
    client = sign_in(Role.LEADER)
    assert "No renewals are known yet" in client.get("/renewals").content.decode()
    subscribed("Fjord", soon())
    refreshed()
    text = shown(client).content.decode()
    assert "Nothing is foreseen of these renewals" in text
    assert "Nothing is foreseen yet" in text
    assert "Nothing passes these filters" in shown(client, "&segment=none").content.decode()


def test_a_name_with_markup_is_shown_as_text(sign_in):
    account = subscribed("<script>alert(1)</script>", soon())
    refreshed()
    client = sign_in(Role.LEADER)
    for answer in (shown(client), client.get(calls_url(account, soon(), "renewal_call"))):
        assert "<script>alert" not in answer.content.decode()


def test_the_page_asks_the_database_a_bounded_number_of_times(
    sign_in, django_assert_max_num_queries
):
    for n in range(60):
        prediction_make(subscribed(f"A{n}", soon(n % 9)))
    refreshed()
    client = sign_in(Role.LEADER)
    with django_assert_max_num_queries(40):
        shown(client)


def curves(**values):
    steady = {
        "survival": [1 - m / 100 for m in range(1, 25)], "low": [0.5] * 24, "high": [1.0] * 24,
        "hazards": {"contraction": [0.1] * 24, "expansion": [0.9] * 24},
    }  # fmt: skip
    return Curves(date(2026, 1, 15), **{**steady, **values}, sizes=Sizes((0.2, 0.4), (0.5,)))


def test_a_renewal_is_foreseen_by_the_month_that_holds_its_day():
    assert foreseen(curves(), date(2026, 1, 20)).renew == 0.99
    assert foreseen(curves(), date(2026, 2, 15)).renew == 0.99
    assert foreseen(curves(), date(2026, 2, 16)).renew == 0.98
    assert foreseen(curves(), date(2030, 1, 1)) is None
    assert staying(curves(), date(2026, 1, 15)) == 1.0
    assert staying(curves(), date(2026, 3, 15)) == 0.98


def test_chances_of_less_and_more_are_given_that_the_account_stays():
    """By hand, two months: 1 % and 1/99 leave; 10 % a month pay less."""
    told = foreseen(curves(), date(2026, 3, 15))
    came = 0.1 * 1.0 + 0.1 * 0.99 * 0.9
    assert told.downsell == pytest.approx(came / 0.98)
    assert told.upsell == 1.0  # 0.9 + 0.9 · 0.99 · 0.1 came, 0.98 stay
    assert (told.cut, told.rise) == (pytest.approx(0.3), 0.5)


def test_the_rows_agree_with_the_forecasts_own_book_of_renewals():
    run = run_make(parameters={"cuts": [0.3, 0.1], "raises": [0.4]})
    for n in range(6):
        account = subscribed(f"A{n}", soon(n), mrr=100 * (n + 1))
        prediction_make(account, run=run, survival=[0.97 ** (m + n) for m in range(1, 25)])
    refreshed()
    book = renewal_book(Account.objects.all(), start=soon(0), quarters=1)
    by_account = {line.account: line for line in book.lines}
    lines = []
    for row in Renewal.objects.filter(quarter=quarters(clock.today())[2].first):
        told = by_account[row.account_id]
        assert (row.renew, row.low, row.high) == (told.renews, told.low, told.high)
        assert row.downsell == pytest.approx(told.down / told.renews)
        size = 1 - min(row.downsell, 0.5) * row.cut + min(row.upsell, 0.5) * row.rise
        lines.append(row.mrr * row.renew * size)
    assert sum(lines) == pytest.approx(book.expected)


def period(subscription, mrr, started, ended=None, **values):
    return Period(
        subscription, 1, 1, 1, Decimal(mrr), "EUR", started, ended,
        **{"interval": "year", "term_months": 12, **values},
    )  # fmt: skip


EURO = Conversion("EUR", {})


def test_subscriptions_that_renew_on_one_day_are_one_renewal():
    own = [
        period("a", 100, utc(2024, 12, 10), term_months=24),
        period("b", 50, utc(2025, 12, 10), cancel_notified=utc(2026, 11, 1)),
        period("c", 30, utc(2025, 12, 20)),
    ]
    found = list(due_of(own, quarters(TODAY), midnight(TODAY), EURO))
    running = [due for due in found if due.quarter.running]
    assert [(due.day.day, due.mrr, due.term, due.notice) for due in running] == [
        (10, 150, 24, True),
        (20, 30, 12, False),
    ]


def test_who_renews_under_another_subscription_is_not_lost():
    own = [
        period("a", 100, utc(2025, 7, 10), utc(2026, 7, 10)),
        period("b", 80, utc(2026, 7, 10)),
        period("x", 500, utc(2026, 1, 1)),
    ]
    past = [due for due in due_of(own, quarters(TODAY), midnight(TODAY), EURO) if due.quarter.over]
    assert [(due.mrr, due.after) for due in past] == [(100, 80)]


def test_a_fan_is_kept_of_all_and_of_each_owner_segment_and_tier(users):
    for n, owner in enumerate((users[Role.CSM], users[Role.LEADER])):
        account = subscribed(f"A{n}", soon(), owner=owner, segment=f"S{n}")
        prediction_make(account)
    refreshed()
    kept = {(fan.kind, fan.key): fan.accounts for fan in RevenueFan.objects.all()}
    assert kept == {
        ("all", ""): 2, ("tier", "2"): 2, ("segment", "S0"): 1, ("segment", "S1"): 1,
        ("owner", str(users[Role.CSM].pk)): 1, ("owner", str(users[Role.LEADER].pk)): 1,
    }  # fmt: skip
    whole = RevenueFan.objects.get(kind="all")
    for quantiles in (whole.grr, whole.nrr):
        assert [values[0] for values in quantiles.values()] == [1.0] * 5
        levels = sorted(quantiles, key=float)  # PostgreSQL keeps no order of keys
        for low, high in pairwise(levels):
            assert all(a <= b for a, b in zip(quantiles[low], quantiles[high], strict=True))
    assert all(v <= 1 for values in whole.grr.values() for v in values)


def test_the_fan_agrees_with_the_chances_it_is_made_from(sign_in):
    """1,000 equal accounts that stay with 80 % after a year and never change what they pay."""
    run = run_make(parameters={})
    stays = [0.8 ** (m / 12) for m in range(1, 25)]
    for n in range(200):
        account = subscribed(f"A{n}", soon(), mrr=100)
        prediction_make(account, run=run, survival=stays, hazards={})
    refreshed()
    fan = RevenueFan.objects.get(kind="all")
    wide = 1.645 * (0.8 * 0.2 / 200) ** 0.5
    assert fan.nrr == fan.grr
    assert fan.nrr["0.5"][-1] == pytest.approx(0.8, abs=0.01)
    assert fan.nrr["0.05"][-1] == pytest.approx(0.8 - wide, abs=0.015)
    assert fan.nrr["0.95"][-1] == pytest.approx(0.8 + wide, abs=0.015)
    charts = sign_in(Role.LEADER).get("/renewals").context["fans"]
    assert [chart.key for chart in charts] == ["fan-nrr", "fan-grr"]
    assert "In twelve months 80" in charts[0].summary


def test_a_rise_that_is_foreseen_once_is_counted_once():
    """Two months, 50 % each that it has come by then: 50 % and 25 % that it comes first."""
    book = book_of([curves(survival=[1.0] * 24, hazards={"expansion": [0.5] * 24})], [100.0])
    assert book.expansion[0, :3].tolist() == [0.5, 0.25, 0.125]
    assert expected(book).nrr[-1] == pytest.approx(
        math.prod(1 + 0.5 * 0.5**m for m in range(1, 13))
    )


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [(90.2, 99.0, (90.0, 110.0)), (98.0, 101.5, (98.0, 102.0)), (71.0, 148.0, (50.0, 150.0))],
)
def test_the_axis_of_a_fan_has_four_readable_steps(low, high, ends):
    assert axis(low, high) == ends


@pytest.mark.parametrize(
    ("call", "renew", "said"),
    [
        (Call.RENEW, 0.95, ""), (Call.RENEW, 0.5, "brighter"), (Call.UPSELL, 0.69, "brighter"),
        (Call.AT_RISK, 0.6, ""), (Call.AT_RISK, 0.9, "darker"), (Call.LOST, 0.5, "darker"),
        (Call.LOST, 0.1, ""), (Call.LOST, None, ""),
    ],
)  # fmt: skip
def test_a_call_against_the_model_is_named(call, renew, said):
    assert verdict(call, renew) == said


def test_a_refresh_replaces_the_rows():
    subscribed("Fjord", soon())
    refreshed()
    first = Renewal.objects.count()
    refreshed()
    assert Renewal.objects.count() == first > 0


def test_nothing_is_made_anew_while_nothing_has_changed(users):
    account = subscribed("Fjord", soon())
    (first,) = pipeline.run(only=["renewals"])
    (again,) = pipeline.run(only=["renewals"])
    assert (first.detail["changed"], again.detail["changed"]) == (True, False)
    prediction_make(account)
    (third,) = pipeline.run(only=["renewals"])
    (fourth,) = pipeline.run(only=["renewals"])
    assert (third.detail["changed"], fourth.detail["changed"]) == (True, False)
    OwnerAssignment.objects.create(
        account=account, owner=users[Role.CSM], since=ago(1), recorded_at=ago(1)
    )
    (fifth,) = pipeline.run(only=["renewals"])
    assert fifth.detail["changed"]
    assert RevenueFan.objects.filter(kind="owner", key=str(users[Role.CSM].pk)).exists()
