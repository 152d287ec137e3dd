"""Levels, flags and clauses as known at a moment."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Max, Subquery

from tenure.accounts.models import Account
from tenure.core.stored import as_stored
from tenure.relationship.models import Evaluation, LevelChange, Standing
from tenure.segments.facts.moment import Moment
from tenure.segments.facts.reading import Rows, day_of, days

CLAUSES = ("C1", "C2", "C3", "C4", "C5", "C6", "A1")
_LETTERS = {"y": "yes", "n": "no"}
_COLUMNS = {
    "level": "level",
    "slipping": "slipping",
    "locked_in": "locked_in",
    "one_away": "missing_clause",
    "missing": "missing_clause",
}
_FLAGS = frozenset({"slipping", "locked_in"})


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """The newest evaluation of each account; a clause answered "unknown" is not known."""
    wanted = sorted(names - {"since"})
    found: dict[str, Mapping[int, Any]] = {}
    if "since" in names:
        found["since"] = _since_now(moment) if moment.is_now else _since(moment)
    rows = (_now(moment, wanted) if moment.is_now else _then(moment, wanted)) if wanted else []
    for at, name in enumerate(wanted, start=1):
        told = {value: _told(name, value) for value in {row[at] for row in rows}}
        read = ((row[0], told[row[at]]) for row in rows)
        found[name] = {account: value for account, value in read if value not in (None, "")}
    return found


def _now(moment: Moment, wanted: Sequence[str]) -> Rows:
    columns = [as_stored(_COLUMNS.get(name, "evaluation__answers")) for name in wanted]
    return list(moment.of(Standing.objects.all()).values_list("account_id", *columns))


def _then(moment: Moment, wanted: Sequence[str]) -> Rows:
    newest = Subquery(moment.newest_of(Evaluation).values("pk")[:1])
    accounts = moment.of(Account.objects.all(), "pk")
    keys = accounts.annotate(newest_evaluation=newest).values("newest_evaluation")
    columns = [_COLUMNS.get(name, "answers") for name in wanted]
    return list(Evaluation.objects.filter(pk__in=keys).values_list("account_id", *columns))


def _since_now(moment: Moment) -> dict[int, date]:
    return days(moment.of(Standing.objects.all()).values_list("account_id", day_of("since")), 1)


def _since(moment: Moment) -> dict[int, date]:
    changes = moment.of(LevelChange.objects.filter(as_of__lte=moment.day))
    return dict(changes.values_list("account_id").annotate(newest=Max("as_of")))


def _told(name: str, value: Any) -> Any:
    """What a column says of a field; of the answers to all clauses, that to one."""
    if name in CLAUSES:
        at = CLAUSES.index(name)
        return _LETTERS.get(value[at : at + 1])
    return bool(value) if name == "one_away" or name in _FLAGS else value
