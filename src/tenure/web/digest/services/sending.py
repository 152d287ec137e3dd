"""Sending one digest, so that a worker that ends at any moment neither loses nor doubles it.

Until the server begins to be given the mail, nothing can have been delivered, and it is tried again
as often as it takes (at least once). From then on it is never tried again unless the server itself
refused it (at most once): a reminder that is missing costs less than one that comes twice, and the
row says that nobody knows.
"""

import contextlib
import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import F, QuerySet

from tenure.core import clock
from tenure.web.digest.choices import chosen_of
from tenure.web.digest.lines import one_line
from tenure.web.digest.message import NoAddress, message_of
from tenure.web.models import DigestSend

BACK_OFF = tuple(timedelta(minutes=m) for m in (2, 5, 15, 30, 60, 120))
PERMANENT = 500
LONGEST = 500
State = DigestSend.State
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
    server = EmailBackend()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(State.WAITING, said(error))
    try:
        if not _mine(row).update(handed_at=clock.now()):
            return None
        server.send_messages([message])
    except smtplib.SMTPException as error:
        return _refused(error)
    except OSError as error:
        return Outcome(State.UNSURE, said(error))
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.close()
    return Outcome(State.SENT)


def _refused(error: smtplib.SMTPException) -> Outcome:
    """A server that answered has not taken the mail; one that fell silent may have."""
    code = code_of(error)
    if code is None:
        return Outcome(State.UNSURE, said(error))
    return Outcome(State.FAILED if code >= PERMANENT else State.WAITING, said(error))


def code_of(error: smtplib.SMTPException) -> int | None:
    """The code a server refused with."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def said(error: Exception) -> str:
    """An error in the server's words, on one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return _told(code, text)
    if isinstance(error, smtplib.SMTPResponseException):
        return _told(error.smtp_code, error.smtp_error)
    return one_line(f"{type(error).__name__}: {error}")[:LONGEST]


def _told(code: int, text: bytes | str) -> str:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return one_line(f"{code} {words}")[:LONGEST]


def _tell(row: DigestSend, outcome: Outcome) -> None:
    now = clock.now()
    again = outcome.state == State.WAITING
    _mine(row).update(
        state=outcome.state,
        reason=outcome.reason[:LONGEST],
        try_at=_next(row.attempts, now) if again else row.try_at,
        ended_at=None if again else now,
    )


def _next(attempts: int, now: datetime) -> datetime:
    return now + BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
