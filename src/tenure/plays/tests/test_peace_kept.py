"""A wish for no more mails holds for the person, by whichever record they are written to."""

import pytest

from tenure.core import clock
from tenure.plays.models import DoNotDisturb
from tenure.plays.running.recipients import people_in_peace, recipients
from tenure.plays.services.unsubscribing import person_unsubscribe
from tenure.plays.tests.going import NOW, account, at_nine, person

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
