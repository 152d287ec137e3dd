"""What drivers, features, methods and notices are called, in sentences that people read."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenure.core.wording import listed, told
from tenure.forecast.drivers import base_of
from tenure.forecast.models import ForecastNotice

DRIVERS = {
    "use": _("Use of the product"),
    "breadth": _("Breadth of use"),
    "seats": _("Seats"),
    "health": _("Health score"),
    "contact": _("Contact"),
    "support": _("Support"),
    "survey": _("Surveys"),
    "payment": _("Payment"),
    "people": _("People"),
    "outcomes": _("Outcomes"),
    "tenure": _("Time as a customer"),
    "contract": _("Contract"),
    "renewal": _("Renewals ahead"),
    "notice": _("Notice to leave"),
    "company": _("Kind of company"),
    "season": _("Season"),
}
FEATURES = {
    "tenure_months": _("Months as a customer"),
    "paid_months": _("Months paid"),
    "renewals_done": _("Completed renewals"),
    "client": _("Is a client"),
    "health": _("Health score"),
    "health_coverage": _("Coverage of the health score"),
    "pulse": _("Pulse"),
    "contact_days": _("Days since they last spoke to us"),
    "heard_90d": _("Times they spoke to us, 90 days"),
    "said_90d": _("Times we spoke to them, 90 days"),
    "sentiment_180d": _("Sentiment, 180 days"),
    "support_tickets_90d": _("Tickets, 90 days"),
    "support_reply_hours_90d": _("Hours to first reply, 90 days"),
    "support_open": _("Open tickets"),
    "support_csat_180d": _("Satisfaction with support, 180 days"),
    "survey_nps_365d": _("Mean NPS answer, a year"),
    "survey_answers_365d": _("Survey answers, a year"),
    "invoice_delay_180d": _("Days paid late, 180 days"),
    "invoices_overdue": _("Overdue invoices"),
    "people": _("People"),
    "people_with_say": _("People with a say"),
    "people_with_say_left_180d": _("People with a say who left, 180 days"),
    "outcomes_365d": _("Outcomes confirmed, a year"),
    "tier": _("Tier"),
    "top_tier": _("Top tier"),
    "term": _("Months of the term"),
    "mrr": _("MRR"),
    "seats": _("Seats"),
    "employees": _("Employees"),
    "calendar_month": _("Month of the year"),
    "auto_renews": _("Renews by itself"),
    "renews": _("A renewal ahead"),
    "since_renewal": _("Months since the last renewal"),
    "renewals": _("Renewals ahead"),
    "notice": _("Notice to leave"),
}
METHODS = {
    "forecast": _("Forecast"),
    "base_rate": _("Base rate"),
    "health": _("Health score"),
    "last_seen": _("Renewal date and last seen"),
    "logistic": _("Logistic model"),
}


Titles = Mapping[str, str]


def driver_title(name: str, titles: Titles) -> str:
    """The name of a driver; one that is a metric has the metric's title."""
    return str(DRIVERS[name]) if name in DRIVERS else feature_title(name, titles)


def feature_title(feature: str, titles: Titles) -> str:
    """The name of a feature, `segment=SMB` as it is. `titles`: of all metrics by key."""
    base = base_of(feature)
    if "=" in feature:
        return feature.split("=", 1)[1]
    if base in FEATURES:
        return str(FEATURES[base])
    if base.startswith("health_"):
        part = base.removeprefix("health_").replace("_", " ")
        return gettext("Health score, %(part)s") % {"part": part}
    return titles.get(base, base.replace("_", " ").capitalize())


def metric_titles() -> dict[str, str]:
    """Key → title of every metric; one query, for all the names that a page tells."""
    from tenure.metrics.selectors import bodies_current

    return {key: told(str(body.get("title") or key)) for key, body in bodies_current().items()}


def method_title(method: str) -> str:
    """The name of a method in the backtest."""
    return str(METHODS.get(method, method))


def reason_sentence(driver: Mapping[str, Any], titles: Titles) -> str:
    """What stands behind a driver: the feature with its value now and 13 weeks before."""
    title = feature_title(driver["feature"], titles)
    now, then = driver["now"], driver["then"]
    if "=" in driver["feature"] or now is None:
        return title
    if then is None or then == now:
        return gettext("%(what)s: %(now)s") % {"what": title, "now": _short(now)}
    return gettext("%(what)s: %(now)s, was %(then)s") % {
        "what": title,
        "now": _short(now),
        "then": _short(then),
    }


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 20 or value == int(value) else f"{value:.2g}"


def notice_sentence(notice: ForecastNotice) -> str:
    """One sentence that says what is the matter and what to do."""
    return _NOTICES[notice.kind](notice.detail)


def _stale(detail: Mapping[str, Any]) -> str:
    return gettext(
        "The model is %(days)d days old; run `tenure forecast train`, or see why trainings fail."
    ) % {"days": detail["days"]}


def _drift(detail: Mapping[str, Any]) -> str:
    titles = metric_titles()
    names = listed(feature_title(entry["feature"], titles) for entry in detail["features"][:3])
    return gettext("Inputs have moved since the training, most of all %(names)s.") % {
        "names": names
    }


def _calibration(detail: Mapping[str, Any]) -> str:
    slope = detail.get("slope")
    if slope is None:
        text = gettext(
            "Forecasts of the past expected %(ratio)s times the churn that came (%(events)s)."
        )
        ratio = number_format(detail["ratio"], 1)
        return text % {"ratio": ratio, "events": detail["events"]}
    if slope > 0:
        text = gettext(
            "Churn comes ever more often than was forecast: over %(months)s closed months its odds "
            "rose by %(change)s %% a month against the forecast. Train the model anew."
        )
    else:
        text = gettext(
            "Churn comes ever less often than was forecast: over %(months)s closed months its odds "
            "fell by %(change)s %% a month against the forecast. Train the model anew."
        )
    change = number_format(100.0 * abs(math.expm1(slope)), 0)
    return text % {"months": detail["months"], "change": change}


def _no_signal(detail: Mapping[str, Any]) -> str:
    return gettext("No usable signal: nothing beats the base rate, so the base rate is shown.")


def _refused(detail: Mapping[str, Any]) -> str:
    titles = metric_titles()
    return gettext("Columns that know what was not known yet were left out: %(names)s.") % {
        "names": listed(feature_title(name, titles) for name in detail["columns"])
    }


def _not_replaced(detail: Mapping[str, Any]) -> str:
    return gettext("A new model was not taken. %(reason)s") % {"reason": detail["reason"]}


_NOTICES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "stale": _stale,
    "drift": _drift,
    "calibration": _calibration,
    "no_signal": _no_signal,
    "refused": _refused,
    "not_replaced": _not_replaced,
}
