"""Plays, runs, mails and the plan of the week for the company of bench/pages.py, in bulk."""

import random
from collections.abc import Sequence
from datetime import timedelta

from tenure.accounts.hours import owners_on
from tenure.accounts.models import Account
from tenure.advice.models import Suggestion
from tenure.advice.services import week_plan
from tenure.cli.demo_plays import ON
from tenure.core import clock
from tenure.core.insertion import insert
from tenure.plays.models import Outgoing, Play, Run
from tenure.plays.services import play_switch_on
from tenure.web.tests.playing import plays_make

STATES = ("active", "active", "done", "done", "done", "held_out", "exited")


def plays_at_size(book: Sequence[Account]) -> None:
    """Some of everything, and of runs and mails one for each account and more."""
    plays_make(book)
    for key in ON:
        play_switch_on(actor=None, key=key)
    dice, now = random.Random(7), clock.now()
    plays = list(Play.objects.filter(key__in=ON).order_by("pk"))
    rows = []
    for account in book:
        for play in dice.sample(plays, 2):
            state, met = dice.choice(STATES), now - timedelta(days=dice.random() * 120)
            over = state in {"done", "exited"}
            rows.append({
                "play_id": play.pk, "version": 1, "account_id": account.pk, "state": state,
                "met_at": met, "started_at": met, "because": {"kind": "enters"},
                "held_out": state == "held_out", "propensity": 0.9,
                "wake_at": now + timedelta(days=9) if state == "active" else None,
                "waits_for": "time" if state == "active" else "",
                "ended_at": met + timedelta(days=9) if over else None,
            })  # fmt: skip
    insert(Run, rows)
    insert(Outgoing, [
        {
            "key": f"bench:{account.pk}", "kind": "mail", "account_id": account.pk, "state": "sent",
            "made_at": now, "try_at": now, "ended_at": now,
            "payload": {"subject": "How is it going?", "body": "Hello", "language": "en"},
        }
        for account in book
    ])  # fmt: skip
    _suggested(book, plays)


def _suggested(book: Sequence[Account], plays: Sequence[Play]) -> None:
    """A plan in which every manager has as many suggestions as a week may hold, and a full pool."""
    now, monday = clock.now(), clock.week_start(clock.today())
    plan = week_plan(actor=None)
    assert plan is not None
    dice, owners = random.Random(9), owners_on(now)
    insert(Suggestion, [
        {
            "plan_id": plan.pk, "week": monday, "account_id": account.pk,
            "play": plays[place % len(plays)].key, "version": 1,
            "person_id": owners.get(account.pk), "pooled": account.pk not in owners,
            "hours": 1.0, "value": dice.random() * 900, "low": -90.0, "high": 900.0,
            "effect": 0.02, "effect_sd": 0.03, "assumed": True, "source": "Our own judgement",
            "stake": 9000.0, "risk": 0.2, "risk_low": 0.1, "risk_high": 0.4, "made_at": now,
            "why": {"drivers": [], "level": "customer"},
        }
        for place, account in enumerate(dice.sample(list(book), min(1500, len(book))))
    ])  # fmt: skip
