"""Which model is live, what it was trained on, and whether it is worth listening to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenure.engine.panel.rows import CHURN
from tenure.forecast.models import ForecastRun, RunStatus
from tenure.web.evidence.causes import cause_name
from tenure.web.evidence.measures import AUC, LOG_LOSS, WORSE_BY, figure
from tenure.web.evidence.stored import Backtest
from tenure.web.templatetags.formats import number

CHOSEN: Mapping[str, Promise] = {
    "base rate": _("the base rate for everybody"),
    "prior": _("what is known of the trade, leaning on the company's own churn"),
    "ridge": _("a regression on the log-odds, held in by a penalty"),
    "boosted": _("boosted trees"),
    "blend": _("a blend of regression and boosted trees"),
}


@dataclass(frozen=True)
class Verdict:
    """Whether to listen, in a sentence. `tone`: good, poor, or unknown."""

    title: str
    text: str
    tone: str


def chosen_name(key: str) -> str:
    """What kind of model a run chose."""
    return str(CHOSEN.get(key, key))


def verdict(run: ForecastRun, backtest: Backtest) -> Verdict:
    """Whether the forecast beats the base rate on dates that it had not seen."""
    if not run.signal:
        return Verdict(
            _t("No usable signal"),
            _t(
                "Nothing that was tried beats the base rate by more than chance, so every account "
                "is shown the base rate with its interval. More history, or more kinds of facts, "
                "may change that."
            ),
            "unknown",
        )
    return _measured(backtest) or Verdict(
        _t("The forecast beats the base rate"),
        _t(
            "It did so when trained on some accounts and tried on the others; no past date is "
            "far enough back yet to try it on what came after."
        ),
        "good",
    )


def _measured(backtest: Backtest) -> Verdict | None:
    ours, base = backtest.forecast, backtest.method("base_rate")
    if ours is None or base is None:
        return None
    gap, loss, base_loss = (
        figure(base.metrics, WORSE_BY),
        figure(ours.metrics, LOG_LOSS),
        figure(base.metrics, LOG_LOSS),
    )
    if gap.value is None or loss.value is None or base_loss.value is None:
        return None
    told = {"loss": loss.text, "base": base_loss.text, "n": len(backtest.by_origin)}
    if gap.value <= 0:
        return Verdict(
            _t("On past dates the forecast did no better than the base rate"),
            _t(
                "Its log loss over %(n)s past dates is %(loss)s, that of the base rate %(base)s. "
                "Take its ranking as a hint and its probabilities with care."
            )
            % told,
            "poor",
        )
    text = _t("Its log loss over %(n)s past dates is %(loss)s, that of the base rate %(base)s.")
    text = text % told + _ranking(ours)
    if gap.low is None or gap.low <= 0:
        text += " " + _t("So few left that this may still be chance.")
        return Verdict(_t("The forecast did better than the base rate so far"), text, "unknown")
    return Verdict(_t("The forecast beats the base rate"), text, "good")


def _ranking(result: Any) -> str:
    area = figure(result.metrics, AUC)
    if area.value is None:
        return ""
    return " " + _t(
        "Of an account that left and one that stayed, it had given the higher risk to the one "
        "that left %(n)s times of 100."
    ) % {"n": number(100 * area.value)}


@dataclass(frozen=True)
class EventCount:
    """How often something came within a year of a test date of the panel."""

    name: str
    rows: int


def events(run: ForecastRun) -> list[EventCount]:
    """Churn first, then the others by name."""
    keys = sorted(run.events, key=lambda key: (key != CHURN, key))
    return [EventCount(cause_name(key), int(run.events[key])) for key in keys]


def status_tone(run: ForecastRun) -> str:
    """The colour of a run's status."""
    return {RunStatus.LIVE: "good", RunStatus.CANDIDATE: "info"}.get(RunStatus(run.status), "")
