"""The company's own figures beside what others are said to reach."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.contracts.benchmarks import PERCENTAGES, Benchmark, benchmarks
from tenure.core.wording import told
from tenure.engine.retention import Interval
from tenure.web.locales import unit_after
from tenure.web.retention.economy import Economy
from tenure.web.retention.monthly import Year
from tenure.web.retention.words import between
from tenure.web.templatetags.formats import number, plain, share

NAMES: dict[str, Promise] = {
    "nrr": gettext_lazy("Net revenue retention"),
    "grr": gettext_lazy("Gross revenue retention"),
    "logo_churn": gettext_lazy("Accounts lost"),
    "quick_ratio": gettext_lazy("Quick ratio"),
    "ltv_to_cac": gettext_lazy("LTV:CAC"),
    "payback_months": gettext_lazy("Payback, months"),
}


@dataclass(frozen=True)
class Figure:
    """One figure of the year, as text: `value`, its 90 % `interval`, and the ranges beside it."""

    key: str
    name: str
    value: str
    interval: str
    ranges: tuple["Range", ...]


@dataclass(frozen=True)
class Range:
    """A benchmark as text."""

    text: str
    of: str
    source: str


def figures_of(year: Year | None, economy: Economy | None) -> list[Figure]:
    """All figures that benchmarks may stand beside, in a standing order."""
    fall = year.waterfall if year else None
    own = economy.figures if economy else None
    values: dict[str, tuple[Decimal | None, Interval | None]] = {
        "nrr": (fall.nrr if fall else None, year.nrr if year else None),
        "grr": (fall.grr if fall else None, year.grr if year else None),
        "logo_churn": (fall.logo_churn if fall else None, year.logo_churn if year else None),
        "quick_ratio": (fall.quick_ratio if fall else None, None),
        "ltv_to_cac": (own.ltv_to_cac if own else None, None),
        "payback_months": (own.payback_months if own else None, None),
    }
    known = benchmarks()
    return [
        Figure(
            key,
            str(NAMES[key]),
            _text(key, value),
            between(interval),
            tuple(_range(one) for one in known if one.figure == key),
        )
        for key, (value, interval) in values.items()
    ]


def _text(key: str, value: Decimal | float | None) -> str:
    if key in PERCENTAGES:
        return share(value, 1)
    return number(value, 1)


def _range(one: Benchmark) -> Range:
    return Range(_ends(one), told(one.of), told(one.source))


def _ends(one: Benchmark) -> str:
    per = 100 if one.figure in PERCENTAGES else 1
    unit = unit_after("%") if one.figure in PERCENTAGES else ""
    low, high = (None if end is None else plain(round(per * end, 4)) for end in (one.low, one.high))
    if low is None:
        return _("up to %(n)s") % {"n": f"{high}{unit}"}
    if high is None:
        return _("from %(n)s") % {"n": f"{low}{unit}"}
    return f"{low}–{high}{unit}"
