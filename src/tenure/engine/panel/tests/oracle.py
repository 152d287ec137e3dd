"""The panel's definitions over again, row by row in plain Python, to compare the fast way with."""

from datetime import date, timedelta
from math import isnan, nan


def later(day, months):
    """The same day of another month, or that month's last day."""
    at = day.year * 12 + day.month - 1 + months
    year, month = at // 12, at % 12 + 1
    end = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
    return date(year, month, min(day.day, end.day))


def month_of(start, day):
    """The month after start in which a day falls."""
    m = 1
    if day <= start:
        while later(start, m - 1) >= day:
            m -= 1
        return m
    while later(start, m) < day:
        m += 1
    return m


def origins(grid):
    found, m = [], 0
    while later(grid.first, m) <= grid.last:
        found.append(later(grid.first, m))
        m += 1
    return found


def rows(spells, grid):
    """(account, origin, began, known end or None, churned) of each row, sorted."""
    found = []
    for account, began, end, recorded, cause in sorted(set(spells), key=str):
        there = end is not None and end <= grid.as_of and recorded <= grid.as_of
        ended = end if there else None
        for origin in origins(grid):
            start = origin + timedelta(grid.gap)
            if began <= origin and (ended is None or ended > start):
                found.append(
                    (account, origin, began, ended, ended is not None and cause == "churn")
                )
    return sorted(found, key=lambda row: row[:2])


def outcome(row, arrivals, causes, grid):
    """Followed months, and the month of each cause, 0 where it did not come."""
    account, origin, _began, ended, churned = row
    start = origin + timedelta(grid.gap)
    until = grid.as_of - timedelta(grid.delay)
    followed = 0
    while later(start, followed + 1) <= until:
        followed += 1
    if ended is not None and not churned:
        while followed and later(start, followed) >= ended:
            followed -= 1
    months = [month_of(start, ended) if churned else 0]
    for cause in causes[1:]:
        days = [
            day
            for who, what, day, recorded in arrivals
            if who == account
            and what == cause
            and recorded <= grid.as_of
            and day > start
            and (ended is None or day < ended)
        ]
        months.append(month_of(start, min(days)) if days else 0)
    return followed, [m if m <= followed else 0 for m in months]


def known(observations, account, name, origin):
    """The values by day occurred, as known at the end of an origin; days only."""
    best = {}
    for who, what, occurred, recorded, value in observations:
        if who == account and what == name and occurred <= origin and recorded <= origin:
            rank = (recorded, isnan(value), 0.0 if isnan(value) else value)
            if occurred not in best or best[occurred][0] < rank:
                best[occurred] = (rank, value)
    return {day: value for day, (_rank, value) in best.items()}


def features(observations, account, name, origin):
    """The default recipe's columns of one name."""
    values = known(observations, account, name, origin)
    if not values:
        return [nan] * 8
    newest = values[max(values)]
    answer = [newest, nan if isnan(newest) else float((origin - max(values)).days)]
    for months in (1, 3):
        before = [day for day in values if day <= later(origin, -months)]
        answer.append(newest - values[max(before)] if before else nan)
    for months in (3, 6):
        points = [
            ((day - origin).days / 30.4375, value)
            for day, value in values.items()
            if day > later(origin, -months) and not isnan(value)
        ]
        answer += line(points)
    return answer


def line(points):
    """Mean of the values and least-squares slope."""
    if not points:
        return [nan, nan]
    mean = sum(y for _x, y in points) / len(points)
    middle = sum(x for x, _y in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _y in points)
    if len(points) < 2:
        return [mean, nan]
    return [mean, sum((x - middle) * (y - mean) for x, y in points) / spread]


def ahead(terms, account, origin, grid):
    """The five columns for each month ahead, by walking along the contract's renewal dates."""
    mine = [row for row in terms if row[0] == account and row[1] <= origin]
    if not mine:
        return [[nan] * 5] * grid.horizons
    _who, _known, renews, term, automatic, notice = max(mine, key=lambda row: row[1])
    start = origin + timedelta(grid.gap)
    first = None if renews is None else month_of(start, renews)
    every = None if isnan(term) else int(term)
    answer = []
    for h in range(1, grid.horizons + 1):
        dates = [] if first is None else [first]
        if first is not None and every is not None:
            dates = [first + every * j for j in range(-99, 100)]
        passed = [m for m in dates if m <= h]
        unknown = first is None or (every is None and first < 1)
        answer.append([
            nan if unknown else float(h in dates),
            float(h - max(passed)) if passed else nan,
            nan if unknown else float(len([m for m in passed if m >= 1])),
            float(notice is not None and month_of(start, notice) <= h),
            automatic,
        ])  # fmt: skip
    return answer


def tenure(began, origin):
    return (origin - began).days / 30.4375
