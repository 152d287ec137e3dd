"""Suggestions for accounts that are nobody's: taken by whoever likes, or given out in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tenure.accounts.models import Account, OwnerAssignment
from tenure.accounts.rows import OwnerRow
from tenure.accounts.services import owner_assign
from tenure.advice.definitions import advice_definition
from tenure.advice.inputs.team import Member, members_of, plain, spoken_by
from tenure.advice.models import State, Suggestion, SuggestionChange
from tenure.advice.services import rules
from tenure.core import clock
from tenure.core.errors import TenureError
from tenure.core.models import User
from tenure.core.roles import Permission
from tenure.core.selectors import require
from tenure.core.services import audit
from tenure.engine.books import load_of
from tenure.plays.selectors import definition_of

What = SuggestionChange.What
LATELY = timedelta(days=28)
JUST_NOW = 2**62


@dataclass(frozen=True)
class Turn:
    """How much somebody had from the pool in the last four weeks. Lowest first is in turn."""

    member: Member
    got: int
    hours: float
    last: int

    @property
    def order(self) -> tuple[float, int, int]:
        """Hours had for each hour of a week; equals: whoever had something longest ago."""
        load = load_of(self.hours, self.member.hours)
        return float("inf") if load is None else load, self.last, self.person.pk

    @property
    def person(self) -> User:
        """Who that is."""
        return self.member.person.user


def turns() -> list[Turn]:
    """Everybody who works accounts with hours, in turn."""
    monday = clock.week_start(clock.today())
    members = [one for one in members_of(monday, advice_definition()) if one.hours > 0]
    got = SuggestionChange.objects.filter(what__in=rules.FROM_POOL, at__gt=clock.now() - LATELY)
    had: dict[int, list[tuple[int, float]]] = {}
    for key, person, hours in got.order_by("pk").values_list("pk", "person_id", "hours"):
        if person is not None:
            had.setdefault(person, []).append((key, hours))
    return sorted((_turn(one, had) for one in members), key=lambda turn: turn.order)


def _turn(member: Member, had: Mapping[int, Sequence[tuple[int, float]]]) -> Turn:
    own = had.get(member.person.user.pk, ())
    last = max((key for key, _hours in own), default=0)
    return Turn(member, len(own), sum(hours for _key, hours in own), last)


@transaction.atomic
def suggestion_take(*, actor: User, suggestion: Suggestion) -> Suggestion:
    """Take a suggestion from the pool: the account becomes the actor's."""
    require(actor, Permission.WORK_ACCOUNTS)
    row = rules.locked(suggestion)
    if not row.pooled:
        raise rules.not_yours(row)
    return suggestion_given(row, actor, actor, What.TAKEN)


@transaction.atomic
def pool_give_out(*, actor: User) -> list[Suggestion]:
    """Give out what waits in the pool, the most worth first, each to whoever is in turn.

    Nobody gets more than fits into the hours that the plan left, or a language they do not work in.
    """
    require(actor, Permission.PLAN_TEAM)
    order, spoken = turns(), spoken_by()
    free = {turn.person.pk: turn.member.free - _own(turn) for turn in order}
    given: list[Suggestion] = []
    for row in pool_waiting():
        fits = [one for one in order if _may_have(one, row, spoken, free[one.person.pk])]
        if not fits:
            continue
        chosen = min(fits, key=lambda turn: turn.order)
        free[chosen.person.pk] -= row.hours
        had = replace(
            chosen, got=chosen.got + 1, hours=chosen.hours + row.hours, last=JUST_NOW + len(given)
        )
        order[order.index(chosen)] = had
        given.append(suggestion_given(row, actor, chosen.person, What.GIVEN))
    audit(actor=actor, action="advice.give_out", subject="pool", detail={"given": len(given)})
    return given


def pool_waiting() -> list[Suggestion]:
    """What waits in the pool and is proposed to nobody's own book, locked, the most worth first."""
    rows = Suggestion.objects.select_for_update(of=("self",)).filter(pooled=True, state=State.OPEN)
    return list(rows.select_related("account").order_by("-value", "pk"))


def _may_have(
    turn: Turn, row: Suggestion, spoken: Mapping[int, frozenset[str]], free: float
) -> bool:
    """Whether somebody has the hours, the language and the skills for a suggestion."""
    skills = {plain(word) for word in definition_of(row.play, row.version).skills}
    speaks = turn.member.may_work(row.account.language, spoken)
    return speaks and skills <= turn.member.skills and row.hours <= free + 1e-9


def _own(turn: Turn) -> float:
    """Hours of what is proposed to somebody from the own book."""
    rows = Suggestion.objects.filter(person=turn.person, pooled=False, state=State.OPEN)
    return sum(rows.values_list("hours", flat=True))


def suggestion_given(row: Suggestion, actor: User, person: User, what: str) -> Suggestion:
    """Make the account of a pooled suggestion somebody's, and the suggestion with it."""
    rules.waits(row)
    rules.works(person)
    owner = _owner_locked(row.account)
    if owner is not None and owner != person.pk:
        raise TenureError(rules.taken_by(User.objects.get(pk=owner)))
    if owner is None:
        wanted = OwnerRow(account_id=row.account.external_id, csm_email=person.email)
        done = owner_assign(rows=[wanted])
        if done.rejected:
            raise TenureError(_("The account could not be given to %(who)s.") % {"who": person})
    row.person, row.pooled = person, False
    row.state, row.snoozed_until = State.OPEN, None
    return rules.kept(row, actor, what, to=person.pk)


def _owner_locked(account: Account) -> int | None:
    Account.objects.select_for_update().get(pk=account.pk)
    rows = OwnerAssignment.objects.filter(account=account, until__isnull=True)
    return rows.values_list("owner_id", flat=True).first()
