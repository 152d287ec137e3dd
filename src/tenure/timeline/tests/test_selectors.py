"""Detractors, urgent tickets and who went quiet, since a moment."""

from datetime import UTC, datetime, timedelta

import pytest

from tenure.accounts.models import Account, Person
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint
from tenure.timeline.selectors import detractors_since, gone_quiet, urgent_tickets_since

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
SINCE = NOW - timedelta(hours=9)
EVERY = Account.objects.all


def account(name="acme"):
    return Account.objects.create(external_id=name, name=name, recorded_at=NOW)


def person(name="Ada"):
    return Person.objects.create(external_id=name, name=name, recorded_at=NOW)


def ago(**span):
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("score", "kind", "answered", "recorded", "told"),
    [
        (6, "nps", ago(hours=2), ago(hours=1), True),
        (7, "nps", ago(hours=2), ago(hours=1), False),
        (1, "csat", ago(hours=2), ago(hours=1), False),
        (0, "nps", ago(days=3), ago(hours=1), True),  # answered before, but learned since
        (0, "nps", ago(days=90), ago(hours=1), False),  # a history that is being loaded
        (0, "nps", ago(days=2), ago(days=2), False),
    ],
)
def test_a_detractor_is_news_once(score, kind, answered, recorded, told):
    SurveyAnswer.objects.create(
        external_id="s", account=account(), kind=kind, score=score, answered_at=answered,
        recorded_at=recorded,
    )  # fmt: skip
    assert detractors_since(EVERY(), SINCE, NOW).exists() is told


@pytest.mark.parametrize(
    ("priority", "resolved", "told"),
    [("urgent", None, True), ("Critical", None, True), ("high", None, False), ("P1", NOW, False)],
)
def test_an_urgent_ticket_is_news_while_it_is_open(priority, resolved, told):
    Ticket.objects.create(
        external_id="t", account=account(), priority=priority, opened_at=ago(hours=3),
        resolved_at=resolved, recorded_at=ago(hours=3),
    )  # fmt: skip
    assert urgent_tickets_since(EVERY(), SINCE, NOW).exists() is told


def touched(of, who, at, direction="in"):
    row = Touchpoint.objects.create(
        external_id=f"t{Touchpoint.objects.count()}", account=of, kind="email",
        direction=direction, occurred_at=at, recorded_at=at,
    )  # fmt: skip
    row.people.add(who)


def test_somebody_goes_quiet_on_the_day_sixty_days_are_over():
    acme, ada = account(), person()
    touched(acme, ada, ago(days=60, hours=3))
    touched(acme, ada, ago(days=5), direction="out")
    found = gone_quiet(EVERY(), SINCE, NOW)
    assert [(q.account, q.person, q.heard_at) for q in found.values()] == [
        (acme.pk, ada.pk, ago(days=60, hours=3))
    ]
    later = NOW + timedelta(days=1)
    assert not gone_quiet(EVERY(), later - timedelta(hours=9), later)


@pytest.mark.parametrize("sign", ["touchpoint", "ticket", "answer"])
def test_any_sign_of_life_keeps_somebody_from_being_quiet(sign):
    acme, ada, at = account(), person(), ago(days=20)
    touched(acme, ada, ago(days=60, hours=3))
    if sign == "touchpoint":
        touched(acme, ada, at)
    elif sign == "ticket":
        Ticket.objects.create(
            external_id="t", account=acme, person=ada, opened_at=at, recorded_at=at
        )
    else:
        SurveyAnswer.objects.create(
            external_id="s", account=acme, person=ada, kind="nps", score=9, answered_at=at,
            recorded_at=at,
        )  # fmt: skip
    assert not gone_quiet(EVERY(), SINCE, NOW)


def test_somebody_heard_in_another_account_is_quiet_in_this_one():
    acme, other, ada = account(), account("other"), person()
    touched(acme, ada, ago(days=60, hours=3))
    touched(other, ada, ago(days=2))
    assert set(gone_quiet(EVERY(), SINCE, NOW)) == {(acme.pk, ada.pk)}
    assert not gone_quiet(Account.objects.filter(pk=other.pk), SINCE, NOW)
