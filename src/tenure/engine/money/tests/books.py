"""Periods written as one line each, and random books of them for properties."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tenure.engine.money import Conversion, Period, Rates, effective_end

DAY = timedelta(days=1)
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
EUR = Conversion("EUR", {})
RATES = Rates(
    "EUR",
    (
        ("USD", date(2024, 1, 1), Decimal("0.9")),
        ("USD", date(2024, 7, 1), Decimal("0.8123456789")),
        ("GBP", date(2024, 3, 1), Decimal("1.17")),
    ),
)


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def book(*lines: str) -> list[Period]:
    """Periods from lines `subscription plan seats mrr start [end] [trial] [key=value]`.

    The account is the number the subscription starts with ("1a": account 1); "-" is no seats.
    """
    rows = sorted(
        (_row(line.split()) for line in lines), key=lambda r: (r["subscription"], r["started"])
    )
    for row, following in itertools.pairwise(rows):
        if row["subscription"] == following["subscription"]:
            row["ended"] = effective_end(row["ended"], following["started"])
    return [Period(**row) for row in rows]


def _row(words: list[str]) -> dict[str, Any]:
    subscription, plan, seats, mrr, start, *rest = words
    options = dict(word.split("=") for word in rest if "=" in word)
    ends = [word for word in rest if word[0].isdigit()]
    return {
        "subscription": subscription,
        "account": int(subscription[0]),
        "plan": ord(plan),
        "tier": ord(plan) - ord("A"),
        "mrr": Decimal(mrr),
        "currency": options.get("currency", "EUR"),
        "started": at(start),
        "ended": at(ends[0]) if ends else None,
        "seats": None if seats == "-" else int(seats),
        "interval": options.get("interval", ""),
        "term_months": int(options["term"]) if "term" in options else None,
        "renews": at(options["renews"]) if "renews" in options else None,
        "is_trial": "trial" in rest,
    }


amounts = st.decimals(min_value=0, max_value=5000, places=2)
days = st.integers(min_value=0, max_value=400)


@st.composite
def subscriptions(draw: st.DrawFn, name: str, account: int) -> list[Period]:
    """One subscription: some periods that may be trials, leave gaps, or change any terms."""
    starts = sorted(draw(st.sets(days, min_size=1, max_size=4)))
    periods = []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        length = draw(st.none() | st.integers(min_value=1, max_value=300))
        own_end = None if length is None else EPOCH + (start + length) * DAY
        next_start = None if following is None else EPOCH + following * DAY
        periods.append(
            Period(
                subscription=name,
                account=account,
                plan=draw(st.integers(min_value=1, max_value=3)),
                tier=1,
                mrr=draw(amounts),
                currency=draw(st.sampled_from(["EUR", "EUR", "EUR", "USD", "GBP", "XXX"])),
                started=EPOCH + start * DAY,
                ended=effective_end(own_end, next_start),
                seats=draw(st.none() | st.integers(min_value=0, max_value=50)),
                interval=draw(st.sampled_from(["", "month", "year"])),
                is_trial=draw(st.booleans()) and draw(st.booleans()),
            )
        )
    return periods


@st.composite
def books(draw: st.DrawFn) -> list[Period]:
    """Up to four accounts with up to three subscriptions each."""
    found: list[Period] = []
    for account in range(1, draw(st.integers(min_value=1, max_value=4)) + 1):
        for index in range(draw(st.integers(min_value=1, max_value=3))):
            found += draw(subscriptions(f"{account}-{index}", account))
    return found


moments = days.map(lambda n: EPOCH + n * DAY)
windows = st.tuples(moments, moments).map(sorted)
