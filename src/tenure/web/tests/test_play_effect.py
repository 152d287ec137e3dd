"""A play's effect is told in a sentence that says no more than is known."""

from datetime import date

import pytest
from django.template.loader import render_to_string

from tenure.core.roles import Role
from tenure.plays.models import Play, PlayEffect
from tenure.web.plays.effect import effect_sheet, effects_told
from tenure.web.plays.effect_words import sentence
from tenure.web.tests.playing import play_on, simple_body

pytestmark = pytest.mark.django_db


def look(value=0.04, low=0.01, high=0.07, **values):
    given = {
        "version": 1, "endpoint": "retention", "days": 90, "on": date(2026, 5, 1),
        "treated": [410, 0, 0, 410], "held_out": [41, 0, 0, 41], "p": 0.01, "assigned_p": 1.0,
        "measured_p": 1.0, "expected": 45.1, "verdict": "helps", "covariates": 3,
        "reduction": 0.25, "raw": [0.05, 0.0, 0.1, 0.02, 0.95, 0.9],
        "adjusted": [value, low, high, 0.01, 0.95, 0.9],
    }  # fmt: skip
    return PlayEffect(**given | values)


def test_a_known_effect_is_told_with_its_interval():
    assert sentence(look()) == (
        "Of 100 accounts that it is meant for, 4.0 more still pay after 90 days because of it "
        "(95 % interval +1.0 to +7.0)."
    )
    assert "3.0 fewer" in sentence(look(-0.03, -0.05, -0.01, verdict="harms"))


def test_what_is_not_known_is_not_claimed_and_says_what_it_takes():
    unknown = {"verdict": "not known yet"}
    told = sentence(look(0.02, -0.03, 0.07, more=1200, **unknown))
    assert told.startswith("Nobody knows yet whether it keeps accounts")
    assert told.endswith("It needs about 1,200 more accounts.")
    few = sentence(
        look(adjusted=[], raw=[], more=90, treated=[3, 3, 0, 0], held_out=[1, 1, 0, 0], **unknown)
    )
    assert "3 started, 1 held out. It needs about 90 more accounts." in few
    assert "no difference worth knowing" in sentence(
        look(0.0, -0.01, 0.01, negligible=True, **unknown)
    )
    assert "should be enough" in sentence(look(0.0, -0.1, 0.1, more=0, **unknown))


def test_a_broken_assignment_is_named_and_no_effect_told():
    broken = look(verdict="assignment is broken", assigned_p=0.0001, held_out=[3, 0, 0, 3])
    assert "3 accounts are held out where the lot leads to expect about 45" in sentence(broken)
    lost = look(verdict="assignment is broken", measured_p=0.0001)
    assert "missing more often in one arm" in sentence(lost)


def test_the_page_marks_the_line_a_play_is_judged_by():
    play = Play.objects.create(key="usage-drop")
    units = {"retention": 0.01, "mrr": 12.0, "health": 2.0, "usage": 1.5}
    for name, value in units.items():
        estimate = [value, -value, 3 * value, value, value, 0.0]
        look(play=play, endpoint=name, adjusted=estimate, raw=estimate).save()
    sheet = effect_sheet(play)
    assert [(row.judged, row.effect) for row in sheet.rows] == [
        (True, "+1.0 of 100"),
        (False, "+€12"),
        (False, "+2.0 points"),
        (False, "+1.5"),
    ]
    assert sheet.rows[1].interval == "−€12 to +€36"
    assert sheet.saved == 0.25
    assert effects_told() == {"usage-drop": sheet.sentence}
    page = render_to_string("pages/plays/effect_measured.html", {"effect": sheet})
    assert "adjusting for it saves 25\N{NO-BREAK SPACE}% of the accounts" in page
    assert "41 were held out" in page


def test_before_any_look_the_page_says_what_is_to_come():
    assert effect_sheet(None) is None
    told = "pages/plays/effect_measured.html"
    assert "told from the accounts it holds out" in render_to_string(told, {"share": 0.1})
    assert "This play holds nobody out" in render_to_string(told, {"share": 0.0})


def test_a_reader_sees_the_effect_of_the_version_asked_for(sign_in):
    play = play_on("hello", simple_body())
    client = sign_in(Role.VIEWER)
    assert "Nothing is measured yet" in client.get("/plays/hello/effect").content.decode()
    look(play=play).save()
    look(play=play, version=2, value=-0.03, low=-0.05, high=-0.01, verdict="harms").save()
    newest = client.get("/plays/hello/effect").content.decode()
    assert "3.0 fewer" in newest
    assert "?version=1" in newest
    assert "4.0 more" in client.get("/plays/hello/effect?version=1").content.decode()


def test_without_login_no_effect_is_told(client):
    play_on("hello", simple_body())
    assert client.get("/plays/hello/effect").status_code == 302


def test_what_few_held_out_did_is_not_told_to_who_must_not_know_them(sign_in):
    play = play_on("usage-drop", simple_body())
    for days, held in ((30, 41), (90, 4)):
        look(play=play, days=days, held_out=[held, 0, 0, held]).save()
    page = sign_in(Role.CSM).get("/plays/usage-drop/effect").content.decode()
    assert "fewer than 5" in page
    assert "+1.0 of 100 to +7.0 of 100" in page, "of thirty days, where 41 are held out"
    assert page.count("+4.0 of 100") == 1
    assert "4.0 more still pay" not in page
    assert "4.0 more still pay" not in sign_in(Role.CSM).get("/plays").content.decode()
    page = sign_in(Role.LEADER).get("/plays/usage-drop/effect").content.decode()
    assert page.count("+4.0 of 100") == 2
    assert "fewer than 5" not in page
