"""The list of accounts: what each filter keeps, sorting, columns, views, export, handing over."""

import csv
import io

import pytest
from django.urls import reverse

from tenure.accounts.models import Account, OwnerAssignment
from tenure.contracts.models import ContractState
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.forecast.models import CurrentForecast
from tenure.health.models import CurrentHealth
from tenure.metrics.models import AccountSnapshot
from tenure.relationship.models import Standing
from tenure.web.listing.columns import COLUMNS
from tenure.web.listing.filters import FLAGS, RENEWALS
from tenure.web.models import SavedView
from tenure.web.tests.evidence import foresights_make, run_make
from tenure.web.tests.factories import account_make, ago, book_make

pytestmark = pytest.mark.django_db
HERE = "/accounts"


@pytest.fixture
def book(users):
    return book_make(30, owners=[users[Role.CSM], users[Role.LEADER]])


def names(answer) -> list[str]:
    return [row.account.name for row in answer.context["rows"]]


def keys(answer) -> set[int]:
    return {row.account.pk for row in answer.context["rows"]}


def test_a_success_manager_sees_their_own_book_and_nothing_else(sign_in, book, users):
    own = set(
        OwnerAssignment.objects.filter(owner=users[Role.CSM]).values_list("account", flat=True)
    )
    assert keys(sign_in(Role.CSM).get(HERE)) == own
    assert len(keys(sign_in(Role.LEADER).get(HERE))) == 30


def test_the_list_before_any_account_says_what_to_connect(sign_in):
    assert b"tenure load FOLDER" in sign_in(Role.ADMIN).get(HERE).content
    assert b"No accounts in your book yet" in sign_in(Role.CSM).get(HERE).content


def test_an_account_without_anything_derived_is_listed_with_dashes(sign_in):
    account_make("Bare")
    assert "Bare" in sign_in(Role.ADMIN).get(HERE).content.decode()


def test_the_search_finds_name_domain_and_id(sign_in, book):
    account = account_make("Zebra Holding", domain="stripes.example", external_id="Z-77")
    client = sign_in(Role.ADMIN)
    for text in ("zebra", "STRIPES", "z-77"):
        assert keys(client.get(HERE, {"q": text})) == {account.pk}
    assert "No account passes these filters" in client.get(HERE, {"q": "%%"}).content.decode()


def expected(name, value):
    """The keys a filter must keep, worked out row by row."""
    tests = {
        "level": lambda a: a.standing.level == value,
        "band": lambda a: a.health.band == value,
        "segment": lambda a: a.segment == value,
        "tier": lambda a: str(a.contract.tier) == value,
        "plan": lambda a: str(a.contract.plan_id) == value,
        "mrr_min": lambda a: a.contract.mrr >= int(value),
        "mrr_max": lambda a: a.contract.mrr <= int(value),
    }
    return {a.pk for a in Account.objects.all() if tests[name](a)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", "client"), ("band", "good"), ("segment", "Enterprise"), ("tier", "2"),
        ("mrr_min", "5000"), ("mrr_max", "4000"),
    ],
)  # fmt: skip
def test_a_filter_keeps_what_it_says(sign_in, book, name, value):
    assert keys(sign_in(Role.LEADER).get(HERE, {name: value})) == expected(name, value)


def test_filters_hold_together(sign_in, book, users):
    csm = users[Role.CSM]
    answer = sign_in(Role.LEADER).get(HERE, {"owner": csm.pk, "level": "customer", "mrr_min": "1"})
    owned = set(OwnerAssignment.objects.filter(owner=csm).values_list("account", flat=True))
    assert keys(answer) == expected("level", "customer") & owned


def test_accounts_nobody_owns_can_be_found(sign_in, book):
    free = account_make("Free")
    assert keys(sign_in(Role.ADMIN).get(HERE, {"owner": "none"})) == {free.pk}


def test_the_flags_keep_what_they_say(sign_in, book):
    client = sign_in(Role.LEADER)
    contract, quiet = book[0].pk, book[1].pk
    ContractState.objects.filter(account=contract).update(
        cancel_notified_at=ago(3), is_trial=True, unconverted="USD"
    )
    AccountSnapshot.objects.update(last_active_at=ago(1))
    AccountSnapshot.objects.filter(account=quiet).update(last_active_at=ago(31))
    Standing.objects.update(slipping=False, locked_in=False, missing_clause="")
    Standing.objects.filter(account=contract).update(
        slipping=True, locked_in=True, missing_clause="C3"
    )
    for flag in FLAGS:
        wanted = quiet if flag == "quiet" else contract
        assert keys(client.get(HERE, {"flag": flag})) == {wanted}, flag


def test_what_one_clause_is_missing_is_said_by_its_name(sign_in, book):
    Standing.objects.update(missing_clause="C3/4")
    shown = sign_in(Role.LEADER).get(HERE).content.decode()
    assert "missing: Breadth or outcome" in shown
    assert "C3/4" not in shown


def test_the_renewal_window_is_counted_from_now(sign_in, book):
    client = sign_in(Role.LEADER)
    ContractState.objects.update(renews_at=ago(-300))
    days = {"past": -2, "30": 12, "60": 45, "90": 80, "180": 170}
    for account, (_key, day) in zip(book, days.items(), strict=False):
        ContractState.objects.filter(account=account).update(renews_at=ago(-day))
    found = {key: len(keys(client.get(HERE, {"renews": key}))) for key in RENEWALS}
    assert found == {"30": 1, "60": 2, "90": 3, "180": 4, "past": 1, "none": 0}


@pytest.mark.parametrize(
    "query",
    ["owner=x", "tier=-1", "plan=9999999999999999", "level=king", "band=1", "renews=now",
     "flag=%00",
     "mrr_min=lots", "mrr_max=NaN", "mrr_min=1e999", "sort=nothing", "cols=nothing", "page=zero",
     "page=99999", "q=%00'\"", "segment=" + "x" * 5000],
)  # fmt: skip
def test_nonsense_in_the_address_is_ignored(sign_in, book, query):
    assert sign_in(Role.LEADER).get(f"{HERE}?{query}").status_code == 200


def test_every_column_sorts_both_ways_with_the_unknown_last(sign_in, book):
    foresights_make(run_make(), Account.objects.all())
    Standing.objects.update(client_within_year=0.3)
    account_make("Bare")
    client = sign_in(Role.LEADER)
    for key in ("name", *COLUMNS):
        shown = list(COLUMNS) if key == "name" else [key]
        up, down = (client.get(HERE, {"sort": by, "cols": shown}) for by in (key, f"-{key}"))
        assert up.status_code == down.status_code == 200, key
        assert len(names(up)) == len(names(down)) == 31, key
        values = [row.metric(key[2:]) for row in up.context["rows"]] if key[:2] == "m." else [1]
        if key not in {"name", "country", "industry", "segment"} and any(values):
            assert names(up)[-1] == names(down)[-1] == "Bare", key


def test_money_sorts_by_amount(sign_in, book):
    rows = sign_in(Role.LEADER).get(HERE, {"sort": "mrr"}).context["rows"]
    amounts = [row.contract.mrr for row in rows]
    assert amounts == sorted(amounts)


def test_levels_sort_by_rank_and_metrics_by_number(sign_in, book):
    client = sign_in(Role.LEADER)
    rows = client.get(HERE, {"sort": "-m.seat_share", "cols": "m.seat_share"}).context["rows"]
    shares = [row.metric("seat_share") for row in rows]
    assert shares == sorted(shares, reverse=True)
    rank = ["prospect", "customer", "client", "advocate", "former"]
    levels = [r.standing.level for r in client.get(HERE, {"sort": "level"}).context["rows"]]
    assert levels == sorted(levels, key=rank.index)


def test_chosen_columns_are_shown_in_their_standing_order(sign_in, book):
    answer = sign_in(Role.LEADER).get(f"{HERE}?cols=country&cols=mrr")
    assert [column.key for column in answer.context["columns"]] == ["mrr", "country"]


def test_pages_hold_fifty_rows_and_keep_the_filters(sign_in, users):
    book_make(60, owners=[users[Role.CSM]])
    client = sign_in(Role.LEADER)
    first = client.get(HERE, {"sort": "name"})
    assert len(names(first)) == 50
    assert "?sort=name&amp;page=2" in first.content.decode()
    second = client.get(HERE, {"sort": "name", "page": "2"})
    assert len(names(second)) == 10
    assert not set(names(first)) & set(names(second))


def test_only_the_table_is_drawn_for_a_partial_update(sign_in, book):
    answer = sign_in(Role.LEADER).get(
        HERE, headers={"HX-Request": "true", "HX-Target": "account-list"}
    )
    page = answer.content.decode()
    assert "<html" not in page
    assert "tn-table" in page


def test_risk_and_the_chance_of_becoming_a_client_are_shown_sorted_and_filtered(sign_in, book):
    run, (low, high, *_) = run_make(), Account.objects.filter(standing__isnull=False)
    for account, churn, chance in ((low, 0.05, 0.6), (high, 0.42, 0.1)):
        Standing.objects.filter(account=account).update(client_within_year=chance)
        CurrentForecast.objects.create(
            account=account, run=run, as_of=ago(0).date(), horizon=6, churn=churn, low=churn / 2,
            high=churn * 2,
        )  # fmt: skip
    client, columns = sign_in(Role.LEADER), {"cols": ["risk", "client_chance"]}
    answer = client.get(HERE, {"sort": "-risk", **columns})
    assert names(answer)[:2] == [high.name, low.name]
    text = answer.content.decode()
    assert "42\N{NO-BREAK SPACE}%" in text
    assert "Within 6 months: 21\N{NO-BREAK SPACE}% to 84\N{NO-BREAK SPACE}%" in text
    upside = client.get(HERE, {"sort": "-client_chance", **columns})
    assert names(upside)[:2] == [low.name, high.name]
    assert names(client.get(HERE, {"risk": "20"})) == [high.name]
    assert names(client.get(HERE, {"client": "50"})) == [low.name]
    assert len(names(client.get(HERE, {"risk": "7", "client": "x"}))) == 30
    rows = table(client.get("/accounts.csv", {"sort": "-risk", **columns}))
    assert rows[0] == ["id", "name", "risk", "client_chance"]
    assert rows[1][1:] == [high.name, "0.42", "0.1"]
    assert rows[3][2] == ""


def test_a_success_manager_sees_no_risk_of_accounts_outside_the_own_book(sign_in, users):
    run = run_make()
    account = account_make("Theirs", owner=users[Role.LEADER])
    CurrentForecast.objects.create(
        account=account, run=run, as_of=ago(0).date(), horizon=6, churn=0.9, low=0.8, high=1.0
    )
    answer = sign_in(Role.CSM).get(HERE, {"risk": "50", "sort": "-risk", "cols": ["risk"]})
    assert names(answer) == []


def test_the_number_of_queries_does_not_grow_with_the_rows(
    sign_in, users, django_assert_max_num_queries
):
    client = sign_in(Role.LEADER)
    book_make(60, owners=[users[Role.CSM]])
    with django_assert_max_num_queries(16):
        client.get(HERE)


def table(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_export_holds_the_whole_narrowed_list(sign_in, book):
    client = sign_in(Role.LEADER)
    rows = table(
        client.get("/accounts.csv", {"level": "customer", "cols": ["mrr", "owner", "renews"]})
    )
    assert rows[0] == ["id", "name", "mrr", "renews", "owner"]
    assert len(rows) - 1 == len(expected("level", "customer"))


def test_the_export_shows_a_success_manager_no_other_book(sign_in, book):
    assert len(table(sign_in(Role.CSM).get("/accounts.csv"))) == 16


@pytest.mark.parametrize("evil", ["=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "\t=1", " =1"])
def test_no_cell_of_the_export_is_a_formula(sign_in, evil):
    account_make(evil, segment=evil)
    row = table(sign_in(Role.ADMIN).get("/accounts.csv", {"cols": "segment"}))[1]
    assert row[1] == f"'{evil}"
    assert row[2] == f"'{evil}"


def test_negative_numbers_stay_numbers_in_the_export(sign_in, book):
    CurrentHealth.objects.update(change_30d=-3.5)
    assert table(sign_in(Role.ADMIN).get("/accounts.csv", {"cols": "change"}))[1][2] == "-3.5"


def test_a_leader_hands_accounts_over_with_audit(sign_in, book, users):
    chosen = [account.pk for account in book[:3]]
    client = sign_in(Role.LEADER)
    answer = client.post(
        reverse("accounts_assign"),
        {"account": chosen, "owner": users[Role.ADMIN].pk, "next": "/accounts?level=client"},
    )
    assert answer.headers["Location"] == "/accounts?level=client"
    owners = OwnerAssignment.objects.filter(account__in=chosen, until__isnull=True)
    assert {row.owner_id for row in owners} == {users[Role.ADMIN].pk}
    entry = AuditEntry.objects.get(action="owner.assign")
    assert (entry.actor, entry.detail["changed"]) == (users[Role.LEADER], 3)


@pytest.mark.parametrize("owner", ["", "x", "999999", "viewer"])
def test_accounts_go_only_to_somebody_who_works_them(sign_in, book, users, owner):
    who = users[Role.VIEWER].pk if owner == "viewer" else owner
    client = sign_in(Role.LEADER)
    answer = client.post(
        reverse("accounts_assign"), {"account": [book[0].pk], "owner": who}, follow=True
    )
    assert b"Choose an owner who works accounts" in answer.content
    assert not AuditEntry.objects.filter(action="owner.assign").exists()


def test_handing_over_nothing_is_answered_with_a_sentence(sign_in, users):
    answer = sign_in(Role.LEADER).post(
        reverse("accounts_assign"), {"owner": users[Role.CSM].pk}, follow=True
    )
    assert b"Tick at least one account first." in answer.content


def test_a_view_is_kept_shown_as_current_and_forgotten(sign_in, book, users):
    client = sign_in(Role.CSM)
    client.post(reverse("view_add"), {"name": "Mine", "query": "?level=client&page=3"})
    view = SavedView.objects.get(user=users[Role.CSM])
    assert view.query == "level=client"
    saved = client.get(HERE, {"level": "client"}).context["saved"]
    assert [(link.name, link.current) for link in saved] == [("Mine", True)]
    client.post(reverse("view_remove", args=[view.pk]))
    assert not SavedView.objects.exists()


def test_nobody_sees_or_forgets_another_users_view(sign_in, book, users):
    sign_in(Role.CSM).post(reverse("view_add"), {"name": "Mine", "query": "level=client"})
    other = sign_in(Role.LEADER)
    assert other.get(HERE).context["saved"] == []
    other.post(reverse("view_remove", args=[SavedView.objects.get().pk]))
    assert SavedView.objects.count() == 1


def test_a_view_without_a_name_is_refused(sign_in):
    answer = sign_in(Role.CSM).post(reverse("view_add"), {"name": " ", "query": ""}, follow=True)
    assert b"Give the view a name." in answer.content
