"""A digest as a mail: subject, plain text, HTML, and the headers that let a reader end it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from tenure.core.mail.addresses import addressed, leaving, message_id
from tenure.core.mail.lines import one_line
from tenure.core.mail.setup import absolute
from tenure.core.models import User
from tenure.web.digest.daily import daily_of
from tenure.web.digest.tokens import unsubscribe_link
from tenure.web.digest.weekly import weekly_of
from tenure.web.models import DigestKind


@dataclass(frozen=True)
class Written:
    """What a digest says: its subject, and what its templates show."""

    subject: str
    template: str
    context: dict[str, Any]


def message_of(user: User, kind: str, period: date) -> EmailMultiAlternatives | None:
    """The digest of a user in their language; None when there is nothing to say."""
    with translation.override(language_of(user)):
        written = _weekly(user, period) if kind == DigestKind.WEEKLY else _daily(user)
        if written is None:
            return None
        link = unsubscribe_link(user, kind)
        context = {"unsubscribe": link, "profile": absolute(reverse("profile")), **written.context}
        return mail(
            user,
            Written(written.subject, written.template, context),
            {**leaving(link), "Message-ID": _name(user, kind, period)},
        )


def language_of(user: User) -> str:
    """The language a user reads, or the installation's own."""
    known = translation.check_for_language(user.language)
    return user.language if user.language and known else settings.LANGUAGE_CODE


def mail(user: User, written: Written, headers: dict[str, str]) -> EmailMultiAlternatives:
    """A mail to a user, in the language that is active now."""
    words = {"language": translation.get_language(), "subject": written.subject, **written.context}
    found = EmailMultiAlternatives(
        subject=one_line(written.subject),
        body=render_to_string(f"mail/{written.template}.txt", words),
        from_email=one_line(settings.MAIL_FROM),
        to=[addressed(user.name, user.email)],
        headers={"Auto-Submitted": "auto-generated", **headers},
    )
    found.attach_alternative(render_to_string(f"mail/{written.template}.html", words), "text/html")
    found.message()  # whatever cannot be written into a mail fails here, before a server is asked
    return found


def _name(user: User, kind: str, period: date) -> str:
    """The same for every attempt, so that a mailbox that knows it shows it once."""
    return message_id(f"digest-{kind}-{period}", f"{user.pk} {kind} {period}")


def _daily(user: User) -> Written | None:
    daily = daily_of(user)
    return Written(daily.subject, "daily", {"daily": daily}) if daily else None


def _weekly(user: User, period: date) -> Written | None:
    weekly = weekly_of(user, period)
    return Written(weekly.subject, "weekly", {"weekly": weekly}) if weekly else None
