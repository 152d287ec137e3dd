"""Small numbers of held-out accounts, which would name them, told only to who may know the arms."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenure.core.roles import Permission
from tenure.web.access import allowed
from tenure.web.templatetags.formats import number

FEW = 5
"""From so many on a number names nobody."""


def knows_arms(request: HttpRequest) -> bool:
    """Whether the reader may know who is held out. Whoever works accounts must not make up for it;
    whoever writes plays has to see what they do.
    """
    return allowed(request, Permission.EDIT_DEFINITIONS)


def is_few(count: int, knows: bool) -> bool:
    """Whether a number is not for this reader."""
    return not knows and count < FEW


def counted(count: int, knows: bool) -> str:
    """How many are held out, as far as the reader is told."""
    return _("fewer than %(n)s") % {"n": number(FEW)} if is_few(count, knows) else number(count)
