"""The refresh stage `renewals`: what comes up for renewal, and what is foreseen of it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from tenure.accounts.models import Account, AttributeChange, OwnerAssignment
from tenure.contracts.selectors import book_marks
from tenure.contracts.selectors.periods import periods_as_known, rates
from tenure.core import clock
from tenure.core.bulk import append_rows
from tenure.core.pipeline import Refresh
from tenure.core.weekly import last_run
from tenure.engine import money
from tenure.forecast.models import ForecastRun, Prediction, RunStatus
from tenure.forecast.selectors.predictions import REPLAYED, newest_rows
from tenure.web.models import Renewal, RevenueFan
from tenure.web.renewals.due import Due, due_of
from tenure.web.renewals.fans import fans_of
from tenure.web.renewals.foreseen import Curves, Sizes, foreseen, staying
from tenure.web.renewals.quarters import quarters

STAGE = "renewals"
_CURVES = ("account_id", "run_id", "as_of", "survival", "low", "high", "hazards")
_WRITTEN = (
    "account", "quarter", "renews_on", "monthly", "term", "auto_renew", "notice", "mrr", "there",
    "renew", "low", "high", "downsell", "upsell", "cut", "rise", "after", "made_at",
)  # fmt: skip


def renewals_refresh(refresh: Refresh) -> dict[str, Any]:
    """Make all rows anew, unless nothing they rest on has changed."""
    marks = _marks()
    last = last_run(STAGE)
    if refresh.since is None and last is not None and last.detail.get("marks") == marks:
        return {**last.detail, "changed": False}
    refresh.report(0, 3)
    today = clock.today()
    now_curves = curves_on(today)
    before, running, *_ahead = quarters(today)
    old_curves = curves_on(before.first, replays=True)
    turned = curves_on(running.first, replays=True)
    refresh.report(1, 3)
    rows = list(_rows(today, now_curves, turned, old_curves))
    refresh.report(2, 3)
    fans = fans_of(today, now_curves)
    _write(rows, fans)
    refresh.report(3, 3)
    counts = {"renewals": len(rows), "fans": len(fans), "forecast": len(now_curves)}
    return {**counts, "changed": True, "marks": marks}


def _marks() -> dict[str, Any]:
    """Change with the day, contracts, rates, predictions, owners and attributes of accounts."""
    owners = OwnerAssignment.objects.aggregate(newest=Max("pk"), ended=Max("until"))
    ended = owners["ended"]
    return {
        **book_marks(),
        "predictions": Prediction.objects.aggregate(x=Max("pk"))["x"] or 0,
        "owners": [owners["newest"] or 0, ended.isoformat() if ended else ""],
        "attributes": AttributeChange.objects.aggregate(x=Max("pk"))["x"] or 0,
        "accounts": Account.objects.aggregate(x=Max("pk"))["x"] or 0,
    }


@transaction.atomic
def _write(rows: list[tuple[Any, ...]], fans: list[RevenueFan]) -> None:
    Renewal.objects.all().delete()
    RevenueFan.objects.all().delete()
    append_rows(Renewal, _WRITTEN, rows)
    RevenueFan.objects.bulk_create(fans)


def curves_on(day: date, replays: bool = False) -> dict[int, Curves]:
    """Account → the prediction that was current on a day; `replays`: else one made later."""
    rows = newest_rows(Account.objects.all(), day)
    if not replays:
        return _curves(rows)
    made_later = Prediction.objects.filter(
        run__status=RunStatus.REPLAY, as_of__lte=day, as_of__gt=day - REPLAYED
    )
    return _curves(made_later) | _curves(rows)


def _curves(rows: QuerySet[Prediction]) -> dict[int, Curves]:
    sizes = {run.pk: Sizes.of(run.parameters) for run in ForecastRun.objects.all()}
    found: dict[int, Curves] = {}
    ordered = rows.order_by("as_of", "pk").values_list(*_CURVES)
    for account, run, as_of, survival, low, high, hazards in ordered.iterator():
        if survival:
            found[account] = Curves(as_of, survival, low, high, hazards, sizes[run])
    return found


def _rows(
    today: date, now_curves: dict[int, Curves], turned: dict[int, Curves], old: dict[int, Curves]
) -> Iterator[tuple[Any, ...]]:
    """What is over was foreseen when its quarter began; what is to come is foreseen now."""
    now, convert = clock.now(), rates().on(today)
    for account, own in money.by_account(periods_as_known()).items():
        for due in due_of(own, quarters(today), now, convert):
            begun = old if due.quarter.over else turned
            known = now_curves if due.after is None and not due.quarter.over else begun
            yield _row(account, due, known.get(account), now)


def _row(account: int, due: Due, curves: Curves | None, now: Any) -> tuple[Any, ...]:
    told = None if curves is None else foreseen(curves, due.day)
    there = 1.0
    if curves is not None and due.monthly and due.quarter.place > 0:
        there = staying(curves, due.quarter.first)
    chances: tuple[Any, ...] = (None, None, None, 0.0, 0.0, 0.0, 0.0)
    if told is not None:
        chances = (
            told.renew, told.low, told.high, told.downsell, told.upsell, told.cut, told.rise,
        )  # fmt: skip
    return (
        account, due.quarter.first, due.day, due.monthly, due.term, due.auto_renew, due.notice,
        None if due.mrr is None else float(due.mrr), there, *chances,
        None if due.after is None else float(due.after), now,
    )  # fmt: skip
