"""The editor of plays: nothing is lost on its way, faults stand where they are, hands suffice."""

import pytest
from django.conf import settings

from tenure.core.models import DefinitionVersion
from tenure.core.roles import Role
from tenure.plays.definition.reading import parse
from tenure.plays.definition.steps import MOST_STEPS
from tenure.plays.library import shipped
from tenure.plays.selectors import definition_of, play_known
from tenure.plays.services import play_save
from tenure.segments.services import segment_create
from tenure.web.plays.stored import body_of, draft_of
from tenure.web.tests.factories import account_make
from tenure.web.tests.playing import DUTCH, form_of, play_body, rule, simple_body

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert('x')</script>"
EDIT = "/plays/renewal_90/edit"


@pytest.fixture
def leader(users, sign_in):
    return sign_in(Role.LEADER)


@pytest.fixture
def play(users):
    play_save(actor=None, key="renewal_90", body=play_body())
    return play_known("renewal_90")


def text(answer):
    return answer.content.decode()


def pressed(client, url, do, sent=None, **more):
    """The form as it is after a button of it was pressed; `more` is typed before."""
    sent = sent or form_of(client.get(url).content)
    return client.post(url, {**sent, **more, "do": do})


@pytest.mark.parametrize(
    ("name", "body"),
    [("own", play_body()), ("short", simple_body()), *shipped().items()],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_form_holds_every_part_of_a_play(name, body):
    assert parse(name, body_of(draft_of(body), {})) == parse(name, body)


def test_opening_and_saving_keeps_every_part(leader, play):
    answer = pressed(leader, EDIT, "save", note="as it was")
    assert answer.headers["Location"] == "/plays/renewal_90"
    assert definition_of("renewal_90", 2) == definition_of("renewal_90", 1)
    row = DefinitionVersion.objects.get(kind="play", key="renewal_90", version=2)
    assert (row.note, row.created_by.email) == ("as it was", "leader@example.com")


def test_a_play_is_written_from_nothing_without_a_script(leader):
    url = "/plays/new"
    begun = form_of(leader.get(url).content)
    begun |= {"p-1-title@": "Welcome", "p-1-goal@": "They feel at home.", "p-2-on": "level",
              "new-step-0": "task"}  # fmt: skip
    added = form_of(leader.post(url, {**begun, "do": "add-step:0"}).content)
    assert added["kind-10"] == ["task"]
    assert "p-2-to" in added
    assert added["p-1-title@"] == ["Welcome"]
    added |= {"p-10-title@": "Send a card", "new-step-0": "branch", "p-2-to": "client"}
    branched = form_of(leader.post(url, {**added, "do": "add-step:0"}).content)
    branched["new-11"] = "account.country"
    ruled = form_of(leader.post(url, {**branched, "do": "add:11"}).content)
    ruled |= {"value-12": ["NL"], "op-12": "one_of"}
    ruled["new-step-11t"] = "stop"
    whole = form_of(leader.post(url, {**ruled, "do": "add-step:11t"}).content)
    answer = leader.post(url, {**whole, "value-12": ["NL"], "do": "save"})
    assert answer.status_code == 302, text(answer)
    assert answer.headers["Location"] == "/plays/welcome"
    made = definition_of("welcome", 1)
    assert (made.trigger.kind, made.trigger.to) == ("level", "client")
    assert [step.kind for step in made.steps] == ["task", "branch"]
    assert made.steps[1].then[0].kind == "stop"
    assert made.steps[1].when.items[0].given == ("NL",)


def places(page):
    """Kinds of the steps in the order in which they stand, with the way they stand in."""
    form = form_of(page)
    return [(form[f"kind-{n}"][0], form[f"at-{n}"][0]) for n in form["step"]]


def test_steps_move_up_and_down_into_branches_and_out_of_them(leader, users):
    body = simple_body(
        steps=[{"task": {"title": "A"}}, {"branch": {"when": rule(DUTCH), "then": [{"stop": {}}]}}]
    )
    play_save(actor=None, key="moving", body=body)
    url = "/plays/moving/edit"
    at = next(n[5:] for n, v in form_of(leader.get(url).content).items() if v == ["branch"])
    seen = [("task", ""), ("branch", ""), ("stop", f"{at}t")]
    assert places(leader.get(url).content) == seen
    into = pressed(leader, url, "down:10").content
    assert places(into) == [("branch", ""), ("task", f"{at}t"), ("stop", f"{at}t")]
    below = pressed(leader, url, "down:10", form_of(into)).content
    other = pressed(leader, url, "down:10", form_of(below)).content
    assert places(other) == [("branch", ""), ("stop", f"{at}t"), ("task", f"{at}o")]
    out = pressed(leader, url, "down:10", form_of(other)).content
    assert places(out) == [("branch", ""), ("stop", f"{at}t"), ("task", "")]
    back = out
    for _turn in range(4):
        back = pressed(leader, url, "up:10", form_of(back)).content
    assert places(back) == seen
    gone = pressed(leader, url, f"drop:{at}", form_of(back)).content
    assert places(gone) == [("task", "")]


def test_a_condition_and_a_group_come_and_go(leader, play):
    form = form_of(leader.get(EDIT).content)
    grouped = form_of(pressed(leader, EDIT, "group:3", form).content)
    (group,) = set(grouped["item"]) - set(form["item"])
    assert (grouped[f"mode-{group}"], grouped[f"in-{group}"]) == (["any"], ["3"])
    grouped |= {f"new-{group}": "health.band"}
    within = form_of(pressed(leader, EDIT, f"add:{group}", grouped).content)
    (row,) = set(within["item"]) - set(grouped["item"])
    assert (within[f"field-{row}"], within[f"in-{row}"]) == (["health.band"], [group])
    gone = form_of(pressed(leader, EDIT, f"remove:{group}", within).content)
    assert gone["item"] == form["item"]


def test_texts_of_other_languages_go_along_unseen(leader, play):
    german = form_of(pressed(leader, EDIT, "lang:de").content)
    assert german["p-1-title@de"] == ["Verlängerung in Sicht"]
    assert german["p-1-title@en"] == ["Renewal in sight"]
    german["p-1-title@de"] = ["Die Verlängerung naht"]
    pressed(leader, EDIT, "save", german)
    made = definition_of("renewal_90", 2)
    assert made.title == {"en": "Renewal in sight", "de": "Die Verlängerung naht"}
    assert made.steps == definition_of("renewal_90", 1).steps


def test_a_rule_that_is_not_asked_for_now_is_kept_in_the_form(leader, play):
    everyone = pressed(leader, EDIT, "", **{"p-3-by": "all"}).content
    kept = form_of(everyone)
    assert len(kept["item"]) == len(form_of(leader.get(EDIT).content)["item"])
    again = form_of(pressed(leader, EDIT, "", kept, **{"p-3-by": "rule"}).content)
    pressed(leader, EDIT, "save", again)
    assert definition_of("renewal_90", 2).audience == definition_of("renewal_90", 1).audience


def test_faults_stand_at_what_they_are_about_and_nothing_typed_is_lost(leader):
    play_save(actor=None, key="hello", body=simple_body())
    typed = {"p-1-title@": "", "p-10-days": "soon", "p-5-hold_out": "80"}
    answer = pressed(leader, "/plays/hello/edit", "save", **typed)
    assert answer.status_code == 422
    page = text(answer)
    for at in ("p-10-days", "p-5-hold_out"):
        assert f'id="{at}" name="{at}"' in page
        assert f'aria-describedby="{at}-faults"' in page
    assert 'value="soon"' in page
    at_days = page.partition('id="p-10-days-faults"')[2].partition("</ul>")[0]
    assert "Step 1 (task): days must be a whole number" in at_days
    assert "hold_out must be a number" in page.partition('id="p-5-hold_out-faults"')[2][:400]
    assert "The play needs the part title" in page
    assert play_known("hello").newest == 1


def test_the_live_part_says_how_it_reads_and_counts_the_own_accounts(leader, play, users):
    account_make("Aster", owner=users[Role.CSM], country="NL")
    body = simple_body(audience=rule(DUTCH))
    play_save(actor=None, key="hello", body=body)
    url = "/plays/hello/edit"
    sent = form_of(leader.get(url).content)
    part = text(leader.post(url, sent, HTTP_HX_TARGET="verdict"))
    assert "<html" not in part
    assert "Accounts where Country is NL." in part
    assert "1 account today" in part
    assert "A person, or the plan of the week, starts it." in part


def test_who_was_overtaken_is_told_and_may_still_save(leader, play):
    sent = form_of(leader.get(EDIT).content)
    play_save(actor=None, key="renewal_90", body=play_body(priority=10))
    late = leader.post(EDIT, {**sent, "do": "save"})
    assert late.status_code == 422
    assert "saved version 2" in text(late)
    assert play_known("renewal_90").newest == 2
    pressed(leader, EDIT, "save", form_of(late.content))
    assert play_known("renewal_90").newest == 3


def test_an_audience_may_be_a_shared_segment(leader, users):
    segment_create(actor=users[Role.LEADER], body={"title": "Dutch", "all": [DUTCH]}, shared=True)
    play_save(actor=None, key="hello", body=simple_body(audience={"segment": "Dutch"}))
    form = form_of(leader.get("/plays/hello/edit").content)
    assert (form["p-3-by"], form["p-3-segment"]) == (["segment"], ["Dutch"])
    pressed(leader, "/plays/hello/edit", "save", form)
    assert definition_of("hello", 2).audience == definition_of("hello", 1).audience


def test_a_copy_begins_with_what_another_says_and_gets_a_key_of_its_own(leader, play):
    begun = leader.get("/plays/new?from=renewal_90")
    assert '<option value="renewal_90" selected>' in text(begun)
    sent = form_of(begun.content)
    answer = leader.post("/plays/new", {**sent, "do": "save"})
    assert answer.headers["Location"] == "/plays/renewal_in_sight"
    assert play_known("renewal_in_sight").newest == 1
    again = leader.post("/plays/new", {**sent, "do": "save"})
    assert again.headers["Location"] == "/plays/renewal_in_sight_2"


def test_nonsense_in_the_form_is_left_out(leader):
    play_save(actor=None, key="hello", body=simple_body())
    url = "/plays/hello/edit"
    post = {
        "do": "add-step:9t", "step": ["²", "10", "10", "11", "999999"], "kind-10": "task",
        "kind-11": "about", "at-10": "7t", "item": ["1", "12", "x"], "in-12": "999",
        "field-12": "\x00", "language": "xx", "base": "-1", "p-1-title@": HOSTILE + "\x00",
    }  # fmt: skip
    answer = leader.post(url, post)
    assert answer.status_code == 200
    assert HOSTILE not in text(answer)
    for do in ("up:10", "down:77", "drop:x", "add:3", "group:99", "remove:4", "lang:xx", "add:²"):
        assert pressed(leader, url, do).status_code == 200


def test_the_largest_play_in_every_language_is_saved_whole(leader):
    texts = {code: f"Say it in {code}" for code, _name in settings.LANGUAGES}
    step = {"task": {"title": texts, "note": texts, "checklist": [texts]}}
    body = simple_body(title=texts, goal=texts, steps=[step] * MOST_STEPS)
    play_save(actor=None, key="large", body=body)
    pressed(leader, "/plays/large/edit", "save")
    assert definition_of("large", 2) == definition_of("large", 1)


def test_only_who_may_change_definitions_opens_the_editor(sign_in, play):
    for role in (Role.CSM, Role.VIEWER):
        client = sign_in(role)
        for url in (EDIT, "/plays/new", "/plays/import", "/plays/renewal_90/text"):
            assert client.get(url).status_code == 403
            assert client.post(url, {"do": "save"}).status_code == 403
    assert play_known("renewal_90").newest == 1
