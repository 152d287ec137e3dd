"""What may be asked of the event store, and what is wrong with a question that does not hold."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenure.core.errors import InvalidDefinition
from tenure.metrics.definitions.parse import PROPERTY

MEASURES: dict[str, Promise] = {
    "uses": gettext_lazy("events"),
    "people": gettext_lazy("different people"),
    "accounts": gettext_lazy("different accounts"),
    "sum": gettext_lazy("sum of a property"),
    "mean": gettext_lazy("average of a property"),
}
GRAINS: dict[str, Promise] = {
    "week": gettext_lazy("week by week"),
    "month": gettext_lazy("month by month"),
    "all": gettext_lazy("over the whole period"),
}
SPLITS: dict[str, Promise] = {
    "none": gettext_lazy("nothing"),
    "event": gettext_lazy("event"),
    "plan": gettext_lazy("plan"),
    "tier": pgettext_lazy("plan", "tier"),
    "level": gettext_lazy("level"),
    "account": gettext_lazy("account"),
    "property": gettext_lazy("a property"),
}
OPERATORS: dict[str, Promise] = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not, or is missing"),
    "contains": gettext_lazy("contains"),
    "starts": gettext_lazy("starts with"),
    "eq": gettext_lazy("is the number"),
    "gt": gettext_lazy("is more than"),
    "ge": gettext_lazy("is at least"),
    "lt": gettext_lazy("is less than"),
    "le": gettext_lazy("is at most"),
    "after": gettext_lazy("is on or after the day"),
    "before": gettext_lazy("is before the day"),
    "true": gettext_lazy("is true"),
    "false": gettext_lazy("is false"),
    "set": gettext_lazy("is there"),
    "unset": gettext_lazy("is missing"),
}
NUMBERS = ("eq", "gt", "ge", "lt", "le")
DAYS = ("after", "before")
BARE = ("true", "false", "set", "unset")
MOST_EVENTS, MOST_FILTERS, LONGEST = 50, 5, 200
MOST_BUCKETS = {"week": 106, "month": 60, "all": 1}


@dataclass(frozen=True)
class Filter:
    """A test of an event's property (a dotted path). `value` is text as it was given."""

    name: str
    operator: str
    value: str = ""

    @property
    def number(self) -> float:
        """The value of an operator on numbers; not a number where it is none."""
        try:
            return float(self.value.replace(",", ".").strip())
        except ValueError:
            return float("nan")

    @property
    def day(self) -> date | None:
        """The value of an operator on days, None where it is none."""
        try:
            return date.fromisoformat(self.value.strip())
        except ValueError:
            return None

    def fault(self) -> str:
        """What is wrong with it, "" when nothing is."""
        if not PROPERTY.fullmatch(self.name):
            return _("A property is named by letters, digits, _ - $, with dots between levels.")
        if self.operator not in OPERATORS:
            return _("Choose how the property is compared.")
        told = {"name": self.name}
        if self.operator in NUMBERS and not isfinite(self.number):
            return _("%(name)s is compared with a number; give one, as 12.5.") % told
        if self.operator in DAYS and self.day is None:
            return _("%(name)s is compared with a day; give one, as 2026-03-31.") % told
        if self.operator not in {*NUMBERS, *DAYS, *BARE} and not self.value:
            return _("Say what %(name)s is compared with.") % told
        return ""


@dataclass(frozen=True)
class Question:
    """One measure of some events, over time and split. Days are both included.

    `events`: none means all. `of`: the property that is added up; `by`: the property that splits.
    """

    first: date
    last: date
    measure: str = "uses"
    events: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    grain: str = "week"
    split: str = "none"
    of: str = ""
    by: str = ""

    def checked(self) -> "Question":
        """The question itself.

        Raises:
            InvalidDefinition: with a sentence for each thing wrong with it.
        """
        problems = [text for text in self._faults() if text]
        if problems:
            raise InvalidDefinition(problems)
        return self

    def _faults(self) -> list[str]:
        named = {self.measure in MEASURES, self.grain in GRAINS, self.split in SPLITS}
        faults = [filter_.fault() for filter_ in self.filters]
        if named != {True}:
            faults.append(_("Choose a measure, a step of time and a split from the lists."))
        if self.first > self.last:
            faults.append(_("The period ends before it begins; swap its days."))
        elif self.grain in MOST_BUCKETS and self._buckets() > MOST_BUCKETS[self.grain]:
            text = _(
                "That is %(n)s steps of time, and at most %(most)s are shown; take longer ones."
            )
            faults.append(text % {"n": self._buckets(), "most": MOST_BUCKETS[self.grain]})
        if self.measure in {"sum", "mean"} and not PROPERTY.fullmatch(self.of):
            faults.append(_("Name the property that is added up."))
        if self.split == "property" and not PROPERTY.fullmatch(self.by):
            faults.append(_("Name the property that splits."))
        if len(self.events) > MOST_EVENTS or len(self.filters) > MOST_FILTERS:
            faults.append(_("That is more than one question may hold; leave some out."))
        if any(len(text) > LONGEST for text in (*self.events, *(f.value for f in self.filters))):
            faults.append(
                _("A name or a value is too long; at most %(n)s characters.") % {"n": LONGEST}
            )
        return faults

    def _buckets(self) -> int:
        if self.grain == "all":
            return 1
        days = (self.last - self.first).days + 1
        return days // 7 + 1 if self.grain == "week" else days // 30 + 1

    def body(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self) | {"first": self.first.isoformat(), "last": self.last.isoformat()}

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> "Question":
        """The inverse of `body`."""
        return cls(
            **{
                **body,
                "first": date.fromisoformat(body["first"]),
                "last": date.fromisoformat(body["last"]),
                "events": tuple(body["events"]),
                "filters": tuple(Filter(**one) for one in body["filters"]),
            }
        )
