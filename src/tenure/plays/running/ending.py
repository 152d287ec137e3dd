"""The end of a run, of whichever kind."""

from datetime import datetime

from tenure.plays.models import Run


def run_end(run: Run, state: str, why: str, at: datetime) -> None:
    """End a run that the caller holds. `why` in English, or as a person wrote it."""
    run.state, run.ended_why, run.ended_at = state, why, at
    run.wake_at, run.waits_for = None, ""
    run.save(
        update_fields=(
            "state", "ended_why", "ended_at", "wake_at", "waits_for", "position", "visits",
        )
    )  # fmt: skip
