"""A week of contracts: trials, purchases, growth, renewals on new terms, endings, returns."""

import numpy as np

from tenure.engine.simulation.catalogue import LIST_RATE, TIERS, TOP, YEARLY, price_index
from tenure.engine.simulation.world import FREE, GONE, PAYING, TRIAL, Period, World

NOTICE = 30.0  # days before the end of a longer term
Chance = np.random.Generator


def week_of_contracts(world: World, week: int, chance: Chance) -> None:
    """Carry out everything commercial that falls into a week."""
    day = week * 7.0
    created = world.population.created
    for account in np.flatnonzero((created >= day) & (created < day + 7)):
        _start_trial(world, int(account), chance)
    book = world.book
    for account in np.flatnonzero((book.term_end < day + 7) & (book.status == TRIAL)):
        _end_trial(world, int(account), chance)
    for account in np.flatnonzero((book.term_end < day + 7) & (book.status == PAYING)):
        _reach_term(world, int(account), chance)
    _free_accounts(world, day, chance)
    _growth(world, day, week, chance)
    _returns(world, day, chance)


def _open(world: World, period: Period) -> None:
    """Put a period into force, closing none: a later period of the same number replaces it."""
    book = world.book
    book.periods.append(period)
    book.current[period.account] = period
    book.tier[period.account] = period.tier
    book.term_end[period.account] = period.renews


def _close(world: World, account: int, day: float, reason: str) -> None:
    book = world.book
    period = book.current.pop(account)
    period.ended, period.reason = day, reason
    book.term_end[account] = np.inf
    book.leaving[account] = False


def _number(world: World) -> int:
    world.book.numbers += 1
    return world.book.numbers


def _start_trial(world: World, account: int, chance: Chance) -> None:
    """Two weeks for the small, a month and a half for those who negotiate."""
    start = float(world.population.created[account])
    lasts = (14.0, 30.0, 45.0)[world.population.segment[account]]
    world.book.status[account] = TRIAL
    seats = int(world.population.team[account]) + int(chance.integers(1, 4))
    _open(
        world,
        Period(account, _number(world), 0, False, 1, seats, 0.0, start, start + lasts, False, True),
    )


def _end_trial(world: World, account: int, chance: Chance) -> None:
    """Buy, stay on the free plan, or go: by value felt against a bar lower for the larger."""
    day = float(world.book.term_end[account])
    segment = world.population.segment[account]
    bar = (0.14, 0.105, 0.07)[segment] + chance.normal(0, 0.035)
    if world.mind.value[account] > bar:
        _close(world, account, day, "converted")
        _buy(world, account, day, chance)
    elif segment == 0 and chance.random() < 0.6:
        period = world.book.current[account]
        seats = max(period.seats, 3)
        _close(world, account, day, "trial ended")
        world.book.status[account] = FREE
        _open(
            world,
            Period(account, _number(world), 0, False, 1, seats, 0.0, day, np.inf, True),
        )
    else:
        _close(world, account, day, "trial ended")
        world.book.status[account] = GONE


def _buy(world: World, account: int, day: float, chance: Chance) -> None:
    """A first contract: tier by kind of account, longer terms for the larger."""
    tier = int(world.population.entry_tier[account])
    yearly = bool(chance.random() < (0.0, 0.36, 0.7, 0.95)[tier])
    term = 1
    if yearly:
        long = (0.0, 0.02, 0.08, 0.34)[tier]
        term = int(chance.choice([12, 24, 36], p=[1 - long, long * 0.6, long * 0.4]))
    discount = chance.uniform(0, (0.0, 0.05, 0.12, 0.22)[tier])
    seats = max(1, int(np.ceil(world.mind.team[account] * chance.uniform(1.0, 1.3))))
    auto = bool(chance.random() < (1.0 if term == 1 else 0.8))
    world.book.status[account] = PAYING
    world.book.entry_index[account] = price_index(world.rises, tier, day)
    unit = _list_price(world, account, tier, yearly, day) * (1 - discount)
    renews = world.grid.after_months(day, term)
    _open(
        world,
        Period(
            account, _number(world), tier, yearly, term, seats, round(unit, 2), day, renews, auto
        ),
    )


def _list_price(world: World, account: int, tier: int, yearly: bool, day: float) -> float:
    rate = LIST_RATE[world.population.currency[account]]
    price = TIERS[tier].seat_price * rate * price_index(world.rises, tier, day)
    return price * (YEARLY if yearly else 1.0)


def _reach_term(world: World, account: int, chance: Chance) -> None:
    """The end of a term: leave, be cut off for want of payment, or go on, perhaps otherwise."""
    book = world.book
    day = float(book.term_end[account])
    period = book.current[account]
    if book.leaving[account]:
        told = period.notified if np.isfinite(period.notified) else day
        bound = period.term > 1 and day - told < NOTICE and period.auto_renew
        if not bound or chance.random() < 0.7:
            _close(world, account, day, "cancelled")
            book.status[account] = GONE
            return
    stopped = 0.3 * world.population.careless[account]
    if period.term == 1 and chance.random() < stopped:
        _close(world, account, day, "payment failed")
        book.status[account] = GONE
        return
    _renew(world, account, day, chance)


def _renew(world: World, account: int, day: float, chance: Chance) -> None:
    """New terms from a day on: index and list price, fewer seats, another tier or interval."""
    period = world.book.current[account]
    tier, yearly, term = period.tier, period.yearly, period.term
    unit = period.unit
    before = price_index(world.rises, tier, period.started)
    unit *= price_index(world.rises, tier, day) / before
    if term > 1:
        unit *= 1.02
    seats = _seats_at_renewal(world, account, period, chance)
    if term == 1 and world.mind.value[account] > 0.5 and chance.random() < 0.02:
        yearly, term, unit = True, 12, unit * YEARLY
    if tier > 1 and world.mind.regret[account] > 1.0 and chance.random() < 0.1:
        unit *= TIERS[tier - 1].seat_price / TIERS[tier].seat_price
        tier -= 1
    renews = world.grid.after_months(day, term)
    unit = round(unit, 2)
    same = (tier, yearly, term, unit, seats) == (
        period.tier, period.yearly, period.term, period.unit, period.seats
    )  # fmt: skip
    if same and term == 1:
        period.renews = renews
        world.book.term_end[account] = renews
        return
    leaving = bool(world.book.leaving[account])
    auto = period.auto_renew and not leaving
    after = Period(account, period.number, tier, yearly, term, seats, unit, day, renews, auto)
    if leaving:  # held for another term: the notice stands for its end
        after.notified = period.notified
    _open(world, after)


def _seats_at_renewal(world: World, account: int, period: Period, chance: Chance) -> int:
    """Unused seats are given back at the end of a longer term, now and then of a month."""
    used = world.mind.team[account] * (0.45 + 0.55 * world.mind.share[account])
    looks = period.term > 1 or (chance.random() < 0.15 and period.renews - period.started > 80)
    if looks and period.seats > 2 and used < 0.62 * period.seats and chance.random() < 0.4:
        return max(1, int(np.ceil(used * 1.2)))
    return period.seats


def _growth(world: World, day: float, week: int, chance: Chance) -> None:
    """Every four weeks an account looks whether it needs seats or features it does not have."""
    book, mind = world.book, world.mind
    turn = (np.arange(len(world)) + week) % 4 == 0
    looks = turn & (book.status == PAYING) & ~book.leaving & (mind.regret < 1)
    for account in np.flatnonzero(looks).tolist():
        period = book.current[account]
        when = day + float(chance.uniform(0.3, 5.6))
        if not period.started < when < period.renews:
            continue
        tier, unit, seats = period.tier, period.unit, period.seats
        if mind.team[account] > seats:
            seats = int(np.ceil(mind.team[account] * 1.08))
        full = mind.breadth[account] > TIERS[tier].features - 0.9
        if tier < TOP and full and mind.value[account] > 0.5 and chance.random() < 0.1:
            unit = round(unit * TIERS[tier + 1].seat_price / TIERS[tier].seat_price * 0.92, 2)
            tier += 1
        if (tier, seats) != (period.tier, period.seats):
            _change(world, period, when, tier, seats, unit)


def _change(world: World, period: Period, day: float, tier: int, seats: int, unit: float) -> None:
    """The same term goes on with other seats or another tier."""
    _open(
        world,
        Period(
            period.account, period.number, tier, period.yearly, period.term, seats, unit, day,
            period.renews, period.auto_renew,
        ),
    )  # fmt: skip


def _free_accounts(world: World, day: float, chance: Chance) -> None:
    """On the free plan, value felt leads to buying; idleness to closing the account."""
    free = world.book.status == FREE
    draw = chance.random(len(world))
    buys = free & (draw < 0.012 * np.clip(world.mind.value / 0.3, 0, 2) ** 2)
    closes = free & (draw > 1 - 0.012 * (world.mind.share < 0.25))
    when = day + chance.uniform(0.2, 6.8, len(world))
    for account in np.flatnonzero(buys | closes).tolist():
        if when[account] <= world.book.current[account].started:
            continue
        reason = "converted" if buys[account] else "account closed"
        _close(world, int(account), float(when[account]), reason)
        if buys[account]:
            _buy(world, int(account), float(when[account]), chance)
        else:
            world.book.status[account] = GONE


def _returns(world: World, day: float, chance: Chance) -> None:
    """Few of those who paid and left come back, with a fresh look at us."""
    book, mind = world.book, world.mind
    paid = world.record.at_risk.any(axis=0)
    could = (book.status == GONE) & paid & ~book.returned & (world.population.fit > 0.5)
    for account in np.flatnonzero(could & (chance.random(len(world)) < 0.0016)):
        book.returned[account] = True
        mind.regret[account], mind.trust[account], mind.budget[account] = 0.0, 0.65, -0.1
        mind.onboarding[account] = max(mind.onboarding[account], 0.5)
        _buy(world, int(account), day + float(chance.uniform(0.3, 6.0)), chance)
