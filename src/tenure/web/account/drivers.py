"""Why a forecast is what it is: from the usual account to this one, bar by bar, adding up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import exp
from typing import Any

from django.utils.translation import gettext as _

from tenure.forecast.models import Prediction
from tenure.web.account.driver_words import WORK, driver_name, driver_sentence

SHOWN = 8
BEFORE = timedelta(weeks=13)
ROOM = 0.08


@dataclass(frozen=True)
class Step:
    """One driver: it moves the log odds of leaving within a year from `start` to `end`.

    `key`: the driver; `text`: how what weighs most in it has moved. `share`: its size among the
    sizes of all steps.
    """

    key: str
    name: str
    text: str
    start: float
    end: float
    share: float

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
class Relief:
    """The chance of leaving within a year, were this driver as in the usual account."""

    name: str
    text: str
    chance: float


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
    def reliefs(self) -> list[Relief]:
        """What raises the risk and can be worked on, the greatest effect first."""
        found = [
            Relief(step.name, step.text, chance_of(self.total - step.amount))
            for step in self.steps
            if step.raises and step.key in WORK
        ]
        return sorted(found, key=lambda relief: relief.chance)

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
        parts.append(("", _("Everything else"), "", rest))
    return Waterfall(prediction.base, tuple(_steps(prediction.base, parts)))


def _told(
    driver: Mapping[str, Any], prediction: Prediction, titles: Mapping[str, str]
) -> tuple[str, str, str, float]:
    """Key, name, sentence and contribution."""
    key, feature = driver["name"], driver.get("feature") or driver["name"]
    since = prediction.as_of - BEFORE
    text = driver_sentence(feature, driver.get("now"), driver.get("then"), since, titles)
    return key, driver_name(key, titles), text, driver["contribution"]


def _steps(base: float, parts: Sequence[tuple[str, str, str, float]]) -> Iterator[Step]:
    whole = sum(abs(part[-1]) for part in parts) or 1.0
    level = base
    for key, name, text, amount in parts:
        yield Step(key, name, text, level, level + amount, abs(amount) / whole)
        level += amount
