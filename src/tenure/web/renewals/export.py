"""The renewals of a quarter as CSV."""

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from tenure.web.listing.export import Line, safe_cell
from tenure.web.models import Renewal
from tenure.web.renewals.table import RenewalRow, rows_of

CHUNK = 2000
COLUMNS = (
    "id", "name", "owner", "renews_on", "term_months", "auto_renew", "notice", "mrr", "renews",
    "low", "high", "downsell", "upsell", "expected_mrr", "mrr_after", "call", "call_amount",
    "call_by", "call_at", "call_note", "against_model",
)  # fmt: skip


def csv_lines(renewals: QuerySet[Renewal]) -> Iterator[str]:
    """Line by line; text that a spreadsheet would take for a formula is made harmless."""
    writer = csv.writer(Line())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(COLUMNS)
    keys = list(renewals.values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        part = Renewal.objects.select_related("account").in_bulk(keys[start : start + CHUNK])
        rows = rows_of(part[key] for key in keys[start : start + CHUNK] if key in part)
        for row in rows:
            yield writer.writerow([safe_cell(cell) for cell in _cells(row)])


def _cells(row: RenewalRow) -> list[Any]:
    r, called = row.renewal, row.called
    made: list[Any] = [None] * 5
    if called is not None:
        author = called.row.author
        made = [
            called.call.value, called.amount, author.email if author else None,
            called.row.made_at, called.row.note,
        ]  # fmt: skip
    return [
        r.account.external_id, r.account.name, row.owner.email if row.owner else None, r.renews_on,
        r.term, r.auto_renew, r.notice, r.mrr, r.renew, r.low, r.high, r.downsell, r.upsell,
        row.expected, r.after, *made, row.verdict or None,
    ]  # fmt: skip
