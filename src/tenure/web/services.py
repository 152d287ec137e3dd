"""Writes that belong to the pages themselves: a user's own profile."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.services import audit


@transaction.atomic
def profile_save(*, actor: User, name: str, language: str) -> None:
    """Set a user's own name and language."""
    if language not in dict(settings.LANGUAGES):
        raise TenureError(_("Tenure has no such language; choose one of the list."))
    actor.name, actor.language = name.strip()[:200], language
    actor.save(update_fields=["name", "language"])
    audit(actor=actor, action="profile.save", subject=actor, detail={"language": language})
