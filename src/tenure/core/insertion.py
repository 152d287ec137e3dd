"""Many rows into one table at the speed of the database, past the ORM's work per row.

Values are adapted as Django would, so what is read back is the same; signals and `save` play no
part in Tenure, and nothing else is lost on the way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import (
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    JSONField,
    Manager,
    Model,
)

M = TypeVar("M", bound=Model)


def rows_of(model: type[M]) -> Manager[M]:
    """The manager of whichever model."""
    return model._default_manager


def fields_of(model: type[Model]) -> Sequence["Field[Any, Any]"]:
    """The columns of a model."""
    return model._meta.concrete_fields


def insert(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given as values by column; a column left out gets the field's default."""
    if not rows:
        return
    fields = [f for f in fields_of(model) if not f.primary_key]
    adapt = [(f.attname, f.get_default, _adapter(f)) for f in fields]
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(f.column or "") for f in fields)
    values = (
        [put(row[name]) if name in row else put(default()) for name, default, put in adapt]
        for row in rows
    )
    if connection.vendor == "postgresql":
        _copy(table, columns, values)
        return
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values))  # noqa: S608


def _copy(table: str, columns: str, values: Iterable[list[Any]]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in values:
            copy.write_row(row)


def _adapter(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    ops = connection.ops
    if isinstance(field, DateTimeField):
        # many rows share their times: those of recording above all
        return lru_cache(maxsize=1024)(ops.adapt_datetimefield_value)
    if isinstance(field, DateField):
        return ops.adapt_datefield_value
    if isinstance(field, DecimalField):
        digits, places = field.max_digits, field.decimal_places
        return lambda value: ops.adapt_decimalfield_value(value, digits, places)
    if isinstance(field, JSONField):
        return lambda value: None if value is None else ops.adapt_json_value(value, field.encoder)
    return _as_is


def _as_is(value: Any) -> Any:
    return value


def update_column(model: type[Model], column: str, values: Mapping[int, Any]) -> None:
    """Set one column of many rows, by primary key."""
    field = next(f for f in fields_of(model) if f.attname == column)
    put, quote = _adapter(field), connection.ops.quote_name
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {quote(field.column or '')} = %s WHERE id = %s",  # noqa: S608
            [(put(value), pk) for pk, value in values.items()],
        )
