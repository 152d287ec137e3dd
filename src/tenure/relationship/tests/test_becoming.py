"""The chance of becoming a client, from stored predictions."""

import pytest

from tenure.core import clock
from tenure.forecast.models import ForecastRun, Prediction, RunStatus
from tenure.health.tests.world import TODAY, account, period, refresh
from tenure.relationship.inputs.becoming import client_chances as chances_now
from tenure.relationship.models import Standing

pytestmark = pytest.mark.django_db


def client_chances():
    with clock.at(TODAY):
        return chances_now()


def run_of(status=RunStatus.LIVE):
    return ForecastRun.objects.create(
        started_at=clock.now(), as_of=TODAY.date(), code_version="1", status=status
    )


def predicted(owner, run, hazard, survival=None, months=24):
    curve = survival or [0.99**m for m in range(1, months + 1)]
    return Prediction.objects.create(
        run=run, account=owner, as_of=TODAY.date(), made_at=TODAY, survival=curve, low=curve,
        high=curve, stay=curve[-1], stay_low=curve[-1], stay_high=curve[-1],
        hazards={"client": [hazard] * months} if hazard is not None else {},
    )  # fmt: skip


def test_whoever_churns_first_never_becomes_a_client():
    run = run_of()
    stays, goes = account("stays"), account("goes")
    predicted(stays, run, 0.1, survival=[1.0] * 24)
    predicted(goes, run, 0.1, survival=[0.5, *[0.0] * 23])
    found = client_chances()
    # Nobody churns: 1 − 0.9^m. Gone after a month: a tenth in the first, half a 0.09 in the second.
    assert found[stays.pk] == pytest.approx([1 - 0.9**m for m in (3, 6, 9, 12)], abs=1e-4)
    assert found[goes.pk] == pytest.approx([0.1 + 0.5 * 0.09] * 4, abs=1e-4)


def test_the_newest_prediction_counts_and_replays_do_not():
    run, owner = run_of(), account("acme")
    predicted(owner, run, 0.5)
    predicted(owner, run, 0.01)
    predicted(owner, run_of(RunStatus.REPLAY), 0.9)
    assert client_chances()[owner.pk][-1] < 0.2


@pytest.mark.parametrize(("hazard", "months"), [(None, 24), (0.1, 6)])
def test_where_it_was_not_forecast_for_a_year_there_is_none(hazard, months):
    predicted(account("acme"), run_of(), hazard, months=months)
    assert client_chances() == {}


def test_customers_standings_get_the_chance_and_lose_it_with_the_forecast():
    owner = account("acme")
    period(owner)
    predicted(owner, run_of(), 0.1, survival=[1.0] * 24)
    refresh("relationship", "becoming")
    standing = Standing.objects.get(account=owner)
    assert standing.level == "customer"
    assert standing.client_within_year == pytest.approx(1 - 0.9**12, abs=1e-4)
    assert len(standing.client_chances) == 4
    refresh("relationship")
    standing.refresh_from_db()
    assert standing.client_within_year is not None
    Standing.objects.update(level="client")
    refresh("becoming")
    standing.refresh_from_db()
    assert (standing.client_within_year, len(standing.client_chances)) == (None, 4)
    Prediction.objects.all().delete()
    refresh("becoming")
    standing.refresh_from_db()
    assert standing.client_chances == []
