"""The timeline of an account: one list from every room that knows of something worth telling."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from heapq import nlargest
from typing import Any, TypeAlias

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from tenure.accounts.models import Account
from tenure.health.models import BandChange
from tenure.relationship.models import LevelChange
from tenure.timeline.models import (
    Advocacy,
    Outcome,
    PlayRecord,
    Pulse,
    SurveyAnswer,
    Ticket,
    Touchpoint,
)
from tenure.web.account import plays_told, replies_told
from tenure.web.account.known import Known
from tenure.web.account.standing import band_name, level_name
from tenure.web.figures import Moment
from tenure.web.templatetags.formats import number

PAGE = 30


Rows: TypeAlias = Callable[[Account, Known], QuerySet[Any]]
Told: TypeAlias = Callable[[Any, Known], Moment]
More: TypeAlias = Callable[[list[Any], Account, Known], Mapping[int, tuple[str, ...]]]


@dataclass(frozen=True)
class Source:
    """Where entries come from: the newest rows by then, and how one of them is told.

    `more`: what else is said of some rows, found for all of them at once.
    """

    rows: Rows
    told: Told
    more: More | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of entries that readers can choose, from one source or several."""

    name: Any
    sources: tuple[Source, ...]


def _kind(name: Any, rows: Rows, told: Told, *others: Source) -> Kind:
    return Kind(name, (Source(rows, told), *others))


def _fact(model: Any, at: str, *related: str) -> Callable[[Account, Known], QuerySet[Any]]:
    def rows(account: Account, known: Known) -> QuerySet[Any]:
        found = known.facts(model.objects.filter(account=account, **{f"{at}__lte": known.moment}))
        return found.select_related(*related).order_by(f"-{at}", "-pk")

    return rows


def _derived(model: Any) -> Callable[[Account, Known], QuerySet[Any]]:
    def rows(account: Account, known: Known) -> QuerySet[Any]:
        found: QuerySet[Any] = model.objects.filter(account=account, as_of__lte=known.day)
        return found.order_by("-as_of", "-pk")

    return rows


def _touchpoint(row: Touchpoint, known: Known) -> Moment:
    facts = [str(row.get_direction_display())] if row.direction else []
    facts += [row.csm_email] if row.csm_email else []
    kind = str(row.get_kind_display())
    return Moment(
        row.occurred_at,
        "touchpoint",
        kind,
        row.kind,
        row.subject or kind,
        row.body,
        "info",
        tuple(facts),
    )


def _resolved(days: int) -> str:
    if not days:
        return _("resolved within a day")
    return ngettext("resolved after %(n)s day", "resolved after %(n)s days", days) % {"n": days}


def _ticket(row: Ticket, known: Known) -> Moment:
    resolved = known.by_then(row.resolved_at)
    facts = [row.priority] if row.priority else []
    facts.append(
        _resolved((resolved - row.opened_at).days) if resolved else pgettext("ticket", "open"),
    )
    if resolved and row.csat is not None:
        facts.append(_("CSAT %(n)s of 5") % {"n": number(row.csat)})
    return Moment(
        row.opened_at,
        "ticket",
        _("Ticket"),
        "ticket",
        row.subject or _("Ticket"),
        "",
        "" if resolved else "poor",
        tuple(facts),
    )


def _answer(row: SurveyAnswer, known: Known) -> Moment:
    title = f"{row.get_kind_display()} {number(row.score)}"
    facts = (str(row.person),) if row.person and row.person.erased_at is None else ()
    tone = (
        "" if row.kind != "nps" else "good" if row.score >= 9 else "poor" if row.score <= 6 else ""
    )
    return Moment(row.answered_at, "survey", _("Survey"), "survey", title, row.comment, tone, facts)


def _outcome(row: Outcome, known: Known) -> Moment:
    status = str(row.get_status_display())
    tone = {"achieved": "good", "missed": "poor", "at_risk": "poor"}.get(row.status, "")
    facts = [status] if status else []
    if known.by_then(row.confirmed_at):
        facts.append(_("confirmed"))
    return Moment(
        row.recorded_at, "outcome", _("Outcome"), "outcome", row.title, "", tone, tuple(facts)
    )


def _advocacy(row: Advocacy, known: Known) -> Moment:
    return Moment(
        row.occurred_at,
        "advocacy",
        _("Advocacy"),
        "advocacy",
        str(row.get_kind_display()),
        tone="good",
    )


def _level(row: LevelChange, known: Known) -> Moment:
    words = {"new": level_name(row.new), "old": level_name(row.old)}
    title = _("From %(old)s to %(new)s") % words if row.old else words["new"]
    return Moment(_midday(row.as_of), "level", _("Level"), "level", title, tone="info")


def _band(row: BandChange, known: Known) -> Moment:
    words = {"new": band_name(row.new), "old": band_name(row.old)}
    title = _("Health from %(old)s to %(new)s") % words
    return Moment(
        _midday(row.as_of),
        "health",
        _("Health"),
        "health",
        title,
        tone="poor" if row.new == "poor" else "",
    )


def _play(row: PlayRecord, known: Known) -> Moment:
    return Moment(
        row.assigned_at, "play", _("Play"), "play", row.play, facts=(str(row.get_arm_display()),)
    )


def _pulse(row: Pulse, known: Known) -> Moment:
    facts = (str(row.author),) if row.author else ()
    title = _("Pulse %(n)s of 100") % {"n": number(row.value)}
    return Moment(row.occurred_at, "pulse", _("Pulse"), "pulse", title, row.comment, "info", facts)


def _midday(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


KINDS = {
    "touchpoint": Kind(
        gettext_lazy("Touchpoints"),
        (Source(_fact(Touchpoint, "occurred_at"), _touchpoint, replies_told.facts),),
    ),
    "ticket": _kind(gettext_lazy("Tickets"), _fact(Ticket, "opened_at"), _ticket),
    "survey": _kind(gettext_lazy("Surveys"), _fact(SurveyAnswer, "answered_at", "person"), _answer),
    "outcome": _kind(gettext_lazy("Outcomes"), _fact(Outcome, "recorded_at"), _outcome),
    "advocacy": _kind(gettext_lazy("Advocacy"), _fact(Advocacy, "occurred_at"), _advocacy),
    "level": _kind(gettext_lazy("Level"), _derived(LevelChange), _level),
    "health": _kind(gettext_lazy("Health"), _derived(BandChange), _band),
    "play": _kind(
        gettext_lazy("Plays"),
        _fact(PlayRecord, "assigned_at"),
        _play,
        Source(plays_told.started, plays_told.started_told),
        Source(plays_told.ended, plays_told.ended_told),
        Source(plays_told.steps, plays_told.step_told),
        Source(plays_told.approvals, plays_told.approval_told),
        Source(plays_told.unsent, plays_told.unsent_told),
    ),
    "pulse": _kind(gettext_lazy("Pulse"), _fact(Pulse, "occurred_at", "author"), _pulse),
}


@dataclass(frozen=True)
class Page:
    """Some entries, newest first, and whether there are older and newer ones."""

    moments: list[Moment]
    number: int
    has_older: bool

    @property
    def older(self) -> int:
        return self.number + 1

    @property
    def newer(self) -> int:
        return self.number - 1


def happenings(
    account: Account, known: Known, kind: str = "", page: int = 1, size: int = PAGE
) -> Page:
    """A page of the timeline; each room is read no further than the page reaches."""
    page = min(max(page, 1), 200)
    wanted = page * size + 1
    kinds = [KINDS[kind]] if kind in KINDS else list(KINDS.values())
    told: Iterable[Moment] = (
        moment
        for one in kinds
        for source in one.sources
        for moment in _moments(source, account, known, wanted)
    )
    newest = nlargest(wanted, told, key=lambda one: one.at)
    return Page(newest[(page - 1) * size : page * size], page, len(newest) > page * size)


def _moments(source: Source, account: Account, known: Known, wanted: int) -> Iterable[Moment]:
    rows = list(source.rows(account, known)[:wanted])
    more = source.more(rows, account, known) if source.more else {}
    for row in rows:
        moment = source.told(row, known)
        yield replace(moment, facts=(*moment.facts, *more[row.pk])) if row.pk in more else moment
