"""Links by which a person ends the mails of plays without signing in: signed, for them alone."""

from django.core import signing
from django.urls import reverse

from tenure.accounts.models import Person
from tenure.core.mail.setup import absolute

SALT = "tenure.plays.unsubscribe"


def token_of(person: int) -> str:
    """The token of a person. It does not run out: an old mail must unsubscribe too."""
    return signing.Signer(salt=SALT).sign_object(person)


def token_read(token: str) -> Person | None:
    """Whom a token names, or whom they became; None of one not made for this, or of nobody now."""
    try:
        key = signing.Signer(salt=SALT).unsign_object(token)
        person = Person.objects.get(pk=key)
        while person.merged_into is not None:
            person = person.merged_into
        return person if person.erased_at is None else None
    except (signing.BadSignature, ValueError, TypeError, Person.DoesNotExist):
        return None


def unsubscribe_link(person: int) -> str:
    """The whole address that unsubscribes."""
    return absolute(reverse("unsubscribe_person", args=[token_of(person)]))
