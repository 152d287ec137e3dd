"""What was predicted for an account, from what was known on a day."""

from typing import Any, ClassVar

from django.db import models

from tenure.accounts.models import Account
from tenure.forecast.models.runs import ForecastRun


class Prediction(models.Model):
    """The forecast for one account from one day on. Append-only.

    A week's prediction that says the same as the one before it is not written again. Lists have
    one value per month ahead, from the first on.

    Attributes:
        as_of: The inputs are what was known at the end of this day.
        survival, low, high: P(still paying after m months) with its 90 % interval.
        stay: That after twelve months (the last month there is, if fewer), with its interval.
        hazards: Cause other than churn → P(it comes in month m | still there, not come before).
        ranges: The same causes → [low, high], the 90 % interval of the chance that it comes within
            twelve months.
        drivers: [{"name", "feature", "contribution", "now", "then", "steady"}], largest first:
            contributions to the log odds of churn within a year against the company's usual
            account; `now` the raw value of the feature that weighs most in it, `then` that of 13
            weeks before. `steady`: in what share of refits to resampled accounts it would be told
            again with the same sign; null where there was none.
        others: The sum of the contributions that are not listed; `base`: where they start from.
        lowers: [{"name", "feature", "now", "goal", "back", "chance", "low", "high"}], best first:
            what would lower the risk of churn within twelve months: were `feature` of the driver
            `name` at `goal` (`back`: where it was 13 weeks before) in place of `now`, everything
            else as it is, that would be `chance`, with its 90 % interval. Null: not worked out.
        similar: [{"account", "origin", "months", "followed"}]: past rows nearest in what drives
            them; `months` until they churned, 0 if they hadn't `followed` months later.
        mrr: In the reporting currency; null when not known.
        value: Expected margin still to come, discounted, with its interval; null without MRR.
    """

    run = models.ForeignKey(ForecastRun, on_delete=models.CASCADE, related_name="predictions")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="predictions")
    as_of = models.DateField(db_index=True)
    made_at = models.DateTimeField()
    survival: models.JSONField[Any, Any] = models.JSONField(default=list)
    low: models.JSONField[Any, Any] = models.JSONField(default=list)
    high: models.JSONField[Any, Any] = models.JSONField(default=list)
    stay = models.FloatField()
    stay_low = models.FloatField()
    stay_high = models.FloatField()
    hazards: models.JSONField[Any, Any] = models.JSONField(default=dict)
    ranges: models.JSONField[Any, Any] = models.JSONField(default=dict)
    drivers: models.JSONField[Any, Any] = models.JSONField(default=list)
    others = models.FloatField(default=0.0)
    base = models.FloatField(default=0.0)
    lowers: models.JSONField[Any, Any] = models.JSONField(null=True)
    similar: models.JSONField[Any, Any] = models.JSONField(default=list)
    mrr = models.FloatField(null=True)
    value = models.FloatField(null=True)
    value_low = models.FloatField(null=True)
    value_high = models.FloatField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "-as_of", "-id"])]

    def __str__(self) -> str:
        return f"{self.stay:.2f} from {self.as_of}"


class CurrentForecast(models.Model):
    """What lists show of an account's newest prediction; made anew with every predicting.

    `churn`, `low`, `high`: P(churn within `horizon` months) with its 90 % interval. Accounts that
    the live model did not predict have no row.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, related_name="foresight", primary_key=True
    )
    run = models.ForeignKey(ForecastRun, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField(db_index=True)
    horizon = models.PositiveSmallIntegerField()
    churn = models.FloatField(db_index=True)
    low = models.FloatField()
    high = models.FloatField()

    def __str__(self) -> str:
        return f"{self.churn:.2f} within {self.horizon} months from {self.as_of}"
