"""Whether the probabilities drift away from what comes, and which inputs have moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tenure.engine.scoring.trend import EVENTS, MONTHS
from tenure.forecast import selectors
from tenure.forecast.models import CalibrationTrend, ForecastRun
from tenure.forecast.services.notices import MOVED, has_moved
from tenure.web.evidence.names import feature_name
from tenure.web.evidence.stored import LIVE, REPLAY
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import month_text, number

WITHOUT_NUMBER = 0.001


@dataclass(frozen=True)
class TrendShown:
    """One look at observed over predicted: its sentences, its tone and its drawing."""

    replay: bool
    sentence: str
    level: str
    tone: str
    chart: Chart


def calibration_trend() -> TrendShown | None:
    """Of predictions made at the time; while there is no closed month of these, of the replays."""
    live = selectors.calibration_trend(LIVE)
    row = live if live is not None and live.months else selectors.calibration_trend(REPLAY)
    if row is None or not row.months:
        return None
    loud = row.trend.get("drifts") or row.trend.get("off")
    return TrendShown(
        replay=row.source == REPLAY,
        sentence=_sentence(row.trend, row.months),
        level=_level(row.trend),
        tone="warning" if loud else "",
        chart=_chart(row),
    )


def _sentence(trend: Mapping[str, Any], months: Sequence[Mapping[str, Any]]) -> str:
    told = {
        "months": number(len(months)),
        "came": number(sum(one["events"] for one in months)),
        "said": number(sum(one["expected"] for one in months), 1),
    }
    if not trend:
        return _(
            "Over %(months)s closed months %(came)s accounts left where %(said)s were expected. "
            "Whether that drifts can be said from %(least)s months and %(events)s departures on."
        ) % {**told, "least": MONTHS, "events": EVENTS}
    told |= {name: number(trend[name], 3) for name in ("slope", "low", "high")}
    told["p"] = _p(trend["p"])
    if not trend["drifts"]:
        return (
            _(
                "Over %(months)s closed months %(came)s accounts left where %(said)s were "
                "expected. The log-odds of observed over predicted move by %(slope)s a month "
                "(%(low)s to %(high)s, %(p)s): no clear drift."
            )
            % told
        )
    return (
        _(
            "Over %(months)s closed months %(came)s accounts left where %(said)s were expected. "
            "The log-odds of observed over predicted move by %(slope)s a month (%(low)s to "
            "%(high)s, %(p)s): the probabilities drift."
        )
        % told
    )


def _level(trend: Mapping[str, Any]) -> str:
    if not trend:
        return ""
    told = {"ratio": number(trend["ratio"], 2), "p": _p(trend["level_p"])}
    if trend["off"]:
        return _("All months together, %(ratio)s times what came was expected (%(p)s): off.") % told
    return (
        _("All months together, %(ratio)s times what came was expected (%(p)s): not clearly off.")
        % told
    )


def _p(value: float) -> str:
    if value < WITHOUT_NUMBER:
        return _("p below %(p)s") % {"p": number(WITHOUT_NUMBER, 3)}
    return _("p = %(p)s") % {"p": number(value, 3)}


def _chart(row: CalibrationTrend) -> Chart:
    months = row.months
    return Chart(
        key="drift",
        title=_("Departures by month, expected and seen"),
        kind="line",
        labels=[month_text(date.fromisoformat(f"{one['month']}-01")) for one in months],
        series=[
            Series(_("Expected"), [round(one["expected"], 2) for one in months], "series-2"),
            Series(_("Seen"), [float(one["events"]) for one in months], "series-1"),
        ],
        decimals=1,
        note=_("each month's own forecast, against what came of it"),
        summary=_sentence(row.trend, months),
    )


@dataclass(frozen=True)
class MovedFeature:
    """One input, then and now. `state`: steady, some or moved."""

    name: str
    key: str
    index: float
    chance: float
    unknown_then: float
    unknown_now: float
    state: str


@dataclass(frozen=True)
class MovedShown:
    """All inputs of a run's model on the newest day that they were looked at."""

    as_of: date
    rows: int
    limit: float
    features: tuple[MovedFeature, ...]

    @property
    def moved(self) -> int:
        """How many have moved."""
        return sum(one.state == "moved" for one in self.features)


def feature_drift(run: ForecastRun, titles: Mapping[str, str]) -> MovedShown | None:
    """The inputs of a run, the most moved first."""
    row = selectors.feature_drift(run)
    if row is None:
        return None
    features = tuple(
        MovedFeature(
            feature_name(one["feature"], titles),
            one["feature"],
            one["index"],
            one["chance"],
            one["unknown_then"],
            one["unknown_now"],
            _state(one["index"], one["chance"]),
        )
        for one in row.features
    )
    return MovedShown(row.as_of, row.rows, MOVED, features)


def _state(index: float, by_chance: float) -> str:
    if has_moved(index, by_chance):
        return "moved"
    return "some" if index > by_chance else "steady"
