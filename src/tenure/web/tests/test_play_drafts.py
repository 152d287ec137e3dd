"""What somebody writes in the editor of plays is there again after the page was left."""

from datetime import timedelta

import pytest

from tenure.core import clock
from tenure.core.errors import NotAllowed
from tenure.core.roles import Role
from tenure.core.services import user_create
from tenure.plays.models import KeptDraft
from tenure.plays.selectors import definition_of
from tenure.plays.services import play_save
from tenure.plays.services.drafts import LARGEST, MOST, draft_discard, draft_keep
from tenure.web.tests.playing import form_of, play_body, play_on, simple_body

pytestmark = pytest.mark.django_db
EDIT, NEW = "/plays/renewal_90/edit", "/plays/new"
SAID = "You go on with your unsaved draft of"


@pytest.fixture
def leader(users, sign_in):
    play_on()
    return sign_in(Role.LEADER)


def text(answer):
    return answer.content.decode()


def typed(client, url, **more):
    """Something is typed, and the page asks how it reads; then it is left."""
    sent = form_of(client.get(url).content) | more
    return client.post(url, sent, headers={"HX-Request": "true", "HX-Target": "verdict"})


def test_a_draft_is_there_again_until_it_is_saved(leader):
    assert SAID not in text(leader.get(EDIT))
    typed(leader, EDIT, **{"p-1-title@en": "Renewal, better"})
    page = text(leader.get(EDIT))
    assert SAID in page
    assert "Renewal, better" in page
    assert leader.post(EDIT, {**form_of(page.encode()), "do": "save"}).status_code == 302
    assert definition_of("renewal_90", 2).title["en"] == "Renewal, better"
    assert SAID not in text(leader.get(EDIT))
    assert not KeptDraft.objects.exists()


def test_buttons_that_were_pressed_count(leader):
    url = f"{NEW}?from=renewal_90"
    steps = form_of(leader.get(url).content)["step"]
    leader.post(url, {**form_of(leader.get(url).content), "new-step-0": "stop", "do": "add-step:0"})
    assert len(form_of(leader.get(url).content)["step"]) == len(steps) + 1
    assert SAID not in text(leader.get(NEW)), "what was begun from another play is a draft apart"


def test_a_draft_is_discarded_and_nothing_is_kept_of_what_was_not_changed(leader):
    typed(leader, EDIT, note="why")
    assert SAID in text(leader.get(EDIT))
    assert leader.post(EDIT, {"do": "discard"}).headers["Location"] == EDIT
    assert SAID not in text(leader.get(EDIT))
    typed(leader, EDIT)
    assert not KeptDraft.objects.exists()


def test_faults_of_saving_lose_nothing(leader):
    sent = form_of(leader.get(EDIT).content) | {"p-1-title@en": "Half"}
    sent |= {name: "" for name in sent if name.startswith("p-1-goal@")}
    assert leader.post(EDIT, {**sent, "do": "save"}).status_code == 422
    page = text(leader.get(EDIT))
    assert SAID in page
    assert "Half" in page


def test_who_goes_on_is_told_of_a_version_that_somebody_saved_meanwhile(leader):
    typed(leader, EDIT, note="why", **{"p-1-title@en": "Mine"})
    play_save(actor=None, key="renewal_90", body=play_body(priority=3))
    draft = form_of(leader.get(EDIT).content)
    checked = leader.post(EDIT, {**draft, "do": "check"})
    answer = leader.post(EDIT, {**form_of(checked.content), "do": "save"})
    assert "saved version 2" in text(answer)
    assert leader.post(EDIT, {**form_of(answer.content), "do": "save"}).status_code == 302
    assert definition_of("renewal_90", 3).title["en"] == "Mine"


def test_drafts_are_their_writers_own(leader, users, sign_in):
    typed(leader, EDIT, **{"p-1-title@en": "Secret plan"})
    assert "Secret plan" not in text(sign_in(Role.ADMIN).get(EDIT))
    for actor in (users[Role.CSM], users[Role.VIEWER]):
        with pytest.raises(NotAllowed):
            draft_keep(actor=actor, key="renewal_90", form={})
        with pytest.raises(NotAllowed):
            draft_discard(actor=actor, key="renewal_90")
        assert sign_in(Role.CSM).post(EDIT, {"do": "discard"}).status_code == 403
    assert KeptDraft.objects.count() == 1


def test_few_drafts_are_kept_and_none_for_ever(users):
    actor = users[Role.LEADER]
    other = user_create(actor=None, email="o@example.com", role=Role.LEADER)
    for one in (actor, other):
        draft_keep(actor=one, key="old", form={"a": ["b"]})
    KeptDraft.objects.update(kept_at=clock.now() - timedelta(days=91))
    for number in range(MOST + 3):
        draft_keep(actor=actor, key=f"k{number}", form={"a": ["nul \x00"]})
    keys = set(KeptDraft.objects.filter(user=actor).values_list("key", flat=True))
    assert keys == {f"k{number}" for number in range(3, MOST + 3)}
    assert KeptDraft.objects.get(user=other).key == "old"
    assert draft_keep(actor=actor, key="large", form={"a": ["x" * LARGEST]}) is None


def test_a_draft_of_a_form_nobody_knows_any_more_opens(leader, users):
    draft_keep(actor=users[Role.LEADER], key="renewal_90", form={"step": ["x"], "do": ["up:9"]})
    assert leader.get(EDIT).status_code == 200
    play_on("hello", simple_body())
    assert SAID not in text(leader.get("/plays/hello/edit"))
