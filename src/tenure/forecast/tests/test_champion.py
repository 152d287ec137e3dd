"""A new model takes the live one's place unless it is worse where both are tested."""

from datetime import date

import pytest

from tenure.contracts.models import SubscriptionPeriod
from tenure.core import clock
from tenure.forecast import selectors
from tenure.forecast.models import ForecastRun, Prediction, RunStatus
from tenure.forecast.tests.company import company, train
from tenure.forecast.texts import notice_sentence
from tenure.health.tests.world import TODAY, when

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TESTED = date(2025, 3, 16)  # four months before today: the day of the replay


def champion(owners, knows):
    """A live model of four months ago that said `knows` of those who left since, and of others."""
    run = ForecastRun.objects.create(
        started_at=when("2025-03-16"), as_of=TESTED, code_version="old", status=RunStatus.LIVE,
        parameters={"definition": {"stale_days": 60}},
    )  # fmt: skip
    ends = dict(
        SubscriptionPeriod.objects.filter(superseded_at__isnull=True).values_list(
            "account_id", "ended_at"
        )
    )
    for owner in owners:
        end = ends[owner.pk]
        stay = knows[1] if end is None or end > TODAY else knows[0]
        Prediction.objects.create(
            run=run, account=owner, as_of=TESTED, made_at=when("2025-03-16"),
            survival=[stay] * 12, stay=stay, stay_low=stay, stay_high=stay,
        )  # fmt: skip
    return run


def test_a_live_model_that_knew_who_would_leave_stays():
    live = champion(company(fades=False), knows=(0.01, 0.99))
    newcomer = train()
    live.refresh_from_db()
    assert (live.status, newcomer.status) == (RunStatus.LIVE, RunStatus.RETIRED)
    assert "against the live model: worse" in newcomer.reason
    with clock.at(TODAY):
        told = [notice_sentence(notice) for notice in selectors.notices()]
    assert any(sentence.startswith("A new model was not taken.") for sentence in told)


def test_a_live_model_that_had_it_the_wrong_way_round_goes():
    live = champion(company(), knows=(0.99, 0.01))
    newcomer = train()
    live.refresh_from_db()
    assert (live.status, newcomer.status) == (RunStatus.RETIRED, RunStatus.LIVE)
    assert newcomer.reason.startswith("Log loss over 4 months from 2025-03-16: -")


def test_where_hardly_anybody_left_the_newer_data_count():
    champion(company(stay=20, leave=2), knows=(0.01, 0.99))
    newcomer = train()
    assert newcomer.status == RunStatus.LIVE
    assert "too few to find it worse" in newcomer.reason
