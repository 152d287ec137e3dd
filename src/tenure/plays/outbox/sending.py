"""Sending what waits in the outbox, so that a killed worker neither loses nor doubles anything.

A worker claims a row, notes that it hands it over, and tells what became of it. What is claimed and
never told comes back after `LEASE`: a mail that was handed over is then unsure, shown to people and
sent again only by one; a webhook or a chat message is sent again with the same key and body.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.mail.delivery import LONGEST, back_off
from tenure.core.mail.lines import one_line
from tenure.core.mail.setup import is_ready
from tenure.plays.definition.shape import Quiet
from tenure.plays.models import Outgoing, Run
from tenure.plays.outbox.mails import send_mail
from tenure.plays.outbox.outcome import Outcome
from tenure.plays.outbox.touching import mail_touch
from tenure.plays.outbox.webhooks import send_chat, send_webhook
from tenure.plays.running.quiet import awake
from tenure.plays.running.recipients import account_in_peace, people_in_peace
from tenure.plays.selectors.definitions import definition_of

LEASE = timedelta(minutes=5)
"""A worker that has not told an end for so long has ended itself; an attempt takes less."""
WORTH = timedelta(days=6)
"""For how long after it was made a mail is worth sending: three days, and a long weekend."""
HOURS = (0.0014, 0.0834, 0.5, 2, 5, 10, 14, 18, 22)
"""Between the attempts of a webhook, three days in all, as Standard Webhooks recommends it."""
ASIDE = timedelta(minutes=1)
AGAIN = "again"
"""In a mail's payload: when somebody asked to send it again."""
State, Kind = Outgoing.State, Outgoing.Kind
SENDERS: Mapping[str, Callable[[Outgoing, Callable[[], bool]], Outcome | None]] = {
    Kind.MAIL: send_mail,
    Kind.WEBHOOK: send_webhook,
    Kind.CHAT: send_chat,
}
STOPPED = gettext_noop("The run has ended before it was sent.")
PEACE = gettext_noop("The account or the person is not to be disturbed.")
GONE = gettext_noop("The person is not there any more.")
TOO_LATE = gettext_noop("It could not be sent in time.")
_log = logging.getLogger(__name__)


def outbox_send(limit: int = 50) -> int:
    """Try what is due, the longest due first; how many were tried."""
    now = clock.now()
    _recover(now)
    tried = 0
    due = _due(now).order_by("try_at", "pk").values_list("pk", flat=True)
    for key in list(due[:limit]):
        tried += _send(key)
    return tried


def _due(now: datetime) -> QuerySet[Outgoing]:
    """What is to be tried now; without a mail server mails wait."""
    due = Outgoing.objects.filter(state=State.WAITING, try_at__lte=now)
    return due if is_ready() else due.exclude(kind=Kind.MAIL, made_at__gt=now - WORTH)


def _recover(now: datetime) -> None:
    """Rows whose worker ended: what the other side cannot have, or may have twice, waits again."""
    left = Outgoing.objects.filter(state=State.SENDING, claimed_at__lt=now - LEASE)
    if not left.exists():  # a look takes no lock that somebody else may be waiting for
        return
    again = Q(handed_at=None) | ~Q(kind=Kind.MAIL)
    left.filter(again).update(state=State.WAITING, try_at=now)
    left.filter(kind=Kind.MAIL, handed_at__lt=now - LEASE).update(state=State.UNSURE, ended_at=now)


def _send(key: int) -> bool:
    """Try one row, if it is still to be tried and nobody else does."""
    waiting = Outgoing.objects.select_related("run__play", "account", "person", "channel", "author")
    now = clock.now()
    row = waiting.filter(pk=key, state=State.WAITING, try_at__lte=now).first()
    if row is None or _put_off(row):
        return False
    claimed = Outgoing.objects.filter(pk=key, state=State.WAITING, attempts=row.attempts).update(
        state=State.SENDING, claimed_at=now, handed_at=None, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    row.attempts += 1
    outcome = _attempt(row)
    if outcome is not None:
        _tell(row, outcome)
    return True


def _put_off(row: Outgoing) -> bool:
    """Whether the quiet hours have begun since it fell due; it then waits for their end."""
    now = clock.now()
    at = awake(now, _quiet(row))
    if at == now:
        return False
    Outgoing.objects.filter(pk=row.pk, state=State.WAITING).update(try_at=at)
    return True


def _quiet(row: Outgoing) -> Quiet:
    if row.run is None:
        return Quiet(0, 0, weekends=False)
    try:
        return definition_of(row.run.play.key, row.run.version).quiet
    except TenureError:
        return Quiet()


def _attempt(row: Outgoing) -> Outcome | None:
    """Send it unless it is not wanted any more."""
    try:
        reason = _unwanted(row)
        if reason:
            return Outcome(State.DROPPED, reason)
        if row.kind == Kind.MAIL and _asked_at(row) <= clock.now() - WORTH:
            return Outcome(State.FAILED, row.reason or TOO_LATE)
        return SENDERS[row.kind](row, lambda: _handing(row))
    except Exception as error:  # noqa: BLE001 - whatever it was, it is told and tried again
        _log.exception("Something could not be sent.")
        may_be_out = row.kind == Kind.MAIL and _handed(row)
        state = State.UNSURE if may_be_out else State.WAITING
        return Outcome(state, one_line(f"{type(error).__name__}: {error}"))


def _asked_at(row: Outgoing) -> datetime:
    """When somebody, or a step, last wanted a mail to be sent."""
    again = row.payload.get(AGAIN)
    return datetime.fromisoformat(again) if again else row.made_at


def _unwanted(row: Outgoing) -> str:
    """Why a row is not to be sent any more; "" when it is."""
    if row.run is not None and row.run.state in {Run.State.STOPPED, Run.State.EXITED}:
        return STOPPED
    if row.kind != Kind.MAIL:
        return ""
    person, now = row.person, clock.now()
    if person is None or person.erased_at or person.merged_into_id:
        return GONE
    quiet = account_in_peace(row.account_id, now) or people_in_peace([person.pk], now)
    return PEACE if quiet else ""


def _mine(row: Outgoing) -> QuerySet[Outgoing]:
    """The row, while no other worker has taken it since."""
    return Outgoing.objects.filter(pk=row.pk, state=State.SENDING, attempts=row.attempts)


def _handing(row: Outgoing) -> bool:
    return bool(_mine(row).update(handed_at=clock.now()))


def _handed(row: Outgoing) -> bool:
    return _mine(row).filter(handed_at__isnull=False).exists()


def _tell(row: Outgoing, outcome: Outcome) -> None:
    now, state, try_at = clock.now(), outcome.state, row.try_at
    if state == State.WAITING:
        wait = _pause(row)
        if wait is None:
            state = State.FAILED
        else:
            try_at = awake(now + wait, _quiet(row))
            _aside(row, now)
    with transaction.atomic():
        told = _mine(row).update(
            state=state,
            reason=outcome.reason[:LONGEST],
            try_at=try_at,
            ended_at=None if state == State.WAITING else now,
        )
        if told and state == State.SENT and row.kind == Kind.MAIL:
            mail_touch(row, now)


def _pause(row: Outgoing) -> timedelta | None:
    """How long to wait after an attempt that failed; None when that was the last."""
    if row.kind == Kind.MAIL:
        return back_off(row.attempts)
    return timedelta(hours=HOURS[row.attempts - 1]) if row.attempts <= len(HOURS) else None


def _aside(row: Outgoing, now: datetime) -> None:
    """Let what goes the same failing way wait a little, so that it does not hold up the rest."""
    same = Outgoing.objects.filter(state=State.WAITING, try_at__lte=now, kind=row.kind)
    if row.kind != Kind.MAIL:
        same = same.filter(channel=row.channel_id)
    elif _handed(row):  # the server is there, and refused this one alone
        return
    same.update(try_at=now + ASIDE)
