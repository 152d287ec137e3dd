"""Everything that could be done: an account, a play and a manager who may, worth its hours.

value(i, a, c) = effect(i, a) · margin(i) − hours(a) · rate(c)
"""

from dataclasses import dataclass

import numpy as np

from tenure.engine.planning.week import Floats, Ints, Manager, Truths, Week


@dataclass(frozen=True)
class Options:
    """k options, (k,) each: places of account, play and manager in the week, value and hours."""

    account: Ints
    play: Ints
    manager: Ints
    value: Floats
    hours: Floats

    def __len__(self) -> int:
        return int(self.account.size)

    def take(self, rows: Ints | Truths) -> "Options":
        """Some of them, by index or mask."""
        return Options(
            self.account[rows],
            self.play[rows],
            self.manager[rows],
            self.value[rows],
            self.hours[rows],
        )


@dataclass(frozen=True)
class Allowed:
    """Who may do what: `speaks` (n, C) by language, `able` (A, C) by skill, `owns` (n, C).

    An owner who is not there this week leaves an account to nobody.
    """

    speaks: Truths
    able: Truths
    owns: Truths


def allowed(week: Week) -> Allowed:
    """What languages, skills and ownership allow."""
    words = sorted({account.language for account in week.accounts})
    known = np.array(
        [[speaks(m, word) for m in week.managers] for word in words], dtype=bool
    ).reshape(len(words), len(week.managers))
    at = np.array([words.index(a.language) for a in week.accounts], dtype=np.int64)
    able = [[play.skills <= m.skills for m in week.managers] for play in week.plays]
    places = {m.key: c for c, m in enumerate(week.managers)}
    owns = np.ones((len(week.accounts), len(week.managers)), dtype=bool)
    for i, account in enumerate(week.accounts):
        if account.owner is not None:
            owns[i] = False
            if account.owner in places:
                owns[i, places[account.owner]] = True
    shape = (len(week.plays), len(week.managers))
    return Allowed(known[at], np.array(able, dtype=bool).reshape(shape), owns)


def speaks(manager: Manager, language: str) -> bool:
    """Whether a manager may work with an account of a language."""
    return not language or manager.languages is None or language in manager.languages


def worth(week: Week) -> Floats:
    """(n, A) effect · margin, before hours are paid; −∞ where a play should not be played."""
    margin = np.array([account.margin for account in week.accounts], dtype=float)
    found = np.where(np.isfinite(week.effect), week.effect, 0.0) * margin[:, None]
    return np.where(np.isfinite(week.effect), found, -np.inf)


def options_of(week: Week, rules: Allowed) -> Options:
    """All options of value above 0 that fit into somebody's free hours, but for dominated ones.

    An option is dominated when the same manager could play something for the same account that is
    worth as much and takes no more hours.
    """
    free, gross = week.free, worth(week)
    closed = week.settled | np.array([a.quiet for a in week.accounts], dtype=bool)
    hours = np.array([play.hours for play in week.plays], dtype=float)
    parts: list[tuple[Ints, int, int, Floats]] = []
    for c, manager in enumerate(week.managers):
        open_to = rules.speaks[:, c] & rules.owns[:, c] & ~closed
        fits = rules.able[:, c] & (hours <= free[c] + 1e-9)
        rows = np.flatnonzero(open_to)
        value = gross[rows] - hours * manager.rate
        value[:, ~fits] = -np.inf
        keep = _undominated(value, hours) & (value > 0)
        parts += [
            (rows[keep[:, a]], int(a), c, value[keep[:, a], a])
            for a in np.flatnonzero(keep.any(axis=0))
        ]
    sizes = [part[0].size for part in parts]
    none = np.zeros(0)
    play = np.repeat([part[1] for part in parts], sizes).astype(np.int64)
    return Options(
        account=np.concatenate([none, *(part[0] for part in parts)]).astype(np.int64),
        play=play,
        manager=np.repeat([part[2] for part in parts], sizes).astype(np.int64),
        value=np.concatenate([none, *(part[3] for part in parts)]),
        hours=hours[play] if play.size else none,
    )


def _undominated(value: Floats, hours: Floats) -> Truths:
    """(n, A) plays such that no other takes as few hours and is worth as much."""
    keep = np.ones(value.shape, dtype=bool)
    best = np.full(value.shape[0], -np.inf)
    for a in np.lexsort((np.arange(hours.size), hours)):
        keep[:, a] = value[:, a] > best
        best = np.maximum(best, value[:, a])
    same = [np.flatnonzero(hours == h) for h in np.unique(hours)]
    for plays in same:
        top = value[:, plays].max(axis=1, keepdims=True)
        keep[:, plays] &= value[:, plays] == top
    return keep
