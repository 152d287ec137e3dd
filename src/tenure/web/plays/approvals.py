"""Questions that plays ask people: those open, and those decided."""

from dataclasses import dataclass

from django.db.models import QuerySet

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.roles import Role
from tenure.plays.definition.program import program
from tenure.plays.definition.shape import ApproveStep
from tenure.plays.models import Approval, Run
from tenure.web.plays.because import because_words
from tenure.web.plays.choices import DECIDERS
from tenure.web.plays.library import decides
from tenure.web.plays.runs import definition_run
from tenure.web.plays.words import Telling, text_of

Decision = Approval.Decision


@dataclass(frozen=True)
class Asked:
    """A question that is open. `mine`: the reader may decide it; `goes_on`: without an answer."""

    approval: Approval
    play: str
    because: str
    who: str
    mine: bool
    goes_on: bool

    @property
    def run(self) -> Run:
        return self.approval.run


def asked(visible: QuerySet[Account], role: Role | None, play: str = "") -> list[Asked]:
    """Open questions of accounts the reader may see: theirs first, what ends first at the top."""
    rows = Approval.objects.filter(
        decision=Decision.OPEN, run__account__in=visible, run__state=Run.State.ACTIVE,
        expires_at__gt=clock.now(),
    )  # fmt: skip
    rows = rows.filter(run__play__key=play) if play else rows
    rows = rows.select_related("run__play", "run__account").order_by("expires_at", "pk")
    mine = decides(role)
    telling = Telling()
    found = [_asked(row, row.role in mine, telling) for row in rows]
    return sorted(found, key=lambda one: not one.mine)


def _asked(row: Approval, mine: bool, telling: Telling) -> Asked:
    says = definition_run(row.run)
    return Asked(
        approval=row,
        play=text_of(says.title) if says else row.run.play.key,
        because=because_words(row.run.because, telling),
        who=str(DECIDERS.get(row.role, row.role)),
        mine=mine,
        goes_on=_goes_on(row),
    )


def _goes_on(row: Approval) -> bool:
    """Whether the play goes on when nobody decides in time."""
    says = definition_run(row.run)
    lines = program(says) if says else ()
    step = lines[row.run.position].step if row.run.position < len(lines) else None
    return isinstance(step, ApproveStep) and step.go_on


def decided(visible: QuerySet[Account], play: str = "") -> QuerySet[Approval]:
    """Questions that were decided, or not in time, the newest first."""
    rows = Approval.objects.filter(run__account__in=visible).exclude(decision=Decision.OPEN)
    rows = rows.filter(run__play__key=play) if play else rows
    related = ("run__play", "run__account", "decided_by")
    return rows.select_related(*related).order_by("-decided_at", "-pk")
