"""A task's own page, and tasks added from the pages of accounts."""

from datetime import timedelta

import pytest

from tenure.core import clock
from tenure.core.roles import Role
from tenure.plays.models import Task
from tenure.plays.services import task_create
from tenure.web.tests.factories import account_make

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(users):
    return account_make("Acme", owner=users[Role.CSM])


@pytest.fixture
def task(users, account):
    return task_create(
        actor=users[Role.CSM], account=account, title="Call <b>them</b>", due_on=clock.today()
    )


def test_a_task_is_changed_on_its_page(sign_in, users, task):
    client, address = sign_in(Role.CSM), f"/tasks/{task.pk}"
    assert "Call &lt;b&gt;them" in client.get(address).content.decode()
    day = (clock.today() + timedelta(days=3)).isoformat()
    client.post(f"{address}/edit", {"title": "Write", "due_on": day, "note": "soon"})
    client.post(f"{address}/snooze", {"until": (clock.today() + timedelta(days=1)).isoformat()})
    client.post(f"{address}/hand-over", {"owner": users[Role.LEADER].pk})
    row = Task.objects.get()
    assert (row.title, row.note, row.due_on.isoformat(), row.owner) == (
        "Write", "soon", day, users[Role.LEADER],
    )  # fmt: skip
    client.post(f"{address}/dismiss", {"reason": "They left"})
    page = client.get(address).content.decode()
    assert "Dismissed: They left" in page
    client.post(f"{address}/reopen")
    client.post(f"{address}/done", {"next": "https://elsewhere.example/"})
    assert Task.objects.get().status == "done"
    for word in ("created", "edited", "snoozed", "handed over", "dismissed", "reopened"):
        assert word in client.get(address).content.decode()


def test_a_checklist_is_ticked_and_unticked(sign_in, users, account):
    task = task_create(
        actor=users[Role.CSM], account=account, title="Call", due_on=clock.today(),
        checklist=["Ask <i>", "Listen"],
    )  # fmt: skip
    client, address = sign_in(Role.CSM), f"/tasks/{task.pk}"
    page = client.get(address).content.decode()
    assert "Ask &lt;i&gt;" in page
    client.post(f"{address}/tick/1", {"done": "yes"})
    assert Task.objects.get().checklist == [["Ask <i>", False], ["Listen", True]]
    client.post(f"{address}/tick/1", {"done": "yes"})
    assert task.changes.count() == 2
    client.post(f"{address}/tick/1", {"done": "no"})
    assert Task.objects.get().checklist[1] == ["Listen", False]
    answer = client.post(f"{address}/tick/7", {"done": "yes"}, follow=True)
    assert "no such thing" in answer.content.decode()
    assert sign_in(Role.VIEWER).post(f"{address}/tick/0", {"done": "yes"}).status_code == 403


def test_what_makes_no_sense_is_told_and_changes_nothing(sign_in, task):
    client, address = sign_in(Role.CSM), f"/tasks/{task.pk}"
    for what, given, said in (
        ("edit", {"title": "", "due_on": "2026-01-01"}, "no title"),
        ("edit", {"title": "x", "due_on": "soon"}, "Give the day"),
        ("dismiss", {"reason": " "}, "Say why"),
        ("hand-over", {"owner": "99999"}, "Choose who"),
        ("snooze", {"until": "2001-01-01"}, "day to come"),
    ):
        answer = client.post(f"{address}/{what}", given, follow=True)
        assert said in answer.content.decode()
    assert task.changes.count() == 1


def test_a_task_of_another_book_is_as_absent_as_one_that_is_not(sign_in, users):
    hers = account_make("Hers", owner=users[Role.LEADER])
    task = task_create(actor=users[Role.LEADER], account=hers, title="x", due_on=clock.today())
    client = sign_in(Role.CSM)
    assert client.get(f"/tasks/{task.pk}").status_code == 404
    for what in ("edit", "done", "dismiss", "reopen", "snooze", "hand-over", "tick/0"):
        assert client.post(f"/tasks/{task.pk}/{what}").status_code == 404
        assert sign_in(Role.VIEWER).post(f"/tasks/{task.pk}/{what}").status_code == 403
    assert task.changes.count() == 1
    assert sign_in(Role.VIEWER).get(f"/tasks/{task.pk}").status_code == 200


def test_a_task_is_added_and_shown_on_the_page_of_its_account(sign_in, users, account):
    client, today = sign_in(Role.CSM), clock.today()
    client.post(f"/accounts/{account.pk}/tasks", {"title": "Call", "due_on": today.isoformat()})
    assert "Call" in client.get(f"/accounts/{account.pk}").content.decode()
    yesterday = (today - timedelta(days=1)).isoformat()
    past = client.get(f"/accounts/{account.pk}?on={yesterday}")
    assert not past.context["tasks"]
    viewer = sign_in(Role.VIEWER).get(f"/accounts/{account.pk}").content.decode()
    assert f"/accounts/{account.pk}/tasks" not in viewer


def test_ticked_accounts_get_a_task_each(sign_in, users, account):
    hers = account_make("Hers", owner=users[Role.LEADER])
    given = {
        "account": [account.pk, hers.pk, "x"], "title": "Survey",
        "due_on": clock.today().isoformat(),
    }  # fmt: skip
    sign_in(Role.CSM).post("/accounts/tasks", given)
    assert [(t.account, t.owner) for t in Task.objects.all()] == [(account, users[Role.CSM])]
    sign_in(Role.LEADER).post("/accounts/tasks", given)
    assert Task.objects.filter(account=hers).get().owner == users[Role.LEADER]
    answer = sign_in(Role.CSM).post("/accounts/tasks", {"title": "x"}, follow=True)
    assert "Tick at least one" in answer.content.decode()
    assert 'name="account"' in sign_in(Role.CSM).get("/accounts").content.decode()
    assert 'name="account"' not in sign_in(Role.VIEWER).get("/accounts").content.decode()
