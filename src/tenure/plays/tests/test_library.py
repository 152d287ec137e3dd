"""The plays that come with Tenure hold together, in every language."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils.translation import override

from tenure.plays.beliefs import SOURCES, source_told
from tenure.plays.definition.program import program
from tenure.plays.definition.reading import parse
from tenure.plays.definition.shape import ApproveStep, LetterStep, MailStep, SendStep, Words
from tenure.plays.library import shipped
from tenure.segments.selectors.rules import fields_known

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PLAYS = {key: parse(key, body) for key, body in shipped().items()}
LANGUAGES = {code for code, _name in settings.LANGUAGES}
NEEDED = {
    "onboarding_self_serve", "onboarding_guided", "onboarding_personal", "adoption_stall",
    "champion_left", "usage_drop", "detractor_follow_up", "thank_you_letter", "renewal",
    "failed_payment", "expansion_signal", "outcome_confirmation", "one_clause_away",
    "slipping_client", "locked_in", "new_client", "win_back", "sponsor_change",
}  # fmt: skip


def words(play) -> Iterator[Words]:
    yield from (play.title, play.goal)
    for line in program(play):
        step = line.step
        for name in ("title", "note", "subject", "body", "question", "text"):
            if found := getattr(step, name, None):
                yield found
        yield from getattr(step, "checklist", ())


def test_all_that_a_team_needs_first_is_there():
    assert set(PLAYS) >= NEEDED


@pytest.mark.parametrize("key", PLAYS)
def test_a_play_speaks_every_language_in_its_own_words(key):
    for found in words(PLAYS[key]):
        assert set(found) == LANGUAGES
        assert len(set(found.values())) == len(LANGUAGES), found["en"]


def test_what_they_ask_about_is_known(db):
    known = fields_known()
    for key, body in shipped().items():
        parse(key, body, known)


@pytest.mark.parametrize("key", PLAYS)
def test_a_play_can_be_judged_and_is_honest_about_what_is_believed(key):
    play = PLAYS[key]
    assert 0.05 <= play.share <= 0.2
    assert play.prior is not None
    assert abs(play.prior.mean) <= 2 * play.prior.sd
    assert play.leave is not None


def test_nothing_goes_to_a_channel_that_nobody_set_up():
    steps = [line.step for play in PLAYS.values() for line in program(play)]
    assert not [step for step in steps if isinstance(step, SendStep)]
    assert {type(step) for step in steps} >= {ApproveStep, LetterStep, MailStep}


def test_what_is_believed_of_a_play_is_said_in_the_readers_language():
    sources = {play.prior.source for play in PLAYS.values() if play.prior}
    assert sources == SOURCES
    with override("de"):
        assert not sources & {source_told(source) for source in sources}
    assert source_told("Mine") == "Mine"
