"""Levels, flags and clauses as known at a moment."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from django.db.models import Max, Subquery

from tenure.accounts.models import Account
from tenure.relationship.models import Evaluation, LevelChange, Standing
from tenure.segments.facts.moment import Moment

CLAUSES = ("C1", "C2", "C3", "C4", "C5", "C6", "A1")
_LETTERS = {"y": "yes", "n": "no"}
_COLUMNS = {
    "level": "level",
    "slipping": "slipping",
    "locked_in": "locked_in",
    "one_away": "missing_clause",
    "missing": "missing_clause",
}
Rows: TypeAlias = Iterator[tuple[Any, ...]]


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """The newest evaluation of each account; a clause answered "unknown" is not known."""
    wanted = sorted(names - {"since"})
    found: dict[str, dict[int, Any]] = {name: {} for name in wanted}
    rows = _now(moment, wanted) if moment.is_now else _then(moment, wanted)
    if "since" in names:
        found["since"] = _since_now(moment) if moment.is_now else _since(moment)
    for account, *values in rows:
        for name, value in zip(wanted, values, strict=True):
            told = _told(name, value)
            if told not in (None, ""):
                found[name][account] = told
    return found


def _now(moment: Moment, wanted: Sequence[str]) -> Rows:
    columns = [_COLUMNS.get(name, "evaluation__answers") for name in wanted]
    rows = moment.of(Standing.objects.all())
    return rows.values_list("account_id", *columns).iterator()


def _then(moment: Moment, wanted: Sequence[str]) -> Rows:
    newest = Subquery(moment.newest_of(Evaluation).values("pk")[:1])
    accounts = moment.of(Account.objects.all(), "pk")
    keys = accounts.annotate(newest_evaluation=newest).values("newest_evaluation")
    columns = [_COLUMNS.get(name, "answers") for name in wanted]
    return Evaluation.objects.filter(pk__in=keys).values_list("account_id", *columns).iterator()


def _since_now(moment: Moment) -> dict[int, date]:
    return dict(moment.of(Standing.objects.all()).values_list("account_id", "since"))


def _since(moment: Moment) -> dict[int, date]:
    changes = moment.of(LevelChange.objects.filter(as_of__lte=moment.day))
    return dict(changes.values_list("account_id").annotate(newest=Max("as_of")))


def _told(name: str, value: Any) -> Any:
    """What a column says of a field; of the answers to all clauses, that to one."""
    if name in CLAUSES:
        at = CLAUSES.index(name)
        return _LETTERS.get(value[at : at + 1])
    return bool(value) if name == "one_away" else value
