"""What accounts and people share: an upsert by external id that logs every changed attribute."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec

from tenure.accounts.models import Account, AttributeChange, Person
from tenure.core import reasons
from tenure.core.facts import CHUNK, RowReject
from tenure.core.insertion import insert, rows_of

Entity = TypeVar("Entity", Account, Person)


class Row(Protocol):
    """What an upsert by external id needs of a row."""

    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> datetime | None: ...
    @property
    def custom(self) -> dict[str, Any]: ...


R = TypeVar("R", bound=Row)


@dataclass
class Upserted:
    """Which rows were new, changed or equal, by their place; `old` attributes of changed ones."""

    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[RowReject] = field(default_factory=list)
    old: dict[int, dict[str, Any]] = field(default_factory=dict)


def last_of_each(rows: Sequence[R], done: Upserted) -> list[tuple[int, R]]:
    """Of rows with one id the last counts; earlier ones that differ are told, not lost."""
    place = {row.id: index for index, row in enumerate(rows)}
    keep = []
    for index, row in enumerate(rows):
        winner = place[row.id]
        if winner == index:
            keep.append((index, row))
        elif rows[winner] == row:
            done.unchanged += 1
        else:
            done.rejected.append(RowReject(index, "id", row.id, reasons.LATER_ROW))
    return keep


def upsert(
    *,
    model: type[Entity],
    rows: Sequence[R],
    columns: Sequence[str],
    recorded: Callable[[R], datetime],
    at: datetime,
) -> Upserted:
    """Insert new rows, rewrite changed ones (logging what they were), leave equal ones."""
    done = Upserted()
    keep = last_of_each(rows, done)
    for start in range(0, len(keep), CHUNK):
        chunk = keep[start : start + CHUNK]
        found = rows_of(model).filter(external_id__in=[row.id for _i, row in chunk])
        current = {entity.external_id: entity for entity in found}
        fresh: list[dict[str, Any]] = []
        stale: list[Entity] = []
        changes: list[dict[str, Any]] = []
        for index, row in chunk:
            entity = current.get(row.id)
            if entity is None:
                values = {c: getattr(row, c) for c in columns}
                values["external_id"] = row.id
                values["custom"] = {k: v for k, v in row.custom.items() if v is not None}
                fresh.append({**values, "recorded_at": recorded(row)})
                done.created.append(index)
            elif old := _rewrite(entity, row, columns):
                stale.append(entity)
                changes += _logged(entity, old, at)
                done.old[index] = old
                done.changed.append(index)
            else:
                done.unchanged += 1
        _save(model, fresh, stale, [*columns, "custom"], changes)
    return done


def _rewrite(entity: Account | Person, row: Row, columns: Iterable[str]) -> dict[str, Any]:
    """Put a row's values on an entity; returns what changed, with the old values."""
    old: dict[str, Any] = {}
    for column in columns:
        value, before = getattr(row, column), getattr(entity, column)
        if value != before:
            old[column] = before
            setattr(entity, column, value)
    for name, value in row.custom.items():
        before = entity.custom.get(name)
        if value != before or type(value) is not type(before):
            old[f"custom.{name}"] = before
            if value is None:
                entity.custom.pop(name, None)
            else:
                entity.custom[name] = value
    return old


def _logged(entity: Account | Person, old: dict[str, Any], at: datetime) -> list[dict[str, Any]]:
    subject = "account_id" if isinstance(entity, Account) else "person_id"
    return [
        {
            subject: entity.pk,
            "field": name,
            "old": plain(before),
            "new": plain(_value(entity, name)),
            "recorded_at": at,
        }
        for name, before in old.items()
    ]


def _value(entity: Account | Person, name: str) -> object:
    if name.startswith("custom."):
        return entity.custom.get(name.removeprefix("custom."))
    return getattr(entity, name)


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return msgspec.to_builtins(value)


def _save(
    model: type[Entity],
    fresh: list[dict[str, Any]],
    stale: list[Entity],
    columns: Sequence[str],
    changes: list[dict[str, Any]],
) -> None:
    insert(model, fresh)
    if stale:
        rows_of(model).bulk_create(
            stale,
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["external_id"],
            update_fields=list(columns),
        )
    insert(AttributeChange, changes)
