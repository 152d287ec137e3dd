"""The stage `metrics` of the refresh: facts and events to panel and snapshots."""

from typing import Any

from tenure.core.pipeline import Refresh, Stage


def run(refresh: Refresh) -> dict[str, Any]:
    """Compute what is stale; a summary for the record."""
    from tenure.metrics.services import panel_refresh

    result = panel_refresh(since=refresh.since, report=refresh.report)
    return {
        "accounts": result.accounts,
        "rows": result.rows,
        "since": None if result.since is None else result.since.isoformat(),
        "full": result.full,
    }


STAGE = Stage("metrics", run, after=("events", "contracts"))
