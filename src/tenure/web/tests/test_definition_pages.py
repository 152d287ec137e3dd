"""Settings of metrics, scorecards, the ladder and churn: saved, previewed, compared, restored."""

import pytest
from django.core.cache import cache

from tenure.contracts.churn import churn_rule
from tenure.core.definition_text import body_text
from tenure.core.models import AuditEntry, DefinitionVersion
from tenure.core.roles import Role
from tenure.health.selectors import scorecard_current
from tenure.health.services import PreviewRow
from tenure.metrics.selectors import bodies_current, catalogue_current
from tenure.relationship.definitions import shipped
from tenure.relationship.in_force import ladder_in_force
from tenure.web.definitions.metrics import spread_of
from tenure.web.definitions.scorecards import moves
from tenure.web.definitions.thresholds import LadderForm
from tenure.web.tests.factories import book_make

pytestmark = pytest.mark.django_db
MARKUP = "<img src=x onerror=alert(1)>"
EXPORTS = "key: exports\ntitle: Exports\nkind: count\nsource: events\nwhere: {event: Exported}\n"


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


@pytest.fixture
def leader(sign_in):
    return sign_in(Role.LEADER)


def text_of(answer) -> str:
    return answer.content.decode()


def versions(kind, key):
    return DefinitionVersion.objects.filter(kind=kind, key=key).order_by("version")


def scorecard_text(**changes) -> str:
    from tenure.health.definitions import shipped as scorecards

    return body_text({**scorecards()["standard"], **changes})


def test_the_catalogue_lists_every_metric_with_its_values(leader):
    book_make(40)
    answer = leader.get("/settings/metrics")
    rows = {row.metric.key: row for row in answer.context["rows"]}
    assert set(rows) == set(catalogue_current().keys)
    assert rows["active_people"].spread.known == 40
    assert rows["csat_90d"].spread is None
    assert rows["seat_share"].how == "active_people / seats"
    assert rows["usage_trend"].sources == ("Product events",)


def test_one_metric_shows_its_values_and_what_leans_on_it(leader):
    book_make(40)
    answer = leader.get("/settings/metrics/key/active_people")
    assert answer.context["spread"].known == 40
    assert "seat_share" in {metric.key for metric in answer.context["leaning"]}
    assert "40 accounts have a value" in answer.context["chart"].summary


def test_a_spread_puts_every_known_value_into_a_bin():
    spread = spread_of([0.0] * 50 + [float("nan"), 1e9])
    assert (spread.known, sum(spread.counts), spread.middle) == (51, 51, 0.0)
    assert spread_of([3.0]).counts.count(1) == 1
    assert spread_of([]) is None


def test_a_metric_is_added_and_changed_and_its_old_version_restored(leader):
    added = leader.post("/settings/metrics/new", {"text": EXPORTS, "note": "asked for"})
    assert added.headers["Location"] == "/settings/metrics/key/exports"
    changed = EXPORTS.replace("Exports\n", "Exports made\n")
    leader.post("/settings/metrics/key/exports", {"text": changed, "note": "clearer"})
    assert bodies_current()["exports"]["title"] == "Exports made"
    page = text_of(leader.get("/settings/versions/metric/exports/2"))
    assert "title: Exports made" in page
    assert 'data-sign="went"' in page
    restored = leader.post("/settings/versions/metric/exports/1/restore", follow=True)
    assert "in force again, as version 3" in text_of(restored)
    assert bodies_current()["exports"]["title"] == "Exports"
    assert [row.note for row in versions("metric", "exports")] == [
        "asked for",
        "clearer",
        "Version 1 restored",
    ]
    assert AuditEntry.objects.filter(action="definition.append").count() == 3


def test_a_metric_that_does_not_hold_together_says_each_fault_and_keeps_the_text(leader):
    text = "key: exports\ntitle: Exports\nkind: count\nwindow: soon\nnonsense: 1\n"
    answer = leader.post("/settings/metrics/new", {"text": text})
    shown = text_of(answer)
    assert answer.status_code == 422
    assert len(answer.context["problems"]) >= 2
    assert "nonsense: 1" in shown
    assert not DefinitionVersion.objects.exists()


def test_a_metric_cannot_take_the_name_of_another_or_another_page(leader):
    taken = leader.post("/settings/metrics/new", {"text": EXPORTS.replace("exports", "events")})
    assert "There is a events already" in text_of(taken)
    other = leader.post("/settings/metrics/key/events", {"text": EXPORTS})
    assert other.status_code == 422
    assert not DefinitionVersion.objects.exists()


def test_a_metric_that_others_lean_on_is_not_retired(leader):
    answer = leader.post("/settings/versions/metric/seats/retire", follow=True)
    assert "seats" in bodies_current()
    assert "refers to" in text_of(answer)


def test_a_retired_metric_keeps_its_page_and_can_come_back(leader):
    leader.post("/settings/metrics/new", {"text": EXPORTS})
    leader.post("/settings/versions/metric/exports/retire")
    assert "exports" not in bodies_current()
    assert "retired" in text_of(leader.get("/settings/metrics/key/exports"))
    leader.post("/settings/versions/metric/exports/1/restore")
    assert "exports" in bodies_current()


@pytest.mark.parametrize(
    "address",
    [
        "/settings/metrics/key/none",
        "/settings/metrics/key/%00",
        "/settings/scorecards/key/none",
        "/settings/versions/metric/events/99",
        "/settings/versions/spell/x/1",
    ],
)
def test_a_definition_that_is_not_there_is_not_found(leader, address):
    assert leader.get(address).status_code == 404


def test_hostile_yaml_gets_a_sentence_and_is_shown_as_text(leader):
    bomb = "a: &a [x, x]\nb: [*a, *a]\ntitle: '" + MARKUP + "'\n"
    answer = leader.post("/settings/metrics/key/events", {"text": bomb})
    assert answer.status_code == 422
    assert "aliases are not allowed" in text_of(answer)
    assert MARKUP not in text_of(answer)


def test_markup_in_a_definition_is_shown_as_text_everywhere(leader):
    leader.post(
        "/settings/metrics/new", {"text": EXPORTS.replace("Exports", f"'{MARKUP}'"), "note": MARKUP}
    )
    for address in (
        "/settings/metrics",
        "/settings/metrics/key/exports",
        "/settings/versions/metric/exports/1",
    ):
        assert MARKUP not in text_of(leader.get(address))


def test_scorecards_show_for_whom_they_are_and_what_they_weigh(leader):
    answer = leader.get("/settings/scorecards")
    rows = {row["definition"].key: row for row in answer.context["rows"]}
    assert [*rows] == ["onboarding", "strategic", "standard"]
    assert rows["strategic"]["audience"] == "lifecycle: paying; top tier: yes"
    for row in rows.values():
        assert sum(group.share for group in row["groups"]) == pytest.approx(1)
        assert sum(m.share for g in row["groups"] for m in g.measures) == pytest.approx(1)


def test_a_scorecard_is_previewed_without_being_saved(leader):
    text = scorecard_text(bands={"good": 90, "fair": 80})
    answer = leader.post("/settings/scorecards/key/standard", {"text": text, "do": "preview"})
    assert answer.status_code == 200
    assert "nothing was saved" in text_of(answer)
    assert "good: 90" in text_of(answer)
    assert not DefinitionVersion.objects.exists()


def test_a_bound_that_moves_no_points_is_not_said_to_move_some():
    shown = moves([PreviewRow(1, "Acme", 75.0, 75.0, "good", "fair")])
    assert (shown.moved, shown.touched, shown.cut) == (1, 0, False)


def test_the_preview_names_who_would_change_band(leader):
    account = book_make(1)[0]
    answer = leader.post(
        "/settings/scorecards/key/standard", {"text": scorecard_text(), "do": "preview"}
    )
    shown = answer.context["moves"]
    assert (shown.moved, shown.rows[0].name) == (1, account.name)
    assert shown.pairs == ((account.health.band, "unknown", 1),)


def test_a_scorecard_is_saved_and_restored(leader):
    text = scorecard_text(bands={"good": 90, "fair": 80})
    leader.post(
        "/settings/scorecards/key/standard", {"text": text, "do": "save", "note": "stricter"}
    )
    assert scorecard_current("standard").scorecard.bands.good == 90
    leader.post("/settings/versions/scorecard/standard/0/restore")
    assert scorecard_current("standard").scorecard.bands.good == 70
    assert [row.note for row in versions("scorecard", "standard")] == [
        "stricter",
        "Version 0 restored",
    ]


def test_a_scorecard_with_faults_shows_all_of_them(leader):
    group = "{key: a, weight: -1, measures: [{metric: events, points: [[0, 0]]}]}"
    text = f"title: x\ngroups:\n  - {group}\n"
    answer = leader.post("/settings/scorecards/key/standard", {"text": text, "do": "save"})
    assert answer.status_code == 422
    assert len(answer.context["problems"]) >= 2
    assert answer.context["groups"]


def test_another_scorecard_is_added_and_retired(leader):
    page = leader.get("/settings/scorecards/new")
    given = {"key": "small", "text": page.context["text"], "do": "save"}
    assert leader.post("/settings/scorecards/new", given).headers["Location"].endswith("/key/small")
    assert scorecard_current("small") is not None
    assert leader.post("/settings/scorecards/new", given).status_code == 422
    bad = leader.post("/settings/scorecards/new", {**given, "key": "No Good"})
    assert "cannot be a scorecard" in text_of(bad).replace("&#x27;", "'")
    leader.post("/settings/versions/scorecard/small/retire")
    assert scorecard_current("small") is None


def ladder_fields(**changes) -> dict[str, object]:
    form = LadderForm(shipped())
    given = {name: form[name].value() for name in form.fields}
    return {**{k: v for k, v in given.items() if v is not None}, **changes}


def test_the_ladder_saved_as_it_is_shown_is_the_same_ladder(leader):
    leader.post("/settings/ladder", {**ladder_fields(), "do": "save"})
    assert versions("ladder", "default").get().body == shipped()


def test_a_threshold_is_changed_and_the_old_ladder_restored(leader):
    changed = ladder_fields(
        outlook__least="80", promote_after="3", roles=["sponsor"], note="gentler"
    )
    leader.post("/settings/ladder", {**changed, "do": "save"})
    rules = ladder_in_force().rules
    assert (rules.outlook, rules.promote_after) == (0.8, 3)
    assert ladder_in_force().roles == ("sponsor",)
    leader.post("/settings/versions/ladder/default/0/restore")
    assert ladder_in_force().rules.outlook == 0.9


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"outlook__least": "190"}, "least must be a number from 0 to 1"),
        ({"breadth__people": "many"}, "Active people, at least: Enter a whole number."),
        ({"promote_after": "0"}, "promote_after"),
        ({"outlook__least": "nan"}, "Enter a number."),
        ({"roles": []}, "Roles with a say"),
    ],
)
def test_a_threshold_out_of_bounds_gets_a_sentence(leader, change, sentence):
    answer = leader.post("/settings/ladder", {**ladder_fields(**change), "do": "save"})
    assert answer.status_code == 422
    assert sentence in " ".join(answer.context["problems"])
    assert not versions("ladder", "default").exists()


def test_the_preview_of_the_ladder_saves_nothing(leader):
    book_make(3)
    answer = leader.post(
        "/settings/ladder", {**ladder_fields(length__paid_months="1"), "do": "preview"}
    )
    assert answer.status_code == 200
    assert answer.context["moves"]["moved"] == 0
    assert "Nothing would change" in text_of(answer)
    assert 'value="1"' in text_of(answer)
    assert not versions("ladder", "default").exists()


def test_churn_is_changed_and_restored(leader):
    given = {"contractual_days": "14", "usage_days": "90", "shown": "usage", "note": "grace"}
    assert leader.post("/settings/churn", given).headers["Location"] == "/settings/churn"
    assert (churn_rule().contractual_days, churn_rule().shown) == (14, "usage")
    leader.post("/settings/versions/churn/default/0/restore")
    assert churn_rule().contractual_days == 0
    assert leader.post("/settings/versions/churn/default/retire").status_code == 404


def test_a_churn_rule_out_of_bounds_gets_a_sentence(leader):
    answer = leader.post(
        "/settings/churn", {"contractual_days": "-1", "usage_days": "0", "shown": "usage"}
    )
    assert answer.status_code == 422
    assert "contractual_days must be a whole number of days" in text_of(answer)
    assert leader.post("/settings/churn", {"usage_days": "x"}).status_code == 422
    assert churn_rule().usage_days == 60


def test_nobody_without_the_permission_reads_or_changes_definitions(sign_in):
    for role in (Role.CSM, Role.VIEWER):
        client = sign_in(role)
        assert client.get("/settings/churn").status_code == 403
        assert client.post("/settings/versions/ladder/default/0/restore").status_code == 403
    assert not DefinitionVersion.objects.exists()
