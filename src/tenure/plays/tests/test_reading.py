"""Plays are read from their stored form; every fault is a sentence with its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.core.errors import InvalidDefinition
from tenure.engine.uplift.assumed import Prior
from tenure.plays.definition.reading import MOST_FAULTS, parse
from tenure.plays.definition.shape import (
    ApproveStep,
    BranchStep,
    LetterStep,
    Limits,
    MailStep,
    Quiet,
    SendStep,
    SetStep,
    StartStep,
    StopStep,
    TaskStep,
    Trigger,
    WaitStep,
    words_in,
)
from tenure.plays.tests.stored import RULE, TASK, body, steps
from tenure.segments.conditions import parse_rule

pytestmark = pytest.mark.once
MAIL = {"mail": {"to": ["champion"], "subject": "Hello", "body": "Dear {{ person.first_name }}"}}


def problems(given, key="save_them"):
    with pytest.raises(InvalidDefinition) as caught:
        parse(key, given)
    return caught.value.problems


def read(*given):
    return parse("k", steps(*given)).steps


def test_a_play_that_says_little_gets_the_usual_rest():
    play = parse("save_them", body())
    assert (play.key, play.category, play.trigger) == ("save_them", "risk", Trigger("manual"))
    assert play.title == {"": "Save them"}
    assert (play.audience, play.leave, play.automatic, play.share) == (None, None, True, 0.1)
    assert (play.priority, play.limits, play.quiet) == (50, Limits(), Quiet())
    assert (play.skills, play.prior) == (frozenset(), None)
    assert play.steps == (TaskStep({"": "Call {{ account.name }}"}, {}),)


def test_a_play_says_all_there_is_to_say():
    play = parse(
        "k",
        body(
            title={"en": "Save", "de": "Retten", "zh-Hans": "挽留"}, audience=RULE, leave=RULE,
            trigger={"on": "risk", "months": 6, "above": 0.3}, automatic=False, hold_out=0.5,
            priority=90, limits={"again": 30, "day": 5, "person": 2, "patience": 3},
            quiet={"from": 20, "to": 7, "weekends": False}, skills=["negotiation"],
            prior={"mean": 0.02, "sd": 0.05, "source": "our judgement"},
        ),
    )  # fmt: skip
    assert play.audience == play.leave == parse_rule(RULE)
    assert play.trigger == Trigger("risk", months=6, above=0.3)
    assert (play.automatic, play.share, play.priority) == (False, 0.5, 90)
    assert play.limits == Limits(30, 5, 2, 3)
    assert play.quiet == Quiet(20, 7, False)
    assert play.skills == {"negotiation"}
    assert play.prior == Prior(0.02, 0.05, "our judgement")
    assert words_in(play.title, "zh-hans") == words_in(play.title, "zh-Hans") == "挽留"
    assert words_in(play.title, "it") == "Save"


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"on": "enters", "rule": RULE}, Trigger("enters", rule=parse_rule(RULE))),
        ({"on": "event", "event": "export"}, Trigger("event", event="export")),
        (
            {"on": "date", "field": "contract.renews_at", "days": -90},
            Trigger("date", field="contract.renews_at", days=-90),
        ),
        (
            {"on": "date", "field": "custom.kick_off", "days": 3},
            Trigger("date", field="custom.kick_off", days=3),
        ),
        (
            {"on": "level", "to": "client", "from": "customer"},
            Trigger("level", to="client", origin="customer"),
        ),
        ({"on": "health", "to": "poor"}, Trigger("health", to="poor")),
        ({"on": "answer", "highest": 6}, Trigger("answer", highest=6.0)),
    ],
)
def test_triggers(stored, expected):
    assert parse("k", body(trigger=stored)).trigger == expected


def test_a_trigger_without_a_rule_looks_at_the_audience():
    assert parse("k", body(trigger={"on": "leaves"}, audience=RULE)).trigger.rule is None
    assert "an audience, to be entered" in problems(body(trigger={"on": "enters"}))[0]


def test_every_kind_of_step():
    branch = {"branch": {"when": RULE, "then": [{"stop": None}], "otherwise": [{"stop": {}}]}}
    rule = parse_rule(RULE)
    assert read(
        {"task": {"title": {"en": "Call"}, "note": "n", "checklist": ["Prices"], "who": "A@x.org",
                  "days": 1, "wait": 0, "hours": 2}},
        {"mail": {"to": ["sponsor", "user"], "most": 2, "subject": "s", "body": "b"}},
        {"letter": {"to": ["admin"], "title": "t", "body": "b", "who": "pool"}},
        {"wait": {"days": 3}}, {"wait": {"until": RULE, "days": 14}}, branch,
        {"approve": {"question": "Go on?", "role": "admin", "days": 5, "go_on": True}},
        {"set": {"owner": "leader"}}, {"set": {"field": "custom.stage", "to": "at risk"}},
        {"webhook": {"channel": "crm"}}, {"chat": {"channel": "team", "text": "Look"}},
        {"play": {"start": "other"}}, {"stop": {}},
    ) == (
        TaskStep({"en": "Call"}, {"": "n"}, ({"": "Prices"},), "a@x.org", 1, 0, 2.0),
        MailStep(("sponsor", "user"), {"": "s"}, {"": "b"}, 2),
        LetterStep(("admin",), {"": "t"}, {"": "b"}, "pool"),
        WaitStep(3), WaitStep(14, rule), BranchStep(rule, (StopStep(),), (StopStep(),)),
        ApproveStep({"": "Go on?"}, "admin", 5, True),
        SetStep("owner", "leader"), SetStep("stage", "at risk"),
        SendStep("webhook", "crm"), SendStep("chat", "team", {"": "Look"}),
        StartStep("other"), StopStep(),
    )  # fmt: skip


FAULTS = [
    (body(title=None), "The play needs the part title; write it."),
    (body(title="x" * 121), "The play: title may have 120 characters; shorten it."),
    (body(title={"fr": "x"}), "title is a text, or one for each of the languages en, de"),
    (body(title="a\x00b"), "nobody can read"),
    (body(title="a\ud800b"), "nobody can read"),
    (body(title="{{ account.name }}"), "title takes no places"),
    (body(color="red"), "The play has no part 'color'; its parts are title, goal"),
    (body(category="joy"), "category must be one of onboarding, adoption"),
    (body(hold_out=0.6), "hold_out must be a number from 0 to 0.5, not 0.6."),
    (body(hold_out=float("nan")), "hold_out must be a number"),
    (body(automatic="yes"), "automatic must be true or false, not 'yes'."),
    (body(priority=True), "priority must be a whole number from 0 to 100, not True."),
    (body(audience={"all": []}), "The play, audience: The rule needs at least one condition"),
    (body(audience={"title": "x", **RULE}), "The rule has no part 'title'"),
    (body(leave=[]), "The play, leave: The rule needs exactly one of all, any"),
    (body(audience={"segment": "Gone"}), "there is no one shared segment 'Gone'"),
    (body(trigger=None), "The play needs the part trigger"),
    (body(trigger="manual"), "The play, trigger must be names with values"),
    (body(trigger={"on": "dawn"}), "The play, trigger: on must be one of enters, leaves"),
    (body(trigger={"on": "manual", "days": 3}), "trigger has no part 'days'; its parts are on."),
    (body(trigger={"on": "level", "to": "boss"}), "to must be one of prospect, customer"),
    (body(trigger={"on": "level", "to": "client", "from": "client"}), "are the same"),
    (body(trigger={"on": "health", "to": "unknown"}), "to must be one of good, fair, poor"),
    (body(trigger={"on": "date", "field": "health.score", "days": 1}), "no field that holds a"),
    (body(trigger={"on": "date", "field": "contract.renews_at"}), "needs the part days"),
    (body(trigger={"on": "answer", "lowest": 7, "highest": 6}), "lowest is above highest"),
    (body(steps=None), "The play needs a list of steps."),
    (body(steps=[]), "The play needs at least one step; add one."),
    (body(skills=["x", 1]), "skills must be some words"),
    (body(prior={"mean": 0.1, "sd": 0, "source": "x"}), "sd must be a number from 1e-06 to 1"),
    (body(prior={"mean": 0.1, "sd": 0.1}), "The play, prior needs the part source"),
    (body(limits={"day": 0}), "The play, limits: day must be a whole number from 1"),
    (body(quiet={"from": 24}), "The play, quiet: from must be a whole number from 0 to 23"),
    (steps("call them"), "Step 1 must be exactly one of task, mail"),
    (steps({"task": {}, "mail": {}}), "Step 1 must be exactly one of"),
    (steps(TASK, {"fly": {}}), "Step 2 must be exactly one of"),
    (steps({"task": "x"}), "Step 1 (task) must be names with values"),
    (steps({"task": {"title": "x", "days": -1}}), "Step 1 (task): days must be a whole number"),
    (steps({"task": {"title": "x", "who": "nobody"}}), "who must be owner, leader, pool or"),
    (steps({"task": {"title": "x", "checklist": "a"}}), "checklist must be a list of 0 to 20"),
    (steps({"task": {"title": "{{ secret }}"}}), "title: '{{ secret }}' is no place; use one of"),
    (
        steps({"task": {"title": "Call {{ person.name }}"}}),
        "title: {{ person.name }} stands only in mails and letters",
    ),
    (
        steps({"chat": {"channel": "x", "text": {"de": "{{ person.name }}"}}}),
        "text: {{ person.name }} stands only in mails and letters",
    ),
    (steps({"mail": {**MAIL["mail"], "to": []}}), "to must be a list of 1 to 5 things"),
    (steps({"mail": {**MAIL["mail"], "to": ["boss"]}}), "to must be one of champion"),
    (steps({"wait": {"until": RULE}}), "Step 1 (wait) needs the part days"),
    (steps({"approve": {"question": "Save {{ account.name }}?"}}), "question takes no places"),
    (steps({"set": {"field": "owner", "to": "x"}}), "write owner: with who it shall be"),
    (steps({"set": {"owner": "pool", "field": "x"}}), "has no part 'field'; its parts are owner."),
    (steps({"stop": {"now": 1}}), "Step 1 (stop) has no part 'now'; its parts are none."),
    (steps({"branch": {"when": RULE}}), "Step 1 (branch) needs steps in then or in otherwise."),
    (
        steps(TASK, {"branch": {"when": RULE, "then": [TASK, {"task": {}}], "otherwise": [7]}}),
        "Step 2.2 (task) needs the part title; write it.",
    ),
    (
        steps({"branch": {"when": RULE, "otherwise": [7]}}),
        "Step 1b.1 must be exactly one of",
    ),
    (
        steps({"branch": {"when": {"all": [{"field": "x"}]}, "then": [TASK]}}),
        "Step 1 (branch), when: Condition 1: there is no field 'x'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("stored", "sentence"), FAULTS)
def test_a_fault_says_what_and_where(stored, sentence):
    assert any(sentence in found for found in problems(stored)), problems(stored)


def test_all_faults_are_told_at_once():
    found = problems(body(title=None, category="joy", steps=[{"task": {}}, {"wait": {}}]))
    assert len(found) == 4


@pytest.mark.parametrize("key", ["", "Big", "a b", "x" * 81, "-a", "a/b", None, 7])
def test_a_key_is_small_letters_and_digits(key):
    assert "cannot be a play's key" in problems(body(), key)[0]


@pytest.mark.parametrize("given", [None, [], "title: x", 7, {1: 2}, {"steps": {"a": 1}}])
def test_what_is_no_play_at_all_is_refused(given):
    assert problems(given)


def branches(depth):
    made = [TASK]
    for _level in range(depth):
        made = [{"branch": {"when": RULE, "then": made}}]
    return made


def test_sixty_steps_and_four_levels_are_the_most():
    parse("k", steps(*[TASK] * 60))
    assert problems(steps(*[TASK] * 61)) == [
        "The play: a play has at most 60 steps; split it into two."
    ]
    assert len(problems(steps(*[TASK] * 10_000))) == 1
    parse("k", steps(*branches(4)))
    assert problems(steps(*branches(5))) == [
        "Step 1.1.1.1.1: branches may lie 4 deep; take one out."
    ]
    assert len(problems(steps(*branches(100)))) == 1
    parts = [{"branch": {"when": RULE, "then": [TASK] * 29}}] * 2
    parse("k", steps(*parts))
    assert "at most 60 steps" in problems(steps(TASK, *parts))[0]


def test_no_more_faults_are_told_than_anybody_reads():
    found = problems(steps(*[{"task": {"a": 1, "b": 2, "c": 3}}] * 60))
    assert len(found) == MOST_FAULTS + 1
    assert found[-1] == "There are 190 faults more; mend these first."
    assert len(problems(body(**{f"x{n}": n for n in range(10_000)}))) == MOST_FAULTS + 1


def test_a_rule_that_was_a_segments_keeps_a_remark_of_it():
    kept = parse("k", body(audience={"from_segment": "Poor ones", **RULE}))
    assert kept.audience == parse_rule(RULE)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["task", "branch", "when", "then", "all", "field", "title", "on", "days"]),
        inner, max_size=3,
    ),
    max_leaves=15,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(body(audience=1, prior=1, limits=1, quiet=1, leave=1))), junk)
def test_anything_is_read_or_refused_with_sentences(part, value):
    found: list[object] = []
    try:
        parse("k", body(**{part: value}))
    except InvalidDefinition as error:
        found = list(error.problems) or [None]
    assert all(isinstance(one, str) and one for one in found)
