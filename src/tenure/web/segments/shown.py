"""What the list of segments and the page of one show."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.definition_text import body_text
from tenure.core.models import User
from tenure.segments.conditions import Definition
from tenure.segments.models import Belonging, Segment
from tenure.segments.selectors import (
    Week,
    belonging_now,
    definition_of,
    fields_known,
    may_edit,
    movements_of,
    segments_seen,
    sizes,
    versions_of,
    weeks_of,
)
from tenure.segments.selectors.history import Size
from tenure.segments.sentences import sentence
from tenure.web.definitions.versions import DiffLine, difference
from tenure.web.figures import Chart, Series
from tenure.web.listing.export import Line, safe_cell
from tenure.web.listing.rows import Row, rows_of
from tenure.web.models import SavedView
from tenure.web.segments import filtering
from tenure.web.templatetags.formats import day_text, number

WEEK = timedelta(days=7)
MEMBERS = 20
MOVES = 14
PAGES = ("accounts", "ladder", "renewals", "retention")


@dataclass(frozen=True)
class SegmentRow:
    """A segment in the list, as far as the reader sees its accounts. `unconverted`: without MRR."""

    segment: Segment
    sentence: str
    size: Size
    mrr: float | None
    unconverted: int
    views: int
    mine: bool


def segment_rows(user: User, visible: QuerySet[Account]) -> list[SegmentRow]:
    """Every segment the reader may see, by title."""
    segments = segments_seen(user)
    found = sizes(segments, visible, clock.today() - WEEK + timedelta(days=1))
    money = _money(segments, visible)
    views, known = _views(), fields_known()
    rows = []
    for one in segments:
        mrr, unconverted = money.get(one.pk, (None, 0))
        rows.append(
            SegmentRow(
                one, sentence(definition_of(one), known), found.get(one.pk, Size(0, 0, 0)), mrr,
                unconverted, views.get(filtering.written(one), 0), one.owner_id == user.pk,
            )
        )  # fmt: skip
    return rows


def _money(
    segments: Sequence[Segment], visible: QuerySet[Account]
) -> dict[int, tuple[float | None, int]]:
    """Segment → MRR of its members now, and how many of them have none for want of a rate."""
    rows = (
        Belonging.objects.filter(segment__in=segments, account__in=visible, left_on__isnull=True)
        .values("segment_id")
        .annotate(
            mrr=Sum("account__contract__mrr"),
            without=Count("pk", filter=Q(account__contract__unconverted__gt="")),
        )
    )
    return {row["segment_id"]: (row["mrr"], row["without"]) for row in rows}


def _views() -> dict[str, int]:
    """A segment as written → how many kept views of the list narrow by it."""
    counts: dict[str, int] = {}
    for query in SavedView.objects.values_list("query", flat=True):
        for text in QueryDict(query).getlist("segment"):
            counts[text] = counts.get(text, 0) + 1
    return counts


@dataclass(frozen=True)
class Step:
    """A version with what it changed against the one before."""

    number: int
    sentence: str
    by: str
    at: object
    note: str
    current: bool
    changed: list[DiffLine]


class Shown:
    """The page of one segment."""

    def __init__(self, segment: Segment, user: User, visible: QuerySet[Account]) -> None:
        self.segment, self.visible = segment, visible
        self.definition: Definition = definition_of(segment)
        self.known = fields_known()
        self.sentence = sentence(self.definition, self.known)
        self.may_edit = may_edit(user, segment)
        self.mine = segment.owner_id == user.pk
        self.written = filtering.written(segment)
        since = clock.today() - WEEK + timedelta(days=1)
        self.size = sizes([segment], visible, since).get(segment.pk, Size(0, 0, 0))
        self.mrr, self.unconverted = _money([segment], visible).get(segment.pk, (None, 0))
        self.weeks = weeks_of(segment, visible)
        self.moves = movements_of(segment, visible, MOVES)
        self.views = _views().get(self.written, 0)

    @property
    def accounts(self) -> QuerySet[Account]:
        """The members the reader may see, the dearest first."""
        dearest = F("contract__mrr").desc(nulls_last=True)
        return self.visible.filter(belonging_now(self.segment.pk)).order_by(dearest, "name")

    @property
    def rows(self) -> list[Row]:
        return rows_of(list(self.accounts.values_list("pk", flat=True)[:MEMBERS]))

    @property
    def pages(self) -> list[tuple[str, str]]:
        """Where else the same accounts can be looked at."""
        names = {
            "accounts": _("Accounts"), "ladder": _("Ladder"), "renewals": _("Renewals"),
            "retention": _("Retention"),
        }  # fmt: skip
        query = QueryDict(mutable=True)
        query["segment"] = self.written
        return [(names[page], f"{reverse(page)}?{query.urlencode()}") for page in PAGES]

    @property
    def csv_url(self) -> str:
        query = QueryDict(mutable=True)
        query["segment"] = self.written
        return f"{reverse('accounts_csv')}?{query.urlencode()}"

    @property
    def charts(self) -> list[Chart]:
        return [size_chart(self.weeks), moves_chart(self.weeks)]

    @property
    def reckoned_until(self) -> object:
        """The day before which the history was worked out later; None where nothing was."""
        segment = self.segment
        made = segment.created_at.date()
        return made if segment.reckoned_from and segment.reckoned_from < made else None

    @property
    def versions(self) -> list[Step]:
        """Newest first."""
        rows = versions_of(self.segment)
        older = {row.version: row.body for row in rows}
        return [
            Step(
                row.version, sentence(definition_of(self.segment, row.version), self.known),
                str(row.created_by) if row.created_by else _("Tenure itself"),
                row.created_at, row.note, row.version == self.segment.version,
                difference(older.get(row.version - 1), row.body) if row.version > 1 else [],
            )
            for row in rows
        ]  # fmt: skip

    @property
    def text(self) -> str:
        return body_text(self.segment.versions.get(version=self.segment.version).body)


def size_chart(weeks: Sequence[Week]) -> Chart:
    """How many belonged at the end of each week."""
    said = {
        "a": number(weeks[0].size), "b": number(weeks[-1].size), "day": day_text(weeks[0].monday),
    }  # fmt: skip
    return Chart(
        key="size", title=_("Accounts in the segment"), kind="step",
        labels=[day_text(week.monday) for week in weeks],
        series=[Series(_("Accounts"), [week.size for week in weeks])],
        summary=_("From %(a)s accounts in the week of %(day)s to %(b)s now.") % said,
        note=_("at the end of each week"), size="short",
    )  # fmt: skip


def moves_chart(weeks: Sequence[Week]) -> Chart:
    """How many entered and left in each week."""
    came, went = sum(week.entered for week in weeks), sum(week.left for week in weeks)
    entered = ngettext("%(n)s account entered", "%(n)s accounts entered", came)
    left = ngettext("%(n)s left", "%(n)s left", went)
    said = {
        "entered": entered % {"n": number(came)}, "left": left % {"n": number(went)},
        "day": day_text(weeks[0].monday),
    }  # fmt: skip
    return Chart(
        key="moves", title=_("Entered and left"), kind="bar",
        labels=[day_text(week.monday) for week in weeks],
        series=[
            Series(_("Entered"), [week.entered for week in weeks], tone="accent"),
            Series(_("Left"), [week.left for week in weeks], tone="muted"),
        ],
        summary=_("Since the week of %(day)s: %(entered)s, %(left)s.") % said,
        note=_("by week"), size="short",
    )  # fmt: skip


def history_lines(segment: Segment, visible: QuerySet[Account]) -> Iterator[str]:
    """Every interval as a line of CSV."""
    writer = csv.writer(Line())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(
        ["id", "name", "entered_on", "entered_cause", "left_on", "left_cause", "reckoned"]
    )
    rows = Belonging.objects.filter(segment=segment, account__in=visible)
    fields = (
        "account__external_id", "account__name", "entered_on", "entered_cause", "left_on",
        "left_cause", "entered_version",
    )  # fmt: skip
    for *cells, version in rows.order_by("entered_on", "pk").values_list(*fields).iterator():
        yield writer.writerow([safe_cell(cell) for cell in (*cells, not version)])
