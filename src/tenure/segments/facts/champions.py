"""How long champions have been silent, as known at a moment."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max, Q

from tenure.accounts.models import Membership, PersonRole
from tenure.segments.facts.moment import Moment
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

_HEARD = (Touchpoint.Direction.IN, Touchpoint.Direction.BOTH)


def silent_days(moment: Moment) -> dict[int, float]:
    """Days since a champion who is there was last heard of: a touch from them, a ticket, an answer.

    Of several the least. One never heard of counts from the day on which they became champion;
    where that is not known, and where no touch ever named anybody, nothing is known.
    """
    heard = _heard(moment)
    found: dict[int, float] = {}
    for account, person, since in _champions(moment) if heard else ():
        last = max((at for at in (heard.get((account, person)), since) if at), default=None)
        if last is not None:
            days = float((moment.today - last.date()).days)
            found[account] = min(days, found.get(account, days))
    return found


def _champions(moment: Moment) -> Iterator[tuple[int, int, datetime | None]]:
    rows = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=moment.end),
        Q(since__isnull=True) | Q(since__lt=moment.end),
        role=PersonRole.CHAMPION, recorded_at__lt=moment.end,
        person__erased_at__isnull=True, person__merged_into__isnull=True,
    )  # fmt: skip
    return rows.values_list("account_id", "person_id", "since").iterator()


def _heard(moment: Moment) -> dict[tuple[int, int], datetime]:
    """(account, person) → when somebody was last heard of; empty: no touch names anybody."""
    touches = Touchpoint.objects.filter(moment.known, direction__in=_HEARD, people__isnull=False)
    sources = (
        (touches, "people", "occurred_at"),
        (Ticket.objects.filter(moment.known, person__isnull=False), "person_id", "opened_at"),
        (
            SurveyAnswer.objects.filter(
                moment.known, person__isnull=False, account__isnull=False
            ), "person_id", "answered_at",
        ),
    )  # fmt: skip
    heard: dict[tuple[int, int], datetime] = {}
    for rows, person, column in sources:
        newest = rows.filter(**{f"{column}__lt": moment.end}).values_list("account_id", person)
        for account, who, at in newest.annotate(at=Max(column)).order_by().iterator():
            heard[account, who] = max(at, heard.get((account, who), at))
        if not heard:
            return {}
    return heard
