"""How fresh the facts under a score are, source by source."""

from dataclasses import dataclass
from datetime import date, datetime

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.health.labels import source_title
from tenure.health.models import Score
from tenure.health.selectors.explanation import explain
from tenure.metrics.models import AccountSnapshot
from tenure.timeline.models import Pulse


@dataclass(frozen=True)
class SourceState:
    """One source of a score: whether it gave a measure, and the age of its newest fact."""

    source: str
    title: str
    used: bool
    newest: date | None
    age_days: int | None


def sources(account: Account, score: Score | None = None) -> list[SourceState]:
    """The sources under an account's score (the current one), with the age of their facts now."""
    row = score or Score.objects.filter(account=account).order_by("-as_of", "-pk").first()
    if row is None:
        return []
    explanation = explain(row)
    newest = _newest(account)
    today = clock.today()
    found = []
    for source in explanation.sources_all:
        day = newest.get(source)
        age = (today - day).days if day is not None else None
        used = source in explanation.sources_used
        found.append(SourceState(source, source_title(source), used, day, age))
    return found


def _newest(account: Account) -> dict[str, date]:
    snapshot = AccountSnapshot.objects.filter(account=account).first()
    found = {k: _day(v) for k, v in (snapshot.coverage if snapshot else {}).items() if v}
    pulse = (
        Pulse.objects.filter(account=account, superseded_at__isnull=True)
        .order_by("-occurred_at")
        .first()
    )
    if pulse is not None:
        found["pulse"] = pulse.occurred_at.date()
    return found


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
