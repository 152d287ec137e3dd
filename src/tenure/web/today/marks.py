"""What was put away: findings done, and those snoozed until a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from msgspec.structs import replace

from tenure.accounts.models import Account, OwnerAssignment
from tenure.contracts.selectors import invoices_owed
from tenure.core import clock
from tenure.core.models import User
from tenure.relationship.models import Standing
from tenure.timeline.selectors import tickets_open
from tenure.web.models import QueueMark
from tenure.web.today.findings import KINDS, Finding

HANDLED = timedelta(days=14)
"""What was done stays away this long; by then the same again is news."""
COMES_BY_ITSELF = ("task", "renewal")
State = QueueMark.State


@dataclass(frozen=True)
class Marks:
    """What hides findings from a user. `asleep`: (account, kind) snoozed beyond today."""

    done: frozenset[tuple[int, str, str]]
    asleep: frozenset[tuple[int, str]]
    due: tuple[QueueMark, ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing was put away."""
        return not (self.done or self.asleep or self.due)

    def hides(self, finding: Finding) -> bool:
        if finding.kind == "task":
            return False
        name = (finding.account, finding.kind)
        return name in self.asleep or (*name, finding.key) in self.done


def marks_of(user: User, accounts: QuerySet[Account], today: date) -> Marks:
    """What the user put away, and what the owners of the accounts did."""
    open_rows = QueueMark.objects.filter(ended_at__isnull=True, account__in=accounts)
    owned = OwnerAssignment.objects.filter(
        account=OuterRef("account"), owner=OuterRef("user"), until__isnull=True
    )
    done = open_rows.filter(
        Q(user=user) | Q(Exists(owned)), state=State.DONE, made_at__gt=clock.now() - HANDLED
    )
    snoozed = list(open_rows.filter(user=user, state=State.SNOOZED).order_by("pk"))
    return Marks(
        done=frozenset(done.values_list("account_id", "kind", "key")),
        asleep=frozenset((m.account_id, m.kind) for m in snoozed if m.until and m.until > today),
        due=tuple(m for m in snoozed if m.until is None or m.until <= today),
    )


def with_returned(findings: Sequence[Finding], marks: Marks) -> list[Finding]:
    """The findings not put away, and those whose snooze is over if they still hold.

    One that is news again by itself is not told twice.
    """
    if marks.nothing:
        return list(findings)
    kept = [one for one in findings if not marks.hides(one)]
    there = {(one.account, one.kind) for one in findings}
    back = [
        mark
        for mark in marks.due
        if (mark.account_id, mark.kind) not in there
        and mark.kind in KINDS
        and mark.kind not in COMES_BY_ITSELF
        and (mark.account_id, mark.kind, mark.key) not in marks.done
    ]
    since = {(mark.account_id, mark.kind): mark.made_at.date() for mark in marks.due}
    if since:
        kept = [replace(one, back=since.get((one.account, one.kind))) for one in kept]
    return kept + [_returned(mark) for mark in _still(back)]


def _returned(mark: QueueMark) -> Finding:
    day = mark.made_at.date()
    return Finding(mark.account_id, mark.kind, mark.key, mark.urgency, mark.facts, day)


def _still(marks: Sequence[QueueMark]) -> Iterable[QueueMark]:
    """Those that were not settled meanwhile: paid, resolved, recovered."""
    invoices = [m.facts["invoice"] for m in marks if m.kind == "payment"]
    tickets = [m.facts["ticket"] for m in marks if m.kind == "ticket"]
    owed = invoices_owed(invoices) if invoices else set()
    unsolved = tickets_open(tickets) if tickets else set()
    standing = [m.account_id for m in marks if m.kind in {"slipping", "near"}]
    stands = Standing.objects.filter(account__in=standing).in_bulk(field_name="account_id")
    for mark in marks:
        where = stands.get(mark.account_id)
        settled = {
            "payment": mark.facts.get("invoice") not in owed,
            "ticket": mark.facts.get("ticket") not in unsolved,
            "slipping": where is None or not where.slipping,
            "near": where is None or where.missing_clause != mark.facts.get("missing"),
        }
        if not settled.get(mark.kind, False):
            yield mark


def put_away(user: User, accounts: QuerySet[Account], today: date) -> list[QueueMark]:
    """What the user put away today, and what is asleep, newest first."""
    rows = QueueMark.objects.filter(user=user, account__in=accounts, ended_at__isnull=True)
    done = Q(state=State.DONE, made_at__date=today)
    asleep = Q(state=State.SNOOZED, until__gt=today)
    shown = ("account__name", "kind", "key", "urgency", "facts", "until")
    found = rows.filter(done | asleep).select_related("account").only("account", *shown)
    return list(found.order_by("-made_at", "-pk"))
