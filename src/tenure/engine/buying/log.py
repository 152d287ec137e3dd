"""What a purchase log says of each customer: how often, how recently, and for how long."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Summary:
    """n customers in the order of their keys, all the purchase models need of them.

    Attributes:
        customer: Keys, (n,), sorted, of the kind that was given.
        frequency: x, repeat purchases: days with a purchase after the first, (n,).
        recency: t_x, time from the first purchase to the last, in periods; 0 when x = 0, (n,).
        age: T, time from the first purchase to the end of observation, in periods, (n,).
    """

    customer: NDArray[Any]
    frequency: Floats
    recency: Floats
    age: Floats

    def __post_init__(self) -> None:
        x, t, age = self.frequency, self.recency, self.age
        if not self.customer.shape == x.shape == t.shape == age.shape or x.ndim != 1:
            raise ValueError("customer, frequency, recency and age must be of the same length")
        if not np.isfinite([x, t, age]).all() or (x < 0).any() or (t < 0).any() or (t > age).any():
            raise ValueError("each customer needs frequency ≥ 0 and 0 ≤ recency ≤ age")
        if ((x > 0) != (t > 0)).any():
            raise ValueError("recency is above 0 for those who bought again, and only for them")

    def __len__(self) -> int:
        return int(self.frequency.shape[0])


def summary(customer: ArrayLike, day: ArrayLike, end: Any, *, period: float = 7.0) -> Summary:
    """Frequency, recency and age of each customer who bought by `end`.

    Several purchases on one day count as one; purchases after `end` are not looked at.

    Args:
        customer: (m,) key of the customer of each purchase; anything NumPy can sort.
        day: (m,) day of each purchase, datetime64 or numbers of days; parts of a day are dropped.
        end: The last day observed, of the same kind as `day`.
        period: Days in a period; 7 gives recency and age in weeks.
    """
    if period <= 0:
        raise ValueError("a period needs a length above zero")
    who, days = _by_then(customer, day, end)
    keys, at = np.unique(who, return_inverse=True)
    owner, bought = _distinct(at.ravel(), days)
    counts = np.bincount(owner, minlength=keys.size)
    ends = np.cumsum(counts)
    first, last = bought[ends - counts], bought[ends - 1]
    return Summary(
        customer=keys,
        frequency=(counts - 1).astype(float),
        recency=(last - first) / period,
        age=(_day_number(end) - first) / period,
    )


def purchases_after(
    customers: ArrayLike, customer: ArrayLike, day: ArrayLike, start: Any, end: Any
) -> Floats:
    """Days with a purchase after `start` up to and including `end`, (n,), for each of `customers`.

    The counterpart of `summary` for a later interval, to score forecasts with. `customers` are
    keys without repetition; those who did not buy count 0.
    """
    keys = np.asarray(customers)
    order = np.argsort(keys)
    who, days = _by_then(customer, day, end)
    inside = (days > _day_number(start)) & np.isin(who, keys)
    at = order[np.searchsorted(keys, who[inside], sorter=order)]
    owner, _ = _distinct(at, days[inside])
    return np.bincount(owner, minlength=keys.size).astype(float)


def _by_then(customer: ArrayLike, day: ArrayLike, end: Any) -> tuple[NDArray[Any], Ints]:
    who, days = np.asarray(customer), _day_number(day)
    if who.shape != days.shape or who.ndim != 1:
        raise ValueError("customer and day must be vectors of the same length")
    early = days <= _day_number(end)
    return who[early], days[early]


def _distinct(owner: Ints, days: Ints) -> tuple[Ints, Ints]:
    """Each customer's days once, sorted by customer and day."""
    order = np.lexsort((days, owner))
    who, when = owner[order], days[order]
    fresh = np.ones(who.size, dtype=bool)
    fresh[1:] = (np.diff(who) != 0) | (np.diff(when) != 0)
    return who[fresh], when[fresh]


def _day_number(day: ArrayLike) -> Ints:
    values = np.asarray(day)
    if np.issubdtype(values.dtype, np.datetime64):
        if np.isnat(values).any():
            raise ValueError("every purchase needs a day")
        return np.asarray(values.astype("datetime64[D]").astype(np.int64))
    numbers = values.astype(float)
    if not np.isfinite(numbers).all():
        raise ValueError("every purchase needs a day")
    return np.asarray(np.floor(numbers).astype(np.int64))
