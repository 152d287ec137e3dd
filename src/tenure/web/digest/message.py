"""A digest as a mail: subject, plain text, HTML, and the headers that let a reader end it."""

import hashlib
from dataclasses import dataclass
from datetime import date
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tenure.core.models import User
from tenure.web.digest.daily import daily_of
from tenure.web.digest.lines import one_line
from tenure.web.digest.setup import absolute, host, is_address
from tenure.web.digest.tokens import unsubscribe_link
from tenure.web.digest.weekly import weekly_of
from tenure.web.models import DigestKind


class NoAddress(Exception):
    """The user cannot be written to."""


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
            {**_leaving(link), "Message-ID": _name(user, kind, period)},
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
        to=[_address(user)],
        headers={"Auto-Submitted": "auto-generated", **headers},
    )
    found.attach_alternative(render_to_string(f"mail/{written.template}.html", words), "text/html")
    found.message()  # whatever cannot be written into a mail fails here, before a server is asked
    return found


def _address(user: User) -> str:
    address = user.email
    try:
        sanitize_address(address, "utf-8")
    except ValueError as error:
        raise NoAddress(_no_address(address)) from error
    if not is_address(address):
        raise NoAddress(_no_address(address))
    return formataddr((one_line(user.name), address))


def _no_address(address: str) -> str:
    return _("%(address)s is no mail address that can be written to.") % {
        "address": one_line(address)
    }


def _leaving(link: str) -> dict[str, str]:
    """Headers for unsubscribing; with one click (RFC 8058) only where the link is encrypted."""
    ways = [f"<{link}>"]
    if settings.MAIL_UNSUBSCRIBE:
        ways.append(f"<mailto:{settings.MAIL_UNSUBSCRIBE}?subject=unsubscribe>")
    headers = {"List-Unsubscribe": ", ".join(ways)}
    if link.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _name(user: User, kind: str, period: date) -> str:
    """The same for every attempt, so that a mailbox that knows it shows it once."""
    mark = hashlib.sha256(f"{settings.BASE_URL} {user.pk} {kind} {period}".encode()).hexdigest()
    return f"<digest-{kind}-{period}-{mark[:20]}@{host()}>"


def _daily(user: User) -> Written | None:
    daily = daily_of(user)
    return Written(daily.subject, "daily", {"daily": daily}) if daily else None


def _weekly(user: User, period: date) -> Written | None:
    weekly = weekly_of(user, period)
    return Written(weekly.subject, "weekly", {"weekly": weekly}) if weekly else None
