"""Events as they came in, day by day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.wording import told
from tenure.events import inbox
from tenure.events.models import IntakeDay, StoreFile
from tenure.web.figures import Chart, Series
from tenure.web.templatetags.formats import day_text, number

DAYS = 30
MOST_SOURCES = 4


@dataclass(frozen=True)
class Rate:
    """Events of the last 30 days. `waiting` is in the inbox, `unattributed` in the store."""

    stored: int
    duplicate: int
    rejected: int
    today: int
    waiting: int
    stored_ever: int
    unattributed: int
    chart: Chart

    @property
    def attributed_share(self) -> float | None:
        """Share of the stored events whose account is known."""
        return 1 - self.unattributed / self.stored_ever if self.stored_ever else None


def rate() -> Rate:
    """What came in, and what waits."""
    today = clock.today()
    days = [today - timedelta(days=DAYS - 1 - i) for i in range(DAYS)]
    rows = list(IntakeDay.objects.filter(day__gte=days[0]))
    by_source: dict[str, dict[object, int]] = defaultdict(dict)
    for row in rows:
        by_source[row.source][row.day] = row.stored
    loud = sorted(by_source, key=lambda s: -sum(by_source[s].values()))
    others = loud[MOST_SOURCES:]
    series = [
        Series(told(source), [float(by_source[source].get(day, 0)) for day in days])
        for source in loud[:MOST_SOURCES]
    ]
    if others:
        rest = [float(sum(by_source[s].get(day, 0) for s in others)) for day in days]
        series.append(Series(_("other sources"), rest))
    store = StoreFile.objects.filter(retired_at__isnull=True).aggregate(
        n=Sum("rows"), waiting=Sum("waiting")
    )
    stored = sum(row.stored for row in rows)
    return Rate(
        stored=stored,
        duplicate=sum(row.duplicate for row in rows),
        rejected=sum(row.rejected for row in rows),
        today=sum(row.stored for row in rows if row.day == today),
        waiting=inbox.depth(),
        stored_ever=store["n"] or 0,
        unattributed=store["waiting"] or 0,
        chart=Chart(
            key="intake",
            title=_("Events stored a day"),
            kind="stacked",
            labels=[day_text(day) for day in days],
            series=series,
            note=_("by the day they were received"),
            summary=_("%(n)s events stored in the last %(days)s days.")
            % {"n": number(stored), "days": DAYS}
            if stored
            else _("No event was stored in the last %(days)s days.") % {"days": DAYS},
        ),
    )
