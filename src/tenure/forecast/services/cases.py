"""Past rows with what drove them, to find those most like an account now and see their fate."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.engine.panel import Panel
from tenure.forecast.drivers import drivers_of
from tenure.forecast.inputs.days import Floats

MOST, NEAREST = 20_000, 5
_BLOCK = 200


@dataclass(frozen=True)
class Cases:
    """m rows whose next twelve months are over. `vectors` (m, d): contributions by driver."""

    drivers: tuple[str, ...]
    vectors: Floats
    account: NDArray[np.int64]
    origin: NDArray[np.datetime64]
    months: NDArray[np.int64]
    followed: NDArray[np.int64]

    @classmethod
    def of(cls, fitted: Any, panel: Panel, horizon: int) -> "Cases":
        """From the panel a model was fitted to, at most `MOST` rows of it, evenly."""
        closed = np.flatnonzero(panel.followed >= horizon)
        rows = panel.take(closed[:: max(-(-closed.size // MOST), 1)])
        names, vectors = driver_vectors(fitted, rows, horizon)
        months = rows.months[:, 0]
        return cls(names, vectors, rows.account, rows.origin, months, rows.followed)

    def nearest(self, vectors: Floats, account: NDArray[np.int64]) -> list[list[dict[str, Any]]]:
        """For each row the nearest cases of other accounts, one an account."""
        if not self.account.size:
            return [[] for _ in range(len(account))]
        scale = np.where(self.vectors.std(axis=0) > 1e-9, self.vectors.std(axis=0), 1.0)
        known, asked = self.vectors / scale, vectors / scale
        found: list[list[dict[str, Any]]] = []
        for start in range(0, len(account), _BLOCK):
            part = asked[start : start + _BLOCK]
            apart = np.square(part).sum(axis=1)[:, None] - 2.0 * part @ known.T
            apart += np.square(known).sum(axis=1)[None, :]
            for row, distances in enumerate(apart):
                order = np.argsort(distances, kind="stable")[: NEAREST * 40]
                found.append(self._first(order, int(account[start + row])))
        return found

    def _first(self, order: NDArray[np.intp], own: int) -> list[dict[str, Any]]:
        told: dict[int, dict[str, Any]] = {}
        for at in order.tolist():
            other = int(self.account[at])
            if other != own and other not in told and len(told) < NEAREST:
                told[other] = {
                    "account": other,
                    "origin": str(self.origin[at]),
                    "months": int(self.months[at]),
                    "followed": int(self.followed[at]),
                }
        return list(told.values())

    def to_bytes(self) -> bytes:
        """As `read` takes it."""
        out = io.BytesIO()
        np.savez_compressed(
            out,
            drivers=np.array(self.drivers, dtype=np.str_),
            vectors=self.vectors.astype(np.float32),
            account=self.account,
            origin=self.origin.astype(np.int64),
            months=self.months,
            followed=self.followed,
        )
        return out.getvalue()

    @classmethod
    def read(cls, content: bytes) -> "Cases":
        """What `to_bytes` gave."""
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return cls(
                tuple(str(name) for name in stored["drivers"]),
                stored["vectors"].astype(float),
                stored["account"],
                stored["origin"].astype("datetime64[D]"),
                stored["months"],
                stored["followed"],
            )


def driver_vectors(fitted: Any, rows: Panel, horizon: int) -> tuple[tuple[str, ...], Floats]:
    """Drivers and their contributions to the log-odds of churn within `horizon`, (n, d)."""
    told = fitted.drivers(rows, horizon=horizon)
    groups = drivers_of(told.names)
    return tuple(groups), summed(told.values, list(groups.values()))


def summed(values: Floats, groups: Sequence[Sequence[int]]) -> Floats:
    """Columns summed by group, (n, d)."""
    columns = [values[:, list(places)].sum(axis=1) for places in groups]
    return np.stack(columns, axis=1) if columns else np.zeros((values.shape[0], 0))
