"""The tables a simulated company hands out: columns of the public file contract, types, times."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tenure.engine.simulation.settings import Grid

TEXT, NUMBER, WHOLE, FLAG = pa.string(), pa.float64(), pa.int64(), pa.bool_()

_TEXT_COLUMNS = {
    "accounts": "id name domain parent_id industry country language employees segment csm_email "
    "created_at region acquisition_channel",
    "people": "id email name title role language phone consent_at created_at",
    "memberships": "person_id account_id role since until",
    "plans": "id name tier interval list_price currency is_top_tier",
    "subscriptions": "id account_id plan_id mrr currency seats interval term_months started_at "
    "ended_at renews_at auto_renew is_trial cancel_notified_at end_reason",
    "invoices": "id account_id amount currency issued_at due_at paid_at status",
    "touchpoints": "id account_id kind occurred_at direction subject body csm_email person_ids "
    "sentiment",
    "tickets": "id account_id person_id subject priority opened_at first_reply_at resolved_at csat",
    "survey_answers": "id kind score answered_at account_id person_id comment sent_at",
    "outcomes": "id account_id title metric target due_on status confirmed_at confirmed_by",
    "advocacy": "id account_id kind occurred_at",
    "plays_log": "account_id play arm assigned_at propensity",
    "costs": "month acquisition retention",
}
COLUMNS = {name: tuple(text.split()) for name, text in _TEXT_COLUMNS.items()}
EVENT_COLUMNS = (
    "event",
    "timestamp",
    "user_id",
    "account_id",
    "anonymous_id",
    "message_id",
    "properties",
)
_TYPES = {
    "employees": WHOLE,
    "tier": WHOLE,
    "seats": WHOLE,
    "term_months": WHOLE,
    "auto_renew": FLAG,
    "is_trial": FLAG,
    "is_top_tier": FLAG,
    "sentiment": NUMBER,
    "csat": WHOLE,
    "score": WHOLE,
    "propensity": NUMBER,
}


def table(name: str, rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Rows (in the order of the contract's columns) as a table; money and times are text."""
    columns = COLUMNS[name]
    turned = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [
        pa.array(values, _TYPES.get(column, TEXT))
        for column, values in zip(columns, turned, strict=True)
    ]
    return pa.table(arrays, names=list(columns))


def iso(grid: Grid, day: float) -> str | None:
    """A time as ISO 8601 in UTC; None if it never came or lies at or after the end."""
    if not np.isfinite(day) or day >= grid.end:
        return None
    return str(np.datetime64(int(grid.seconds(day)), "s")) + "Z"


def planned(grid: Grid, day: float) -> str | None:
    """A time that may lie ahead, as ISO 8601 in UTC."""
    if not np.isfinite(day):
        return None
    return str(np.datetime64(int(grid.seconds(day)), "s")) + "Z"


def money(amount: float) -> str:
    """An amount with two decimals."""
    return f"{amount:.2f}"


def account_id(account: int) -> str:
    """The id an account has in every file."""
    return f"acc-{account + 1:05d}"


def person_id(person: int) -> str:
    """The id a person has in every file."""
    return f"usr-{person + 1:06d}"
