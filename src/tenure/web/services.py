"""Writes made on the pages: profile, named views, handing accounts over, notes."""

from collections.abc import Sequence
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.accounts.rows import OwnerRow
from tenure.accounts.selectors import accounts_visible
from tenure.accounts.services import owner_assign
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may, require
from tenure.core.services import audit
from tenure.timeline.models import Touchpoint
from tenure.timeline.rows import TouchpointRow
from tenure.timeline.services import touchpoint_upsert_many
from tenure.web.models import SavedView
from tenure.web.whole import whole


@transaction.atomic
def profile_save(*, actor: User, name: str, language: str) -> None:
    """Set a user's own name and language."""
    if language not in dict(settings.LANGUAGES):
        raise TenureError(_("Tenure has no such language; choose one of the list."))
    actor.name, actor.language = name.strip()[:200], language
    actor.save(update_fields=["name", "language"])
    audit(actor=actor, action="profile.save", subject=actor, detail={"language": language})


@transaction.atomic
def view_save(*, actor: User, page: str, name: str, query: str) -> SavedView:
    """Keep a query string of a list page under a name; the same name replaces."""
    title = name.strip()[:80]
    if not title:
        raise TenureError(_("Give the view a name."))
    params = QueryDict(query[:2000].removeprefix("?"), mutable=True)
    params.pop("page", None)
    view, _made = SavedView.objects.update_or_create(
        user=actor,
        page=page,
        name=title,
        defaults={"query": params.urlencode(), "created_at": clock.now()},
    )
    audit(actor=actor, action="view.save", subject=view, detail={"name": title})
    return view


@transaction.atomic
def view_delete(*, actor: User, view_id: int) -> None:
    """Forget one of the actor's own views; somebody else's is left alone."""
    view = SavedView.objects.filter(user=actor, pk=view_id).first()
    if view is None:
        return
    audit(actor=actor, action="view.delete", subject=view, detail={"name": view.name})
    view.delete()


@transaction.atomic
def owners_assign(*, actor: User, accounts: Sequence[int], owner_id: str) -> int:
    """Hand accounts the actor may see to a user who works accounts; returns how many changed."""
    require(actor, Permission.WORK_ACCOUNTS)
    require(actor, Permission.SEE_ALL_ACCOUNTS)
    found = accounts_visible(actor).filter(pk__in=list(accounts))
    names = list(found.values_list("external_id", flat=True))
    if not names:
        raise TenureError(_("Tick at least one account first."))
    owner = User.objects.filter(pk=whole(owner_id) or 0).first()
    if owner is None or not may(owner, Permission.WORK_ACCOUNTS):
        raise TenureError(_("Choose an owner who works accounts: a viewer owns none."))
    rows = [OwnerRow(account_id=name, csm_email=owner.email) for name in names]
    changed = len(owner_assign(rows=rows).changed)
    audit(
        actor=actor,
        action="owner.assign",
        subject=owner,
        detail={"accounts": names, "changed": changed},
    )
    return changed


@transaction.atomic
def note_record(*, actor: User, account: Account, text: str) -> None:
    """Put a note on the timeline of an account the actor works."""
    require(actor, Permission.WORK_ACCOUNTS)
    if not accounts_visible(actor).filter(pk=account.pk).exists():
        raise TenureError(_("This account is not in your book, so you cannot write on it."))
    words = text.strip()[:20_000]
    if not words:
        raise TenureError(_("Write something first; the note was empty."))
    row = TouchpointRow(
        id=f"note-{uuid4()}",
        account_id=account.external_id,
        kind=Touchpoint.Kind.NOTE,
        occurred_at=clock.now(),
        subject=words.splitlines()[0][:120],
        body=words,
        csm_email=actor.email,
    )
    touchpoint_upsert_many(rows=[row])
    audit(actor=actor, action="note.record", subject=account, detail={"touchpoint": row.id})
