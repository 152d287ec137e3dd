"""Mails of plays: written from what the step worked out, and handed over at most once."""

from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from tenure.core.mail.addresses import NoAddress, addressed, leaving
from tenure.core.mail.delivery import Result, deliver
from tenure.core.mail.lines import one_line
from tenure.plays.models import Outgoing
from tenure.plays.outbox.outcome import Outcome
from tenure.plays.outbox.tokens import unsubscribe_link
from tenure.plays.outbox.touching import mail_id

State = Outgoing.State
STATES = {
    Result.SENT: State.SENT,
    Result.AGAIN: State.WAITING,
    Result.REFUSED: State.FAILED,
    Result.UNSURE: State.UNSURE,
}


def send_mail(row: Outgoing, handing: Callable[[], bool]) -> Outcome | None:
    """Give a mail to the server; None when it is another worker's meanwhile."""
    try:
        message = message_of(row)
    except NoAddress as error:
        return Outcome(State.FAILED, str(error))
    done = deliver(message, handing)
    return None if done is None else Outcome(STATES[done.result], done.reason)


def message_of(row: Outgoing) -> EmailMessage:
    """The mail of a row, from the installation's address, answered to the account's owner."""
    said = row.payload
    with translation.override(said["language"]):
        link = unsubscribe_link(row.person_id or 0)
        foot = _("If you would rather not get such mails, tell us here: %(link)s") % {"link": link}
    found = EmailMessage(
        subject=one_line(said["subject"]),
        body=f"{said['body'].rstrip()}\n\n-- \n{foot}\n",
        from_email=one_line(settings.MAIL_FROM),
        to=[addressed(said["name"], said["to"])],
        reply_to=_answered_to(said),
        headers={**leaving(link), "Message-ID": mail_id(row.key)},
    )
    found.message()  # whatever cannot be written into a mail fails here, before a server is asked
    return found


def _answered_to(said: dict[str, str]) -> list[str]:
    try:
        return [addressed(said["reply_name"], said["reply_to"])] if said["reply_to"] else []
    except NoAddress:
        return []
