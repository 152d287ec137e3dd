"""The answer to a question as the page shows it and as a file."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.events.selectors import store_snapshot
from tenure.metrics.questions import MEASURES, Answer, Limits, LiveStore, Question, answer
from tenure.web.adoption.reader import Reader, split_names
from tenure.web.figures import Chart, Series
from tenure.web.listing.export import Line, safe_cell
from tenure.web.retention.words import month_name
from tenure.web.templatetags.formats import day_text, number, plain

LIMITS = Limits()
LINES, BARS = 5, 15


@dataclass(frozen=True)
class SplitRow:
    """A value of the split with its figure over the whole period. `url`: of an account."""

    name: str
    total: float | None
    url: str


@dataclass(frozen=True)
class ShownAnswer:
    """Everything the page shows of an answer. `wordless`: events without a number in them."""

    question: Question
    answer: Answer
    rows: tuple[SplitRow, ...]
    chart: Chart | None
    wordless: int

    @property
    def total(self) -> float | None:
        """The figure of a question without a split."""
        return self.rows[0].total if self.question.split == "none" and self.rows else None


def answer_shown(reader: Reader, question: Question) -> ShownAnswer:
    """Ask, from the cache while nothing has changed.

    Raises:
        TenureError: when it does not hold together, takes too long or needs too much.
    """
    question.checked()
    found = reader.kept("question", lambda: _answer(reader, question), question)
    names = _names(found, question)
    rows = tuple(
        SplitRow(name, None if isnan(total) else float(total), _url(question, split))
        for name, split, total in zip(names, found.splits, found.totals, strict=True)
    )
    adds = question.measure in {"sum", "mean"}
    wordless = found.events - found.numbers if adds else 0
    return ShownAnswer(question, found, rows, _chart(question, found, names), wordless)


def _answer(reader: Reader, question: Question) -> Answer:
    asked = reader.members.asked
    with LiveStore(store_snapshot(), asked, question.first, question.last, LIMITS) as store:
        return answer(store, question)


def _names(found: Answer, question: Question) -> list[str]:
    if question.split == "none":
        return [str(MEASURES[question.measure]) for _split in found.splits]
    if question.split == "account":
        keys = [int(split) for split in found.splits]
        named = dict(Account.objects.filter(pk__in=keys).values_list("pk", "name"))
        return [named.get(key, str(key)) for key in keys]
    known = split_names(question.split)
    return [known.get(split, split or _("without it")) for split in found.splits]


def _url(question: Question, split: str) -> str:
    return reverse("account", args=[int(split)]) if question.split == "account" else ""


def bucket_name(question: Question, bucket: str) -> str:
    """What a step of time is called."""
    if not bucket:
        return _("whole period")
    day = date.fromisoformat(bucket)
    if question.grain == "month":
        return month_name((day.year - 1970) * 12 + day.month - 1)
    return day_text(day)


def _chart(question: Question, found: Answer, names: Sequence[str]) -> Chart | None:
    if not found.splits or (question.grain == "all" and question.split == "none"):
        return None
    title = str(MEASURES[question.measure])
    title = title[:1].upper() + title[1:]
    if question.grain == "all":
        totals = [None if isnan(t) else round(float(t), 2) for t in found.totals[:BARS]]
        series, labels = [Series(title, totals)], list(names[:BARS])
    else:
        labels = [bucket_name(question, bucket) for bucket in found.buckets]
        series = [
            Series(name, [None if isnan(v) else round(float(v), 2) for v in line])
            for name, line in zip(names[:LINES], found.values[:LINES], strict=False)
        ]
    told = "; ".join(
        f"{name}: {plain(None if isnan(total) else round(float(total), 2))}"
        for name, total in zip(names[:BARS], found.totals[:BARS], strict=False)
    )
    note = ""
    if question.grain != "all" and len(names) > LINES:
        note = _("The %(n)s largest of %(all)s.") % {
            "n": LINES, "all": number(len(names) + found.left_out),
        }  # fmt: skip
    return Chart(
        key="answer",
        title=title,
        kind="bar" if question.grain == "all" else "line",
        labels=labels,
        series=series,
        decimals=0 if question.measure in {"uses", "people", "accounts"} else 2,
        summary=_("Over the whole period: %(told)s.") % {"told": told},
        note=note,
        size="normal",
    )


def csv_of(shown: ShownAnswer) -> Iterator[str]:
    """One line for each split and step of time, and one for each split's whole period."""
    writer = csv.writer(Line())
    head = ["split", "step", shown.question.measure]
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(head)
    found = shown.answer
    for row, line, total in zip(shown.rows, found.values, found.totals, strict=True):
        name = "" if shown.question.split == "none" else row.name
        cells = zip((*found.buckets, "total"), (*line, total), strict=True)
        for bucket, value in cells:
            if bucket:
                yield writer.writerow(
                    [safe_cell(name), bucket, "" if isnan(value) else _exact(value)]
                )


def _exact(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
