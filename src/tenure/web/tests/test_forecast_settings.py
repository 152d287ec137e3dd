"""Settings of the forecast: saved as versions, refused in sentences, restored."""

import pytest

from tenure.core.models import AuditEntry, DefinitionVersion
from tenure.core.roles import Role
from tenure.forecast.definitions import shipped
from tenure.forecast.in_force import definition_in_force
from tenure.web.definitions.foresight import ForecastForm, as_shown, every_setting

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/forecast"


def given(**changes):
    """The form as the browser would send it back untouched, with some fields changed."""
    body = shipped()
    post = {one.name: str(as_shown(body[one.name], one)) for one in every_setting()}
    return {**post, "exclude": "", "note": "", **changes}


def versions():
    return DefinitionVersion.objects.filter(kind="forecast").order_by("version")


@pytest.fixture
def leader(sign_in):
    return sign_in(Role.LEADER)


def test_the_form_shows_what_is_in_force_with_shares_in_percent(leader):
    answer = leader.get(ADDRESS)
    form = answer.context["form"]
    assert (form["capacity_share"].value(), form["margin"].value()) == (10, 75)
    assert form["horizons"].value() == shipped()["horizons"]
    assert "shipped" in answer.content.decode()


def test_a_form_sent_back_untouched_changes_nothing():
    form = ForecastForm(shipped(), given())
    assert form.is_valid()
    assert form.definition() == shipped()


def test_everything_that_may_be_set_has_its_field_but_the_seed():
    named = {setting.name for setting in every_setting()} | {"exclude"}
    assert named == set(shipped()) - {"seed"}


def test_a_change_is_kept_as_a_version_with_its_reason(leader, users):
    answer = leader.post(
        ADDRESS,
        given(capacity_share="12.5", retrain_days="14", exclude="mrr\n\n segment=SMB \nmrr",
              note="a larger team"),
    )  # fmt: skip
    assert answer.headers["Location"] == ADDRESS
    now = definition_in_force()
    assert (now.capacity_share, now.retrain_days) == (0.125, 14)
    assert now.exclude == ("mrr", "segment=SMB")
    assert now.seed == shipped()["seed"]
    row = versions().last()
    assert (row.note, row.created_by) == ("a larger team", users[Role.LEADER])
    assert AuditEntry.objects.filter(actor=users[Role.LEADER]).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"horizons": "99"}, "horizons must be a whole number from 3 to 36; 99 is not."),
        ({"margin": "140"}, "margin must be a number from 0 to 1; 1.4 is not."),
        ({"backtest_horizon": "24", "horizons": "12"}, "cannot be further ahead than horizons"),
        ({"stale_days": "soon"}, "Old after (days): Enter a whole number."),
        ({"margin": "nan"}, "Margin (%): Enter a number."),
        ({"replays": ""}, "Past dates: This field is required."),
    ],
)
def test_what_does_not_hold_together_is_refused_in_sentences(leader, changes, sentence):
    answer = leader.post(ADDRESS, given(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not versions().exists()
    name, value = next(iter(changes.items()))
    assert f'name="{name}" inputmode="decimal" value="{value}"' in answer.content.decode()


def test_an_old_version_is_restored_as_a_new_one(leader):
    for margin in ("60", "80"):
        leader.post(ADDRESS, given(margin=margin))
    assert definition_in_force().margin == 0.8
    leader.post("/settings/versions/forecast/default/1/restore")
    assert definition_in_force().margin == 0.6
    assert [row.version for row in versions()] == [1, 2, 3]
    leader.post("/settings/versions/forecast/default/0/restore")
    assert definition_in_force().margin == shipped()["margin"]
    assert "margin" in leader.get("/settings/versions/forecast/default/2").content.decode()


def test_who_may_not_edit_definitions_can_neither_read_nor_save(sign_in):
    for role in (Role.CSM, Role.VIEWER):
        client = sign_in(role)
        assert client.get(ADDRESS).status_code == 403
        assert client.post(ADDRESS, given(margin="60")).status_code == 403
    assert not versions().exists()


def test_markup_in_a_feature_name_is_shown_as_text(leader):
    leader.post(ADDRESS, given(exclude="<script>alert(1)</script>"))
    text = leader.get(ADDRESS).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
