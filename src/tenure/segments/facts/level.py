"""Levels, flags and clauses as known at a moment."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Max, Subquery

from tenure.accounts.models import Account
from tenure.relationship.models import Evaluation, LevelChange, Standing
from tenure.segments.facts.moment import Moment

CLAUSES = ("C1", "C2", "C3", "C4", "C5", "C6", "A1")
_LETTERS = {"y": "yes", "n": "no"}
_FLAGS = ("slipping", "locked_in")


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """The newest evaluation of each account; a clause answered "unknown" is not known."""
    found: dict[str, dict[int, Any]] = {name: {} for name in names}
    for account, values in _now() if moment.is_now else _then(moment, "since" in names):
        for name, value in values.items():
            if name in found and value not in (None, ""):
                found[name][account] = value
    return found


def _now() -> Iterator[tuple[int, dict[str, Any]]]:
    rows = Standing.objects.values_list(
        "account_id", "level", "since", *_FLAGS, "missing_clause", "evaluation__answers"
    )
    for account, *values in rows.iterator():
        yield account, _told(*values)


def _then(moment: Moment, dated: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    newest = Subquery(moment.newest_of(Evaluation).values("pk")[:1])
    keys = Account.objects.annotate(newest_evaluation=newest).values("newest_evaluation")
    rows = Evaluation.objects.filter(pk__in=keys).values_list(
        "account_id", "level", *_FLAGS, "missing_clause", "answers"
    )
    since = _since(moment) if dated else {}
    for account, level, *values in rows.iterator():
        yield account, _told(level, since.get(account), *values)


def _since(moment: Moment) -> dict[int, date]:
    changes = LevelChange.objects.filter(as_of__lte=moment.day).values_list("account_id")
    return dict(changes.annotate(newest=Max("as_of")))


def _told(
    level: str, since: date | None, slipping: bool, locked_in: bool, missing: str, answers: str
) -> dict[str, Any]:
    letters = dict(zip(CLAUSES, answers, strict=False))
    return {
        "level": level,
        "since": since,
        "slipping": slipping,
        "locked_in": locked_in,
        "one_away": bool(missing),
        "missing": missing,
        **{clause: _LETTERS.get(letter) for clause, letter in letters.items()},
    }
