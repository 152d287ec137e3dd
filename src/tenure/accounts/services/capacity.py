"""What hours a success manager has, from a day on."""

from collections.abc import Sequence
from datetime import date
from math import isfinite

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.accounts.models import Capacity
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit

WEEK = 168.0
LONGEST, MOST = 35, 40


@transaction.atomic
def capacity_set(
    *,
    actor: User | None,
    person: User,
    hours: float,
    since: date,
    languages: Sequence[str] = (),
    countries: Sequence[str] = (),
    skills: Sequence[str] = (),
) -> Capacity:
    """State what somebody has from a day on. What was stated of the same day is superseded."""
    require(actor, Permission.PLAN_TEAM)
    if not (isfinite(hours) and 0 <= hours <= WEEK):
        raise TenureError(_("A week has 0 to 168 hours; give how many of them go to accounts."))
    words = {
        "languages": _words(languages), "countries": _words(countries), "skills": _words(skills)
    }  # fmt: skip
    now = clock.now()
    current = Capacity.objects.filter(person=person, since=since, superseded_at__isnull=True)
    same = current.filter(hours=hours, **words).first()
    if same is not None:
        return same
    current.update(superseded_at=now)
    row = Capacity.objects.create(
        person=person,
        since=since,
        hours=hours,
        **words,
        set_by=actor,
        recorded_at=now,
    )
    detail = {"hours": hours, "since": since.isoformat(), **words}
    audit(actor=actor, action="capacity.set", subject=person, detail=detail)
    return row


def _words(given: Sequence[str]) -> list[str]:
    """Without blanks and repetitions, in order."""
    words = sorted({word.strip().replace("\x00", "") for word in given} - {""})
    if len(words) > MOST or any(len(word) > LONGEST for word in words):
        raise TenureError(_("Give at most 40 languages, countries or skills, each of 35 letters."))
    return words
