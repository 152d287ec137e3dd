"""Whether mail can be sent from here, and if not, what is missing."""

import re
from collections.abc import Iterator
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from tenure.core.mail.lines import one_line

PLAIN = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+")
WEB = ("http", "https")


def is_wanted() -> bool:
    """Whether a mail server was named at all."""
    return bool(settings.SMTP_URL)


def is_ready() -> bool:
    """Whether mail can be sent."""
    return is_wanted() and not faults()


def faults() -> list[str]:
    """A sentence for each setting that is missing or wrong."""
    return list(_faults())


def _faults() -> Iterator[str]:
    if not settings.SMTP_URL:
        yield _("No mail server is named: set TENURE_SMTP_URL.")
    if not is_address(parseaddr(settings.MAIL_FROM)[1]):
        yield _("The sender is missing: set TENURE_MAIL_FROM, as Tenure <tenure@company.com>.")
    address = urlsplit(settings.BASE_URL)
    if address.scheme not in WEB or not address.hostname or address.query or address.fragment:
        yield _(
            "Links in mails need the address people open Tenure at: "
            "set TENURE_BASE_URL, as https://tenure.company.com."
        )
    if settings.MAIL_UNSUBSCRIBE and not is_address(settings.MAIL_UNSUBSCRIBE):
        yield _("TENURE_MAIL_UNSUBSCRIBE is no mail address: name a mailbox, or leave it out.")


def is_address(text: str) -> bool:
    """Whether a text is one mail address and nothing else, so that no header can be slipped in."""
    return text == one_line(text) and PLAIN.fullmatch(text) is not None


def absolute(path: str) -> str:
    """The whole address of a page, as a mail needs it."""
    return f"{settings.BASE_URL}{path}"


def host() -> str:
    """The host in the addresses of the pages."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"
