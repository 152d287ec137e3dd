"""The figures of a backtest: what each is called, what it says in half a sentence, how it reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenure.web.templatetags.formats import DASH, number, share

Triple = Sequence[float | None] | None


@dataclass(frozen=True)
class Measure:
    """One figure. `form`: plain, share or months. `best`: up, down, one or none."""

    key: str
    name: Promise
    says: Promise
    form: str = "plain"
    decimals: int = 2
    best: str = "up"


AUC = Measure(
    "auc",
    _("AUC"),
    _("how often one who left had been given the higher risk than one who stayed; 0.5 is a coin"),
)
LOG_LOSS = Measure(
    "log_loss",
    _("Log loss"),
    _("how far the probabilities were from what came; less is better"),
    decimals=3,
    best="down",
)
BRIER = Measure(
    "brier",
    _("Brier score"),
    _("the mean squared distance between probability and outcome; less is better"),
    decimals=3,
    best="down",
)
SLOPE = Measure(
    "slope",
    _("Calibration slope"),
    _("1 when risks are spread rightly; below 1 they are too extreme, above 1 too timid"),
    best="one",
)
PREDICTED = Measure(
    "predicted", _("Predicted"), _("the share that was expected to leave"), "share", 1, "none"
)
ACTUAL = Measure("actual", _("Actual"), _("the share that left"), "share", 1, "none")
FOUND = Measure(
    "found",
    _("Found at capacity"),
    _("the share of leavers among as many of the riskiest as the team can look after"),
    "share",
    0,
)
LIFT = Measure(
    "lift",
    _("Lift"),
    _("how many times more leavers that is than by looking at random"),
    decimals=1,
)
LEAD = Measure(
    "lead_months",
    _("Lead time, months"),
    _("how early those found were found: the middle one, and the middle half"),
    decimals=0,
)
UNO_C = Measure(
    "uno_c",
    _("Uno's C"),
    _("the AUC with who leaves earlier counted as the more endangered, whenever they leave"),
)
IPCW_BRIER = Measure(
    "ipcw_brier",
    _("Brier score of the curve"),
    _("the same distance for the whole curve, accounts not followed to the end weighed in"),
    decimals=3,
    best="down",
)
WORSE_BY = Measure(
    "worse_by",
    _("Worse by"),
    _("its log loss less the forecast's on the same accounts; above 0 the forecast is better"),
    decimals=3,
    best="down",
)
MEASURES: Mapping[str, Measure] = {
    measure.key: measure
    for measure in (
        AUC, LOG_LOSS, BRIER, SLOPE, PREDICTED, ACTUAL, FOUND, LIFT, LEAD, UNO_C, IPCW_BRIER,
        WORSE_BY,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A measured value with its interval; `value` None: it cannot be said."""

    value: float | None
    low: float | None = None
    high: float | None = None
    measure: Measure = AUC

    @property
    def text(self) -> str:
        return shown(self.value, self.measure)

    @property
    def interval(self) -> str:
        if self.low is None or self.high is None:
            return ""
        ends = {"low": shown(self.low, self.measure), "high": shown(self.high, self.measure)}
        return _t("%(low)s to %(high)s") % ends


def figure(metrics: Mapping[str, Any], measure: Measure) -> Figure:
    """One figure of a stored result."""
    found: Triple = metrics.get(measure.key)
    if not found or found[0] is None:
        return Figure(None, measure=measure)
    value, low, high = (*found, None, None)[:3]
    return Figure(value, low, high, measure)


def shown(value: float | None, measure: Measure) -> str:
    """A value as a reader wants it."""
    return (
        DASH
        if value is None
        else (share if measure.form == "share" else number)(value, measure.decimals)
    )
