"""What a preview of a play says: totals, and day by day who would get what."""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenure.accounts.models import Account, Person
from tenure.core.wording import told
from tenure.plays.definition.shape import Definition
from tenure.plays.models import PlayCount
from tenure.plays.preview.shape import (
    BRANCH,
    END,
    HELD_OUT,
    LEFT,
    SKIPPED,
    START,
    TO_COME,
    Found,
    Row,
    Totals,
)
from tenure.plays.running.reasons import reason_of
from tenure.web.figures import Chart, Series
from tenure.web.listing.export import Line, safe_cell
from tenure.web.plays.outline import Told, flat, outline
from tenure.web.plays.parts import ICONS, KINDS
from tenure.web.plays.words import Telling
from tenure.web.templatetags.formats import day_text, number, plain

MOST_NAMED = 2000
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


@dataclass(frozen=True)
class Would:
    """Something that would have happened, in words."""

    day: date
    account: int
    name: str
    icon: str
    what: str
    step: str
    note: str


class PreviewTold:
    """A preview for one reader: rows only of accounts they may see, totals of all."""

    def __init__(self, found: Found, definition: Definition, visible: QuerySet[Account]) -> None:
        self.found = found
        self.steps = list(flat(outline(definition, Telling())))
        named = {row.account for row in found.rows}
        self.names = _names(visible, named)
        self.hidden = len(named) - len(self.names)

    @property
    def totals(self) -> Totals:
        return self.found.totals

    @property
    def charts(self) -> list[Chart]:
        return [_arrivals(self.totals), _hours(self.totals)]

    @property
    def refused(self) -> list[tuple[str, int]]:
        """Why arrivals were turned away, the most frequent first."""
        return _by_reason(self.totals.refused)

    @property
    def held_back(self) -> list[tuple[str, int]]:
        """Why starts had to wait, in days."""
        return _by_reason(self.totals.held_back)

    def rows(self, query: QueryDict) -> list[Row]:
        """The rows of accounts the reader may see whose name holds the words asked for."""
        words = query.get("q", "").replace("\x00", "").casefold().split()
        wanted = {
            key for key, (name, _id) in self.names.items()
            if all(word in name.casefold() for word in words)
        }  # fmt: skip
        return [row for row in self.found.rows if row.account in wanted]

    def told(self, rows: Sequence[Row]) -> list[Would]:
        """Rows in words."""
        people = _people({row.person for row in rows if row.person is not None})
        return [self._told(row, people) for row in rows]

    def _told(self, row: Row, people: Mapping[int, str]) -> Would:
        step = self._step(row)
        kind = step.kind if step else ""
        what = str(WHAT.get(row.what) or KINDS.get(row.what) or row.what)
        place = (
            _("%(place)s: %(title)s") % {"place": step.place, "title": step.title} if step else ""
        )
        gone = _("somebody who is gone")
        to = people.get(row.person, gone) if row.person is not None else ""
        return Would(
            row.day, row.account, self.names[row.account][0],
            SIGNS.get(row.what) or ICONS.get(row.what) or ICONS.get(kind, "note"),
            what, place, to or _note(row),
        )  # fmt: skip

    def _step(self, row: Row) -> Told | None:
        return self.steps[row.line] if row.line is not None and row.line < len(self.steps) else None

    def csv_lines(self, rows: Iterable[Row]) -> Iterator[str]:
        """Rows as CSV, line by line."""
        writer = csv.writer(Line())
        yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(
            ["day", "id", "name", "what", "step", "title", "note"]
        )
        kept = list(rows)
        people = _people({row.person for row in kept if row.person is not None})
        for row in kept:
            step = self._step(row)
            name, external = self.names[row.account]
            to = people.get(row.person, "") if row.person is not None else ""
            cells = (row.day, external, name, row.what, step.place if step else "",
                     step.title if step else "", to or row.note)  # fmt: skip
            yield writer.writerow([safe_cell(cell) for cell in cells])


def _names(visible: QuerySet[Account], keys: Collection[int]) -> dict[int, tuple[str, str]]:
    rows = visible.values_list("pk", "name", "external_id")
    return {pk: (name, external) for pk, name, external in rows.iterator() if pk in keys}


def _people(keys: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(keys)
    for start in range(0, len(wanted), MOST_NAMED):
        rows = Person.objects.filter(pk__in=wanted[start : start + MOST_NAMED])
        found |= {person.pk: str(person) for person in rows}
    return found


def _note(row: Row) -> str:
    if row.what == SKIPPED:
        return told(reason_of({"reason": row.note}))
    if row.note in ANSWERS:
        return str(ANSWERS[row.note])
    try:
        return _("until %(day)s") % {"day": day_text(date.fromisoformat(row.note))}
    except ValueError:
        return row.note


def _by_reason(counts: Mapping[str, int]) -> list[tuple[str, int]]:
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
        note=_("by day"), size="short",
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
