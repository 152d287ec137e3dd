"""The tables of the contract: their columns, how each cell is read, and who writes them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import msgspec

from tenure.accounts import rows as accounts
from tenure.accounts import services as accounts_services
from tenure.accounts.models import PersonRole
from tenure.contracts import rows as contracts
from tenure.contracts import services as contracts_services
from tenure.contracts.models import Interval
from tenure.core import reasons
from tenure.core.facts import Written
from tenure.intake.loading import cells
from tenure.intake.loading.cells import Parser
from tenure.timeline import models as told
from tenure.timeline import rows as timeline
from tenure.timeline import services as timeline_services


class Writer(Protocol):
    """The bulk write that a table's rows go to."""

    def __call__(
        self,
        *,
        rows: Sequence[Any],
        given: Collection[str] | None,
        at: datetime | None,
        history: bool,
    ) -> Written: ...


@dataclass(frozen=True)
class Table:
    """`required` columns must be in the header and filled; `key` names a row; of `one_of` the
    header must have at least one. `custom`: unknown columns become custom fields. `check` says
    which column of a whole row is wrong, and why.
    """

    name: str
    columns: Mapping[str, Parser]
    required: tuple[str, ...]
    key: tuple[str, ...] = ("id",)
    one_of: tuple[str, ...] = ()
    custom: bool = False
    row: type[msgspec.Struct] = field(default=msgspec.Struct)
    write: Writer | None = None
    check: Callable[[Any], tuple[str, str] | None] = lambda row: None


def _score(row: timeline.SurveyAnswerRow) -> tuple[str, str] | None:
    """NPS runs from 0 to 10, CSAT from 1 to 5, CES from 1 to 7."""
    low, high = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}[row.kind]
    if low <= row.score <= high:
        return None
    return "score", reasons.SCORE_OUTSIDE % {"low": low, "high": high, "kind": row.kind}


_id = cells.text(200)
_time = cells.timestamp
_roles = cells.choice(PersonRole.values)
_intervals = cells.choice(Interval.values)
_count = cells.integer(0, 2_147_483_647)

ACCOUNTS = Table(
    "accounts",
    {
        "id": _id,
        "name": cells.text(300),
        "domain": cells.text(253),
        "parent_id": _id,
        "industry": cells.text(200),
        "country": cells.text(100),
        "language": cells.text(35),
        "employees": _count,
        "segment": cells.text(200),
        "csm_email": cells.text(254),
        "created_at": _time,
    },
    required=("id", "name"),
    custom=True,
    row=accounts.AccountRow,
    write=accounts_services.account_upsert_many,
)
PEOPLE = Table(
    "people",
    {
        "id": _id,
        "email": cells.text(320),
        "name": cells.text(300),
        "title": cells.text(300),
        "role": _roles,
        "language": cells.text(35),
        "phone": cells.text(50),
        "consent_at": _time,
        "created_at": _time,
        "account_id": _id,
    },
    required=("id",),
    custom=True,
    row=accounts.PersonRow,
    write=accounts_services.person_upsert_many,
)
MEMBERSHIPS = Table(
    "memberships",
    {"person_id": _id, "account_id": _id, "role": _roles, "since": _time, "until": _time},
    required=("person_id", "account_id"),
    key=("person_id", "account_id", "role", "since"),
    row=accounts.MembershipRow,
    write=accounts_services.membership_upsert_many,
)
PLANS = Table(
    "plans",
    {
        "id": _id,
        "name": cells.text(200),
        "tier": cells.integer(0, 32_767),
        "interval": _intervals,
        "list_price": cells.money(0),
        "currency": cells.currency,
        "is_top_tier": cells.boolean,
    },
    required=("id", "name", "tier"),
    row=contracts.PlanRow,
    write=contracts_services.plan_upsert_many,
)
SUBSCRIPTIONS = Table(
    "subscriptions",
    {
        "id": _id,
        "account_id": _id,
        "plan_id": _id,
        "mrr": cells.money(0),
        "currency": cells.currency,
        "seats": _count,
        "interval": _intervals,
        "term_months": cells.integer(0, 1200),
        "started_at": _time,
        "ended_at": _time,
        "renews_at": _time,
        "auto_renew": cells.boolean,
        "is_trial": cells.boolean,
        "cancel_notified_at": _time,
        "end_reason": cells.text(300),
    },
    required=("id", "account_id", "plan_id", "mrr", "started_at"),
    key=("id", "started_at"),
    row=contracts.SubscriptionRow,
    write=contracts_services.subscription_upsert_many,
)
INVOICES = Table(
    "invoices",
    {
        "id": _id,
        "account_id": _id,
        "amount": cells.money(),
        "currency": cells.currency,
        "issued_at": _time,
        "due_at": _time,
        "paid_at": _time,
        "status": cells.text(40),
    },
    required=("id", "account_id", "amount"),
    row=contracts.InvoiceRow,
    write=contracts_services.invoice_upsert_many,
)
EVENTS = Table(
    "events",
    dict.fromkeys(
        (
            "event",
            "timestamp",
            "user_id",
            "account_id",
            "anonymous_id",
            "message_id",
            "properties",
        ),
        cells.text(300),
    ),
    required=("event", "timestamp"),
    key=(),
    one_of=("user_id", "account_id", "anonymous_id"),
)
TOUCHPOINTS = Table(
    "touchpoints",
    {
        "id": _id,
        "account_id": _id,
        "kind": cells.choice(told.Touchpoint.Kind.values),
        "occurred_at": _time,
        "direction": cells.choice(told.Touchpoint.Direction.values),
        "subject": cells.text(500),
        "body": cells.prose,
        "csm_email": cells.text(320),
        "person_ids": cells.ids,
        "sentiment": cells.number(-1, 1),
        "minutes": cells.number(0, 1440),
        "message_id": cells.text(300),
        "in_reply_to": cells.prose,
    },
    required=("id", "account_id", "kind", "occurred_at"),
    row=timeline.TouchpointRow,
    write=timeline_services.touchpoint_upsert_many,
)
TICKETS = Table(
    "tickets",
    {
        "id": _id,
        "account_id": _id,
        "person_id": _id,
        "subject": cells.text(500),
        "priority": cells.text(40),
        "opened_at": _time,
        "first_reply_at": _time,
        "resolved_at": _time,
        "csat": cells.number(1, 5),
    },
    required=("id", "account_id", "opened_at"),
    row=timeline.TicketRow,
    write=timeline_services.ticket_upsert_many,
)
SURVEY_ANSWERS = Table(
    "survey_answers",
    {
        "id": _id,
        "kind": cells.choice(told.SurveyAnswer.Kind.values),
        "score": cells.number(-1000, 1000),
        "answered_at": _time,
        "account_id": _id,
        "person_id": _id,
        "comment": cells.prose,
        "sent_at": _time,
    },
    required=("id", "kind", "score", "answered_at"),
    one_of=("account_id", "person_id"),
    row=timeline.SurveyAnswerRow,
    write=timeline_services.survey_answer_upsert_many,
    check=_score,
)
OUTCOMES = Table(
    "outcomes",
    {
        "id": _id,
        "account_id": _id,
        "title": cells.text(500),
        "metric": cells.text(200),
        "target": cells.text(200),
        "due_on": cells.day,
        "status": cells.choice(told.Outcome.Status.values),
        "confirmed_at": _time,
        "confirmed_by": cells.text(320),
    },
    required=("id", "account_id", "title"),
    row=timeline.OutcomeRow,
    write=timeline_services.outcome_upsert_many,
)
ADVOCACY = Table(
    "advocacy",
    {
        "id": _id,
        "account_id": _id,
        "kind": cells.choice(told.Advocacy.Kind.values),
        "occurred_at": _time,
    },
    required=("id", "account_id", "kind", "occurred_at"),
    row=timeline.AdvocacyRow,
    write=timeline_services.advocacy_upsert_many,
)
PLAYS_LOG = Table(
    "plays_log",
    {
        "account_id": _id,
        "play": cells.text(200),
        "arm": cells.choice(told.PlayRecord.Arm.values),
        "assigned_at": _time,
        "propensity": cells.number(0, 1),
    },
    required=("account_id", "play", "arm", "assigned_at"),
    key=("account_id", "play", "assigned_at"),
    row=timeline.PlayRow,
    write=timeline_services.play_record_upsert_many,
)
COSTS = Table(
    "costs",
    {"month": cells.month, "acquisition": cells.money(0), "retention": cells.money(0)},
    required=("month",),
    key=("month",),
    row=contracts.CostRow,
    write=contracts_services.cost_upsert_many,
)

# In the order they are loaded: nothing names what comes after it.
TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        PLANS,
        ACCOUNTS,
        PEOPLE,
        MEMBERSHIPS,
        SUBSCRIPTIONS,
        INVOICES,
        TOUCHPOINTS,
        TICKETS,
        SURVEY_ANSWERS,
        OUTCOMES,
        ADVOCACY,
        PLAYS_LOG,
        COSTS,
        EVENTS,
    )
}
