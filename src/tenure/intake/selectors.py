"""Reads for the page Data: loads, rejects, findings, and how fresh each table is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Model, QuerySet, Sum

from tenure.accounts.models import Account, Membership, Person
from tenure.contracts.models import Cost, Invoice, Plan, SubscriptionPeriod
from tenure.core.insertion import rows_of
from tenure.events.models import StoreFile
from tenure.intake.findings import checks
from tenure.intake.models import Finding, Load, Reject
from tenure.timeline.models import (
    Advocacy,
    Outcome,
    PlayRecord,
    SurveyAnswer,
    Ticket,
    Touchpoint,
)


def loads_recent(limit: int = 20) -> Sequence[Load]:
    """The newest loads, each with its `tables` at hand."""
    rows = Load.objects.select_related("started_by").prefetch_related("tables")
    return list(rows.order_by("-started_at", "-pk")[:limit])


def rejects_page(
    *,
    load: Load | None = None,
    door: str = "",
    table: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Reject]:
    """Rejects, newest first; `before` is the key of the last one of the page before."""
    rows = Reject.objects.select_related("load").order_by("-pk")
    if load is not None:
        rows = rows.filter(load=load)
    if door:
        rows = rows.filter(door=door)
    if table:
        rows = rows.filter(table=table)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows[:limit])


def _sentences() -> dict[str, str]:
    return {check.code: str(check.sentence) for check in checks()}


def finding_text(finding: Finding) -> str:
    """The sentence of a finding in the reader's language."""
    return _text(_sentences(), finding)


def _text(sentences: dict[str, str], finding: Finding) -> str:
    sentence = sentences.get(finding.code)
    if sentence is None:
        return finding.code
    return sentence % {"count": f"{finding.count:,}", **finding.params}


@dataclass(frozen=True)
class FindingLine:
    """An open finding with its sentence."""

    finding: Finding
    text: str


@dataclass(frozen=True)
class FindingGroup:
    """All open findings of one kind: how many accounts and rows, and the largest of them."""

    code: str
    severity: str
    table: str
    accounts: int
    count: int
    example: FindingLine


_ORDER = {Finding.Severity.ERROR: 0, Finding.Severity.WARNING: 1, Finding.Severity.INFO: 2}


def _open() -> QuerySet[Finding]:
    return Finding.objects.filter(resolved_at__isnull=True)


def findings_open(
    *, account: Account | None = None, code: str = "", limit: int = 200
) -> list[FindingLine]:
    """Open findings, the gravest and largest first."""
    rows = _open().select_related("account")
    if account is not None:
        rows = rows.filter(account=account)
    if code:
        rows = rows.filter(code=code)
    sentences = _sentences()
    found = [FindingLine(row, _text(sentences, row)) for row in rows.order_by("-count")[:limit]]
    return sorted(found, key=lambda line: _ORDER[Finding.Severity(line.finding.severity)])


def findings_summary() -> list[FindingGroup]:
    """Open findings by kind, the gravest first."""
    grouped = _open().values("code", "severity", "table")
    rows = grouped.annotate(accounts=Count("account", distinct=True), total=Sum("count"))
    sentences = _sentences()
    found = []
    for row in rows:
        example = _open().filter(code=row["code"]).select_related("account").order_by("-count")[0]
        line = FindingLine(example, _text(sentences, example))
        found.append(
            FindingGroup(
                row["code"], row["severity"], row["table"], row["accounts"], row["total"], line
            )
        )
    return sorted(found, key=lambda g: (_ORDER[Finding.Severity(g.severity)], -g.count, g.code))


@dataclass(frozen=True)
class Freshness:
    """How much a table holds, the newest fact in it, and when Tenure last learned something."""

    table: str
    rows: int
    newest: datetime | None
    learned: datetime | None


_SOURCES: tuple[tuple[str, type[Model], str], ...] = (
    ("accounts", Account, "created_at"),
    ("people", Person, "created_at"),
    ("memberships", Membership, "since"),
    ("plans", Plan, "recorded_at"),
    ("subscriptions", SubscriptionPeriod, "started_at"),
    ("invoices", Invoice, "issued_at"),
    ("touchpoints", Touchpoint, "occurred_at"),
    ("tickets", Ticket, "opened_at"),
    ("survey_answers", SurveyAnswer, "answered_at"),
    ("outcomes", Outcome, "confirmed_at"),
    ("advocacy", Advocacy, "occurred_at"),
    ("plays_log", PlayRecord, "assigned_at"),
    ("costs", Cost, "recorded_at"),
)


def freshness() -> list[Freshness]:
    """Every table that holds something, with its newest fact."""
    found = []
    for table, model, column in _SOURCES:
        rows = rows_of(model).all()
        if any(f.name == "superseded_at" for f in model._meta.get_fields()):
            rows = rows.filter(superseded_at__isnull=True)
        got = rows.aggregate(n=Count("pk"), newest=Max(column), learned=Max("recorded_at"))
        if got["n"]:
            found.append(Freshness(table, got["n"], got["newest"], got["learned"]))
    live = StoreFile.objects.filter(retired_at__isnull=True)
    got = live.aggregate(n=Sum("rows"), newest=Max("occurred_max"), learned=Max("created_at"))
    if got["n"]:
        found.append(Freshness("events", got["n"], got["newest"], got["learned"]))
    return found
