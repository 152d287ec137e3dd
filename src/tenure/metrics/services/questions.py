"""Keeping questions to the event store, and letting go of them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may
from tenure.core.services import audit
from tenure.metrics.models import QuestionVersion, SavedQuestion
from tenure.metrics.selectors.questions import questions_of


@transaction.atomic
def question_save(
    *, actor: User, name: str, body: Mapping[str, Any], shared: bool = False
) -> SavedQuestion:
    """Keep what is asked under a name; the same name of the same owner gets a version more."""
    _require(actor)
    title = " ".join(name.split())[:80]
    if not title:
        raise TenureError(_("Give the question a name."))
    kept, _made = SavedQuestion.objects.select_for_update().get_or_create(
        owner=actor, name=title, retired_at=None, defaults={"created_at": clock.now()}
    )
    last = kept.versions.order_by("-version").first()
    if last is not None and (last.body, last.shared) == (dict(body), shared):
        return kept
    kept.shared = shared
    kept.save(update_fields=["shared"])
    row = QuestionVersion.objects.create(
        question=kept,
        version=last.version + 1 if last else 1,
        body=dict(body),
        shared=shared,
        created_at=clock.now(),
    )
    detail = {"name": title, "version": row.version, "shared": shared}
    audit(actor=actor, action="question.save", subject=kept, detail=detail)
    return kept


@transaction.atomic
def question_retire(*, actor: User, question_id: int) -> None:
    """Let go of one of the actor's own questions; its versions stay."""
    _require(actor)
    kept = questions_of(actor).filter(owner=actor, pk=question_id).first()
    if kept is None:
        raise TenureError(_("You have no such question."))
    kept.retired_at = clock.now()
    kept.save(update_fields=["retired_at"])
    audit(actor=actor, action="question.retire", subject=kept, detail={"name": kept.name})


def _require(actor: User) -> None:
    """Whoever may see accounts may ask about them, and keep what they ask."""
    if not any(may(actor, p) for p in (Permission.SEE_ALL_ACCOUNTS, Permission.SEE_OWN_BOOK)):
        raise NotAllowed(_("Your role sees no accounts, so it has no questions to keep."))
