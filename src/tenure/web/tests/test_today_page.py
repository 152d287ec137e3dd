"""The page Today: whose it is, in which order, why, and what putting things away does."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from tenure.accounts.models import Account, Membership, OwnerAssignment, Person
from tenure.contracts.models import ContractState, Invoice
from tenure.core import clock
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.forecast.models import RenewalCall
from tenure.health.models import CurrentHealth, Score
from tenure.plays.models import Task
from tenure.plays.services import task_create
from tenure.timeline.models import SurveyAnswer, Ticket
from tenure.web.models import QueueMark, Renewal
from tenure.web.stencils import Stencil, gap
from tenure.web.tests.factories import account_make, book_make
from tenure.web.today.queue import ordered
from tenure.web.today.since import Since, working_day_before

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)  # a Wednesday
TODAY, BEFORE = NOW.date(), date(2026, 3, 3)


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    with clock.at(NOW):
        yield


def owned(name, owner, mrr=None):
    row = account_make(name, owner=owner)
    if mrr is not None:
        ContractState.objects.create(account=row, as_of=NOW, mrr=Decimal(mrr))
    return row


def scored(of, before, after):
    for as_of, value in ((BEFORE, before), (TODAY, after)):
        row = Score.objects.create(
            account=of, as_of=as_of, value=value, band="good" if value >= 70 else "fair",
            coverage=1.0, scorecard="x", scorecard_version=0,
            measures=[["logins", value, value, 1.0]],
            computed_at=datetime(as_of.year, as_of.month, as_of.day, 6, tzinfo=UTC),
        )  # fmt: skip
    CurrentHealth.objects.update_or_create(
        account=of,
        defaults={"score": row, "value": after, "band": row.band, "coverage": 1.0, "as_of": TODAY},
    )


def renewing(of, days, **values):
    given = {"mrr": 100.0, "quarter": date(2026, 1, 1), "made_at": NOW} | values
    return Renewal.objects.create(account=of, renews_on=TODAY + timedelta(days=days), **given)


def ticket(of, name="t1", **values):
    return Ticket.objects.create(
        external_id=name, account=of, priority="urgent", subject="All is down",
        opened_at=NOW - timedelta(hours=2), recorded_at=NOW - timedelta(hours=2), **values,
    )  # fmt: skip


def cards(client, query=""):
    """Account → the sentences of its card, in the order shown."""
    queue = client.get(f"/today{query}").context["queue"]
    return {c.row.account.name: [i.sentence for i in c.items] for c in queue.cards}


def names(client, query=""):
    queue = client.get(f"/today{query}").context["queue"]
    return [i.finding.name for c in queue.cards for i in c.items]


# Which day today is compared with


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ((2026, 3, 4), (2026, 3, 3)), ((2026, 3, 2), (2026, 2, 27)), ((2026, 3, 1), (2026, 2, 27)),
        ((2026, 2, 28), (2026, 2, 27)),
    ],
)  # fmt: skip
def test_the_working_day_before_skips_the_week_end(day, before):
    assert working_day_before(date(*day)) == date(*before)


@pytest.mark.parametrize("text", ["", "nonsense", "2026-03-04", "2027-01-01", "2025-01-01"])
def test_a_day_that_makes_no_sense_means_the_working_day_before(text):
    since = Since.read(text)
    assert (since.day, since.chosen) == (BEFORE, False)


def test_an_address_says_since_when(sign_in, users):
    acme = owned("Acme", users[Role.CSM], 100)
    Score.objects.create(
        account=acme, as_of=date(2026, 2, 20), value=90, band="good", coverage=1.0, scorecard="x",
        scorecard_version=0, computed_at=datetime(2026, 2, 20, 6, tzinfo=UTC),
        measures=[["logins", 90, 90, 1.0]],
    )  # fmt: skip
    scored(acme, 72, 71)
    client = sign_in(Role.CSM)
    assert cards(client) == {}
    assert cards(client, "?since=2026-02-20") == {
        "Acme": ["Health fell from 90 to 71 (−19 points)."]
    }


# What is in it


def test_everything_that_happened_to_an_account_is_one_card(sign_in, users):
    acme = owned("Acme", users[Role.CSM], 100)
    scored(acme, 85, 52)
    renewing(acme, 5)
    ticket(acme)
    SurveyAnswer.objects.create(
        external_id="s", account=acme, kind="nps", score=3, comment="Slow <b>",
        answered_at=NOW - timedelta(hours=3), recorded_at=NOW - timedelta(hours=3),
    )  # fmt: skip
    Invoice.objects.create(
        external_id="i", account=acme, amount=Decimal("99.50"), currency="EUR", status="failed",
        due_at=NOW - timedelta(days=1), recorded_at=NOW - timedelta(hours=1),
    )  # fmt: skip
    ada = Person.objects.create(external_id="p", name="Ada", recorded_at=NOW)
    Membership.objects.create(
        person=ada, account=acme, role="champion", until=NOW - timedelta(hours=1), recorded_at=NOW
    )
    task_create(actor=users[Role.CSM], account=acme, title="Call them", due_on=BEFORE)
    client = sign_in(Role.CSM)
    assert cards(client) == {
        "Acme": [
            "Call them",
            "Renews in 5 days, on 9 Mar 2026.",
            "Health fell from 85 to 52, from good to fair.",
            "Ada (Champion) left on 4 Mar 2026.",
            "A payment of €99.50 failed.",
            "A detractor: NPS answer 3 on 4 Mar 2026.",
            "A ticket of priority urgent is open since 4 Mar 2026.",
        ]
    }
    page = client.get("/today").content.decode()
    assert "Moved most by: Logins −33." in page
    assert "Due 3 Mar 2026, 1 day overdue." in page
    assert "Slow &lt;b&gt;" in page
    assert len(set(names(client))) == 7
    for address in re.findall(r'href="([^"]+)" data-row-link', page):
        assert client.get(address.partition("#")[0]).status_code == 200


def test_a_renewal_wants_a_call_for_ninety_days_and_is_told_again_in_its_last_week(sign_in, users):
    near, far, beyond, called, due = (
        owned(name, users[Role.CSM], 100) for name in ("near", "far", "beyond", "called", "due")
    )
    for of, days in ((near, 20), (far, 80), (beyond, 95), (called, 20), (due, 6)):
        renewing(of, days)
    for of, days in ((called, 20), (due, 6)):
        RenewalCall.objects.create(
            account=of, renews_on=TODAY + timedelta(days=days), call="lost", made_at=NOW
        )
    queue = sign_in(Role.CSM).get("/today").context["queue"]
    assert [(c.row.account.name, c.urgency) for c in queue.cards] == [
        ("due", 3),
        ("near", 2),
        ("far", 1),
    ]


def test_cards_come_by_mrr_times_urgency():
    urgency = {1: 1, 2: 3, 3: 2, 4: 3, 5: 1}
    mrr = {1: Decimal(500), 2: Decimal(200), 3: Decimal(100), 4: Decimal(0), 5: None}
    # 600, 500, then 4 (as the smallest, 100 × 3), 3 (100 × 2), 5 (100 × 1)
    assert ordered(urgency, mrr) == [2, 1, 4, 3, 5]


def test_a_team_s_list_is_cut_and_says_how_many_more(sign_in, users):
    for number in range(60):
        ticket(owned(f"a{number:02}", users[Role.CSM], 100 + number), f"t{number}")
    client = sign_in(Role.LEADER)
    queue = client.get("/today").context["queue"]
    assert (len(queue.cards), queue.more, queue.total) == (30, 30, 60)
    assert "30 more accounts" in client.get("/today").content.decode()
    assert client.get("/today?show=100").context["queue"].more == 0


# Whose it is


def test_everybody_sees_their_own_book_and_a_leader_the_team_or_one_person(sign_in, users):
    ticket(owned("Mine", users[Role.CSM], 100), "t1")
    ticket(owned("Hers", users[Role.LEADER], 100), "t2")
    ticket(owned("Nobody's", None, 100), "t3")
    assert set(cards(sign_in(Role.CSM))) == {"Mine"}
    assert set(cards(sign_in(Role.CSM), f"?owner={users[Role.LEADER].pk}")) == {"Mine"}
    leader = sign_in(Role.LEADER)
    assert set(cards(leader)) == {"Mine", "Hers", "Nobody's"}
    assert set(cards(leader, f"?owner={users[Role.CSM].pk}")) == {"Mine"}
    assert set(cards(leader, "?owner=none")) == {"Nobody's"}


def test_tasks_are_those_of_the_person(sign_in, users):
    acme = owned("Acme", users[Role.CSM], 100)
    task_create(actor=users[Role.CSM], account=acme, title="the manager's", due_on=TODAY)
    task_create(actor=users[Role.LEADER], account=acme, title="the leader's", due_on=TODAY)
    assert cards(sign_in(Role.CSM)) == {"Acme": ["the manager's"]}
    leader = sign_in(Role.LEADER)
    assert cards(leader, f"?owner={users[Role.LEADER].pk}") == {"Acme": ["the leader's"]}
    assert len(cards(leader)["Acme"]) == 2
    assert cards(leader, "?owner=999999") == {}


def test_a_viewer_reads_and_puts_nothing_away(sign_in, users):
    ticket(owned("Acme", users[Role.CSM], 100))
    viewer = sign_in(Role.VIEWER)
    assert set(cards(viewer)) == {"Acme"}
    assert "data-key-done" not in viewer.get("/today").content.decode()
    for address in ("/today/done", "/today/snooze", "/today/undo"):
        assert viewer.post(address, {"item": names(viewer)}).status_code == 403
        assert Client().post(address).status_code == 302
    assert not QueueMark.objects.exists()


# Putting away


def test_done_hides_the_finding_from_the_owner_and_from_who_looks_over_them(sign_in, users):
    ticket(owned("Acme", users[Role.CSM], 100))
    client, leader = sign_in(Role.CSM), sign_in(Role.LEADER)
    assert cards(leader)
    client.post("/today/done", {"item": names(client)})
    assert (cards(client), cards(leader)) == ({}, {})
    ticket(Account.objects.get(), "t2")
    assert len(cards(client)["Acme"]) == 1
    assert AuditEntry.objects.filter(action="finding.done", actor=users[Role.CSM]).count() == 1


def test_a_leaders_own_done_stays_theirs(sign_in, users):
    ticket(owned("Acme", users[Role.CSM], 100))
    leader = sign_in(Role.LEADER)
    leader.post("/today/done", {"item": names(leader)})
    assert (cards(leader), len(cards(sign_in(Role.CSM)))) == ({}, 1)


def test_a_snoozed_kind_comes_back_on_its_day_as_it_was(sign_in, users):
    acme = owned("Acme", users[Role.CSM], 100)
    scored(acme, 85, 52)
    client = sign_in(Role.CSM)
    client.post("/today/snooze", {"item": names(client), "until": "2026-03-10"})
    assert cards(client) == {}
    with clock.at(NOW + timedelta(days=6)):
        client = sign_in(Role.CSM)
        (item,) = client.get("/today").context["queue"].cards[0].items
        assert item.sentence == "Health fell from 85 to 52, from good to fair."
        assert item.finding.back == TODAY
        client.post("/today/done", {"item": item.finding.name})
        assert cards(client) == {}


@pytest.mark.parametrize("settled", [True, False])
def test_what_was_settled_meanwhile_does_not_come_back(sign_in, users, settled):
    acme = owned("Acme", users[Role.CSM], 100)
    row = ticket(acme)
    client = sign_in(Role.CSM)
    client.post("/today/snooze", {"item": names(client), "day": "2026-03-10"})
    if settled:
        Ticket.objects.filter(pk=row.pk).update(resolved_at=NOW)
    with clock.at(NOW + timedelta(days=6)):
        assert bool(cards(sign_in(Role.CSM))) is not settled


def test_what_is_news_again_is_told_once(sign_in, users):
    acme = owned("Acme", users[Role.CSM], 100)
    renewing(acme, 30)
    client = sign_in(Role.CSM)
    client.post("/today/snooze", {"item": names(client), "until": "2026-03-10"})
    assert cards(client) == {}
    with clock.at(NOW + timedelta(days=6)):
        assert cards(sign_in(Role.CSM)) == {"Acme": ["Renews in 24 days, on 3 Apr 2026."]}
        RenewalCall.objects.create(
            account=acme, renews_on=TODAY + timedelta(days=30), call="renew", made_at=NOW
        )
        assert cards(sign_in(Role.CSM)) == {}


def test_a_task_is_done_snoozed_and_taken_back_with_its_own_history(sign_in, users):
    acme = owned("Acme", users[Role.CSM], 100)
    task = task_create(actor=users[Role.CSM], account=acme, title="Call", due_on=TODAY)
    client = sign_in(Role.CSM)
    (name,) = names(client)
    answer = client.post("/today/done", {"item": name}, headers={"HX-Request": "true"})
    assert answer.context["answer"].undo.tasks == (task.pk,)
    assert Task.objects.get().status == "done"
    client.post("/today/undo", {"task": task.pk})
    client.post("/today/snooze", {"item": name, "until": "2026-03-10"})
    assert Task.objects.get().snoozed_until == date(2026, 3, 10)
    assert cards(client) == {}
    client.post("/today/undo", {"task": task.pk})
    assert cards(client) == {"Acme": ["Call"]}
    assert not QueueMark.objects.exists()


def test_what_was_put_away_is_listed_and_taken_back_by_its_maker_only(sign_in, users):
    ticket(owned("Acme", users[Role.CSM], 100))
    client = sign_in(Role.CSM)
    client.post("/today/done", {"item": names(client)})
    page = client.get("/today")
    (away,) = page.context["away"]
    assert "Nothing to do today" in page.content.decode()
    sign_in(Role.LEADER).post("/today/undo", {"mark": away.mark})
    assert cards(client) == {}
    client.post("/today/undo", {"mark": away.mark})
    assert set(cards(client)) == {"Acme"}


def test_nothing_of_another_book_is_put_away(sign_in, users):
    ticket(owned("Hers", users[Role.LEADER], 100))
    theirs = names(sign_in(Role.LEADER))
    hers = Account.objects.get()
    task = task_create(actor=users[Role.LEADER], account=hers, title="x", due_on=TODAY)
    client = sign_in(Role.CSM)
    for address in ("/today/done", "/today/snooze"):
        answer = client.post(address, {"item": theirs, "until": "2026-03-10"}, follow=True)
        assert "not in your list any more" in answer.content.decode()
    client.post("/today/undo", {"task": task.pk})
    assert not QueueMark.objects.exists()
    assert task.changes.count() == 1


def test_a_snooze_needs_a_day_to_come(sign_in, users):
    ticket(owned("Acme", users[Role.CSM], 100))
    client = sign_in(Role.CSM)
    for day in ("", "soon", "2026-03-04", "9999-01-01"):
        client.post("/today/snooze", {"item": names(client), "until": day})
    assert not QueueMark.objects.exists()


def test_without_a_script_one_is_led_back_to_the_same_list(sign_in, users):
    ticket(owned("Acme", users[Role.CSM], 100))
    leader = sign_in(Role.LEADER)
    query = f"?since=2026-02-20&owner={users[Role.CSM].pk}"
    answer = leader.post(f"/today/done{query}", {"item": names(leader, query)})
    assert answer.headers["Location"] == f"/today{query}"


# Nothing to do


def test_an_empty_day_says_what_is_next_and_an_empty_book_what_to_do(sign_in, users):
    page = sign_in(Role.CSM).get("/today").content.decode()
    assert "No accounts in your book yet" in page
    page = sign_in(Role.LEADER).get("/today").content.decode()
    assert "tenure load FOLDER" in page
    acme = owned("Acme", users[Role.CSM], 100)
    client = sign_in(Role.CSM)
    assert "No task and no renewal is ahead" in client.get("/today").content.decode()
    task_create(
        actor=users[Role.CSM], account=acme, title="Review", due_on=TODAY + timedelta(days=4)
    )
    renewing(acme, 120)
    page = client.get("/today").content.decode()
    assert "Next is the task “Review” for Acme, due 8 Mar 2026." in page
    assert "The next renewal is on 2 Jul 2026." in page


def test_the_way_in_leads_to_today(sign_in):
    account_make("Somebody")
    for role in Role:
        answer = sign_in(role).get("/")
        assert answer.headers["Location"] == "/today"
        links = sign_in(role).get("/today").context["navigation"]
        assert str(links[0].name) == "Today"


def test_the_number_of_queries_does_not_grow_with_the_book(
    sign_in, users, django_assert_max_num_queries
):
    client = sign_in(Role.CSM)

    def more(count):
        for one in book_make(count, owners=[users[Role.CSM]], seed=count):
            ticket(one, f"t{one.pk}")
            renewing(one, 20)
            task_create(actor=users[Role.CSM], account=one, title="Call", due_on=TODAY)

    more(2)
    client.get("/today")
    cache.clear()
    with django_assert_max_num_queries(60) as few:
        client.get("/today")
    more(40)
    cache.clear()
    with django_assert_max_num_queries(len(few)):
        page = client.get("/today")
    assert page.context["queue"].total == 42
    assert OwnerAssignment.objects.count() == 42


@pytest.mark.once
def test_a_stencil_escapes_its_words_and_fills_no_gap_within_them():
    context = {"until": "", "csrf_token": "t", "done_url": "/d", "snooze_url": "/s"}
    stencil = Stencil("pages/today/acts.html", context, ("name", "sentence"))
    hostile = '<script>"' + gap("name")
    text = stencil.filled(name="task~1~'x'", sentence=hostile)
    assert "<script>" not in text
    assert text.count("&lt;script&gt;&quot;" + gap("name")) == 2
    assert text.count('name="item" value="task~1~&#x27;x&#x27;"') == 2
