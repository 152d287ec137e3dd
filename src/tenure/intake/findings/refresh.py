"""Running the checks: new findings open, known ones are counted again, gone ones are resolved."""

from typing import Any, TypeAlias

from django.db import transaction

from tenure.core import clock
from tenure.core.insertion import insert
from tenure.core.pipeline import Refresh, Report, silent
from tenure.intake.findings import contracts, people, usage
from tenure.intake.findings.found import Check, Found
from tenure.intake.models import Finding

CHUNK = 2_000
Key: TypeAlias = tuple[int | None, str]


def checks() -> tuple[Check, ...]:
    """All checks, in the order they run."""
    return (*contracts.CHECKS, *people.CHECKS, *usage.checks())


def findings_refresh(report: Report = silent) -> int:
    """Run every check and return how many findings are open."""
    every = checks()
    for done, check in enumerate(every):
        _settle(check)
        report(done + 1, len(every))
    return Finding.objects.filter(resolved_at__isnull=True).count()


def run_stage(refresh: Refresh) -> dict[str, Any]:
    """The stage `findings` of the pipeline."""
    return {"open": findings_refresh(refresh.report)}


@transaction.atomic
def _settle(check: Check) -> None:
    now = clock.now()
    rows = Finding.objects.filter(code=check.code, resolved_at__isnull=True)
    known: dict[Key, Finding] = {(r.account_id, r.params.get("what", "")): r for r in rows}
    fresh: list[dict[str, Any]] = []
    stale: list[Finding] = []
    still: list[int] = []
    for found in check.run():
        row = known.pop((found.account, found.what), None)
        params = {**found.params, "what": found.what} if found.what else found.params
        if row is None:
            fresh.append(_new(check, found, params, now))
        elif (row.count, row.params) != (found.count, params):
            row.count, row.params, row.last_seen_at = found.count, params, now
            stale.append(row)
        else:
            still.append(row.pk)
    insert(Finding, fresh)
    Finding.objects.bulk_update(stale, ["count", "params", "last_seen_at"], batch_size=CHUNK)
    for start in range(0, len(still), CHUNK):
        Finding.objects.filter(pk__in=still[start : start + CHUNK]).update(last_seen_at=now)
    gone = [row.pk for row in known.values()]
    for start in range(0, len(gone), CHUNK):
        Finding.objects.filter(pk__in=gone[start : start + CHUNK]).update(resolved_at=now)


def _new(check: Check, found: Found, params: dict[str, Any], now: Any) -> dict[str, Any]:
    return {
        "code": check.code,
        "severity": check.severity,
        "table": check.table,
        "account_id": found.account,
        "count": found.count,
        "params": params,
        "first_seen_at": now,
        "last_seen_at": now,
    }
