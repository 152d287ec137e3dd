"""What the data says against itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from tenure.accounts.models import Account
from tenure.core import clock, pipeline
from tenure.intake import selectors
from tenure.intake.findings import checks, findings_refresh
from tenure.intake.loading import load_folder
from tenure.intake.models import Finding

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, tzinfo=UTC)

PLANS = "id,name,tier\nfree,Free,0\npro,Pro,2\n"
HEADER = "id,account_id,plan_id,mrr,started_at,ended_at,is_trial,currency\n"


@pytest.fixture(autouse=True)
def _now(own_store):
    with clock.at(NOW):
        yield


@pytest.fixture
def load(tmp_path):
    def run(**files):
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        files.setdefault("accounts", "id,name\na,A\n")
        files.setdefault("plans", PLANS)
        for name, content in files.items():
            (folder / f"{name}.csv").write_text(content)
        return load_folder(folder)

    return run


def found():
    rows = Finding.objects.filter(resolved_at=None)
    return {
        (r.code, r.account.external_id if r.account else None): (r.count, r.params.get("example"))
        for r in rows
    }


def subscriptions(*rows):
    return HEADER + "".join(f"{row}\n" for row in rows)


@pytest.mark.parametrize(
    ("rows", "code", "expected"),
    [
        (["s,a,pro,1,2024-01-01,2024-03-01,,", "s,a,pro,2,2024-02-01,,,"], "period_overlap", "s"),
        (["s,a,pro,1,2024-02-01,2024-01-01,,"], "period_ends_before_start", "s"),
        (["s,a,pro,5,2024-01-01,,yes,"], "trial_with_mrr", "s"),
        (["s,a,pro,0,2024-01-01,,no,"], "paid_plan_without_mrr", "s"),
    ],
)
def test_a_subscription_that_contradicts_itself_is_found(load, rows, code, expected):
    load(subscriptions=subscriptions(*rows))
    assert found() == {(code, "a"): (1, expected)}


def test_sound_subscriptions_are_not_found(load):
    load(
        subscriptions=subscriptions(
            "s,a,pro,1,2024-01-01,2024-02-01,,",
            "s,a,pro,2,2024-02-01,,,",
            "t,a,free,0,2024-01-01,,no,",
        )
    )
    assert found() == {}


def test_a_subscription_older_than_its_account_is_found(load):
    load(
        accounts="id,name,created_at\na,A,2024-03-01\n",
        subscriptions=subscriptions("s,a,pro,1,2024-01-01,,,"),
    )
    assert found() == {("period_before_account", "a"): (1, "s")}


def test_an_account_without_subscription_is_found_once_there_are_any(load):
    load(accounts="id,name\na,A\nb,B\n")
    assert found() == {}
    load(accounts="id,name\na,A\nb,B\n", subscriptions=subscriptions("s,a,pro,1,2024-01-01,,,"))
    assert found() == {("account_without_subscription", "b"): (1, None)}


def test_a_currency_without_a_rate_and_a_plan_nobody_described_are_found(load):
    load(
        subscriptions=subscriptions(
            "s,a,pro,1,2024-01-01,,,SEK", "t,a,gold,1,2024-01-01,,,", "u,a,gold,1,2024-01-01,,,"
        )
    )
    texts = [line.text for line in selectors.findings_open()]
    assert len(texts) == 2
    assert any("Amounts in SEK, for which there is no rate: 1." in text for text in texts)
    assert any("the plan gold, which nobody described: 2." in text for text in texts)


def test_usage_before_the_start_and_after_the_end_is_found_per_account(load):
    events = "event,timestamp,account_id\n" + "".join(
        f"x,2024-0{month}-15,{account}\n" for month in range(1, 6) for account in "ab"
    )
    load(
        accounts="id,name\na,A\nb,B\n",
        subscriptions=subscriptions(
            "s,a,pro,1,2024-02-01,2024-04-01,,",
            "t,b,pro,1,2024-01-01,2024-02-01,,",
            "t,b,pro,1,2024-02-01,,,",
        ),
        events=events,
    )
    assert found() == {
        ("usage_before_start", "a"): (1, "2024-01-15"),
        ("usage_after_end", "a"): (2, "2024-05-15"),
    }


def test_an_anonymous_visit_before_signing_up_is_not_found(load):
    load(
        subscriptions=subscriptions("s,a,pro,1,2024-02-01,,,"),
        people="id,account_id\np,a\n",
        events="event,timestamp,anonymous_id,user_id\n"
        "seen_prices,2024-01-15,visitor,\nsigned_up,2024-02-02,visitor,p\n",
    )
    assert found() == {}


def test_events_without_account_and_ahead_of_today_are_found(load):
    load(events="event,timestamp,account_id\nx,2024-05-01,zzz\ny,2025-01-01,a\n")
    assert found() == {
        ("events_without_account", None): (1, "zzz"),
        ("usage_ahead", "a"): (1, "2025-01-01"),
    }


def test_tickets_that_run_backwards_are_found(load):
    load(
        tickets="id,account_id,opened_at,first_reply_at,resolved_at\n"
        "t1,a,2024-02-01,2024-01-01,2024-03-01\nt2,a,2024-02-01,2024-03-02,2024-03-01\n"
        "t3,a,2024-02-01,,2024-01-01\nt4,a,2024-08-01,,\n"
    )
    assert found() == {
        ("ticket_answered_before_opened", "a"): (1, "t1"),
        ("ticket_answered_after_resolved", "a"): (1, "t2"),
        ("ticket_resolved_before_opened", "a"): (1, "t3"),
        ("dated_ahead", "a"): (1, "t4"),
    }


def test_accounts_that_look_the_same_and_people_of_nowhere_are_found(load):
    load(
        accounts="id,name,domain\na,Acme,acme.example\nb,ACME,Acme.example\nc,Other,\nd,Else,\n",
        people="id,account_id\np,a\nq,\nr,\n",
    )
    assert found() == {
        ("account_name_shared", "a"): (2, "acme"),
        ("account_domain_shared", "a"): (2, "acme.example"),
        ("person_without_account", None): (2, "q"),
    }


@pytest.mark.parametrize(
    ("flag", "row", "contradicts"),
    [
        ("True", "s,a,pro,5,2024-01-01,,,", True),
        ("True", "s,a,pro,5,2024-01-01,2024-02-01,,", False),
        ("False", "s,a,pro,5,2024-01-01,,,", False),
        ("False", "s,a,pro,5,2024-01-01,2024-02-01,,", True),
        ("False", "s,a,free,0,2024-01-01,2024-02-01,,", False),
    ],
)
def test_a_churn_flag_is_held_against_the_subscriptions(load, flag, row, contradicts):
    load(
        accounts=f"id,name,churn_flag\na,A,{flag}\n",
        subscriptions=subscriptions(row),
    )
    assert (("churn_flag_contradicts", "a") in found()) is contradicts


def test_a_finding_is_resolved_when_it_is_gone_and_counted_again_while_it_lasts(load):
    load(subscriptions=subscriptions("s,a,pro,5,2024-01-01,,yes,"))
    first = Finding.objects.get()
    with clock.at(NOW + timedelta(days=1)):
        load(
            subscriptions=subscriptions("s,a,pro,5,2024-01-01,,yes,", "t,a,pro,5,2024-01-01,,yes,")
        )
        again = Finding.objects.get()
        assert (again.pk, again.count) == (first.pk, 2)
        assert again.last_seen_at > again.first_seen_at == first.first_seen_at
        load(subscriptions=subscriptions("s,a,pro,5,2024-01-01,,no,", "t,a,pro,5,2024-01-01,,no,"))
    assert Finding.objects.get().resolved_at == NOW + timedelta(days=1)
    assert findings_refresh() == 0


def test_the_findings_are_a_stage_of_the_refresh():
    names = [stage.name for stage in pipeline.ordered()]
    assert "findings" in names
    run = pipeline.run(only=["findings"])[0]
    assert (run.outcome, run.detail) == ("done", {"open": 0})


def test_every_check_has_a_sentence_and_a_code_of_its_own():
    every = checks()
    assert len({check.code for check in every}) == len(every)
    with translation.override("en"):
        assert all(str(check.sentence).endswith((".", "?")) for check in every)


def test_the_summary_groups_by_kind_with_the_gravest_first(load):
    load(
        accounts="id,name\na,A\nb,B\n",
        subscriptions=subscriptions(
            "s,a,pro,5,2024-01-01,,yes,",
            "t,b,pro,5,2024-01-01,,yes,",
            "u,b,pro,5,2024-01-01,,yes,",
            "v,b,pro,5,2024-02-01,2024-01-01,,",
        ),
    )
    groups = selectors.findings_summary()
    assert [(g.code, g.accounts, g.count) for g in groups] == [
        ("period_ends_before_start", 1, 1),
        ("trial_with_mrr", 2, 3),
    ]
    assert groups[1].example.finding.account.external_id == "b"
    account = Account.objects.get(external_id="a")
    assert len(selectors.findings_open(account=account)) == 1


def test_loads_rejects_and_freshness_can_be_read(load):
    load(
        accounts="id,name,created_at\na,A,2024-01-01\n",
        tickets="id,account_id,opened_at\nt,a,2024-05-01\nu,a,x\nv,b,2024-05-02\n",
        events="event,timestamp,account_id\nx,2024-05-03,a\n",
    )
    newest = selectors.loads_recent()[0]
    assert {t.table: t.rejected for t in newest.tables.all()}["tickets"] == 2
    page = selectors.rejects_page(load=newest, limit=1)
    rest = selectors.rejects_page(load=newest, table="tickets", door="file", before=page[0].pk)
    assert [r.column for r in [*page, *rest]] == ["account_id", "opened_at"]
    fresh = {f.table: (f.rows, f.newest.date().isoformat()) for f in selectors.freshness()}
    assert fresh["tickets"] == (1, "2024-05-01")
    assert fresh["events"] == (1, "2024-05-03")
    assert "people" not in fresh
