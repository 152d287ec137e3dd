"""The page Ladder: what it counts, for whom, and what it says when there is nothing."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache

from tenure.accounts.models import Account
from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.core.models import StageRun
from tenure.core.roles import Role
from tenure.relationship.models import Evaluation, Level, LevelChange, Standing
from tenure.web.ladder.flows import days_between, flow_chart, quarter_rows, steps_of
from tenure.web.ladder.lists import why
from tenure.web.ladder.scope import Scope
from tenure.web.tests.factories import account_make, ago, plans_make

pytestmark = pytest.mark.django_db
EVIDENCE = {
    "C1": ["no", {"paid_months": 7, "renewals": 0, "monthly": False}],
    "C3": ["no", {"people": 1, "seats": 8, "key_person": 0}],
    "C4": ["unknown", {"days": None}],
    "C5": ["no", {"share": 0.2, "answers": 6}],
}


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


def stand(name, level=Level.CUSTOMER, *, owner=None, mrr=100, tier=2, segment="", **flags):
    """An account standing on a level, with a contract."""
    account = account_make(name, owner=owner, segment=segment)
    evaluation = Evaluation.objects.create(
        account=account,
        as_of=clock.today(),
        qualifies_as=level,
        level=level,
        clauses=EVIDENCE,
        definition_version=1,
        computed_at=clock.now(),
        **flags,
    )
    Standing.objects.create(
        account=account,
        evaluation=evaluation,
        level=level,
        since=ago(90).date(),
        as_of=clock.today(),
        **flags,
    )
    plan = plans_make()[tier - 1]
    ContractState.objects.create(
        account=account,
        as_of=clock.now(),
        mrr=mrr,
        plan=plan,
        tier=tier,
        paying_since=ago(500),
        first_paid_at=ago(500),
        paid_months=16,
        interval="month",
    )
    return account


def counts(answer) -> dict[str, int]:
    return {rung.level: rung.accounts for rung in answer.context["rungs"]}


def test_levels_are_counted_with_their_mrr(sign_in):
    stand("One", mrr=100)
    stand("Two", mrr=250)
    stand("Three", Level.CLIENT, mrr=1200)
    answer = sign_in(Role.LEADER).get("/ladder")
    assert counts(answer) == {"advocate": 0, "client": 1, "customer": 2, "prospect": 0, "former": 0}
    customers = next(r for r in answer.context["rungs"] if r.level == "customer")
    assert (customers.mrr, round(customers.share, 3)) == (350, 0.667)
    assert "€1,200" in answer.content.decode()


def test_a_success_manager_counts_the_own_book_and_is_told_so(sign_in, users):
    stand("Mine", owner=users[Role.CSM], missing_clause="C1", slipping=True, locked_in=True)
    stand("Theirs", owner=users[Role.LEADER], missing_clause="C1", slipping=True, locked_in=True)
    answer = sign_in(Role.CSM).get("/ladder")
    text = answer.content.decode()
    assert counts(answer)["customer"] == 1
    assert "in your own book" in text
    assert "Mine" in text
    assert "Theirs" not in text
    assert sum(row.accounts for row in answer.context["crossed"]) == 1
    assert sum(cohort.accounts for cohort in answer.context["cohorts"]) == 1


def test_what_one_reader_saw_is_never_shown_to_another(sign_in, users):
    stand("Mine", owner=users[Role.CSM])
    for n in range(3):
        stand(f"Theirs {n}", owner=users[Role.LEADER])
    leader, csm = sign_in(Role.LEADER), sign_in(Role.CSM)
    seen = [
        sum(c.accounts for c in who.get("/ladder").context["cohorts"])
        for who in (leader, csm, leader)
    ]
    assert seen == [4, 1, 4]


def test_kept_numbers_follow_the_next_refresh(sign_in):
    stand("One")
    client = sign_in(Role.LEADER)
    assert sum(c.accounts for c in client.get("/ladder").context["cohorts"]) == 1
    stand("Two")
    StageRun.objects.create(stage="relationship", started_at=clock.now(), outcome="done")
    assert sum(c.accounts for c in client.get("/ladder").context["cohorts"]) == 2


def test_filters_stand_in_the_address_and_go_along_with_the_links(sign_in, users):
    stand("One", segment="Enterprise", tier=3, owner=users[Role.CSM])
    stand("Two", segment="Small & quick", tier=1)
    client = sign_in(Role.LEADER)
    assert counts(client.get("/ladder?segment=Enterprise"))["customer"] == 1
    assert counts(client.get("/ladder?tier=1"))["customer"] == 1
    assert counts(client.get(f"/ladder?owner={users[Role.CSM].pk}"))["customer"] == 1
    assert counts(client.get("/ladder?owner=none"))["customer"] == 1
    answer = client.get("/ladder", {"segment": "Small & quick"})
    assert 'href="/accounts?segment=Small+%26+quick&amp;level=customer"' in answer.content.decode()


@pytest.mark.parametrize("query", ["?tier=x&owner=';--", "?page=999&missing=C9", "?segment=%00"])
def test_nonsense_in_the_address_is_ignored(sign_in, query):
    stand("One")
    assert sign_in(Role.LEADER).get(f"/ladder{query}").status_code == 200


def test_one_clause_away_says_which_clause_and_where_it_stands(sign_in):
    stand("Early", missing_clause="C1", mrr=10)
    stand("Narrow", missing_clause="C3/4", mrr=900)
    answer = sign_in(Role.LEADER).get("/ladder")
    assert [row.name for row in answer.context["away"]] == ["Narrow", "Early"]
    assert [(c.clause, c.accounts) for c in answer.context["clauses"]] == [("C1", 1), ("C3/4", 1)]
    assert answer.context["away"][1].why == "Paid for 7 months, 0 completed renewals."
    assert "1 active person on 8 seats" in answer.context["away"][0].why
    only = sign_in(Role.LEADER).get("/ladder?missing=C1")
    assert [row.name for row in only.context["away"]] == ["Early"]


def test_slipping_and_locked_in_say_why():
    slips = stand("Slips", Level.CLIENT, slipping=True)
    assert why(slips.standing) == "Better than 20 % of accounts, on 6 answers."


def test_a_name_with_markup_is_shown_as_text(sign_in):
    stand("<script>alert(1)</script>", missing_clause="C1")
    text = sign_in(Role.LEADER).get("/ladder").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_an_empty_ladder_says_what_to_load(sign_in):
    text = sign_in(Role.LEADER).get("/ladder").content.decode()
    assert "Nobody stands on the ladder yet" in text
    assert "tenure load FOLDER" in text
    assert (
        "A leader or administrator gives accounts to you"
        in sign_in(Role.CSM).get("/ladder").content.decode()
    )


def test_filters_that_pass_nobody_say_so(sign_in):
    stand("One")
    text = sign_in(Role.LEADER).get("/ladder?segment=None+such").content.decode()
    assert "No account passes these filters" in text


def change(account, day, old, new):
    LevelChange.objects.create(
        account=account, as_of=day, old=old, new=new, recorded_at=clock.now()
    )


def test_days_between_are_the_ends_of_quarters_and_today():
    assert days_between(date(2026, 11, 23), 3) == [
        date(2026, 3, 31),
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 11, 23),
    ]


def test_moves_add_up_to_the_accounts_of_every_day():
    days = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)]
    one, two, three = (account_make(name) for name in "abc")
    change(one, date(2026, 1, 4), "", "customer")
    change(one, date(2026, 5, 3), "customer", "client")
    change(two, date(2026, 6, 30), "", "prospect")
    change(two, date(2026, 7, 1), "prospect", "customer")
    change(three, date(2026, 2, 1), "", "client")
    change(three, date(2026, 8, 2), "client", "customer")
    change(three, date(2026, 9, 2), "customer", "former")
    first, second = steps_of(Account.objects.all(), days)
    assert dict(first.moved) == {
        ("customer", "client"): 1,
        ("", "prospect"): 1,
        ("client", "client"): 1,
    }
    assert dict(second.moved) == {
        ("client", "client"): 1,
        ("prospect", "customer"): 1,
        ("client", "former"): 1,
    }
    assert second.moved.total() == 3
    newest, before = quarter_rows([first, second])
    assert (before.became_clients, before.net_clients) == (1, 1)
    assert (newest.new_customers, newest.left, newest.net_clients) == (1, 1, -1)
    assert not newest.running


def test_the_flow_agrees_with_the_selector_of_the_ladder():
    from tenure.relationship.selectors import flow

    today = clock.today()
    for n in range(12):
        account = account_make(f"a{n}")
        change(account, today - timedelta(days=200 + n), "", "customer")
        if n % 3 == 0:
            change(account, today - timedelta(days=20 + n * 9), "customer", "client")
        if n % 4 == 0:
            change(account, today - timedelta(days=3 + n), "client", "former")
    *_rest, running = steps_of(Account.objects.all(), days_between(today))
    told = {(f.old, f.new): f.accounts for f in flow(Account.objects.all(), today)}
    assert dict(running.moved) == told


def test_the_chart_of_the_flow_leaves_out_who_stayed_outside():
    days = [date(2026, 3, 31), date(2026, 6, 30)]
    stayed, came = account_make("stayed"), account_make("came")
    change(stayed, date(2026, 1, 4), "", "prospect")
    change(came, date(2026, 1, 4), "", "prospect")
    change(came, date(2026, 5, 3), "prospect", "customer")
    chart = flow_chart(steps_of(Account.objects.all(), days))
    assert [(f.source.split("|")[1], f.target.split("|")[1], f.value) for f in chart.flows] == [
        ("Prospect", "Customer", 1)
    ]
    assert {node.name for node in chart.nodes} == {chart.flows[0].source, chart.flows[0].target}


def test_a_scope_links_to_the_same_accounts():
    scope = Scope(segment="A B", owner="3", tier="2")
    assert scope.link(level="client") == "/accounts?segment=A+B&owner=3&tier=2&level=client"
    assert scope.without("tier").link() == "/accounts?segment=A+B&owner=3"
    assert Scope().link() == "/accounts"
