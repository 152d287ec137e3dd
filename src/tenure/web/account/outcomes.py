"""The outcomes an account wants, as known."""

from dataclasses import dataclass
from datetime import datetime

from tenure.accounts.models import Account
from tenure.timeline.models import Outcome
from tenure.web.account.known import Known

TONES = {"achieved": "good", "on_track": "good", "at_risk": "fair", "missed": "poor"}


@dataclass(frozen=True)
class OutcomeThen:
    """An outcome with its status as known; `overdue`: its day has passed and it isn't achieved."""

    outcome: Outcome
    confirmed_at: datetime | None
    tone: str
    overdue: bool


def outcomes_then(account: Account, known: Known) -> list[OutcomeThen]:
    """The outcomes known by then, the open ones first, by due day."""
    rows = known.facts(Outcome.objects.filter(account=account)).order_by("due_on", "pk")
    found = [
        OutcomeThen(
            row,
            known.by_then(row.confirmed_at),
            TONES.get(row.status, ""),
            row.status not in {"achieved", "missed"}
            and row.due_on is not None
            and row.due_on < known.day,
        )
        for row in rows
    ]
    return sorted(found, key=lambda o: o.outcome.status in {"achieved", "missed"})
