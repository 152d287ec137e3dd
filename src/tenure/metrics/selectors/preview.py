"""What a definition would give, before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from tenure.core import clock
from tenure.events.selectors import store_snapshot
from tenure.metrics.compile.duck import DuckEngine
from tenure.metrics.compile.span import week_index
from tenure.metrics.definitions import catalogue_of, parse
from tenure.metrics.panel.compute import Computation
from tenure.metrics.panel.slices import Box
from tenure.metrics.panel.work import Work, began, highest_account
from tenure.metrics.selectors.catalogue import bodies_current

ACCOUNTS = 1_000
WEEKS = 40


@dataclass(frozen=True)
class Preview:
    """The values a definition gives today, over the first thousand accounts.

    `quantiles`: the 0th, 25th, 50th, 75th and 100th percentile of the known values.
    """

    accounts: int
    known: int
    quantiles: tuple[float, ...]


def preview(body: Mapping[str, Any]) -> Preview:
    """Compute a definition for today, from the last forty weeks, without saving anything."""
    metric = parse(body)
    bodies = bodies_current() | {metric.key: metric.body}
    catalogue = catalogue_of(parse(one) for one in bodies.values()).only([metric.key])
    snapshot, running = store_snapshot(), week_index(clock.today())
    region = Box(1, min(ACCOUNTS, highest_account()), running - WEEKS, running)
    work = Work((region,), began(snapshot), region.first, "", (), {}, full=True)
    with DuckEngine(filesystem=None if snapshot.local else snapshot.filesystem) as engine:
        blocks = Computation(engine, catalogue, work, snapshot, clock.today()).blocks()
        rows = [b.rows.filter(pa.compute.equal(b.rows["week"], running)) for b in blocks]
    values = [value for part in rows for value in part[metric.key].to_pylist()]
    known = [value for value in values if value is not None]
    quantiles = np.quantile(known, [0, 0.25, 0.5, 0.75, 1]) if known else []
    return Preview(len(values), len(known), tuple(float(value) for value in quantiles))
