"""Fields asked of a few accounts are what they are where all are asked, and no others are read."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from tenure.accounts.models import AttributeChange, Membership, OwnerAssignment, Person
from tenure.contracts.models import Invoice
from tenure.core import clock
from tenure.core.services import currency_rate_set
from tenure.health.tests.world import refresh
from tenure.relationship.models import LevelChange
from tenure.segments.conditions import Condition, parse
from tenure.segments.evaluate import evaluate, evaluate_all
from tenure.segments.facts import Known
from tenure.segments.facts.known import SOURCES
from tenure.segments.fields import FIXED, fixed_or_open
from tenure.segments.operators import OPERATORS
from tenure.segments.tests.world import (
    TODAY,
    account,
    days_ago,
    evaluation,
    one,
    panel,
    period,
    plan,
    rule,
    score,
    snapshot,
    when,
)
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint
from tenure.web.tests.foresight import prediction_of, run_make

OPEN = ("metric.seat_share", "metric.active_people", "custom.region")
ROLES = (("champion", None), ("champion", "2025-02-01"), ("sponsor", "2025-02-01"))
AGO = (20, 120)
BEFORE = TODAY.date() - timedelta(days=21)
TERMS = (
    {"auto_renew": True, "renews_at": when("2026-01-01"), "term_months": 12, "mrr": 100},
    {"is_trial": True, "renews_at": when("2025-08-15"), "mrr": 0},
    {"ended": "2025-06-20", "mrr": 10},
)


@pytest.fixture
def six(users):
    """Twice one that pays, one on trial and one that left, each with a row of every other kind."""
    currency_rate_set(actor=None, currency="USD", day=date(2020, 1, 1), rate=1)
    found = [_told(number, users) for number in range(1, 7)]
    week = date(2025, 6, 16)
    panel({(one, week): {"active_people": 3.0 + one.pk, "seat_share": 0.5} for one in found})
    refresh("contracts")
    run = run_make()
    for made in (days_ago(25), TODAY):
        with clock.at(made):
            for owner in found:
                prediction_of(owner, run).save()
    return found


def _told(number, users):
    owner = account(
        f"a{number}", country="NL", segment="Small", industry="Books", language="nl",
        employees=number, domain=f"a{number}.nl", custom={"region": f"north {number}"},
    )  # fmt: skip
    OwnerAssignment.objects.create(
        account=owner, owner=users["csm"], since=days_ago(90), recorded_at=days_ago(90)
    )
    for field in ("country", "custom.region"):
        AttributeChange.objects.create(
            account=owner, field=field, old=f"B{number}", new="NL", recorded_at=days_ago(5)
        )
    terms = TERMS[number % 3]
    period(owner, plan=plan(f"pro{number}", number), currency="USD", seats=number, **terms)
    Invoice.objects.create(
        external_id=f"i{number}", account=owner, amount=10, currency="USD",
        issued_at=days_ago(90), due_at=days_ago(60 + number), recorded_at=days_ago(90),
    )  # fmt: skip
    for days in (0, 25):
        score(owner, 40 + number, days=days)
        evaluation(owner, days=days, answers="y" * 8, missing_clause="C2")
    LevelChange.objects.create(
        account=owner, as_of=days_ago(100).date(), new="customer", recorded_at=days_ago(100)
    )
    snapshot(owner, active_people=number, seat_share=0.5)
    champion, *_left = [_person(owner, role, until) for role, until in ROLES]
    _heard(owner, champion)
    return owner


def _person(owner, role, until):
    person = Person.objects.create(
        external_id=f"{owner}{role}{until}", recorded_at=when("2024-01-01")
    )
    Membership.objects.create(
        person=person, account=owner, role=role, since=when("2024-01-01"),
        until=when(until) if until else None, recorded_at=when("2024-01-01"),
    )  # fmt: skip
    return person


def _heard(owner, person):
    for days in AGO:
        at = {"account": owner, "external_id": f"{owner}{days}", "recorded_at": days_ago(days)}
        touch = Touchpoint.objects.create(
            **at, kind="call", direction="in", occurred_at=days_ago(days)
        )
        touch.people.add(person)
        Ticket.objects.create(**at, person=person, opened_at=days_ago(days))
        SurveyAnswer.objects.create(
            **at, person=person, kind="nps", score=9, answered_at=days_ago(days)
        )


@pytest.mark.parametrize("day", [TODAY.date(), BEFORE])
def test_what_is_known_of_one_account_is_the_same_alone_as_among_all(six, day):
    fields = [*FIXED, *(fixed_or_open(key) for key in OPEN)]
    asked = [Condition(field, OPERATORS["known"]) for field in fields]
    whole, alone = Known(day, asked), {one.pk: Known(day, asked, [one.pk]) for one in six}
    assert [mine.accounts for mine in alone.values()] == [[owner] for owner in whole.accounts]
    for field in fields:
        values = whole.column(field.source, field.name)
        assert len(values) > 1, field.key
        for owner, mine in alone.items():
            read = dict(mine.column(field.source, field.name))
            assert read == {key: values[key] for key in values if key == owner}, field.key


def test_a_rule_answers_for_a_few_accounts_as_for_all(six):
    rules = [
        parse(rule(one("contract.tier", "equals", 3), one("level.missing", "known"), mode=mode))
        for mode in ("all", "any", "none", "not_all")
    ] + [parse(rule(one("contract.renews_at", "in_next", 400)))]
    whole = evaluate_all(rules)
    for owner in six:
        for alone, all_of_them in zip(evaluate_all(rules, among=[owner.pk]), whole, strict=True):
            assert alone.members == tuple(k for k in all_of_them.members if k == owner.pk)
            assert alone.undecided == tuple(k for k in all_of_them.undecided if k == owner.pk)
    assert [found.members for found in evaluate_all(rules, among=[])] == [()] * len(rules)
    assert whole[0].members == (six[2].pk,)
    assert whole[4].undecided


def test_what_is_left_open_for_few_accounts_is_read_of_those_only(six, monkeypatch):
    """The first condition settles all accounts but one, whichever comes first in the text."""
    asked = []
    whole = dict(SOURCES)
    for name, read in whole.items():
        monkeypatch.setitem(SOURCES, name, _noted(asked, name, read))
    costly = one("contact.last", "in_last", 30)
    for items in permutations([costly, one("account.employees", "equals", 3)]):
        asked.clear()
        assert evaluate(parse(rule(*items))).members == (six[2].pk,)
        assert asked == [("account", None), ("contact", frozenset({six[2].pk}))]


def _noted(asked, name, read):
    def noting(moment, names):
        asked.append((name, moment.among))
        return read(moment, names)

    return noting


def test_that_nothing_was_ever_recorded_is_asked_of_all_accounts(six):
    """Of an account without a ticket it is known that none is open, as others have some."""
    quiet = account("quiet")
    known = parse(rule(one("contact.tickets_open", "equals", 0)))
    assert evaluate_all([known], among=[quiet.pk])[0].members == (quiet.pk,)
