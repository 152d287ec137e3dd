"""Accounts for tests of segments, and short ways to write rules and to ask who belongs."""

from datetime import timedelta

from tenure.health.models import CurrentHealth, Score
from tenure.health.tests.world import TODAY, WEEK, account, panel, period, plan, when
from tenure.metrics.models import AccountSnapshot
from tenure.relationship.models import Evaluation, Standing
from tenure.segments.conditions import parse
from tenure.segments.evaluate import evaluate

__all__ = [
    "TODAY",
    "WEEK",
    "account",
    "belongs",
    "days_ago",
    "evaluation",
    "one",
    "panel",
    "period",
    "plan",
    "rule",
    "score",
    "snapshot",
    "undecided",
    "when",
]


def days_ago(days):
    return TODAY - timedelta(days=days)


def rule(*items, mode="all", title="Some"):
    """The stored form of a rule of conditions."""
    return {"title": title, mode: list(items)}


def one(field, op, value=None, **more):
    """The stored form of one condition."""
    given = {} if value is None else {"value": value}
    return {"field": field, "op": op, **given, **more}


def belongs(*items, mode="all", on=None):
    """Names of the accounts that belong."""
    return _names(evaluate(parse(rule(*items, mode=mode)), on).members)


def undecided(*items, mode="all", on=None):
    """Names of the accounts of which it cannot be told."""
    return _names(evaluate(parse(rule(*items, mode=mode)), on).undecided)


def _names(keys):
    from tenure.accounts.models import Account

    return set(Account.objects.filter(pk__in=keys).values_list("external_id", flat=True))


def score(owner, value, days=0, band=None, computed=None):
    """A score as of some days ago; the newest one made here becomes the current one."""
    at = days_ago(days)
    band = band or ("good" if value >= 70 else "fair" if value >= 40 else "poor")
    row = Score.objects.create(
        account=owner, as_of=at.date(), value=value, band=band, coverage=1, scorecard="default",
        scorecard_version=1, computed_at=computed or at,
    )  # fmt: skip
    if not days:
        CurrentHealth.objects.update_or_create(
            account=owner,
            defaults={
                "score": row, "value": value, "band": band, "coverage": 1, "as_of": at.date(),
            },
        )  # fmt: skip
    return row


def evaluation(owner, level="customer", days=0, answers="ynuyynnn", **flags):
    """An evaluation as of some days ago; today's becomes the standing."""
    at = days_ago(days)
    row = Evaluation.objects.create(
        account=owner, as_of=at.date(), qualifies_as=level, level=level, answers=answers,
        definition_version=1, computed_at=at, **flags,
    )  # fmt: skip
    if not days:
        Standing.objects.update_or_create(
            account=owner,
            defaults={"evaluation": row, "level": level, "since": days_ago(100).date(),
                      "as_of": at.date(), **flags},
        )  # fmt: skip
    return row


def snapshot(owner, **values):
    AccountSnapshot.objects.update_or_create(
        account=owner,
        defaults={"as_of": TODAY.date(), "values": values, "computed_at": TODAY},
    )
