"""Business drivers: which features belong together under a name that people use."""

from collections.abc import Sequence

DRIVERS: dict[str, tuple[str, ...]] = {
    "use": (
        "active_days", "active_people", "active_people_28d", "active_weeks_share_26",
        "days_since_active", "events", "events_per_person", "stickiness", "usage_trend",
        "usage_vs_baseline",
    ),
    "breadth": ("feature_breadth",),
    "seats": ("seats", "seat_share", "idle_seats"),
    "health": ("health", "health_coverage", "pulse"),
    "contact": ("contact_days", "heard_90d", "said_90d", "sentiment_180d"),
    "support": (
        "support_tickets_90d", "support_reply_hours_90d", "support_open", "support_csat_180d",
    ),
    "survey": ("survey_nps_365d", "survey_answers_365d"),
    "payment": ("invoice_delay_180d", "invoices_overdue"),
    "people": ("people", "people_with_say", "people_with_say_left_180d"),
    "outcomes": ("outcomes_365d",),
    "tenure": ("tenure_months", "paid_months", "renewals_done", "client"),
    "contract": ("tier", "top_tier", "term", "mrr", "auto_renews"),
    "renewal": ("renews", "since_renewal", "renewals"),
    "notice": ("notice",),
    "company": ("segment", "industry", "employees"),
    "season": ("calendar_month",),
}  # fmt: skip
_OWNER = {feature: driver for driver, features in DRIVERS.items() for feature in features}


def base_of(feature: str) -> str:
    """The feature that `health.change_3` or `segment=SMB` is derived from."""
    return feature.split("=", 1)[0].split(".", 1)[0]


def driver_of(feature: str) -> str:
    """The driver a feature belongs to; a metric of one's own is its own driver."""
    base = base_of(feature)
    if base.startswith("health_"):
        return "health"
    return _OWNER.get(base, base)


def drivers_of(features: Sequence[str]) -> dict[str, list[int]]:
    """Driver → places of its features, in the order in which they first come."""
    found: dict[str, list[int]] = {}
    for place, feature in enumerate(features):
        found.setdefault(driver_of(feature), []).append(place)
    return found
