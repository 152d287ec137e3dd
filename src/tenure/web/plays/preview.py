"""What a preview of a play says: totals, and day by day who would get what."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenure.accounts.models import Account
from tenure.plays.definition.shape import Definition
from tenure.plays.definition.writing import ordered, resolved
from tenure.plays.models import PlayCount, PlayPreview
from tenure.plays.preview.shape import (
    BRANCH,
    END,
    HELD_OUT,
    LEFT,
    SKIPPED,
    START,
    TO_COME,
    Totals,
)
from tenure.plays.selectors.previews import Happening, Preview, preview_of, preview_rows
from tenure.web.figures import Chart, Series
from tenure.web.listing.export import Line, safe_cell
from tenure.web.plays.outline import Told, flat, outline
from tenure.web.plays.parts import ICONS, KINDS
from tenure.web.plays.words import Telling
from tenure.web.templatetags.formats import day_text, number, plain

BATCH = 2000
WHAT: dict[str, Promise] = {
    START: pgettext_lazy("in a preview", "starts"),
    HELD_OUT: pgettext_lazy("in a preview", "is held out"),
    LEFT: pgettext_lazy("in a preview", "leaves early"),
    END: pgettext_lazy("in a preview", "ends"),
    TO_COME: pgettext_lazy("in a preview", "stands here at the end"),
    SKIPPED: pgettext_lazy("in a preview", "step left out"),
    BRANCH: pgettext_lazy("in a preview", "branch"),
}
SIGNS = {
    START: "play", HELD_OUT: "scales", LEFT: "out", END: "check", TO_COME: "clock",
    SKIPPED: "warning",
}  # fmt: skip
ANSWERS: dict[str, Promise] = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")}


def preview_for(key: str, body: Mapping[str, Any]) -> Preview | None:
    """The newest preview of a play that says just this."""
    made = ordered(resolved(body))
    rows = PlayPreview.objects.filter(key=key).defer("result").order_by("-asked_at", "-pk")
    found = next((row.pk for row in rows if row.body == made), None)
    return preview_of(found) if found is not None else None


@dataclass(frozen=True)
class Would:
    """Something that would have happened, in words. `note`: to whom, until when, or why not."""

    row: Happening
    icon: str
    what: str
    step: str
    note: str


class Rows:
    """The rows of a preview for accounts the reader may see; read a slice at a time.

    `arms`: with those that would be held out.
    """

    def __init__(
        self, preview: Preview, definition: Definition, accounts: QuerySet[Account], *, arms: bool
    ) -> None:
        self.preview, self.accounts, self.arms = preview, accounts, arms
        steps = flat(outline(definition, Telling()))
        self.steps: Mapping[str, Told] = {step.place: step for step in steps}

    def __len__(self) -> int:
        return self._some(0, 0)[1]

    def __getitem__(self, wanted: slice) -> list[Would]:
        start = wanted.start or 0
        most = (len(self) if wanted.stop is None else wanted.stop) - start
        return [self._told(row) for row in self._some(start, most)[0]]

    def _some(self, start: int, most: int) -> tuple[list[Happening], int]:
        return preview_rows(self.preview.key, self.accounts, start=start, most=most, arms=self.arms)

    def _told(self, row: Happening) -> Would:
        step = self.steps.get(row.place)
        title = row.title or (step.title if step else "")
        said = {"place": row.place, "title": title}
        what = str(WHAT.get(row.what) or KINDS.get(row.what) or row.what)
        icon = SIGNS.get(row.what) or ICONS.get(step.kind if step else row.what, "note")
        return Would(
            row, icon, what, _("%(place)s: %(title)s") % said if row.place else "", _note(row)
        )

    def csv_lines(self) -> Iterator[str]:
        """All of them as CSV, line by line."""
        writer = csv.writer(Line())
        head = ["day", "id", "name", "what", "step", "title", "person", "until", "answer", "why"]
        yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(head)
        for start in range(0, len(self), BATCH):
            for row in self._some(start, BATCH)[0]:
                cells = (
                    row.day, row.account.external_id, row.account.name, row.what, row.place,
                    row.title, str(row.person or ""), row.until, row.answer, row.why,
                )  # fmt: skip
                yield writer.writerow([safe_cell(cell) for cell in cells])


def _note(row: Happening) -> str:
    if row.person is not None:
        return str(row.person)
    if row.until is not None:
        return _("until %(day)s") % {"day": day_text(row.until)}
    return str(ANSWERS.get(row.answer, "")) or row.why


def charts(totals: Totals) -> list[Chart]:
    """When accounts would have met it, and the work it would have taken."""
    return [_arrivals(totals), _hours(totals)]


def by_reason(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Reasons in words, the most frequent first."""
    names = dict(PlayCount.What.choices)
    rows = [(str(names.get(key, key)), count) for key, count in counts.items() if count]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _arrivals(totals: Totals) -> Chart:
    days = sorted(totals.arrivals)
    most = max(totals.arrivals.values(), default=0)
    said = {"n": number(totals.met), "most": number(most)}
    return Chart(
        key="arrivals", title=_("Accounts that would have met it"), kind="bar",
        labels=[day_text(date.fromisoformat(day)) for day in days],
        series=[Series(_("Accounts"), [float(totals.arrivals[day]) for day in days])],
        summary=_("%(n)s in all, at most %(most)s on one day.") % said,
        note=_("on each day that had any"), size="short",
    )  # fmt: skip


def _hours(totals: Totals) -> Chart:
    weeks = sorted(totals.hours)
    said = {"most": plain(totals.hours_most)}
    return Chart(
        key="hours", title=_("Hours of work it would have taken"), kind="bar",
        labels=[day_text(date.fromisoformat(week)) for week in weeks],
        series=[Series(_("Hours"), [totals.hours[week] for week in weeks], tone="accent")],
        summary=_("At most %(most)s hours in one week.") % said,
        note=_("by week, of everybody together"), decimals=1, size="short",
    )  # fmt: skip
