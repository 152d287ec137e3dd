"""What plays did for an account, as its timeline tells it.

Who was held out is not told here: whoever works an account must not make up for it.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tenure.accounts.models import Account
from tenure.core.errors import TenureError
from tenure.plays.definition.shape import words_in
from tenure.plays.models import Approval, Outgoing, Run, RunStep
from tenure.plays.selectors.definitions import definition_of
from tenure.web.account.known import Known
from tenure.web.figures import Moment
from tenure.web.plays.outgoing import reason_of

ENDED = (Run.State.DONE, Run.State.EXITED, Run.State.STOPPED, Run.State.FAILED)
TOLD = ("mail", "set", "webhook", "chat")
"""Kinds of steps that are told one by one; tasks and letters have entries of their own."""


def started(account: Account, known: Known) -> QuerySet[Any]:
    """Plays that started by then, the newest first."""
    rows = Run.objects.filter(account=account, started_at__lte=known.moment)
    rows = rows.exclude(state=Run.State.HELD_OUT).select_related("play", "started_by")
    return rows.order_by("-started_at", "-pk")


def started_told(row: Run, known: Known) -> Moment:
    """A play's start."""
    facts = [str(row.started_by)] if row.started_by else []
    at: datetime = row.started_at or row.met_at
    return Moment(at, "play", _("Play"), "play", title_of(row), _("started"), "info", tuple(facts))


def ended(account: Account, known: Known) -> QuerySet[Any]:
    """Plays that ended by then."""
    rows = Run.objects.filter(account=account, state__in=ENDED, ended_at__lte=known.moment)
    rows = rows.filter(started_at__isnull=False).select_related("play")
    return rows.order_by("-ended_at", "-pk")


def ended_told(row: Run, known: Known) -> Moment:
    """A play's end, and why."""
    said = str(row.get_state_display())
    tone = "poor" if row.state == Run.State.FAILED else ""
    at: datetime = row.ended_at or row.met_at
    return Moment(at, "play", _("Play"), "play", title_of(row), said, tone)


def steps(account: Account, known: Known) -> QuerySet[Any]:
    """Steps that reached somebody, or changed something."""
    rows = RunStep.objects.filter(run__account=account, at__lte=known.moment, kind__in=TOLD)
    rows = rows.filter(outcome="done").select_related("run__play")
    return rows.order_by("-at", "-pk")


def step_told(row: RunStep, known: Known) -> Moment:
    """One step."""
    return Moment(row.at, "play", _("Play"), "play", title_of(row.run), _step_words(row), "", ())


def _step_words(row: RunStep) -> str:
    if row.kind == "mail":
        count = len(row.detail.get("people", ()))
        return ngettext("wrote to %(n)d person", "wrote to %(n)d people", count) % {"n": count}
    if row.kind == "set":
        return _("changed the account")
    return _("told %(channel)s") % {"channel": row.detail.get("channel", "")}


def approvals(account: Account, known: Known) -> QuerySet[Any]:
    """Approvals that were decided by then."""
    rows = Approval.objects.filter(run__account=account, decided_at__lte=known.moment)
    rows = rows.exclude(decision=Approval.Decision.OPEN)
    return rows.select_related("run__play", "decided_by").order_by("-decided_at", "-pk")


def approval_told(row: Approval, known: Known) -> Moment:
    """A decision and by whom."""
    facts = (str(row.decided_by),) if row.decided_by else ()
    title = f"{title_of(row.run)}: {row.get_decision_display()}"
    at: datetime = row.decided_at or row.asked_at
    return Moment(at, "play", _("Approval"), "check", title, row.note or row.question, "", facts)


def unsent(account: Account, known: Known) -> QuerySet[Any]:
    """What was to go out and did not, or may not have."""
    lost = (Outgoing.State.FAILED, Outgoing.State.UNSURE)
    rows = Outgoing.objects.filter(account=account, state__in=lost, ended_at__lte=known.moment)
    return rows.select_related("channel").order_by("-ended_at", "-pk")


def unsent_told(row: Outgoing, known: Known) -> Moment:
    """What happened to it."""
    title = row.payload.get("subject") or str(row.get_kind_display())
    at: datetime = row.ended_at or row.made_at
    said = str(row.get_state_display())
    facts = (reason_of(row),) if row.reason else ()
    return Moment(at, "play", str(row.get_kind_display()), "warning", title, said, "poor", facts)


def title_of(run: Run) -> str:
    """What the run's version is called in the reader's language; its key where it is not known."""
    try:
        found = definition_of(run.play.key, run.version)
    except TenureError:
        return run.play.key
    return words_in(found.title, get_language() or "en")
