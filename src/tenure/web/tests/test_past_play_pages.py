"""Plays that were run before Tenure: in the list with what may be said, and each on its page."""

import pytest

from tenure.core.roles import GRANTS, Role
from tenure.plays.services import play_save
from tenure.web.access import SEE_ACCOUNTS
from tenure.web.tests.playing import past_make, simple_body

pytestmark = pytest.mark.django_db
PAGE = "/past-plays/adoption_review"


def text(answer):
    return answer.content.decode()


def test_the_list_has_them_apart_with_counts_and_a_sentence(sign_in):
    client = sign_in(Role.CSM)
    assert "Plays before Tenure" not in text(client.get("/plays"))
    past_make(name="Adoption <b>review", unchanced=3)
    page = text(client.get("/plays"))
    row = page.partition("Plays before Tenure")[2]
    for words in (
        "Adoption &lt;b&gt;review", '<td class="tn-num">410</td>', '<td class="tn-num">41</td>',
        "4.0 more still pay after 90 days", "3 accounts are counted and not compared", PAGE,
    ):  # fmt: skip
        assert words in row, words
    assert "Plays before Tenure" not in text(client.get("/plays?category=renewal"))


@pytest.mark.parametrize(
    ("bar", "words"),
    [
        ("nobody_held_out", "nobody was held out"),
        ("nobody_had_it", "everybody was held out"),
        ("no_chance", "no chance of having the play was logged"),
    ],
)
def test_what_cannot_be_judged_says_why_and_tells_no_effect(sign_in, bar, words):
    past_make(bar=bar, unchanced=3)
    client = sign_in(Role.LEADER)
    for address in ("/plays", PAGE):
        page = text(client.get(address))
        assert f"It cannot be judged: {words}" in page
        assert "still pay" not in page
        assert "counted and not compared" not in page


def test_an_effect_once_told_is_not_told_any_more_when_the_log_turns_out_to_lack_an_arm(sign_in):
    past = past_make()
    past.bar = "nobody_held_out"
    past.save()
    page = text(sign_in(Role.LEADER).get(PAGE))
    assert "cannot be judged" in page
    assert "still pay" not in page


def test_before_the_first_look_the_page_says_when_it_comes(sign_in):
    past = past_make()
    past.play.effects.all().delete()
    client = sign_in(Role.VIEWER)
    for address in ("/plays", PAGE):
        assert "The next refresh does so" in text(client.get(address))


def test_the_page_of_one_tells_the_effect_and_who_stands_behind_it(sign_in):
    past_make()
    client = sign_in(Role.CSM)
    page = text(client.get(PAGE))
    for words in ("410 accounts had it and 41 were held out", "4.0 more still pay", "41 were held"):
        assert words in page
    assert "The play of this name in Tenure" not in page
    play_save(actor=None, key="adoption_review", body=simple_body())
    assert 'href="/plays/adoption_review"' in text(client.get(PAGE))


def test_a_play_of_the_same_name_does_not_take_the_effect_of_the_past_for_its_own(sign_in):
    play_save(actor=None, key="adoption_review", body=simple_body())
    past_make()
    client = sign_in(Role.LEADER)
    page = text(client.get("/plays/adoption_review/effect"))
    assert "still pay" not in page
    assert PAGE in page
    own, _mark, past = text(client.get("/plays")).partition("Plays before Tenure")
    assert "still pay" not in own
    assert "still pay" in past


def test_who_may_not_see_accounts_and_who_is_not_signed_in_see_none_of_it(sign_in, client):
    past_make()
    for address in ("/plays", PAGE):
        assert client.get(address).status_code == 302
    for role in Role:
        may = any(p in GRANTS[role] for p in SEE_ACCOUNTS)
        assert sign_in(role).get(PAGE).status_code == (200 if may else 403), role


@pytest.mark.parametrize("key", ["nothing", "adoption_review%00", "renewal_90"])
def test_what_the_log_does_not_name_is_absent(sign_in, key):
    past_make()
    assert sign_in(Role.LEADER).get(f"/past-plays/{key}").status_code == 404
