"""Starting runs, stopping them, and deciding what they ask."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.errors import NotAllowed, TenureError
from tenure.core.models import User
from tenure.core.roles import Role
from tenure.core.selectors import role_of
from tenure.core.services import audit
from tenure.plays.models import Approval, Play, PlayCount, Run
from tenure.plays.running.ending import run_end
from tenure.plays.running.recipients import account_in_peace
from tenure.plays.services import rules
from tenure.plays.starting.counts import counts_add

State, Decision = Run.State, Approval.Decision
OPEN = (State.QUEUED, State.ACTIVE)
DECIDES = {Role.LEADER.value: {Role.LEADER, Role.ADMIN}, Role.ADMIN.value: {Role.ADMIN}}
REASON = 300


def run_begin(run: Run, at: datetime) -> None:
    """Let a queued run begin; the caller holds it, and has decided that it may."""
    run.state, run.started_at, run.wake_at = State.ACTIVE, at, at
    run.save(update_fields=["state", "started_at", "wake_at"])


def run_start_by_hand(
    *, actor: User | None, key: str, account: Account, because: Mapping[str, Any] | None = None
) -> Run:
    """Start a play that is on for an account, at once and whatever its trigger and limits say.

    Raises:
        NotAllowed: the actor does not work the account.
        TenureError: the play is off, the account has it, or is not to be disturbed.
    """
    rules.may_work(actor, account)
    play = Play.objects.filter(key=key).first()
    if play is None or play.running is None:
        raise _off()
    if account_in_peace(account.pk, clock.now()):
        raise TenureError(_("This account is not to be disturbed now; end that first."))
    try:
        with transaction.atomic():
            return _begun(actor, play, account, because)
    except IntegrityError as error:
        raise TenureError(_("The account goes through this play already.")) from error


def _begun(
    actor: User | None, play: Play, account: Account, because: Mapping[str, Any] | None
) -> Run:
    now = clock.now()
    # In the order in which the refresh locks them, so that the two never wait for each other.
    play = Play.objects.select_for_update().get(pk=play.pk)
    if play.running is None:  # switched off while this waited for the lock
        raise _off()
    queued = Run.objects.select_for_update().filter(play=play, account=account, state=State.QUEUED)
    run = queued.first()
    if run is None:
        told = {"kind": "manual", **(because or {})}
        run = Run(play=play, account=account, because=told, met_at=now)
    else:  # one that met the trigger and waited for a person, or for its turn
        run.because = {**(because or {}), **run.because}
        counts_add(play, now.date(), Counter({PlayCount.What.STARTED: 1}))
    run.version, run.started_by = play.running, actor
    run.save()
    run_begin(run, now)
    told = {"play": play.key, "version": run.version, "account": account.external_id}
    audit(actor=actor, action="run.start", subject=run, detail=told)
    return run


def _off() -> TenureError:
    return TenureError(_("This play is switched off; switch it on before you start it."))


@transaction.atomic
def run_stop(*, actor: User | None, run: Run, reason: str) -> Run:
    """Stop a run with a reason; what it has not sent yet is not sent. One that ended stays so."""
    row = _held(run)
    rules.may_work(actor, row.account)
    words = " ".join(reason.replace("\x00", "").split())[:REASON]
    if not words:
        raise TenureError(_("Say why the play is stopped for this account."))
    if row.state not in OPEN:
        return row
    run_end(row, State.STOPPED, words, clock.now())
    told = {"play": row.play.key, "account": row.account.external_id}
    audit(actor=actor, action="run.stop", subject=row, detail=told)
    return row


@transaction.atomic
def approval_decide(*, actor: User, approval: Approval, yes: bool, note: str = "") -> Approval:
    """Say yes or no to what a run asks; the run goes on, or ends, with its next turn.

    Who may is told by the role kept with the question, which is that of the version that runs.

    Raises:
        NotAllowed: the actor has another role, or does not work the account.
        TenureError: it is decided already, or the run has ended.
    """
    run = _held(approval.run)
    row = Approval.objects.get(pk=approval.pk)
    rules.may_work(actor, run.account)
    if role_of(actor) not in DECIDES.get(row.role, set()):
        raise NotAllowed(
            _("This asks for somebody with the role %(role)s.") % {"role": Role(row.role).label}
        )
    now = clock.now()
    if run.state != State.ACTIVE or row.decision != Decision.OPEN or row.expires_at <= now:
        raise TenureError(_("This is decided already, or was not decided in time."))
    row.decision = Decision.YES if yes else Decision.NO
    row.decided_at, row.decided_by = now, actor
    row.note = " ".join(note.replace("\x00", "").split())[:REASON]
    row.save()
    run.wake_at = now
    run.save(update_fields=["wake_at"])
    told = {"run": run.pk, "decision": row.decision, "account": run.account.external_id}
    audit(actor=actor, action="approval.decide", subject=row, detail=told)
    return row


def _held(run: Run) -> Run:
    """The run as it stands in the database, held until the transaction ends."""
    rows = Run.objects.select_for_update(of=("self",)).select_related("play", "account")
    return rows.get(pk=run.pk)
