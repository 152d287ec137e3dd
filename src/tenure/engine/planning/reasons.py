"""Why each account is in the plan or not, and what had to stand back for it."""

from dataclasses import dataclass

import numpy as np

from tenure.engine.planning.options import Allowed, Options, worth
from tenure.engine.planning.program import reduced
from tenure.engine.planning.week import Floats, Ints, Truths, Week

QUIET, SETTLED, WORTHLESS = "do_not_disturb", "settled", "not_worth_its_hours"
AWAY, LANGUAGE, SKILL, TOO_LONG, HOURS = "owner_away", "language", "skill", "too_long", "no_hours"
REASONS = (QUIET, SETTLED, WORTHLESS, AWAY, LANGUAGE, SKILL, TOO_LONG, HOURS)


@dataclass(frozen=True)
class Passed:
    """Something that could have been done instead: keys, its value in money and its hours."""

    account: int
    play: int
    manager: int
    value: float
    hours: float


@dataclass(frozen=True)
class Assignment:
    """A manager plays a play with an account.

    Attributes:
        account, play, manager: Keys.
        value: Money it is expected to keep, less the price of its hours; `hours` it takes.
        passed_over: The best that the same hours of the manager could have done for accounts that
            are not in the plan, best first; empty where nothing more was waiting for them.
        otherwise: The next best play for this account by anybody, if there is one.
    """

    account: int
    play: int
    manager: int
    value: float
    hours: float
    passed_over: tuple[Passed, ...]
    otherwise: Passed | None


@dataclass(frozen=True)
class Left:
    """An account not in the plan, and why: one of REASONS.

    `value`: money that its best play would have kept, had it not been for the reason; 0 where no
    play is worth its hours. `short`: value it lacks for its best play to pay for the hours at their
    price, only for HOURS.
    """

    account: int
    reason: str
    value: float
    short: float


def left_out(
    week: Week, rules: Allowed, options: Options, price: Floats, chosen: Truths
) -> tuple[Left, ...]:
    """The reason of each account that is not in the plan; `chosen` (n,).

    The first that holds, in the order of REASONS: an account that must not be disturbed is told so,
    even if nobody speaks its language either.
    """
    n = len(week.accounts)
    best, top, short = _best_net(week), np.zeros(n), np.full(n, np.inf)
    np.maximum.at(top, options.account, options.value)
    np.minimum.at(short, options.account, np.maximum(-reduced(options, price), 0.0))
    codes = _codes(week, rules, best)
    codes[codes == ""] = np.where(top[codes == ""] > 0, HOURS, TOO_LONG)
    return tuple(
        Left(
            week.accounts[i].key,
            str(codes[i]),
            max(float(top[i] if codes[i] == HOURS else best[i]), 0.0),
            float(short[i]) if codes[i] == HOURS else 0.0,
        )
        for i in np.flatnonzero(~chosen).tolist()
    )


def _best_net(week: Week) -> Floats:
    """(n,) value of an account's best play by whoever is cheapest and may do it, all else aside."""
    rate = np.full(len(week.plays), np.inf)
    for a, play in enumerate(week.plays):
        rates = [m.rate for m in week.managers if play.skills <= m.skills]
        rate[a] = min(rates or [m.rate for m in week.managers], default=0.0)
    cost = np.array([play.hours for play in week.plays]) * rate
    if not week.plays:
        return np.full(len(week.accounts), -np.inf)
    return np.asarray((worth(week) - cost).max(axis=1))


def _codes(week: Week, rules: Allowed, best: Floats) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    """(n,) what forbids an account whatever the hours; "" where nothing does."""
    rates = np.array([manager.rate for manager in week.managers])
    hours = np.array([play.hours for play in week.plays])
    gross = worth(week)
    owned, speaking = rules.owns, rules.owns & rules.speaks
    # Whether any play that is worth its hours to a manager who may is within their skills.
    skilled = np.zeros(len(week.accounts), dtype=bool)
    paying = np.zeros(len(week.accounts), dtype=bool)
    for c in range(len(week.managers)):
        pays = gross - hours * rates[c] > 0
        paying |= speaking[:, c] & pays.any(axis=1)
        skilled |= speaking[:, c] & (pays & rules.able[:, c]).any(axis=1)
    quiet = np.array([account.quiet for account in week.accounts], dtype=bool)
    tests = (
        (quiet, QUIET),
        (week.settled, SETTLED),
        (best <= 0, WORTHLESS),
        (~owned.any(axis=1), AWAY),
        (~speaking.any(axis=1), LANGUAGE),
        (~paying, WORTHLESS),
        (~skilled, SKILL),
    )
    return np.select([test for test, _ in tests], [code for _, code in tests], default="")


def assignments(
    week: Week, options: Options, taken: Truths, price: Floats, most: int = 3
) -> tuple[Assignment, ...]:
    """What is done, the best of each manager first, with up to `most` that stood back for each."""
    chosen = np.zeros(len(week.accounts), dtype=bool)
    chosen[options.account[taken]] = True
    waiting = np.flatnonzero(~chosen[options.account])
    density = options.value[waiting] / options.hours[waiting]
    waiting = waiting[np.argsort(-density, kind="stable")]
    by_manager = [waiting[options.manager[waiting] == c] for c in range(len(week.managers))]
    own = np.flatnonzero(chosen[options.account] & ~taken)
    own = own[np.argsort(-reduced(options, price)[own], kind="stable")]
    accounts, first = np.unique(options.account[own], return_index=True)
    others = dict(zip(accounts.tolist(), own[first].tolist(), strict=True))
    rows = np.flatnonzero(taken)
    rows = rows[np.lexsort((-options.value[rows], options.manager[rows]))]
    return tuple(
        _assignment(week, options, j, by_manager[options.manager[j]], others, most)
        for j in rows.tolist()
    )


def _assignment(
    week: Week, options: Options, j: int, waiting: Ints, others: dict[int, int], most: int
) -> Assignment:
    found = _passed(week, options, j)
    other = others.get(int(options.account[j]))
    return Assignment(
        account=found.account,
        play=found.play,
        manager=found.manager,
        value=found.value,
        hours=found.hours,
        passed_over=_instead(week, options, waiting, found.hours, most),
        otherwise=None if other is None else _passed(week, options, other),
    )


def _instead(
    week: Week, options: Options, waiting: Ints, hours: float, most: int
) -> tuple[Passed, ...]:
    """The best per hour of those waiting that fit into the hours, one for each account."""
    found: dict[int, Passed] = {}
    looked = waiting[: 20 * most]
    for j in looked[options.hours[looked] <= hours + 1e-9].tolist():
        if len(found) == most:
            break
        found.setdefault(int(options.account[j]), _passed(week, options, j))
    return tuple(found.values())


def _passed(week: Week, options: Options, j: int) -> Passed:
    return Passed(
        week.accounts[int(options.account[j])].key,
        week.plays[int(options.play[j])].key,
        week.managers[int(options.manager[j])].key,
        float(options.value[j]),
        float(options.hours[j]),
    )
