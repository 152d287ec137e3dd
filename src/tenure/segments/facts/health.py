"""Health scores and bands as known at a moment."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from django.db.models import Subquery

from tenure.accounts.models import Account
from tenure.health.models import Band, CurrentHealth, Score
from tenure.segments.facts.moment import CURRENT, Moment

Row: TypeAlias = tuple[int, float | None, str]


def read(moment: Moment, names: frozenset[str]) -> Mapping[str, Mapping[int, Any]]:
    """Score (0 to 100) and band; a score without enough coverage is not known."""
    rows = list(_now(moment) if moment.is_now else _then(moment))
    found: dict[str, dict[int, Any]] = {}
    unknown = str(Band.UNKNOWN)
    if "score" in names:
        found["score"] = {
            one: value for one, value, band in rows if value is not None and band != unknown
        }
    if "band" in names:
        found["band"] = {one: band for one, _value, band in rows if band != unknown}
    return found


def _now(moment: Moment) -> Iterator[Row]:
    rows = CurrentHealth.objects.filter(as_of__gt=moment.day - CURRENT)
    return moment.of(rows).values_list("account_id", "value", "band").iterator()


def _then(moment: Moment) -> Iterator[Row]:
    newest = Subquery(moment.newest_of(Score, moment.day - CURRENT).values("pk")[:1])
    accounts = moment.of(Account.objects.all(), "pk")
    keys = accounts.annotate(newest_score=newest).values("newest_score")
    return Score.objects.filter(pk__in=keys).values_list("account_id", "value", "band").iterator()
