"""Business drivers: which features belong together under a name that people use."""

from collections.abc import Mapping, Sequence

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
WANTED: dict[str, int] = {
    "health": 1, "contact_days": -1, "heard_90d": 1, "said_90d": 1, "sentiment_180d": 1,
    "support_reply_hours_90d": -1, "support_open": -1, "support_csat_180d": 1,
    "survey_nps_365d": 1, "survey_answers_365d": 1, "invoice_delay_180d": -1,
    "invoices_overdue": -1, "people": 1, "people_with_say": 1, "outcomes_365d": 1,
}  # fmt: skip
"""Which way a team wants what it can influence: +1 more of it, −1 less.

A contract's terms, an account's age and kind and the calendar are as they are; a pulse is the
team's own opinion, a coverage is about what is known.
"""
_NOT_A_LEVER = frozenset({"seats", "idle_seats", "usage_trend", "usage_vs_baseline"})
"""Metrics nobody sets a goal for: what is bought, and how use compares with itself."""
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


def better_ways(features: Sequence[str], metrics: Mapping[str, bool | None]) -> dict[str, int]:
    """Of these features those that a team can influence → +1 where more is wanted, −1 where less.

    `metrics`: key of each defined metric → whether more of it is better, None: neither.
    """
    found = {}
    for feature in features:
        higher = metrics.get(feature)
        if feature in WANTED:
            found[feature] = WANTED[feature]
        elif feature.startswith("health_") and "." not in feature and feature != "health_coverage":
            found[feature] = 1
        elif higher is not None and feature not in _NOT_A_LEVER:
            found[feature] = 1 if higher else -1
    return found
