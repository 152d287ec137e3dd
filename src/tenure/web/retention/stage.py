"""The refresh stage `retention`: the books of all accounts, so that the page reads one row."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import count
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max
from numpy.typing import NDArray

from tenure.accounts.models import Account
from tenure.contracts.selectors import book_marks, book_now, churn_rule
from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.engine.retention import Book, Spans, in_use, moment_at, since_reaching, stamp
from tenure.metrics.models import PanelState
from tenure.metrics.selectors import panel_values, panel_weeks
from tenure.relationship.models import Level, LevelChange
from tenure.web.models import RetentionBook
from tenure.web.retention.packing import spans_packed, steps_packed

ACTIVE = "active_us"
ACCOUNTS = 2_000
LEVELS = (Level.CUSTOMER, Level.CLIENT, Level.ADVOCATE)


def retention_refresh(refresh: Refresh) -> dict[str, Any]:
    """Make the books anew unless nothing they rest on has changed."""
    marks = _marks()
    kept = RetentionBook.objects.values("marks").first()
    if kept is not None and kept["marks"] == marks and refresh.since is None:
        return {"changed": False}
    refresh.report(0, 3)
    book = book_now()
    refresh.report(1, 3)
    used = _used(book)
    refresh.report(2, 3)
    _write(book, used, marks)
    refresh.report(3, 3)
    return {
        "changed": True,
        "steps": len(book.steps.account),
        "spells": len(book.spells.account),
        "unconverted": len(book.unconverted),
        "activity": used is not None,
    }


def _marks() -> dict[str, Any]:
    panel = PanelState.objects.order_by("-computed_at").values_list("computed_at", flat=True)
    newest = panel.first()
    return {
        **book_marks(),
        "usage_days": churn_rule().usage_days,
        "panel": newest.isoformat() if newest else "",
        "levels": LevelChange.objects.aggregate(newest=Max("pk"))["newest"] or 0,
    }


@dataclass(frozen=True)
class _Used:
    """The parts in use of all times of payment, and the first activity of anybody."""

    spans: Spans
    seen_from: datetime


@transaction.atomic
def _write(book: Book, used: _Used | None, marks: dict[str, Any]) -> None:
    rule, reached = churn_rule(), _reached()
    older = list(RetentionBook.objects.values_list("pk", flat=True))
    RetentionBook.objects.create(
        as_of=book.as_of,
        contractual_days=rule.contractual_days,
        usage_days=rule.usage_days,
        seen_from=used.seen_from if used else None,
        steps=steps_packed(book.steps),
        spells=spans_packed(book.spells),
        spells_in_use=spans_packed(used.spans) if used else None,
        levels=spans_packed(since_reaching(book.spells, reached)),
        levels_in_use=spans_packed(since_reaching(used.spans, reached)) if used else None,
        unconverted=book.unconverted.tolist(),
        marks=marks,
    )
    RetentionBook.objects.filter(pk__in=older).delete()


def _used(book: Book) -> _Used | None:
    """None when nobody's activity is known."""
    parts = [part for part in _active() if len(part[0])]
    if not parts:
        return None
    account, active = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    first = int(active.min())
    now = stamp(book.as_of)
    days = churn_rule().usage_days
    return _Used(in_use(book.spells, account, active, days, first, now), moment_at(first))


def _active() -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """(account, last activity in a week with any), range of accounts by range of accounts."""
    weeks = panel_weeks()
    top = Account.objects.aggregate(top=Max("pk"))["top"] or 0
    for low in count(1, ACCOUNTS):
        if low > top or weeks is None:
            return
        table = panel_values([ACTIVE], *weeks, low, low + ACCOUNTS - 1)
        known = table.filter(table[ACTIVE].is_valid())
        account, active = known["account_id"].to_numpy(), known[ACTIVE].to_numpy()
        # The panel carries the newest activity on from week to week.
        fresh = (np.diff(account, prepend=-1) != 0) | (np.diff(active, prepend=-1) != 0)
        yield account[fresh], active[fresh].astype(np.int64)


def _reached() -> dict[int, list[tuple[int, int]]]:
    """Account → (microseconds, number of the level or -1) in order of time."""
    number = {level.value: index for index, level in enumerate(LEVELS)}
    changes = LevelChange.objects.filter(as_of__lte=clock.today())
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    rows = changes.order_by("account_id", "as_of", "pk").values_list("account_id", "as_of", "new")
    for account, day, level in rows.iterator():
        found[account].append((stamp(datetime.combine(day, time(), UTC)), number.get(level, -1)))
    return found
