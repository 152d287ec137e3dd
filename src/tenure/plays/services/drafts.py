"""Keeping what somebody writes until they save or discard it. Drafts change nothing that counts."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction

from tenure.core import clock
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.plays.models import KeptDraft

MOST, LARGEST = 20, 500_000
FORGOTTEN = timedelta(days=90)


@transaction.atomic
def draft_keep(*, actor: User, key: str, form: Mapping[str, Sequence[str]]) -> KeptDraft | None:
    """Keep the form of a play for its writer; None for one too large to be kept.

    Of one writer the newest `MOST` are kept, none for longer than `FORGOTTEN`.
    """
    require(actor, Permission.EDIT_DEFINITIONS)
    size = sum(len(name) + sum(map(len, values)) for name, values in form.items())
    if size > LARGEST:
        return None
    now = clock.now()
    told = {name: [value.replace("\x00", "") for value in form[name]] for name in form}
    row, _made = KeptDraft.objects.update_or_create(
        user=actor, key=key, defaults={"form": told, "kept_at": now}
    )
    own = KeptDraft.objects.filter(user=actor).order_by("-kept_at", "-pk")
    kept = list(own.filter(kept_at__gt=now - FORGOTTEN).values_list("pk", flat=True)[:MOST])
    own.exclude(pk__in=kept).delete()
    return row


def draft_discard(*, actor: User, key: str) -> bool:
    """Forget what was kept; whether there was anything."""
    require(actor, Permission.EDIT_DEFINITIONS)
    return bool(KeptDraft.objects.filter(user=actor, key=key).delete()[0])


def draft_kept(user: User, key: str) -> KeptDraft | None:
    """What a user was writing; None: nothing."""
    return KeptDraft.objects.filter(user=user, key=key).first()
