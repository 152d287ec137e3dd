"""What somebody asked for when they started a run: who does its work, from when, and for how long.

It is kept in `Run.because`: "person" (a user's key) does what the owner or the pool would have
done; "day" is that of the first task; "hours" are those of all tasks together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may
from tenure.plays.definition.shape import Definition
from tenure.plays.models import Run

STANDS_IN = ("owner", "pool")


@dataclass(frozen=True)
class Asked:
    """None: nothing was asked. `part`: hours asked for over those of the play."""

    person: User | None = None
    day: date | None = None
    part: float = 1.0

    def instead_of(self, who: str) -> User | None:
        """The person asked for, where that stands in for a play's own word."""
        if self.person is None or who not in STANDS_IN:
            return None
        works = self.person.is_active and may(self.person, Permission.WORK_ACCOUNTS)
        return self.person if works else None


def asked_of(run: Run, definition: Definition) -> Asked:
    """What was asked of a run; its day only until it has its first task."""
    told: Mapping[str, Any] = run.because
    if not {"person", "day", "hours"} & told.keys():
        return Asked()
    hours, day = told.get("hours"), told.get("day")
    begun = run.steps.filter(task__isnull=False).exists()
    return Asked(
        person=User.objects.filter(pk=int(told.get("person") or 0)).first(),
        day=date.fromisoformat(day) if day and not begun else None,
        part=hours / definition.hours if hours and definition.hours else 1.0,
    )
