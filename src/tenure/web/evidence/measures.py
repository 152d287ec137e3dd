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


MEASURES: Mapping[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure(
            "auc",
            _("AUC"),
            _(
                "how often an account to which it came had been given the higher chance than one "
                "to which it did not; 0.5 is a coin"
            ),
        ),
        Measure(
            "log_loss",
            _("Log loss"),
            _("how far the probabilities were from what came; less is better"),
            decimals=3,
            best="down",
        ),
        Measure(
            "brier",
            _("Brier score"),
            _("the mean squared distance between probability and outcome; less is better"),
            decimals=3,
            best="down",
        ),
        Measure(
            "slope",
            _("Calibration slope"),
            _("1 when chances are spread rightly; below 1 they are too extreme, above 1 too timid"),
            best="one",
        ),
        Measure(
            "predicted",
            _("Predicted"),
            _("the share to which it was expected to come"),
            "share",
            1,
            "none",
        ),
        Measure("actual", _("Actual"), _("the share to which it came"), "share", 1, "none"),
        Measure(
            "found",
            _("Found at capacity"),
            _(
                "the share of those to which it came among as many of the likeliest as the team "
                "can look after"
            ),
            "share",
            0,
        ),
        Measure(
            "lift",
            _("Lift"),
            _("how many times more that is than by looking at random"),
            decimals=1,
        ),
        Measure(
            "lead_months",
            _("Lead time, months"),
            _("how early those found were found: the middle one, and the middle half"),
            decimals=0,
        ),
        Measure(
            "uno_c",
            _("Uno's C"),
            _("the AUC with what comes earlier counted as the likelier, whenever it comes"),
        ),
        Measure(
            "ipcw_brier",
            _("Brier score of the curve"),
            _("the same distance for the whole curve, accounts not followed to the end weighed in"),
            decimals=3,
            best="down",
        ),
        Measure(
            "worse_by",
            _("Worse by"),
            _("its log loss less the forecast's on the same accounts; above 0 the forecast wins"),
            decimals=3,
            best="down",
        ),
    )
}
AUC, LOG_LOSS, WORSE_BY = (MEASURES[key] for key in ("auc", "log_loss", "worse_by"))


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


def figures(metrics: Mapping[str, Any], keys: Sequence[str]) -> tuple[Figure, ...]:
    """Some figures of a stored result, in the order of their keys."""
    return tuple(figure(metrics, MEASURES[key]) for key in keys)


def shown(value: float | None, measure: Measure) -> str:
    """A value as a reader wants it."""
    return (
        DASH
        if value is None
        else (share if measure.form == "share" else number)(value, measure.decimals)
    )
