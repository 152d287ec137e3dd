"""What the reader of the page chose in its address; nonsense is ignored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenure.core import clock
from tenure.metrics.questions import MEASURES, SPLITS, Filter, Question
from tenure.metrics.questions.asked import GRAINS, MOST_FILTERS
from tenure.web.whole import whole

UNITS: dict[str, Promise] = {"accounts": _("accounts"), "people": _("people")}
GROUPS: dict[str, Promise] = {
    "plan": _("plan"),
    "tier": pgettext_lazy("plan", "tier"),
    "level": _("level"),
    "none": _("all together"),
}
RETURN_GROUPS: dict[str, Promise] = GROUPS | {
    "tier": _("tier first paid for"),
    "plan": _("plan of today"),
    "level": _("level of today"),
}
ORIGINS: dict[str, Promise] = {"use": _("first use"), "paid": _("first payment")}
STEPS_OF_TIME: dict[str, Promise] = {"month": _("months"), "week": _("weeks")}
LEAST_STEPS, MOST_STEPS = 2, 6
LONGEST_WINDOW = 365


def one_of(given: str | None, known: Mapping[str, Promise], default: str) -> str:
    """A choice from a list, else its default."""
    return given if given is not None and given in known else default


def day_of(given: str | None, default: date) -> date:
    """A day written as 2026-03-31, within the years that make sense."""
    try:
        found = date.fromisoformat(given or "")
    except ValueError:
        return default
    return found if 1990 <= found.year <= 2100 else default


def texts(query: QueryDict, name: str, most: int) -> tuple[str, ...]:
    """The values given of a name, each once, without what is empty or far too long."""
    found = [text for text in query.getlist(name) if text and len(text) <= 300]
    return tuple(text.replace("\x00", "") for text in found)[:most]


@dataclass(frozen=True)
class FunnelChoices:
    """Steps in order, within `days` of the first, which lies in `first` to `last`."""

    steps: tuple[str, ...]
    days: int
    by: str
    group: str
    first: date
    last: date

    @classmethod
    def read(cls, query: QueryDict) -> "FunnelChoices":
        """Take what is understood from a query string."""
        today = clock.today()
        days = whole(query.get("days"), 999)
        number = 14 if days is None else days
        last = min(day_of(query.get("to"), today), today)
        first = min(day_of(query.get("from"), last - timedelta(days=89)), last)
        return cls(
            steps=texts(query, "step", MOST_STEPS),
            days=min(max(number, 1), LONGEST_WINDOW),
            by=one_of(query.get("by"), UNITS, "accounts"),
            group=one_of(query.get("group"), GROUPS, "level"),
            first=max(first, last - timedelta(days=730)),
            last=last,
        )

    @property
    def asked(self) -> bool:
        """Whether there is enough to ask."""
        return len(self.steps) >= LEAST_STEPS


@dataclass(frozen=True)
class ReturnChoices:
    """Who is followed, from when on, by which step of time. `feature`: "" for anything."""

    feature: str
    by: str
    grain: str
    origin: str
    group: str

    @classmethod
    def read(cls, query: QueryDict) -> "ReturnChoices":
        """Take what is understood from a query string. Only accounts pay."""
        by = one_of(query.get("by"), UNITS, "accounts")
        origin = one_of(query.get("from"), ORIGINS, "use")
        return cls(
            feature=next(iter(texts(query, "feature", 1)), ""),
            by=by,
            grain=one_of(query.get("step"), STEPS_OF_TIME, "month"),
            origin=origin if by == "accounts" else "use",
            group=one_of(query.get("group"), RETURN_GROUPS, "tier"),
        )


def question_read(query: QueryDict) -> Question:
    """A question as it is given; what is wrong with it is told when it is checked."""
    last = day_of(query.get("to"), clock.today())
    first = day_of(query.get("from"), clock.week_start(last) - timedelta(weeks=25))
    return Question(
        first=first,
        last=last,
        measure=one_of(query.get("measure"), MEASURES, "uses"),
        events=texts(query, "event", 50),
        filters=tuple(_filters(query)),
        grain=one_of(query.get("grain"), GRAINS, "week"),
        split=one_of(query.get("split"), SPLITS, "none"),
        of=query.get("of", "").strip()[:200],
        by=query.get("prop", "").strip()[:200],
    )


def _filters(query: QueryDict) -> list[Filter]:
    names, operators, values = (query.getlist(key) for key in ("fp", "fo", "fv"))
    return [
        Filter(name.strip()[:200], operator, value.replace("\x00", "")[:300])
        for name, operator, value in zip(names, operators, values, strict=False)
        if name.strip()
    ][: MOST_FILTERS + 1]


def query_of(question: Question) -> str:
    """The query string that asks a question."""
    query = QueryDict(mutable=True)
    query["ask"] = "1"
    query["measure"], query["grain"], query["split"] = (
        question.measure, question.grain, question.split,
    )  # fmt: skip
    query["from"], query["to"] = question.first.isoformat(), question.last.isoformat()
    query.setlist("event", list(question.events))
    for key, value in (("of", question.of), ("prop", question.by)):
        if value:
            query[key] = value
    for key, values in (
        ("fp", [f.name for f in question.filters]),
        ("fo", [f.operator for f in question.filters]),
        ("fv", [f.value for f in question.filters]),
    ):
        query.setlist(key, values)
    return query.urlencode()
