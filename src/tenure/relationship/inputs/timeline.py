"""Facts of the timeline that clauses ask for: contact, outcomes, attitude, advocacy."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeAlias

from tenure.accounts.models import Membership
from tenure.relationship.inputs.facts import Facts
from tenure.timeline.models import Advocacy, Outcome, SurveyAnswer, Ticket, Touchpoint

_Fact: TypeAlias = tuple[int, datetime, float | None, datetime, datetime | None]
_TIMES = ("recorded_at", "superseded_at")


def touches(row_of: dict[int, int], since: datetime) -> Facts:
    """Two-way touchpoints and answered surveys."""
    both = Touchpoint.objects.filter(occurred_at__gte=since, direction__in=["in", "both"])
    talks = both.values_list("account_id", "occurred_at", *_TIMES)
    found = [(a, o, None, r, s) for a, o, r, s in talks.iterator()]
    return Facts.of([*found, *_answers(since, None)], row_of)


def touchpoints_begin() -> tuple[datetime | None, datetime | None]:
    """When the first touchpoint of the company occurred, and when one was first recorded."""
    from django.db.models import Min

    first = Touchpoint.objects.aggregate(o=Min("occurred_at"), r=Min("recorded_at"))
    return first["o"], first["r"]


def _answers(since: datetime, kinds: tuple[str, ...] | None) -> Iterator[_Fact]:
    """Survey answers; one of a person without an account counts for the person's accounts."""
    rows = SurveyAnswer.objects.filter(answered_at__gte=since)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    homes = _homes(rows)
    fields = rows.values_list("account_id", "person_id", "answered_at", "score", *_TIMES)
    for account, person, answered, score, recorded, superseded in fields.iterator():
        for home in [account] if account is not None else homes.get(person, ()):
            yield home, answered, score, recorded, superseded


def _homes(rows: Any) -> dict[int | None, set[int]]:
    people = rows.filter(account__isnull=True, person__isnull=False).values("person_id")
    homes: dict[int | None, set[int]] = defaultdict(set)
    members = Membership.objects.filter(person__in=people)
    for person, account in members.values_list("person_id", "account_id"):
        homes[person].add(account)
    return homes


def attitudes(row_of: dict[int, int], since: datetime) -> dict[str, Facts]:
    """Kind → facts with their value: NPS answers, CSAT (surveys and tickets), sentiment."""
    tickets = Ticket.objects.filter(csat__isnull=False, opened_at__gte=since)
    rated = tickets.values_list("account_id", "resolved_at", "opened_at", "csat", *_TIMES)
    csat: list[_Fact] = [(a, done or o, v, r, s) for a, done, o, v, r, s in rated.iterator()]
    felt = Touchpoint.objects.filter(sentiment__isnull=False, occurred_at__gte=since)
    mood = felt.values_list("account_id", "occurred_at", "sentiment", *_TIMES)
    return {
        "nps": Facts.of(_answers(since, ("nps",)), row_of),
        "csat": Facts.of([*csat, *_answers(since, ("csat",))], row_of),
        "sentiment": Facts.of(mood.iterator(), row_of),
    }


def outcomes(row_of: dict[int, int]) -> Facts:
    """Outcomes confirmed by the account, or achieved (dated by when that was first recorded)."""
    found: list[_Fact] = []
    confirmed = Outcome.objects.filter(confirmed_at__isnull=False)
    fields = confirmed.values_list("account_id", "confirmed_at", *_TIMES)
    found += [(a, c, None, r, s) for a, c, r, s in fields if c is not None]
    achieved = Outcome.objects.filter(status="achieved", confirmed_at__isnull=True)
    first: dict[str, datetime] = {}
    rows = achieved.order_by("recorded_at").values_list("external_id", "account_id", *_TIMES)
    for external_id, account, recorded, superseded in rows:
        since = first.setdefault(external_id, recorded)
        found.append((account, since, None, recorded, superseded))
    return Facts.of(found, row_of)


def outcomes_begin() -> datetime | None:
    """When the company's first desired outcome was recorded."""
    from django.db.models import Min

    first: datetime | None = Outcome.objects.aggregate(x=Min("recorded_at"))["x"]
    return first


def advocacy(row_of: dict[int, int]) -> Facts:
    """References, referrals, reviews and case studies."""
    rows = Advocacy.objects.values_list("account_id", "occurred_at", *_TIMES)
    return Facts.of(((a, o, None, r, s) for a, o, r, s in rows.iterator()), row_of)
