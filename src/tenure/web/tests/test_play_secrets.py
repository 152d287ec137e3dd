"""Who is held out and where channels lead is kept from those who must not know."""

import pytest

from tenure.core import clock
from tenure.core.roles import Role
from tenure.plays.models import Channel, PlayCount, PlayEffect, Run
from tenure.web.tests.playing import (
    outgoing_make,
    play_on,
    plays_make,
    row_of,
    run_make,
    simple_body,
    text,
    two_books,
)

pytestmark = pytest.mark.django_db
ONE = "/plays/renewal_90"


@pytest.fixture
def book(users):
    return two_books(users)


@pytest.fixture
def play(book):
    return plays_make(book)


@pytest.fixture
def csm(users, sign_in):
    return sign_in(Role.CSM)


@pytest.fixture
def leader(users, sign_in):
    return sign_in(Role.LEADER)


def test_few_held_out_are_told_only_to_who_may_know_them(csm, leader, play, book):
    assert "fewer than 5" in row_of(csm.get("/plays"), "Renewal in sight")
    for address in (ONE, f"{ONE}/held-back"):
        assert "fewer than 5" in text(csm.get(address))
        assert "fewer than 5" not in text(leader.get(address))
    hidden, known = text(csm.get(f"{ONE}/held-back")), text(leader.get(f"{ONE}/held-back"))
    assert "Started, held out and held back" in known
    for word in ("met the trigger", "Started, held out and held back"):
        assert word not in hidden
    PlayCount.objects.filter(what="held_out").update(count=7)
    assert "fewer than 5" not in text(csm.get(f"{ONE}/held-back")).replace("7 days", "")


def test_starting_by_hand_says_the_same_whether_or_not_an_account_is_held_out(csm, leader, book):
    hello = play_on("hello", simple_body())
    run_make(hello, book[1], "held_out", held_out=True, slot=1, stratum="x", propensity=0.9)
    told, words = [], ("Say hello", "had it", "held")
    for account in book[:2]:
        form = text(csm.get(f"/accounts/{account.pk}/start"))
        done = text(csm.post(f"/accounts/{account.pk}/start", {"play": "hello"}, follow=True))
        told += [(form + done).count(word) for word in words]
        assert Run.objects.filter(account=account, state="active").count() == 1
    assert told[:3] == told[3:]
    PlayEffect.objects.create(
        play=hello, version=1, endpoint="retention", days=90, on=clock.today(), covariates=0,
        treated=[9, 0, 0, 9], held_out=[9, 0, 0, 9], p=1, assigned_p=1, measured_p=1, expected=9,
        verdict="not known yet", worth=0.02,
    )  # fmt: skip
    said = "1 of those held out was started by hand all the same"
    assert said in text(leader.get("/plays/hello/effect"))
    assert "by hand all the same" not in text(csm.get("/plays/hello/effect"))


def test_where_a_channel_leads_is_told_to_administrators_alone(sign_in, leader, csm, play, book):
    run = Run.objects.get(account=book[0])
    host = "hooks.secret.example"
    for state, kind in (("failed", "webhook"), ("unsure", "chat"), ("failed", "mail")):
        sent = outgoing_make(run, state, kind, channel=Channel.objects.get(), ended_at=clock.now())
        sent.reason = f"{host}: Name or service not known"
        sent.save()
    dropped = outgoing_make(run, "dropped", "chat", channel=Channel.objects.get())
    dropped.reason = "The run has ended before it was sent."
    dropped.save()
    timeline = f"/accounts/{book[0].pk}/timeline?kind=play"
    for client in (csm, leader):
        page = text(client.get("/plays/outgoing"))
        assert page.count("The channel Room did not take it; an administrator sees why.") == 3
        assert page.count(host) == 1, "a mail server's own words"
        assert dropped.reason in page
        assert text(client.get(timeline)).count(host) == 1
        assert host not in text(client.get(f"/plays/runs/{run.pk}"))
    assert text(sign_in(Role.ADMIN).get("/plays/outgoing")).count(host) == 3
