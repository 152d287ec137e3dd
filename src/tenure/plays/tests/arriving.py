"""A small company for tests of arrivals and starts: plays in stored form, accounts and facts."""

from datetime import UTC, datetime, timedelta

from tenure.accounts.models import Account, AttributeChange
from tenure.contracts.models import Plan, SubscriptionPeriod
from tenure.contracts.stage import contracts_refresh
from tenure.core import clock
from tenure.core.models import DefinitionVersion
from tenure.core.pipeline import Refresh
from tenure.forecast.models import ForecastRun, Prediction
from tenure.health.models import BandChange
from tenure.plays.models import Play, PlayCount, Run
from tenure.plays.starting.stage import plays_refresh
from tenure.relationship.models import LevelChange
from tenure.timeline.models import SurveyAnswer

START = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
GERMAN = {"all": [{"field": "account.country", "op": "one_of", "value": ["DE"]}]}


def day(number):
    """The evening of a day, counted from the first."""
    return START + timedelta(days=number)


def body(trigger=None, **more):
    """A play of one long wait in stored form."""
    return {
        "title": "A play",
        "goal": "They stay.",
        "category": "risk",
        "trigger": trigger or {"on": "enters", "rule": GERMAN},
        "steps": [{"wait": {"days": 300}}],
        "hold_out": 0,
        **more,
    }


def play(key="first", trigger=None, version=1, **more):
    """A version that is saved and switched on."""
    now = clock.now()
    DefinitionVersion.objects.create(
        kind="play", key=key, version=version, body=body(trigger, **more), created_at=now
    )
    row, _made = Play.objects.get_or_create(key=key)
    row.running, row.switched_at = version, now
    row.save()
    return row


def account(name, country="FR", **more):
    return Account.objects.create(
        external_id=name, name=name, country=country, recorded_at=clock.now(), **more
    )


def moves(row, country):
    """An account's country changes now, as a load changes it."""
    AttributeChange.objects.create(
        account=row, field="country", old=row.country, recorded_at=clock.now()
    )
    row.country = country
    row.save()


def pays(row, mrr, renews_in=None):
    """A contract since long ago, renewed in some days, known from now on."""
    now = clock.now()
    plan, _made = Plan.objects.get_or_create(
        external_id="p", defaults={"name": "P", "tier": 1, "recorded_at": now}
    )
    SubscriptionPeriod.objects.create(
        external_id=row.external_id, account=row, plan=plan, mrr=mrr, currency="EUR",
        interval="year", term_months=12, started_at=now - timedelta(days=100),
        renews_at=None if renews_in is None else now + timedelta(days=renews_in),
        recorded_at=now,
    )  # fmt: skip


def climbs(row, new, old="customer", days_late=0):
    now = clock.now()
    LevelChange.objects.create(
        account=row, as_of=now.date() - timedelta(days=days_late), old=old, new=new,
        recorded_at=now,
    )  # fmt: skip


def feels(row, new, old="fair"):
    now = clock.now()
    BandChange.objects.create(account=row, as_of=now.date(), old=old, new=new, recorded_at=now)


def answers(row, score, kind="nps", days_late=0):
    now = clock.now()
    return SurveyAnswer.objects.create(
        external_id=f"{row.pk}-{now.isoformat()}-{score}", account=row, kind=kind, score=score,
        answered_at=now - timedelta(days=days_late), recorded_at=now,
    )  # fmt: skip


def model(signal=True):
    now = clock.now()
    return ForecastRun.objects.create(
        started_at=now, as_of=now.date(), code_version="1", signal=signal, status="live"
    )


def predicted(run, row, risk, mrr=None):
    """A prediction made today: the same risk at every horizon."""
    now = clock.now()
    Prediction.objects.create(
        run=run, account=row, as_of=now.date(), made_at=now, survival=[1 - risk] * 24,
        stay=1 - risk, stay_low=1 - risk, stay_high=1 - risk, mrr=mrr,
    )  # fmt: skip


def look():
    """The refresh of contracts and of plays, now."""
    contracts_refresh(Refresh(clock.today()))
    return plays_refresh(Refresh(clock.today()))


def runs(**narrowed):
    """Names of the accounts with such runs, by name."""
    rows = Run.objects.filter(**narrowed).order_by("account__external_id")
    return list(rows.values_list("account__external_id", flat=True))


def counts(key="first"):
    """What was counted of a play over all days."""
    found = {}
    for what, count in PlayCount.objects.filter(play__key=key).values_list("what", "count"):
        found[what] = found.get(what, 0) + count
    return found
