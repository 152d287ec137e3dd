"""Bulk writes of touchpoints, tickets, answers, outcomes, advocacy, plays and pulses."""

from datetime import UTC, datetime, timedelta

import pytest

from tenure.accounts.models import Account
from tenure.accounts.rows import AccountRow, PersonRow
from tenure.accounts.services import account_upsert_many, person_upsert_many
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import AuditEntry
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.timeline import models, services
from tenure.timeline.rows import (
    AdvocacyRow,
    OutcomeRow,
    PlayRow,
    SurveyAnswerRow,
    TicketRow,
    TouchpointRow,
)

pytestmark = pytest.mark.django_db
T0 = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _accounts_and_people():
    account_upsert_many(rows=[AccountRow("a", "A"), AccountRow("b", "B")])
    person_upsert_many(rows=[PersonRow("p", account_id="a"), PersonRow("q")])


def touch(*people, **kwargs):
    row = TouchpointRow("t", "a", "call", T0, person_ids=people, **kwargs)
    return services.touchpoint_upsert_many(rows=[row])


def test_a_touchpoint_keeps_who_took_part():
    assert touch("p", "q", "p").loaded == 1
    assert touch("q", "p").unchanged == 1
    people = models.Touchpoint.objects.get().people.values_list("external_id", flat=True)
    assert sorted(people) == ["p", "q"]


def test_other_people_make_another_version():
    touch("p")
    assert touch("q").loaded == 1
    new = models.Touchpoint.objects.get(superseded_at=None)
    assert new.people.get().external_id == "q"
    old = models.Touchpoint.objects.exclude(superseded_at=None).get()
    assert old.people.get().external_id == "p"


def test_people_stay_when_the_rows_do_not_speak_of_them():
    touch("p")
    row = TouchpointRow("t", "a", "call", T0, subject="New")
    services.touchpoint_upsert_many(rows=[row], given={"id", "account_id", "kind", "subject"})
    now = models.Touchpoint.objects.get(superseded_at=None)
    assert (now.subject, now.people.get().external_id) == ("New", "p")


def test_the_minutes_of_a_touchpoint_are_kept_and_a_correction_is_another_version():
    for minutes in (30.0, 30.0, 45.0):
        touch(minutes=minutes)
    rows = models.Touchpoint.objects.order_by("pk")
    kept = [(row.minutes, row.superseded_at is None) for row in rows]
    assert kept == [(30.0, False), (45.0, True)]


def test_an_unknown_person_is_told_and_the_touchpoint_kept():
    done = touch("p", "nobody")
    assert (done.loaded, [(r.value, r.kept) for r in done.rejected]) == (1, [("nobody", True)])


def test_a_ticket_is_superseded_when_it_is_resolved():
    row = TicketRow("t", "a", T0, person_id="p", priority="high")
    services.ticket_upsert_many(rows=[row])
    done = TicketRow("t", "a", T0, person_id="p", priority="high", resolved_at=T0 + DAY, csat=5)
    assert services.ticket_upsert_many(rows=[done]).loaded == 1
    assert services.ticket_upsert_many(rows=[done]).unchanged == 1
    assert models.Ticket.objects.get(superseded_at=None).csat == 5


def test_a_ticket_of_a_history_is_answered_when_it_was():
    row = TicketRow("t", "a", T0, first_reply_at=T0 + DAY, resolved_at=T0 + DAY, csat=4)
    services.ticket_upsert_many(rows=[row], history=True)
    versions = models.Ticket.objects.order_by("recorded_at")
    assert [(v.recorded_at, v.first_reply_at, v.csat) for v in versions] == [
        (T0, None, None),
        (T0 + DAY, T0 + DAY, 4),
    ]


def test_a_ticket_of_nobody_known_is_kept_and_one_of_no_account_is_not():
    rows = [TicketRow("t", "a", T0, person_id="x"), TicketRow("u", "x", T0, person_id="x")]
    done = services.ticket_upsert_many(rows=rows)
    assert [(r.row, r.column, r.kept) for r in done.rejected] == [
        (0, "person_id", True),
        (1, "account_id", False),
    ]
    assert models.Ticket.objects.get().person is None


def test_an_answer_counts_for_the_only_account_of_its_person():
    rows = [
        SurveyAnswerRow("1", "nps", 9, T0, person_id="p"),
        SurveyAnswerRow("2", "nps", 9, T0, account_id="b"),
        SurveyAnswerRow("3", "nps", 9, T0, person_id="q"),
        SurveyAnswerRow("4", "nps", 9, T0),
        SurveyAnswerRow("5", "nps", 9, T0, person_id="nobody"),
        SurveyAnswerRow("6", "nps", 9, T0, account_id="nowhere"),
        SurveyAnswerRow("7", "nps", 9, T0, account_id="a", person_id="nobody"),
    ]
    done = services.survey_answer_upsert_many(rows=rows)
    accounts = models.SurveyAnswer.objects.values_list("external_id", "account__external_id")
    assert dict(accounts) == {"1": "a", "2": "b", "3": None, "7": "a"}
    assert [(r.row, r.column) for r in done.rejected] == [
        (3, "person_id"),
        (4, "person_id"),
        (5, "account_id"),
        (6, "person_id"),
    ]


def test_outcomes_advocacy_and_plays_are_written_once():
    outcome = OutcomeRow("o", "a", "Halve the wait", status="achieved", confirmed_at=T0)
    advocacy = AdvocacyRow("v", "a", "reference", T0)
    play = PlayRow("a", "welcome", "treated", T0, 0.5)
    writes = [
        (services.outcome_upsert_many, outcome),
        (services.advocacy_upsert_many, advocacy),
        (services.play_record_upsert_many, play),
    ]
    for write, row in writes:
        assert write(rows=[row], history=True).loaded == 1
        assert write(rows=[row], history=True).unchanged == 1
    for model in (models.Outcome, models.Advocacy, models.PlayRecord):
        assert model.objects.get().recorded_at == T0


def test_a_play_is_known_by_account_name_and_time():
    row = PlayRow("a", "welcome", "treated", T0)
    other = PlayRow("a", "welcome", "held_out", T0)
    services.play_record_upsert_many(rows=[row, PlayRow("a", "welcome", "treated", T0 + DAY)])
    assert services.play_record_upsert_many(rows=[other]).loaded == 1
    assert models.PlayRecord.objects.filter(superseded_at=None).count() == 2
    assert models.PlayRecord.objects.count() == 3


def test_a_pulse_is_recorded_with_its_author_and_audited():
    admin = user_create(actor=None, email="a@example.com", role=Role.ADMIN)
    account = Account.objects.get(external_id="a")
    pulse = services.pulse_record(actor=admin, account=account, value=70, comment=" fine ")
    assert (pulse.value, pulse.comment, pulse.author) == (70, "fine", admin)
    assert AuditEntry.objects.filter(action="pulse.record").exists()
    with pytest.raises(TenureError, match="0 to 100"):
        services.pulse_record(actor=admin, account=account, value=101)


def test_a_success_manager_judges_only_the_own_book():
    csm = user_create(actor=None, email="c@example.com", role=Role.CSM)
    with pytest.raises(NotAllowed):
        services.pulse_record(actor=csm, account=Account.objects.get(external_id="a"), value=7)
