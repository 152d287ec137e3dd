"""What gives concern about the forecasts, told in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenure.forecast.models import ForecastNotice, NoticeKind
from tenure.forecast.texts import notice_sentence

TONES = {
    NoticeKind.DRIFT: "warning",
    NoticeKind.STALE: "warning",
    NoticeKind.CALIBRATION: "warning",
    NoticeKind.NOT_REPLACED: "warning",
}


@dataclass(frozen=True)
class Told:
    """One notice: its name, its sentence, the run it is about."""

    title: str
    text: str
    tone: str
    since: datetime
    run: int | None


def told(rows: Sequence[ForecastNotice]) -> list[Told]:
    """The notices as they are shown."""
    return [
        Told(
            str(NoticeKind(row.kind).label),
            notice_sentence(row),
            TONES.get(NoticeKind(row.kind), ""),
            row.raised_at,
            row.run_id,
        )
        for row in rows
    ]
