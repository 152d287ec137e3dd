"""What people do with a suggestion short of taking it: dismiss, snooze, hand over, reopen."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenure.advice.models import WAITING, Reason, State, Suggestion, SuggestionChange
from tenure.advice.services import rules
from tenure.advice.services.pool import suggestion_given
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User

What = SuggestionChange.What
LAST = date(2100, 1, 1)


@transaction.atomic
def suggestion_dismiss(
    *, actor: User, suggestion: Suggestion, reason: str, words: str = ""
) -> Suggestion:
    """Say why it will not be done; the play is not suggested again for the account for a time."""
    row = rules.locked(suggestion)
    rules.may_decide(actor, row)
    if reason not in Reason.values:
        raise TenureError(_("Say why: choose one of the reasons."))
    said = rules.words_of(words)
    if row.state == State.DISMISSED and (row.reason, row.words) == (reason, said):
        return row
    rules.waits(row)
    row.state, row.reason, row.words = State.DISMISSED, Reason(reason), said
    row.snoozed_until = None
    row.decided_at, row.decided_by = clock.now(), actor
    return rules.kept(row, actor, What.DISMISSED, reason=reason)


@transaction.atomic
def suggestion_snooze(*, actor: User, suggestion: Suggestion, until: date | None) -> Suggestion:
    """Keep it out of sight before a day to come."""
    row = rules.locked(suggestion)
    rules.may_decide(actor, row)
    rules.waits(row)
    if until is None or not clock.today() < until < LAST:
        raise TenureError(_("Choose a day to come for it to come back on."))
    if (row.state, row.snoozed_until) == (State.SNOOZED, until):
        return row
    row.state, row.snoozed_until = State.SNOOZED, until
    return rules.kept(row, actor, What.SNOOZED, until=until.isoformat())


@transaction.atomic
def suggestion_hand_over(*, actor: User, suggestion: Suggestion, person: User) -> Suggestion:
    """Propose it to somebody else who sees the account; one of the pool makes it theirs."""
    row = rules.locked(suggestion)
    rules.may_decide(actor, row)
    rules.waits(row)
    if row.pooled:
        return suggestion_given(row, actor, person, What.GIVEN)
    rules.doer_for(row.account, person)
    if row.person_id == person.pk:
        return row
    row.person, row.state, row.snoozed_until = person, State.HANDED_OVER, None
    return rules.kept(row, actor, What.HANDED_OVER, to=person.pk)


@transaction.atomic
def suggestion_reopen(*, actor: User, suggestion: Suggestion) -> Suggestion:
    """Take back that it was dismissed or snoozed, while its week runs."""
    row = rules.locked(suggestion)
    rules.may_decide(actor, row)
    if row.state in {State.OPEN, State.HANDED_OVER}:
        return row
    if row.state not in {State.DISMISSED, State.SNOOZED}:
        raise TenureError(_("What was begun cannot be taken back here; stop the play instead."))
    if row.week < clock.week_start(clock.today()):
        raise TenureError(_("The week of this suggestion is over."))
    others = Suggestion.objects.filter(account=row.account_id, state__in=WAITING)
    if others.exclude(pk=row.pk).exists():
        raise TenureError(_("Another play is suggested for this account by now."))
    row.state, row.reason, row.words, row.snoozed_until = State.OPEN, "", "", None
    row.decided_at = row.decided_by = None
    try:
        with transaction.atomic():
            return rules.kept(row, actor, What.REOPENED)
    except IntegrityError as error:
        raise TenureError(_("Another play is suggested for this account by now.")) from error
