"""A small team with accounts at stake and plays that are on."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tenure.accounts.services import capacity_set
from tenure.advice.models import Suggestion
from tenure.advice.services import week_plan
from tenure.contracts.models import ContractState
from tenure.core import clock
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.services.definitions import play_save, play_switch_on
from tenure.web.tests.factories import account_make
from tenure.web.tests.foresight import prediction_make, run_make

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)  # a Wednesday
MONDAY = date(2026, 3, 2)
PRIOR = {"mean": 0.05, "sd": 0.04, "source": "our own judgement"}


def person(name, role=Role.CSM, hours=None, **values):
    """Somebody, with hours stated for the plan where they are given."""
    user = user_create(actor=None, email=f"{name}@example.com", role=role, name=name.title())
    if hours is not None:
        capacity_set(actor=None, person=user, hours=hours, since=MONDAY, **values)
    return user


def at_stake(name, owner=None, mrr=1000, risk=0.3, **values):
    """An account that pays and may leave."""
    row = account_make(name, owner=owner, **values)
    ContractState.objects.create(account=row, as_of=clock.now(), mrr=Decimal(mrr))
    month = (1 - risk) ** (1 / 12)
    prediction_make(
        row, run=run_make(), mrr=float(mrr), stay=1 - risk, stay_low=1 - risk * 1.5,
        stay_high=1 - risk * 0.5, survival=[month**m for m in range(1, 25)],
    )  # fmt: skip
    return row


def play(key, hours=2.0, on=True, prior=PRIOR, **values):
    """A play with one task, switched on."""
    body = {
        "title": key.replace("-", " ").title(),
        "goal": "Keep the account.",
        "category": "risk",
        "trigger": {"on": "manual"},
        "automatic": False,
        "steps": [{"task": {"title": "Call {{ account.name }}", "note": "Ask.", "hours": hours}}],
        **({"prior": prior} if prior else {}),
        **values,
    }
    play_save(actor=None, key=key, body=body)
    if on:
        play_switch_on(actor=None, key=key)


def planned(actor=None):
    """The plan made now, and its suggestions by the name of their account."""
    row = week_plan(actor=actor)
    return row, {one.account.name: one for one in Suggestion.objects.filter(plan=row)}
