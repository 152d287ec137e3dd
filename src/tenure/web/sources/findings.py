"""Contradictions in the data, each as a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from tenure.intake.models import Finding
from tenure.intake.selectors import finding_text

RANK = {"error": 0, "warning": 1, "info": 2}
TONES = {"error": "poor", "warning": "fair", "info": "info"}


@dataclass(frozen=True)
class FindingFilters:
    """Severity and table as given; resolved findings only when asked for."""

    severity: str = ""
    table: str = ""
    resolved: bool = False

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "FindingFilters":
        """Take what is understood from a query string."""
        severity = query.get("severity", "")
        return cls(
            severity=severity if severity in RANK else "",
            table=query.get("table", "").replace("\x00", "")[:40],
            resolved=query.get("resolved") == "1",
        )

    def rows(self) -> QuerySet[Finding]:
        """The findings that pass, the gravest first."""
        found = Finding.objects.select_related("account")
        if not self.resolved:
            found = found.filter(resolved_at__isnull=True)
        if self.severity:
            found = found.filter(severity=self.severity)
        if self.table:
            found = found.filter(table=self.table)
        whens = [When(severity=name, then=Value(rank)) for name, rank in RANK.items()]
        rank = Case(*whens, default=Value(9), output_field=IntegerField())
        return found.annotate(rank=rank).order_by("rank", "-count", "-last_seen_at", "pk")


@dataclass(frozen=True)
class Told:
    """A finding with its sentence."""

    finding: Finding
    text: str
    tone: str


def told(finding: Finding) -> Told:
    """A finding as the page shows it."""
    return Told(finding, sentence(finding), TONES.get(finding.severity, ""))


def sentence(finding: Finding) -> str:
    """What was found, in words; its code and figures where no check tells it any more."""
    text = finding_text(finding)
    if text != finding.code:
        return text
    params = ", ".join(f"{k}: {_short(v)}" for k, v in finding.params.items())
    words = finding.code.replace("_", " ").capitalize()
    return f"{words} ({params})" if params else words


def _short(value: Any) -> str:
    text = ", ".join(map(str, value[:5])) if isinstance(value, list) else str(value)
    return text[:200]


def open_counts() -> dict[str, int]:
    """Open findings by severity."""
    rows = Finding.objects.filter(resolved_at__isnull=True).values("severity")
    counted = rows.annotate(n=Count("pk"))
    return {row["severity"]: row["n"] for row in counted}
