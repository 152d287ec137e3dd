"""Sending one digest, so that a worker that ends at any moment neither loses nor doubles it.

Until the server begins to be given the mail, nothing can have been delivered, and it is tried again
as often as it takes (at least once). From then on it is never tried again unless the server itself
refused it (at most once): a reminder that is missing costs less than one that comes twice, and the
row says that nobody knows.
"""

import logging
from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.db.models import F, QuerySet

from tenure.core import clock
from tenure.core.mail.addresses import NoAddress
from tenure.core.mail.delivery import LONGEST, Result, back_off, deliver
from tenure.web.digest.choices import chosen_of
from tenure.web.digest.message import message_of
from tenure.web.models import DigestSend

State = DigestSend.State
STATES = {
    Result.SENT: State.SENT,
    Result.AGAIN: State.WAITING,
    Result.REFUSED: State.FAILED,
    Result.UNSURE: State.UNSURE,
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt; one that is to be repeated is waiting again."""

    state: State
    reason: str = ""


def send(key: int) -> str:
    """Send one digest; the state it is in then, or "" when it is not this worker's to send."""
    if not _claimed(key):
        return ""
    row = DigestSend.objects.select_related("user").get(pk=key)
    outcome = _attempt(row)
    if outcome is None:
        return ""
    _tell(row, outcome)
    return outcome.state.value


def _claimed(key: int) -> bool:
    waiting = DigestSend.objects.filter(pk=key, state=State.WAITING)
    now = clock.now()
    return bool(
        waiting.update(
            state=State.SENDING, claimed_at=now, handed_at=None, attempts=F("attempts") + 1
        )
    )


def _mine(row: DigestSend) -> QuerySet[DigestSend]:
    """The row, while no other worker has taken it since."""
    return DigestSend.objects.filter(pk=row.pk, state=State.SENDING, attempts=row.attempts)


def _attempt(row: DigestSend) -> Outcome | None:
    if chosen_of(row.user).kind != row.kind:
        return Outcome(State.DROPPED)
    try:
        message = message_of(row.user, row.kind, row.period)
    except NoAddress as error:
        return Outcome(State.FAILED, str(error))
    except Exception as error:  # noqa: BLE001 - whatever it was, it is told and tried again
        _log.exception("A digest could not be written; it will be tried again.")
        return Outcome(State.WAITING, f"{type(error).__name__}: {error}")
    return Outcome(State.EMPTY) if message is None else _deliver(row, message)


def _deliver(row: DigestSend, message: EmailMultiAlternatives) -> Outcome | None:
    done = deliver(message, lambda: bool(_mine(row).update(handed_at=clock.now())))
    return None if done is None else Outcome(STATES[done.result], done.reason)


def _tell(row: DigestSend, outcome: Outcome) -> None:
    now = clock.now()
    again = outcome.state == State.WAITING
    _mine(row).update(
        state=outcome.state,
        reason=outcome.reason[:LONGEST],
        try_at=now + back_off(row.attempts) if again else row.try_at,
        ended_at=None if again else now,
    )
