"""The event store behind a connection that cannot take long, take much, or see too much."""

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from threading import BoundedSemaphore, Timer
from time import monotonic
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
from django.db.models import Count, Max, Sum
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from tenure.core.errors import TenureError
from tenure.events.models import IdentityState, PendingErasure, StoreFile
from tenure.events.store.snapshot import Snapshot
from tenure.metrics.compile.duck import DuckEngine
from tenure.metrics.compile.span import EPOCH, day_index

Ints = NDArray[np.int64]
AT_ONCE = 2
_turns = BoundedSemaphore(AT_ONCE)
PARAMETER = re.compile(r"\$([a-z]\w*)")
_VIEWS = """
CREATE TEMP VIEW asked_events AS SELECT * FROM tenure_events {within};
CREATE TEMP VIEW asked_events_grouped AS
SELECT e.*, a.plan, a.tier, a.level FROM tenure_events e JOIN tenure_asked a USING (account_id)
"""
_WITHIN = "SEMI JOIN tenure_asked USING (account_id)"


class TooHeavy(TenureError):
    """A question that took longer or needed more than it may."""


class TooBusy(TenureError):
    """Others are asking at the moment."""


@dataclass(frozen=True)
class Limits:
    """Seconds from the first word to the last, and memory as DuckDB writes it."""

    seconds: float = 20.0
    memory: str = "512MB"
    spill: str = "2GB"


@dataclass(frozen=True)
class Asked:
    """The accounts that count, ascending, with the group of each in three ways, as numbers."""

    account: Ints
    plan: Ints
    tier: Ints
    level: Ints

    @classmethod
    def alone(cls, accounts: Sequence[int] | Ints) -> "Asked":
        """Accounts, ascending, whose groups do not matter."""
        keys = np.asarray(accounts, dtype=np.int64)
        none = np.zeros(len(keys), dtype=np.int64)
        return cls(keys, none, none, none)

    @property
    def without_gap(self) -> bool:
        """Whether every number from the first key to the last is one of them."""
        return len(self.account) > 0 and len(self.account) == self.account[-1] - self.account[0] + 1

    def table(self) -> pa.Table:
        """As Arrow."""
        return pa.table(
            {
                "account_id": self.account,
                "plan": self.plan,
                "tier": self.tier,
                "level": self.level,
            }
        )


def store_mark() -> tuple[Any, ...]:
    """Changes whenever an answer may: files come and go, or an erasure writes them in place."""
    live = StoreFile.objects.filter(retired_at__isnull=True).aggregate(
        files=Count("pk"), newest=Max("pk"), rows=Sum("rows")
    )
    state = IdentityState.objects.values_list("position", "erasures").first()
    return (*live.values(), state, PendingErasure.objects.count())


class LiveStore:
    """The events of some accounts and days as the view `asked_events`.

    `asked_events_grouped` has the groups of the accounts too. Accounts that are not in `asked` are
    out of reach of whatever is asked: the views leave them away, by the ends of the keys where
    there is no gap between these, as looking each event's account up takes a sixth of the time.
    Files other than the store's cannot be opened.

    Raises:
        TooBusy: when others ask and none of them is done in time.
    """

    def __init__(
        self, snapshot: Snapshot, asked: Asked, first: date, last: date, limits: Limits
    ) -> None:
        self.snapshot, self.asked, self.limits = snapshot, asked, limits
        self.first, self.last = first, last

    def __enter__(self) -> Self:
        self.until = monotonic() + self.limits.seconds
        if not _turns.acquire(timeout=self.limits.seconds / 2):
            raise TooBusy(_("Others are asking at the moment; ask again in a minute."))
        try:
            self._open()
        except BaseException:
            _turns.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.engine.close()
        finally:
            _turns.release()

    def _open(self) -> None:
        local = self.snapshot.local
        filesystem = None if local else self.snapshot.filesystem
        self.engine = DuckEngine(memory=self.limits.memory, filesystem=filesystem)
        with contextlib.ExitStack() as undo:
            undo.callback(self.engine.close)
            self._fill(local)
            undo.pop_all()

    def _fill(self, local: bool) -> None:
        connection = self.engine.connection
        keys, first, last = self.asked.account, day_index(self.first), day_index(self.last)
        ends = (int(keys[0]), int(keys[-1])) if len(keys) else (0, 0)
        paths = self.snapshot.narrowed(
            account_from=ends[0], account_to=ends[1], since=_midnight(first),
            until=_midnight(last + 1),
        ).paths()  # fmt: skip
        connection.execute(f"SET max_temp_directory_size='{self.limits.spill}'")
        connection.register("tenure_given", self.asked.table())
        connection.execute("CREATE TEMP TABLE tenure_asked AS SELECT * FROM tenure_given")
        connection.unregister("tenure_given")
        self.engine.events(paths, ends, (first, last))
        connection.execute(_VIEWS.format(within="" if self.asked.without_gap else _WITHIN))
        if local:
            folder = self.snapshot.place.full("").replace("'", "''")
            connection.execute(f"SET allowed_directories=['{folder}']")
            connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a query. `values` fill its parameters; nothing else of a reader's goes in."""
        return self._run(sql, values, lambda found: found.fetchall())  # type: ignore[no-any-return]

    def columns(self, sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a query as numpy."""
        return self._run(sql, values, lambda found: found.fetchnumpy())  # type: ignore[no-any-return]

    def _run(self, sql: str, values: Mapping[str, Any], take: Any) -> Any:
        left = self.until - monotonic()
        if left <= 0:
            raise self._too_long()
        connection = self.engine.connection
        timer = Timer(left, connection.interrupt)
        timer.daemon = True
        timer.start()
        try:
            named = set(PARAMETER.findall(sql))
            return take(connection.execute(sql, {k: v for k, v in values.items() if k in named}))
        except duckdb.InterruptException as error:
            raise self._too_long() from error
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise TooHeavy(
                _("This needs more memory than one question may take. Take a shorter period.")
            ) from error
        finally:
            timer.cancel()

    def _too_long(self) -> TooHeavy:
        text = _(
            "This takes longer than %(n)s seconds, so it was stopped. Take a shorter period, fewer "
            "events or fewer accounts."
        )
        return TooHeavy(text % {"n": f"{self.limits.seconds:g}"})


def _midnight(day: int) -> datetime:
    return datetime.combine(EPOCH + timedelta(days=day), time(), UTC)
