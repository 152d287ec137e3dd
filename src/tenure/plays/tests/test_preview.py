"""The preview decides as the running plays do: replayed, the days come to the same, row by row."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from tenure.accounts.models import Membership, Person
from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.plays.arrivals.shape import start_of
from tenure.plays.models import DoNotDisturb, Outgoing, PlayCount, Run, RunStep
from tenure.plays.preview.simulating import preview
from tenure.plays.running.conditions import Holding
from tenure.plays.running.leaving import runs_refresh
from tenure.plays.running.stepping import advance
from tenure.plays.selectors.definitions import definition_of
from tenure.plays.tests.arriving import (
    START,
    account,
    answers,
    climbs,
    day,
    feels,
    look,
    model,
    moves,
    pays,
    play,
    predicted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAYS = 18
COUNTRIES = ["DE", "FR", "NL", "IT"]


def country(*words):
    return {"all": [{"field": "account.country", "op": "one_of", "value": list(words)}]}


STEPS = [
    {"task": {"title": "Call", "note": "n", "who": "pool", "days": 2, "wait": 0, "hours": 1.5}},
    {"mail": {"to": ["champion", "user"], "most": 1, "subject": "Hello", "body": "Well"}},
    {
        "branch": {
            "when": country("DE"),
            "then": [{"wait": {"days": 2}}],
            "otherwise": [{"wait": {"until": country("FR", "NL"), "days": 4}}],
        }
    },
    {"task": {"title": "Look", "note": "n", "who": "pool", "days": 1, "wait": 0, "hours": 0.5}},
    {"wait": {"days": 1}},
]
MORE = {
    "audience": country("DE", "FR", "IT"),
    "leave": country("IT"),
    "steps": STEPS,
    "hold_out": 0.5,
    "limits": {"day": 1, "again": 5, "patience": 2, "person": 0},
    "quiet": {"from": 0, "to": 0, "weekends": False},
}
TRIGGERS = {
    "enters": {"on": "enters", "rule": country("DE")},
    "audience": {"on": "enters"},
    "leaves": {"on": "leaves", "rule": country("NL")},
    "level": {"on": "level", "to": "client"},
    "health": {"on": "health", "to": "poor", "from": "fair"},
    "answer": {"on": "answer", "survey": "nps", "lowest": 0, "highest": 6},
    "risk": {"on": "risk", "months": 3, "above": 0.5},
    "date": {"on": "date", "field": "contract.renews_at", "days": -10},
}


def _company():
    rows = []
    with clock.at(day(-5)):
        for number in range(14):
            row = account(f"a{number:02}", COUNTRIES[number % 4])
            pays(row, 100 + number % 3, renews_in=number + 12)
            person = Person.objects.create(
                external_id=row.external_id, email=f"{row.external_id}@x.example", name="P",
                recorded_at=clock.now(),
            )  # fmt: skip
            if number % 5:
                role = "champion" if number % 2 else "user"
                Membership.objects.create(
                    person=person, account=row, role=role, recorded_at=clock.now()
                )
            rows.append(row)
    for row, parent in ((rows[3], rows[0]), (rows[5], rows[0])):
        row.parent = parent
        row.save()
    return rows


def _a_day(rows, run, dice):
    """What happens in the company between one look and the next."""
    for row in rows:
        if dice.random() < 0.3:
            moves(row, dice.choice(COUNTRIES))
        if dice.random() < 0.2:
            climbs(row, dice.choice(["client", "customer"]))
        if dice.random() < 0.2:
            feels(row, dice.choice(["poor", "good"]), dice.choice(["fair", "good"]))
        if dice.random() < 0.2:
            answers(row, dice.randrange(11), days_late=dice.choice([0, 0, 3, 30]))
        if dice.random() < 0.5:
            predicted(run, row, dice.choice([0.2, 0.6]))
        if dice.random() < 0.03:
            DoNotDisturb.objects.create(
                account=row, since=clock.now(), until=clock.now() + timedelta(days=3),
                recorded_at=clock.now(),
            )  # fmt: skip


def _worker():
    holding = Holding(clock.today())
    while advance(1, holding):
        Outgoing.objects.filter(state="waiting").update(state="sent", ended_at=clock.now())


def _live(rows, dice):
    """Twenty days of the running play, a look an evening."""
    with clock.at(start_of(START.date())):
        run = model()
        look()
    for number in range(DAYS):
        with clock.at(day(number)):
            _a_day(rows, run, dice)
            _worker()
            runs_refresh(Refresh(clock.today()))
            look()
            _worker()


def _told_live(key):
    """What a play did: (day, account, what, of which) → how often."""
    found = Counter()
    own, of_run = Run.objects.filter(play__key=key), {"run__play__key": key}
    steps = RunStep.objects.filter(**of_run)
    for kind, outcome, at, owner, title in steps.values_list(
        "kind", "outcome", "at", "run__account_id", "task__title"
    ):
        if kind in {"branch", "task"}:
            found[at.date(), owner, kind, title or outcome] += 1
        elif outcome == "skipped":
            found[at.date(), owner, outcome, ""] += 1
    mails = Outgoing.objects.filter(**of_run)
    for person, at, owner in mails.values_list("person_id", "made_at", "account_id"):
        found[at.date(), owner, "mail", person] += 1
    for state, at, end, owner in own.values_list("state", "started_at", "ended_at", "account_id"):
        assert state not in {"failed", "stopped"}
        if at is not None:
            found[at.date(), owner, "held_out" if state == "held_out" else "start", ""] += 1
        if state in {"done", "exited"}:
            found[end.date(), owner, "end" if state == "done" else "left", ""] += 1
    return found


def _told_by(preview):
    """The same of a preview."""
    found = Counter()
    titles = {0: "Call", 5: "Look"}
    for row in preview.rows:
        of = {"task": titles.get(row.line), "mail": row.person, "branch": row.note}
        if row.what not in {"wait", "to_come"}:
            found[row.day, row.account, row.what, of.get(row.what, "")] += 1
    return found


def _counted(key):
    """What was counted of a play, and its arrivals by day."""
    rows = PlayCount.objects.filter(play__key=key)
    found = Counter()
    for what, count in rows.values_list("what", "count"):
        found[what] += count
    met = rows.filter(what="met").values_list("day", "count")
    return found, {on.isoformat(): count for on, count in met}


def test_what_previews_tell_is_what_the_running_plays_did(settings):
    settings.SECRET_KEY = "as good as any other"
    rows, dice = _company(), random.Random("eighteen days")
    with clock.at(start_of(START.date())):
        for number, (key, trigger) in enumerate(TRIGGERS.items()):
            play(key, trigger, **MORE, priority=50 + number % 4)
    _live(rows, dice)
    total = Counter()
    for key in TRIGGERS:
        with clock.at(day(DAYS - 1)):
            found = preview(definition_of(key, 1), 1, days=DAYS)
        totals, (live, arrived) = found.totals, _counted(key)
        assert _told_by(found) == _told_live(key), key
        told = Counter(met=totals.met, started=totals.started, held_out=totals.held_out)
        told += Counter(totals.refused) + Counter(totals.held_back)
        assert told + Counter(expired=totals.expired) == +live, key
        assert totals.arrivals == arrived
        waiting = Run.objects.filter(state="queued", play__key=key).count()
        assert totals.queued == waiting
        turned_away = sum(totals.refused.values())
        assert totals.met == (
            totals.started + totals.held_out + totals.expired + totals.queued + turned_away
        )
        total += told
    # Every way there is was gone.
    assert total["started"] > 5
    assert total["held_out"] > 4
    for what in ("again", "running", "outside", "quiet", "day_full", "other_play"):
        assert total[what] > 0, what
