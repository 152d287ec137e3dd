"""Counts of what happened to plays, by day."""

from collections import Counter
from datetime import date

from django.db.models import F

from tenure.plays.models import Play, PlayCount


def counts_add(play: Play, day: date, counts: Counter[PlayCount.What]) -> None:
    """Add to the counts of a day."""
    for what, count in sorted(counts.items()):
        row, made = PlayCount.objects.get_or_create(
            play=play, day=day, what=what, defaults={"count": count}
        )
        if not made:
            PlayCount.objects.filter(pk=row.pk).update(count=F("count") + count)
