"""The page Retention: what it counts, for whom, and what it says when there is nothing."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from tenure.accounts.models import OwnerAssignment
from tenure.contracts.churn import churn_save
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.core import clock
from tenure.core.models import RoleGrant
from tenure.core.roles import Role
from tenure.engine.retention import Interval, Trend, month_number
from tenure.web.retention.bridging import window_of
from tenure.web.retention.choices import Choices
from tenure.web.retention.words import between, term_name, trend_text
from tenure.web.tests.factories import account_make, book_make, plans_make
from tenure.web.tests.paying import books_make, costs_make, paid_make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_day():
    cache.clear()
    with clock.at(NOW):
        yield


def at(day):
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def pays(name, *terms, tier=2, **values):
    """An account with periods (mrr, from, [until])."""
    account = account_make(name, **values)
    plan = plans_make()[tier - 1]
    for index, (mrr, start, *end) in enumerate(terms):
        SubscriptionPeriod.objects.create(
            external_id=f"s-{account.pk}", account=account, plan=plan, mrr=mrr, currency="EUR",
            started_at=at(start), ended_at=at(end[0]) if end else None, recorded_at=NOW,
            interval="month", seats=index + 1,
        )  # fmt: skip
    return account


@pytest.fixture
def company(users):
    """Four accounts, whose every figure is worked out by hand in the tests."""
    csm, leader = users[Role.CSM], users[Role.LEADER]
    pays("Acorn", (100, "2025-01-10"), (150, "2026-07-15"), owner=csm, segment="Large", tier=3)
    pays("Birch", (200, "2025-02-10"), (120, "2026-03-05"), owner=leader, segment="Small")
    pays("Cedar", (100, "2025-03-10", "2026-02-10"), owner=leader, segment="Small", tier=1)
    pays("Dogwood", (50, "2026-07-02"), owner=csm, segment="Small", tier=1)
    books_make()


def shown(client, query=""):
    """What the cards show."""
    return vars(client.get(f"/retention{query}").context["shown"].cards)


def test_figures_of_the_last_twelve_closed_months(company, sign_in):
    # Start (31 July 2025): 100 + 200 + 100. End (31 July 2026): 150 + 120 + 0 + 50.
    year = shown(sign_in(Role.LEADER))["monthly"].year
    fall = year.waterfall
    assert year.name == "Aug 2025 – Jul 2026"
    assert (fall.mrr_start, fall.mrr_end) == (400, 320)
    assert (fall.new, fall.expansion, fall.contraction, fall.churn) == (50, 50, 80, 100)
    assert (fall.grr, fall.nrr) == (Decimal("0.55"), Decimal("0.675"))
    assert (fall.lost, fall.accounts_start, fall.accounts_end) == (1, 3, 3)
    assert fall.quick_ratio == Decimal(100) / 180
    assert year.grr.low < 0.55 < year.grr.high


def test_the_bridge_adds_up_and_names_causes(company, sign_in):
    # Seats went from one to two: the old price per seat for the second, the rest is the price's.
    context = shown(sign_in(Role.LEADER), "?period=year")
    assert [(row.name, row.accounts, row.amount) for row in context["bridge"].rows] == [
        ("New", 1, 50), ("Came back", 0, 0),
        ("Expansion", 1, 50), ("seats", None, 100), ("price", None, -50),
        ("Contraction", 1, -80), ("seats", None, 200), ("price", None, -280),
        ("Churn", 1, -100),
    ]  # fmt: skip
    moved = sum(row.amount for row in context["bridge"].rows if row.accounts is not None)
    assert 400 + moved == context["bridge"].waterfall.mrr_end
    drawn = context["bridge"].chart.series[0].values
    assert drawn == [400, 50, 0, 50, -80, -100, 320]


@pytest.mark.parametrize(
    ("query", "name", "start", "end", "running"),
    [
        ("", "2026 Q3", "2026-06-30", "2026-08-20", True),
        ("?period=last_quarter", "2026 Q2", "2026-03-31", "2026-06-30", False),
        ("?period=year", "Aug 2025 – Jul 2026", "2025-07-31", "2026-07-31", False),
        ("?period=custom&from=2026-02&to=2026-03", "Feb 2026 – Mar 2026", "2026-01-31",
         "2026-03-31", False),
        ("?period=custom&from=2026-05&to=2026-02", "Feb 2026", "2026-01-31", "2026-02-28", False),
        ("?period=custom&to=2031-01", "Aug 2026", "2026-07-31", "2026-08-20", True),
        ("?period=custom&from=x&to=2026-13", "Aug 2026", "2026-07-31", "2026-08-20", True),
    ],
)  # fmt: skip
def test_a_period_closes_with_its_last_day(query, name, start, end, running):
    from django.http import QueryDict

    window = window_of(Choices.read(QueryDict(query.lstrip("?"))), NOW)
    assert (window.name, window.running) == (name, running)
    assert (str(window.start.date()), str(window.end.date())) == (start, end)


def test_cohorts_leave_open_months_empty(company, sign_in):
    heat = shown(sign_in(Role.LEADER))["heat"]
    assert [(row.name, row.accounts) for row in heat.rows] == [
        ("Jul 2026", 1), ("Mar 2025", 1), ("Feb 2025", 1), ("Jan 2025", 1),
    ]  # fmt: skip
    assert [cell.share for cell in heat.rows[0].cells[:2]] == [1.0, None]
    cedar = [cell.share for cell in heat.rows[1].cells]
    assert cedar[:17] == [1.0] * 11 + [0.0] * 6
    assert cedar[17] is None
    assert heat.accounts == 4
    net = shown(sign_in(Role.LEADER), "?show=net")["heat"].rows[3].cells
    assert (net[17].share, net[18].share, net[18].step) == (1.0, 1.5, "over")


def test_curves_know_the_tier_of_the_start(company, sign_in):
    curves = shown(sign_in(Role.LEADER))["curves"]
    assert [(g.name, g.curve.n, g.curve.losses) for g in curves.groups] == [
        ("Tier 1", 2, 1), ("Tier 2", 1, 0), ("Tier 3", 1, 0),
    ]  # fmt: skip
    assert curves.groups[0].median == "11 months"
    assert curves.groups[1].median == "not reached"


@pytest.mark.parametrize(("by", "names"), [
    ("segment", ["Large", "Small"]), ("term", ["monthly"]), ("all", ["All"]), ("level", []),
])  # fmt: skip
def test_curves_are_told_apart_as_asked(company, sign_in, by, names):
    curves = shown(sign_in(Role.LEADER), f"?by={by}")["curves"]
    assert [group.name for group in curves.groups] == names


def test_a_success_manager_counts_the_own_book_and_is_told_so(company, sign_in):
    answer = sign_in(Role.CSM).get("/retention?period=year&by=segment")
    text, cards = answer.content.decode(), answer.context["shown"].cards
    assert "in your own book" in text
    assert answer.context["shown"].accounts == cards.heat.accounts == 2
    assert cards.bridge.waterfall.mrr_end == 200
    assert sum(group.curve.n for group in cards.curves.groups) == 2
    assert cards.economy is None
    assert answer.context["owners"] is None
    assert "Costs are known for the company as a whole" in text


def test_a_success_manager_cannot_ask_for_another_book(company, sign_in, users):
    query = f"?owner={users[Role.LEADER].pk}"
    answer = sign_in(Role.CSM).get(f"/retention{query}")
    assert answer.context["shown"].accounts == 0
    assert shown(sign_in(Role.LEADER), query)["heat"].accounts == 2


def test_what_one_reader_saw_is_never_shown_to_another(company, sign_in):
    leader, csm = sign_in(Role.LEADER), sign_in(Role.CSM)
    assert [shown(who)["heat"].accounts for who in (leader, csm, leader)] == [4, 2, 4]


def test_kept_numbers_follow_the_next_refresh(company, sign_in):
    client = sign_in(Role.LEADER)
    assert shown(client)["heat"].accounts == 4
    pays("Elm", (10, "2026-01-01"))
    assert shown(client)["heat"].accounts == 4
    books_make()
    assert shown(client)["heat"].accounts == 5


def test_an_account_handed_over_leaves_the_book_at_once(company, sign_in, users):
    client = sign_in(Role.CSM)
    assert shown(client)["heat"].accounts == 2
    first = OwnerAssignment.objects.filter(owner=users[Role.CSM]).first()
    OwnerAssignment.objects.filter(pk=first.pk).update(until=NOW)
    assert shown(client)["heat"].accounts == 1


def test_without_signing_in_there_is_no_page(company):
    answer = Client().get("/retention")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")


def test_somebody_without_a_role_sees_nothing(company, sign_in, users):
    client = sign_in(Role.VIEWER)
    assert client.get("/retention").status_code == 200
    RoleGrant.objects.filter(user=users[Role.VIEWER]).update(until=NOW)
    assert client.get("/retention").status_code == 403


def test_tiers_beyond_the_fifth_are_told_of(sign_in):
    for tier in range(1, 8):
        plans_make()
        Plan.objects.get_or_create(
            external_id=f"plan-{tier}",
            defaults={"name": f"P{tier}", "tier": tier, "recorded_at": NOW},
        )
        pays(f"T{tier}", (10, "2025-01-10"), tier=tier)
    books_make()
    client = sign_in(Role.LEADER)
    monthly = shown(client)["monthly"]
    assert [row.name for row in monthly.tiers] == [f"Tier {n}" for n in range(3, 8)]
    assert "2 lower tiers are only in the lines" in client.get("/retention").content.decode()
    assert len(shown(client)["curves"].groups) == 5


def test_filters_stand_in_the_address(company, sign_in):
    client = sign_in(Role.LEADER)
    assert shown(client, "?segment=Small")["heat"].accounts == 3
    assert shown(client, "?tier=1")["heat"].accounts == 2
    assert client.get("/retention?tier=1&segment=Large").context["shown"].cards is None
    text = client.get("/retention?tier=1&cohort=quarter").content.decode()
    assert 'href="?tier=1&amp;cohort=quarter&amp;show=net#cohorts"' in text
    assert 'name="cohort" value="quarter"' in text


def test_the_tier_is_the_one_first_paid_for_so_that_those_who_left_stay_in(company, sign_in):
    Plan.objects.filter(tier=1).update(name="Renamed")
    fall = shown(sign_in(Role.LEADER), "?tier=1&period=year")["bridge"].waterfall
    assert (fall.mrr_start, fall.churn, fall.mrr_end) == (100, 100, 50)


@pytest.mark.parametrize("query", [
    "?tier=x&owner=';--&lost=maybe&by=shoe", "?segment=%00", "?period=custom&from=9999-99",
    "?cohort=day&show=all&split=none&tier=77", "?period=custom&from=0001-01&to=0001-02",
])  # fmt: skip
def test_nonsense_in_the_address_is_ignored(company, sign_in, query):
    assert sign_in(Role.LEADER).get(f"/retention{query}").status_code == 200


def test_the_page_says_which_churn_it_shows(company, sign_in):
    client = sign_in(Role.LEADER)
    assert "Churn by contract." in client.get("/retention").content.decode()
    asked = client.get("/retention?lost=usage").content.decode()
    assert "Churn by use cannot be shown: no activity is collected yet." in asked
    churn_save(actor=None, body={"contractual_days": 14})
    books_make()
    text = client.get("/retention").content.decode()
    assert "after 14 days without a paying subscription" in text


def test_costs_become_unit_economics_of_the_whole_company(company, sign_in):
    client = sign_in(Role.LEADER)
    assert "Load costs.csv" in client.get("/retention").content.decode()
    costs_make()
    economy = shown(client)["economy"]
    assert (economy.months, economy.name) == (12, "Aug 2025 – Jul 2026")
    assert (economy.acquisition, economy.retention) == (108_000, 24_000)
    # One new account for 50 a month; 3 at the start.
    assert (economy.figures.cac, economy.figures.retention_cost) == (108_000, 8_000)
    assert economy.figures.payback_months == 2160
    assert shown(client, "?segment=Small")["economy"] is None


def test_costs_of_fewer_months_tell_of_those_alone(company, sign_in):
    costs_make(months=4)
    economy = shown(sign_in(Role.LEADER))["economy"]
    assert (economy.months, economy.name) == (3, "May 2026 – Jul 2026")


def test_benchmarks_stand_beside_the_own_figures_with_their_source(company, sign_in):
    answer = sign_in(Role.LEADER).get("/retention")
    by = {one.key: one for one in answer.context["shown"].cards.figures}
    assert by["grr"].value == "55.0\N{NO-BREAK SPACE}%"
    assert [one.text for one in by["logo_churn"].ranges] == [
        "6–10\N{NO-BREAK SPACE}%", "11–22\N{NO-BREAK SPACE}%", "31–58\N{NO-BREAK SPACE}%",
    ]  # fmt: skip
    assert by["quick_ratio"].ranges[0].text == "from 4"
    text = answer.content.decode()
    assert "a place to start asking, not a target" in text
    assert 'href="/settings/benchmarks"' in text
    assert (
        'href="/settings/benchmarks"' not in sign_in(Role.VIEWER).get("/retention").content.decode()
    )


def test_benchmarks_are_replaced_compared_and_restored(sign_in):
    leader = sign_in(Role.LEADER)
    text = leader.get("/settings/benchmarks").context["text"]
    assert "SaaS Capital" in text
    own = "benchmarks:\n- {figure: grr, low: 88, of: <b>us</b>, source: our board}\n"
    saved = leader.post("/settings/benchmarks", {"text": own, "note": "ours"})
    assert saved.headers["Location"] == "/settings/benchmarks"
    assert leader.get("/settings/versions/benchmarks/default/1").status_code == 200
    bad = leader.post("/settings/benchmarks", {"text": own.replace("grr", "arr")})
    assert bad.status_code == 422
    assert "figure must be one of" in bad.content.decode()
    leader.post("/settings/versions/benchmarks/default/0/restore")
    assert "SaaS Capital" in leader.get("/settings/benchmarks").context["text"]
    assert sign_in(Role.VIEWER).post("/settings/benchmarks", {"text": own}).status_code == 403


def test_a_name_with_markup_is_shown_as_text(sign_in, users):
    pays("One", (10, "2025-01-01"), segment="<script>alert(1)</script>")
    books_make()
    text = sign_in(Role.LEADER).get("/retention?by=segment").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_every_chart_has_a_sentence_and_a_table(company, sign_in):
    text = sign_in(Role.LEADER).get("/retention?split=tier").content.decode()
    figures = re.findall(r"<figure.*?</figure>", text, flags=re.DOTALL)
    assert len(figures) == 6
    drawn = [figure for figure in figures if "data-chart" in figure]
    assert len(drawn) == 5
    for figure in drawn:
        assert re.search(r'role="img" aria-label="[^"]{20,}"', figure)
        assert "<table" in figure


def test_before_the_first_refresh_the_page_says_what_to_do(sign_in):
    text = sign_in(Role.LEADER).get("/retention").content.decode()
    assert "Retention has not been worked out yet" in text
    assert "tenure refresh" in text


def test_without_payment_the_page_says_what_to_load(sign_in):
    books_make()
    text = sign_in(Role.LEADER).get("/retention").content.decode()
    assert "Nobody has paid yet" in text
    assert "subscriptions.csv" in text
    own = sign_in(Role.CSM).get("/retention").content.decode()
    assert "A leader or administrator gives accounts to you" in own


def test_a_young_company_gets_what_there_is(sign_in):
    pays("One", (10, "2026-08-03"))
    books_make()
    answer = sign_in(Role.LEADER).get("/retention")
    cards = answer.context["shown"].cards
    assert cards.monthly.year is None
    assert "Figures of a year need twelve closed months" in answer.content.decode()
    assert cards.bridge.waterfall.mrr_end == 10
    assert [row.accounts for row in cards.heat.rows] == [1]


def test_the_pages_sums_hold_for_any_company(sign_in):
    paid_make(book_make(80))
    books_make()
    client = sign_in(Role.LEADER)
    for query in ("?period=year&split=tier", "?cohort=quarter&show=gross&by=term"):
        context = shown(client, query)
        bridge = context["bridge"]
        moved = sum(row.amount for row in bridge.rows if row.accounts is not None)
        assert bridge.waterfall.mrr_start + moved == bridge.waterfall.mrr_end
        tiers = [row.year.waterfall for row in context["monthly"].tiers]
        whole = context["monthly"].year.waterfall
        assert sum(fall.mrr_start for fall in tiers) == whole.mrr_start
        assert sum(fall.lost for fall in tiers) == whole.lost
        paid = SubscriptionPeriod.objects.filter(started_at__lte=NOW).values("account").distinct()
        paid = paid.count()
        assert context["heat"].accounts == paid
        assert sum(row.accounts for row in context["heat"].rows) + context["heat"].older == paid
        assert sum(g.curve.n for g in context["curves"].groups) == paid


def test_words_say_what_can_be_told():
    assert trend_text(None) == "Too few months for a trend."
    assert trend_text(Trend(-0.01, -0.02, -0.005)) == "Falling by 1.00 a month (−2.00 to −0.50)."
    assert trend_text(Trend(0.01, 0.005, 0.02)) == "Rising by 1.00 a month (+0.50 to +2.00)."
    assert trend_text(Trend(0.01, 0.000001, 0.02)).startswith("No clear trend: +1.00")
    assert between(Interval(0.123, 0.456)) == "12.3–45.6\N{NO-BREAK SPACE}%"
    assert (term_name(1), term_name(12), term_name(6)) == ("monthly", "yearly", "6 months")
    assert month_number(NOW) == 679
