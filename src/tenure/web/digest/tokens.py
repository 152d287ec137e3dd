"""Links that unsubscribe without signing in: signed, for one user and one kind, good for nothing
else.
"""

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from tenure.core.mail.setup import absolute
from tenure.core.models import User
from tenure.web.models import DigestKind

SALT = "tenure.digest.unsubscribe"


@dataclass(frozen=True)
class Unsubscribing:
    """Whom a token names, and what they want no more of."""

    user: User
    kind: DigestKind


def token_of(user: User, kind: str) -> str:
    """The token of a user's digest. It does not run out: an old mail must unsubscribe too."""
    return signing.Signer(salt=SALT).sign_object([user.pk, str(kind)])


def token_read(token: str) -> Unsubscribing | None:
    """What a token says; None of one not made for this, or of a user who is gone."""
    try:
        key, kind = signing.Signer(salt=SALT).unsign_object(token)
        return Unsubscribing(User.objects.get(pk=key), DigestKind(kind))
    except (signing.BadSignature, ValueError, TypeError, User.DoesNotExist):
        return None


def unsubscribe_link(user: User, kind: str) -> str:
    """The whole address that unsubscribes."""
    return absolute(reverse("unsubscribe", args=[token_of(user, kind)]))
