"""What every write of a suggestion asks first, and the change it keeps."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.accounts.selectors import accounts_visible
from tenure.advice.models import WAITING, Suggestion, SuggestionChange
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import may, require
from tenure.core.services import audit

WORDS = 300
LEAST, MOST = 0.05, 80.0
FROM_POOL = (SuggestionChange.What.TAKEN, SuggestionChange.What.GIVEN)
LATELY = timedelta(days=1)
"""For so long whoever comes second is told who was first."""


def may_decide(actor: User, suggestion: Suggestion) -> None:
    """Raise `NotAllowed` unless the actor works the account of a suggestion."""
    require(actor, Permission.WORK_ACCOUNTS)
    if not accounts_visible(actor).filter(pk=suggestion.account_id).exists():
        raise not_yours(suggestion)


def not_yours(suggestion: Suggestion) -> NotAllowed:
    """Why somebody cannot decide on a suggestion: who has taken it from the pool, if it was there.

    Whoever works accounts saw it in the pool, so who has it now is no secret to them.
    """
    # Read anew: what is joined to a row that was waited for is as of before the wait.
    first = User.objects.filter(pk=suggestion.person_id or 0).first()
    if first is not None and was_pooled(suggestion):
        return NotAllowed(taken_by(first))
    return NotAllowed(_("This account is not in your book; its owner can do this."))


def was_pooled(suggestion: Suggestion) -> bool:
    """Whether it was taken or given out from the pool just lately."""
    came = suggestion.changes.filter(what__in=FROM_POOL, at__gt=clock.now() - LATELY)
    return not suggestion.pooled and came.exists()


def taken_by(person: User) -> str:
    """What the others are told of who was first."""
    return _("%(who)s has taken this account meanwhile.") % {"who": person}


def locked(suggestion: Suggestion) -> Suggestion:
    """The suggestion as it stands in the database, held until the transaction ends."""
    rows = Suggestion.objects.select_for_update(of=("self",)).select_related("account", "person")
    return rows.get(pk=suggestion.pk)


def waits(suggestion: Suggestion) -> None:
    """Raise unless nobody has decided yet."""
    if suggestion.state not in WAITING:
        raise TenureError(
            _("This was %(state)s already.") % {"state": suggestion.get_state_display()}
        )


def works(person: User) -> None:
    """Raise unless somebody works accounts."""
    if not may(person, Permission.WORK_ACCOUNTS):
        raise TenureError(_("Choose somebody who works accounts: a viewer does no plays."))


def doer_for(account: Account, person: User) -> User:
    """Somebody who works accounts and sees this one."""
    works(person)
    if not accounts_visible(person).filter(pk=account.pk).exists():
        raise TenureError(
            _("%(who)s does not see this account; give it to its owner or to a leader.")
            % {"who": person}
        )
    return person


def words_of(text: str) -> str:
    """Words as they are kept."""
    return " ".join(text.replace("\x00", "").split())[:WORDS]


def kept(suggestion: Suggestion, actor: User | None, what: str, **detail: Any) -> Suggestion:
    """Save a suggestion, append its change and write the audit row."""
    suggestion.save()
    changes_append([suggestion], actor, what)
    told = {"account": suggestion.account.external_id, "play": suggestion.play} | detail
    audit(actor=actor, action=f"suggestion.{what}", subject=suggestion, detail=told)
    return suggestion


def changes_append(suggestions: Sequence[Suggestion], actor: User | None, what: str) -> None:
    """Append what the suggestions are now."""
    now = clock.now()
    SuggestionChange.objects.bulk_create(
        (
            SuggestionChange(
                suggestion=one, at=now, actor=actor, what=what, state=one.state,
                person_id=one.person_id, hours=one.hours, day=one.day, reason=one.reason,
                words=one.words, snoozed_until=one.snoozed_until,
            )
            for one in suggestions
        ),
        batch_size=500,
    )  # fmt: skip
