"""Checks of accounts, people, tickets, and of dates that lie ahead."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Min, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account, Person
from tenure.contracts.models import Invoice
from tenure.core import clock
from tenure.intake.findings.found import Check, Found
from tenure.intake.models import Finding
from tenure.timeline.models import SurveyAnswer, Ticket, Touchpoint

_WARNING, _INFO = Finding.Severity.WARNING, Finding.Severity.INFO


def _grouped(rows: QuerySet[Any]) -> Iterator[Found]:
    grouped = rows.values("account_id").annotate(n=Count("pk"), example=Min("external_id"))
    for row in grouped.order_by("account_id"):
        yield Found(row["account_id"], row["n"], {"example": row["example"]})


def _tickets() -> QuerySet[Ticket]:
    return Ticket.objects.filter(superseded_at__isnull=True)


def resolved_early() -> Iterable[Found]:
    """Tickets resolved before they were opened."""
    return _grouped(_tickets().filter(resolved_at__lt=F("opened_at")))


def answered_early() -> Iterable[Found]:
    """Tickets answered before they were opened."""
    return _grouped(_tickets().filter(first_reply_at__lt=F("opened_at")))


def answered_late() -> Iterable[Found]:
    """Tickets first answered after they were resolved."""
    return _grouped(_tickets().filter(first_reply_at__gt=F("resolved_at")))


def _shared(column: str) -> Iterator[Found]:
    rows = Account.objects.exclude(**{column: ""}).annotate(word=Lower(column))
    groups = rows.values("word").annotate(n=Count("pk"), first=Min("pk")).filter(n__gt=1)
    for row in groups.order_by("first"):
        yield Found(row["first"], row["n"], {"example": row["word"]})


def same_names() -> Iterable[Found]:
    """Accounts of one name, told with the first of them."""
    return _shared("name")


def same_domains() -> Iterable[Found]:
    """Accounts of one domain, told with the first of them."""
    return _shared("domain")


def nowhere() -> Iterator[Found]:
    """People who belong to no account."""
    rows = Person.objects.filter(
        memberships__isnull=True, merged_into__isnull=True, erased_at__isnull=True
    )
    found = rows.aggregate(n=Count("pk"), example=Min("external_id"))
    if found["n"]:
        yield Found(None, found["n"], {"example": found["example"]})


def ahead() -> Iterator[Found]:
    """Things that happened after today."""
    limit = clock.now() + timedelta(days=1)
    dated: tuple[tuple[str, QuerySet[Any], str], ...] = (
        ("tickets", Ticket.objects.all(), "opened_at"),
        ("touchpoints", Touchpoint.objects.all(), "occurred_at"),
        ("survey_answers", SurveyAnswer.objects.filter(account__isnull=False), "answered_at"),
        ("invoices", Invoice.objects.all(), "paid_at"),
    )
    for table, rows, column in dated:
        late = rows.filter(superseded_at__isnull=True, **{f"{column}__gt": limit})
        for found in _grouped(late):
            yield replace(found, params={**found.params, "table": table}, what=table)


CHECKS = (
    Check(
        "ticket_resolved_before_opened",
        _WARNING,
        "tickets",
        _("Tickets resolved before they were opened: %(count)s, among them %(example)s."),
        resolved_early,
    ),
    Check(
        "ticket_answered_before_opened",
        _WARNING,
        "tickets",
        _("Tickets answered before they were opened: %(count)s, among them %(example)s."),
        answered_early,
    ),
    Check(
        "ticket_answered_after_resolved",
        _INFO,
        "tickets",
        _("Tickets first answered after they were resolved: %(count)s, among them %(example)s."),
        answered_late,
    ),
    Check(
        "account_name_shared",
        _INFO,
        "accounts",
        _("Accounts with the name %(example)s: %(count)s. Are they the same company?"),
        same_names,
    ),
    Check(
        "account_domain_shared",
        _WARNING,
        "accounts",
        _("Accounts with the domain %(example)s: %(count)s. Are they the same company?"),
        same_domains,
    ),
    Check(
        "person_without_account",
        _INFO,
        "people",
        _("People who belong to no account: %(count)s, among them %(example)s."),
        nowhere,
    ),
    Check(
        "dated_ahead",
        _WARNING,
        "timeline",
        _("Rows of %(table)s dated after today: %(count)s, among them %(example)s."),
        ahead,
    ),
)
