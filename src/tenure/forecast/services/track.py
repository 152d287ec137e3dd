"""The record of predictions that can be told right or wrong by now."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.contracts.selectors import churn_rule
from tenure.core import clock
from tenure.engine import scoring
from tenure.engine.panel.calendar import closed_months, month_of
from tenure.forecast.definitions import ForecastDefinition
from tenure.forecast.inputs.contracts import Books, spells_as_of
from tenure.forecast.inputs.days import Floats, months_back
from tenure.forecast.inputs.gather import chunks
from tenure.forecast.models import CalibrationTrend, Prediction, RunStatus, TrackRecord
from tenure.forecast.services.notices import calibration_watch
from tenure.forecast.services.scores import Scored, bins_of, scores_of

Ints = NDArray[np.int64]
HORIZONS = (1, 3, 6, 12)
LIVE, REPLAY = "live", "replay"


@dataclass(frozen=True)
class Told:
    """One prediction whose account paid on its day: what it said, and what is known by now.

    `month`: the month after `as_of` in which the account churned, 0: not seen. `followed`: whole
    months closed by now.
    """

    account: int
    as_of: date
    survival: Sequence[float]
    month: int
    followed: int


def track_record_update(definition: ForecastDefinition) -> int:
    """Score all predictions made long enough ago, one an account and month; how many records."""
    today = clock.today()
    written = 0
    for source, status in ((LIVE, (RunStatus.LIVE, RunStatus.RETIRED)), (REPLAY, ("replay",))):
        told = list(_told(today, status))
        _trend_keep(source, told, today)
        for horizon in HORIZONS:
            rows = _scored(told, horizon)
            if rows is None:
                continue
            TrackRecord.objects.update_or_create(
                as_of=today,
                source=source,
                horizon=horizon,
                defaults={
                    "predictions": rows.came.size,
                    "events": int(rows.came.sum()),
                    "metrics": scores_of(rows, definition.capacity_share, draws=100),
                    "bins": bins_of(rows),
                    "computed_at": clock.now(),
                },
            )
            written += 1
    return written


def _trend_keep(source: str, told: Sequence[Told], today: date) -> None:
    """Keep how observed over predicted moves over the closed months, and say when that is clear."""
    outcome, chance, month = monthly(told, month_number(today) - 2)
    found = scoring.calibration_trend(outcome, chance, month)
    months = scoring.months_of(outcome, chance, month)
    CalibrationTrend.objects.update_or_create(
        as_of=today,
        source=source,
        defaults={
            "months": [_month(one) for one in months],
            "trend": _plain(found) if found else {},
            "computed_at": clock.now(),
        },
    )
    if source == LIVE:
        calibration_watch(found)


def monthly(told: Sequence[Told], last: int) -> tuple[Floats, Floats, Ints]:
    """What came, what had been said, and the month, of every account and month up to `last`.

    A prediction is asked about the months until the account's next one, of each given that the
    account was still there: 1 − S(m)/S(m − 1). Months are counted as `month_number`; those whose
    windows are not all closed are after `last`, so what is told changes once a month. A window
    begins on the day of its prediction, so that two of one account may share a few days.
    """
    rows: list[tuple[float, float, int]] = []
    by_account = sorted(told, key=lambda one: (one.account, one.as_of))
    for one, after in zip_longest(by_account, by_account[1:]):
        most = min(one.followed, len(one.survival), one.month or one.followed)
        if after is not None and after.account == one.account:
            most = min(most, max(int(closed_months(one.as_of, after.as_of)), 1))
        before = 1.0
        for m in range(1, most + 1):
            number = month_number(one.as_of) + m - 1
            if number <= last:
                chance = 1.0 - one.survival[m - 1] / before if before > 0 else 1.0
                rows.append((float(m == one.month), chance, number))
            before = one.survival[m - 1]
    columns = np.array(rows, dtype=float).reshape(-1, 3)
    return columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int64)


def month_number(day: date) -> int:
    """Months since January of year 0."""
    return 12 * day.year + day.month - 1


def _month(one: scoring.Month) -> dict[str, Any]:
    name = f"{one.month // 12}-{one.month % 12 + 1:02}"
    expected = round(one.expected, 4)
    return {"month": name, "rows": one.rows, "expected": expected, "events": one.events}


def _plain(found: scoring.Trend) -> dict[str, Any]:
    names = ("slope", "low", "high", "p", "level", "level_p", "ratio", "dispersion")
    told: dict[str, Any] = {name: round(float(getattr(found, name)), 8) for name in names}
    return {**told, "drifts": found.drifts, "off": found.off}


def _told(today: date, statuses: Sequence[str]) -> Iterator[Told]:
    """The first prediction of each account in each month that lies a month back or more."""
    rows = Prediction.objects.filter(run__status__in=statuses, as_of__lte=months_back(today, 1))
    accounts = sorted(set(rows.values_list("account_id", flat=True)))
    rule = churn_rule()
    for chunk in chunks(accounts):
        spells = spells_as_of(Books.read(chunk), today, rule)
        ends: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
        for account, began, ended in zip(
            spells.account.tolist(), spells.began.tolist(), spells.ended.tolist(), strict=True
        ):
            ends[account].append((began, ended))
        seen: set[tuple[int, int, int]] = set()
        own = rows.filter(account__pk__range=(chunk[0], chunk[-1])).order_by("as_of", "pk")
        for account, as_of, survival in own.values_list("account_id", "as_of", "survival"):
            key = (account, as_of.year, as_of.month)
            if key not in seen and account in ends:
                seen.add(key)
                yield from _outcome(account, as_of, survival, ends[account], today)


def _outcome(
    account: int,
    as_of: date,
    survival: Sequence[float],
    spells: Sequence[tuple[date, date | None]],
    today: date,
) -> Iterator[Told]:
    followed = int(closed_months(as_of, today))
    for began, ended in spells:
        if began <= as_of and (ended is None or ended > as_of):
            gone = ended is not None and ended <= today
            month = int(month_of(as_of, ended)) if gone else 0
            yield Told(account, as_of, survival, month if month <= followed else 0, followed)


def _scored(told: Sequence[Told], horizon: int) -> Scored | None:
    rows = [t for t in told if t.followed >= horizon and len(t.survival) >= horizon]
    if not rows:
        return None
    month = np.array([t.month for t in rows], dtype=np.int64)
    came = (month > 0) & (month <= horizon)
    return Scored(
        np.array([t.account for t in rows], dtype=np.int64),
        came.astype(float),
        np.where(came, month, 0),
        np.array([1.0 - t.survival[horizon - 1] for t in rows]),
    )
