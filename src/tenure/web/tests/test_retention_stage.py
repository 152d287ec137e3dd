"""The stage that keeps the books: what it reads, when it works, and what comes back of it."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from tenure.contracts.churn import churn_save
from tenure.contracts.selectors import book_now, retention_series
from tenure.core import clock, pipeline
from tenure.core.models import StageRun
from tenure.engine.money import waterfalls
from tenure.engine.retention import OPEN, matrix, moment_at, stamp
from tenure.metrics.compile.span import week_index
from tenure.metrics.models import PanelFile, PanelState
from tenure.metrics.panel import files
from tenure.relationship.models import LevelChange
from tenure.web.models import RetentionBook
from tenure.web.retention.books import kept_now
from tenure.web.retention.packing import packed, spans_unpacked, unpacked
from tenure.web.tests.factories import account_make, ago, book_make, plans_make
from tenure.web.tests.paying import books_make, paid_make

pytestmark = pytest.mark.django_db


def paying(name, started, ended=None, mrr=100, **terms):
    """An account that pays from so many days ago until so many days ago."""
    from tenure.contracts.models import SubscriptionPeriod

    account = account_make(name)
    SubscriptionPeriod.objects.create(
        external_id=f"s-{account.pk}", account=account, plan=plans_make()[0], mrr=mrr,
        currency=terms.pop("currency", "EUR"), started_at=ago(started), recorded_at=ago(started),
        ended_at=ago(ended) if ended is not None else None, **terms,
    )  # fmt: skip
    return account


def active_make(account, days, settings, tmp_path) -> None:
    """A panel in which somebody of the account was active so many days ago."""
    settings.PANEL_URL = str(tmp_path)
    moments = sorted(ago(day) for day in days)
    first, last = week_index(moments[0].date()), week_index(clock.today())
    newest, values = 0, []
    for week in range(first, last + 1):
        seen = [stamp(m) for m in moments if week_index(m.date()) == week]
        newest = max([newest, *seen])
        values.append(newest)
    weeks = list(range(first, last + 1))
    rows = pa.table({
        "account_id": pa.array([account.pk] * len(weeks), pa.int64()),
        "week": pa.array(weeks, pa.int64()),
        "active_us": pa.array(values, pa.int64()),
    })  # fmt: skip
    monday = clock.week_start(moments[0].date())
    PanelFile.objects.create(
        path=files.write(rows, 2026), account_min=1, account_max=account.pk, first_week=monday,
        last_week=clock.week_start(clock.today()), rows=len(weeks), definitions="x",
        written_at=clock.now(),
    )  # fmt: skip
    PanelState.objects.create(as_of=clock.today(), definitions="x", computed_at=clock.now())


def test_the_books_give_the_waterfalls_that_the_selectors_do():
    paid_make(book_make(60))
    books_make()
    kept = kept_now("contractual")
    days = [ago(n) for n in (900, 500, 200, 20)]
    told = waterfalls(matrix(kept.book, days))
    assert [(w.mrr_start, w.new, w.churn, w.accounts_end) for w in told] == [
        (w.mrr_start, w.new, w.churn, w.accounts_end) for w in retention_series(days)
    ]
    assert sum(w.new_accounts for w in told) > 20


def test_nothing_is_made_anew_while_nothing_has_changed():
    account = paying("One", 300)
    books_make()
    first = RetentionBook.objects.get()
    books_make()
    assert StageRun.objects.filter(stage="retention").last().detail == {"changed": False}
    assert RetentionBook.objects.get().pk == first.pk
    LevelChange.objects.create(
        account=account, as_of=ago(9).date(), new="client", recorded_at=clock.now()
    )
    books_make()
    assert RetentionBook.objects.get().pk != first.pk


@pytest.mark.parametrize("change", ["period", "rule", "day", "since"])
def test_whatever_the_books_rest_on_makes_them_anew(change):
    paying("One", 300)
    books_make()
    first = RetentionBook.objects.get().pk
    if change == "period":
        paying("Two", 10)
    if change == "rule":
        churn_save(actor=None, body={"contractual_days": 9})
    if change == "day":
        with clock.at(clock.now() + timedelta(days=1)):
            books_make()
    else:
        pipeline.run(only=["retention"], since=clock.today() if change == "since" else None)
    assert RetentionBook.objects.get().pk != first


def test_money_without_a_rate_is_told_apart():
    priced, bare = paying("One", 300), paying("Two", 200, currency="XXX")
    book = book_now()
    assert book.unconverted.tolist() == [bare.pk]
    assert set(book.steps.account.tolist()) == {priced.pk}


def test_without_activity_churn_by_use_is_not_shown():
    paying("One", 300)
    churn_save(actor=None, body={"shown": "usage"})
    books_make()
    assert (kept_now("").lost, kept_now("usage").lost) == ("contractual", "contractual")
    assert kept_now("").seen_from is None


def test_an_account_that_falls_quiet_is_lost_by_use_and_not_by_contract(settings, tmp_path):
    account = paying("One", 300)
    active_make(account, [290, 250, 100], settings, tmp_path)
    churn_save(actor=None, body={"shown": "usage", "usage_days": 60})
    books_make()
    kept = kept_now("")
    assert (kept.lost, kept.days) == ("usage", 60)
    assert [_days_ago(at) for at in kept.lives.lost] == [190, 40]
    assert kept.lives.marks["opening"].tolist() == [1, 0]
    assert kept_now("contractual").lives.lost.tolist() == [OPEN]


def _days_ago(microseconds):
    return round((clock.now() - moment_at(int(microseconds))).total_seconds() / 86_400)


def test_a_level_reached_while_paying_runs_until_the_loss():
    account = paying("One", 300, 100)
    for days, level in ((250, "customer"), (150, "client"), (90, "former")):
        LevelChange.objects.create(
            account=account, as_of=ago(days).date(), new=level, recorded_at=clock.now()
        )
    books_make()
    levels = spans_unpacked(RetentionBook.objects.get().levels)
    assert levels.marks["level"].tolist() == [0, 1]
    assert len(set(levels.lost.tolist())) == 1
    assert moment_at(int(levels.started[1])) == datetime.combine(
        ago(150).date(), datetime.min.time(), UTC
    )


def test_columns_come_back_as_they_were_packed():
    columns = {"a": np.array([1, OPEN, -3]), "b": np.array([7, 8, 9])}
    found = unpacked(memoryview(packed(columns)))
    assert {name: values.tolist() for name, values in found.items()} == {
        "a": [1, OPEN, -3],
        "b": [7, 8, 9],
    }
