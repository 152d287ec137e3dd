"""The shape of what happened with accounts, as senders give it."""

from datetime import date, datetime

import msgspec


class TouchpointRow(msgspec.Struct, frozen=True):
    """A mail, call, meeting, …; `sentiment` from -1 to 1, `minutes` of work it took.

    `message_id`: a mail's own Message-ID; `in_reply_to`: those of the mails it refers to.
    """

    id: str
    account_id: str
    kind: str
    occurred_at: datetime
    direction: str = ""
    subject: str = ""
    body: str = ""
    csm_email: str = ""
    person_ids: tuple[str, ...] = ()
    sentiment: float | None = None
    minutes: float | None = None
    message_id: str = ""
    in_reply_to: str = ""


class TicketRow(msgspec.Struct, frozen=True):
    """A support ticket; `csat` from 1 to 5."""

    id: str
    account_id: str
    opened_at: datetime
    person_id: str = ""
    subject: str = ""
    priority: str = ""
    first_reply_at: datetime | None = None
    resolved_at: datetime | None = None
    csat: float | None = None


class SurveyAnswerRow(msgspec.Struct, frozen=True):
    """An answer of an account or of a person."""

    id: str
    kind: str
    score: float
    answered_at: datetime
    account_id: str = ""
    person_id: str = ""
    comment: str = ""
    sent_at: datetime | None = None


class OutcomeRow(msgspec.Struct, frozen=True):
    """An outcome the account wants."""

    id: str
    account_id: str
    title: str
    metric: str = ""
    target: str = ""
    due_on: date | None = None
    status: str = ""
    confirmed_at: datetime | None = None
    confirmed_by: str = ""


class AdvocacyRow(msgspec.Struct, frozen=True):
    """An act of recommending us."""

    id: str
    account_id: str
    kind: str
    occurred_at: datetime


class PlayRow(msgspec.Struct, frozen=True):
    """A past action on an account, or its being held out."""

    account_id: str
    play: str
    arm: str
    assigned_at: datetime
    propensity: float | None = None
