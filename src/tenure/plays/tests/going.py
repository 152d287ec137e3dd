"""A small company for tests of runs: plays that are on, accounts with people, runs that go on."""

from datetime import UTC, datetime, timedelta

import pytest

from tenure.accounts.models import Account, Membership, OwnerAssignment, Person
from tenure.core import clock
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.models import Outgoing, Play, Run, RunStep
from tenure.plays.running.stepping import advance
from tenure.plays.services import play_save, play_switch_on
from tenure.plays.services.runs import run_begin

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
"""A Wednesday, in working hours."""
HOT = {"all": [{"field": "custom.mood", "op": "one_of", "value": ["hot"]}]}
MAIL = {"mail": {"to": ["champion", "user"], "subject": "Hello", "body": "Dear {{ person.name }}"}}


@pytest.fixture
def at_nine():
    """It is Wednesday, nine o'clock."""
    with clock.at(NOW):
        yield


def user(name, role=Role.CSM, **more):
    return user_create(actor=None, email=f"{name}@x.example", role=role, name=name, **more)


def account(name="acme", owner=None, **more):
    row = Account.objects.create(external_id=name, name=name.title(), recorded_at=NOW, **more)
    if owner is not None:
        own(row, owner)
    return row


def own(row, owner):
    OwnerAssignment.objects.create(account=row, owner=owner, since=NOW, recorded_at=NOW)


def person(name, of, role="champion", /, **more):
    given = {"email": f"{name}@acme.example", "name": name.title(), "language": "en"} | more
    row = Person.objects.create(external_id=name, recorded_at=NOW, **given)
    Membership.objects.create(person=row, account=of, role=role, recorded_at=NOW)
    return row


def play(*steps, key="rescue", **parts):
    """A version of these steps, saved and switched on."""
    body = {
        "title": "Rescue", "goal": "They stay", "category": "risk", "trigger": {"on": "manual"},
        "steps": list(steps), "hold_out": 0, **parts,
    }  # fmt: skip
    saved = play_save(actor=None, key=key, body=body)
    return play_switch_on(actor=None, key=key, version=saved.version)


def run(of, on, version=None):
    """A run of a play that has just begun."""
    row = Run.objects.create(
        play=on, version=version or on.running, account=of, because={"kind": "manual"}, met_at=NOW
    )
    run_begin(row, clock.now())
    return row


def go(row, days=0.0, hours=0.0):
    """Let runs go on so much later; the run as it is then."""
    with clock.at(NOW + timedelta(days=days, hours=hours)):
        advance()
    row.refresh_from_db()
    return row


def told(row):
    """What a run did: the kinds with their outcomes, in order."""
    return [
        f"{step.kind} {step.outcome}" for step in RunStep.objects.filter(run=row).order_by("visit")
    ]


def reason(row):
    return RunStep.objects.filter(run=row).order_by("-visit").first().detail.get("reason", "")


def going_out():
    return list(Outgoing.objects.order_by("pk"))


def play_of(key):
    return Play.objects.get(key=key)
