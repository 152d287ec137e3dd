"""The list of plays: those that come with Tenure and one's own, by category."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenure.accounts.models import Account
from tenure.core import clock
from tenure.core.roles import Role
from tenure.plays.definition.reading import CATEGORIES
from tenure.plays.models import Approval, Run
from tenure.plays.selectors import KnownPlay, plays_known
from tenure.plays.services.runs import DECIDES
from tenure.web.plays.effect import effects_told
from tenure.web.plays.few import counted
from tenure.web.plays.words import Telling, text_of

M = TypeVar("M", bound=Model)
LATELY = timedelta(days=90)
State = Run.State
OPEN = (State.QUEUED, State.ACTIVE)
STATES: dict[str, Promise] = {
    "on": _("switched on"),
    "off": _("switched off"),
    "own": _("your own"),
    "newer": _("a newer version is not on"),
    "retired": _("retired"),
}


@dataclass(frozen=True)
class Chosen:
    """The filters of the address; nonsense is ignored."""

    words: str = ""
    category: str = ""
    state: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "Chosen":
        """From a query string."""
        category, state = query.get("category", ""), query.get("state", "")
        return cls(
            words=query.get("q", "").replace("\x00", "").strip()[:100],
            category=category if category in CATEGORIES else "",
            state=state if state in STATES else "",
        )

    @property
    def is_set(self) -> bool:
        return bool(self.words or self.category or self.state)

    def takes(self, row: "PlayRow") -> bool:
        """Whether a play passes."""
        text = f"{row.title} {row.goal} {row.trigger} {row.key}".casefold()
        known = row.known
        states = {
            "": not known.retired, "on": known.running is not None, "retired": known.retired,
            "off": known.running is None and not known.retired,
            "own": not known.comes_with and not known.retired, "newer": row.is_newer,
        }  # fmt: skip
        category = not self.category or row.category == self.category
        return (
            category
            and states[self.state]
            and all(w in text for w in self.words.casefold().split())
        )


@dataclass(frozen=True)
class Counts:
    """Accounts the reader may see: in it now, held out and done in the last 90 days."""

    running: int = 0
    held_out: int = 0
    done: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class PlayRow:
    """A play in the list. `waiting`: approvals the reader could decide."""

    known: KnownPlay
    title: str
    goal: str
    category: str
    trigger: str
    counts: Counts
    waiting: int
    effect: str
    knows: bool = True

    @property
    def held_out(self) -> str:
        """How many are held out, as far as the reader is told."""
        return counted(self.counts.held_out, self.knows)

    @property
    def key(self) -> str:
        return self.known.key

    @property
    def is_newer(self) -> bool:
        """Whether a version was saved after the one that is on."""
        return self.known.running is not None and self.known.newest > self.known.running


def title_of(known: KnownPlay) -> str:
    """Its title in the reader's language; its key while it cannot be read."""
    return text_of(known.definition.title) if known.definition else known.key


def play_rows(
    visible: QuerySet[Account], role: Role | None, *, knows: bool = True
) -> list[PlayRow]:
    """Every play, retired ones too, by title; `knows`: the reader may know who is held out."""
    telling, counts = Telling(), counts_of(visible)
    approvals, effects = approvals_by_play(visible, role), effects_told(knows=knows)
    rows = [
        _row(known, telling, counts.get(known.key, Counts()), approvals.get(known.key, 0),
             effects.get(known.key, ""), knows)
        for known in plays_known(retired=True)
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.title.casefold(), row.key))


def _row(known: KnownPlay, telling: Telling, counts: Counts, waiting: int, effect: str,
         knows: bool) -> PlayRow:  # fmt: skip
    says = known.definition
    return PlayRow(
        known, title_of(known), text_of(says.goal) if says else "",
        says.category if says else "", telling.trigger(says) if says else "",
        counts, waiting, effect, knows,
    )  # fmt: skip


def _seen(rows: QuerySet[M], visible: QuerySet[Account], account: str) -> QuerySet[M]:
    """The rows of the accounts one may see; who sees all is not looked up account by account."""
    return rows.filter(**{f"{account}__in": visible}) if visible.query.where else rows


def counts_of(visible: QuerySet[Account], key: str | None = None) -> dict[str, Counts]:
    """Key of a play → its accounts by state."""
    since = clock.now() - LATELY
    rows = _seen(Run.objects.all(), visible, "account")
    if key is not None:
        rows = rows.filter(play__key=key)
    counted = rows.values_list("play__key").annotate(
        running=Count("pk", filter=Q(state=State.ACTIVE)),
        held_out=Count("pk", filter=Q(state=State.HELD_OUT, met_at__gte=since)),
        done=Count("pk", filter=Q(state=State.DONE, ended_at__gte=since)),
        waiting=Count("pk", filter=Q(state=State.QUEUED)),
    )
    return {name: Counts(*numbers) for name, *numbers in counted.order_by("play__key")}


def decides(role: Role | None) -> tuple[str, ...]:
    """Whose approvals a role may decide."""
    return tuple(asked for asked, roles in DECIDES.items() if role in roles)


def approvals_open(visible: QuerySet[Account], role: Role | None) -> QuerySet[Approval]:
    """Approvals that a role could decide now, the one that expires first at the top."""
    rows = Approval.objects.filter(
        decision=Approval.Decision.OPEN, role__in=decides(role), run__state=State.ACTIVE,
        expires_at__gt=clock.now(),
    )  # fmt: skip
    rows = _seen(rows, visible, "run__account")
    return rows.select_related("run__play", "run__account").order_by("expires_at", "pk")


def approvals_by_play(visible: QuerySet[Account], role: Role | None) -> dict[str, int]:
    """Key of a play → approvals that a role could decide now."""
    rows = approvals_open(visible, role).order_by().values_list("run__play__key")
    return dict(rows.annotate(n=Count("pk")))


@dataclass(frozen=True)
class Shelf:
    """The plays of a category."""

    key: str
    title: str
    rows: list[PlayRow]


def shelves(rows: Iterable[PlayRow]) -> list[Shelf]:
    """Rows under the heading of their category; what cannot be read comes last."""
    kept = list(rows)
    names = [*CATEGORIES.items(), ("", _("Cannot be read"))]
    found = [Shelf(key, str(name), [r for r in kept if r.category == key]) for key, name in names]
    return [shelf for shelf in found if shelf.rows]
