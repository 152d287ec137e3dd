"""Plans, subscriptions, invoices and costs of a simulated company."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pyarrow as pa

from tenure.engine.simulation.catalogue import (
    CURRENCIES,
    LIST_RATE,
    TIERS,
    TOP,
    YEARLY,
    price_index,
)
from tenure.engine.simulation.tables import account_id, iso, money, planned, table
from tenure.engine.simulation.world import Period, World

FREE_PLAN = "free"


def plans(world: World) -> pa.Table:
    """One plan for each paid tier, interval and currency at the last list price, and the free."""
    rows: list[tuple[object, ...]] = [(FREE_PLAN, "Free", 0, "month", "0.00", "EUR", False)]
    for number, tier in enumerate(TIERS[1:], start=1):
        for interval in ("month", "year"):
            for currency, rate in zip(CURRENCIES, LIST_RATE, strict=True):
                price = tier.seat_price * rate * price_index(world.rises, number, world.grid.end)
                total = price * 12 * YEARLY if interval == "year" else price
                name = f"{tier.name} ({interval}ly, {currency})"
                plan = _plan(number, interval == "year", currency)
                rows.append((plan, name, number, interval, money(total), currency, number == TOP))
    return table("plans", rows)


def _plan(tier: int, yearly: bool, currency: str) -> str:
    if not tier:
        return FREE_PLAN
    return f"{TIERS[tier].slug}-{'year' if yearly else 'month'}-{currency.lower()}"


def chains(world: World) -> dict[int, list[Period]]:
    """The periods of each subscription in order, those that began before the end."""
    found: dict[int, list[Period]] = defaultdict(list)
    for period in world.book.periods:
        if period.started < world.grid.end:
            found[period.number].append(period)
    return dict(found)


def subscriptions(world: World) -> pa.Table:
    """One row per period of unchanged terms.

    Notice switches auto-renewal off, which is a change of terms: from then on there is a row of
    its own. A row never says what came to hold only after it began.
    """
    rows = []
    for chain in chains(world).values():
        for period, after in zip(chain, [*chain[1:], None], strict=True):
            ended = period.ended if after is None else after.started
            turns = [period.started, *_switched_off(world, period, ended), ended]
            for begin, end in pairwise(turns):
                last = after is None and end == ended
                rows.append(_subscription(world, period, begin, end, last=last))
    return table("subscriptions", rows)


def _switched_off(world: World, period: Period, ended: float) -> tuple[float, ...]:
    """When notice switched off the renewal of a period, if it did."""
    inside = period.started < period.notified < min(ended, world.grid.end)
    return (period.notified,) if inside and period.auto_renew else ()


def _subscription(
    world: World, period: Period, begin: float, ended: float, *, last: bool
) -> tuple[object, ...]:
    grid = world.grid
    currency = CURRENCIES[world.population.currency[period.account]]
    over = last and ended < grid.end
    running_on = period.auto_renew and begin < period.notified
    return (
        f"sub-{period.number:05d}",
        account_id(period.account),
        _plan(period.tier, period.yearly, currency),
        money(period.mrr),
        currency,
        period.seats,
        "year" if period.yearly else "month",
        period.term,
        iso(grid, begin),
        iso(grid, ended),
        planned(grid, period.renews),
        running_on,
        period.is_trial,
        None if running_on else iso(grid, period.notified),
        period.reason if over else None,
    )


def invoices(world: World) -> pa.Table:
    """A bill at the start of every month or year of a term; some late, failed or unpaid."""
    chance = world.settings.chance("invoices")
    rows: list[tuple[object, ...]] = []
    for chain in chains(world).values():
        for period, day, amount in _bills(world, chain):
            number = f"inv-{period.number:05d}-{len(rows) + 1:06d}"
            rows.append(_invoice(world, period, number, day, amount, chance))
    return table("invoices", rows)


def _bills(world: World, chain: list[Period]) -> list[tuple[Period, float, float]]:
    """Bills of a subscription: period, day, amount (the rest of the year after a change)."""
    bills: list[tuple[Period, float, float]] = []
    anchor, paid_until, before = chain[0].started, chain[0].started, 0.0
    for period, after in zip(chain, [*chain[1:], None], strict=True):
        stop = min(period.ended if after is None else after.started, world.grid.end)
        if not period.tier:
            continue
        months = 12 if period.yearly else 1
        more = (period.mrr - before) * (paid_until - period.started) / 30.44
        if period.started >= paid_until - 0.5:
            anchor = period.started
        elif period.yearly and more > 1:
            bills.append((period, period.started, more))
        before, step = period.mrr, 0
        while (day := world.grid.after_months(anchor, step * months)) < stop:
            if day >= paid_until - 0.5:
                bills.append((period, day, period.mrr * months))
                paid_until = world.grid.after_months(anchor, (step + 1) * months)
            step += 1
    return bills


def _invoice(
    world: World,
    period: Period,
    number: str,
    day: float,
    amount: float,
    chance: np.random.Generator,
) -> tuple[object, ...]:
    grid, population = world.grid, world.population
    account = period.account
    week = min(int(day // 7), grid.weeks - 1)
    card = period.tier == 1 and not period.yearly
    due = day + (0.5 if card else 30)
    strain = 12 * max(float(world.record.budget[week, account]), 0)
    late = float(population.payer_delay[account]) + strain + float(chance.normal(0, 4))
    failed = chance.random() < population.careless[account]
    paid = due + (float(chance.exponential(6)) + 2 if failed else max(late, -24))
    if card and not failed:
        paid = day + 0.02
    # whoever is about to go pays the last bill late or never
    if world.book.leaving[account] or np.isfinite(period.ended):
        paid += float(chance.exponential(9))
        if period.reason == "payment failed" or chance.random() < 0.03:
            paid = np.inf
    paid = max(paid, day + 0.01)
    status = "paid" if paid < grid.end else _unpaid(due, grid.end, failed)
    return (
        number, account_id(account), money(amount),
        CURRENCIES[population.currency[account]],
        iso(grid, day), planned(grid, due), iso(grid, paid), status,
    )  # fmt: skip


def _unpaid(due: float, end: float, failed: bool) -> str:
    if failed:
        return "failed"
    return "overdue" if due < end else "open"


def costs(world: World) -> pa.Table:
    """Monthly spend in EUR: winning (with the number of sign-ups) and keeping (with the base)."""
    chance = world.settings.chance("costs")
    grid = world.grid
    signed = grid.months(world.population.created)
    weeks = grid.months(np.arange(grid.weeks) * 7.0 + 3)
    paying = (world.record.status == 3).sum(axis=1)
    rows = []
    for month in range(int(grid.months(0.0)), int(grid.months(grid.end - 0.01)) + 1):
        new = int((signed == month).sum())
        base = float(paying[weeks == month].mean()) if (weeks == month).any() else 0.0
        won = (9_000 + 780 * new) * float(np.exp(chance.normal(0, 0.07)))
        kept = (4_000 + 42 * base) * float(np.exp(chance.normal(0, 0.04)))
        rows.append((f"{np.datetime64(month, 'M')}-01", money(won), money(kept)))
    return table("costs", rows)
