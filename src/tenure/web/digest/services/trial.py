"""A test mail to an administrator, and a look at the mail server."""

import contextlib
import smtplib

from django.core.mail.backends.smtp import EmailBackend
from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.core.mail.addresses import NoAddress
from tenure.core.mail.delivery import said
from tenure.core.mail.setup import absolute, faults
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.web.digest.message import Written, mail


def trial_send(*, actor: User) -> None:
    """Send the actor a mail now; what the server said against it is the error."""
    require(actor, Permission.MANAGE_USERS)
    if wrong := faults():
        raise TenureError(" ".join(wrong))
    link = absolute(reverse("profile"))
    server = EmailBackend()
    try:
        message = mail(actor, Written(_("A test mail from Tenure"), "test", {"link": link}), {})
        server.send_messages([message])
    except NoAddress as error:
        raise TenureError(str(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        told = _("The mail server did not take it: %(reason)s") % {"reason": said(error)}
        raise TenureError(told) from error
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.close()
    audit(actor=actor, action="mail.test", subject=actor)


def server_fault() -> str:
    """What the mail server says against a connection, with user and password if set; "" if fine."""
    server = EmailBackend()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as error:
        return said(error)
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.close()
    return ""
