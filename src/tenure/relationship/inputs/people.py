"""C3: whether somebody with a say was active, week by week."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tenure.accounts.models import Membership
from tenure.events.selectors import store_snapshot
from tenure.events.store.place import Place
from tenure.relationship.inputs.facts import DAY, Floats, ends_of

_FAR = np.inf
_DAY_US = 86_400_000_000


def key_person_active(
    accounts: Sequence[int], days: Sequence[date], roles: Sequence[str], active_days: int
) -> Floats:
    """1: a person who held one of the roles was active in the days before; 0: none was.

    nan while the company had told nobody's role. Shape (accounts, days); an event counts from when
    it was received, a role from when it was recorded.
    """
    ends = ends_of(days)
    found = np.full((len(accounts), len(days)), np.nan)
    row_of = {account: row for row, account in enumerate(accounts)}
    holders = _holders(row_of, roles)
    if not holders:
        return found
    first_told = min(span[0] for spans in holders.values() for span in spans)
    found[:, ends > first_told] = 0.0
    for (account, person), occurred, received in _activity(holders, days, active_days):
        near = (occurred[:, None] < ends) & (received[:, None] < ends)
        active = (near & (occurred[:, None] >= ends - active_days * DAY)).any(axis=0)
        for since, until, recorded in holders[account, person]:
            held = (max(since, recorded) < ends) & (ends <= until)
            found[row_of[account], active & held] = 1.0
    return found


_Span = tuple[float, float, float]


def _holders(row_of: dict[int, int], roles: Sequence[str]) -> dict[tuple[int, int], list[_Span]]:
    """(account, person) → spans (since, until, recorded) in which a role was held."""
    rows = Membership.objects.filter(role__in=list(roles))
    holders: dict[tuple[int, int], list[_Span]] = defaultdict(list)
    for account, person, since, until, recorded in rows.values_list(
        "account_id", "person_id", "since", "until", "recorded_at"
    ):
        if account in row_of:
            start = since.timestamp() if since else -_FAR
            stop = until.timestamp() if until else _FAR
            holders[account, person].append((start, stop, recorded.timestamp()))
    return dict(holders)


def _activity(
    holders: dict[tuple[int, int], list[_Span]], days: Sequence[date], active_days: int
) -> Iterable[tuple[tuple[int, int], Floats, Floats]]:
    """The days on which role holders were active, with when that was learned."""
    start = datetime.combine(min(days) - timedelta(days=active_days), time(), UTC)
    stop = datetime.combine(max(days) + timedelta(days=1), time(), UTC)
    snapshot = store_snapshot()
    paths = [
        file.path
        for file in snapshot.files
        if file.occurred_max >= start and file.occurred_min < stop
    ]
    if not paths:
        return []
    people = pa.array(sorted({person for _, person in holders}), pa.int64())
    wanted = (
        pc.field("person_id").isin(people)
        & (pc.field("occurred_at") >= pa.scalar(start, pa.timestamp("us", "UTC")))
        & (pc.field("occurred_at") < pa.scalar(stop, pa.timestamp("us", "UTC")))
    )
    names = ["account_id", "person_id", "occurred_at", "received_at"]
    scanner = Place(snapshot.url).dataset(paths).scanner(columns=names, filter=wanted)
    return _by_person(scanner.to_batches(), holders)


def _by_person(
    batches: Iterable[pa.RecordBatch], holders: dict[tuple[int, int], list[_Span]]
) -> Iterator[tuple[tuple[int, int], Floats, Floats]]:
    """(account, person), days active, days received; each pair of days once."""
    parts = [np.empty((4, 0), dtype=np.int64)]
    for batch in batches:
        keys = [batch.column(i).to_numpy(zero_copy_only=False) for i in (0, 1)]
        days = [batch.column(i).cast(pa.int64()).to_numpy() // _DAY_US for i in (2, 3)]
        parts.append(np.unique(np.stack([*keys, *days]), axis=1))
    table = np.unique(np.concatenate(parts, axis=1), axis=1)
    starts = np.flatnonzero((np.diff(table[:2], axis=1, prepend=-1) != 0).any(axis=0))
    for start, stop in zip(starts, [*starts[1:], table.shape[1]], strict=True):
        pair = (int(table[0, start]), int(table[1, start]))
        if pair in holders:
            active, received = np.asarray(table[2:, start:stop] * DAY, dtype=np.float64)
            yield pair, active, received
