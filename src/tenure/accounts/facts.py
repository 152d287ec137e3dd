"""Turning the ids that facts name into rows of accounts and people, in bulk."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from django.db.models import Model

from tenure.accounts.models import Account, Person
from tenure.core import reasons
from tenure.core.facts import CHUNK, RowReject, Values
from tenure.core.insertion import rows_of

R = TypeVar("R", bound=msgspec.Struct)


def keys_of(model: type[Model], ids: Iterable[str]) -> dict[str, int]:
    """Primary keys by external id, of those ids that are known."""
    wanted = sorted(set(ids))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        rows = rows_of(model).filter(external_id__in=part).values_list("external_id", "pk")
        found.update(rows)
    return found


def account_keys(ids: Iterable[str]) -> dict[str, int]:
    """Primary keys of accounts by their ids."""
    return keys_of(Account, ids)


def person_keys(ids: Iterable[str]) -> dict[str, int]:
    """Primary keys of people by their ids; one merged into another counts as that other."""
    wanted = sorted(set(ids) - {""})
    found: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        part = Person.objects.filter(external_id__in=wanted[start : start + CHUNK])
        for name, pk, other in part.values_list("external_id", "pk", "merged_into_id"):
            found[name] = other or pk
    return found


def fact_values(
    rows: Sequence[R],
    *,
    columns: Collection[str],
    given: Collection[str] | None,
    resolve: Callable[[int, R, Values], RowReject | None],
) -> tuple[list[tuple[int, Values]], list[RowReject]]:
    """Rows as the values of a fact's columns; `resolve` adds keys, or says why it cannot."""
    named = [c for c in columns if given is None or c in given]
    facts: list[tuple[int, Values]] = []
    rejected: list[RowReject] = []
    for index, row in enumerate(rows):
        values: dict[str, Any] = {c: getattr(row, c) for c in named}
        reject = resolve(index, row, values)
        if reject is None:
            facts.append((index, values))
        else:
            rejected.append(reject)
    return facts, rejected


def account_of(keys: Mapping[str, int], index: int, row: Any, values: Values) -> RowReject | None:
    """Put the row's account in `values`, or reject the row."""
    values["account_id"] = keys.get(row.account_id)
    if values["account_id"] is None:
        return RowReject(index, "account_id", row.account_id, reasons.NO_ACCOUNT)
    return None
