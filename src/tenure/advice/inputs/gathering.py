"""All of a week that a plan is made from, read at once and put as the engine takes it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Q

from tenure.advice.definitions import AdviceDefinition
from tenure.advice.inputs.accounts import Accounts, AtStake, accounts_at_stake
from tenure.advice.inputs.effects import Believed, believed
from tenure.advice.inputs.money import Rate, rate_of
from tenure.advice.inputs.plays import Playable, playables
from tenure.advice.inputs.team import Member, managers_of, members_of, plain, spoken_by
from tenure.advice.models import TAKEN, Suggestion
from tenure.advice.waiting import settled
from tenure.core import clock
from tenure.core.pipeline import Report, silent
from tenure.engine.planning import Account, Play, Week
from tenure.engine.uplift.log import Floats
from tenure.plays.arrivals import Facts
from tenure.plays.starting.known import FIELDS

HAS_ITS_PLAY, NO_PLAY, NO_EFFECT = "has_its_play", "no_play", "no_effect"


@dataclass(frozen=True)
class Gathered:
    """A week and all that is told of it.

    Attributes:
        accounts: What is at stake.
        members: Everybody's hours; `believed`: by place of the play in `week.plays`.
        silent: Plays of which nobody says what they do.
        unplanned: Reason → accounts that the solver was not asked about.
    """

    week: Week
    accounts: Accounts
    members: tuple[Member, ...]
    believed: tuple[Believed, ...]
    silent: tuple[Playable, ...]
    rate: Rate
    unplanned: Mapping[str, int]


def gathered(monday: date, definition: AdviceDefinition, report: Report = silent) -> Gathered:
    """Read everything for the week that begins on a Monday."""
    accounts = accounts_at_stake()
    members = members_of(monday, definition)
    rate = rate_of(definition, [member.person for member in members], clock.today())
    found, silent_ones = _valued(accounts, rate, definition, report)
    busy = settled_accounts(monday)
    managers, gone = managers_of(members, rate.amount, spoken_by())
    asked = sorted({one.account for play in found for one in play.accounts} - busy)
    some = [accounts.known[key] for key in asked]
    return Gathered(
        week=Week(
            managers=managers,
            plays=[_play(at, one.play) for at, one in enumerate(found)],
            accounts=[_account(one) for one in some],
            effect=_effects(found, {key: at for at, key in enumerate(asked)}),
            commitments=gone,
        ),
        accounts=accounts,
        members=tuple(members),
        believed=tuple(found),
        silent=tuple(silent_ones),
        rate=rate,
        unplanned=_unplanned(accounts, busy, set(asked), silent_ones),
    )


def _valued(
    accounts: Accounts, rate: Rate, definition: AdviceDefinition, report: Report
) -> tuple[list[Believed], list[Playable]]:
    """The plays with what each does, and those of which nobody says it."""
    today = clock.today()
    plays, facts = playables(definition, today), Facts(today, [], FIELDS.values())
    found: list[Believed] = []
    unsaid: list[Playable] = []
    for done, play in enumerate(plays):
        report(done, len(plays) + 1)
        one = believed(play, accounts, rate.amount, definition, facts)
        if one is None:
            unsaid.append(play)
        else:
            found.append(one)
    return found, unsaid


def _play(at: int, one: Playable) -> Play:
    skills = frozenset(plain(word) for word in one.definition.skills)
    return Play(at, one.definition.hours, skills)


def _account(one: AtStake) -> Account:
    return Account(one.account, one.margin, one.owner, one.language, one.quiet)


def _effects(found: list[Believed], place: Mapping[int, int]) -> Floats:
    """(n, A) effects; nan where a play is not open to the account, or better left."""
    effect = np.full((len(place), len(found)), np.nan)
    for at, play in enumerate(found):
        for i, one in enumerate(play.accounts):
            if one.account in place and play.may[i]:
                effect[place[one.account], at] = play.effect[i]
    return effect


def settled_accounts(monday: date) -> set[int]:
    """Accounts that have their play of the week: accepted, or with somebody who decides later."""
    taken = Q(state__in=TAKEN, week=monday)
    rows = Suggestion.objects.filter(settled(monday) | taken)
    return set(rows.values_list("account_id", flat=True))


def _unplanned(
    accounts: Accounts, busy: set[int], asked: set[int], silent_ones: list[Playable]
) -> dict[str, int]:
    counts = Counter(accounts.unknown)
    rest = accounts.known.keys() - asked
    counts[HAS_ITS_PLAY] = len(rest & busy)
    rest -= busy
    unsaid = {key for play in silent_ones for key in play.open_to} & rest
    counts[NO_EFFECT] = len(unsaid)
    counts[NO_PLAY] = len(rest - unsaid)
    return {reason: count for reason, count in counts.items() if count}
