"""Tasks: made, changed, closed and opened again, by whom it is allowed, and kept as they were."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tenure.accounts.models import Account, OwnerAssignment, Person
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create, user_set_active
from tenure.plays import selectors, services
from tenure.plays.models import Task, TaskChange, TaskStatus
from tenure.privacy.services import person_erase

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


def user(name, role=Role.CSM):
    return user_create(actor=None, email=f"{name}@x.example", role=role, name=name)


def account(name="acme", owner=None):
    row = Account.objects.create(external_id=name, name=name, recorded_at=NOW)
    if owner is not None:
        OwnerAssignment.objects.create(account=row, owner=owner, since=NOW, recorded_at=NOW)
    return row


def task(actor, of, **values):
    given = {"title": "Call the sponsor", "due_on": TODAY} | values
    return services.task_create(actor=actor, account=of, **given)


def everything():
    return Account.objects.all()


def due_to(owner, day=None):
    """The tasks due, which are told in short as well."""
    rows = list(selectors.tasks_due(everything(), day or TODAY, owner))
    told = selectors.tasks_due_told(everything(), day or TODAY, owner)
    assert told == [(row.account_id, row.pk, row.due_on) for row in rows]
    return rows


def test_a_task_is_its_makers_own_until_given_to_somebody_else():
    ann, lead = user("ann"), user("lead", Role.LEADER)
    acme = account(owner=ann)
    mine = task(ann, acme, title="  Call \n the sponsor ", note=" soon ")
    hers = task(lead, acme, owner=ann)
    assert (mine.title, mine.note, mine.owner, mine.created_by) == (
        "Call the sponsor",
        "soon",
        ann,
        ann,
    )
    assert (hers.owner, hers.created_by, hers.source) == (ann, lead, "manual")
    assert AuditEntry.objects.filter(action="task.created").count() == 2


@pytest.mark.parametrize("values", [{"title": "  "}, {"title": "x" * 201}, {"due_on": None}])
def test_a_task_says_what_is_to_be_done_by_when(values):
    with pytest.raises(TenureError):
        task(None, account(), **values)
    assert not Task.objects.exists()


WRITES = {
    "create": lambda who, row: task(who, row.account),
    "edit": lambda who, row: services.task_edit(actor=who, task=row, title="New", due_on=TODAY),
    "snooze": lambda who, row: services.task_snooze(
        actor=who, task=row, until=TODAY + timedelta(1)
    ),
    "done": lambda who, row: services.task_done(actor=who, task=row),
    "dismiss": lambda who, row: services.task_dismiss(actor=who, task=row, reason="No"),
    "reopen": lambda who, row: services.task_reopen(actor=who, task=row),
    "hand over": lambda who, row: services.task_hand_over(actor=who, task=row, owner=row.owner),
}


@pytest.mark.parametrize("write", WRITES)
def test_no_write_is_open_to_a_viewer_or_to_another_book(write):
    ann = user("ann")
    row = task(ann, account(owner=ann))
    before = Task.objects.values().get(), TaskChange.objects.count(), AuditEntry.objects.count()
    strangers = [user("bob"), user("vera", Role.VIEWER)]
    added = AuditEntry.objects.count() - before[2]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            WRITES[write](stranger, row)
    assert Task.objects.values().get() == before[0]
    assert TaskChange.objects.count() == before[1]
    assert AuditEntry.objects.count() == before[2] + added


def test_many_accounts_get_a_task_each_done_by_their_owners():
    ann, bob, lead = user("ann"), user("bob"), user("lead", Role.LEADER)
    owned = [account("a", ann), account("b", bob), account("c")]
    made = services.tasks_create(
        actor=lead, accounts=[a.pk for a in owned], title="Send the survey", due_on=TODAY
    )
    assert {t.account.name: t.owner for t in made} == {"a": ann, "b": bob, "c": lead}
    assert TaskChange.objects.filter(what="created").count() == 3
    entry = AuditEntry.objects.get(action="task.created")
    assert entry.detail["accounts"] == ["a", "b", "c"]


def test_many_tasks_reach_only_the_actors_own_book():
    ann = user("ann")
    keys = [account("a", ann).pk, account("b", user("bob")).pk]
    made = services.tasks_create(actor=ann, accounts=keys, title="Write", due_on=TODAY)
    assert [t.account.name for t in made] == ["a"]
    with pytest.raises(TenureError):
        services.tasks_create(actor=ann, accounts=keys[1:], title="Write", due_on=TODAY)
    with pytest.raises(NotAllowed):
        services.tasks_create(
            actor=user("vera", Role.VIEWER), accounts=keys, title="Write", due_on=TODAY
        )


def test_what_is_due_leaves_out_what_is_snoozed_closed_or_to_come():
    ann = user("ann")
    acme = account(owner=ann)
    late = task(ann, acme, title="late", due_on=TODAY - timedelta(days=3))
    task(ann, acme, title="today")
    task(ann, acme, title="to come", due_on=TODAY + timedelta(days=1))
    asleep = task(ann, acme, title="asleep")
    done = task(ann, acme, title="done")
    services.task_snooze(actor=ann, task=asleep, until=TODAY + timedelta(days=2))
    services.task_done(actor=ann, task=done)

    def due(day):
        return [t.title for t in due_to(ann, day)]

    assert due(TODAY) == ["late", "today"]
    assert due(TODAY + timedelta(days=2)) == ["late", "today", "asleep", "to come"]
    assert selectors.task_next(everything(), TODAY, ann).title == "asleep"
    services.task_reopen(actor=ann, task=done)
    services.task_dismiss(actor=ann, task=late, reason="They left")
    assert due(TODAY) == ["today", "done"]
    late.refresh_from_db()
    assert (late.status, late.reason, late.closed_by) == (TaskStatus.DISMISSED, "They left", ann)


def test_a_task_is_dismissed_with_a_reason_and_snoozed_to_a_day_to_come():
    row = task(None, account())
    with pytest.raises(TenureError):
        services.task_dismiss(actor=None, task=row, reason=" ")
    for day in (TODAY, TODAY - timedelta(days=1)):
        with pytest.raises(TenureError):
            services.task_snooze(actor=None, task=row, until=day)


def test_a_closed_task_is_changed_only_after_it_was_opened_again():
    ann = user("ann")
    row = task(ann, account(owner=ann))
    services.task_done(actor=ann, task=row)
    for write in ("edit", "snooze", "hand over"):
        with pytest.raises(TenureError):
            WRITES[write](ann, row)
    services.task_done(actor=ann, task=row)  # twice is once
    assert TaskChange.objects.filter(what="done").count() == 1
    services.task_reopen(actor=ann, task=row)
    assert WRITES["edit"](ann, row).title == "New"


def test_a_new_day_ends_a_snooze_and_the_same_words_change_nothing():
    row = task(None, account())
    services.task_snooze(actor=None, task=row, until=TODAY + timedelta(days=5))
    same = {"title": row.title, "due_on": row.due_on}
    assert services.task_edit(actor=None, task=row, **same).snoozed_until is not None
    assert not TaskChange.objects.filter(what="edited").exists()
    later = services.task_edit(actor=None, task=row, title="x", due_on=TODAY + timedelta(days=1))
    assert later.snoozed_until is None
    entry = AuditEntry.objects.get(action="task.edited")
    assert entry.detail["fields"] == ["due_on", "title"]


def test_a_task_is_handed_only_to_who_sees_the_account():
    ann, bob, lead = user("ann"), user("bob"), user("lead", Role.LEADER)
    row = task(ann, account(owner=ann))
    for other in (bob, user("vera", Role.VIEWER)):
        with pytest.raises(TenureError):
            services.task_hand_over(actor=ann, task=row, owner=other)
    assert services.task_hand_over(actor=ann, task=row, owner=lead).owner == lead
    assert not due_to(ann)


def test_a_task_left_behind_comes_to_whoever_has_the_account_now():
    ann, bob = user("ann"), user("bob")
    acme = account(owner=ann)
    task(ann, acme)
    assert not due_to(bob)
    OwnerAssignment.objects.update(until=NOW)
    OwnerAssignment.objects.create(account=acme, owner=bob, since=NOW, recorded_at=NOW)
    assert len(due_to(bob)) == 1
    assert not due_to(user("cyd"))
    lead = user("lead", Role.LEADER)
    task(lead, acme, title="the leader's own")
    assert len(due_to(bob)) == 1
    user_set_active(actor=None, user=lead, active=False)
    assert len(due_to(bob)) == 2
    assert len(due_to(None)) == 2


def test_tasks_are_told_as_they_were_at_any_moment():
    ann = user("ann")
    acme = account(owner=ann)
    row = task(ann, acme)
    with clock.at(NOW + timedelta(days=1)):
        services.task_done(actor=ann, task=row)
    with clock.at(NOW + timedelta(days=2)):
        services.task_reopen(actor=ann, task=row)

    def status(hours):
        return [t.status for t in selectors.tasks_then(acme, NOW + timedelta(hours=hours))]

    assert [status(-1), status(1), status(25), status(49)] == [[], ["open"], ["done"], ["open"]]
    history = [change.what for change in selectors.task_history(row)]
    assert history == ["reopened", "done", "created"]


def test_an_erased_person_is_taken_out_of_tasks():
    acme = account()
    person = Person.objects.create(
        external_id="p1", name="Johanna Meier", email="jm@x.example", recorded_at=NOW
    )
    row = task(None, acme, title="Call Johanna Meier", note="Johanna Meier asked")
    services.task_dismiss(actor=None, task=row, reason="Johanna Meier left")
    person_erase(actor=None, person=person)
    row.refresh_from_db()
    assert "Johanna" not in row.title + row.note + row.reason


def test_a_day_beyond_reason_is_refused():
    with pytest.raises(TenureError):
        task(None, account(), due_on=date(9999, 1, 1))
