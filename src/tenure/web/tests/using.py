"""Events of many accounts at once, in the store, and the book of features made from them."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from tenure.core import clock
from tenure.core.pipeline import Refresh
from tenure.events.models import StoreFile
from tenure.events.store import place
from tenure.events.store.schema import SCHEMA
from tenure.events.store.statistics import ranges
from tenure.metrics.questions.stage import features_refresh

NAMES = np.array(
    ["login", "report_viewed", "export", "invite", "search", "import", "comment", "share", "alert"]
)


def usage_make(accounts, *, days=180, each=60, seed=3) -> None:
    """So many events of each account over the last days, by five people, recorded as they came."""
    dice = np.random.default_rng(seed)
    size = len(accounts) * each
    owner = np.repeat(np.array([a.pk for a in accounts], dtype=np.int64), each)
    before = dice.integers(60, days * 86_400, size)
    first = int(datetime.combine(clock.today(), datetime.min.time(), UTC).timestamp())
    moment = (first - before) * 1_000_000
    name = NAMES[np.minimum(dice.geometric(0.3, size) - 1, len(NAMES) - 1)]
    columns = [owner, owner * 10 + dice.integers(0, 5, size), name, moment]
    months = np.array(first - before, dtype="datetime64[s]").astype("datetime64[M]")
    for month in np.unique(months):
        _file([column[months == month] for column in columns], month)
    features_refresh(Refresh(clock.today()))


def _file(columns, month) -> None:
    account, person, name, moment = columns
    order = np.lexsort((moment, account))
    zeros = pa.array(np.zeros(len(order), dtype=np.int64))
    at = pa.array(moment[order], pa.int64()).cast(pa.timestamp("us", tz="UTC"))
    marks = [int(n).to_bytes(16, "big") for n in np.arange(len(order)) + int(moment.min())]
    table = pa.Table.from_arrays(
        [
            pa.array(account[order]), pa.array(person[order]), zeros, zeros,
            pa.array(name[order].astype(object), pa.string()), at, at,
            pa.array(marks, pa.binary()), pa.nulls(len(order), pa.string()),
        ],
        schema=SCHEMA,
    )  # fmt: skip
    store, day = place.current(), month.astype("datetime64[D]").item()
    path = place.new_path(day)
    known = {field.name for field in StoreFile._meta.get_fields()}
    StoreFile.objects.create(
        path=path, month=day, bytes=store.write(table, path), created_at=clock.now(),
        **{key: value for key, value in ranges(table).items() if key in known},
    )  # fmt: skip
