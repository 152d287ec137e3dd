"""Plays are saved, switched on and off, restored and retired; a version never changes."""

from datetime import UTC, datetime

import pytest

from tenure.core import clock
from tenure.core.definition_text import body_text
from tenure.core.errors import InvalidDefinition, NotAllowed, TenureError
from tenure.core.models import AuditEntry, DefinitionVersion
from tenure.core.roles import Role
from tenure.core.services import user_create, user_set_active
from tenure.plays import library, selectors, services
from tenure.plays.models import Channel, Play
from tenure.plays.tests.stored import RULE, TASK, body, steps
from tenure.segments.conditions import parse_rule
from tenure.segments.services import segment_create, segment_save

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
HEALTHY = {"all": [{"field": "health.score", "op": "above", "value": 70}]}


@pytest.fixture(autouse=True)
def _now():
    with clock.at(NOW):
        yield


@pytest.fixture(autouse=True)
def _nothing_comes_along(monkeypatch, tmp_path):
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    library.shipped.cache_clear()
    yield
    library.shipped.cache_clear()


@pytest.fixture
def ships(tmp_path):
    """A library of one play."""
    (tmp_path / "ours.yaml").write_text(body_text(body(title="Ours")))


def save(key="k", actor=None, **parts):
    return services.play_save(actor=actor, key=key, body=body(**parts))


def on(key="k", version=None):
    return services.play_switch_on(actor=None, key=key, version=version)


def running():
    return [(play.key, play.running, said.title[""]) for play, said in selectors.plays_running()]


def known(key="k"):
    return next((one for one in selectors.plays_known() if one.key == key), None)


def test_saving_a_version_changes_nothing_until_it_is_switched_on():
    save(title="One")
    assert running() == []
    on()
    assert running() == [("k", 1, "One")]
    save(title="Two")
    assert running() == [("k", 1, "One")]
    assert (known().newest, known().running, known().definition.title) == (2, 1, {"": "Two"})
    on()
    assert running() == [("k", 2, "Two")]
    assert selectors.definition_of("k", 1).title == {"": "One"}


def test_an_old_version_can_be_switched_on_again():
    save(title="One")
    save(title="Two")
    on(version=1)
    assert running() == [("k", 1, "One")]


def test_the_same_again_is_no_new_version():
    assert save().pk == save().pk


def test_plays_that_are_on_come_by_priority():
    for key, priority in (("a", 10), ("b", 90), ("c", 50)):
        save(key, priority=priority)
        on(key)
    services.play_switch_off(actor=None, key="c")
    assert [play.key for play, _said in selectors.plays_running()] == ["b", "a"]


def test_a_version_says_what_it_says_in_every_database():
    save(title="One")
    assert selectors.definition_of("k", 1).title == {"": "One"}
    DefinitionVersion.objects.all().delete()
    save(title="Another")
    assert selectors.definition_of("k", 1).title == {"": "Another"}


def test_a_play_that_cannot_be_read_holds_up_no_other(caplog):
    for key in "abc":
        save(key)
        on(key)
    DefinitionVersion.objects.filter(key="a").update(body=body(steps=[]))
    DefinitionVersion.objects.filter(key="c").delete()
    assert [play.key for play, _said in selectors.plays_running()] == ["b"]
    assert known("a").definition is None
    assert known("a").running == 1
    assert ["a cannot be read" in caplog.text, "c cannot be read" in caplog.text] == [True, True]


def test_reading_plays_takes_as_many_queries_for_many_as_for_one(django_assert_num_queries):
    for key in "abcde":
        save(key)
        on(key)
        save(key, title="Two")
    with django_assert_num_queries(1):
        assert len(selectors.plays_running()) == 5
    with django_assert_num_queries(2):
        assert len(selectors.plays_known()) == 5
    with django_assert_num_queries(1):
        selectors.definition_of("a", 1)


def test_restoring_appends_a_copy():
    save(title="One")
    save(title="Two")
    row = services.play_restore(actor=None, key="k", version=1)
    assert (row.version, row.body["title"], row.note) == (3, "One", "Version 1 restored")
    with pytest.raises(TenureError, match="no version 9"):
        services.play_restore(actor=None, key="k", version=9)


def test_a_retired_play_is_off_and_hidden_until_a_version_is_restored():
    save()
    on()
    assert services.play_retire(actor=None, key="k").retired
    assert services.play_retire(actor=None, key="k").version == 2
    assert running() == []
    assert known() is None
    assert selectors.play_known("k").retired
    with pytest.raises(TenureError, match="retired"):
        on()
    services.play_restore(actor=None, key="k", version=1)
    on()
    assert running() == [("k", 3, "Save them")]


@pytest.mark.usefixtures("ships")
def test_a_play_that_comes_along_is_saved_when_it_is_switched_on():
    assert (known("ours").newest, known("ours").comes_with) == (0, True)
    assert selectors.definition_of("ours", 0).title == {"": "Ours"}
    on("ours")
    assert running() == [("ours", 1, "Ours")]
    save("ours", title="Mine")
    assert services.play_restore(actor=None, key="ours", version=0).body["title"] == "Ours"


@pytest.mark.usefixtures("ships")
def test_a_play_that_comes_along_can_be_retired():
    services.play_retire(actor=None, key="ours")
    assert known("ours") is None


def test_what_there_is_not_is_told():
    assert selectors.play_known("gone") is None
    for act in (on, lambda key: selectors.definition_of(key, 0)):
        with pytest.raises(TenureError, match="no version 0"):
            act("gone")
    with pytest.raises(TenureError, match="never switched on"):
        services.play_switch_off(actor=None, key="gone")
    with pytest.raises(TenureError, match="no version 0"):
        services.play_retire(actor=None, key="gone")


@pytest.mark.parametrize(
    ("role", "may"), [("admin", True), ("leader", True), ("csm", False), ("viewer", False)]
)
def test_only_who_edits_definitions_writes_plays(role, may):
    save()
    actor = user_create(actor=None, email="a@x.example", role=Role(role))
    writes = (
        lambda: save("k", actor, title="Two"),
        lambda: services.play_switch_on(actor=actor, key="k"),
        lambda: services.play_switch_off(actor=actor, key="k"),
        lambda: services.play_restore(actor=actor, key="k", version=1),
        lambda: services.play_retire(actor=actor, key="k"),
    )
    for write in writes:
        if may:
            write()
        else:
            with pytest.raises(NotAllowed):
                write()


def test_switching_is_audited_once_for_each_change():
    save()
    on()
    on()
    services.play_switch_off(actor=None, key="k")
    rows = AuditEntry.objects.filter(action__startswith="play.").order_by("pk")
    assert [(row.action, row.detail["version"]) for row in rows] == [
        ("play.switch_on", 1), ("play.switch_off", None),
    ]  # fmt: skip
    assert Play.objects.get().switched_at == NOW


def test_a_shared_segments_rule_is_kept_as_it_was_when_saved():
    segment = segment_create(actor=None, body={"title": "Poor ones", **RULE}, shared=True)
    named = {"segment": "Poor ones"}
    branch = {"branch": {"when": named, "then": [{"wait": {"until": named, "days": 3}}]}}
    row = save(audience=named, leave=named, trigger={"on": "enters", "rule": named}, steps=[branch])
    assert row.body["audience"] == {"from_segment": "Poor ones", **RULE}
    segment_save(actor=None, segment=segment, body={"title": "Poor ones", **HEALTHY})
    play, rule = selectors.definition_of("k", 1), parse_rule(RULE)
    assert play.audience == play.leave == play.trigger.rule == play.steps[0].when == rule
    assert play.steps[0].then[0].until == rule
    assert save(audience=named).body["audience"]["all"] == HEALTHY["all"]


def test_a_private_or_doubtful_segment_cannot_be_named():
    for shared in (False, True, True):
        segment_create(actor=None, body={"title": f"S{shared}", **RULE}, shared=shared)
    for title in ("SFalse", "STrue", "Gone"):
        with pytest.raises(InvalidDefinition, match="no one shared segment"):
            save(audience={"segment": title})


def start(key):
    return steps({"play": {"start": key}})["steps"]


def test_a_play_starts_only_plays_there_are_and_never_itself_in_a_circle():
    with pytest.raises(InvalidDefinition, match="Step 1: there is no play 'b'"):
        save("a", steps=start("b"))
    save("c")
    save("b", steps=start("c"))
    save("a", steps=start("b"))
    with pytest.raises(InvalidDefinition, match="circle: c → a → b → c"):
        save("c", steps=[TASK, *start("a")])
    with pytest.raises(InvalidDefinition, match="circle: c → c"):
        save("c", steps=start("c"))


def test_versions_that_are_on_never_start_each_other_in_a_circle():
    save("b")
    save("a", steps=start("b"))
    on("a")
    save("a")
    save("b", steps=start("a"))
    with pytest.raises(InvalidDefinition, match="circle: b → a → b"):
        on("b")
    on("a")
    assert on("b").running == 2


def test_channels_and_users_must_be_there_when_it_is_switched_on():
    ann = user_create(actor=None, email="ann@x.example", role=Role.CSM)
    save(steps=[
        {"webhook": {"channel": "crm"}}, {"chat": {"channel": "team", "text": "Look"}},
        {"task": {"title": "Call", "who": "ann@x.example"}}, {"set": {"owner": "bob@x.example"}},
    ])  # fmt: skip
    with pytest.raises(InvalidDefinition) as caught:
        on()
    assert [one[:40] for one in caught.value.problems] == [
        "Step 1: there is no channel 'crm' of the", "Step 2: there is no channel 'team' of th",
        "Step 4: bob@x.example is no user who wor",
    ]  # fmt: skip
    user_create(actor=None, email="bob@x.example", role=Role.LEADER)
    for name, kind in (("crm", "webhook"), ("team", "chat")):
        Channel.objects.create(name=name, kind=kind, url="https://x.example", created_at=NOW)
    assert on().running == 1
    user_set_active(actor=None, user=ann, active=False)
    services.play_switch_off(actor=None, key="k")
    with pytest.raises(InvalidDefinition, match="is no user who works"):
        on()


def test_the_companys_name_must_be_set_where_a_text_writes_it(settings):
    text = {"en": "Hello", "de": "Hallo von {{ company.name }}"}
    mail = {"mail": {"to": ["user"], "subject": "Hello", "body": text}}
    branch = {"branch": {"when": RULE, "then": [mail]}}
    settings.COMPANY = ""
    save(steps=[TASK, branch])
    with pytest.raises(InvalidDefinition, match=r"Step 2\.1 writes the name of your company"):
        on()
    settings.COMPANY = "Cirrus"
    assert on().running == 1


def test_rules_ask_only_for_metrics_there_are():
    rule = {"all": [{"field": "metric.nonsense", "op": "above", "value": 1}]}
    with pytest.raises(InvalidDefinition, match="no field"):
        save(audience=rule)


def test_a_body_that_is_no_mapping_is_refused():
    with pytest.raises(InvalidDefinition):
        services.play_save(actor=None, key="k", body=[])
