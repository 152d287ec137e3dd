"""What changed with some accounts since a day, as the rooms that own the numbers tell it."""

from collections.abc import Iterator

from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.accounts.selectors import key_people, key_people_left, memberships_ended
from tenure.contracts.selectors import payments_missed
from tenure.forecast.selectors.changes import risk_crossings
from tenure.health.models import Band
from tenure.health.selectors import HealthChange, health_changes
from tenure.relationship.selectors import standing_changes
from tenure.timeline.selectors import detractors_since, gone_quiet, urgent_tickets_since
from tenure.web.today.findings import KNOW, NOW, SOON, Finding
from tenure.web.today.since import Since

STEEP = -20.0
HALF = 0.5


def changes(accounts: QuerySet[Account], since: Since) -> list[Finding]:
    """Every change of the accounts that a success manager should know of."""
    return [*worked_out(accounts, since), *reported(accounts, since)]


def worked_out(accounts: QuerySet[Account], since: Since) -> list[Finding]:
    """Changes of numbers, which only a refresh brings."""
    return [
        *_standings(accounts, since),
        *_health(accounts, since),
        *_risks(accounts, since),
    ]


def reported(accounts: QuerySet[Account], since: Since) -> list[Finding]:
    """Changes of facts, which may come at any time."""
    return [
        *_left(accounts, since),
        *_quiet(accounts, since),
        *_payments(accounts, since),
        *_answers(accounts, since),
        *_tickets(accounts, since),
    ]


def _standings(accounts: QuerySet[Account], since: Since) -> Iterator[Finding]:
    for one in standing_changes(accounts, since.day):
        told = {"before": one.before.level, "after": one.after.level, "row": one.evaluation}
        if one.climbed:
            urgency = KNOW if one.climbed > 0 else NOW
            key = f"{one.before.level}>{one.after.level}"
            yield Finding(one.account, "level", key, urgency, told)
        elif one.began_slipping:
            yield Finding(one.account, "slipping", one.after.level, SOON, told)
        if one.came_near and one.climbed >= 0:
            missing = {"missing": one.after.missing, "row": one.evaluation}
            yield Finding(one.account, "near", one.after.missing, KNOW, missing)


def _health(accounts: QuerySet[Account], since: Since) -> Iterator[Finding]:
    for one in health_changes(accounts, since.day):
        told = {
            "old": one.before.value,
            "new": one.after.value,
            "old_band": one.before.band,
            "new_band": one.after.band,
            "rows": [one.before.key, one.after.key],
            "since": since.day.isoformat(),
        }
        step = "" if one.after.value is None else int(one.after.value // 10)
        way = "unknown" if one.points is None else "up" if one.points > 0 else "down"
        key = f"{way}:{one.after.band}:{step}"
        yield Finding(one.account, "health", key, _how_urgent(one), told)


def _how_urgent(change: HealthChange) -> int:
    if change.points is None:
        return SOON
    if change.points > 0:
        return KNOW
    fallen = change.after.band == Band.POOR and change.before.band != Band.POOR
    return NOW if fallen or change.points <= STEEP else SOON


def _risks(accounts: QuerySet[Account], since: Since) -> Iterator[Finding]:
    for one in risk_crossings(accounts, since.day):
        told = {
            "old": one.before,
            "new": one.after,
            "line": one.line,
            "retrained": one.retrained,
        }
        urgency = KNOW if not one.up else NOW if one.line >= HALF else SOON
        key = f"{'up' if one.up else 'down'}:{one.line}"
        yield Finding(one.account, "risk", key, urgency, told)


def _left(accounts: QuerySet[Account], since: Since) -> Iterator[Finding]:
    if not memberships_ended(accounts, since.moment, since.now).exists():
        return  # as on most days, and quicker asked than who has another role yet
    told: set[tuple[int, int]] = set()
    for row in key_people_left(accounts, since.moment, since.now):
        if (row.account_id, row.person_id) not in told and row.until is not None:
            told.add((row.account_id, row.person_id))
            day = row.until.date().isoformat()
            facts = {"person": row.person_id, "role": row.role, "day": day}
            yield Finding(row.account_id, "left", f"{row.person_id}:{day}", NOW, facts)


def _quiet(accounts: QuerySet[Account], since: Since) -> Iterator[Finding]:
    found = gone_quiet(accounts, since.moment, since.now)
    whose = accounts.filter(pk__in={account for account, _person in found})
    people = key_people(whose, since.now).filter(person__in={person for _a, person in found})
    for row in people if found else ():
        one = found.pop((row.account_id, row.person_id), None)
        if one is not None:
            heard = one.heard_at.date().isoformat()
            facts = {"person": row.person_id, "role": row.role, "day": heard}
            yield Finding(row.account_id, "quiet", f"{row.person_id}:{heard}", SOON, facts)


def _payments(accounts: QuerySet[Account], since: Since) -> Iterator[Finding]:
    for one in payments_missed(accounts, since.moment, since.now):
        told = {
            "invoice": one.invoice,
            "amount": str(one.amount),
            "currency": one.currency,
            "day": one.due_at.date().isoformat() if one.due_at else None,
            "failed": one.failed,
        }
        key = f"{'failed' if one.failed else 'late'}:{one.invoice}"
        yield Finding(one.account, "payment", key, NOW if one.failed else SOON, told)


def _answers(accounts: QuerySet[Account], since: Since) -> Iterator[Finding]:
    for row in detractors_since(accounts, since.moment, since.now):
        if row.account_id is not None:
            told = {"row": row.pk, "score": row.score, "day": row.answered_at.date().isoformat()}
            yield Finding(row.account_id, "answer", row.external_id, NOW, told)


def _tickets(accounts: QuerySet[Account], since: Since) -> Iterator[Finding]:
    for row in urgent_tickets_since(accounts, since.moment, since.now):
        told = {
            "row": row.pk,
            "ticket": row.external_id,
            "priority": row.priority,
            "day": row.opened_at.date().isoformat(),
        }
        yield Finding(row.account_id, "ticket", row.external_id, NOW, told)
