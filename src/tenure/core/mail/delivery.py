"""Handing one mail to the server, so that a worker that ends at any moment never doubles it.

Until the server begins to be given the mail, nothing can have been delivered, and it may be tried
again as often as it takes (at least once). From then on it must not be tried again unless the
server itself refused it (at most once), and what nobody can know is told as such.
"""

import contextlib
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from tenure.core.mail.lines import one_line

BACK_OFF = tuple(timedelta(minutes=m) for m in (2, 5, 15, 30, 60, 120))
PERMANENT = 500
LONGEST = 500


class Result(Enum):
    """What became of an attempt. AGAIN: nothing was delivered, and a later attempt may succeed."""

    SENT = "sent"
    AGAIN = "again"
    REFUSED = "refused"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Delivery:
    """The result of an attempt, and what was said against it."""

    result: Result
    reason: str = ""


def deliver(message: EmailMessage, handing: Callable[[], bool]) -> Delivery | None:
    """Give a mail to the server; None when it was not this worker's to give any more.

    `handing` is called when the server is there, before it is given anything: it notes that the
    mail may be out from now on, and says whether it is still this worker's.
    """
    server = EmailBackend()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        return Delivery(Result.AGAIN, said(error))
    try:
        if not handing():
            return None
        server.send_messages([message])
    except smtplib.SMTPException as error:
        return _refused(error)
    except OSError as error:
        return Delivery(Result.UNSURE, said(error))
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.close()
    return Delivery(Result.SENT)


def _refused(error: smtplib.SMTPException) -> Delivery:
    """A server that answered has not taken the mail; one that fell silent may have."""
    code = code_of(error)
    if code is None:
        return Delivery(Result.UNSURE, said(error))
    return Delivery(Result.REFUSED if code >= PERMANENT else Result.AGAIN, said(error))


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


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed."""
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
