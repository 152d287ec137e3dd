"""Reads of what plays did: the newest look at each endpoint, and how one came about."""

from collections.abc import Iterable

from django.db.models import OuterRef, Q, Subquery

from tenure.plays.effects.endpoints import HISTORY, JUDGED
from tenure.plays.models import Play, PlayEffect


def looks_now(play: Play, version: int) -> dict[tuple[str, int], PlayEffect]:
    """(endpoint, days) → the newest look."""
    rows = PlayEffect.objects.filter(play=play, version=version).order_by("on")
    return {(row.endpoint, row.days): row for row in rows}


def looks_over_time(play: Play, version: int, name: str, days: int) -> list[PlayEffect]:
    """Every look at one endpoint that saw something new, the oldest first."""
    rows = PlayEffect.objects.filter(play=play, version=version, endpoint=name, days=days)
    return list(rows.order_by("on"))


def versions_seen(play: Play) -> list[int]:
    """Versions with hold-outs that were looked at, the newest first."""
    rows = PlayEffect.objects.filter(play=play, version__gt=HISTORY)
    seen = rows.values_list("version", flat=True)
    return list(seen.distinct().order_by("-version"))


def judged_now(plays: Iterable[Play]) -> dict[int, PlayEffect]:
    """Play → the newest look at what it is judged by, of its newest version that was looked at."""
    return _judged(plays, Q(version__gt=HISTORY))


def judged_before(plays: Iterable[Play]) -> dict[int, PlayEffect]:
    """Play → the newest look at what it is judged by, as it was run before Tenure."""
    return _judged(plays, Q(version=HISTORY))


def _judged(plays: Iterable[Play], versions: Q) -> dict[int, PlayEffect]:
    name, days = JUDGED
    rows = PlayEffect.objects.filter(versions, play__in=plays, endpoint=name, days=days)
    newest = rows.filter(play=OuterRef("play")).order_by("-version", "-on").values("pk")[:1]
    found = rows.filter(pk=Subquery(newest))
    return {row.play_id: row for row in found}
