"""Asking for a preview: once for one text and day, in the background, read within one's book."""

from datetime import timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from tenure.accounts.models import Account, Membership, Person
from tenure.core import clock
from tenure.core.errors import InvalidDefinition, NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.models import PlayPreview, Run
from tenure.plays.selectors.previews import preview_newest, preview_of, preview_rows
from tenure.plays.services import previews
from tenure.plays.services.previews import preview_ask, preview_work_out
from tenure.plays.tests.arriving import account, body, climbs, day, play

pytestmark = pytest.mark.django_db
TODAY = 20
STEPS = [
    {"task": {"title": "Call {{ account.name }}", "note": "n", "days": 2, "wait": 5, "hours": 2}},
    {"mail": {"to": ["champion"], "subject": "Dear {{ person.name }}", "body": "b"}},
    {"wait": {"days": 3}},
    {"task": {"title": "Look again", "note": "n"}},
]
BECOMES = {"on": "level", "to": "client"}
QUIET = {"from": 0, "to": 0, "weekends": False}


@pytest.fixture
def company():
    """Two accounts that became clients, on the fifth and on the seventeenth day."""
    with clock.at(day(-5)):
        acme, beta = account("acme"), account("beta")
        ann = Person.objects.create(
            external_id="ann", name="Ann", email="ann@acme.example", recorded_at=clock.now()
        )
        Membership.objects.create(
            person=ann, account=acme, role="champion", recorded_at=clock.now()
        )
    for row, number in ((acme, 5), (beta, 17)):
        with clock.at(day(number)):
            climbs(row, "client")
    with clock.at(day(TODAY)):
        yield acme, beta, ann


def lead(name="lead", role=Role.LEADER):
    return user_create(actor=None, email=f"{name}@x.example", role=role, name=name)


def ask(actor, **more):
    given = body(BECOMES, steps=STEPS, quiet=QUIET, limits={"again": 30, "day": 9}) | more
    return preview_ask(actor=actor, key="first", body=given, days=30)


def test_a_preview_is_asked_for_once_and_worked_out_by_the_worker(
    company, django_capture_on_commit_callbacks
):
    boss, admin = lead(), lead("admin", Role.ADMIN)
    with django_capture_on_commit_callbacks(execute=True):
        row, same = ask(boss), ask(admin)
        other = ask(boss, priority=3)
    assert row.pk == same.pk != other.pk
    assert DBTaskResult.objects.count() == 2
    assert preview_newest("first").key == other.pk
    waiting = preview_of(row.pk)
    assert (waiting.state, waiting.totals, waiting.asked_by) == ("waiting", None, boss)
    assert preview_rows(row.pk, Account.objects.all()) == ([], 0)
    assert (preview_work_out(row.pk), preview_work_out(row.pk)) == ("done", "gone")
    done = preview_of(row.pk)
    assert (done.state, done.done, done.total, done.version) == ("done", 30, 30, 1)
    assert (done.totals.met, done.totals.started, done.totals.mails) == (2, 2, 1)
    assert done.totals.hours == {"2026-03-09": 2.5, "2026-03-16": 2.0}
    assert not Run.objects.exists()
    assert AuditEntry.objects.filter(action="play.preview").count() == 2
    with clock.at(day(TODAY + 1)):
        assert ask(boss).pk != row.pk


def test_its_rows_tell_every_step_with_its_day_whom_it_reached_and_what_it_said(company):
    acme, beta, ann = company
    row = ask(lead())
    preview_work_out(row.pk)
    rows, count = preview_rows(row.pk, Account.objects.filter(pk=acme.pk))
    told = [(one.day, one.what, one.place, one.title) for one in rows]
    on = {number: day(number).date() for number in range(25)}
    assert told == [
        (on[5], "start", "", ""),
        (on[5], "task", "1", "Call acme"),
        (on[7], "mail", "2", "Dear Ann"),
        (on[7], "wait", "3", ""),
        (on[10], "task", "4", "Look again"),
        (on[12], "end", "", ""),
    ]
    assert count == 6
    assert (rows[1].until, rows[2].person, rows[3].until) == (on[7], ann, on[10])
    rows, _count = preview_rows(row.pk, Account.objects.filter(pk=beta.pk))
    assert [(one.what, one.why) for one in rows[2:4]] == [
        ("skipped", "Nobody of the account in these roles has an e-mail address."),
        ("wait", ""),
    ]
    assert [(one.what, one.day, one.until, one.place) for one in rows[4:]] == [
        ("to_come", on[20], on[22], "3")
    ]
    _rows, count = preview_rows(row.pk, Account.objects.all(), what=["task"])
    assert count == 3
    Person.objects.update(erased_at=clock.now())
    mails, _count = preview_rows(row.pk, Account.objects.all(), what=["mail"])
    assert [one.person for one in mails] == [None]


def test_whoever_does_not_edit_definitions_may_not_ask(company):
    for role in (Role.CSM, Role.VIEWER):
        with pytest.raises(NotAllowed):
            ask(lead(f"u{role}", role))
    with pytest.raises(InvalidDefinition):
        preview_ask(actor=lead(), key="first", body={"title": "x"})
    with pytest.raises(InvalidDefinition):
        preview_ask(actor=lead("b"), key="first", body=[])
    with pytest.raises(TenureError):
        preview_ask(actor=lead("c"), key="first", body=body(), days=4000)
    assert not PlayPreview.objects.exists()


def test_the_version_to_come_is_the_newest_if_it_says_the_same_else_the_next(company):
    boss = lead()
    row = ask(boss)
    play("first", version=4)
    later = ask(boss)
    assert (row.version, later.version) == (1, 5)
    row = play("first", version=5)
    saved = later.body
    from tenure.core.models import DefinitionVersion

    DefinitionVersion.objects.create(
        kind="play", key="first", version=6, body=saved, created_at=clock.now()
    )
    assert ask(boss).version == 6


def test_one_that_failed_or_was_interrupted_is_begun_again_when_it_is_asked_for(
    company, monkeypatch, django_capture_on_commit_callbacks
):
    boss = lead()
    row = ask(boss)

    def broken(*_given):
        raise TenureError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(previews, "preview", broken)
        assert preview_work_out(row.pk) == "failed"
    assert preview_of(row.pk).reason == "The disk is full."
    with django_capture_on_commit_callbacks() as asked:
        assert ask(boss).state == "waiting"
        assert ask(boss).state == "waiting"
    assert len(asked) == 1
    PlayPreview.objects.update(state="running")
    assert preview_work_out(row.pk) == "gone"
    with clock.at(day(TODAY) + timedelta(minutes=11)):
        assert preview_work_out(row.pk) == "done"
