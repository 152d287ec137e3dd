"""Who a mail goes to, and the headers that let a reader end what they get."""

import hashlib
from email.utils import formataddr

from django.conf import settings
from django.core.mail.message import sanitize_address
from django.utils.translation import gettext as _

from tenure.core.mail.lines import one_line
from tenure.core.mail.setup import host, is_address


class NoAddress(Exception):
    """Somebody cannot be written to."""


def addressed(name: str, address: str) -> str:
    """A name with an address as a header has them; raises `NoAddress`."""
    try:
        sanitize_address(address, "utf-8")
    except ValueError as error:
        raise NoAddress(_no_address(address)) from error
    if not is_address(address):
        raise NoAddress(_no_address(address))
    return formataddr((one_line(name), address))


def _no_address(address: str) -> str:
    return _("%(address)s is no mail address that can be written to.") % {
        "address": one_line(address)
    }


def leaving(link: str) -> dict[str, str]:
    """Headers for unsubscribing; with one click (RFC 8058) only where the link is encrypted."""
    ways = [f"<{link}>"]
    if settings.MAIL_UNSUBSCRIBE:
        ways.append(f"<mailto:{settings.MAIL_UNSUBSCRIBE}?subject=unsubscribe>")
    headers = {"List-Unsubscribe": ", ".join(ways)}
    if link.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def message_id(label: str, name: str) -> str:
    """A Message-ID that is the same for every attempt, so that a mailbox shows the mail once."""
    mark = hashlib.sha256(f"{settings.BASE_URL} {name}".encode()).hexdigest()
    return f"<{label}-{mark[:20]}@{host()}>"
