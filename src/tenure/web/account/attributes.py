"""Attributes of an account and its people, walked back through their changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.accounts.models import Account, AttributeChange, Person
from tenure.accounts.selectors import owner_of
from tenure.core.models import User
from tenure.web.account.known import Known

NAMES = {
    "name": gettext_lazy("Name"),
    "domain": gettext_lazy("Domain"),
    "industry": gettext_lazy("Industry"),
    "country": gettext_lazy("Country"),
    "language": gettext_lazy("Language"),
    "employees": gettext_lazy("Employees"),
    "segment": gettext_lazy("Segment"),
    "parent_id": gettext_lazy("Belongs to"),
    "created_at": gettext_lazy("Created"),
}
SHOWN = ("domain", "segment", "industry", "country", "language", "employees", "created_at")


@dataclass(frozen=True)
class Relative:
    """A parent or child account under the name it had."""

    pk: int
    name: str


@dataclass(frozen=True)
class AccountThen:
    """An account as it was known. `fields`: column → value; `custom`: the custom fields."""

    account: Account
    fields: dict[str, Any]
    custom: dict[str, Any]
    owner: User | None
    parent: Relative | None
    children: list[Relative]

    @property
    def name(self) -> str:
        return str(self.fields["name"])

    @property
    def shown(self) -> list[tuple[str, Any]]:
        """Name and value of each attribute that has a value."""
        named = [(str(NAMES[key]), self.fields[key]) for key in SHOWN]
        return [(name, value) for name, value in named if value not in (None, "")]


def account_then(account: Account, known: Known, visible: QuerySet[Account]) -> AccountThen:
    """The account's attributes, owner and those of its relatives that are `visible`, as known."""
    fields = {key: getattr(account, key) for key in NAMES}
    custom = dict(account.custom)
    if known.past:
        walk_back(fields, custom, AttributeChange.objects.filter(account=account), known.moment)
    parents = {fields["parent_id"]} - {None}
    parent = _relatives(visible.filter(pk__in=parents), known)
    children = _relatives(visible.filter(pk__in=_children(account, known)), known)
    return AccountThen(
        account,
        fields,
        custom,
        owner_of(account, known.known_at),
        next(iter(parent), None),
        children,
    )


def _children(account: Account, known: Known) -> set[int]:
    """Keys of the accounts that belonged to this one."""
    keys = set(Account.objects.filter(parent=account).values_list("pk", flat=True))
    if not known.past:
        return keys
    moved = AttributeChange.objects.filter(field="parent_id", recorded_at__gt=known.moment)
    moved = moved.filter(Q(account__in=keys) | Q(old=account.pk))
    first: dict[int, Any] = {}
    for pk, old in moved.order_by("recorded_at", "pk").values_list("account_id", "old"):
        first.setdefault(pk, old)
    stayed = {pk for pk in keys if pk not in first}
    return stayed | {pk for pk, old in first.items() if old == account.pk}


def _relatives(accounts: QuerySet[Account], known: Known) -> list[Relative]:
    rows = dict(
        accounts.filter(recorded_at__lte=known.moment)
        .order_by("name")[:50]
        .values_list("pk", "name")
    )
    if known.past and rows:
        later = AttributeChange.objects.filter(
            account__in=rows, field="name", recorded_at__gt=known.moment
        )
        rows |= dict(later.order_by("-recorded_at", "-pk").values_list("account_id", "old"))
    return [Relative(pk, name) for pk, name in rows.items()]


def walk_back(
    fields: dict[str, Any], custom: dict[str, Any], changes: Any, moment: datetime
) -> None:
    """Undo every change recorded after `moment`, newest first."""
    later = changes.filter(recorded_at__gt=moment).order_by("-recorded_at", "-pk")
    for field, old in later.values_list("field", "old"):
        if field.startswith("custom."):
            _put(custom, field.removeprefix("custom."), old)
        elif field in fields:
            fields[field] = _typed(field, old)


def _put(custom: dict[str, Any], name: str, old: Any) -> None:
    if old is None:
        custom.pop(name, None)
    else:
        custom[name] = old


def _typed(field: str, value: Any) -> Any:
    if field.endswith("_at") and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


@dataclass(frozen=True)
class Changed:
    """One change of an attribute, as text."""

    at: datetime
    name: str
    old: str
    new: str


def changes_known(account: Account, known: Known, limit: int = 100) -> list[Changed]:
    """Changes of the account's attributes recorded by then, newest first."""
    rows = AttributeChange.objects.filter(account=account, recorded_at__lte=known.moment)
    return [
        Changed(row.recorded_at, field_name(row.field), text_of(row.old), text_of(row.new))
        for row in rows.order_by("-recorded_at", "-pk")[:limit]
    ]


def field_name(field: str) -> str:
    """A column's name in words; a custom field under its own name."""
    return str(NAMES.get(field, field.removeprefix("custom.")))


def text_of(value: Any) -> str:
    """A value as a reader sees it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value)[:500]


PERSON_FIELDS = ("name", "email", "title", "phone", "language")


def person_fields(
    person: Person, known: Known, changes: dict[int, list[tuple[str, Any]]]
) -> dict[str, Any]:
    """A person's attributes as known; `changes`: later changes by person, newest first."""
    fields = {key: getattr(person, key) for key in PERSON_FIELDS}
    for field, old in changes.get(person.pk, ()):
        if field in fields:
            fields[field] = old or ""
    return fields


def person_changes(people: Iterable[int], known: Known) -> dict[int, list[tuple[str, Any]]]:
    """Changes of people recorded after the point in time, newest first."""
    if not known.past:
        return {}
    found: dict[int, list[tuple[str, Any]]] = {}
    rows = AttributeChange.objects.filter(person__in=list(people), recorded_at__gt=known.moment)
    for pk, field, old in rows.order_by("-recorded_at", "-pk").values_list(
        "person_id", "field", "old"
    ):
        found.setdefault(pk, []).append((field, old))
    return found
