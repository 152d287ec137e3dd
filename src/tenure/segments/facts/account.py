"""Attributes of accounts, and who owned them, as known at a moment."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from tenure.accounts.models import Account, AttributeChange, OwnerAssignment
from tenure.segments.facts.moment import Moment

OWNER = "owner"
_COLUMNS = frozenset({
    "name", "domain", "external_id", "segment", "industry", "country", "language", "employees",
    "created_at",
})  # fmt: skip


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Attributes; an empty text is not known."""
    columns = sorted(names & _COLUMNS)
    found: dict[str, dict[int, Any]] = {name: {} for name in columns}
    if columns:
        rows = moment.of(Account.objects.all(), "pk").values_list("pk", *columns)
        for account, *values in rows.iterator():
            for name, value in zip(columns, values, strict=True):
                found[name][account] = value
        _take_back(found, moment, {name: name for name in columns})
    if "created_at" in found:
        found["created_at"] = {a: _day(v) for a, v in found["created_at"].items()}
    known = {n: {a: v for a, v in c.items() if v not in (None, "")} for n, c in found.items()}
    return known | {OWNER: _owners(moment)} if OWNER in names else known


def read_custom(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Fields that senders made up, as they came: text, number, yes or no."""
    found: dict[str, dict[int, Any]] = {name: {} for name in names}
    rows = moment.of(Account.objects.exclude(custom={}), "pk")
    for account, custom in rows.values_list("pk", "custom").iterator():
        for name in names & custom.keys():
            found[name][account] = custom[name]
    _take_back(found, moment, {f"custom.{name}": name for name in names})
    return {n: {a: v for a, v in c.items() if v not in (None, "")} for n, c in found.items()}


def _take_back(found: dict[str, dict[int, Any]], moment: Moment, fields: Mapping[str, str]) -> None:
    """Undo the changes that came after the moment, the newest first."""
    if moment.is_now:
        return
    later = AttributeChange.objects.filter(
        field__in=list(fields), account__isnull=False, recorded_at__gte=moment.end
    )
    newest_first = moment.of(later).order_by("-recorded_at", "-pk")
    rows = newest_first.values_list("account_id", "field", "old")
    for account, field, old in _rows(rows.iterator()):
        found[fields[field]][account] = old


def _rows(rows: Iterator[tuple[int | None, str, Any]]) -> Iterator[tuple[int, str, Any]]:
    return ((account, field, old) for account, field, old in rows if account is not None)


def _day(value: Any) -> date | None:
    """The day of a moment, which a change keeps as text."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) and value else value
    return moment.date() if isinstance(moment, datetime) else None


def _owners(moment: Moment) -> dict[int, str]:
    """The address of the owner of each account that has one."""
    now = Q(until__isnull=True) | Q(until__gte=moment.end)
    rows = moment.of(OwnerAssignment.objects.filter(now, since__lt=moment.end))
    return dict(rows.order_by("since", "pk").values_list("account_id", "owner__email"))
