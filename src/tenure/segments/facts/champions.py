"""How long champions have been silent, as known at a moment."""

from datetime import datetime

from django.db.models import Max, Q, QuerySet

from tenure.accounts.models import Membership, PersonRole
from tenure.segments.facts.moment import Moment
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

_HEARD = (Touchpoint.Direction.IN, Touchpoint.Direction.BOTH)


def silent_days(moment: Moment) -> dict[int, float]:
    """Days since a champion who is there was last heard of: a touch from them, a ticket, an answer.

    Of several the least. One never heard of counts from the day on which they became champion;
    where that is not known, and where no touch ever named anybody, nothing is known.
    """
    heard, found = _heard(moment), dict[int, float]()
    if heard is None:
        return found
    for account, person, since in _champions(moment).iterator():
        last = max((at for at in (heard.get((account, person)), since) if at), default=None)
        if last is not None:
            days = float((moment.today - last.date()).days)
            found[account] = min(days, found.get(account, days))
    return found


def _champions(moment: Moment) -> QuerySet[Membership, tuple[int, int, datetime | None]]:
    rows = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=moment.end),
        Q(since__isnull=True) | Q(since__lt=moment.end),
        role=PersonRole.CHAMPION, recorded_at__lt=moment.end,
        person__erased_at__isnull=True, person__merged_into__isnull=True,
    )  # fmt: skip
    return moment.of(rows).values_list("account_id", "person_id", "since")


def _heard(moment: Moment) -> dict[tuple[int, int], datetime] | None:
    """(account, champion) → when last heard of; None where no touch ever named anybody."""
    touches = Touchpoint.objects.filter(moment.known, occurred_at__lt=moment.end)
    touches = touches.filter(direction__in=_HEARD)
    if not touches.filter(people__isnull=False).exists():
        return None
    sources = (
        (touches, "people", "occurred_at"),
        (Ticket.objects.filter(moment.known), "person", "opened_at"),
        (SurveyAnswer.objects.filter(moment.known, account__isnull=False), "person", "answered_at"),
    )
    champions = _champions(moment).values("person")
    heard: dict[tuple[int, int], datetime] = {}
    for rows, person, column in sources:
        narrowed = rows.filter(**{f"{column}__lt": moment.end, f"{person}__in": champions})
        newest = (
            moment.of(narrowed)
            .values_list("account_id", person)
            .annotate(at=Max(column))
            .order_by()
        )
        for account, who, at in newest.iterator():
            heard[account, who] = max(at, heard.get((account, who), at))
    return heard
