"""A wish for no more mails holds for the person, by whichever record they are written to."""

import pytest

from tenure.core import clock
from tenure.plays.models import DoNotDisturb, KeptWish
from tenure.plays.running.recipients import people_in_peace, recipients
from tenure.plays.services.unsubscribing import person_unsubscribe, wants_no_mail
from tenure.plays.tests.going import NOW, account, at_nine, person
from tenure.privacy.services import person_erase

__all__ = ["at_nine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]


def asked(of):
    return recipients(of, ["champion"], 5, 7, clock.now())


def test_who_unsubscribed_is_left_in_peace_as_whom_they_became_too():
    acme = account()
    old, new = person("old", acme), person("new", acme)
    person_unsubscribe(person=old)
    old.merged_into = new
    old.save()
    assert people_in_peace([new.pk], clock.now()) == {new.pk}
    assert asked(acme).reason == "peace"


def test_who_unsubscribed_gets_none_by_another_record_of_the_same_address():
    acme, beta = account(), account("beta")
    here = person("here", acme, email="Mia@x.example")
    there = person("there", beta, email="mia@X.example")
    other = person("other", beta, email="")
    person_unsubscribe(person=here)
    assert people_in_peace([there.pk, other.pk], clock.now()) == {there.pk}
    assert asked(beta).reason == "peace"


def test_a_pause_of_the_team_is_for_the_one_it_names():
    acme, beta = account(), account("beta")
    here = person("here", acme, email="mia@x.example")
    there = person("there", beta, email="mia@x.example")
    DoNotDisturb.objects.create(person=here, since=NOW, recorded_at=NOW)
    assert people_in_peace([here.pk, there.pk], clock.now()) == {here.pk}
    assert asked(beta).people == (there,)


def test_who_was_erased_and_is_loaded_again_is_still_left_in_peace(settings):
    acme = account()
    ann, bob = person("ann", acme, email="Ann@x.example"), person("bob", acme)
    person_unsubscribe(person=ann)
    for one in (ann, bob):
        person_erase(actor=None, person=one)
    assert KeptWish.objects.count() == 1
    assert "ann" not in KeptWish.objects.get().digest
    again = person("ann-again", acme, email="ann@X.example ".strip())
    assert wants_no_mail(again)
    assert people_in_peace([again.pk], clock.now()) == {again.pk}
    assert asked(acme).reason == "peace"
    person("bob-again", acme, email="bob@acme.example")
    assert [one.external_id for one in asked(acme).people] == ["bob-again"]
    settings.SECRET_KEY = "another, so that the digests of one installation say nothing elsewhere"
    assert not wants_no_mail(again)


def test_the_wish_outlives_a_second_erasure_and_a_pause_of_the_team_none():
    acme = account()
    ann, bea = (
        person("ann", acme, email="ann@x.example"),
        person("bea", acme, email="bea@x.example"),
    )
    person_unsubscribe(person=ann)
    DoNotDisturb.objects.create(person=bea, since=NOW, recorded_at=NOW)
    for one in (ann, bea, person("ann2", acme, email="ann@x.example")):
        person_erase(actor=None, person=one)
    later = [
        person("ann3", acme, email="ANN@x.example"),
        person("bea3", acme, email="bea@x.example"),
    ]
    assert people_in_peace([one.pk for one in later], clock.now()) == {later[0].pk}
