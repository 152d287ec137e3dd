"""What the simulated company sells, where, to whom, and what befalls it."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.simulation.settings import Floats, Grid


@dataclass(frozen=True)
class Tier:
    """A tier: monthly list price of a seat in EUR, features within reach, outside hazard a year."""

    slug: str
    name: str
    seat_price: float
    features: int
    outside: float


TIERS = (
    Tier("free", "Free", 0.0, 4, 0.0),
    Tier("starter", "Starter", 19.0, 5, 0.035),
    Tier("growth", "Growth", 39.0, 8, 0.045),
    Tier("enterprise", "Enterprise", 72.0, 11, 0.035),
)
TOP = len(TIERS) - 1
YEARLY = 0.85  # a yearly term costs 15 % less a month

CURRENCIES = ("EUR", "USD", "GBP")
LIST_RATE = (1.0, 1.1, 0.88)  # list prices abroad, per EUR

INDUSTRIES = (
    "Education",
    "Retail",
    "Manufacturing",
    "Logistics",
    "Healthcare",
    "Finance",
    "Public sector",
    "Software & agencies",
)
INDUSTRY_WEIGHTS = (11, 15, 18, 12, 11, 9, 8, 16)
EDUCATION, RETAIL, PUBLIC, AGENCIES = 0, 1, 6, 7

SEGMENTS = ("SMB", "Mid-market", "Enterprise")
CHANNELS = ("organic", "paid search", "partner", "referral", "event", "outbound")


@dataclass(frozen=True)
class Country:
    """A country: language of its customers, currency, hours from UTC, weight, outage region."""

    code: str
    language: str
    currency: int
    hours: int
    weight: float
    region: int


COUNTRIES = (
    Country("DE", "de", 0, 1, 25, 0),
    Country("AT", "de", 0, 1, 5, 0),
    Country("CH", "de", 0, 1, 4, 0),
    Country("NL", "nl", 0, 1, 13, 0),
    Country("BE", "nl", 0, 1, 4, 0),
    Country("IT", "it", 0, 1, 14, 0),
    Country("GB", "en", 2, 0, 9, 0),
    Country("US", "en", 1, -5, 14, 1),
    Country("CN", "zh", 1, 8, 9, 2),
    Country("SG", "en", 1, 8, 3, 2),
)

# Events: name, and the feature it stands for (-1: not a feature of its own).
EVENTS = (
    "login",
    "dashboard_viewed",
    "record_created",
    "search_performed",
    "report_created",
    "report_exported",
    "data_imported",
    "comment_added",
    "automation_run",
    "order_synced",
    "api_called",
    "forecast_opened",
    "onboarding_step_completed",
    "invite_sent",
    "integration_connected",
    "pricing_viewed",
    "signed_up",
)
LOGIN, ONBOARDING, INVITE, INTEGRATION, PRICING, SIGN_UP = 0, 12, 13, 14, 15, 16
FEATURES = 11  # events 1 … 11 are the features


@dataclass(frozen=True)
class Outage:
    """Hours of a failure (in days since the start), the region hit (-1 all) and how bad it felt."""

    begins: float
    lasts: float
    region: int
    blow: float


def outages(grid: Grid, chance: np.random.Generator) -> tuple[Outage, ...]:
    """About one outage in four months, one of them long and everywhere."""
    count = max(2, round(grid.weeks / 17))
    begins = np.sort(chance.uniform(20, max(30, grid.end - 20), count)).round() + chance.uniform(
        0.3, 0.6, count
    )
    lasts = chance.uniform(1.5, 9, count) / 24
    region = chance.integers(-1, 3, count)
    worst = count * 3 // 5
    lasts[worst], region[worst] = 31 / 24, -1
    blow = 0.03 + 0.16 * np.sqrt(lasts)
    return tuple(
        Outage(float(b), float(h), int(r), float(w))
        for b, h, r, w in zip(begins, lasts, region, blow, strict=True)
    )


@dataclass(frozen=True)
class PriceRise:
    """From `day` on, list prices of a tier are `factor` times what they were."""

    day: float
    tier: int
    factor: float


def price_rises(grid: Grid) -> tuple[PriceRise, ...]:
    """Two rises of the lower tiers and one of the top, at fixed shares of the time."""
    plan = ((0.42, 1, 1.10), (0.42, 2, 1.06), (0.78, 1, 1.08), (0.78, 2, 1.07), (0.78, 3, 1.04))
    return tuple(PriceRise(round(grid.end * at), tier, factor) for at, tier, factor in plan)


def price_index(rises: tuple[PriceRise, ...], tier: int, day: float) -> float:
    """List price of a tier on a day, relative to launch."""
    index = 1.0
    for rise in rises:
        if rise.tier == tier and rise.day <= day:
            index *= rise.factor
    return index


def season(grid: Grid, week: int) -> Floats:
    """Need for the product by industry in a week, 1 = an ordinary week. Shape (industries,)."""
    at = grid.year_share(week)
    need = np.ones(len(INDUSTRIES))
    if at > 0.975 or at < 0.01:
        need *= 0.35  # the turn of the year
    elif 0.56 < at < 0.66:
        need *= 0.85
        need[EDUCATION] = 0.18
    if at > 0.975 or at < 0.015:
        need[EDUCATION] = 0.08
    if 0.86 < at < 0.975:
        need[RETAIL] = 1.75
    if 0.1 < at < 0.2:
        need[RETAIL] = 0.75
    if 0.88 < at < 0.97:
        need[PUBLIC] = 1.3  # budgets that must be spent
    return need
