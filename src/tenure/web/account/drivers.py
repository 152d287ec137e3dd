"""Why a forecast is what it is: from the usual account to this one, bar by bar, adding up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import exp
from typing import Any

from django.utils.translation import gettext as _

from tenure.forecast.models import Prediction
from tenure.web.account.driver_words import driver_name, driver_sentence

SHOWN = 8
BEFORE = timedelta(weeks=13)
ROOM = 0.08
STEADY = 0.8
"""From this share of refits on, in which a reason is told again, it is called steady."""


@dataclass(frozen=True)
class Step:
    """One driver: it moves the log odds of leaving within a year from `start` to `end`.

    `key`: the driver; `text`: how what weighs most in it has moved. `share`: its size among the
    sizes of all steps. `again`: in what share of refits to resampled accounts it is told again
    with the same sign; None where there were none, and of what sums up the rest.
    """

    key: str
    name: str
    text: str
    start: float
    end: float
    share: float
    again: float | None = None

    @property
    def steady(self) -> bool:
        return self.again is not None and self.again >= STEADY

    @property
    def amount(self) -> float:
        return self.end - self.start

    @property
    def raises(self) -> bool:
        return self.end > self.start

    @property
    def tone(self) -> str:
        return "poor" if self.raises else "good"


@dataclass(frozen=True)
class Waterfall:
    """From `base`, the log odds of the usual account, over the steps to `total`, this account's."""

    base: float
    steps: tuple[Step, ...]

    @property
    def total(self) -> float:
        return self.steps[-1].end if self.steps else self.base

    @property
    def base_chance(self) -> float:
        return chance_of(self.base)

    @property
    def chance(self) -> float:
        return chance_of(self.total)

    @property
    def least(self) -> float:
        """The left end of the axis, with some room."""
        return self._ends[0] - ROOM * self._span

    @property
    def most(self) -> float:
        return self._ends[1] + ROOM * self._span

    @property
    def _ends(self) -> tuple[float, float]:
        places = [self.base, *(step.end for step in self.steps)]
        return min(places), max(places)

    @property
    def _span(self) -> float:
        return (self._ends[1] - self._ends[0]) or 1.0


def chance_of(log_odds: float) -> float:
    """1/(1 + e^−x)."""
    return 1.0 / (1.0 + exp(-log_odds))


def waterfall(prediction: Prediction, titles: Mapping[str, str], shown: int = SHOWN) -> Waterfall:
    """The largest drivers, and all the rest in one last step."""
    drivers = sorted(prediction.drivers, key=lambda d: -abs(d["contribution"]))
    rest = prediction.others + sum(d["contribution"] for d in drivers[shown:])
    parts = [_told(driver, prediction, titles) for driver in drivers[:shown]]
    if rest:
        parts.append((_Named("", _("Everything else"), "", None), rest))
    return Waterfall(prediction.base, tuple(_steps(prediction.base, parts)))


@dataclass(frozen=True)
class _Named:
    """What a step is called, before it has its place."""

    key: str
    name: str
    text: str
    again: float | None


def _told(
    driver: Mapping[str, Any], prediction: Prediction, titles: Mapping[str, str]
) -> tuple[_Named, float]:
    """A driver in words, and its contribution."""
    key, feature = driver["name"], driver.get("feature") or driver["name"]
    since = prediction.as_of - BEFORE
    text = driver_sentence(feature, driver.get("now"), driver.get("then"), since, titles)
    named = _Named(key, driver_name(key, titles), text, driver.get("steady"))
    return named, driver["contribution"]


def _steps(base: float, parts: Sequence[tuple[_Named, float]]) -> Iterator[Step]:
    whole = sum(abs(amount) for _named, amount in parts) or 1.0
    level = base
    for named, amount in parts:
        share = abs(amount) / whole
        yield Step(named.key, named.name, named.text, level, level + amount, share, named.again)
        level += amount
