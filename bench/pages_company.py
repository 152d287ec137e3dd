"""The company of bench/pages.py: 10,000 accounts, each with people, a year's weeks and a past.

Import it after Django's settings are there. What a refresh derives comes from the same makers as
the tests use; what they make for one account is made here for many, in bulk.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model

from pages_plays import plays_at_size
from tenure.accounts.models import Account, Membership, Person, PersonRole
from tenure.contracts.models import Invoice
from tenure.core import clock
from tenure.core.insertion import fields_of, insert, rows_of
from tenure.core.models import User
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.health.models import Score
from tenure.plays.models import Task
from tenure.relationship.models import Evaluation
from tenure.segments.models import Belonging, Cause, Segment
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint
from tenure.web.tests.everything import around_make
from tenure.web.tests.evidence import chances_make, evidence_make, levels_make
from tenure.web.tests.factories import SUBJECTS, ago, book_make, story_make
from tenure.web.tests.foresight import renewals_make
from tenure.web.tests.paying import books_make, costs_make, paid_make
from tenure.web.tests.using import usage_make

OWNERS = 50
WEEKS = 26
PEOPLE, TOUCHPOINTS = 4, 8
CHUNK = 5000
ROLES = (PersonRole.CHAMPION, PersonRole.USER, PersonRole.DECISION_MAKER, PersonRole.USER)


def build(accounts: int, stories: int) -> None:
    """Everything that the pages show of so many accounts; `stories` of them with a long past."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    owners = [
        user_create(actor=None, email=f"csm{i}@example.com", role=Role.CSM) for i in range(OWNERS)
    ]
    leader = user_create(actor=None, email="leader@example.com", role=Role.LEADER)
    admin = user_create(actor=None, email="admin@example.com", role=Role.ADMIN)
    users = {Role.CSM: owners[0], Role.LEADER: leader, Role.ADMIN: admin}
    with transaction.atomic():
        book = book_make(accounts, owners=owners)
        weeks_make()
        paid_make(book)
        costs_make()
        pasts_make(book)
        # The first manager's book has as many long pasts as the draw of all accounts.
        told = random.Random(1).sample(book, min(stories, len(book)))
        for account in {a.pk: a for a in (*told, *book[: 20 * OWNERS : OWNERS])}.values():
            story_make(account, touchpoints=60)
        tasks_make(book, owners)
        run = evidence_make()
        levels_make(book)
    chances_make()
    books_make()
    renewals_make(book, author=owners[0])
    usage_make(book)
    around_make(told[0], users, run)
    belongings_make(book)
    plays_at_size(book)


def _written(model: type[Model], rows: Iterator[dict[str, object]]) -> None:
    while part := list(islice(rows, CHUNK)):
        insert(model, part)


def pasts_make(accounts: Sequence[Account]) -> None:
    """People of every account, and some touchpoints, tickets, answers and invoices of each."""
    dice = random.Random(5)
    _written(Person, (row for a in accounts for row in _people(a)))
    keys = dict(Person.objects.values_list("external_id", "pk"))
    whole = [(a, [keys[f"{a.external_id}-q{i}"] for i in range(PEOPLE)]) for a in accounts]
    _written(
        Membership,
        (
            {"person_id": person, "account_id": a.pk, "role": role, "since": ago(600),
             "recorded_at": ago(600)}
            for a, people in whole for person, role in zip(people, ROLES, strict=True)
        ),
    )  # fmt: skip
    _written(Touchpoint, (row for a in accounts for row in _touchpoints(a, dice)))
    through: type[Model] = Touchpoint.people.through
    by_account = {a.pk: people for a, people in whole}
    touched = Touchpoint.objects.values_list("pk", "account_id").iterator()
    _written(
        through,
        (
            {"touchpoint_id": pk, "person_id": by_account[account][pk % PEOPLE]}
            for pk, account in touched
        ),
    )
    for model, made in ((Ticket, _tickets), (SurveyAnswer, _answers), (Invoice, _invoices)):
        _written(model, (row for a, people in whole for row in made(a, people, dice)))


def _people(account: Account) -> Iterator[dict[str, object]]:
    for i in range(PEOPLE):
        yield {
            "external_id": f"{account.external_id}-q{i}", "name": f"Person {i} {account.name}",
            "email": f"q{i}@{account.domain}", "title": "Head of operations",
            "recorded_at": ago(600),
        }  # fmt: skip


def _touchpoints(account: Account, dice: random.Random) -> Iterator[dict[str, object]]:
    for i in range(TOUCHPOINTS):
        at = ago(dice.uniform(1, 400))
        yield {
            "external_id": f"{account.external_id}-w{i}", "account_id": account.pk,
            "kind": dice.choice(("email", "call", "meeting")), "occurred_at": at,
            "direction": dice.choice(("in", "out", "both")), "subject": dice.choice(SUBJECTS),
            "csm_email": f"csm{account.pk % OWNERS}@example.com", "recorded_at": at,
            "minutes": dice.choice((None, 30.0)),
        }  # fmt: skip


def _tickets(
    account: Account, people: Sequence[int], dice: random.Random
) -> Iterator[dict[str, object]]:
    for i in range(3):
        at = ago(dice.uniform(0, 300))
        yield {
            "external_id": f"{account.external_id}-y{i}", "account_id": account.pk,
            "person_id": people[i], "priority": dice.choice(("low", "normal", "urgent")),
            "subject": "Invoices leave out a line", "opened_at": at, "recorded_at": at,
            "resolved_at": at + timedelta(days=2) if i else None,
        }  # fmt: skip


def _answers(
    account: Account, people: Sequence[int], dice: random.Random
) -> Iterator[dict[str, object]]:
    for i in range(2):
        at = ago(dice.uniform(0, 400))
        yield {
            "external_id": f"{account.external_id}-z{i}", "account_id": account.pk,
            "person_id": people[i], "kind": "nps", "score": float(dice.randrange(11)),
            "answered_at": at, "recorded_at": at,
        }  # fmt: skip


def _invoices(
    account: Account, _people: Sequence[int], dice: random.Random
) -> Iterator[dict[str, object]]:
    for i in range(4):
        at = ago(30 + 90 * i + dice.uniform(0, 30))
        paid = dice.random() < 0.9
        yield {
            "external_id": f"{account.external_id}-v{i}", "account_id": account.pk, "amount": 2400,
            "currency": "EUR", "issued_at": at, "due_at": at + timedelta(days=30),
            "paid_at": at + timedelta(days=24) if paid else None,
            "status": "paid" if paid else "open", "recorded_at": at,
        }  # fmt: skip


def tasks_make(accounts: Sequence[Account], owners: Sequence[User]) -> None:
    """A task on every tenth account, due within two weeks of today."""
    dice = random.Random(6)
    _written(
        Task,
        (
            {"account_id": a.pk, "title": "Ask about the roll-out", "created_at": ago(20),
             "due_on": clock.today() + timedelta(days=dice.randrange(-14, 14)),
             "owner_id": owners[i % OWNERS].pk}
            for i, a in enumerate(accounts) if dice.random() < 0.1
        ),
    )  # fmt: skip


def weeks_make() -> None:
    """Scores and evaluations of past weeks: those of today, as of each week before."""
    for back in range(2, WEEKS):
        day = clock.today() - timedelta(weeks=back)
        for model in (Score, Evaluation):
            if not rows_of(model).filter(as_of=day).exists():
                _copied(model, clock.today(), day)


def _copied(model: type[Model], source: date, day: date) -> None:
    fields = [f for f in fields_of(model) if not f.primary_key]
    quote, ops = connection.ops.quote_name, connection.ops
    columns = ", ".join(quote(f.column or "") for f in fields)
    dated = {
        "as_of": ops.adapt_datefield_value(day),
        "computed_at": ops.adapt_datetimefield_value(ago((source - day).days)),
    }
    taken = ", ".join("%s" if f.name in dated else quote(f.column or "") for f in fields)
    given = [dated[f.name] for f in fields if f.name in dated]
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {taken} FROM {table} WHERE as_of = %s",
            [*given, ops.adapt_datefield_value(source)],
        )


def belongings_make(accounts: Sequence[Account]) -> None:
    """A history for each segment: who belonged for some weeks of the last half year."""
    first, dice = clock.today() - timedelta(weeks=WEEKS), random.Random(8)
    for segment in Segment.objects.all():
        _written(
            Belonging,
            (
                {"segment_id": segment.pk, "account_id": a.pk, "recorded_at": ago(1),
                 "entered_on": (day := first + timedelta(days=dice.randrange(120))),
                 "left_on": day + timedelta(days=dice.randrange(7, 60)), "entered_version": 0,
                 "left_version": 0, "entered_cause": Cause.CHANGE, "left_cause": Cause.CHANGE}
                for a in accounts if dice.random() < 0.3
            ),
        )  # fmt: skip
        segment.reckoned_from = first
        segment.save(update_fields=["reckoned_from"])
