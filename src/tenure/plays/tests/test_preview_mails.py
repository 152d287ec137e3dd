"""A preview writes to whom the running plays would write."""

import random
from datetime import timedelta

import pytest

from tenure.accounts.models import Membership, Person
from tenure.core import clock
from tenure.plays.definition.reading import parse
from tenure.plays.models import DoNotDisturb, KeptWish, Outgoing
from tenure.plays.preview.mailing import Mailing
from tenure.plays.running.recipients import recipients
from tenure.plays.selectors.wishes import digest_of
from tenure.plays.tests.arriving import START, account, body, day

pytestmark = [pytest.mark.django_db, pytest.mark.once]
AWAKE = {"from": 0, "to": 0, "weekends": False}
ROLES = ["champion", "sponsor", "user"]


def _company(dice):
    rows = [account(f"a{n}") for n in range(6)]
    for number in range(30):
        person = Person.objects.create(
            external_id=f"p{number}", recorded_at=START,
            email=f"{dice.choice('pP')}{number % 19}@x.example" if number % 5 else "",
            merged_into=Person.objects.last() if number % 13 == 8 else None,
            consent_at=START if number % 3 else None,
            erased_at=START if number % 11 == 0 else None,
        )  # fmt: skip
        for row in dice.sample(rows, 2):
            Membership.objects.create(
                person=person, account=row, role=dice.choice(ROLES), recorded_at=START,
                since=dice.choice([None, day(-9), day(2)]), until=dice.choice([None, day(3)]),
            )  # fmt: skip
        if number % 7 == 0:
            DoNotDisturb.objects.create(
                person=person, since=day(1), until=day(2), recorded_at=START,
                source=dice.choice(DoNotDisturb.Source.values),
            )  # fmt: skip
        if number % 4 == 0:
            Outgoing.objects.create(
                key=f"k{number}", kind="mail", account=rows[0], person=person, state="sent",
                made_at=START, try_at=START, ended_at=day(-(number % 9)),
            )  # fmt: skip
    KeptWish.objects.create(digest=digest_of("p6@x.example"), since=START)
    return rows


def test_the_same_people_get_the_same_mails():
    dice = random.Random("thirty people")
    with clock.at(START):
        rows = _company(dice)
        reasons = set()
        for _attempt in range(80):
            to, most = dice.sample(ROLES, dice.randint(1, 3)), dice.randint(1, 3)
            mail = {"mail": {"to": to, "most": most, "subject": "s", "body": "b"}}
            play = parse("p", body(steps=[mail], quiet=AWAKE, limits={"person": 7}))
            row, moment = dice.choice(rows), day(0) + timedelta(hours=dice.randrange(120))
            there = recipients(row, to, most, 7, moment)
            at, people, reason = Mailing(play).to(row.pk, play.steps[0], moment, frozenset())
            assert (at, people, reason) == (moment, [one.pk for one in there.people], there.reason)
            reasons.add(reason)
        assert {"", "nobody"} <= reasons


def test_what_a_preview_sends_counts_for_the_next_mail_and_goes_out_after_the_quiet_time():
    with clock.at(START):
        acme = account("acme")
        ann = Person.objects.create(external_id="ann", email="ann@x.example", recorded_at=START)
        Membership.objects.create(person=ann, account=acme, role="user", recorded_at=START)
        mail = {"mail": {"to": ["user"], "subject": "s", "body": "b"}}
        play = parse("p", body(steps=[mail], limits={"person": 7}))
        mailing, step = Mailing(play), play.steps[0]
        saturday = day(5).replace(hour=12, minute=0)
        at, people, _reason = mailing.to(acme.pk, step, saturday, frozenset())
        assert (at.weekday(), people) == (0, [ann.pk])
        assert mailing.to(acme.pk, step, saturday + timedelta(days=4), frozenset())[1:] == (
            [],
            "capped",
        )
        later = saturday + timedelta(days=9)
        assert mailing.to(acme.pk, step, later, {acme.pk})[1:] == ([], "peace")
        assert mailing.to(acme.pk, step, later, frozenset())[1] == [ann.pk]
