"""What the reader of the page chose in its address; nonsense is ignored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenure.core.models import User
from tenure.web.ladder.scope import Scope

MONTH = re.compile(r"(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])")
LOST: dict[str, Promise] = {"contractual": _("by contract"), "usage": _("by use")}
COHORTS: dict[str, Promise] = {"month": _("by month"), "quarter": _("by quarter")}
SHOWN: dict[str, Promise] = {
    "logos": _("accounts kept"),
    "gross": _("gross revenue"),
    "net": _("net revenue"),
}
GROUPS: dict[str, Promise] = {
    "tier": pgettext_lazy("plan", "tier"),
    "segment": _("segment"),
    "term": _("term"),
    "level": _("level"),
    "all": _("all together"),
}
PERIODS: dict[str, Promise] = {
    "quarter": _("this quarter"),
    "last_quarter": _("last quarter"),
    "year": _("last 12 months"),
    "custom": _("other months"),
}
SPLITS: dict[str, Promise] = {"all": _("all together"), "tier": _("by tier")}


@dataclass(frozen=True)
class Choices:
    """The choices as given, each with its default. `first`, `last`: months, from January 1970."""

    scope: Scope
    lost: str
    cohort: str
    shown: str
    group: str
    period: str
    split: str
    first: int | None
    last: int | None

    @classmethod
    def read(cls, query: Mapping[str, str], reader: User | None = None) -> "Choices":
        """Take what is understood from a query string, and of segments what `reader` may see."""
        return cls(
            scope=Scope.read(query, reader),
            lost=_one_of(query.get("lost"), LOST, ""),
            cohort=_one_of(query.get("cohort"), COHORTS, "month"),
            shown=_one_of(query.get("show"), SHOWN, "logos"),
            group=_one_of(query.get("by"), GROUPS, "tier"),
            period=_one_of(query.get("period"), PERIODS, "quarter"),
            split=_one_of(query.get("split"), SPLITS, "all"),
            first=month_read(query.get("from")),
            last=month_read(query.get("to")),
        )


def _one_of(given: str | None, known: Mapping[str, Promise], default: str) -> str:
    return given if given in known and given is not None else default


def month_read(text: str | None) -> int | None:
    """A month written as 2026-04, numbered from January 1970."""
    match = MONTH.fullmatch(text or "")
    return (int(match[1]) - 1970) * 12 + int(match[2]) - 1 if match else None
